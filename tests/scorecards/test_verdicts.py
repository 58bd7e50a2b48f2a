"""The sentences beside a vendor's figures."""

from __future__ import annotations

from scorecards.verdicts import cap_text, difference, metric_of, why_not_rated
from tests.web.rankings import network, vendor


def test_not_rated_says_why() -> None:
    small = network()[-1]
    assert why_not_rated(small) == (
        "Figures cover 65 % of the weight, 80 % is needed: critical accuracy rests on 20, 100 are needed; "
        "accuracy rests on 20, 100 are needed."
    )
    assert why_not_rated({**small, "not_rated": "gate"}).startswith("A must-meet limit cannot be judged: critical accuracy")
    assert why_not_rated({**small, "not_rated": "first_month"}).startswith("This is its first month of activity")


def test_a_missed_limit_says_whether_it_is_proven() -> None:
    (capped,) = [one for one in network() if one["gates"]]
    assert "is under 94 %, not proven" not in cap_text(capped)
    assert "proven: the whole interval, 91.1–93.2 %, lies below" in cap_text(capped)
    capped["gates"] = [{"metric": "critical_accuracy", "proven": False}]
    assert "not proven: the interval, 91.1–93.2 %, reaches the limit" in cap_text(capped)


def test_a_difference_is_uncertain_by_both_intervals() -> None:
    gap, low, high = difference(vendor("a", 1, 90.0, spread=3.0), vendor("b", 2, 80.0, spread=4.0))
    assert (gap, low, high) == (10, 5, 15)


def test_a_metric_that_is_not_there_is_an_empty_row() -> None:
    assert metric_of({"metrics": []}, "accuracy") == {}
