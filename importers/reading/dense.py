"""The dense read of a sheet: all values at once, as columns (fastexcel).

Owns: `read_dense` and giving mixed columns their kinds back. Must not know: where headers stand or what values mean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import fastexcel
import polars as pl

from importers.reading.marks import Marks
from importers.reading.sheet import Refused, letters_of

MOST_RETRIES = 3
"""Columns of mixed kinds that are named one by one before all are read as text."""
_UNNAMED = re.compile(r"__UNNAMED__(\d+)")
_NUMBER = r"^-?\d+(\.\d+)?$"
_INSTANT = r"^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d+)?)?$"
_INSTANT_FORMAT = "%Y-%m-%d %H:%M:%S%.f"
_EPOCH = datetime(1899, 12, 31)  # noqa: DTZ001 - a spreadsheet's day has no zone
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001 - the same
_ONE_DAY_MS = 86_400_000
_EARLY_DAYS = 59
"""Before March 1900: no vendor's day, but a time of day or a duration of up to that many days."""


def read_dense(path: Path, sheet: str, header_row: int) -> pl.DataFrame:
    """All rows under the header row, one column per letters; blank cells are null, rows keep their distance to it.

    Raises Refused when the library cannot read the sheet.
    """
    how = {"header_row": None, "skip_rows": header_row, "schema_sample_rows": None, "whitespace_as_null": True}
    dtypes: dict[str | int, str] = {}
    try:
        reader = fastexcel.read_excel(path)
        while True:
            try:
                loaded = reader.load_sheet(sheet, dtypes=dtypes or None, **how)  # type: ignore[call-overload]
                columns = loaded.available_columns()
                frame: pl.DataFrame = loaded.to_polars()
                break
            except (fastexcel.UnsupportedColumnTypeCombinationError, fastexcel.CalamineCellError) as error:
                dtypes = _as_text(str(error), dtypes, reader, sheet, header_row)
    except fastexcel.InvalidParametersError:
        return pl.DataFrame()
    except fastexcel.FastExcelError as error:
        raise Refused("DAMAGED", f"cannot be read (sheet '{sheet}'); open it in Excel, save it as xlsx and upload that") from error
    frame.columns = [letters_of(column.absolute_index) for column in columns]
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
    booleans: Mapping[str, Marks],
    *,
    epoch_1904: bool,
) -> Kinds:
    """Give the cells of mixed columns their kinds back; typed, booleans: letters -> sheet rows of such cells."""
    kinds = Kinds(frame)
    for letters in frame.columns:
        dtype = frame[letters].dtype
        if dtype == pl.Datetime:
            spans = _spans_of(frame[letters], epoch_1904=epoch_1904)
            kinds.frame = kinds.frame if spans is None else kinds.frame.with_columns(spans)
        elif dtype == pl.Float64 and letters in booleans:
            _spell_booleans(kinds, letters, booleans[letters].mask(rows))
        elif dtype == pl.String and letters in typed:
            _recover(kinds, letters, typed[letters].mask(rows), epoch_1904=epoch_1904)
    return kinds


def _recover(kinds: Kinds, letters: str, typed: pl.Series, *, epoch_1904: bool) -> None:
    column = kinds.frame[letters]
    kept = pl.DataFrame({"text": column, "typed": typed}).select(pl.when("typed").then("text")).to_series()
    if kept.null_count() == len(kept):
        return
    numbers = kept.set(~kept.str.contains(_NUMBER).fill_null(value=False), None).cast(pl.Float64)
    instants = kept.str.to_datetime(_INSTANT_FORMAT, time_unit="ms", strict=False)
    spans = _spans_of(instants, epoch_1904=epoch_1904, partly=True)
    if spans is not None:
        instants = instants.set(spans.is_not_null(), None)
    found = [("numbers", numbers), ("instants", instants), ("spans", spans)]
    present = [(kind, series) for kind, series in found if series is not None and series.null_count() < len(series)]
    filled = len(column) - column.null_count()
    if len(present) == 1 and len(present[0][1]) - present[0][1].null_count() == filled:
        kinds.frame = kinds.frame.with_columns(present[0][1].alias(letters))
        return
    for kind, series in present:
        getattr(kinds, kind)[letters] = series.alias(letters)


def _spans_of(instants: pl.Series, *, epoch_1904: bool, partly: bool = False) -> pl.Series | None:
    """Times of day and durations, which are read as instants of the first days of the calendar; None when there are none.

    partly: some may be real dates; else all cells must be such.
    """
    epoch = _EPOCH_1904 if epoch_1904 else _EPOCH
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
    number = pl.col("number")
    spelled = pl.when(number == 1).then(pl.lit("TRUE")).otherwise(pl.lit("FALSE"))
    whole = number.cast(pl.Int64, strict=False)
    shown = pl.when(number == whole).then(whole.cast(pl.String)).otherwise(number.cast(pl.String))
    table = pl.DataFrame({"number": numbers, "truth": truths})
    texts = table.select(pl.when(pl.col("truth") & number.is_not_null()).then(spelled).otherwise(shown)).to_series()
    kinds.frame = kinds.frame.with_columns(texts.alias(letters))
    kinds.numbers[letters] = numbers.set(truths, None)
