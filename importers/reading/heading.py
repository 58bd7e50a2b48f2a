"""Where a table's headers stand among the first rows of a sheet (layout patterns L4, L8, L9 of domain 4.2).

Owns: `find_heading`. A rule file: grids in, positions out. Must not know: file formats, nor what a header means.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

BODY_ROWS = 30
"""Rows under a candidate that are compared with it."""
MOST_ABOVE = 60
"""Filled rows among which the headers must stand."""
MOST_DATA = 40
"""Characters of the longest number or date; longer cells are text."""
_NUMBER = re.compile(r"[(\s+\-\u2212$€£¥]*[\d.,'\s\u00a0\u202f]*\d[\d.,'\s\u00a0\u202f]*\s*[)%\-]?")
_DAY = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d.*)?|\d{1,2}[-\s/.]?[A-Za-z]{3,9}[-\s/.]?\d{0,4}|\d{4}-\d{2}")
_TIME = re.compile(r"\d{1,3}:\d{2}(:\d{2}(\.\d+)?)?")


class Entry(NamedTuple):
    """A filled cell: whether it is text (as against a number, a date, a boolean), what it shows, whether it is a date."""

    text: bool
    shown: str
    day: bool = False


Row = tuple[int, dict[int, Entry]]
"""Row number and its filled cells by column."""
Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column."""


@dataclass(frozen=True, slots=True)
class Heading:
    """Where the headers stand. row: the (lowest) header row. headers: text by column. titles: texts above them."""

    row: int
    headers: dict[int, str]
    titles: tuple[str, ...]


def entry_of(shown: str) -> Entry:
    """The entry of a text from a file without types (csv).

    >>> entry_of("1,234.50").text, entry_of("01/11/2026").text, entry_of("AHT (sec)").text
    (False, False, True)
    """
    stripped = shown.strip()
    if len(stripped) > MOST_DATA:
        return Entry(text=True, shown=shown)
    day = _DAY.fullmatch(stripped) is not None
    data = day or _NUMBER.fullmatch(stripped) or _TIME.fullmatch(stripped)
    return Entry(not data, shown, day)


def find_heading(rows: Sequence[Row], merges: Sequence[Merge] = ()) -> Heading | None:
    """The headers of the table that the rows begin with, or None when no row can be headers.

    Each row is scored by how much it looks like names over values: text over numbers counts most, holes and repeats count
    against it, and the row under the headers must look like data. Merged group headers above are joined with ' / '.
    """
    candidates = [(row, cells) for row, cells in rows[:MOST_ABOVE] if cells]
    if not candidates:
        return None
    scores = [_score(candidates, place) for place in range(len(candidates))]
    best = max(range(len(candidates)), key=lambda place: (scores[place], -place))
    row, cells = candidates[best]
    if scores[best] <= 0 and sum(entry.text for entry in cells.values()) * 2 < len(cells):
        return None
    headers = {column: _folded(entry.shown) for column, entry in cells.items()}
    groups = _group_rows(candidates[:best], row, merges)
    for group_row, group in reversed(groups):
        headers = _joined(headers, group_row, group, merges)
    taken = {group_row for group_row, _ in groups}
    titles = tuple(_folded(entry.shown) for above, filled in candidates[:best] if above not in taken for entry in filled.values())
    return Heading(row, headers, titles)


def _folded(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def _score(candidates: Sequence[Row], place: int) -> float:
    """How much a row looks like headers; the weights were set on the layouts of tests/importers/reading."""
    cells = candidates[place][1]
    body = candidates[place + 1 : place + 1 + BODY_ROWS]
    score = 0.0
    filled = Counter(column for _, under in body for column in under)
    data = Counter(column for _, under in body for column, entry in under.items() if not entry.text)
    days = Counter(column for _, under in body for column, entry in under.items() if entry.day)
    over_data = 0
    for column, entry in cells.items():
        mostly_data = data[column] * 2 > filled[column]
        if entry.text:
            over_data += mostly_data
            score += 1.0 if mostly_data else 0.4 * (filled[column] > 0)
        elif mostly_data:
            # Days over numbers are the headers of a table that is wide by day; numbers over numbers are data.
            score += 1.0 if entry.day and days[column] * 2 <= filled[column] else -0.5
    score -= 0.5 * sum(1 for column, count in filled.items() if count * 2 > len(body) and column not in cells)
    repeats = Counter(_folded(entry.shown).lower() for entry in cells.values())
    score -= 0.3 * (len(cells) - len(repeats))
    if over_data and body and all(entry.text for column, entry in body[0][1].items() if column in cells):
        score -= 1.0
    return score


def _group_rows(above: Sequence[Row], row: int, merges: Sequence[Merge]) -> list[Row]:
    """Rows right above the headers that name groups of columns by merged cells, topmost first."""
    groups: list[Row] = []
    below = row
    for number, cells in reversed(above):
        spans = [merge for merge in merges if merge[0] <= number <= merge[2] and (merge[3] > merge[1] or merge[2] >= below)]
        title = len(cells) == 1 and not any(merge[2] >= below for merge in spans)
        if number != below - 1 or not spans or title:
            break
        groups.insert(0, (number, cells))
        below = number
    return groups


def _joined(headers: dict[int, str], row: int, group: dict[int, Entry], merges: Sequence[Merge]) -> dict[int, str]:
    names = {column: _folded(entry.shown) for column, entry in group.items()}
    for first_row, first, last_row, last in merges:
        if first_row <= row <= last_row and first in names:
            names.update(dict.fromkeys(range(first, last + 1), names[first]))
    joined = dict(headers)
    for column, name in names.items():
        below = headers.get(column, "")
        joined[column] = f"{name} / {below}" if below and below != name else below or name
    return joined


def column_groups(filled: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of neighbouring columns, as (first, last).

    >>> column_groups([0, 1, 2, 4, 5])
    [(0, 2), (4, 5)]
    """
    runs: list[tuple[int, int]] = []
    for column in sorted(filled):
        if runs and column == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], column)
        else:
            runs.append((column, column))
    return runs
