"""One pass over the XML of a sheet for what the dense read cannot tell.

Owns: where the sheet ends, which cells hold errors, percentages or formulas without a value, which rows are hidden, which
ranges are merged, and the first rows in full. Must not know: what the values are (the dense read knows) or mean.

Exact parsing costs 2 us per cell. So the text is cut at row ends, and pieces that `plain` can judge are not parsed.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple
from xml.parsers import expat

from importers.reading.marks import Marks
from importers.reading.markup import DocumentType, local, new_parser
from importers.reading.package import Book, doctype_refused, guard_encoding
from importers.reading.plain import ROW_END, Extent, Found, PlainPieces
from importers.reading.sheet import Refused, index_of

PIECE = 1 << 22
"""Bytes judged at once."""
FIRST_PIECE = 1 << 18
"""Bytes of the first piece, which is always parsed and holds the headers."""
HEAD_ROWS = 200
MOST_KEPT = 1000
"""Error cells and formulas without value that are kept per column."""
Watch = Callable[[bytes, Extent | None], None]
_TEXT_KINDS = frozenset(["s", "str", "inlineStr"])


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
    percent: dict[int, Marks] = field(default_factory=dict)
    """Column -> rows of cells with a percentage as number format."""
    typed: dict[int, Marks] = field(default_factory=dict)
    """Column -> rows of cells that hold no text."""
    booleans: dict[int, Marks] = field(default_factory=dict)
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
        self.row = 0
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
        self.row = int(attributes["r"]) if "r" in attributes else self.row + 1
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
                self.scan.head.append((self.row, self._head))
            if self._row_hidden and self._row_filled:
                self.scan.hidden_rows.append(self.row)

    def text(self, data: str) -> None:
        """A piece of a value."""
        if self._collecting and self._value is not None:
            self._value.append(data)

    def _end_cell(self) -> None:
        self._in_cell = False
        scan, row, column = self.scan, self.row, self._column
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
        scan.typed.setdefault(column, Marks()).rows.append(row)
        if self._kind == "b":
            scan.booleans.setdefault(column, Marks()).rows.append(row)
        if self._style in self._percent:
            scan.percent.setdefault(column, Marks()).rows.append(row)

    def _room_for(self, column: int) -> bool:
        kept = self._kept.get(column, 0)
        self._kept[column] = kept + 1
        return kept < MOST_KEPT


class Scanner:
    """Scans one sheet; `exact` parses every piece. opening: the first piece, once it is scanned."""

    def __init__(self, book: Book, part: str, *, exact: bool = False) -> None:
        self.scan = SheetScan()
        self._part = part
        self._exact = exact
        self._left = _nothing()
        self._watch: Watch = _unwatched
        self.opening = b""
        self._handlers = _Exact(self.scan, book)
        self._parser = new_parser()
        self._parser.StartElementHandler = self._handlers.start
        self._parser.EndElementHandler = self._handlers.end
        self._parser.CharacterDataHandler = self._handlers.text
        self._plain = PlainPieces(book.percent, Found(self.scan.typed, self.scan.percent, self.scan.booleans))

    def run(self, package: zipfile.ZipFile) -> SheetScan:
        """Scan the whole sheet. Raises Refused when it is damaged or declares a document type."""
        self.first(package)
        return self.rest()

    def first(self, package: zipfile.ZipFile) -> SheetScan:
        """Parse the first piece, which holds the headers; `rest` goes on from there."""
        self._left = _pieces(package, self._part)
        self._take_pieces(1)
        return self.scan

    def rest(self, watch: Watch | None = None) -> SheetScan:
        """Scan what `first` left. watch: is given every piece before it is parsed, with its extent where that is known."""
        self._watch = watch or _unwatched
        self._take_pieces(None)
        return self.scan

    def _take_pieces(self, most: int | None) -> None:
        try:
            for piece in islice(self._left, most):
                if most:
                    guard_encoding(piece[:4096], self._part)
                    self.opening = piece
                if most or self._exact or not self._is_plain(piece):
                    self._parser.Parse(piece)
            if most is None:
                self._parser.Parse(b"", True)  # noqa: FBT003 - expat's own signature: this was all
        except DocumentType as error:
            self._left.close()
            raise doctype_refused(self._part) from error
        except (expat.ExpatError, zipfile.BadZipFile, zlib.error, ValueError, KeyError, EOFError, OSError) as error:
            self._left.close()
            raise Refused("DAMAGED", f"is damaged ({self._part}); open it in Excel, save it as xlsx and upload that") from error

    def _is_plain(self, piece: bytes) -> bool:
        """Judge a piece without parsing it; False when only parsing can tell."""
        extent = self._plain.take(piece, self._handlers.row)
        self._watch(piece, extent)
        if extent is None:
            return False
        scan = self.scan
        self._handlers.row = extent.last_row
        if extent.cells:
            scan.cells += extent.cells
            scan.first_column = min(scan.first_column, extent.first_column)
            scan.last_row, scan.far_row = extent.last_row, (extent.last_row, extent.first_column)
            if extent.last_column > scan.last_column:
                scan.last_column, scan.far_column = extent.last_column, (extent.first_row, extent.last_column)
        return True


def _pieces(package: zipfile.ZipFile, part: str) -> Generator[bytes]:
    """The part's bytes, cut behind the ends of rows wherever there are such."""
    with package.open(part) as stream:
        rest, size = b"", min(FIRST_PIECE, PIECE)
        while block := stream.read(size):
            cut = block.rfind(ROW_END)
            if cut < 0:
                rest += block
                continue
            cut += len(ROW_END)
            yield rest + block[:cut]
            rest, size = block[cut:], PIECE
        if rest:
            yield rest


def _unwatched(piece: bytes, extent: Extent | None) -> None:
    del piece, extent


def _nothing() -> Generator[bytes]:
    yield from ()
