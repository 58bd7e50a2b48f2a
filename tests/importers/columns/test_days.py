"""Days of every spelling; the order of day and month is decided per column or asked for."""

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from importers.columns import Parsed, parse_days, parse_months
from importers.reading import Cells
from kernel.period import Period

at = datetime.fromisoformat
FIRST, LAST = date(2000, 1, 1), date(2026, 11, 7)
OCTOBER = date(2026, 10, 1)


def days(
    values: list[Any],
    *,
    order: str = "",
    first: date = FIRST,
    last: date = LAST,
    dtype: Any = None,
    told: Period | None = None,
    **more: Any,
) -> Parsed:
    return parse_days(Cells(pl.Series(values, dtype=dtype), **more), first, last, order=order, told=told)


def codes(parsed: Parsed) -> list[str]:
    return [fault.code for fault in parsed.faults]


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-05", "2026/10/05", "20261005", "2026-10-05T00:00:00", "2026-10-05 00:00", "5 October 2026", "05-Oct-2026", "5-Oct-26",
        "Oct 5, 2026", "October 5th 2026", "Mon, 5 Oct 2026", "5. Oktober 2026", "5 octubre 2026", "5 de octubre de 2026", "5 oct. 2026",
    ],
)  # fmt: skip
def test_a_text_that_tells_its_day_needs_no_decision(text: str) -> None:
    assert days([text]).values.to_list() == [date(2026, 10, 5)]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["31/10/2026", "01/11/2026"], [date(2026, 10, 31), date(2026, 11, 1)]),
        (["10/31/2026", "11/01/2026"], [date(2026, 10, 31), date(2026, 11, 1)]),
        (["31.10.26", "1.11.26"], [date(2026, 10, 31), date(2026, 11, 1)]),
        (["05/05/2026", "06/06/2026"], [date(2026, 5, 5), date(2026, 6, 6)]),
    ],
)
def test_the_order_of_day_and_month_is_decided_by_the_column(texts: list[str], expected: list[date]) -> None:
    parsed = days(texts)
    assert parsed.values.to_list() == expected
    assert not parsed.notes


def test_the_window_decides_where_one_order_leaves_it() -> None:
    assert days(["12/03/2026"]).values.to_list() == [date(2026, 3, 12)]


def test_days_that_fit_both_ways_ask() -> None:
    parsed = days(["03/04/2026", "05/04/2026"])
    assert [note.code for note in parsed.notes] == ["AMBIGUOUS_DAYS"]
    assert [note.code for note in days(["01/10/2026", "02/10/2026", "03/10/2026", "04/10/2026"]).notes] == ["AMBIGUOUS_DAYS"]
    assert days(["03/04/2026"], order="mdy").values.to_list() == [date(2026, 3, 4)]
    assert codes(days(["31/10/2026"], order="mdy")) == ["NOT_A_DATE"]


def test_an_ascending_column_decides() -> None:
    texts = ["01/02/2026", "02/02/2026", "03/02/2026", "01/03/2026", "02/03/2026"]
    parsed = days(texts, last=date(2027, 12, 31))
    assert parsed.values.to_list()[3] == date(2026, 3, 1)
    assert not parsed.notes


@pytest.mark.parametrize(("month", "day"), [(Period(2026, 3), date(2026, 3, 4)), (Period(2026, 4), date(2026, 4, 3))])
def test_the_month_told_decides_where_only_one_order_lies_in_it_and_says_so(month: Period, day: date) -> None:
    parsed = days(["03/04/2026", None, "03/04/2026"], told=month)
    assert parsed.values.to_list() == [day, None, day]
    assert [(note.severity, note.code) for note in parsed.notes] == [("info", "DAY_ORDER")]
    assert f"all its days lie in {month}" in parsed.notes[0].message


@pytest.mark.parametrize("texts", [["03/04/2026", "05/06/2026"], ["03/04/2026", "04/03/2026"]])
def test_a_month_told_that_no_order_keeps_to_still_asks(texts: list[str]) -> None:
    assert [note.code for note in days(texts, told=Period(2026, 3)).notes] == ["AMBIGUOUS_DAYS"]


def test_a_month_told_changes_nothing_where_the_column_decides_itself() -> None:
    parsed = days(["31/10/2026", "01/11/2026"], told=Period(2026, 10))
    assert (parsed.values.to_list(), parsed.notes) == ([date(2026, 10, 31), date(2026, 11, 1)], ())


@pytest.mark.parametrize("dtype", [pl.String, pl.Enum(["46301", "2026-10-07", "46300"])])
def test_a_day_number_as_text_makes_the_column_ask(dtype: Any) -> None:
    parsed = days(["2026-10-07", "46301", None, "46300"], dtype=dtype)
    assert [(note.severity, note.code, note.place) for note in parsed.notes] == [("error", "DAY_NUMBER", 1)]
    assert '("46301" would be 2026-10-06)' in parsed.notes[0].message
    assert not parsed.faults  # the one problem of the column says it all


