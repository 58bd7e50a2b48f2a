"""A big sheet read in chunks gives what it gives as a whole."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from importers.reading import chunks
from importers.reading.sheet import RawSheet
from importers.reading.xlsx import read_workbook
from tests.importers.reading.books import DAY, book, header, number, row, sheet, text

ROWS = 3000


def small(patch: pytest.MonkeyPatch) -> None:
    """Small pieces and chunks: what is small is big."""
    for name, value in {"xlsx.BIG_PART": 1, "xlsx.BIG_FILE": 1, "scan.PIECE": 4096, "chunks.CHUNK": 8192}.items():
        patch.setattr(f"importers.reading.{name}", value)


def never_whole(patch: pytest.MonkeyPatch) -> None:
    """Fail where the sheet is read as a whole."""

    def refuse(*_: object) -> pl.DataFrame:
        raise AssertionError

    patch.setattr(chunks, "read_dense", refuse)


def both(path: Path, patch: pytest.MonkeyPatch, *, whole: bool = False) -> tuple[RawSheet, RawSheet]:
    """The table as read in one go, and in chunks."""
    one = read_workbook(path, 1024).sheets[0]
    small(patch)
    if not whole:
        never_whole(patch)
    return one, read_workbook(path, 1024, path.parent).sheets[0]


def data(first: int, count: int, *more: str) -> list[str]:
    return [
        row(at, text(f"A{at}", f"Q{at % 7}"), number(f"B{at}", f"{at / 3!r}"), number(f"C{at}", str(46000 + at % 31), DAY), *more)
        for at in range(first, first + count)
    ]


def same(one: RawSheet, other: RawSheet) -> None:
    assert other.letters == one.letters
    assert other.frame.schema == one.frame.schema
    assert other.frame.equals(one.frame)
    assert other.rows.to_list() == one.rows.to_list()
    assert other.blank_rows == one.blank_rows
    assert {letters: series.to_list() for letters, series in other.numbers.items()} == {k: s.to_list() for k, s in one.numbers.items()}


def test_chunks_give_the_rows_of_the_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Hours", "Day"), *data(2, ROWS))})
    one, other = both(path, monkeypatch)
    same(one, other)
    assert other.frame.height == ROWS
    assert sorted(place.name for place in tmp_path.iterdir()) == ["a.xlsx"]


def test_blank_rows_between_chunks_keep_their_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, last = data(2, ROWS // 2), data(ROWS, ROWS // 2)
    path = book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Hours", "Day"), *first, *last)})
    one, other = both(path, monkeypatch)
    same(one, other)
    assert other.blank_rows == ROWS - 2 - ROWS // 2


def test_a_column_that_begins_late_is_blank_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    late = [row(at, text(f"A{at}", "Q"), number(f"D{at}", "7")) for at in range(ROWS, ROWS + 500)]
    path = book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Hours", "Day", "Late"), *data(2, ROWS - 2), *late)})
    one, other = both(path, monkeypatch)
    same(one, other)
    assert other.frame["D"].drop_nulls().to_list() == [7.0] * 500


def test_columns_that_mix_kinds_are_read_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = row(ROWS, text(f"A{ROWS}", "Q"), text(f"B{ROWS}", "n.a."), number(f"C{ROWS}", "46001", DAY))
    path = book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Hours", "Day"), *data(2, ROWS - 2), odd)})
    one, other = both(path, monkeypatch, whole=True)
    same(one, other)
    assert other.frame.schema["B"] == pl.String


@pytest.mark.parametrize(
    "odd",
    [
        f'<row r="{ROWS}"><c r="A{ROWS}" t="e"><v>#N/A</v></c></row>',
        f'<row r="{ROWS}"><c t="inlineStr"><is><t>Q</t></is></c></row>',
        f'<row r="{ROWS}" hidden="1"><c r="A{ROWS}" t="inlineStr"><is><t>Q</t></is></c></row>',
    ],
)
def test_what_is_not_plain_is_read_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: str) -> None:
    rows = [*data(2, ROWS - 2), odd, *data(ROWS + 1, ROWS)]
    path = book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Hours", "Day"), *rows)})
    same(*both(path, monkeypatch, whole=True))


def test_rows_without_addresses_at_the_start_are_read_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = "<row><c t='inlineStr'><is><t>Queue</t></is></c><c t='inlineStr'><is><t>Hours</t></is></c></row>"
    path = book(tmp_path / "a.xlsx", {"Data": sheet(bare, *data(2, ROWS))})
    same(*both(path, monkeypatch, whole=True))


def test_many_strings_beside_the_sheet_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Hours", "Day"), *data(2, ROWS))}, strings=["x" * 9000])
    monkeypatch.setattr(chunks, "MOST_BESIDE", 9000)
    same(*both(path, monkeypatch, whole=True))


def test_two_big_sheets_do_not_mix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = header(1, "Queue", "Hours", "Day")
    path = book(tmp_path / "a.xlsx", {"One": sheet(head, *data(2, ROWS)), "Two": sheet(head, *data(2, ROWS // 2))})
    whole = read_workbook(path, 1024).sheets
    small(monkeypatch)
    never_whole(monkeypatch)
    for one, other in zip(whole, read_workbook(path, 1024, tmp_path).sheets, strict=True):
        same(one, other)
