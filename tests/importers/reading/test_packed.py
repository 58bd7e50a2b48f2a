"""Packed columns: what is kept small stands for exactly the texts of the file."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from importers.reading import delimited
from importers.reading.delimited import read_delimited
from importers.reading.packed import packed, packed_schema, text_bytes
from importers.reading.sheet import RawSheet, spelled

HEADERS = "queue,day,jobs,agent,note"


def row(number: int) -> str:
    return f"Q{number % 3},2026-10-{number % 28 + 1:02d},{number % 90 - 5},emp-{number % 40},about {number * 7919}"


ROWS = [row(number) for number in range(5_000)]


def sheet(folder: Path, lines: list[str], monkeypatch: pytest.MonkeyPatch, packed_from: int = 0) -> RawSheet:
    path = folder / "file.csv"
    path.write_text("\n".join([HEADERS, *lines]) + "\n", encoding="utf-8")
    monkeypatch.setattr(delimited, "PACKED_FROM", packed_from)
    return read_delimited(path).sheets[0]


def texts(table: RawSheet) -> list[list[str | None]]:
    return [spelled(table.frame[letters]).to_list() for letters in table.letters]


def test_repeated_texts_and_plain_whole_numbers_are_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = sheet(tmp_path, ROWS, monkeypatch)
    kinds = [type(dtype) for dtype in table.frame.schema.values()]
    assert kinds == [pl.Enum, pl.Enum, pl.Int32, pl.Enum, pl.String]
    assert texts(table) == [list(column) for column in zip(*(line.split(",") for line in ROWS), strict=True)]


def test_labels_stand_in_the_order_of_their_first_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dtype = sheet(tmp_path, ROWS[1:], monkeypatch).frame.schema["A"]
    assert isinstance(dtype, pl.Enum)
    assert dtype.categories.to_list() == ["Q1", "Q2", "Q0"]


@pytest.mark.parametrize(
    "odd",
    [
        "Q1,2026-10-01,007,emp-1,x",
        "Q1,2026-10-01,+7,emp-1,x",
        "Q1,2026-10-01, 7,emp-1,x",
        "Q1,2026-10-01,-0,emp-1,x",
        "Q1,2026-10-01,n/a,emp-1,x",
        "Q1,2026-10-01,12345678901,emp-1,x",
        "Q1,2026-10-01,,emp-1,x",
        "Q1,2026-10-01,7,emp-1,",
        ",,,,",
        "",
        "Q1,2026-10-01,7,emp-1",
        "Q1,2026-10-01,7,emp-1,x,y",
        " , , , , ",
        "queue,day,jobs,agent,note",
        "total",
        "Zoë,2026-10-01,7,emp-1,x",
    ],
)
@pytest.mark.parametrize("place", [2_500, 5_000])
def test_one_odd_line_reads_the_same_as_without_packing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: str, place: int) -> None:
    lines = [*ROWS[:place], odd, *ROWS[place:]]
    small, plain = sheet(tmp_path, lines, monkeypatch), sheet(tmp_path, lines, monkeypatch, packed_from=1 << 40)
    assert texts(small) == texts(plain)
    assert small.rows.to_list() == plain.rows.to_list()
    assert (small.footnotes, small.blank_rows, small.headers) == (plain.footnotes, plain.blank_rows, plain.headers)


def test_a_short_line_is_seen_though_a_padded_number_makes_up_for_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [*ROWS, "Q1,2026-10-01,+7,emp-1,x", "Q1,2026-10-01,7,emp-1", *ROWS]
    assert texts(sheet(tmp_path, lines, monkeypatch)) == texts(sheet(tmp_path, lines, monkeypatch, packed_from=1 << 40))


def test_a_text_that_comes_seldom_is_kept_as_it_is() -> None:
    frame = pl.DataFrame({"A": pl.Series(["a", "b", "c"], dtype=pl.Categorical)})
    assert packed(frame).schema == {"A": pl.String}


def test_blanks_stay_blank_and_every_label_occurs() -> None:
    frame = pl.DataFrame({"A": pl.Series(["b", None, "a"] + ["b"] * 9, dtype=pl.Categorical)}).filter(
        pl.col("A").is_null() | (pl.col("A") == "b")
    )
    kept = packed(frame)["A"]
    assert kept.dtype == pl.Enum(["b"])
    assert kept.to_list() == ["b", None, *["b"] * 9]


def test_bytes_are_those_of_the_texts_written_plainly() -> None:
    numbers = pl.Series([0, 9, 10, -10, 999_999_999, None], dtype=pl.Int32)
    frame = pl.DataFrame({"A": numbers, "B": ["é", "", None, "ab", "c", "d"]}).with_columns(C=pl.col("B").cast(pl.Categorical))
    assert text_bytes(frame) == len("0910-10999999999") + 2 * len("éabcd".encode())
    assert text_bytes(pl.DataFrame({"A": pl.Series([None], dtype=pl.Int32)})) == 0


def test_a_sample_tells_how_columns_are_kept() -> None:
    sample = [["1", "x", "01", "", "a"], ["22", "x", "2", "", "b"], ["-3", "x", "3", "", "c"], ["0", "x", "4", "", "d"], ["5"]]
    assert packed_schema(sample, 5) == {"A": pl.Int32, "B": pl.Categorical, "C": pl.String, "D": pl.Categorical, "E": pl.String}
