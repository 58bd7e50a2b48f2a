"""Amounts: the facts of a table's rows, counted as they stand or worked out from a rate and its weight.

Owns: numerator = rate x weight with its rounding bound, correct = audits - errors. Must not know: names, days. All
amounts are Int64 of 10^-9; a share of 1 is 10^9.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from importers.columns import Table
from importers.evidence import BOUND, REPORTED
from importers.kinds.fields import COUNTED, ERRORS, RATES, Rate
from kernel.money import NANO

ONE = 10**NANO
FINE = "__fine"
"""Suffix of a column of a table with a rate's digits beyond 10^-9, as floats."""
LARGEST_FINE = 10**5 * ONE


@dataclass(frozen=True)
class Amounts:
    """The amounts of one table.

    columns: facts, bounds of derived facts, reported rates, errors; all of the table's height. disagreeing: rate ->
    True where the rate and the totals beside it differ by more than the rate's rounding.
    """

    columns: dict[str, pl.Series]
    disagreeing: dict[str, pl.Series] = field(default_factory=dict)


def printed_unit(values: pl.Series) -> int:
    """One unit of the last decimal place that a column of 10^-9 prints, in 10^-9.

    >>> printed_unit(pl.Series([42_500_000_000, 38_000_000_000]))
    100000000
    >>> printed_unit(pl.Series([7_000_000_000]))
    1000000000
    """
    for places in range(NANO):
        unit: int = 10 ** (NANO - places)
        if (values.drop_nulls() % unit == 0).all():
            return unit
    return 1


def weighted(rates: pl.Series, weights: pl.Series) -> pl.Series:
    """The rate times the weight, rounded half-even to 10^-9; both Int64 of 10^-9.

    >>> weighted(pl.Series([42_500_000_000]), pl.Series([3_000_000_000])).to_list()
    [127500000000]
    """
    one, two = pl.lit(ONE, pl.Int128), pl.lit(2, pl.Int128)
    product = pl.DataFrame({"rate": rates, "weight": weights}).select(pl.col("rate").cast(pl.Int128) * pl.col("weight").cast(pl.Int128))
    halves = (pl.col("rate") % one) * two
    whole = pl.col("rate") // one
    up = (halves > one) | ((halves == one) & (whole % two == 1))
    return product.select((whole + up.cast(pl.Int128)).cast(pl.Int64)).to_series()


def amounts_of(table: Table) -> Amounts:
    """Every amount that a table's rows give."""
    given = {name: column.values for name, column in table.columns.items()}
    columns = {name: given[name] for name in COUNTED if name in given}
    disagreeing: dict[str, pl.Series] = {}
    if ERRORS in given:
        columns[ERRORS] = given[ERRORS]
        if "audits" in given:
            told = given["audits"] - given[ERRORS]
            if "correct" in columns:
                disagreeing[ERRORS] = (columns["correct"] != told).fill_null(value=False)
            else:
                columns["correct"] = told
    for rate in RATES.values():
        if rate.name in given:
            _take_rate(rate, given, columns, disagreeing)
    return Amounts(columns, disagreeing)


def _precise(product: pl.Series, fine: pl.Series | None, weight: pl.Series) -> pl.Series:
    """The product with the digits that a rate has beyond 10^-9, where the sheet gave them.

    A float product is off by less than 10^-15 of itself, so it rounds to the same 10^-9 as the exact one below 10^5.
    """
    if fine is None:
        return product
    exact = (fine * weight).round().cast(pl.Int64, strict=False)
    known = (exact.is_not_null() & (exact.abs() < LARGEST_FINE)).fill_null(value=False)
    return product.zip_with(~known, exact)


def _take_rate(rate: Rate, given: dict[str, pl.Series], columns: dict[str, pl.Series], disagreeing: dict[str, pl.Series]) -> None:
    """Derive a rate's fact where the row has its weight and not the fact; keep it as reported where there is neither."""
    values = given[rate.name]
    nothing = pl.Series([None], dtype=pl.Int64).new_from_index(0, len(values))
    fact = columns.get(rate.fact, nothing)
    weight = given.get(rate.weight, nothing)
    product = _precise(weighted(values, weight), given.get(rate.name + FINE), weight)
    worked_out = weight - product if rate.complement else product
    bound = weighted(pl.Series([max(printed_unit(values) // 2, 1)], dtype=pl.Int64).new_from_index(0, len(values)), weight)
    off = (fact - worked_out).abs() > bound + 1
    disagreeing[rate.name] = off.fill_null(value=False)
    derived = fact.is_null() & worked_out.is_not_null()
    if derived.any():
        columns[rate.fact] = fact.zip_with(~derived, worked_out).alias(rate.fact)
        columns[rate.fact + BOUND] = bound.zip_with(derived, nothing)
    alone = fact.is_null() & worked_out.is_null() & values.is_not_null()
    if alone.any():
        columns[rate.name + REPORTED] = values.zip_with(alone, nothing)
    columns[rate.name] = values
