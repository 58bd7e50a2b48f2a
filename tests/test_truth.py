"""TRUTH.json against the product: every planted case, by the commands that a user has, on both databases."""

from __future__ import annotations

import collections
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from importers.samples.expectation import CHAIN, agrees, answer_at
from tests.web.command_line import Shell

Recorder = Callable[[str, object], None]
ENOUGH = 100
"""So many entries at least, or a case was lost."""


def _truths(folder: Path) -> list[dict[str, Any]]:
    return list(json.loads((folder / "TRUTH.json").read_text(encoding="utf-8")))


def _answers(shell: Shell, folder: Path) -> Callable[[dict[str, Any]], object]:
    """Runs each command once; files of an import are named from the demo's folder."""
    known: dict[tuple[str, ...], object] = {}

    def answer(truth: dict[str, Any]) -> object:
        words = tuple(str(folder / word) if word.startswith("to-upload/") else word for word in truth["command"])
        if words not in known:
            known[words] = shell(*words, "--json").value
        return known[words]

    return answer


def _wrong(truths: list[dict[str, Any]], answer: Callable[[dict[str, Any]], object]) -> list[str]:
    wrong = []
    for truth in truths:
        found = answer_at(answer(truth), truth["path"])
        if not agrees(truth["expected"], found, truth["tolerance"]):
            said = " ".join(truth["command"])
            wrong.append(f"{truth['id']} {truth['kind']}: {said} at {truth['path']}: {found!r} instead of {truth['expected']!r}")
    return wrong


def test_every_planted_case_is_arrived_at_on_sqlite(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    covered = [truth for truth in _truths(demo) if truth["covered_by"] == CHAIN]
    assert len(covered) >= ENOUGH
    first = [truth for truth in covered if not truth.get("needs_write")]
    then = [truth for truth in covered if truth.get("needs_write")]
    answer = _answers(Shell(capsys), demo)
    wrong = _wrong(first, answer) + _wrong(then, answer)
    assert not wrong, "\n".join(wrong)


def test_every_planted_case_is_arrived_at_on_postgresql(
    postgres_demo_template: tuple[Path, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, url = postgres_demo_template
    monkeypatch.setenv("SCORELINE_DATA", str(folder))
    monkeypatch.setenv("SCORELINE_DATABASE_URL", url)
    covered = [truth for truth in _truths(folder) if truth["covered_by"] == CHAIN and not truth.get("needs_write")]
    wrong = _wrong(covered, _answers(Shell(capsys), folder))
    assert not wrong, "\n".join(wrong)


def test_cases_of_later_parts_stand_in_the_truth_and_name_who_covers_them(demo_template: Path, record_property: Recorder) -> None:
    later = collections.Counter(truth["covered_by"] for truth in _truths(demo_template) if truth["covered_by"] != CHAIN)
    assert later
    record_property("not run yet", ", ".join(f"{count} of the {name}" for name, count in sorted(later.items())))
