"""Durations: real times, clock texts, unit texts, bare numbers."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from importers.columns import Parsed, parse_durations
from importers.reading import Cells

at = datetime.fromisoformat
SECOND = 10**9


def seconds(values: list[Any], unit: str = "seconds", **more: str) -> Parsed:
    return parse_durations(Cells(pl.Series(values)), unit=unit, **more)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("48", 48), ("4:12", 252), ("0:04:12", 252), ("1:00:00", 3600), ("48s", 48), ("1m 12s", 72), ("2 h", 7200), ("1.5 min", 90),
     ("1 day, 2:00:00", 93600), ("90 sec", 90), ("1,5 h", 5400), ("0:00:48.5", 48.5)],
)  # fmt: skip
def test_texts_say_how_long(text: str, expected: float) -> None:
    assert seconds([text]).values.to_list() == [int(expected * SECOND)]


def test_the_header_decides_what_a_colon_means() -> None:
    assert seconds(["7:30"], colon="h:mm").values.to_list() == [27000 * SECOND]
    assert seconds(["7:30"], colon="h:mm", into="hours").values.to_list() == [int(7.5 * SECOND)]


@pytest.mark.parametrize(
    ("unit", "value", "expected"), [("seconds", 48.0, 48), ("minutes", 0.8, 48), ("hours", 0.5, 1800), ("days", 0.5, 43200)]
)
def test_bare_numbers_count_their_unit(unit: str, value: float, expected: int) -> None:
    assert seconds([value], unit=unit).values.to_list() == [expected * SECOND]


def test_hours_stay_hours_and_parts_round_half_even() -> None:
    assert seconds([7.25], unit="hours", into="hours").values.to_list() == [7_250000000]
    assert seconds(["0:20:00"], into="hours").values.to_list() == [333333333]
    assert seconds(["0:40:00"], into="hours").values.to_list() == [666666667]


def test_real_times_need_no_decision() -> None:
    assert seconds([timedelta(seconds=48), timedelta(hours=36)]).values.to_list() == [48 * SECOND, 129600 * SECOND]
    mixed = Cells(pl.Series(["x", "n/a", "12"]), spans=pl.Series([timedelta(seconds=5), None, None]), numbers=pl.Series([None, None, 12.0]))
    assert parse_durations(mixed, unit="seconds").values.to_list() == [5 * SECOND, None, 12 * SECOND]


def test_fractions_of_a_day_are_recognised_and_named() -> None:
    parsed = seconds([48 / 86400, 252 / 86400, 0.0])
    assert parsed.values.to_list() == [48 * SECOND, 252 * SECOND, 0]
    assert [note.code for note in parsed.notes] == ["DAY_FRACTIONS"]
    assert not seconds([0.0, None]).notes


def test_what_is_no_duration_is_bad() -> None:
    for text in ("abc", "4:99", "5 parsecs", "12 s x"):
        parsed = seconds([text, "5"])
        assert [fault.code for fault in parsed.faults] == ["NOT_A_DURATION"]
    dates = parse_durations(Cells(pl.Series([at("2026-10-01")])), unit="seconds")
    assert [fault.code for fault in dates.faults] == ["NOT_A_NUMBER"]
    assert seconds(["", "-"]).values.to_list() == [None, None]


def test_what_is_too_long_is_named() -> None:
    assert [fault.code for fault in seconds([9e9], unit="hours").faults] == ["OUT_OF_RANGE"]
    assert [fault.code for fault in seconds(["99999999999.5"]).faults] == ["OUT_OF_RANGE"]
