"""Calendars: business days, contract months, hours of a shift."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.calendar import (
    CalendarMonth,
    StartDayMonth,
    business_days,
    calendar_of,
    day_in_zone,
    due_on,
    is_business_day,
    nth_business_day,
    shift_hours,
)
from kernel.period import Period

days = st.dates(date(1990, 1, 1), date(2060, 12, 31))
holiday_lists = st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=20)
ZONES = [
    "America/Chicago",
    "Europe/Lisbon",
    "Asia/Manila",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Atlantic/Azores",
]


@given(st.dates(date(2026, 1, 1), date(2026, 6, 30)), st.integers(1, 60), holiday_lists)
def test_the_nth_business_day_has_n_business_days_up_to_it(after: date, count: int, holidays: frozenset[date]) -> None:
    day = nth_business_day(after, count, holidays)
    assert is_business_day(day, holidays)
    assert business_days(after, day + timedelta(days=1), holidays) == count


def test_a_deadline_skips_weekends_and_holidays() -> None:
    assert due_on(Period(2026, 10), 1) == date(2026, 11, 2)
    assert due_on(Period(2026, 10), 1, {date(2026, 11, 2)}) == date(2026, 11, 3)
    assert due_on(Period(2026, 10), 6) == date(2026, 11, 9)


def test_there_is_no_business_day_zero() -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        nth_business_day(date(2026, 11, 1), 0)


def test_no_business_day_lies_before_its_own_beginning() -> None:
    assert business_days(date(2026, 11, 2), date(2026, 11, 1)) == 0


@given(days, st.integers(2, 28))
def test_contract_months_tile_the_calendar(day: date, start: int) -> None:
    for calendar in (CalendarMonth(), StartDayMonth(start)):
        period = calendar.period_of(day)
        first, end = calendar.bounds(period)
        assert first <= day < end
        assert calendar.bounds(period.next())[0] == end


def test_a_contract_month_is_named_after_the_month_it_ends_in() -> None:
    assert StartDayMonth(22).period_of(date(2026, 12, 22)) == Period(2027, 1)
    assert StartDayMonth(22).period_of(date(2026, 12, 21)) == Period(2026, 12)


def test_a_contract_names_its_calendar() -> None:
    assert calendar_of("month") == CalendarMonth()
    assert calendar_of("month_from_22") == StartDayMonth(22)


@pytest.mark.parametrize("name", ["", "week", "month_from_1", "month_from_29", "month_from_x", "month_from_", "month_from_²", "22"])
def test_any_other_calendar_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not a calendar"):
        calendar_of(name)


def test_an_instant_has_a_day_only_in_a_zone() -> None:
    instant = datetime(2026, 11, 1, 4, 30, tzinfo=UTC)
    assert day_in_zone(instant, "America/Chicago") == date(2026, 10, 31)
    assert day_in_zone(instant, "Asia/Manila") == date(2026, 11, 1)
    with pytest.raises(ValueError, match="naive"):
        day_in_zone(instant.replace(tzinfo=None), "UTC")


@given(st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1)), st.integers(1, 72 * 3600), st.sampled_from(ZONES))  # noqa: DTZ001 - local wall time
def test_the_hours_of_a_shift_are_its_elapsed_time_in_any_zone(start: datetime, seconds: int, zone: str) -> None:
    place = ZoneInfo(zone)
    begin = start.replace(tzinfo=place, fold=0).astimezone(UTC)
    end = (begin + timedelta(seconds=seconds)).astimezone(place)
    if end.replace(fold=1).astimezone(UTC) != begin + timedelta(seconds=seconds):
        return  # wall time tells only the second of a repeated hour's two ends
    parts = shift_hours(start, end.replace(tzinfo=None), zone, "event_day")
    elapsed = Decimal(seconds) / 3600
    assert abs(sum(hours for _, hours in parts) - elapsed) < Decimal("1E-20")
    assert all(hours > 0 for _, hours in parts)
    assert [day for day, _ in parts] == sorted({day for day, _ in parts})
    ((day, whole),) = shift_hours(start, end.replace(tzinfo=None), zone, "shift_start_day")
    assert day == start.date()
    assert abs(whole - elapsed) < Decimal("1E-20")


@pytest.mark.parametrize(
    ("start", "end", "zone", "parts"),
    [
        ("2026-10-31T22:00", "2026-11-01T06:00", "America/Chicago", [("2026-10-31", "2"), ("2026-11-01", "7")]),
        ("2026-03-07T22:00", "2026-03-08T06:00", "America/Chicago", [("2026-03-07", "2"), ("2026-03-08", "5")]),
        ("2026-11-01T01:30", "2026-11-01T01:45", "America/Chicago", [("2026-11-01", "1.25")]),
        ("2026-03-08T01:00", "2026-03-08T02:30", "America/Chicago", [("2026-03-08", "1.5")]),
        ("2026-03-08T02:10", "2026-03-08T02:40", "America/Chicago", [("2026-03-08", "0.5")]),
        ("2026-10-31T22:00", "2026-11-02T00:00", "Asia/Manila", [("2026-10-31", "2"), ("2026-11-01", "24")]),
        ("2018-11-03T22:00", "2018-11-04T02:00", "America/Sao_Paulo", [("2018-11-03", "2"), ("2018-11-04", "1")]),
    ],
    ids=["repeated hour", "skipped hour", "within a repeated hour", "end in a skipped hour", "both in it", "two days", "midnight skipped"],
)
def test_a_shift_is_cut_at_the_sites_midnight(start: str, end: str, zone: str, parts: list[tuple[str, str]]) -> None:
    found = shift_hours(datetime.fromisoformat(start), datetime.fromisoformat(end), zone, "event_day")
    assert found == [(date.fromisoformat(day), Decimal(hours)) for day, hours in parts]


@pytest.mark.parametrize("end", ["2026-10-31T22:00", "2026-10-31T06:00"])
def test_a_shift_that_does_not_end_after_it_starts_is_refused(end: str) -> None:
    with pytest.raises(ValueError, match="ends after it starts"):
        shift_hours(datetime.fromisoformat("2026-10-31T22:00"), datetime.fromisoformat(end), "UTC", "event_day")


def test_an_unknown_date_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a date rule"):
        shift_hours(datetime.fromisoformat("2026-10-31T22:00"), datetime.fromisoformat("2026-10-31T23:00"), "UTC", "whatever")
