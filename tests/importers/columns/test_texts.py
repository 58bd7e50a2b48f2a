"""Texts and ids without noise; digits that the spreadsheet lost are not made up."""

from datetime import datetime, time

import polars as pl

from importers.columns import is_missing, parse_booleans, parse_text
from importers.reading import Cells

at = datetime.fromisoformat


def test_noise_goes_and_content_stays() -> None:
    parsed = parse_text(Cells(pl.Series(["  Site\u00a01 ", "A\u200bB", "x  y", "n/a", None, "plain"])))
    assert parsed.values.to_list() == ["Site 1", "AB", "x y", None, None, "plain"]
    assert parse_text(Cells(pl.Series([" a "]))).values.to_list() == ["a"]


def test_ids_keep_zeros_and_lose_point_zero() -> None:
    assert parse_text(Cells(pl.Series(["00123"]))).values.to_list() == ["00123"]
    assert parse_text(Cells(pl.Series([12345.0, 1.5, None]))).values.to_list() == ["12345", "1.5", None]
    assert parse_text(Cells(pl.Series([7, 8]))).values.to_list() == ["7", "8"]


def test_long_numeric_ids_are_refused() -> None:
    parsed = parse_text(Cells(pl.Series([1.23e15, 5.0])))
    assert parsed.values.to_list() == [None, "5"]
    assert [fault.code for fault in parsed.faults] == ["LOST_DIGITS"]
    mixed = parse_text(Cells(pl.Series(["A1", "1230000000000000", "77"]), numbers=pl.Series([None, 1.23e15, 77.0])))
    assert mixed.bad.to_list() == [False, True, False]
    assert mixed.values.to_list()[2] == "77"


def test_dates_and_truths_are_spelled() -> None:
    assert parse_text(Cells(pl.Series([at("2026-10-01")]))).values.to_list() == ["2026-10-01"]
    assert parse_text(Cells(pl.Series([at("2026-10-01T08:00")]))).values.to_list() == ["2026-10-01 08:00:00"]
    assert parse_text(Cells(pl.Series([True, None]))).values.to_list() == ["TRUE", None]
    assert parse_text(Cells(pl.Series([time(8, 0)]))).values.to_list() == ["08:00:00"]
    mixed = Cells(pl.Series(["x", "2026-10-01 00:00:00"]), instants=pl.Series([None, at("2026-10-01")]))
    assert parse_text(mixed).values.to_list() == ["x", "2026-10-01"]


def test_yes_and_no_have_many_spellings() -> None:
    parsed = parse_booleans(Cells(pl.Series(["Yes", "N", "\u2713", "0", "-", "maybe"])))
    assert parsed.values.to_list() == [True, False, True, False, None, None]
    assert [fault.code for fault in parsed.faults] == ["NOT_YES_OR_NO"]
    assert parse_booleans(Cells(pl.Series([True]))).values.to_list() == [True]
    assert parse_booleans(Cells(pl.Series([1.0, 0.0]))).values.to_list() == [True, False]


def test_missing_is_told_by_its_token() -> None:
    assert is_missing(pl.Series(["N/A", "\u2014", "x"])).to_list() == [True, True, False]
