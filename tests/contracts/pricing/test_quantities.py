"""Amounts are given to one clause each, cut at its days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from contracts.pricing.quantities import portions
from contracts.pricing.values import QuantityRow
from tests.contracts.factories import OCTOBER, month, price


def test_an_amount_that_lies_outside_the_days_is_left_out() -> None:
    assert portions([price()], [month("billable_hours", 5)], date(2026, 11, 1), date(2026, 12, 1)) == []


def test_an_amount_that_no_clause_fits_is_left_out() -> None:
    assert portions([price(queue="Q1")], [month("billable_hours", 5)], OCTOBER.first, OCTOBER.end) == []


@given(st.lists(st.integers(1, 30), max_size=4, unique=True), st.integers(1, 1000))
def test_cutting_at_rate_changes_loses_nothing(steps: list[int], amount: int) -> None:
    edges = [OCTOBER.first, *(OCTOBER.first + timedelta(days=step) for step in sorted(steps)), OCTOBER.end]
    prices = [price(str(n), valid_from=first, valid_to=end) for n, (first, end) in enumerate(pairwise(edges))]
    row = QuantityRow("billable_hours", "", "", "", OCTOBER.first, OCTOBER.end, Decimal(amount))
    parts = portions(prices, [row], OCTOBER.first, OCTOBER.end)
    assert [part.price.id for part in parts] == [one.id for one in prices]
    assert sum((part.amount for part in parts), Fraction(0)) == amount
