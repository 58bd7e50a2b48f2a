"""Writing workbooks and CSV files that come out the same, byte for byte, whenever they are written.

Owns: fixed dates inside the zip archive and its properties, styles by column, cell addresses. Must not know: what
the columns mean.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

Cell = str | int | float | date | None
"""What a cell of a sample file holds."""

_WRITTEN = datetime(2026, 1, 1, 9)  # noqa: DTZ001 - workbook properties carry no zone
_ZIP_DATE = (2026, 1, 1, 9, 0, 0)


@dataclass(frozen=True)
class Sheet:
    """A sheet: rows from the top, and number formats by column index (from 0) for the rows of the table."""

    name: str
    rows: Iterable[Sequence[Cell]]
    formats: Mapping[int, str] = field(default_factory=dict)


class _StillArchive(zipfile.ZipFile):
    """A zip archive whose entries all carry one fixed date."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_args: Any, **_options: Any) -> None:
        """Add an entry from memory."""
        name = getattr(zinfo_or_arcname, "filename", zinfo_or_arcname)
        super().writestr(_entry(name), data, zipfile.ZIP_DEFLATED)

    def write(self, filename: Any, arcname: Any = None, *_args: Any, **_options: Any) -> None:
        """Add an entry from a file."""
        entry = _entry(arcname)
        with Path(filename).open("rb") as source, self.open(entry, "w") as target:
            while chunk := source.read(1 << 20):
                target.write(chunk)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _ZIP_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # the same on Windows, where it would be 0
    entry.external_attr = 0o600 << 16
    return entry


def write_workbook(path: Path, sheets: Iterable[Sheet]) -> None:
    """Write sheets of rows as xlsx; the file depends on the rows alone."""
    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = _WRITTEN
    book.properties.creator = "samples"
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        for row in sheet.rows:
            page.append(_styled(page, row, sheet.formats) if sheet.formats else row)
    with _StillArchive(path, "w", zipfile.ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).write_data()


def _styled(page: Any, row: Sequence[Cell], formats: Mapping[int, str]) -> list[Any]:
    cells: list[Any] = list(row)
    for index, number_format in formats.items():
        if index < len(cells) and isinstance(cells[index], int | float | date):
            cell = WriteOnlyCell(page, value=cells[index])
            cell.number_format = number_format
            cells[index] = cell
    return cells


def write_csv(path: Path, rows: Iterable[Sequence[Cell]], *, mark: str = ",", byte_order_mark: bool = False) -> None:
    """Write rows as UTF-8 CSV with CRLF line ends; a cell that holds the mark or a quote is quoted."""
    lines = [mark.join([_plain(cell, mark) for cell in row]) for row in rows]
    text = ("\ufeff" if byte_order_mark else "") + "\r\n".join(lines) + "\r\n"
    path.write_bytes(text.encode("utf-8"))


def _plain(cell: Cell, mark: str) -> str:
    if cell is None:
        return ""
    text = cell if isinstance(cell, str) else str(cell)
    if mark in text or '"' in text or "\n" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def address(column: int, row: int) -> str:
    """The address of a cell, column counted from 0 and row as the sheet shows it.

    >>> address(3, 17)
    'D17'
    """
    return f"{get_column_letter(column + 1)}{row}"
