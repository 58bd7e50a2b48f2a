"""A vendor's months side by side."""

from __future__ import annotations

from sqlalchemy import Engine

from kernel.period import Period
from kernel.scope import Scope
from scorecards import history
from tests.scorecards.world import ME, OCTOBER, two_vendors

NOVA_ONLY = Scope("nora", frozenset({"vendor"}), frozenset({"NOVA"}))
SEPTEMBER = Period(2026, 9)


def test_months_begin_with_the_first_in_a_ranking_and_end_with_the_one_asked_for(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close(SEPTEMBER)
    world.close()
    found = world.read(lambda s: history.past_months(s, ME, "NOVA", OCTOBER))
    assert [month["period"] for month in found] == ["2026-09", "2026-10"]
    newest, card = found[-1], world.card("NOVA")
    assert {name: newest[name] for name in ("score", "rank", "rating")} == {name: card[name] for name in ("score", "rank", "rating")}
    assert (newest["ranked"], newest["decisions"], newest["contributions"]) == (2, "1000", card["contributions"])
    assert (newest["was"], newest["changed_in"]) == (None, None)


def test_a_month_between_that_was_never_closed_is_a_gap(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close(Period(2026, 9))
    found = world.read(lambda s: history.past_months(s, ME, "NOVA", Period(2026, 11)))
    assert [(month["period"], month["listed"], month["score"] is None) for month in found[1:]] == [
        ("2026-10", False, True),
        ("2026-11", False, True),
    ]


def test_a_corrected_figure_keeps_what_it_was_and_why(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    before = world.card("NOVA")
    world.counts("NOVA", [("Q1", 3, "due_items", 1000), ("Q1", 3, "in_sla_items", 0)], side="platform", file="more.xlsx")
    world.close()
    world.counts("KITE", [("Q1", 3, "decisions", 50)], side="platform", file="others.xlsx")
    world.close()
    month = world.read(lambda s: history.past_months(s, ME, "NOVA", OCTOBER, metric="in_sla_share"))[-1]
    assert (month["metric"]["value"], month["was"], month["changed_in"], month["revision"]) == (0.475, 0.95, 2, 3)
    assert [(why["revision"], "more.xlsx" in why["text"]) for why in month["why"]] == [(2, True)]
    first = world.read(lambda s: history.past_months(s, ME, "NOVA", OCTOBER, revision=1))[-1]
    assert (first["revision"], first["score"]) == (1, before["score"])


def test_the_score_of_the_revision_before_is_remembered(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    before = world.card("NOVA")["score"]
    world.counts("NOVA", [("Q1", 3, "due_items", 1000), ("Q1", 3, "in_sla_items", 0)], side="platform")
    world.close()
    month = world.read(lambda s: history.past_months(s, ME, "NOVA", OCTOBER))[-1]
    assert month["score"] != before
    assert (month["was"], month["changed_in"]) == (before, 2)


def test_a_foreign_vendor_has_no_months(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    assert world.read(lambda s: history.past_months(s, NOVA_ONLY, "KITE", OCTOBER)) == []
    assert world.read(lambda s: history.month_before(s, NOVA_ONLY, "KITE", Period(2026, 11))) is None


def test_the_month_before_is_its_newest_revision(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    found = world.read(lambda s: history.month_before(s, NOVA_ONLY, "NOVA", Period(2026, 11)))
    assert (found["period"], found["revision"], found["vendor"]["score"]) == ("2026-10", 1, world.card("NOVA")["score"])
    assert found["vendor"]["tied_with"] == []
    assert world.read(lambda s: history.month_before(s, ME, "NOVA", OCTOBER)) is None


def test_the_chart_has_the_figure_of_each_month_and_no_limits_while_they_are_few(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close(SEPTEMBER)
    world.close()
    for metric, value in (("score", world.card("NOVA")["score"]), ("in_sla_share", 0.95), ("cost_per_decision", None)):
        months = world.read(lambda s, m=metric: history.past_months(s, ME, "NOVA", OCTOBER, metric=m))
        chart = history.control_of(months, metric)
        assert (chart["rule"], chart["mean"], [month["low"] for month in chart["months"]]) == ("", None, [None, None])
        if value is not None:
            assert chart["months"][-1]["value"] == value
    assert chart["months"][-1]["value"] is not None
