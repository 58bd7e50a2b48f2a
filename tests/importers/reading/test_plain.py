"""Judging a piece by the shapes of its rows gives what parsing gives, or gives up."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import polars as pl
import pytest

from importers.reading import scan as scanning
from importers.reading.marks import Marks
from importers.reading.package import read_book
from importers.reading.plain import Found, PlainPieces
from importers.reading.scan import Scanner, SheetScan
from tests.importers.reading.books import DAY, PERCENT, book, header, number, row, sheet, text


def taken(*rows: str, after: int = 1, percent: frozenset[int] = frozenset([PERCENT])) -> Found | None:
    found = Found({}, {}, {})
    return found if PlainPieces(percent, found).take("".join(rows).encode(), after) else None


def rows_of(marks: Marks) -> list[int]:
    everything = pl.Series(range(1, 200), dtype=pl.UInt32)
    return everything.filter(marks.mask(everything)).to_list()


def test_uniform_columns_become_ranges() -> None:
    found = taken(*(row(i, text(f"A{i}", "x"), number(f"B{i}", "5"), number(f"C{i}", "0.9", PERCENT)) for i in range(2, 9)))
    assert found is not None
    assert {column: marks.ranges for column, marks in found.typed.items()} == {1: [(2, 8)], 2: [(2, 8)]}
    assert {column: marks.ranges for column, marks in found.percent.items()} == {2: [(2, 8)]}


def test_mixed_columns_are_located_cell_by_cell() -> None:
    rows = [row(2, number("B2", "1", PERCENT)), row(3, text("B3", "x")), row(4, number("B4", "1")), row(5, '<c r="B5" t="b"><v>1</v></c>')]
    found = taken(*rows)
    assert found is not None
    assert rows_of(found.typed[1]) == [2, 4, 5]
    assert rows_of(found.percent[1]) == [2]
    assert rows_of(found.booleans[1]) == [5]


def test_formulas_with_values_and_empty_cells_are_plain() -> None:
    found = taken(
        row(2, '<c r="A2" s="1"/>', '<c r="B2"><f>1+1</f><v>2</v></c>', '<c r="C2" s="1"></c>', '<c r="D2" t="str"><f>A1</f><v>x</v></c>')
    )
    assert found is not None
    assert list(found.typed) == [1]


def test_rows_without_any_cell_are_plain() -> None:
    assert taken('<row r="2" spans="1:2"></row>', '<row r="3"/>', '<row r="4"></row>') == Found({}, {}, {})


@pytest.mark.parametrize(
    "rows",
    [
        row(2, '<c r="A2" t="e"><v>#N/A</v></c>'),
        row(2, '<c r="A2"><f>1+1</f></c>'),
        row(2, '<c r="A2"><f>1+1</f><v></v></c>'),
        row(2, '<c r="A2"><f t="shared" si="0"/></c>'),
        row(2, number("A2", "1"), more=' hidden="1"'),
        row(2, '<c s="1" r="A2"><v>1</v></c>'),
        row(2, "<c r='A2'><v>1</v></c>"),
        row(2, "<c><v>1</v></c>"),
        row(2, "<!-- odd -->", number("A2", "1")),
        row(2, '<c r="A2" t="inlineStr"><is><r><t>rich</t></r></is></c>'),
        row(1, number("A1", "1")),
        row(2, number("A2", "1")) + "<row",
        '<x:row r="2"></x:row>',
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_the_parser(rows: str) -> None:
    assert taken(rows) is None


def test_many_texts_in_cells_are_one_shape() -> None:
    words = [chr(97 + i // 676 % 26) + chr(97 + i // 26 % 26) + chr(97 + i % 26) for i in range(4000)]
    found = taken(*(row(i, text(f"A{i}", word), number(f"B{i}", "1")) for i, word in enumerate(words, 2)))
    assert found is not None
    assert found.typed[1].ranges == [(2, 4001)]
    odd = [row(i, "".join(f'<c r="A{i}" t="{word}"/>')) for i, word in enumerate(words, 2)]
    assert taken(*odd) is None


def _random_rows(seed: int) -> list[str]:
    dice = random.Random(seed)  # noqa: S311 - test data

    def cell(letter: str, place: int) -> str:
        address = f"{letter}{place}"
        kinds = {
            "A": [text(address, f"Q{dice.randint(1, 9)}")],
            "B": [number(address, str(dice.randint(0, 99)))],
            "C": [number(address, f"{dice.random()}", PERCENT)] * 30 + [number(address, "97"), text(address, "n/a")],
            "D": [number(address, "46300", DAY)],
            "E": [number(address, "1")] * 40 + [f'<c r="{address}" t="b"><v>0</v></c>', f'<c r="{address}" t="e"><v>#REF!</v></c>'],
            "F": [f'<c r="{address}"><f>B{place}*2</f><v>4</v></c>'] * 60 + [f'<c r="{address}"><f>B{place}*2</f></c>'],
        }
        return dice.choice(kinds[letter])

    return [row(i, *(cell(letter, i) for letter in "ABCDEF")) for i in range(2, 1200)]


def _told(scan: SheetScan) -> tuple[object, ...]:
    everything = pl.Series(range(1, 1300), dtype=pl.UInt32)
    marks = [
        {column: everything.filter(held.mask(everything)).to_list() for column, held in sorted(kind.items())}
        for kind in (scan.typed, scan.percent, scan.booleans)
    ]
    places = (scan.cells, scan.last_row, scan.first_column, scan.last_column, scan.box)
    return (marks, sorted(scan.errors), sorted(scan.empty_formulas), places, scan.hidden_rows)


@pytest.mark.parametrize("seed", range(5))
def test_a_scan_by_pieces_tells_what_an_exact_scan_tells(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path / "a.xlsx", {"Data": sheet(header(1, *"ABCDEF"), *_random_rows(seed))})
    monkeypatch.setattr(scanning, "PIECE", 4096)
    with zipfile.ZipFile(path) as package:
        workbook = read_book(package)
        part = workbook.sheets[0].part
        exact = Scanner(workbook, part, exact=True).run(package)
        assert _told(Scanner(workbook, part).run(package)) == _told(exact)
        assert exact.cells > 5000
