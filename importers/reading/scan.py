"""One pass over the XML of a sheet for what the dense read cannot tell.

Owns: where the sheet ends, which cells hold errors, percentages or formulas without a value, which rows are hidden, which
ranges are merged, and the first rows in full. Must not know: what the values are (the dense read knows) or mean.

Exact parsing costs 1 us per cell. So the text is cut at row ends, and a piece that is plain (every row and cell addressed,
nothing hidden, no error, no formula without value) is judged by a few searches instead of being parsed.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple
from xml.parsers import expat

from importers.reading.markup import DocumentType, local, new_parser
from importers.reading.package import Book, doctype_refused, guard_encoding
from importers.reading.sheet import Refused, index_of

PIECE = 1 << 22
"""Bytes judged at once; the first piece is always parsed and holds the headers."""
HEAD_ROWS = 200
MOST_KEPT = 1000
"""Error cells and formulas without value that are kept per column."""
_TEXT_KINDS = frozenset(["s", "str", "inlineStr"])
_ROW_END = b"</row>"


class HeadCell(NamedTuple):
    """A cell of the first rows: its type letter and style as written, and the text of its value."""

    kind: str
    style: int
    text: str


@dataclass(slots=True)
class SheetScan:
    """What one sheet holds beside its values. Rows are sheet row numbers, columns zero-based."""

    head: list[tuple[int, dict[int, HeadCell]]] = field(default_factory=list)
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    empty_formulas: list[tuple[int, int]] = field(default_factory=list)
    percent: dict[int, array[int]] = field(default_factory=dict)
    """Column -> rows of cells with a percentage as number format."""
    typed: dict[int, array[int]] = field(default_factory=dict)
    """Column -> rows of cells that hold no text; complete only if `plain_pieces` is 0."""
    booleans: dict[int, array[int]] = field(default_factory=dict)
    """Column -> rows of cells that hold TRUE or FALSE."""
    hidden_rows: list[int] = field(default_factory=list)
    """Hidden rows that hold values."""
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    """(first row, first column, last row, last column)."""
    cells: int = 0
    first_row: int = 0
    last_row: int = 0
    first_column: int = 1 << 20
    last_column: int = -1
    far_row: tuple[int, int] = (0, 0)
    """(row, column) of a cell in the last row."""
    far_column: tuple[int, int] = (0, 0)
    """(row, column) of a cell in the last column."""
    plain_pieces: int = 0

    @property
    def box(self) -> int:
        """Cells of the rectangle that a dense read must hold; it starts in row 1."""
        return self.last_row * (self.last_column - self.first_column + 1) if self.cells else 0


class _Exact:
    """Expat handlers: every row and cell as written, positions implied where the file leaves them out."""

    def __init__(self, scan: SheetScan, book: Book) -> None:
        self.scan = scan
        self._percent = book.percent
        self._kept: dict[int, int] = {}
        self._row = 0
        self._row_hidden = False
        self._row_filled = False
        self._head: dict[int, HeadCell] | None = None
        self._column = -1
        self._kind = ""
        self._style = 0
        self._formula = False
        self._value: list[str] | None = None
        self._collecting = False
        self._in_cell = False

    def at(self, row: int) -> None:
        """Where the plain pieces that were not parsed ended."""
        self._row = row

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A row, a cell or a part of it."""
        tag = local(name)
        if tag == "c":
            self._start_cell(attributes)
        elif tag in {"v", "t"}:
            self._collecting = self._in_cell
            if self._in_cell and self._value is None:
                self._value = []
        elif tag == "f":
            self._formula = True
        elif tag == "row":
            self._start_row(attributes)
        elif tag == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif tag == "col" and attributes.get("hidden") in {"1", "true"}:
            self.scan.hidden_columns.append((int(attributes["min"]) - 1, int(attributes["max"]) - 1))

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
        self._row_hidden = attributes.get("hidden") in {"1", "true"}
        self._row_filled = False
        self._column = -1
        self._head = {} if len(self.scan.head) < HEAD_ROWS else None

    def _start_cell(self, attributes: dict[str, str]) -> None:
        address = attributes.get("r", "")
        letters = address.rstrip("0123456789").upper()
        self._column = index_of(letters) if letters else self._column + 1
        self._kind = attributes.get("t", "n")
        self._style = int(attributes.get("s", "0"))
        self._formula = False
        self._value = None
        self._in_cell = True

    def _merge(self, reference: str) -> None:
        corners = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?", reference.upper())
        if corners and corners[3]:
            self.scan.merges.append((int(corners[2]), index_of(corners[1]), int(corners[4]), index_of(corners[3])))

    def end(self, name: str) -> None:
        """The end of a cell keeps what it was; the end of a row whether it was hidden."""
        tag = local(name)
        if tag in {"v", "t"}:
            self._collecting = False
        elif tag == "c":
            self._end_cell()
        elif tag == "row":
            if self._head:
                self.scan.head.append((self._row, self._head))
            if self._row_hidden and self._row_filled:
                self.scan.hidden_rows.append(self._row)

    def text(self, data: str) -> None:
        """A piece of a value."""
        if self._collecting and self._value is not None:
            self._value.append(data)

    def _end_cell(self) -> None:
        self._in_cell = False
        scan, row, column = self.scan, self._row, self._column
        text = "" if self._value is None else "".join(self._value)
        valueless = self._formula and not text and (self._value is None or self._kind not in _TEXT_KINDS)
        if valueless and self._room_for(column):
            scan.empty_formulas.append((row, column))
        if not text:
            return
        self._row_filled = True
        scan.cells += 1
        self._stretch(row, column)
        if self._head is not None:
            self._head[column] = HeadCell(self._kind, self._style, text)
        if self._kind not in _TEXT_KINDS:
            self._keep_typed(row, column, text)

    def _stretch(self, row: int, column: int) -> None:
        scan = self.scan
        if row > scan.last_row:
            scan.last_row, scan.far_row = row, (row, column)
        if column > scan.last_column:
            scan.last_column, scan.far_column = column, (row, column)
        scan.first_row = scan.first_row or row
        scan.first_column = min(scan.first_column, column)

    def _keep_typed(self, row: int, column: int, text: str) -> None:
        scan = self.scan
        if self._kind == "e":
            if self._room_for(column):
                scan.errors.append((row, column, text))
            return
        scan.typed.setdefault(column, array("I")).append(row)
        if self._kind == "b":
            scan.booleans.setdefault(column, array("I")).append(row)
        if self._style in self._percent:
            scan.percent.setdefault(column, array("I")).append(row)

    def _room_for(self, column: int) -> bool:
        kept = self._kept.get(column, 0)
        self._kept[column] = kept + 1
        return kept < MOST_KEPT


