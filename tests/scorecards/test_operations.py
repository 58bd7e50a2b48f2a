"""Work, hours and uploads become figures."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from scorecards.operations import (
    aht_seconds,
    count_discrepancy,
    data_timeliness,
    in_sla_share,
    staffing_share,
    throughput,
)
from scorecards.stats import wilson
from scorecards.tally import SIDES, WHOLE, Counts, Only, Tally
from scorecards.workings import Expectation, Workings, arrange
from tests.scorecards.values import expected, tally


def workings(rows: list[Tally], *expectations: Expectation, only: Only = WHOLE) -> Workings:
    return arrange(Counts(rows), SIDES, expectations, only)


def sla(due: int, met: int) -> list[Tally]:
    return [tally("due_items", due), tally("in_sla_items", met)]


def test_the_share_in_time_leaves_the_excused_out() -> None:
    rows = [*sla(1000, 940), tally("excused_due_items", 50), tally("excused_in_sla_items", 10)]
    measured = in_sla_share(workings(rows))
    figure = measured.figure
    assert (figure.value, figure.numerator, figure.denominator, figure.n) == (Fraction(930, 950), 930, 950, 950)
    interval = wilson(Fraction(930, 950), Fraction(950))
    assert (figure.low, figure.high) == (interval.low, interval.high)
    assert (figure.state, figure.side, len(measured.rows)) == ("scored", "platform", 4)


def test_few_due_items_are_a_small_sample() -> None:
    assert in_sla_share(workings(sla(99, 90))).figure.state == "small_sample"


def test_nothing_due_is_no_data_even_where_a_file_is_lacking() -> None:
    assert in_sla_share(workings(sla(0, 0), expected("performance"))).figure.state == "no_data"
    assert in_sla_share(workings([])).figure.state == "no_data"


def test_a_performance_file_that_never_came_is_not_sent_while_the_platform_knows_no_deadlines() -> None:
    lacking = workings([tally("decisions", 5000)], expected("performance"))
    assert in_sla_share(lacking).figure.state == "not_sent"
    assert aht_seconds(lacking).figure.state == "not_sent"
    assert throughput(lacking).figure.state == "not_sent"
    assert in_sla_share(lacking).figure.value is None


def test_another_side_may_supply_what_the_vendor_did_not_send() -> None:
    assert in_sla_share(workings(sla(1000, 940), expected("performance"))).figure.state == "scored"


def test_handling_time_is_a_ratio_of_sums() -> None:
    rows = [
        tally("decisions", 3000),
        tally("handle_seconds", 120_000),
        tally("decisions", 1000, queue="Q2"),
        tally("handle_seconds", 120_000, queue="Q2", origin="derived"),
    ]
    figure = aht_seconds(workings(rows)).figure
    assert (figure.value, figure.n, figure.low, figure.marks) == (60, 4000, None, ("derived",))


def test_throughput_sets_the_chosen_decisions_against_the_vendors_hours() -> None:
    rows = [tally("decisions", 600), tally("decisions", 700, side="vendor"), tally("production_hours", 10, side="vendor")]
    figure = throughput(workings(rows)).figure
    assert (figure.value, figure.side) == (60, "platform+vendor")


def fte(delivered: int | None, committed: int | None, side: str = "client") -> list[Tally]:
    rows = [] if delivered is None else [tally("delivered_fte_days", delivered, side="vendor", queue="", site="S1")]
    return rows if committed is None else [*rows, tally("committed_fte_days", committed, side=side, queue="", site="S1")]


def test_staffing_takes_both_facts_from_one_side_or_each_from_its_own() -> None:
    assert staffing_share(workings(fte(95, 100, "vendor"))).figure.value == Fraction(19, 20)
    figure = staffing_share(workings(fte(98, 100))).figure
    assert (figure.value, figure.side) == (Fraction(49, 50), "vendor+client")


def test_staffing_without_one_of_its_facts_is_never_zero() -> None:
    assert staffing_share(workings(fte(None, 100))).figure.state == "no_data"
    assert staffing_share(workings(fte(None, 100), expected("workforce"))).figure.state == "not_sent"
    assert staffing_share(workings(fte(95, None), expected("plan"))).figure.state == "not_sent"
    assert staffing_share(workings(fte(95, None))).figure.state == "no_data"
    assert staffing_share(workings(fte(0, 0), expected("workforce"))).figure.state == "no_data"


def test_a_site_whose_workforce_file_is_lacking_leaves_staffing_not_sent() -> None:
    came = date(2026, 11, 3)
    sites = (expected("workforce", "S1", came), expected("workforce", "S2"))
    assert staffing_share(workings(fte(95, 100), *sites)).figure.state == "not_sent"


def test_the_vendors_surplus_of_counts_is_signed_and_compared_where_both_counted() -> None:
    rows = [tally("decisions", 1000), tally("decisions", 1030, side="vendor"), tally("decisions", 9, queue="Q2", side="vendor")]
    figure = count_discrepancy(workings(rows)).figure
    assert (figure.value, figure.numerator, figure.denominator) == (Fraction(3, 100), 30, 1000)
    assert (figure.state, figure.side) == ("scored", "vendor+platform")
    fewer = [tally("decisions", 1000), tally("decisions", 990, side="vendor")]
    assert count_discrepancy(workings(fewer)).figure.value == Fraction(-1, 100)


def test_counts_of_one_side_alone_have_no_discrepancy() -> None:
    assert count_discrepancy(workings([tally("decisions", 10)])).figure.state == "no_data"
    elsewhere = [tally("decisions", 10), tally("decisions", 10, side="vendor")]
    assert count_discrepancy(workings(elsewhere, only=Only("Q2"))).figure.state == "no_data"


def test_uploads_are_on_time_until_the_end_of_their_day() -> None:
    expectations = (
        expected("performance", "S1", date(2026, 11, 4)),
        expected("performance", "S2", date(2026, 11, 5)),
        expected("workforce"),
        expected("quality", received=date(2026, 11, 2), is_due=False),
        expected("invoice", is_due=False),
    )
    figure = data_timeliness(workings([], *expectations)).figure
    assert (figure.value, figure.numerator, figure.denominator) == (Fraction(1, 2), 2, 4)


def test_nothing_due_yet_has_no_timeliness() -> None:
    assert data_timeliness(workings([], expected("invoice", is_due=False))).figure.state == "no_data"
