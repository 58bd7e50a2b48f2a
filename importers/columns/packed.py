"""Packed columns of text: parsed once per distinct text.

Owns: `by_label`. Must not know: any parser. What a parser finds in the distinct texts, in order of their first
appearance, must be what it finds in the whole column: so it is with texts, days, numbers and durations, not with what is
decided by how often something occurs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from importers.columns.values import Fault, Parsed
from importers.reading.sheet import Cells


def by_label(cells: Cells, parse: Callable[[Cells], Parsed]) -> Parsed:
    """Parse an enumeration by its labels, each of which occurs.

    >>> from importers.columns.texts import parse_text
    >>> column = pl.Series(["b ", "a", "b "], dtype=pl.Enum(["b ", "a"]))
    >>> by_label(Cells(column), parse_text).values.to_list()
    ['b', 'a', 'b']
    """
    column = cells.values
    labels = _labels(column.dtype)
    places = column.to_physical()
    parsed = parse(replace(cells, values=labels))
    return Parsed(
        column if parsed.values is labels else parsed.values.gather(places).alias(column.name),
        tuple(Fault(fault.code, fault.message, _marked(fault.mask, places)) for fault in parsed.faults),
        tuple(note if note.place is None else note._replace(place=places.index_of(note.place)) for note in parsed.notes),
        texts=None if parsed.texts is None else column,
        months=None if parsed.months is None else _marked(parsed.months, places),
    )


def _labels(dtype: pl.DataType) -> pl.Series:
    if not isinstance(dtype, pl.Enum):
        raise TypeError(dtype)
    return dtype.categories


def _marked(mask: pl.Series, places: pl.Series) -> pl.Series:
    return mask.gather(places).fill_null(value=False)
