"""The dense read of a sheet: all values at once, as columns (fastexcel).

Owns: `read_dense`, `load_rows` and giving mixed columns their kinds back. Must not know: where headers stand or what values mean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl

from importers.reading.marks import Marks
from importers.reading.package import Book
from importers.reading.sheet import Refused, index_of, letters_of

MOST_RETRIES = 3
"""Columns of mixed kinds that are named one by one before all are read as text."""
_UNNAMED = re.compile(r"__UNNAMED__(\d+)")
_NUMBER = r"^-?\d+(\.\d+)?$"
_INSTANT = r"^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d+)?)?$"
_INSTANT_FORMAT = "%Y-%m-%d %H:%M:%S%.f"
_EPOCH = datetime(1899, 12, 31)  # noqa: DTZ001 - a spreadsheet's day has no zone
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001 - the same
_BETWEEN_EPOCHS = timedelta(days=1462)
_SHOWN_INSTANT = "%Y-%m-%d %H:%M:%S"
_ONE_DAY_MS = 86_400_000
_EARLY_DAYS = 59
"""Before March 1900: no vendor's day, but a time of day or a duration of up to that many days."""


def read_dense(path: Path, sheet: str, header_row: int) -> pl.DataFrame:
    """All rows under the header row, one column per letters; blank cells are null, rows keep their distance to it.

    Numbers in a column that is text otherwise have lost digits; `read_numbers` has them. Raises Refused when the library
    cannot read the sheet.
    """
    dtypes: dict[str | int, str] = {}
    try:
        reader = fastexcel.read_excel(path)
        while True:
            try:
                return load_rows(reader, sheet, header_row, dtypes or None)
            except (fastexcel.UnsupportedColumnTypeCombinationError, fastexcel.CalamineCellError) as error:
                dtypes = _as_text(str(error), dtypes, reader, sheet, header_row)
    except fastexcel.InvalidParametersError:
        return pl.DataFrame()
    except fastexcel.FastExcelError as error:
        raise Refused("DAMAGED", f"cannot be read (sheet '{sheet}'); open it in Excel, save it as xlsx and upload that") from error


def read_numbers(path: Path, sheet: str, header_row: int, letters: Sequence[str]) -> pl.DataFrame:
    """The same rows as `read_dense`, some columns only, as numbers; null where a cell is none."""
    wanted = [index_of(shown) for shown in letters]
    return load_rows(fastexcel.read_excel(path), sheet, header_row, "float", wanted)


def load_rows(
    reader: fastexcel.ExcelReader,
    sheet: str,
    header_row: int,
    dtypes: Any,
    columns: list[int] | None = None,
    *,
    blank_above: bool = False,
) -> pl.DataFrame:
    """The rows under a row, of all columns or some; dtypes as the library takes them. Raises the library's errors.

    blank_above: nothing stands in that row or above it, so that no memory is spent on what is above.
    """
    loaded = reader.load_sheet(
        sheet,
        header_row=header_row - 1 if blank_above else None,
        skip_rows=None if blank_above else header_row,
        schema_sample_rows=None,
        whitespace_as_null=True,
        dtypes=dtypes,
        use_columns=columns,
    )
    frame: pl.DataFrame = loaded.to_polars()
    frame.columns = [letters_of(column.absolute_index) for column in loaded.selected_columns]
    return frame


def _as_text(
    message: str, dtypes: dict[str | int, str], reader: fastexcel.ExcelReader, sheet: str, header_row: int
) -> dict[str | int, str]:
    """Column types for the next try: the column that mixes kinds is read as text; after some tries all are."""
    place = _UNNAMED.search(message)
    if place is None or int(place[1]) in dtypes or len(dtypes) >= MOST_RETRIES:
        narrow = reader.load_sheet(sheet, header_row=None, skip_rows=header_row, n_rows=1, dtypes="string")
        return dict.fromkeys(range(narrow.width), "string")
    return {**dtypes, int(place[1]): "string"}


@dataclass
class Kinds:
    """A frame whose text columns know which of their cells were no text; see `Cells`."""

    frame: pl.DataFrame
    numbers: dict[str, pl.Series] = field(default_factory=dict)
    instants: dict[str, pl.Series] = field(default_factory=dict)
    spans: dict[str, pl.Series] = field(default_factory=dict)


