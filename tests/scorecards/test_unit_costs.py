"""Cost per decision of one vendor alone."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from scorecards.figures import VendorInputs, measure
from scorecards.metrics import Figure
from scorecards.unit_costs import cost_per_correct_decision
from tests.scorecards.values import audited, charge, expected, inputs, tally

WORK = [tally("decisions", 1000), tally("production_hours", 20, side="vendor")]


def cost(values: VendorInputs) -> Figure:
    return measure(values).measured["cost_per_decision"].figure


def test_raw_cost_is_the_months_money_over_the_chosen_decisions() -> None:
    figure = cost(inputs(WORK, charges=[charge("80.00"), charge("-8.00", line_type="credit")]))
    assert (figure.state, figure.value, figure.raw) == ("scored", Fraction("0.072"), Fraction("0.072"))
    assert (figure.numerator, figure.denominator, figure.side, figure.basis) == (72, 1000, "platform", "invoices")
    assert (figure.low, figure.high) == (None, None)


def test_a_contract_amount_that_stands_in_makes_the_cost_estimated_and_incomplete_ones_are_marked() -> None:
    accrual = charge("90.00", estimated=True)
    assert cost(inputs(WORK, accruals=[accrual])).state == "estimated"
    assert cost(inputs(WORK, accruals=[accrual])).marks == ()
    assert cost(inputs(WORK, accruals=[accrual], complete=False)).marks == ("incomplete",)


def test_held_invoices_leave_only_what_stands_in() -> None:
    held = [charge("80.00", held=True)]
    assert cost(inputs(WORK, charges=held)).state == "no_data"
    figure = cost(inputs(WORK, charges=held, accruals=[charge("90.00", estimated=True)]))
    assert (figure.state, figure.numerator) == ("estimated", 90)


def test_a_missing_exchange_rate_is_no_data() -> None:
    figure = cost(inputs(WORK, charges=[charge("80.00", currency="EUR", rate=None)]))
    assert (figure.state, figure.basis) == ("no_data", "exchange rate missing")


def test_no_decisions_are_no_data_never_zero() -> None:
    assert cost(inputs([tally("decisions", 0)], charges=[charge("80.00")])).state == "no_data"
    assert cost(inputs([], charges=[charge("80.00")])).state == "no_data"
    assert cost(inputs(WORK)).state == "no_data"


@pytest.mark.parametrize(
    ("fact", "kind", "state"),
    [
        ("production_hours", "performance", "not_sent"),
        ("billable_hours", "performance", "not_sent"),
        ("delivered_fte_days", "workforce", "not_sent"),
        ("delivered_fte_days", "performance", "estimated"),
        ("decisions", "performance", "estimated"),
    ],
)
def test_without_an_invoice_the_quantity_the_contract_is_priced_on_must_have_come(fact: str, kind: str, state: str) -> None:
    accrual = charge("90.00", estimated=True)
    values = inputs(WORK[:1], accruals=[accrual], expectations=[expected(kind)], priced_on=[fact])
    assert cost(values).state == state


def test_hours_from_another_side_or_an_invoice_make_up_for_a_file_that_did_not_come() -> None:
    lacking = [expected("performance")]
    accrual = [charge("90.00", estimated=True)]
    hours = [*WORK[:1], tally("production_hours", 20)]
    assert cost(inputs(hours, accruals=accrual, expectations=lacking, priced_on=["production_hours"])).state == "estimated"
    billed = inputs(WORK[:1], charges=[charge("80.00")], expectations=lacking, priced_on=["production_hours"])
    assert cost(billed).state == "scored"


def test_cost_per_correct_decision_divides_by_accuracy_and_its_other_end() -> None:
    values = inputs([*WORK, *audited(100, 80)], charges=[charge("80.00")])
    measured = measure(values).measured
    figure, right = measured["cost_per_correct_decision"].figure, measured["accuracy"].figure
    assert right.low
    assert right.high
    assert figure.value == Fraction("0.1")
    assert (figure.low, figure.high) == (Fraction("0.08") / right.high, Fraction("0.08") / right.low)
    assert (figure.numerator, figure.denominator) == (80, 800)
    assert figure.basis == "raw cost per decision / accuracy"


def test_cost_per_correct_decision_has_no_high_end_where_accuracy_may_be_zero() -> None:
    known = Figure("cost_per_decision", "scored", raw=Fraction(1), denominator=Fraction(10))
    doubtful = Figure("accuracy", "small_sample", Fraction(1, 2), Fraction(0), Fraction(1))
    assert cost_per_correct_decision(known, doubtful).figure.high is None


def test_cost_per_correct_decision_needs_cost_and_a_positive_accuracy() -> None:
    known = Figure("cost_per_decision", "scored", raw=Fraction(1), denominator=Fraction(10))
    lacking = Figure("cost_per_decision", "not_sent")
    nothing_right = Figure("accuracy", "scored", Fraction(0), Fraction(0), Fraction(1, 9))
    assert cost_per_correct_decision(lacking, nothing_right).figure.state == "not_sent"
    assert cost_per_correct_decision(known, nothing_right).figure.state == "no_data"
    assert cost_per_correct_decision(known, Figure("accuracy")).figure.state == "no_data"


def test_late_files_do_not_change_the_state_of_the_cost() -> None:
    came = [expected("performance", received=date(2026, 12, 24))]
    accrual = [charge("90.00", estimated=True)]
    assert cost(inputs(WORK[:1], accruals=accrual, expectations=came, priced_on=["billable_hours"])).state == "estimated"
