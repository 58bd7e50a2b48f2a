"""Packed columns mean what their texts mean, to the last fault and note."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from importers.columns import (
    Parsed,
    parse_booleans,
    parse_days,
    parse_durations,
    parse_money,
    parse_months,
    parse_numbers,
    parse_percent,
    parse_text,
)
from importers.columns.packed import by_label
from importers.columns.values import Note
from importers.reading.sheet import Cells
from importers.tables import parse_moments

FIRST, LAST = date(2000, 1, 1), date(2026, 11, 4)
PARSERS: dict[str, Callable[[Cells], Parsed]] = {
    "text": parse_text,
    "numbers": parse_numbers,
    "money": parse_money,
    "percent": parse_percent,
    "days": lambda cells: parse_days(cells, FIRST, LAST),
    "months": lambda cells: parse_months(cells, FIRST, LAST),
    "durations": lambda cells: parse_durations(cells, unit="seconds"),
    "booleans": parse_booleans,
    "moments": parse_moments,
}
COLUMNS: dict[str, list[str | None]] = {
    "names": ["MNL", " MNL ", None, "n/a", "BOG", "MNL"],
    "decimals": ["1.5", "2,000.25", "x", None, "1.5", "(3)"],
    "either": ["1.234", "5.678", "1.234", None],
    "marks": ["1.234,5", "1,234.5", "1.234,5"],
    "days": ["31/10/2026", "01/11/2026", "2026-10-30 10:00", None, "31/10/2026", "1999-01-01", "Oct 2026"],
    "both orders": ["03/04/2026", "05/06/2026", "03/04/2026"],
    "shares": ["97", "0.97", "97", "0.96", "0.95", "97%"],
    "clocks": ["4:12", "48s", "90", None, "4:12", "later"],
    "moments": ["2026-10-31 22:00", "2026-10-31 22:00", "soon", None],
    "flags": ["yes", "no", "yes", "perhaps", None],
}
WHOLE: list[int | None] = [0, 7, None, -3, 20261031, 202610, 31, 1, 97]


def told(parsed: Parsed) -> tuple[object, ...]:
    faults = [(fault.code, fault.message, fault.mask.to_list()) for fault in parsed.faults]
    months = None if parsed.months is None else parsed.months.to_list()
    texts = None if parsed.texts is None else parsed.texts.cast(pl.String).to_list()
    return parsed.values.to_list(), faults, parsed.notes, months, texts


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("column", COLUMNS)
def test_an_enumeration_parses_as_its_texts(parser: str, column: str) -> None:
    texts = pl.Series(column, COLUMNS[column], dtype=pl.String)
    labels = texts.drop_nulls().unique(maintain_order=True)
    assert told(PARSERS[parser](Cells(texts.cast(pl.Enum(labels))))) == told(PARSERS[parser](Cells(texts)))


@pytest.mark.parametrize("parser", PARSERS)
def test_whole_numbers_parse_as_the_texts_they_were_written_as(parser: str) -> None:
    numbers = pl.Series("n", WHOLE, dtype=pl.Int32)
    assert told(PARSERS[parser](Cells(numbers))) == told(PARSERS[parser](Cells(numbers.cast(pl.String))))


def test_a_note_names_the_first_row_of_its_label() -> None:
    column = pl.Series(["a", "a", "b", "b"], dtype=pl.Enum(["a", "b"]))
    parsed = by_label(Cells(column), lambda cells: Parsed(cells.values, notes=(Note("info", "SEEN", "is seen", 1),)))
    assert parsed.notes[0].place == 2
