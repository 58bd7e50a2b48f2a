"""What reading a file yields: sheets of cells as they stand, and what was seen beside them.

Owns: the values `Cells`, `RawSheet`, `Reading`, and column letters. Must not know: what a column means, nor
how any file format is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from kernel.errors import Problem

LETTERS_IN_ALPHABET = 26


def holds_texts(dtype: pl.DataType) -> bool:
    """Whether a column of this type stands for texts: as they are, or packed (see `Cells`)."""
    return dtype in (pl.String, pl.Int32, pl.Categorical, pl.Enum)


def spelled(column: pl.Series) -> pl.Series:
    """The texts that a column stands for; a column of anything else as it is.

    >>> spelled(pl.Series([7, None], dtype=pl.Int32)).to_list()
    ['7', None]
    """
    return column.cast(pl.String) if holds_texts(column.dtype) and column.dtype != pl.String else column


def letters_of(index: int) -> str:
    """Column letters of a zero-based column index, as a spreadsheet shows them.

    >>> letters_of(0), letters_of(25), letters_of(26), letters_of(16383)
    ('A', 'Z', 'AA', 'XFD')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, LETTERS_IN_ALPHABET)
        letters = chr(ord("A") + rest) + letters
    return letters


def index_of(letters: str) -> int:
    """Zero-based column index of column letters.

    >>> index_of("A"), index_of("AA"), index_of("XFD")
    (0, 26, 16383)
    """
    index = 0
    for letter in letters:
        index = index * LETTERS_IN_ALPHABET + ord(letter) - ord("A") + 1
    return index - 1


class Refused(Exception):
    """A file or sheet that is not read, inside the reading room; it leaves the room as a Problem.

    what: the rest of a sentence that begins with the file's name, with the remedy.
    """

    def __init__(self, code: str, what: str, sheet: str = "", cell: str | None = None) -> None:
        """Keep the code, the sentence and the place."""
        super().__init__(what)
        self.code = code
        self.what = what
        self.sheet = sheet
        self.cell = cell


@dataclass(frozen=True, slots=True)
class Cells:
    """One column as it stands in the sheet; every series has one entry per data row.

    values: String, Int64, Float64, Boolean, Datetime, Duration or Null as read (csv: String). Long columns of text may be
    packed: as an Enum of the texts in order of their first appearance, or as Int32 where each text is a whole number
    written plainly. A column that mixes kinds is String, and `numbers` / `instants` give back the cells that were
    numbers / real dates in the sheet (null elsewhere; None: no such cell); `spans` those that were durations or times of
    day. percent: True where the cell's number format is a percentage; None: nowhere. epoch_1904: whether bare day numbers
    count from 1904. decimal: '.' or ',' where the file itself tells how it writes decimals (a comma between fields), ''
    where it does not.
    """

    values: pl.Series
    numbers: pl.Series | None = None
    instants: pl.Series | None = None
    spans: pl.Series | None = None
    percent: pl.Series | None = None
    epoch_1904: bool = False
    decimal: str = ""

    def spelled(self) -> Cells:
        """The same cells with packed texts written out."""
        texts = spelled(self.values)
        return self if texts is self.values else replace(self, values=texts)


@dataclass(frozen=True)
class RawSheet:
    """One table of one sheet: its headers, its data rows and where they stand.

    header_row: sheet row number of the (lowest) header row. first_row: sheet row number of the first data row.
    headers: original text per column (merged group headers joined with ' / '; '' where a column has none).
    letters: column letters, the names of `frame`'s columns. rows: UInt32 sheet row number per data row; blank rows are
    left out. numbers, instants, spans, percent, epoch_1904, decimal: see `Cells`, by letters. error_cells: (row, letters,
    text such as '#N/A').
    empty_formulas: (row, letters) of formula cells that the file holds no value for.
    """

    name: str
    hidden: bool
    title_texts: tuple[str, ...]
    header_row: int
    headers: tuple[str, ...]
    letters: tuple[str, ...]
    first_row: int
    frame: pl.DataFrame
    rows: pl.Series
    numbers: Mapping[str, pl.Series] = field(default_factory=dict)
    instants: Mapping[str, pl.Series] = field(default_factory=dict)
    spans: Mapping[str, pl.Series] = field(default_factory=dict)
    percent: Mapping[str, pl.Series] = field(default_factory=dict)
    error_cells: tuple[tuple[int, str, str], ...] = ()
    empty_formulas: tuple[tuple[int, str], ...] = ()
    footnotes: tuple[tuple[int, str], ...] = ()
    """(row, text) of rows under the table that hold one remark only; not part of `frame`."""
    blank_rows: int = 0
    """Rows between the first and the last data row that hold nothing."""
    epoch_1904: bool = False
    decimal: str = ""

    @property
    def percent_letters(self) -> tuple[str, ...]:
        """Columns in which at least one cell's number format is a percentage."""
        return tuple(letters for letters in self.letters if letters in self.percent)

    def cells(self, letters: str) -> Cells:
        """One column with everything the sheet says about its cells."""
        return Cells(
            self.frame[letters],
            numbers=self.numbers.get(letters),
            instants=self.instants.get(letters),
            spans=self.spans.get(letters),
            percent=self.percent.get(letters),
            epoch_1904=self.epoch_1904,
            decimal=self.decimal,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file held: its tables in the file's order, and what must be said about it."""

    sheets: tuple[RawSheet, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether a problem forbids to use the file."""
        return any(problem.severity == "error" for problem in self.problems)
