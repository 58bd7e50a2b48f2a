"""The contract amount of one billed line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from contracts.pricing.line import LineScope, contract_amount_for
from contracts.pricing.values import Quantities
from kernel.period import Period
from tests.contracts.factories import OCTOBER, days, month, price, recorded, terms

SEPTEMBER = Period(2026, 9)


def scope(unit: str = "hour", **changes: Any) -> LineScope:
    given: dict[str, Any] = {"site": "", "queue": "", "language": "", "first_day": OCTOBER.first, "last_day": OCTOBER.last}
    return LineScope(**(given | changes), unit=unit)


def test_a_line_is_priced_on_its_own_scope_and_days() -> None:
    rows = [*days("billable_hours", "1.5", "2", "4", site="MNL", queue="Q1"), *days("billable_hours", 100, site="CEB", queue="Q1")]
    found = contract_amount_for(terms(price()), scope(site="MNL", last_day=date(2026, 10, 2)), recorded(*rows))
    assert (found.clause, found.recorded, found.rate) == ("4.2", Fraction(7, 2), Fraction("14.75"))
    assert found.amount == Decimal("51.63")
    assert found.calculation == "clause 4.2: 3.5 hour on record x 14.75 = 51.625, rounded half_up to 51.63 USD"


def test_a_line_fits_only_if_it_names_what_the_clause_names() -> None:
    agreed = terms(price("1", queue="Q1"))
    rows = recorded(month("billable_hours", 5, queue="Q1"))
    assert contract_amount_for(agreed, scope(queue="Q1"), rows).amount == Decimal("73.75")
    none = contract_amount_for(agreed, scope(), rows)
    assert (none.clause, none.amount) == ("", None)
    assert "no clause of MSA-1 per hour fits" in none.calculation


def test_amounts_of_a_more_specific_clause_are_not_the_general_lines() -> None:
    agreed = terms(price("1"), price("2", rate="20", queue="Q9"))
    rows = recorded(month("billable_hours", 5, queue="Q1"), month("billable_hours", 3, queue="Q9"))
    assert contract_amount_for(agreed, scope(), rows).recorded == 5
    assert contract_amount_for(agreed, scope(queue="Q9"), rows).amount == Decimal("60.00")


@pytest.mark.parametrize(
    ("basis", "unit", "rate", "quantity"),
    [
        ("decision", "EA", Fraction("0.08"), 2500),
        ("decision", "thousand", Fraction(80), Fraction(5, 2)),
        ("thousand_decisions", "MIL", Fraction("0.08"), Fraction(5, 2)),
        ("thousand_decisions", "each", Fraction("0.00008"), 2500),
    ],
)
def test_units_of_decisions_and_thousands_convert(basis: str, unit: str, rate: Fraction, quantity: Fraction) -> None:
    found = contract_amount_for(terms(price("1", basis, "0.08")), scope(unit), recorded(month("decisions", 2500)))
    assert (found.rate, found.recorded) == (rate, quantity)


def test_fte_months_are_the_days_over_the_working_days_of_each_month() -> None:
    agreed = terms(price("6", "fte_month", "2200"))
    months = {
        SEPTEMBER: Quantities((month("delivered_fte_days", 22, SEPTEMBER),)),
        OCTOBER: Quantities((month("delivered_fte_days", 11),)),
    }
    found = contract_amount_for(agreed, scope("FTE-month", first_day=SEPTEMBER.first), months)
    assert (found.recorded, found.amount) == (Fraction(3, 2), Decimal("3300.00"))
    never = terms(price("6", "fte_month"), holidays=frozenset(OCTOBER.days()))
    assert "no working day" in contract_amount_for(never, scope("MON"), months).calculation


def test_over_a_rate_change_the_rate_is_weighted_by_calendar_days() -> None:
    step = date(2026, 10, 16)
    agreed = terms(price("3.1", rate="10", valid_to=step), price("3.2", rate="20", valid_from=step))
    found = contract_amount_for(agreed, scope(), recorded(*days("billable_hours", 31)))
    assert found.rate == Fraction(15 * 10 + 16 * 20, 31)
    assert (found.clause, found.amount) == ("3.1, 3.2", Decimal("470.00"))
    assert "the rates weighted by calendar days" in found.calculation


def test_a_part_of_the_record_is_priced_when_several_lines_bill_it() -> None:
    found = contract_amount_for(terms(price(rate="10")), scope(), recorded(month("billable_hours", 90)), Fraction(1, 3))
    assert (found.recorded, found.amount) == (30, Decimal("300.00"))
    assert "30 hour on record (its part of 90 that several lines bill)" in found.calculation


def test_a_unit_that_no_basis_prices_fits_no_clause() -> None:
    assert "no clause prices the unit 'flat'" in contract_amount_for(terms(price()), scope("flat"), {}).calculation
    assert "the line has no unit" in contract_amount_for(terms(price()), scope(""), {}).calculation


def test_a_day_without_a_clause_makes_the_line_fit_none() -> None:
    agreed = terms(price(valid_to=date(2026, 10, 31)), valid_to=date(2026, 10, 31))
    assert contract_amount_for(agreed, scope(), recorded(month("billable_hours", 5))).clause == ""


def test_of_two_hour_bases_the_more_specific_prices_the_line_and_a_draw_is_not_guessed() -> None:
    general, special = price("1"), price("2", "production_hour", "12", queue="Q1")
    rows = recorded(month("billable_hours", 5, queue="Q1"), month("production_hours", 4, queue="Q1"))
    assert contract_amount_for(terms(general, special), scope(queue="Q1"), rows).amount == Decimal("48.00")
    draw = contract_amount_for(terms(general, price("2", "production_hour", "12")), scope(), rows)
    assert draw.calculation.startswith("the clauses 2 and 1 fit the line equally")


def test_a_record_that_never_came_is_not_zero() -> None:
    agreed = terms(price())
    nothing = contract_amount_for(agreed, scope(), {})
    assert (nothing.clause, nothing.rate, nothing.recorded) == ("4.2", Fraction("14.75"), None)
    assert "there is no record of billable_hours for these days" in nothing.calculation
    decided = recorded(month("billable_hours", 9, queue="Q2"), month("decisions", 5, queue="Q1"))
    assert contract_amount_for(agreed, scope(queue="Q1"), decided).amount is None


def test_work_that_the_record_knows_nothing_of_is_zero_when_the_record_is_there() -> None:
    rows = recorded(month("billable_hours", 9, queue="Q2"))
    assert contract_amount_for(terms(price()), scope(queue="Q1"), rows).amount == 0


def test_a_record_that_is_coarser_than_the_line_cannot_tell() -> None:
    rows = recorded(month("billable_hours", 9, site="MNL"))
    found = contract_amount_for(terms(price()), scope(site="MNL", queue="Q1"), rows)
    assert found.recorded is None
    assert "not broken down as far as the line is" in found.calculation


def test_a_clause_that_names_its_fact_is_priced_by_it() -> None:
    agreed = terms(price(quantity="payable_hours", rate="10"))
    assert contract_amount_for(agreed, scope(), recorded(month("payable_hours", 3))).amount == Decimal("30.00")
    assert "no record of payable_hours" in contract_amount_for(agreed, scope(), {}).calculation
