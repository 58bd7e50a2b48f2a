"""Reads sample files back, with csv and openpyxl alone, by their printed headers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

from openpyxl import load_workbook

Row = dict[str, object]


def csv_rows(path: Path, mark: str = ",") -> list[Row]:
    text = path.read_bytes().decode("utf-8-sig")
    return [dict(row) for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=mark)]


def sheet_rows(path: Path, header: int = 1) -> Iterator[tuple[str, Row]]:
    book = load_workbook(path, read_only=True, data_only=True)
    for sheet in book.worksheets:
        rows = list(sheet.iter_rows(values_only=True))
        head = [str(name) for name in rows[header - 1]]
        for row in rows[header:]:
            yield sheet.title, dict(zip(head, row, strict=False))
    book.close()


def cell_value(path: Path, sheet: str, address: str) -> object:
    book = load_workbook(path, data_only=True)
    value = book[sheet][address].value
    book.close()
    return value


def exact(value: object, mark: str = ".") -> Fraction:
    """A printed number as a fraction; a blank is 0."""
    if value is None or value == "":
        return Fraction(0)
    return Fraction(str(value).replace(mark, "."))


def as_day(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    return date.fromisoformat(str(value))
