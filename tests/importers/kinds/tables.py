"""Parsed tables, as the import hands them to a kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from importers.columns import Column, Table
from importers.kinds import DAY, MONEY, NUMBER, FieldSpec
from importers.reading.sheet import letters_of
from kernel.money import MICRO, NANO, to_scaled

DTYPES: dict[str, Any] = {NUMBER: pl.Int64, MONEY: pl.Int64, DAY: pl.Date}


def table(fields: Mapping[str, FieldSpec], rows: Sequence[Mapping[str, Any]], sheet: str = "Invoice", printed: Sequence[str] = ()) -> Table:
    """A sheet whose header stands in row 1 and whose columns are the fields that any row names.

    printed: fields whose numbers are given as texts and keep them.
    """
    names = [name for name in fields if any(name in row for row in rows)]
    columns = {}
    for index, name in enumerate(names):
        given = [row.get(name) for row in rows]
        texts = pl.Series(given, dtype=pl.String) if name in printed else None
        values = pl.Series(name, [_cell(fields[name], value) for value in given], dtype=DTYPES.get(fields[name].parse, pl.String))
        columns[name] = Column(letters_of(index), name, name, values, texts)
    return Table(sheet, pl.Series(range(2, len(rows) + 2), dtype=pl.UInt32), columns)


def _cell(spec: FieldSpec, value: Any) -> Any:
    if value is None or isinstance(value, date):
        return value
    if spec.parse in {NUMBER, MONEY}:
        return to_scaled(Decimal(str(value)), NANO if spec.parse == NUMBER else MICRO)
    return str(value)