_SUSPICIOUS = (b' t="e"', b' hidden="', b"<!", b' t="b"', b"<c>", b"<row>", b"='")
_EMPTY_FORMULAS = (b"</f></c>", b"</f><v/>", b"</f><v></v>", b'"/></c>', b"<f/>", b"</f><v />")
_FAR = re.compile(rb'r="[A-Z]{3}')
_FIRST_ROW = re.compile(rb'\s*<row r="(\d+)"')
_LAST_ROW = re.compile(rb'<row r="(\d+)"')


class Scanner:
    """Scans one sheet; `exact` parses every piece."""

    def __init__(self, book: Book, part: str, *, exact: bool = False, wanted: frozenset[str] = frozenset()) -> None:
        self.scan = SheetScan()
        self._part = part
        self._exact = exact
        self._left: Iterator[bytes] = iter(())
        self._handlers = _Exact(self.scan, book)
        self._parser = new_parser()
        self._parser.StartElementHandler = self._handlers.start
        self._parser.EndElementHandler = self._handlers.end
        self._parser.CharacterDataHandler = self._handlers.text
        styles = b"|".join(str(style).encode() for style in sorted(book.percent))
        self._percent = re.compile(rb'r="([A-Z]{1,2})(\d+)" s="(?:' + styles + rb')"') if styles else None
        self._styles = [b' s="%d"' % style for style in sorted(book.percent)]
        columns = "|".join(sorted(wanted)).encode()
        self._wanted = re.compile(rb'<c r="(' + columns + rb')(\d+)"(?: s="\d+")?( t="(?:s|str|inlineStr)")?') if wanted else None

    def run(self, package: zipfile.ZipFile) -> SheetScan:
        """Scan the whole sheet. Raises Refused when it is damaged or declares a document type."""
        self.first(package)
        return self.rest()

    def first(self, package: zipfile.ZipFile) -> SheetScan:
        """Parse the first piece, which holds the headers; `rest` goes on from there."""
        self._left = _pieces(package, self._part)
        self._take_pieces(1)
        return self.scan

    def rest(self) -> SheetScan:
        """Scan what `first` left."""
        self._take_pieces(None)
        return self.scan

    def _take_pieces(self, most: int | None) -> None:
        try:
            for piece in islice(self._left, most):
                if most:
                    guard_encoding(piece[:4096], self._part)
                if most or self._exact or not self._plain(piece):
                    self._parser.Parse(piece)
            if most is None:
                self._parser.Parse(b"", True)  # noqa: FBT003 - expat's own signature: this was all
        except DocumentType as error:
            raise doctype_refused(self._part) from error
        except (expat.ExpatError, zipfile.BadZipFile, zlib.error, ValueError, KeyError, EOFError, OSError) as error:
            raise Refused(
                "DAMAGED", f"its part {self._part} is damaged; open the file in Excel, save it as xlsx and upload that"
            ) from error

    def _plain(self, piece: bytes) -> bool:
        """Judge a piece without parsing it; False when only parsing can tell."""
        rows = piece.count(b'<row r="')
        cells = piece.count(b'<c r="')
        start = _FIRST_ROW.match(piece)
        if not start or piece.count(_ROW_END) != rows or piece.count(b"<c ") != cells or not piece.rstrip().endswith(_ROW_END):
            return False
        if any(word in piece for word in _SUSPICIOUS) or _FAR.search(piece) or int(start[1]) <= self.scan.last_row:
            return False
        if b"<f" in piece and any(word in piece for word in _EMPTY_FORMULAS):
            return False
        percent = self._percent.findall(piece) if self._percent else []
        if len(percent) != sum(piece.count(style) for style in self._styles):
            return False
        self._take(piece, cells, percent)
        return True

    def _take(self, piece: bytes, cells: int, percent: list[tuple[bytes, bytes]]) -> None:
        scan = self.scan
        last = _LAST_ROW.match(piece, piece.rfind(b'<row r="'))
        scan.last_row = int(last[1]) if last else scan.last_row
        scan.far_row = (scan.last_row, max(scan.first_column, 0))
        scan.cells += cells
        scan.plain_pieces += 1
        self._handlers.at(scan.last_row)
        _spread(percent, scan.percent)
        if self._wanted:
            _spread([(column, row) for column, row, text in self._wanted.findall(piece) if not text], scan.typed)


def _spread(places: list[tuple[bytes, bytes]], into: dict[int, array[int]]) -> None:
    by_letters: dict[bytes, array[int]] = {}
    for letters, row in places:
        rows = by_letters.get(letters)
        if rows is None:
            rows = by_letters[letters] = into.setdefault(index_of(letters.decode()), array("I"))
        rows.append(int(row))


def _pieces(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part's bytes, cut behind the ends of rows wherever there are such."""
    with package.open(part) as stream:
        rest = b""
        while block := stream.read(PIECE):
            block = rest + block
            cut = block.rfind(_ROW_END)
            cut = cut + len(_ROW_END) if cut >= 0 else len(block)
            yield block[:cut]
            rest = block[cut:]
        if rest:
            yield rest
