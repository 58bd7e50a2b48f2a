"""Facts from rates and their weights, exact to the last stored place."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from importers.columns import Column, Table
from importers.kinds.amounts import FINE, amounts_of, printed_unit, weighted
from kernel.money import EXACT

NANOS = st.integers(0, 2 * 10**9)


def table(**columns: Sequence[float | None]) -> Table:
    """A table of amounts in 10^-9."""
    height = len(next(iter(columns.values())))
    made = {name: Column("A", name, name, pl.Series(name, values)) for name, values in columns.items()}
    return Table("S", pl.Series(range(2, height + 2), dtype=pl.UInt32), made)


@given(NANOS, st.integers(0, 9 * 10**15))
def test_a_product_is_rounded_half_even_at_the_ninth_place(rate: int, weight: int) -> None:
    exact = EXACT.multiply(Decimal(rate), Decimal(weight)).scaleb(-9, context=EXACT)
    assert weighted(pl.Series([rate]), pl.Series([weight])).to_list() == [int(exact.to_integral_value(ROUND_HALF_EVEN))]


def test_the_printed_unit_is_that_of_the_finest_value() -> None:
    assert printed_unit(pl.Series([1_500_000_000, 2_250_000_000])) == 10_000_000
    assert printed_unit(pl.Series([1])) == 1


def test_errors_make_correct_only_beside_audits() -> None:
    assert "correct" not in amounts_of(table(errors=[1])).columns
    found = amounts_of(table(errors=[10**9], audits=[5 * 10**9]))
    assert found.columns["correct"].to_list() == [4 * 10**9]
    both = amounts_of(table(errors=[10**9], audits=[5 * 10**9], correct=[3 * 10**9]))
    assert both.columns["correct"].to_list() == [3 * 10**9]
    assert both.disagreeing["errors"].to_list() == [True]


def test_a_rate_fills_only_rows_without_the_fact() -> None:
    given_rows = table(
        accuracy=[900_000_000, 900_000_000, None], audits=[10 * 10**9, 10 * 10**9, 10 * 10**9], correct=[9 * 10**9, None, None]
    )
    found = amounts_of(given_rows)
    assert found.columns["correct"].to_list() == [9 * 10**9, 9 * 10**9, None]
    assert found.columns["correct__bound"].to_list() == [None, 500_000_000, None]
    assert found.disagreeing["accuracy"].to_list() == [False, False, False]


def test_a_rate_without_its_weight_is_reported() -> None:
    found = amounts_of(table(aht_seconds=[42 * 10**9, None]))
    assert found.columns["aht_seconds__reported"].to_list() == [42 * 10**9, None]
    assert "handle_seconds" not in found.columns


def test_digits_beyond_the_ninth_place_count_where_they_are_safe() -> None:
    rate, huge = 333_333_333, 3 * 10**15
    small = amounts_of(table(accuracy=[rate], audits=[300 * 10**9], **{"accuracy" + FINE: [1 / 3]}))
    assert small.columns["correct"].to_list() == [100 * 10**9]
    large = amounts_of(table(accuracy=[rate], audits=[huge], **{"accuracy" + FINE: [1 / 3]}))
    assert large.columns["correct"].to_list() == [rate * huge // 10**9]
    missing = amounts_of(table(accuracy=[rate], audits=[300 * 10**9], **{"accuracy" + FINE: [None]}))
    assert missing.columns["correct"].to_list() == [rate * 300]
