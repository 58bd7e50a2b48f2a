"""Reading a workbook: scan every visible sheet, find its table, read the values, join both.

Owns: `read_workbook`. Must not know: what columns mean. Runs in the limited child only.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from importers.reading.chunks import Chunking, DenseRead, read_chunk
from importers.reading.dense import Kinds, doubtful, read_dense, read_numbers, with_kinds
from importers.reading.heading import Entry, Heading, Row, find_heading
from importers.reading.package import Book, SheetPart, guard_parts, read_book, strings_at
from importers.reading.scan import HeadCell, Scanner, SheetScan
from importers.reading.sheet import RawSheet, Reading, Refused, index_of, letters_of
from importers.reading.tables import arrange, trim
from importers.reading.workers import Workers
from kernel.errors import Problem

BIG_PART = 16_000_000
"""Bytes of sheet XML from which scan and dense read run side by side; below, the scan comes first."""
BIG_FILE = 1_000_000
"""Bytes of a workbook from which its sheets may be big."""
BYTES_PER_CELL = 40
"""Memory of one cell of the dense read's rectangle, filled or not, with its copy as a column."""
SPARSE_BOX = 2_000_000
"""Cells of a rectangle that may be as empty as it likes."""
SPARSENESS = 50
"""Times the filled cells that a larger rectangle may have: more means that one cell lies far off."""
_SHOWN = 5


def read_workbook(path: Path, memory_mb: int, scratch: Path | None = None, workers: int = 0) -> Reading:
    """All tables on the visible sheets of a workbook, big ones with the help of workers.

    scratch: folder for what they exchange; default: the system's. Raises Refused when the file as a whole cannot be read.
    """
    helpers = Workers(read_chunk, workers if path.stat().st_size >= BIG_FILE else 0)
    try:
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            return _read_sheets(path, memory_mb, Chunking(helpers, Path(folder)))
    finally:
        helpers.close()


def _read_sheets(path: Path, memory_mb: int, chunking: Chunking) -> Reading:
    problems: list[Problem] = []
    sheets: list[RawSheet] = []
    with zipfile.ZipFile(path) as package:
        guard_parts(package)
        book = read_book(package)
        visible = [sheet for sheet in book.sheets if not sheet.hidden]
        for sheet in book.sheets:
            if sheet.hidden:
                message = f"Sheet '{sheet.name}' is hidden and was not read; unhide it if it holds data to import."
                problems.append(Problem("info", "HIDDEN_SHEET", message, sheet=sheet.name))
        for sheet in visible:
            reader = _SheetReader(path, package, book, sheet, memory_mb, chunking)
            table = reader.read(alone=len(visible) == 1)
            problems += reader.problems
            if table is not None:
                sheets.append(table)
    return Reading(tuple(sheets), tuple(problems))


def explain_workbook(path: Path, memory_mb: int) -> None:
    """Find out why a workbook could not be read within its limits: raises Refused where a cell lies far off."""
    with zipfile.ZipFile(path) as package:
        book = read_book(package)
        for sheet in book.sheets:
            if not sheet.hidden:
                _refuse_far_cell(sheet, Scanner(book, sheet.part, exact=True).run(package), memory_mb)


def _refuse_far_cell(sheet: SheetPart, scan: SheetScan, memory_mb: int) -> None:
    lonely = scan.box > max(SPARSE_BOX, SPARSENESS * scan.cells)
    if not lonely and scan.box * BYTES_PER_CELL <= memory_mb << 20:
        return
    far = scan.far_column if scan.last_column > scan.last_row or scan.last_column >= 1 << 10 else scan.far_row
    cell = f"{letters_of(far[1])}{far[0]}"
    if lonely:
        what = f"has a lone cell {cell} far from its table on sheet '{sheet.name}'; delete the rows and columns around it and save"
        raise Refused("FAR_CELL", what, sheet.name, cell)
    what = f"has too many cells on sheet '{sheet.name}' (up to {cell}); split it by month or site and upload the parts"
    raise Refused("TOO_LARGE_TO_READ", what, sheet.name)


