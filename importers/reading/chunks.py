"""The dense read of a big sheet in chunks, on another core while the scan goes on.

Owns: `DenseRead`, `read_chunk`. Must not know: what the scan looks for. A chunk is a run of whole rows, written as a
small workbook of its own with the same styles and strings; so less memory is in use at once than for the sheet as a
whole. Chunks are joined only where they agree on every column's kind: what mixes kinds is read as a whole.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import fastexcel
import polars as pl

from importers.reading.dense import load_rows, read_dense
from importers.reading.package import Book, SheetPart
from importers.reading.plain import Extent
from importers.reading.sheet import index_of
from importers.reading.workers import Workers

CHUNK = 1 << 23
"""Bytes of XML that are read at once."""
WAITING = 4
"""Chunks that may wait to be read."""
MOST_BESIDE = 1 << 21
"""Bytes of styles and strings, which every chunk reads anew; with more the sheet is read as a whole."""
_OPEN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
_CLOSE = b"</sheetData></worksheet>"
_ADDRESSED = tuple((tag, re.compile(tag + rb'[^>]*? r="')) for tag in (b"<row", b"<c"))
_TAG = {tag: re.compile(tag + rb"[ />]") for tag in (b"<row", b"<c")}


class Chunking(NamedTuple):
    """Who reads chunks, and the folder in which they stand meanwhile."""

    workers: Workers
    folder: Path


class DenseRead:
    """Reads all rows under a sheet's header row; takes the sheet's XML piece by piece."""

    def __init__(self, path: Path, package: zipfile.ZipFile, book: Book, sheet: SheetPart, header_row: int, chunking: Chunking) -> None:
        """Nothing is read yet."""
        self._path = path
        self._sheet = sheet
        self._header_row = header_row
        self._workers = chunking.workers
        self._folder = Path(tempfile.mkdtemp(dir=chunking.folder))
        self._beside = _beside(package, book)
        self._pieces: list[bytes] = []
        self._size = 0
        self._starts = [header_row + 1]
        self._whole = self._beside is None

    def open(self, piece: bytes) -> None:
        """Take the first piece, which holds the headers."""
        rows = piece[max(piece.find(b"<row"), 0) :]
        # Rows and cells without an address count on from the one before, which another chunk does not know.
        self._whole |= any(len(_TAG[tag].findall(rows)) != len(pattern.findall(rows)) for tag, pattern in _ADDRESSED)
        self._add(rows)

    def take(self, piece: bytes, extent: Extent | None) -> None:
        """Take another piece of whole rows; extent: where it reaches, None when nobody can tell."""
        if b"<row" not in piece:
            return
        self._whole |= extent is None
        if extent is None or self._whole:
            self._pieces.clear()
            return
        if self._size >= CHUNK:
            self._ask()
            self._starts.append(extent.first_row)
        self._add(piece)

    def frame(self) -> pl.DataFrame:
        """The rows, as `read_dense` gives them."""
        if not self._whole:
            self._ask()
        read = self._workers.take_answers()
        joined = None
        if all(read) and not self._whole:
            joined = _joined(self._starts, [pl.read_ipc(self._place(number)) for number in range(len(read))])
        return read_dense(self._path, self._sheet.name, self._header_row) if joined is None else joined

    def _add(self, rows: bytes) -> None:
        self._pieces.append(rows)
        self._size += len(rows)

    def _ask(self) -> None:
        """Have the gathered pieces read."""
        self._workers.settle(WAITING)
        number = len(self._starts) - 1
        book = self._folder / f"{number}.xlsx"
        with zipfile.ZipFile(book, "w", zipfile.ZIP_STORED) as package:
            for name, part in self._beside or ():
                package.writestr(name, part)
            with package.open(self._sheet.part, "w") as stream:
                for part in (_OPEN, *self._pieces, _CLOSE):
                    stream.write(part)
        self._pieces.clear()
        self._size = 0
        self._workers.ask(
            {
                "book": str(book),
                "sheet": self._sheet.name,
                "above": self._starts[-1] - 1,
                "blank_above": number > 0,
                "into": str(self._place(number)),
            }
        )

    def _place(self, number: int) -> Path:
        return self._folder / f"{number}.arrow"


def read_chunk(request: Mapping[str, Any]) -> bool:
    """Read the rows of a chunk into an Arrow file; False when the library cannot read them by themselves."""
    try:
        reader = fastexcel.read_excel(request["book"])
        frame = load_rows(reader, request["sheet"], request["above"], None, blank_above=request["blank_above"])
    except fastexcel.FastExcelError:
        return False
    finally:
        Path(request["book"]).unlink()
    frame.write_ipc(request["into"], compression="uncompressed")
    return True


def _beside(package: zipfile.ZipFile, book: Book) -> list[tuple[str, bytes]] | None:
    """The parts that make a workbook beside its sheets; None when they are too many to read again and again."""
    sheets = {sheet.part for sheet in book.sheets}
    infos = [info for info in package.infolist() if info.filename not in sheets and info.filename.lower().endswith((".xml", ".rels"))]
    if sum(info.file_size for info in infos) > MOST_BESIDE:
        return None
    return [(info.filename, package.read(info)) for info in infos]


def _joined(starts: list[int], chunks: list[pl.DataFrame]) -> pl.DataFrame | None:
    """Chunks one below the other, each beginning in its row; None where they do not agree on the kinds of columns.

    A column that is blank in one chunk has no kind there.
    """
    kinds: dict[str, pl.DataType] = {}
    for frame in chunks:
        for name, dtype in frame.schema.items():
            if frame[name].null_count() < frame.height and kinds.setdefault(name, dtype) != dtype:
                return None
    frames: list[pl.DataFrame] = []
    ends = [*starts[1:], starts[-1] + chunks[-1].height]
    for start, end, frame in zip(starts, ends, chunks, strict=True):
        missing = end - start - frame.height
        if not frame.width or missing < 0:
            return None
        alike = frame.cast({name: kinds[name] for name in frame.columns if name in kinds})
        frames += [alike, alike.clear(missing)] if missing else [alike]
    names = sorted({name for frame in frames for name in frame.columns}, key=index_of)
    return pl.concat(frames, how="diagonal", rechunk=True).select(names)
