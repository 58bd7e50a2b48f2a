"""Which rows of a column share a property: ranges and single rows.

Owns: `Marks`. Must not know: which property.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

import polars as pl


@dataclass(slots=True)
class Marks:
    """Rows of one column, as sheet row numbers."""

    ranges: list[tuple[int, int]] = field(default_factory=list)
    """(first, last), in ascending order."""
    rows: array[int] = field(default_factory=lambda: array("I"))

    def add_range(self, first: int, last: int) -> None:
        """Mark all rows from first to last; a range that goes on where the last one ended lengthens it."""
        if self.ranges and self.ranges[-1][1] + 1 >= first:
            self.ranges[-1] = (self.ranges[-1][0], last)
        else:
            self.ranges.append((first, last))

    def mask(self, rows: pl.Series) -> pl.Series:
        """True for the rows (sheet row numbers) that are marked.

        >>> marks = Marks([(2, 3)], array("I", [7]))
        >>> marks.mask(pl.Series([1, 2, 3, 4, 7], dtype=pl.UInt32)).to_list()
        [False, True, True, False, True]
        """
        mask = rows.is_in(pl.Series(self.rows, dtype=pl.UInt32).implode())
        for first, last in self.ranges:
            mask = mask | rows.is_between(first, last)
        return mask
