"""From a grid of cells to one table: blank rows, footnotes, repeated headers, second tables (layout patterns L8, L11).

Owns: `trim` and `arrange`. Must not know: which file format the grid came from, nor what a column means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from importers.reading.heading import Heading, column_groups, entry_of
from importers.reading.sheet import holds_texts, index_of, letters_of, spelled
from kernel.errors import Problem

MOST_FOOTNOTES = 50
MOST_GAPS = 50
"""Blank rows behind which a second table is looked for."""
SAMPLE = 50
SMALL_TABLE = 2
"""Columns up to which a row with one filled cell may be data."""


@dataclass(frozen=True)
class Trimmed:
    """The rows of one table. frame: one column per letters; rows: UInt32 sheet row numbers."""

    frame: pl.DataFrame
    rows: pl.Series
    footnotes: tuple[tuple[int, str], ...]
    blank_rows: int
    problems: tuple[Problem, ...]


def trim(name: str, heading: Heading, frame: pl.DataFrame, rows: pl.Series) -> Trimmed:
    """Leave out blank rows, repeated headers and footnotes; say so where a second table begins."""
    total = frame.height
    if frame.width:
        filled = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
        if not filled.all():
            frame, rows = frame.filter(filled), rows.filter(filled)
    problems: list[Problem] = []
    frame, rows = _without_repeats(name, heading, frame, rows, problems)
    last = rows[-1] if len(rows) else 0
    frame, rows, footnotes = _without_footnotes(heading, frame, rows)
    problems += _second_tables(name, heading, frame, rows)
    inside = int(last) - heading.row if last else 0
    blank = min(total, inside) - frame.height - len(footnotes)
    return Trimmed(frame, rows, footnotes, max(0, blank), tuple(problems))


def _without_repeats(
    name: str, heading: Heading, frame: pl.DataFrame, rows: pl.Series, problems: list[Problem]
) -> tuple[pl.DataFrame, pl.Series]:
    """Drop rows that repeat the headers, as printed pages do."""
    texts = {letters_of(column): text for column, text in heading.headers.items()}
    shared = [letters for letters in frame.columns if texts.get(letters) and holds_texts(frame[letters].dtype)]
    if len(shared) < SMALL_TABLE or len(shared) * 2 < len(texts):
        return frame, rows
    repeats = _says(frame[shared[0]], texts[shared[0]])
    for letters in shared[1:]:
        if not repeats.any():
            return frame, rows
        repeats = repeats & _says(frame[letters], texts[letters])
    repeats = repeats.fill_null(value=False)
    if not repeats.any():
        return frame, rows
    first = int(rows.filter(repeats)[0])
    count = int(repeats.sum())
    message = f"{place(name)} repeats its headers in row {first}; {count} such rows are left out."
    problems.append(Problem("info", "REPEATED_HEADERS", message, sheet=name, row=first, count=count))
    return frame.filter(~repeats), rows.filter(~repeats)


def _says(column: pl.Series, text: str) -> pl.Series:
    """Where a column says a text; one that stands in it once may be looked for without writing the column out."""
    return (column if column.dtype == pl.Categorical else spelled(column)) == text


def _without_footnotes(
    heading: Heading, frame: pl.DataFrame, rows: pl.Series
) -> tuple[pl.DataFrame, pl.Series, tuple[tuple[int, str], ...]]:
    """Take the remarks under the table away: rows at its end with one text and nothing else."""
    if len(heading.headers) <= SMALL_TABLE:
        return frame, rows, ()
    tail = frame.tail(MOST_FOOTNOTES)
    notes: list[tuple[int, str]] = []
    for offset in range(tail.height - 1, -1, -1):
        filled = [value for value in tail.row(offset) if value is not None]
        if len(filled) != 1 or not isinstance(filled[0], str) or not entry_of(filled[0]).text:
            break
        notes.append((int(rows[len(rows) - tail.height + offset]), filled[0]))
    if not notes or len(notes) == frame.height:
        return frame, rows, ()
    kept = frame.height - len(notes)
    return frame.head(kept), rows.head(kept), tuple(reversed(notes))


def _second_tables(name: str, heading: Heading, frame: pl.DataFrame, rows: pl.Series) -> list[Problem]:
    gaps = (rows.cast(pl.Int64).diff() > 1).fill_null(value=False).arg_true().head(MOST_GAPS)
    for gap in gaps:
        cells = {letters: value for letters, value in zip(frame.columns, frame.row(gap), strict=True) if value is not None}
        texts = {letters for letters, value in cells.items() if isinstance(value, str) and entry_of(value).text}
        if len(cells) >= SMALL_TABLE and len(texts) == len(cells) and any(_holds_data(frame[letters].head(gap)) for letters in texts):
            row = int(rows[gap])
            message = (
                f"{place(name)} holds a second table from row {row} on (the first has its headers in row {heading.row}); "
                "put each table on its own sheet and upload the file again."
            )
            return [Problem("error", "MANY_TABLES", message, sheet=name, row=row)]
    return []


def _holds_data(column: pl.Series) -> bool:
    values = spelled(column.drop_nulls().head(SAMPLE))
    if values.dtype != pl.String:
        return len(values) > 0
    data = sum(not entry_of(value).text for value in values)
    return data * 2 > len(values)


def arrange(
    name: str, heading: Heading, frame: pl.DataFrame, valueless: Collection[str] = ()
) -> tuple[tuple[str, ...], tuple[str, ...], list[Problem]]:
    """Which columns belong to the table: letters and headers, with what must be said about them.

    Columns with neither header nor values are left out. valueless: letters of columns of formulas without a value.
    """
    filled = {letters for letters in frame.columns if frame[letters].null_count() < frame.height}
    columns = sorted({*heading.headers, *(index_of(letters) for letters in filled.union(valueless))})
    letters = tuple(letters_of(column) for column in columns)
    headers = tuple(heading.headers.get(column, "") for column in columns)
    problems = _side_by_side(name, heading, columns, frame.select(sorted(filled)))
    nameless = [shown for shown, header in zip(letters, headers, strict=True) if not header]
    if nameless and not problems:
        message = f"{place(name)}: column {', '.join(nameless)} has values but no header in row {heading.row}; name it if it is needed."
        problems.append(Problem("warning", "NO_HEADER", message, sheet=name, row=heading.row, column=nameless[0], count=len(nameless)))
    for header, count in Counter(header for header in headers if header).items():
        if count > 1:
            twins = [shown for shown, text in zip(letters, headers, strict=True) if text == header]
            message = f"{place(name)}: columns {', '.join(twins)} share the header '{header}'; rename all but one."
            problems.append(Problem("warning", "DUPLICATE_HEADER", message, sheet=name, row=heading.row, column=twins[1], value=header))
    return letters, headers, problems


def place(name: str) -> str:
    """How a sentence names a table; csv files have no sheets.

    >>> place("Daily"), place("")
    ("Sheet 'Daily'", 'The file')
    """
    return f"Sheet '{name}'" if name else "The file"


def _side_by_side(name: str, heading: Heading, columns: list[int], filled: pl.DataFrame) -> list[Problem]:
    """A second table beside the first: behind a column gap, with other rows filled or a header that comes again."""
    runs = column_groups(columns)
    for (start, left_end), (first, last) in pairwise(runs):
        left = [letters_of(column) for column in range(start, left_end + 1) if letters_of(column) in filled.columns]
        right = [letters_of(column) for column in range(first, last + 1) if letters_of(column) in filled.columns]
        if not left or len(right) < SMALL_TABLE:
            continue
        here, there = (filled.select(pl.any_horizontal(pl.col(side).is_not_null())).to_series() for side in (left, right))
        before = {text for column, text in heading.headers.items() if column <= left_end}
        repeated = any(heading.headers.get(column) in before for column in range(first, last + 1))
        if there.sum() >= SMALL_TABLE and (repeated or (here != there).sum() * 20 > filled.height):
            message = (
                f"{place(name)} holds tables side by side (one ends in column {letters_of(left_end)}, "
                f"one begins in column {letters_of(first)}); put each table on its own sheet and upload the file again."
            )
            return [Problem("error", "MANY_TABLES", message, sheet=name, row=heading.row, column=letters_of(first))]
    return []
