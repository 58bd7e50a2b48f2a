"""Audits become figures."""

from __future__ import annotations

from fractions import Fraction

from scorecards.metrics import Figure
from scorecards.quality import accuracy, critical_accuracy, qa_gap
from scorecards.stats import wilson
from scorecards.tally import SIDES, WHOLE, Counts, Only, Tally
from scorecards.workings import Workings, arrange
from tests.scorecards.values import audited, tally


def workings(rows: list[Tally], only: Only = WHOLE) -> Workings:
    return arrange(Counts(rows), SIDES, (), only)


def test_twenty_of_twenty_is_a_small_sample_with_its_interval() -> None:
    figure = accuracy(workings([tally("decisions", 5000), *audited(20, 20)])).figure
    assert figure.low is not None
    assert (figure.state, figure.value, figure.n, figure.judged) == ("small_sample", 1, 20, False)
    assert (round(figure.low, 3), figure.high) == (Fraction("0.839"), 1)


def test_accuracy_is_weighted_by_the_decisions_of_the_chosen_side() -> None:
    rows = [
        tally("decisions", 800_000),
        tally("decisions", 200_000, queue="Q2"),
        tally("decisions", 1, side="vendor"),
        *audited(300, 291),
        *audited(300, 264, queue="Q2"),
    ]
    measured = accuracy(workings(rows))
    figure = measured.figure
    assert (figure.value, figure.raw) == (Fraction("0.952"), Fraction("0.925"))
    assert (figure.numerator, figure.denominator, figure.n, figure.covered) == (555, 600, 600, 1)
    assert (figure.state, figure.side, figure.judged) == ("scored", "client", True)
    assert {(row.fact, row.side) for row in measured.rows} == {
        ("audits", "client"),
        ("correct", "client"),
        ("decisions", "platform"),
    }


def test_random_and_stratified_samples_are_pooled_and_no_others() -> None:
    rows = [tally("decisions", 9000), *audited(60, 54), *audited(40, 40, sample="stratified")]
    rows += [*audited(500, 0, sample="targeted"), tally("audits", 700, side="vendor", sample="random")]
    figure = accuracy(workings(rows)).figure
    assert (figure.numerator, figure.denominator) == (94, 100)


def test_critical_accuracy_counts_units_without_a_critical_error() -> None:
    figure = critical_accuracy(workings([tally("decisions", 9000), *audited(400, 390, critical=17)])).figure
    assert figure.value == Fraction("0.9575")


def test_audits_of_work_that_was_not_done_enter_nothing() -> None:
    rows = [tally("decisions", 900), *audited(100, 90), *audited(50, 0, queue="Q9")]
    measured = accuracy(workings(rows))
    assert measured.figure.denominator == 100
    assert {row.queue for row in measured.rows} == {"Q1"}


def test_audits_without_any_decisions_are_no_data() -> None:
    assert accuracy(workings(audited(100, 90))).figure == Figure("accuracy")


def test_audits_without_a_language_are_weighted_by_queue() -> None:
    rows = [tally("decisions", 50), tally("decisions", 50, language="de"), *audited(40, 20, language="")]
    figure = accuracy(workings(rows)).figure
    assert (figure.value, figure.covered) == (Fraction(1, 2), 1)


def test_strata_without_audits_under_a_fifth_of_the_volume_still_score() -> None:
    rows = [tally("decisions", 80), tally("decisions", 21, queue="Q2"), *audited(100, 90)]
    assert accuracy(workings(rows)).figure.state == "small_sample"
    rows[1] = tally("decisions", 20, queue="Q2")
    assert accuracy(workings(rows)).figure.state == "scored"


def test_more_audits_than_decisions_are_marked() -> None:
    figure = accuracy(workings([tally("decisions", 80), *audited(100, 90)])).figure
    assert figure.marks == ("oversampled",)
    assert figure.low == wilson(Fraction(9, 10), Fraction(100)).low


def test_a_cut_weighs_its_own_strata_only() -> None:
    rows = [tally("decisions", 900), tally("decisions", 100, queue="Q2"), *audited(100, 90), *audited(100, 50, queue="Q2")]
    assert accuracy(workings(rows, Only("Q2"))).figure.value == Fraction(1, 2)


def overlap(items: int, vendor: int, client: int, both: int) -> list[Tally]:
    amounts = {
        "overlap_items": items,
        "overlap_vendor_correct": vendor,
        "overlap_client_correct": client,
        "overlap_both_correct": both,
    }
    return [tally(fact, amount, side="client", sample="stratified") for fact, amount in amounts.items()]


def test_a_kinder_vendor_shows_a_positive_gap_with_its_interval() -> None:
    measured = qa_gap(workings(overlap(400, 384, 368, 360)))
    figure = measured.figure
    assert (figure.value, figure.numerator, figure.denominator, figure.n) == (Fraction("0.04"), 16, 400, 400)
    assert figure.low is not None
    assert figure.high is not None
    assert 0 < figure.low < Fraction("0.04") < figure.high < Fraction("0.0701")
    assert figure.state == "scored"
    assert len(measured.rows) == 4


def test_a_gap_without_overlap_or_with_a_count_lacking_is_no_data() -> None:
    assert qa_gap(workings(overlap(0, 0, 0, 0))).figure == Figure("qa_gap")
    assert qa_gap(workings(overlap(40, 30, 30, 30)[:3])).figure == Figure("qa_gap")
