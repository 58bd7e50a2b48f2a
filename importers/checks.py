"""Findings: faults of whole columns turned into a few problems with places.

Owns: the collection of problems of one file, grouped by cause, and which rows they reject. Must not know: kinds,
names, the database. Checks run on columns; a row is looked at by itself only when something is wrong with it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import polars as pl

from importers.columns import Column, Table
from kernel.errors import Problem
from kernel.money import MICRO, NANO, from_scaled, plain

SHOWN = 5
"""So many cells of one cause are named; the rest is counted."""
MOST_PROBLEMS = 500
"""So many causes are kept per file; the rest is counted in one."""
LONGEST_VALUE = 80
"""Characters of a cell's text that are shown."""
MASK = "•••"
"""Stands for a cell that names a person."""


def shown(text: str) -> str:
    r"""A cell's text fit to be shown: cut, and without characters that change how the rest is read.

    >>> shown("abc\u202edef")
    'abcdef'
    """
    visible = "".join(sign for sign in text if sign.isprintable())
    return visible if len(visible) <= LONGEST_VALUE else visible[: LONGEST_VALUE - 1] + "…"


def cell_text(column: Column, position: int, scale: int = NANO) -> str:
    """What a cell says: its printed text where it is text, else its value in plain words.

    scale: decimal places of integer values (9 for counts, 6 for money).
    """
    if column.texts is not None and column.texts[position] is not None:
        return shown(str(column.texts[position]))
    value = column.values[position]
    if value is None:
        return ""
    return plain(from_scaled(value, scale)) if isinstance(value, int) else shown(str(value))


@dataclass
class Findings:
    """The problems of the rows of several tables, numbered through from 0 in the tables' order.

    persons: fields whose cells are masked. money: fields whose integers are of 10^-6.
    """

    tables: Sequence[Table]
    persons: frozenset[str] = frozenset()
    money: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)
    rejected: set[int] = field(default_factory=set)
    _starts: list[int] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        """Number the rows."""
        start = 0
        for table in self.tables:
            self._starts.append(start)
            start += len(table.rows)

    def place(self, row: int) -> tuple[Table, int]:
        """The table of a row and its position in it."""
        index = bisect_right(self._starts, row) - 1
        return self.tables[index], row - self._starts[index]

    def cell(self, row: int, name: str | None) -> str:
        """Where a row's cell of a field stands, e.g. `D17`; `row 17` when no column holds the field."""
        table, position = self.place(row)
        column = table.columns.get(name) if name else None
        number = table.rows[position]
        return f"{column.letter}{number}" if column is not None and column.letter else f"row {number}"

    def value(self, row: int, name: str | None) -> str | None:
        """What that cell says, masked where it names a person; None when no column holds the field."""
        table, position = self.place(row)
        column = table.columns.get(name) if name else None
        if column is None:
            return None
        if name in self.persons:
            return MASK
        return cell_text(column, position, MICRO if name in self.money else NANO)

    def add(self, severity: str, code: str, message: str, name: str | None, rows: pl.Series | Iterable[int]) -> None:
        """Report one cause at every row of a mask or list of rows (nothing when there is none).

        message: one sentence with the remedy; `{value}` stands for the first cell's text, `{cell}` for its place.
        Rows of an error are rejected.
        """
        found = [int(row) for row in (rows.fill_null(value=False).arg_true() if isinstance(rows, pl.Series) else rows)]
        if not found:
            return
        if severity == "error":
            self.rejected.update(found)
        first = found[0]
        table, position = self.place(first)
        column = table.columns.get(name) if name else None
        value = self.value(first, name)
        cell = self.cell(first, name)
        text = message.replace("{value}", value or "").replace("{cell}", cell)
        others = ", ".join(self.cell(row, name) for row in found[1:SHOWN])
        if others:
            text += f" Also in {others}" + (f" and {len(found) - SHOWN} more." if len(found) > SHOWN else ".")
        letter = column.letter if column is not None and column.letter else None
        self.problems.append(
            Problem(severity, code, text, table.sheet, int(table.rows[position]), letter, cell if letter else None, value, len(found))
        )

    def mask(self, height: int) -> pl.Series:
        """True for the rows that are rejected."""
        rejected = pl.Series("rejected", [False]).new_from_index(0, height)
        return rejected.scatter(sorted(self.rejected), values=True) if self.rejected else rejected


def capped(problems: Sequence[Problem]) -> list[Problem]:
    """The problems, errors first, at most MOST_PROBLEMS; the rest counted in a last one."""
    order = {"error": 0, "warning": 1, "info": 2}
    ranked = sorted(problems, key=lambda problem: order[problem.severity])
    if len(ranked) <= MOST_PROBLEMS:
        return ranked
    rest = ranked[MOST_PROBLEMS - 1 :]
    message = f"{len(rest)} more problems are not listed: correct the ones above first."
    return [*ranked[: MOST_PROBLEMS - 1], Problem(rest[0].severity, "MORE_PROBLEMS", message, count=len(rest))]


def amount_text(nanos: int) -> str:
    """A counted amount in plain digits.

    >>> amount_text(1_500_000_000)
    '1.5'
    """
    return plain(Decimal(nanos).scaleb(-NANO))
