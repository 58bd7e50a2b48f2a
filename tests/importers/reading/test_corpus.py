"""Real files by other hands: never a crash, never a hang, never another number. Skipped where the files are not."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from importers.intake import Format, Original, sniff
from importers.reading import Limits, RawSheet, Reading, cool, read_tables
from kernel.errors import Problem

MOST_SECONDS = 10
FOLDERS = ("callcentre", "gov_outsourcing", "messy", "moderation")
EMPTY_WORDS = frozenset(["N/A", "NA", "NULL", "null", "NaN", "nan", "None"])
"""Texts for nothing, which the dense read may give as nothing."""


@pytest.fixture(autouse=True, scope="module")
def _template() -> Iterator[None]:
    yield
    cool()


def read(path: Path, scratch: Path) -> Reading | Problem:
    file_format = sniff(path)
    if isinstance(file_format, Problem):
        return file_format
    return read_tables(Original("0" * 64, path.stat().st_size, path), path.name, file_format, Limits(), scratch)


def test_every_file_is_read_or_refused_with_a_sentence(corpus: Path, tmp_path: Path) -> None:
    files = [path for folder in FOLDERS for path in sorted((corpus / folder).rglob("*")) if path.is_file()]
    assert len(files) > 300
    for path in files:
        start = time.monotonic()
        reading = read(path, tmp_path)
        assert time.monotonic() - start < MOST_SECONDS, path
        for problem in [reading] if isinstance(reading, Problem) else reading.problems:
            assert problem.message.endswith((".", "'.")), path
            assert problem.code != "UNREADABLE", path
        if isinstance(reading, Reading):
            assert reading.sheets or reading.problems, path
            for table in reading.sheets:
                assert table.frame.height == len(table.rows), path
                assert len(table.letters) == len(table.headers) == table.frame.width, path


def same(ours: Any, theirs: Any, table: RawSheet, letters: str, place: int) -> bool:
    """Whether a value is what openpyxl says it is."""
    if ours is None:
        return theirs is None or (isinstance(theirs, str) and (not theirs.strip() or theirs[0] == "#" or theirs in EMPTY_WORDS))
    if isinstance(ours, str) and not isinstance(theirs, str):
        cells = table.cells(letters)
        kinds = [series[place] for series in (cells.numbers, cells.instants, cells.spans) if series is not None]
        return any(kind is not None and same(kind, theirs, table, letters, place) for kind in kinds) or ours.lower() == str(theirs).lower()
    if isinstance(ours, timedelta) and isinstance(theirs, clock):
        theirs = timedelta(hours=theirs.hour, minutes=theirs.minute, seconds=theirs.second, microseconds=theirs.microsecond)
    if isinstance(theirs, date) and not isinstance(theirs, datetime):
        theirs = datetime.combine(theirs, clock())
    if isinstance(ours, datetime | timedelta):
        return bool(abs(ours - theirs) <= timedelta(milliseconds=1))
    return bool(ours == theirs)


def test_every_value_is_what_another_reader_says(corpus: Path, tmp_path: Path) -> None:
    compared = 0
    for path in sorted(corpus.rglob("*.xlsx")):
        reading = read(path, tmp_path)
        if isinstance(reading, Problem) or not reading.sheets or path.stat().st_size > 400_000:
            continue
        try:
            with path.open("rb") as file, warnings.catch_warnings(action="ignore"):
                book = openpyxl.load_workbook(file, data_only=True)
        except (KeyError, IndexError, TypeError, ValueError):
            continue
        for table in reading.sheets:
            if table.name not in book.sheetnames:
                continue
            for letters in table.letters:
                for place, (row, ours) in enumerate(zip(table.rows, table.frame[letters], strict=True)):
                    theirs = book[table.name][f"{letters}{row}"].value
                    assert same(ours, theirs, table, letters, place), (path, table.name, letters, row, ours, theirs)
                    compared += 1
    assert compared > 20_000


def test_texts_are_what_excel_itself_writes(corpus: Path, tmp_path: Path) -> None:
    compared = 0
    for path in sorted((corpus / "messy" / "poi-expected-csv").glob("*.xlsx.*.csv")):
        name, place, _ = path.name.rsplit(".", 2)
        reading = read(corpus / "messy" / "poi" / name, tmp_path)
        if isinstance(reading, Problem) or reading.refused:
            continue
        with (corpus / "messy" / "poi" / name).open("rb") as file:
            names = openpyxl.load_workbook(file, read_only=True).sheetnames
        table = next((table for table in reading.sheets if table.name == names[int(place)]), None)
        if table is None:
            continue
        expected = _bare(path.read_text(encoding="utf-8-sig"))
        for letters in table.letters:
            if table.frame[letters].dtype == pl.String and letters not in table.numbers:
                for ours in table.frame[letters].drop_nulls():
                    # The expected files quote by rules of their own: a text can be looked for in them, but not cut out.
                    assert _bare(ours) in expected, (path, letters, ours)
                    compared += 1
    assert compared > 100


def _bare(words: str) -> str:
    return " ".join(words.replace('"', "").split())


def test_csv_spectrum_gives_the_expected_json(corpus: Path, tmp_path: Path) -> None:
    folder = corpus / "messy" / "csv-spectrum"
    for path in sorted((folder / "csvs").glob("*.csv")):
        reading = read(path, tmp_path)
        assert isinstance(reading, Reading)
        table = reading.sheets[0]
        told = json.loads((folder / "json" / f"{path.stem}.json").read_text())
        expected = [
            {" ".join(name.split()): value for name, value in record.items()} for record in (told if isinstance(told, list) else [told])
        ]
        records = [{name: value or "" for name, value in zip(table.headers, row, strict=True)} for row in table.frame.rows()]
        for record in (*records, *expected):
            record.pop("Contact Phone Number", None)  # the json has another one than the csv
        assert records == expected, path


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("leeds/raw/2010-12.csv", 10303),
        ("cabinetoffice/clean/2022-07.csv", 318),
        ("cabinetoffice/clean/2021-03.csv", 839),
        ("london/clean/2018-P05.csv", 793),
        ("networkrail/clean/2019-09.csv", 2029),
    ],
)
def test_public_spending_files_lose_no_row(corpus: Path, tmp_path: Path, path: str, rows: int) -> None:
    reading = read(corpus / "gov_outsourcing" / "council-spending" / path, tmp_path)
    assert isinstance(reading, Reading)
    assert reading.sheets[0].frame.height == rows
    assert sniff(corpus / "gov_outsourcing" / "council-spending" / path) is Format.CSV
