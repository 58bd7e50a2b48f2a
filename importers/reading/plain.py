"""Judging a piece of a sheet's XML without parsing it.

Owns: `PlainPieces`. Must not know: what is done with the findings.

With the digits taken out, the rows of a real sheet are copies of a few shapes: `<c r="A" t="s"><v></v></c><c r="B">...`.
So the piece is cut into rows, each distinct shape is looked at once, and what all shapes agree on holds for the whole
piece. Whatever is not of the plain shape (errors, hidden rows, odd order of attributes) goes to the exact parser.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from importers.reading.marks import Marks
from importers.reading.sheet import index_of

ROW_END = b"</row>"
MOST_SHAPES = 3000
"""Distinct shapes of rows in one piece; more means texts stand in the cells themselves."""
_VALUE_BYTES = b"0123456789.+-"
_CONTENTS = re.compile(rb"(<(?:v|t|f)(?: [^>]*)?>)[^<]+(?=</)")
_EMPTY_VALUES = (b"</f><v></v>", b"</f><v/>", b"</f><v />")
_ROW = re.compile(
    rb'\s*(?:<row r=""(?: (?!hidden)[\w:]+="[^"]*")*/>\s*)*<row r=""(?: (?!hidden)[\w:]+="[^"]*")*>((?:<c r="[A-Z]{1,3}"[^>]*>.*)?)\Z',
    re.DOTALL,
)
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})"(?: s="(p?)")?(?: t="(\w+)")?(?:/>|></c>|>(<f(?: [^>]*)?(?:/>|>[^<]*</f>))?'
    rb"(<v>[^<]*</v>|<v/>|<is>(?:<t[^>]*>[^<]*</t>|<t/>)</is>)?</c>)"
)
_TEXTS = frozenset([b"s", b"str", b"inlineStr"])
_FIRST_ROW = re.compile(rb'\s*<row r="(\d+)"')
_LAST_ROW = re.compile(rb'<row r="(\d+)"')


class Cell(NamedTuple):
    """A cell of a shape: its column, whether it is a percentage, holds text, holds TRUE or FALSE."""

    column: int
    percent: bool
    text: bool
    boolean: bool


@dataclass(slots=True)
class Found:
    """What plain pieces hold, by zero-based column. Ranges also cover blank cells, which are nothing."""

    typed: dict[int, Marks]
    percent: dict[int, Marks]
    booleans: dict[int, Marks]


@dataclass(frozen=True, slots=True)
class Extent:
    """Where a plain piece reaches: rows as numbered, zero-based columns, filled cells."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int
    cells: int


class PlainPieces:
    """Takes pieces that consist of whole rows; remembers the shapes it has seen."""

    def __init__(self, percent: frozenset[int], found: Found) -> None:
        self._styles = [b' s="%d"' % style for style in sorted(percent)]
        self._found = found
        self._shapes: dict[bytes, tuple[Cell, ...] | None] = {}

    def take(self, piece: bytes, after_row: int) -> Extent | None:
        """Note what the piece holds; None, with nothing noted, when only parsing can tell. after_row: the row before it."""
        start = _FIRST_ROW.match(piece)
        end = _LAST_ROW.match(piece, piece.rfind(b'<row r="'))
        if not start or not end or int(start[1]) <= after_row:
            return None
        counted = self._counted(piece)
        if counted is None or (any(b"<f" in row for row in counted) and any(word in piece for word in _EMPTY_VALUES)):
            return None
        shapes = [(shape, count) for row, count in counted.items() if (shape := self._shapes[row])]
        first, last = int(start[1]), int(end[1])
        columns = {cell.column for shape, _ in shapes for cell in shape}
        if not columns:
            return Extent(first, last, 0, -1, 0)
        self._note(piece, {cell for shape, _ in shapes for cell in shape}, first, last)
        return Extent(first, last, min(columns), max(columns), sum(len(shape) * count for shape, count in shapes))

    def _counted(self, piece: bytes) -> Counter[bytes] | None:
        """How often each shape occurs, all of them known in `_shapes`; None when a row has no plain shape."""
        marked = piece
        for style in self._styles:
            marked = marked.replace(style, b' s="p"')
        for emptied in (False, True):
            if emptied:
                marked = _CONTENTS.sub(rb"\1", marked)
            rows = marked.translate(None, _VALUE_BYTES).split(ROW_END)
            if rows.pop().strip():
                return None
            counted = Counter(rows)
            if len(counted) <= MOST_SHAPES:
                break
        else:
            return None
        for row in counted:
            if row not in self._shapes:
                self._shapes[row] = _shape_of(row)
            if self._shapes[row] is None:
                return None
        return counted

    def _note(self, piece: bytes, cells: set[Cell], first: int, last: int) -> None:
        by_column: dict[int, list[Cell]] = {}
        for cell in cells:
            by_column.setdefault(cell.column, []).append(cell)
        for column, kinds in by_column.items():
            if len(kinds) > 1:
                self._locate(piece, column)
            else:
                self._mark(column, kinds[0], first, last)

    def _mark(self, column: int, cell: Cell, first: int, last: int) -> None:
        for holds, marks in ((not cell.text, self._found.typed), (cell.percent, self._found.percent), (cell.boolean, self._found.booleans)):
            if holds:
                marks.setdefault(column, Marks()).add_range(first, last)

    def _locate(self, piece: bytes, column: int) -> None:
        """Note the cells of a column one by one, because they differ within the piece."""
        for row, style, kind in _column_pattern(column).findall(piece):
            cell = Cell(column, b' s="' + style + b'"' in self._styles, kind in _TEXTS, kind == b"b")
            number = int(row)
            for holds, marks in (
                (not cell.text, self._found.typed),
                (cell.percent, self._found.percent),
                (cell.boolean, self._found.booleans),
            ):
                if holds:
                    marks.setdefault(column, Marks()).rows.append(number)


def _column_pattern(column: int) -> re.Pattern[bytes]:
    letters = b""
    rest = column + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        letters = bytes([ord("A") + place]) + letters
    return re.compile(rb'<c r="' + letters + rb'(\d+)"(?: s="(\d+)")?(?: t="(\w+)")?')


def _shape_of(row: bytes) -> tuple[Cell, ...] | None:
    """The filled cells of a row's shape; None when it is not plain."""
    match = _ROW.match(row)
    if not match:
        return None
    cells: list[Cell] = []
    place = match.start(1)
    while place < len(row):
        cell = _CELL.match(row, place)
        if not cell:
            return None
        letters, style, kind, formula, value = cell.groups()
        if kind == b"e" or (formula and not value):
            return None
        if value and value != b"<v/>":
            cells.append(Cell(index_of(letters.decode()), style == b"p", kind in _TEXTS, kind == b"b"))
        place = cell.end()
    return tuple(cells)
