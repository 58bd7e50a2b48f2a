"""What a month should cost, on the worked cases of the field."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.pricing.engine import price_month
from contracts.pricing.values import Priced, Quantities, QuantityRow
from contracts.terms import Terms, Unpriced
from kernel.period import Period
from tests.contracts.factories import OCTOBER, days, month, price, terms

NOVEMBER = Period(2026, 11)


def priced(agreed: Terms, *rows: QuantityRow, period: Period = OCTOBER) -> Priced:
    return price_month(agreed, period, Quantities(rows))


def test_fte_months_are_prorated_over_working_days() -> None:
    fte = month("delivered_fte_days", 118 * 21 + 11 + 7, NOVEMBER)
    result = priced(terms(price("6.1", "fte_month", "2850.00")), fte, period=NOVEMBER)
    assert result.total == Decimal("338742.86")
    assert result.lines[0].unit == "FTE-month"
    assert "118.8571428571 FTE-month x 2850 = 338742.8571428571, rounded half_up to 338742.86 USD" in result.trace[0]


def test_fte_months_are_prorated_over_calendar_days() -> None:
    agreed = terms(price("6.1", "fte_month", "2850.00", proration="calendar_day"))
    assert priced(agreed, month("delivered_fte_days", 3565, NOVEMBER), period=NOVEMBER).total == Decimal("338675.00")


def test_holidays_shorten_the_month_only_when_the_contract_lists_them() -> None:
    listed = terms(price("6.1", "fte_month", "2100"), holidays=frozenset({date(2026, 11, 26)}))
    assert priced(listed, month("delivered_fte_days", 20, NOVEMBER), period=NOVEMBER).total == Decimal("2100.00")


def test_a_month_without_a_working_day_is_named_and_not_divided_by() -> None:
    never = terms(price("6.1", "fte_month"), holidays=frozenset(NOVEMBER.days()))
    result = priced(never, month("delivered_fte_days", 20, NOVEMBER), period=NOVEMBER)
    assert result.missing == ("6.1: 2026-11 has no working day to prorate delivered_fte_days over",)
    assert not result.complete


def test_a_price_per_thousand_is_rounded_once() -> None:
    assert priced(terms(price("2.1", "thousand_decisions", "78.00")), month("decisions", 1234567)).total == Decimal("96296.23")


@pytest.mark.parametrize(("rounding", "amount"), [("half_up", "12256.13"), ("half_even", "12256.12")])
def test_the_contract_says_how_to_round(rounding: str, amount: str) -> None:
    agreed = terms(price(rate="12.25"), rounding=rounding)
    assert priced(agreed, month("billable_hours", "1000.50")).total == Decimal(amount)


def test_a_rate_change_in_the_month_makes_two_lines() -> None:
    step = date(2026, 10, 16)
    agreed = terms(price("3.1", rate="14.75", valid_to=step), price("3.2", rate="15.1925", valid_from=step))
    rows = [*days("billable_hours", "7400"), *days("billable_hours", "7840.50", first=step)]
    result = priced(agreed, *rows)
    assert [(one.clause, one.amount) for one in result.lines] == [("3.1", Decimal("109150.00")), ("3.2", Decimal("119116.80"))]
    assert result.total == Decimal("228266.80")
    assert (result.lines[0].first_day, result.lines[0].end) == (date(2026, 10, 1), step)


def test_a_monthly_amount_is_cut_at_a_rate_change_by_calendar_days() -> None:
    step = date(2026, 10, 16)
    agreed = terms(price("3.1", rate="10", valid_to=step), price("3.2", rate="20", valid_from=step))
    result = priced(agreed, month("billable_hours", 3100))
    assert [one.quantity for one in result.lines] == [Decimal(1500), Decimal(1600)]


def test_the_most_specific_clause_of_a_basis_takes_the_amount_and_bases_add_up() -> None:
    agreed = terms(price("1"), price("2", rate="20", queue="Q9", language="ja"), price("3", "fte_month", "2200"))
    rows = [
        month("billable_hours", 10, queue="Q1"),
        month("billable_hours", 5, queue="Q9", language="ja"),
        month("billable_hours", 1, queue="Q9", language="es"),
        month("delivered_fte_days", 22),
    ]
    result = priced(agreed, *rows)
    assert [(one.clause, one.quantity) for one in result.lines] == [("1", Decimal(11)), ("2", Decimal(5)), ("3", Decimal(1))]
    assert result.lines[1].text == "Billable hours for queue Q9, language ja"


def test_billable_decisions_are_priced_where_the_month_has_any() -> None:
    agreed = terms(price("4", "decision", "0.10"))
    assert priced(agreed, month("decisions", 1000)).total == Decimal("100.00")
    assert priced(agreed, month("decisions", 1000), month("billable_decisions", 900)).total == Decimal("90.00")


def test_a_clause_may_name_the_fact_it_counts() -> None:
    agreed = terms(price("4", rate="10", quantity="payable_hours"))
    assert priced(agreed, month("billable_hours", 7), month("payable_hours", 3)).total == Decimal("30.00")


def test_an_absent_file_never_looks_like_zero() -> None:
    agreed = terms(price("1", queue="Q1"), price("2", "production_hour", queue="Q2"))
    result = priced(agreed, month("decisions", 100, queue="Q1"))
    assert result.lines == ()
    assert result.missing == ("1: no billable_hours for queue Q1 from 2026-10-01 until before 2026-11-01, although decisions stand there",)
    assert not result.complete


def test_no_activity_gives_no_line_and_misses_nothing() -> None:
    result = priced(terms(price("1")), month("billable_hours", 0))
    assert (result.lines, result.complete, result.total) == ((), True, 0)
    assert priced(terms(price("1"))).complete
    assert priced(terms(price("1")), *days("decisions", 0)).complete


def test_a_contract_that_is_not_in_force_prices_nothing() -> None:
    agreed = terms(price("1"), valid_to=date(2026, 10, 1), unpriced=(Unpriced("credit", "8.3"),))
    assert priced(agreed, month("billable_hours", 10)) == Priced("USD", (), (), Decimal(0), Decimal(0), Decimal(0), ())


def test_clauses_that_are_not_priced_yet_are_named() -> None:
    result = priced(terms(price("1"), unpriced=(Unpriced("credit", "8.3"),)), month("billable_hours", 10))
    assert result.missing == ("credit 8.3",)
    assert result.trace[-1] == "credit 8.3: the clause is kept and not priced yet, so the total is without it"
    assert result.total == Decimal("147.50")


def test_the_answer_prints_as_the_interface_says() -> None:
    answer = priced(terms(price("6.1", "fte_month", "2850.00")), month("delivered_fte_days", 7)).json("NOVA", "2026-10")
    assert json.loads(json.dumps(answer)) == {
        "vendor": "NOVA",
        "period": "2026-10",
        "currency": "USD",
        "complete": True,
        "missing": [],
        "lines": [
            {
                "step": "base",
                "clause": "6.1",
                "text": "FTE-months",
                "quantity": "0.3181818182",
                "unit": "FTE-month",
                "rate": "2850",
                "amount": "906.82",
                "first_day": "2026-10-01",
                "end": "2026-11-01",
            }
        ],
        "subtotal": {"amount": "906.82", "currency": "USD"},
        "credits": {"amount": "0.00", "currency": "USD"},
        "total": {"amount": "906.82", "currency": "USD"},
        "trace": [
            (
                "6.1: 7 delivered_fte_days from 2026-10-01 until before 2026-11-01 = 0.3181818182 FTE-month x 2850 "
                "= 906.8181818182, rounded half_up to 906.82 USD"
            )
        ],
    }


@given(st.lists(st.tuples(st.sampled_from(["Q1", "Q2", ""]), st.integers(0, 10**6)), max_size=12))
def test_what_clauses_price_adds_up_to_what_was_recorded(rows: list[tuple[str, int]]) -> None:
    agreed = terms(price("1", rate="1"), price("2", rate="1", queue="Q1"))
    result = priced(agreed, *[month("billable_hours", amount, queue=queue) for queue, amount in rows])
    assert sum(one.quantity for one in result.lines) == sum(amount for _, amount in rows)