class _SheetReader:
    """Reads one sheet and collects what must be said about it."""

    def __init__(self, path: Path, package: zipfile.ZipFile, book: Book, sheet: SheetPart, memory_mb: int, chunking: Chunking) -> None:
        self.problems: list[Problem] = []
        self._path = path
        self._package = package
        self._book = book
        self._sheet = sheet
        self._memory_mb = memory_mb
        self._chunking = chunking

    def read(self, *, alone: bool) -> RawSheet | None:
        """The sheet's table; None, with a remark, where it holds none. alone: there is no other visible sheet."""
        scanner = Scanner(self._book, self._sheet.part)
        if self._package.getinfo(self._sheet.part).file_size < BIG_PART:
            scan = scanner.run(self._package)
            heading = self._heading(scan, alone=alone)
            if heading is None:
                return None
            _refuse_far_cell(self._sheet, scan, self._memory_mb)
            return self._table(scan, heading, read_dense(self._path, self._sheet.name, heading.row))
        scan = scanner.first(self._package)
        heading = self._heading(scan, alone=alone)
        if heading is None:
            return None
        dense = DenseRead(self._path, self._package, self._book, self._sheet, heading.row, self._chunking)
        dense.open(scanner.opening)
        scan = scanner.rest(dense.take)
        _refuse_far_cell(self._sheet, scan, self._memory_mb)
        return self._table(scan, heading, dense.frame())

    def _say(self, severity: str, code: str, message: str, *, row: int | None = None, column: str | None = None, count: int = 1) -> None:
        self.problems.append(Problem(severity, code, message, sheet=self._sheet.name, row=row, column=column, count=count))

    def _heading(self, scan: SheetScan, *, alone: bool) -> Heading | None:
        name = self._sheet.name
        head = self._shown(scan)
        if not head:
            self._say("error" if alone else "info", "EMPTY_SHEET", f"Sheet '{name}' is empty and was left out.")
            return None
        heading = find_heading(head, scan.merges)
        if heading is None:
            message = f"Sheet '{name}' has no row of headers and was left out; put one above the data, with a name for every column."
            self._say("error" if alone else "warning", "NO_HEADERS", message)
        elif len(heading.headers) == 1 and not alone:
            self._say("info", "NOT_A_TABLE", f"Sheet '{name}' holds text but no table and was left out.")
            heading = None
        return heading

    def _shown(self, scan: SheetScan) -> list[Row]:
        """The first rows as a person sees them: shared strings resolved, dates spelled."""
        wanted = {int(cell.text) for _, cells in scan.head for cell in cells.values() if cell.kind == "s" and cell.text.isdigit()}
        strings = strings_at(self._package, self._book, wanted)
        rows: list[Row] = []
        for row, cells in scan.head:
            entries = {column: self._entry(cell, strings) for column, cell in cells.items()}
            filled = {column: entry for column, entry in entries.items() if entry.shown.strip()}
            if filled:
                rows.append((row, filled))
        return rows

    def _entry(self, cell: HeadCell, strings: Mapping[int, str]) -> Entry:
        if cell.kind == "s":
            return Entry(text=True, shown=strings.get(int(cell.text), "") if cell.text.isdigit() else "")
        if cell.kind in {"str", "inlineStr"}:
            return Entry(text=True, shown=cell.text)
        if cell.kind == "n" and cell.style in self._book.dates:
            return Entry(text=False, shown=_day_text(cell.text, epoch_1904=self._book.epoch_1904), day=True)
        return Entry(text=False, shown=cell.text)

    def _table(self, scan: SheetScan, heading: Heading, dense: pl.DataFrame) -> RawSheet:
        name = self._sheet.name
        first_row = heading.row + 1
        numbers = pl.Series("rows", range(first_row, first_row + dense.height), dtype=pl.UInt32)
        trimmed = trim(name, heading, dense, numbers)
        self.problems += trimmed.problems
        frame, rows = trimmed.frame, trimmed.rows
        valueless = {letters_of(column) for row, column in scan.empty_formulas if row > heading.row}
        letters, headers, remarks = arrange(name, heading, frame, valueless)
        self.problems += remarks
        missing = [pl.lit(None, dtype=pl.Null).alias(shown) for shown in letters if shown not in frame.columns]
        frame = frame.with_columns(missing).select(letters)
        kinds = self._kinds(scan, heading, frame, rows)
        self._remarks(scan, heading, rows, letters)
        return RawSheet(
            name=name,
            hidden=False,
            title_texts=heading.titles,
            header_row=heading.row,
            headers=headers,
            letters=letters,
            first_row=int(rows[0]) if len(rows) else first_row,
            frame=kinds.frame,
            rows=rows,
            numbers=kinds.numbers,
            instants=kinds.instants,
            spans=kinds.spans,
            percent=_percent(scan, rows, letters),
            error_cells=tuple((row, letters_of(column), text) for row, column, text in scan.errors if row > heading.row),
            empty_formulas=tuple((row, letters_of(column)) for row, column in scan.empty_formulas if row > heading.row),
            footnotes=trimmed.footnotes,
            blank_rows=trimmed.blank_rows,
            epoch_1904=self._book.epoch_1904,
        )

    def _kinds(self, scan: SheetScan, heading: Heading, frame: pl.DataFrame, rows: pl.Series) -> Kinds:
        typed = {shown: scan.typed[index_of(shown)] for shown in sorted(doubtful(frame)) if index_of(shown) in scan.typed}
        typed = {shown: marks for shown, marks in typed.items() if marks.mask(rows).any()}
        exact = pl.DataFrame()
        if typed:
            exact = read_numbers(self._path, self._sheet.name, heading.row, sorted(typed))
            exact = exact.select(pl.all().gather(rows.cast(pl.Int64) - heading.row - 1))
        booleans = {letters_of(column): places for column, places in scan.booleans.items()}
        return with_kinds(frame, rows, typed, exact, booleans, self._book)

    def _remarks(self, scan: SheetScan, heading: Heading, rows: pl.Series, letters: Sequence[str]) -> None:
        name = self._sheet.name
        last = int(rows[-1]) if len(rows) else heading.row
        hidden = [row for row in scan.hidden_rows if heading.row < row <= last]
        if hidden:
            message = (
                f"Sheet '{name}': {_rows_named(hidden)} hidden and hold data; "
                "clear the filters and unhide the rows, or delete them, and upload the file again."
            )
            self._say("error", "HIDDEN_ROWS", message, row=hidden[0], count=len(hidden))
        columns = [shown for shown in letters if any(first <= index_of(shown) <= end for first, end in scan.hidden_columns)]
        if columns:
            message = f"Sheet '{name}': column {', '.join(columns[:_SHOWN])} is hidden; it is read like the others."
            self._say("warning", "HIDDEN_COLUMNS", message, column=columns[0], count=len(columns))
        merged = [merge for merge in scan.merges if heading.row < merge[0] <= last and letters_of(merge[1]) in letters]
        if merged:
            first_row, first, last_row, end = merged[0]
            where = f"{letters_of(first)}{first_row}:{letters_of(end)}{last_row}"
            message = f"Sheet '{name}': cells {where} are merged, so only the first has a value; unmerge them and fill each one."
            self._say("warning", "MERGED_CELLS", message, row=first_row, column=letters_of(first), count=len(merged))


def _percent(scan: SheetScan, rows: pl.Series, letters: Sequence[str]) -> dict[str, pl.Series]:
    marks: dict[str, pl.Series] = {}
    for shown in letters:
        places = scan.percent.get(index_of(shown))
        mask = places.mask(rows) if places is not None else None
        if mask is not None and mask.any():
            marks[shown] = mask.alias(shown)
    return marks


def _rows_named(rows: list[int]) -> str:
    shown = ", ".join(str(row) for row in rows[:_SHOWN])
    if len(rows) == 1:
        return f"row {shown} is"
    return f"rows {shown}" + (f" and {len(rows) - _SHOWN} more are" if len(rows) > _SHOWN else " are")


def _day_text(serial: str, *, epoch_1904: bool) -> str:
    """A header that is a date, spelled as ISO.

    >>> _day_text("46348", epoch_1904=False), _day_text("44886", epoch_1904=True)
    ('2026-11-22', '2026-11-22')
    """
    try:
        days = int(float(serial))
        epoch = datetime(1904, 1, 1) if epoch_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's day has no zone
        return (epoch + timedelta(days=days)).date().isoformat()
    except (ValueError, OverflowError):
        return serial
