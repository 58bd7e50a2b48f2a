"""The same share in four ways is the same figure; what cannot be told asks."""

from typing import Any

import polars as pl
import pytest

from importers.columns import Parsed, parse_percent
from importers.reading import Cells

MILLION = 10**6


def shares(values: list[Any], **more: Any) -> Parsed:
    return parse_percent(Cells(pl.Series(values), **more))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["97%", "97,5 %"], [970, 975]),
        (["0.97", "0.5"], [970, 500]),
        (["97", "98.5"], [970, 985]),
        ([0.97, 1.0, 0.0], [970, 1000, 0]),
        ([97.0, 0.0, 100.0], [970, 0, 1000]),
        ([5.0, 0.5, 12.0, 3.0], [50, 5, 120, 30]),
        ([1.2, 0.9], [1200, 900]),
        (["(5%)", "3%"], [-50, 30]),
    ],
)
def test_shares_are_decided_per_column(values: list[Any], expected: list[int]) -> None:
    parsed = shares(values)
    assert parsed.values.to_list() == [1_000_000 * share for share in expected]
    assert not parsed.notes


def test_a_percent_format_makes_a_ratio_of_every_number() -> None:
    parsed = shares([0.97, 1.0], percent=pl.Series([True, True]))
    assert parsed.values.to_list() == [970 * MILLION, 1000 * MILLION]
    assert not parsed.notes


def test_formatted_cells_and_bare_points_in_one_column_agree() -> None:
    parsed = shares([0.97, 97.0, 1.0], percent=pl.Series([True, False, False]))
    assert parsed.values.to_list() == [970 * MILLION, 970 * MILLION, 1000 * MILLION]


@pytest.mark.parametrize(("values", "place"), [([0.97, 0.79, 96.0, 97.0], 2), ([97.0, 79.0, 0.97], 2)])
def test_a_switch_of_scale_gives_one_warning_and_the_same_value(values: list[float], place: int) -> None:
    parsed = shares(values)
    expected = [value if value < 2 else value / 100 for value in values]
    assert parsed.values.to_list() == [round(share * 1000) * MILLION for share in expected]
    assert [(note.severity, note.code, note.place) for note in parsed.notes] == [("warning", "SCALE_SWITCH", place)]


def test_a_real_drop_stays_a_drop() -> None:
    parsed = shares([0.97, 0.79])
    assert parsed.values.to_list() == [970 * MILLION, 790 * MILLION]
    assert not parsed.notes


def test_ones_and_zeros_alone_ask() -> None:
    assert [note.code for note in shares([1.0, 0.0]).notes] == ["AMBIGUOUS_SCALE"]
    assert not shares([0.0, 0.0]).notes
    assert not shares([None], percent=pl.Series([False])).notes


def test_a_mixture_that_fits_both_ways_asks() -> None:
    assert [note.code for note in shares([0.05, 2.0, 0.08]).notes] == ["AMBIGUOUS_SCALE"]


def test_hundredths_round_half_even() -> None:
    assert shares(["0.00000005%", "0.00000015%", "0.00000016%"]).values.to_list() == [0, 2, 2]


def test_what_is_no_percentage_is_bad() -> None:
    parsed = shares(["97%", "good"])
    assert parsed.bad.to_list() == [False, True]