def doubtful(frame: pl.DataFrame) -> frozenset[str]:
    """Text columns some of whose cells may have been numbers, dates or booleans in the sheet."""
    return frozenset(
        letters
        for letters in frame.columns
        if frame[letters].dtype == pl.String and frame[letters].str.contains(f"{_NUMBER}|{_INSTANT}|^(true|false)$").any()
    )


def with_kinds(
    frame: pl.DataFrame,
    rows: pl.Series,
    typed: Mapping[str, Marks],
    exact: pl.DataFrame,
    booleans: Mapping[str, Marks],
    book: Book,
) -> Kinds:
    """Give the cells of mixed columns their kinds back.

    typed, booleans: letters -> sheet rows of such cells. exact: the typed columns as numbers, one row per row.
    """
    kinds = Kinds(frame)
    for letters in frame.columns:
        dtype = frame[letters].dtype
        if dtype == pl.Datetime:
            spans = _spans_of(frame[letters], book)
            kinds.frame = kinds.frame.with_columns(_shifted(frame[letters], book) if spans is None else spans)
        elif dtype == pl.Float64 and letters in booleans:
            _spell_booleans(kinds, letters, booleans[letters].mask(rows))
        elif dtype == pl.String and letters in typed:
            _recover(kinds, letters, typed[letters].mask(rows), exact[letters], book)
    return kinds


def _recover(kinds: Kinds, letters: str, typed: pl.Series, exact: pl.Series, book: Book) -> None:
    column = kinds.frame[letters]
    kept = column.set(~typed, None)
    numbers = exact.set(~kept.str.contains(_NUMBER).fill_null(value=False), None)
    instants = kept.str.to_datetime(_INSTANT_FORMAT, time_unit="ms", strict=False)
    spans = _spans_of(instants, book, partly=True)
    if spans is not None:
        instants = instants.set(spans.is_not_null(), None)
    instants = _shifted(instants, book)
    found = [("numbers", numbers), ("instants", instants), ("spans", spans)]
    present = [(kind, series) for kind, series in found if series is not None and series.null_count() < len(series)]
    filled = len(column) - column.null_count()
    if len(present) == 1 and len(present[0][1]) - present[0][1].null_count() == filled:
        kinds.frame = kinds.frame.with_columns(present[0][1].alias(letters))
        return
    texts = _spelled(numbers).zip_with(numbers.is_not_null(), column)
    texts = instants.dt.to_string(_SHOWN_INSTANT).zip_with(instants.is_not_null(), texts)
    kinds.frame = kinds.frame.with_columns(texts.alias(letters))
    for kind, series in present:
        getattr(kinds, kind)[letters] = series.alias(letters)


def _spelled(numbers: pl.Series) -> pl.Series:
    """Numbers as their shortest text, whole ones without decimals."""
    whole = numbers.cast(pl.Int64, strict=False)
    return whole.cast(pl.String).zip_with((whole == numbers).fill_null(value=False), numbers.cast(pl.String))


def _shifted(instants: pl.Series, book: Book) -> pl.Series:
    """Instants of a workbook that counts from 1904 but was read as counting from 1900."""
    return instants + _BETWEEN_EPOCHS if book.epoch_misread else instants


def _spans_of(instants: pl.Series, book: Book, *, partly: bool = False) -> pl.Series | None:
    """Times of day and durations, which are read as instants of the first days of the calendar; None when there are none.

    partly: some may be real dates; else all cells must be such.
    """
    epoch = _EPOCH_1904 if book.epoch_1904 and not book.epoch_misread else _EPOCH
    offset = (instants.cast(pl.Datetime("ms")) - epoch).cast(pl.Int64)
    early = (offset >= 0) & (offset < _EARLY_DAYS * _ONE_DAY_MS)
    if not early.any() or (not partly and not early.all()):
        return None
    return offset.set(~early.fill_null(value=True), None).cast(pl.Duration("ms")).alias(instants.name)


def _spell_booleans(kinds: Kinds, letters: str, truths: pl.Series) -> None:
    """A boolean among numbers is no number: the column becomes text that says TRUE or FALSE there."""
    numbers = kinds.frame[letters]
    if not truths.any():
        return
    spelled = pl.select(pl.when(numbers == 1).then(pl.lit("TRUE")).otherwise(pl.lit("FALSE"))).to_series()
    texts = spelled.zip_with(truths & numbers.is_not_null(), _spelled(numbers))
    kinds.frame = kinds.frame.with_columns(texts.alias(letters))
    kinds.numbers[letters] = numbers.set(truths, None)
