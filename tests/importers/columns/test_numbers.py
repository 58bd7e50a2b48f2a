"""Numbers of every spelling become exact scaled integers, or say why not."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.columns import Parsed, decimal_evidence, parse_money, parse_numbers
from importers.reading import Cells

NANO = 10**9


def of(*texts: str | None, decimal: str = "", **more: Any) -> Parsed:
    return parse_numbers(Cells(pl.Series(list(texts), dtype=pl.String), **more), decimal=decimal)


def codes(parsed: Parsed) -> list[str]:
    return [fault.code for fault in parsed.faults]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1,234.56", "7"], [1234_560000000, 7 * NANO]),
        (["1.234,56", "7"], [1234_560000000, 7 * NANO]),
        (["1 234,56", "0,5"], [1234_560000000, NANO // 2]),
        (["1\u00a0234,56"], [1234_560000000]),
        (["1\u202f234,5"], [1234_500000000]),
        (["1'234.56"], [1234_560000000]),
        (["12,34,567.5"], [1234567_500000000]),
        (["(1,234.5)"], [-1234_500000000]),
        (["1234-", "1.5"], [-1234 * NANO, 1_500000000]),
        (["\u22125.25", "+3", "-.5"], [-5_250000000, 3 * NANO, -NANO // 2]),
        (["1.234.567"], [1234567 * NANO]),
        (["'123", "5"], [123 * NANO, 5 * NANO]),
        (["0.1234567895", "0.1234567885"], [123456790, 123456788]),
        (["- 5", "1"], [-5 * NANO, NANO]),
        (["5-", "(6)"], [-5 * NANO, -6 * NANO]),
    ],
)
def test_numbers_are_read_as_the_column_writes_them(texts: list[str], expected: list[int]) -> None:
    parsed = of(*texts)
    assert parsed.values.to_list() == expected
    assert not parsed.faults
    assert not parsed.notes


def test_missing_tokens_are_no_value() -> None:
    parsed = of("", "-", "\u2013", "n/a", "NA", "Nil", "TBD", None, "3")
    assert parsed.values.to_list() == [None] * 8 + [3 * NANO]
    assert not parsed.bad.any()


@pytest.mark.parametrize(
    "text", ["１２３", "1e5", "inf", "nan", "1_000", "1.2k", "3.4M", "abc", "12,3,4", "--5", "97%", "1.2.3,4", "$5", "-"]
)
def test_what_is_no_number_is_bad_and_never_guessed(text: str) -> None:
    parsed = parse_numbers(Cells(pl.Series([text, "1.5"])), decimal=".")
    assert parsed.values.to_list() == [None, 1_500000000]
    assert parsed.bad.to_list() == [text != "-", False]


def test_a_number_that_does_not_fit_is_out_of_range() -> None:
    assert codes(of("99999999999.5", "1.5")) == ["OUT_OF_RANGE"]
    assert codes(parse_numbers(Cells(pl.Series([1e12, 1.0])))) == ["OUT_OF_RANGE"]
    assert codes(parse_numbers(Cells(pl.Series([float("nan"), float("inf")])))) == ["OUT_OF_RANGE"]
    assert codes(of("99,999,999,999.5")) == ["NOT_A_NUMBER"]
    assert parse_numbers(Cells(pl.Series([9_223_372_036.9]))).values.to_list() == [None]


def test_one_separator_before_three_digits_asks() -> None:
    parsed = of("1.234", "5")
    assert [note.code for note in parsed.notes] == ["AMBIGUOUS_NUMBERS"]
    assert parsed.refused
    assert of("1,234", "0,5").values.to_list() == [1234 * NANO // 1000, NANO // 2]
    assert of("1,234", decimal=".").values.to_list() == [1234 * NANO]
    assert parse_numbers(Cells(pl.Series(["1.234"])), decimal=",").values.to_list() == [1234 * NANO]


def test_both_decimal_marks_in_one_column_are_refused() -> None:
    assert [note.code for note in of("1.5", "1,5").notes] == ["MIXED_DECIMALS"]


def test_which_mark_stands_for_decimals() -> None:
    assert [decimal_evidence(Cells(pl.Series([text]))) for text in ("1.5", "1,5", "1.500", "12", "1.5.5,2")] == [".", ",", "?", "", ","]
    assert decimal_evidence(Cells(pl.Series([1.5]))) == ""
    assert decimal_evidence(Cells(pl.Series(["1.5", "1,5"]))) == "!"
    assert decimal_evidence(Cells(pl.Series(["1.5", "1,5"]), numbers=pl.Series([1.5, None]))) == ","


def test_numbers_in_a_text_column_keep_all_their_digits() -> None:
    parsed = of("0.9032514613925278", "1.234", "1,5", "x", numbers=pl.Series([0.9032514613925278, 1.234, None, None]))
    assert parsed.values.to_list() == [903251461, 1_234000000, 1_500000000, None]
    assert codes(parsed) == ["NOT_A_NUMBER"]
    assert parsed.texts is not None


def test_dates_and_truths_are_no_numbers() -> None:
    dates = pl.Series(["2026-10-01"]).str.to_datetime()
    assert codes(parse_numbers(Cells(dates))) == ["NOT_A_NUMBER"]
    assert codes(parse_numbers(Cells(pl.Series([True, None])))) == ["NOT_A_NUMBER"]
    assert codes(parse_numbers(Cells(pl.Series([None], dtype=pl.Boolean)))) == []
    mixed = of("2026-10-01 00:00:00", "5.5", instants=pl.Series(["2026-10-01", None]).str.to_datetime())
    assert mixed.bad.to_list() == [True, False]


def test_a_column_without_values_is_empty() -> None:
    assert parse_numbers(Cells(pl.Series([None, None]))).values.to_list() == [None, None]


def test_integers_stay_exact() -> None:
    assert parse_numbers(Cells(pl.Series([3, None, -7]))).values.to_list() == [3 * NANO, None, -7 * NANO]


def test_money_ignores_a_sign_and_says_so() -> None:
    parsed = parse_money(Cells(pl.Series(["$1,234.50", "(£5.25)", "-€3", "12 €", "USD 5"])))
    assert parsed.values.to_list() == [1234_500000, -5_250000, -3_000000, 12_000000, None]
    assert [note.code for note in parsed.notes] == ["CURRENCY_SIGN"]


@given(st.floats(min_value=-9e9, max_value=9e9, allow_nan=False))
def test_a_float_is_its_shortest_decimal_rounded_half_even(number: float) -> None:
    exact = Decimal(repr(number)).scaleb(9).to_integral_value(ROUND_HALF_EVEN)
    assert parse_numbers(Cells(pl.Series([number], dtype=pl.Float64))).values.to_list() == [int(exact)]


@given(st.decimals(min_value=-999999, max_value=999999, places=12))
def test_a_text_and_a_float_of_the_same_spelling_agree(number: Decimal) -> None:
    text = f"{number:f}"
    assert of(text, decimal=".").values.to_list() == [int(number.scaleb(9).to_integral_value(ROUND_HALF_EVEN))]
