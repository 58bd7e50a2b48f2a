"""Problems and self-checks print as the interface says."""

from __future__ import annotations

from kernel.errors import Problem
from kernel.selfcheck import Checked


def test_a_problem_prints_every_key_of_the_interface() -> None:
    problem = Problem("error", "NOT_A_NUMBER", "Type a number.", "Week 1", 17, "D", "D17", "abc", 3)
    assert problem.json() == {
        "severity": "error",
        "code": "NOT_A_NUMBER",
        "sheet": "Week 1",
        "row": 17,
        "column": "D",
        "cell": "D17",
        "value": "abc",
        "message": "Type a number.",
        "count": 3,
    }


def test_a_check_prints_every_key_of_the_interface() -> None:
    assert Checked("audit chain", ok=True, seen="3", expected="3").json() == {
        "name": "audit chain",
        "ok": True,
        "seen": "3",
        "expected": "3",
        "detail": "",
    }
