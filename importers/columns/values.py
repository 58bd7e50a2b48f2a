"""The values that parsers of columns return.

Owns: `Parsed` with its faults and notes, `Column`, `Table`. Must not know: how any cell is parsed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl


class Note(NamedTuple):
    """Something to say about a column: severity error (the column must not be used), warning or info.

    message: goes on after the column's name, as in "column L 'Accuracy' ...".
    place: position of a row that shows it (zero-based in the column), None for the whole column.
    """

    severity: str
    code: str
    message: str
    place: int | None = None


@dataclass(frozen=True)
class Fault:
    """Cells that are wrong in one way: code, which cells, and a message that goes on after cell and value ("D17 'abc' ...")."""

    code: str
    message: str
    mask: pl.Series


@dataclass(frozen=True)
class Parsed:
    """A parsed column.

    values: null where the cell is missing or bad. faults: what is wrong with bad cells, each with its mask. notes: about
    the column as a whole. texts: the printed text of each cell where the column is text (None: the cells are numbers or
    dates). months: only for days: True where the cell names a month without a day (its first day is given).
    """

    values: pl.Series
    faults: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = ()
    texts: pl.Series | None = None
    months: pl.Series | None = None

    @property
    def bad(self) -> pl.Series:
        """True where the cell has no valid value though something stands in it."""
        bad = pl.repeat(False, len(self.values), dtype=pl.Boolean, eager=True)  # noqa: FBT003 - a column of False
        for fault in self.faults:
            bad = bad | fault.mask
        return bad

    @property
    def refused(self) -> bool:
        """Whether a note forbids to use the column: something must be decided or repaired first."""
        return any(note.severity == "error" for note in self.notes)


@dataclass(frozen=True)
class Column:
    """A column with its meaning: field is a fact or key name; values as its parser gave them."""

    letter: str
    header: str
    field: str
    values: pl.Series
    texts: pl.Series | None = None


@dataclass(frozen=True)
class Table:
    """One table with mapped columns; rows: UInt32 sheet row number per row; columns by field, all of equal length."""

    sheet: str
    rows: pl.Series
    columns: Mapping[str, Column]
