"""Which counts count, and whose."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.tally import (
    SIDES,
    Counts,
    Only,
    Pick,
    Tally,
    both_counted,
    choose,
    excuses,
    finest,
    rows_of,
    total,
)
from tests.scorecards.values import tally


def picked(picks: list[Pick]) -> list[tuple[str, str, list[int] | None]]:
    return [(one.queue, one.side, None if one.days is None else sorted(day.day for day in one.days)) for one in picks]


@pytest.mark.parametrize(
    ("fine", "coarse"),
    [
        ({"site": "S1"}, {"site": ""}),
        ({"language": "en"}, {"language": ""}),
        ({"queue": "Q1"}, {"queue": ""}),
        ({"role": "reviewer"}, {"role": ""}),
        ({"day": 9}, {"day": 1, "grain": "month"}),
    ],
)
def test_the_same_fact_at_two_grains_counts_once_the_finest(fine: dict[str, str], coarse: dict[str, str]) -> None:
    rows = [tally("decisions", 30, **coarse), tally("decisions", 20, **fine)]  # type: ignore[arg-type]
    counted, control = finest(rows)
    assert [row.amount for row in counted] == [20]
    assert [row.amount for row in control] == [30]


def test_a_coarse_count_of_another_scope_stays() -> None:
    rows = [
        tally("decisions", 20, site="S1"),
        tally("decisions", 5, day=2),
        tally("decisions", 7, queue="Q2", site="S1"),
        tally("decisions", 9, side="vendor"),
        tally("received", 11),
        tally("decisions", 13, site="S2", queue=""),
    ]
    counted, control = finest(rows)
    assert total(counted) == 65
    assert control == []


def test_two_breakdowns_of_one_total_count_once_by_queue_first() -> None:
    counted, control = finest([tally("decisions", 10, site="S1", queue=""), tally("decisions", 10, site="", queue="Q1")])
    assert [row.queue for row in counted] == ["Q1"]
    assert len(control) == 1


def test_samples_are_no_grains() -> None:
    counted, control = finest([tally("audits", 5, sample="random"), tally("audits", 6, sample="golden")])
    assert (len(counted), control) == (2, [])


KEYS = st.builds(
    tally,
    st.just("decisions"),
    st.integers(0, 9),
    site=st.sampled_from(["", "S1", "S2"]),
    queue=st.sampled_from(["", "Q1", "Q2"]),
    language=st.sampled_from(["", "en"]),
    day=st.sampled_from([1, 2]),
    grain=st.just("day"),
)


@given(st.lists(KEYS, max_size=12))
def test_finest_keeps_or_sets_aside_every_row_and_is_stable(rows: list[Tally]) -> None:
    counted, control = finest(rows)
    assert sorted((*counted, *control)) == sorted(rows)
    again, nothing = finest(counted)
    assert (sorted(again), nothing) == (sorted(counted), [])


def test_reported_rates_are_never_counted() -> None:
    assert Counts([tally("correct", 1, origin="reported")]).counted == []


def test_the_first_side_with_every_fact_is_chosen_per_queue_day() -> None:
    counts = Counts(
        [
            tally("due_items", 10, day=1),
            tally("in_sla_items", 9, day=1),
            tally("due_items", 10, day=2),
            tally("due_items", 8, side="vendor", day=1),
            tally("in_sla_items", 8, side="vendor", day=1),
            tally("due_items", 7, side="vendor", day=2),
            tally("in_sla_items", 7, side="vendor", day=2),
        ]
    )
    picks = choose(counts, SIDES, ("due_items", "in_sla_items"))
    assert picked(picks) == [("Q1", "platform", [1]), ("Q1", "vendor", [2])]
    assert total(rows_of(picks, "due_items")) == 17
    assert rows_of(picks, "received") == []


def test_the_contract_may_put_the_vendor_first() -> None:
    counts = Counts([tally("decisions", 10), tally("decisions", 12, side="vendor")])
    assert picked(choose(counts, ("vendor", "platform"), ("decisions",))) == [("Q1", "vendor", [1])]


def test_a_monthly_side_never_fills_anothers_holes_but_a_daily_one_does() -> None:
    counts = Counts(
        [
            tally("decisions", 10, day=1),
            tally("decisions", 300, side="client", grain="month"),
            tally("decisions", 11, side="vendor", day=1),
            tally("decisions", 12, side="vendor", day=2),
        ]
    )
    assert picked(choose(counts, SIDES, ("decisions",))) == [("Q1", "platform", [1]), ("Q1", "vendor", [2])]


def test_a_monthly_side_that_comes_first_is_taken_for_the_whole_queue_month() -> None:
    counts = Counts(
        [
            tally("decisions", 300, grain="month"),
            tally("decisions", 12, side="vendor", day=2),
            tally("decisions", 5, side="vendor", queue="Q2", day=3),
        ]
    )
    picks = choose(counts, SIDES, ("decisions",))
    assert picked(picks) == [("Q1", "platform", None), ("Q2", "vendor", [3])]


def test_a_side_with_one_fact_by_month_is_monthly() -> None:
    counts = Counts([tally("decisions", 10, day=1), tally("decisions", 10, day=2), tally("handle_seconds", 800, grain="month")])
    picks = choose(counts, SIDES, ("handle_seconds", "decisions"))
    assert picked(picks) == [("Q1", "platform", None)]
    assert total(rows_of(picks, "decisions")) == 20


def test_facts_that_never_meet_on_a_day_leave_the_queue_to_the_next_side() -> None:
    counts = Counts(
        [
            tally("decisions", 10, day=1),
            tally("handle_seconds", 10, day=2),
            tally("decisions", 300, side="vendor", grain="month"),
            tally("handle_seconds", 300, side="vendor", grain="month"),
        ]
    )
    assert picked(choose(counts, SIDES, ("handle_seconds", "decisions"))) == [("Q1", "vendor", None)]


def test_borrowed_facts_always_come_from_their_side() -> None:
    counts = Counts(
        [
            tally("decisions", 10, day=1),
            tally("decisions", 10, day=2),
            tally("production_hours", 3, side="vendor", day=1),
            tally("production_hours", 9, side="client", day=1),
        ]
    )
    picks = choose(counts, SIDES, ("decisions",), borrowed={"production_hours": "vendor"})
    assert picked(picks) == [("Q1", "platform", [1])]
    assert total(rows_of(picks, "production_hours")) == 3


def test_sides_are_never_added_where_one_names_no_queue() -> None:
    counts = Counts(
        [
            tally("decisions", 10, queue="Q1"),
            tally("decisions", 20, queue="Q2"),
            tally("decisions", 31, queue="", side="vendor"),
            tally("decisions", 33, queue="", side="vendor", day=2),
        ]
    )
    picks = choose(counts, SIDES, ("decisions",))
    assert picked(picks) == [("", "platform", [1]), ("", "vendor", [2])]
    assert total(rows_of(picks, "decisions")) == 63
    assert total(rows_of(picks, "decisions", Only("Q2"))) == 20


def test_hours_without_a_queue_stand_against_the_days_decisions() -> None:
    counts = Counts([tally("decisions", 10), tally("decisions", 20, queue="Q2"), tally("production_hours", 5, side="vendor", queue="")])
    picks = choose(counts, SIDES, ("decisions",), borrowed={"production_hours": "vendor"})
    assert picked(picks) == [("", "platform", [1])]
    assert total(rows_of(picks, "decisions")) == 30


def test_a_cut_holds_its_queue_and_language_only() -> None:
    picks = choose(Counts([tally("decisions", 1), tally("decisions", 2, language="de")]), SIDES, ("decisions",))
    assert total(rows_of(picks, "decisions", Only(language="de"))) == 2
    assert total(rows_of(picks, "decisions", Only("Q2", "de"))) == 0


DUE = ("due_items", "in_sla_items")
EXCUSED = ("excused_due_items", "excused_in_sla_items")


def due(day: int = 1, **other: str) -> list[Tally]:
    return [tally(fact, 10, day=day, **other) for fact in DUE]


def excused(rows: list[Tally]) -> list[tuple[str, str, Decimal]]:
    counts = Counts(rows)
    found = excuses(counts, choose(counts, SIDES, DUE), EXCUSED)
    return sorted((row.side, row.fact, row.amount) for row in found)


def test_blank_excuses_are_none() -> None:
    assert excused(due()) == []
    assert excused([tally("excused_due_items", 3)]) == []


def test_the_chosen_sides_own_excuses_count() -> None:
    rows = [*due(), tally("excused_due_items", 3), tally("excused_due_items", 4, day=2)]
    assert excused(rows) == [("platform", "excused_due_items", 3)]


def test_the_clients_excuses_replace_the_platforms_own_of_that_queue_day() -> None:
    rows = [
        *due(1),
        *due(2),
        tally("excused_due_items", 3, day=1),
        tally("excused_in_sla_items", 1, day=1),
        tally("excused_due_items", 4, day=2),
        tally("excused_due_items", 2, day=1, side="client"),
        tally("excused_due_items", 9, day=3, side="client"),
    ]
    assert excused(rows) == [("client", "excused_due_items", 2), ("platform", "excused_due_items", 4)]


def test_the_clients_excuses_do_not_touch_the_vendors_counts() -> None:
    rows = [*due(side="vendor"), tally("excused_due_items", 2, side="client"), tally("excused_due_items", 5, side="vendor")]
    assert excused(rows) == [("vendor", "excused_due_items", 5)]


def test_monthly_excuses_belong_to_the_whole_queue_month() -> None:
    own = tally("excused_due_items", 30, grain="month")
    assert excused([*due(2), own]) == [("platform", "excused_due_items", 30)]
    approved = tally("excused_due_items", 20, grain="month", side="client")
    assert excused([*due(2), own, approved]) == [("client", "excused_due_items", 20)]
    daily = tally("excused_due_items", 7, day=5, side="client")
    assert excused([*due(1, grain="month"), own, daily]) == [("client", "excused_due_items", 7)]


def test_excuses_follow_counts_that_were_chosen_for_all_queues_at_once() -> None:
    rows = [*due(), *due(queue=""), *due(2, queue="", side="vendor"), tally("excused_due_items", 2, side="client", queue="Q1")]
    assert excused(rows) == [("client", "excused_due_items", 2)]


def test_counts_are_compared_on_the_days_that_both_counted() -> None:
    counts = Counts(
        [
            tally("decisions", 10, day=1),
            tally("decisions", 10, day=2),
            tally("decisions", 12, day=2, side="vendor"),
            tally("decisions", 12, day=3, side="vendor"),
            tally("decisions", 99, queue="Q2", side="vendor"),
            tally("decisions", 100, queue="Q3", grain="month"),
            tally("decisions", 40, queue="Q3", day=7, side="vendor"),
            tally("decisions", 50, queue="Q3", day=8, side="vendor"),
        ]
    )
    vendor, platform = both_counted(counts, "decisions", "vendor", "platform")
    assert (total(vendor), total(platform)) == (102, 110)