def test_a_column_of_day_numbers_alone_asks_too() -> None:
    packed = days([46301, 46300], dtype=pl.Int32)  # how a long column of plain whole numbers is kept
    assert [note.code for note in packed.notes] == ["DAY_NUMBER"]
    assert [note.code for note in days(["46301.5"]).notes] == ["DAY_NUMBER"]
    assert [note.code for note in parse_months(Cells(pl.Series(["46296"])), FIRST, LAST).notes] == ["DAY_NUMBER"]
    assert (codes(days(["99999"])), days(["99999"]).notes) == (["DATE_OUTSIDE"], ())


def test_two_orders_in_one_column_are_refused() -> None:
    assert [note.code for note in days(["31/10/2026", "10/31/2026"]).notes] == ["MIXED_DAY_ORDER"]


def test_real_dates_beside_texts_of_two_orders_are_refused() -> None:
    instants = pl.Series([at("2026-10-05"), None])
    assert [note.code for note in days(["2026-10-05 00:00:00", "31/10/2026"], instants=instants).notes] == ["MIXED_DATES"]
    assert not days(["2026-10-05 00:00:00", "2026-10-31"], instants=instants).notes
    assert days(["2026-10-05 00:00:00", "2026-10-31"], instants=instants).values.to_list() == [date(2026, 10, 5), date(2026, 10, 31)]


def test_day_numbers_follow_the_calendar_of_the_workbook() -> None:
    assert days([46296.0, None]).values.to_list() == [OCTOBER, None]
    assert days([44834.0], epoch_1904=True).values.to_list() == [OCTOBER]
    assert days([20261001.0]).values.to_list() == [OCTOBER]
    assert codes(days([46296.5])) == ["NOT_A_DATE"]
    assert codes(days([20269999.0])) == ["NOT_A_DATE"]
    assert codes(days([3e7])) == ["NOT_A_DATE"]
    assert days(["46296", "2026-10-02"], numbers=pl.Series([46296.0, None])).values.to_list() == [OCTOBER, date(2026, 10, 2)]
    assert days([None], dtype=pl.Float64).values.to_list() == [None]


def test_real_dates_must_be_whole_days() -> None:
    parsed = days([at("2026-10-01"), at("2026-10-01T08:30"), None])
    assert parsed.values.to_list() == [OCTOBER, None, None]
    assert codes(parsed) == ["TIME_OF_DAY"]
    assert days([OCTOBER]).values.to_list() == [OCTOBER]
    assert codes(days(["2026-10-01 08:30", "5/6/2026 9:15 PM"])) == ["TIME_OF_DAY"]


def test_days_outside_the_window_are_named() -> None:
    parsed = days(["1999-12-31", "2027-01-01", "2026-10-01"])
    assert parsed.values.to_list() == [None, None, OCTOBER]
    assert codes(parsed) == ["DATE_OUTSIDE"]


@pytest.mark.parametrize("text", ["31-Nov-2026", "2026-13-01", "22-Nov", "Nov-26", "W47", "tomorrow", "5 Smarch 2026", "0/0/2026"])
def test_what_names_no_day_is_bad(text: str) -> None:
    assert codes(days([text])) == ["NOT_A_DATE"]


def test_missing_days_are_no_value() -> None:
    assert days(["", "n/a", None]).values.to_list() == [None] * 3
    assert not days(["", "n/a", None]).faults


def test_times_and_truths_are_no_days() -> None:
    assert codes(days([timedelta(hours=1)])) == ["NOT_A_DATE"]
    assert days([None], dtype=pl.Boolean).faults == ()
    assert codes(days(["1:00:00", "2026-10-01"], spans=pl.Series([timedelta(hours=1), None]))) == ["NOT_A_DATE"]


def test_a_month_among_days_is_marked() -> None:
    parsed = days(["2026-10", "2026-10-02", "October 2026", "10/2026"])
    assert parsed.values.to_list() == [OCTOBER, date(2026, 10, 2), OCTOBER, OCTOBER]
    assert parsed.months is not None
    assert parsed.months.to_list() == [True, False, True, True]


@pytest.mark.parametrize(
    "text", ["2026-10", "2026 10", "2026M10", "Oct 2026", "Oct-26", "2026-Oct", "10/2026", "15 Oct 2026", "01/10/2026"]
)
def test_months_have_many_spellings(text: str) -> None:
    assert parse_months(Cells(pl.Series([text])), FIRST, LAST).values.to_list() == [OCTOBER]


def test_months_from_numbers_and_dates() -> None:
    assert parse_months(Cells(pl.Series([202610.0])), FIRST, LAST).values.to_list() == [OCTOBER]
    assert parse_months(Cells(pl.Series([at("2026-10-31T08:00")])), FIRST, LAST).values.to_list() == [OCTOBER]
    faults = parse_months(Cells(pl.Series(["soon"])), FIRST, LAST).faults
    assert [fault.message for fault in faults] == ["is not a month; write it like 2026-10"]
