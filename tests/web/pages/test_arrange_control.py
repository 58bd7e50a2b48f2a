"""What is said beside a control chart."""

from __future__ import annotations

from typing import Any

import pytest

from web.pages import arrange_control as control


def _month(period: str = "2026-10", **more: Any) -> dict[str, Any]:
    row = {"unit": "share", "target": 0.95, "weight": 0.2, "direction": "up", "gate": None, "formula_version": 1}
    return {"period": period, "revision": 1, "why": [], "changed_in": None, "metric": row | more.pop("metric", {}), **more}


def _chart(low: float | None, high: float | None, **more: Any) -> dict[str, Any]:
    month = {"period": "2026-10", "value": 0.96, "low": low, "high": high, "n": None, "was": None, "outside": False, "compared": True}
    return {"rule": "p" if low is not None else "", "widened": 1.0, "months": [month | {"counts": True} | more]}


ANSWERS = [(0.951, 0.99, "Yes"), (0.90, 0.94, "Not as it runs now"), (0.93, 0.97, "Not reliably")]


@pytest.mark.parametrize(("low", "high", "begins"), ANSWERS)
def test_whether_a_target_will_be_met_follows_from_the_limits(low: float, high: float, begins: str) -> None:
    question, answer = control.outlook(_chart(low, high), [_month()], "in_sla_share", "share")
    assert question == "Will it meet 95 %?"
    assert answer.startswith(begins)


def test_a_figure_where_less_is_better_is_asked_the_other_way_round() -> None:
    month = _month(metric={"unit": "seconds", "target": 30.0, "direction": "down"})
    assert control.outlook(_chart(20.0, 29.0), [month], "aht_seconds", "seconds")[1].startswith("Yes")
    assert control.outlook(_chart(31.0, 40.0), [month], "aht_seconds", "seconds")[1].startswith("Not as it runs now")


def test_without_limits_or_target_nothing_is_foretold() -> None:
    assert control.outlook(_chart(None, None), [_month()], "in_sla_share", "share") == ("", "")
    assert control.outlook(_chart(0.9, 0.99), [_month(metric={"weight": 0})], "in_sla_share", "share") == ("", "")
    assert control.outlook(_chart(-0.01, 0.01), [_month()], "qa_gap", "share") == ("", "")


def test_revisions_and_changed_rules_are_events_with_letters() -> None:
    reasons = [{"revision": 2, "text": "a.xlsx came"}, {"revision": 2, "text": "b.xlsx came"}, {"revision": 3, "text": "c.xlsx taken back"}]
    gate = {"floor": 0.94}
    months = [
        _month("2026-08"),
        _month("2026-09", why=reasons),
        _month("2026-10", metric={"target": 0.96, "gate": gate, "formula_version": 2}),
    ]
    first, second = control.events(months, "share")
    assert (first["index"], first["letter"]) == (1, "A")
    assert first["text"] == "September 2026, revision 2: a.xlsx came; b.xlsx came; revision 3: c.xlsx taken back."
    for words in ("definition 2 from here", "target from 95 % to 96 %", "must-meet limit from none to 94 %"):
        assert words in second["text"]


def test_a_restated_figure_is_told_with_as_many_places_as_tell_it_apart() -> None:
    month = _month(revision=3, changed_in=2)
    assert control.restated([month], _chart(0.9, 0.99, value=0.92938, was=0.92937), "share") == [
        "October 2026 was 92.937 %; since revision 2 it is 92.938 %."
    ]


def test_both_sides_of_a_gap_have_a_target_and_money_has_no_line() -> None:
    gap = [_month(metric={"target": 0.02})]
    assert [height for _, height, _ in control.levels(gap, "qa_gap", "share")] == [2.0, -2.0]
    assert control.levels([_month(metric={"unit": "money"})], "cost_per_decision", "money") == []
    assert control.levels([], "accuracy", "share") == []
    assert control.levels([], "score", "score") == [("goal", 100.0, "good from 100")]


def test_widened_limits_and_months_outside_are_said() -> None:
    chart = _chart(0.9, 0.95, outside=True) | {"widened": 5.44}
    assert "5.4 times as wide because months differ more than their n explains" in control.limits_text(chart)
    assert control.variation(chart).startswith("October 2026 lies outside the limits")
    assert control.table(chart, "share")[0]["said"] == "outside"
    assert control.variation(_chart(None, None)) == "Too few months to tell a change from chance."
