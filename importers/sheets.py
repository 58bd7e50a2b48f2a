"""The vendor's sheet as it was drawn: some of its rows, with letters and row numbers, for a person to look at.

Owns: which of a sheet's texts may be shown: columns that were read, with agents masked; the others say only whether
something stands there. Must not know: why these rows are wanted. Originals are read in the limited child, as always.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from importers.checks import shown
from importers.intake import Format, Original
from importers.models import Batch
from importers.pipeline import open_file
from importers.reading import Limits, RawSheet, Reading
from kernel.money import plain
from kernel.scope import Scope
from kernel.settings import Settings

AGENT_FIELD = "agent_id"
MASK = "••••"
NOT_STORED = "••••••"
"""What stands for a text of a column that is neither stored nor shown."""
KEPT_READINGS = 2
MOST_KEPT_CELLS = 3_000_000
"""A reading of more cells is not kept for the next look: it is read again."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column as the vendor headed it. field: what it was read as; '' when it is not stored."""

    letter: str
    header: str
    field: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row by the number that the spreadsheet shows; one text per column."""

    row: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetView:
    """Part of a sheet. titles: texts above the header; rows: ascending, gaps are rows that were not asked for."""

    sheet: str
    titles: tuple[str, ...]
    header_row: int
    columns: tuple[SheetColumn, ...]
    rows: tuple[SheetRow, ...]
    first_row: int
    last_row: int


def sheet_view(settings: Settings, scope: Scope, upload: Batch, sheet: str, rows: Collection[int]) -> SheetView | None:
    """Those rows of a sheet of an upload, as drawn; None when the original holds no such table.

    rows: numbers as the spreadsheet shows them; others are left out. Agents are masked, except for a vendor's own account.
    """
    found = next((raw for raw in reading_of(settings, upload).sheets if raw.name == sheet), None)
    if found is None:
        return None
    fields = {one["letter"]: str(one["field"] or "") for one in json.loads(upload.mapping) if one["sheet"] == sheet}
    return drawn_rows(found, fields, rows, own=scope.vendors is not None and bool(upload.vendor) and scope.sees(upload.vendor))


def drawn_rows(found: RawSheet, fields: Mapping[str, str], rows: Collection[int], *, own: bool = False) -> SheetView:
    """Those rows of a table that has been read. fields: letters -> what a column is read as; own: agents are not masked."""
    places = pl.DataFrame({"place": pl.int_range(found.rows.len(), eager=True), "row": found.rows})
    chosen = places.filter(pl.col("row").is_in(sorted(rows)))
    columns = tuple(
        SheetColumn(letter, shown(header.strip()), fields.get(letter) or "", found.frame[letter].dtype.is_numeric())
        for letter, header in zip(found.letters, found.headers, strict=True)
    )
    lines = [
        SheetRow(row, tuple(_text(found, one, place, own=own) for one in columns))
        for place, row in chosen.select("place", "row").iter_rows()
    ]
    last = int(found.rows[-1]) if found.rows.len() else found.header_row
    return SheetView(found.name, tuple(map(shown, found.title_texts)), found.header_row, columns, tuple(lines), found.first_row, last)


def _text(raw: RawSheet, column: SheetColumn, place: int, *, own: bool) -> str:
    value = raw.frame[column.letter][place]
    if value is None or value == "":
        return ""
    if not column.field:
        return NOT_STORED
    if column.field == AGENT_FIELD and not own:
        return MASK
    percent = raw.percent.get(column.letter)
    return _written(value, percent=percent is not None and bool(percent[place]))


def _written(value: Any, *, percent: bool = False) -> str:
    """A cell's value in the words of a spreadsheet.

    >>> _written(902.0), _written(0.955, percent=True), _written(datetime(2026, 10, 1)), _written("Vid Live")
    ('902', '95.5%', '2026-10-01', 'Vid Live')
    """
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        amount = Decimal(repr(value))
        return f"{plain(round(amount * 100, 2))}%" if percent else plain(amount)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ", "minutes")
    if isinstance(value, timedelta):
        return str(value)
    return shown(str(value))


class _Kept:
    """The last few readings, so that leafing through one file reads it once."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.readings: OrderedDict[tuple[str, Format], Reading] = OrderedDict()

    def get(self, read: tuple[str, Format]) -> Reading | None:
        """The kept reading of these bytes in this format; None when there is none."""
        with self.lock:
            if read in self.readings:
                self.readings.move_to_end(read)
            return self.readings.get(read)

    def put(self, read: tuple[str, Format], reading: Reading) -> None:
        """Keep a reading, unless it is a large one; the oldest goes."""
        if sum(raw.frame.height * raw.frame.width for raw in reading.sheets) > MOST_KEPT_CELLS:
            return
        with self.lock:
            self.readings[read] = reading
            while len(self.readings) > KEPT_READINGS:
                self.readings.popitem(last=False)


_kept = _Kept()


def reading_of(settings: Settings, upload: Batch) -> Reading:
    """The tables of an upload's original; none when it is not there. The last few readings are kept."""
    form = Format(json.loads(upload.options).get("format") or Format.XLSX)
    kept = _kept.get((upload.sha256, form))
    if kept is not None:
        return kept
    path = settings.files / upload.sha256
    if not path.exists():
        return Reading()
    original = Original(upload.sha256, path.stat().st_size, path)
    reading = open_file(original, upload.file_name, form, Limits.of(settings), settings.data / "scratch")
    _kept.put((upload.sha256, form), reading)
    return reading
