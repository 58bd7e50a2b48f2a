"""Calendars: business days, contract months, the day that a shift's hours belong to.

Owns: pure date arithmetic with an explicit holiday list and time zone. Must not know: the clock, contracts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from kernel.money import EXACT
from kernel.period import Period

SATURDAY = 5
DATE_RULES = ("event_day", "shift_start_day")
"""How a shift's hours find their day: by the site's midnight, or all on the day it began."""


def is_business_day(day: date, holidays: Collection[date] = ()) -> bool:
    """Whether a day is Monday to Friday and no holiday of the list."""
    return day.weekday() < SATURDAY and day not in holidays


def business_days(first: date, end: date, holidays: Collection[date] = ()) -> int:
    """Count the business days in first <= day < end.

    >>> business_days(date(2026, 10, 1), date(2026, 11, 1))
    22
    """
    return sum(is_business_day(first + timedelta(days=n), holidays) for n in range((end - first).days))


def nth_business_day(after: date, count: int, holidays: Collection[date] = ()) -> date:
    """The count-th business day on or after a day (count >= 1).

    >>> nth_business_day(date(2026, 11, 1), 3)
    datetime.date(2026, 11, 4)
    """
    if count < 1:
        message = "business days are counted from 1"
        raise ValueError(message)
    day = after
    while True:
        count -= is_business_day(day, holidays)
        if count == 0:
            return day
        day += timedelta(days=1)


def due_on(period: Period, business_day: int, holidays: Collection[date] = ()) -> date:
    """The day at whose end something is due that is due n business days after the month's end."""
    return nth_business_day(period.end, business_day, holidays)


class Calendar(Protocol):
    """How a contract cuts time into months: the seam for months that are not calendar months."""

    def bounds(self, period: Period) -> tuple[date, date]:
        """The half-open days of the contract month that carries this period's name."""
        ...

    def period_of(self, day: date) -> Period:
        """The contract month that a day lies in."""
        ...


@dataclass(frozen=True, slots=True)
class CalendarMonth:
    """Contract months are calendar months."""

    def bounds(self, period: Period) -> tuple[date, date]:
        """First day and first day after."""
        return period.first, period.end

    def period_of(self, day: date) -> Period:
        """The calendar month of a day."""
        return Period.of(day)


@dataclass(frozen=True, slots=True)
class StartDayMonth:
    """Contract months that run from a day of one month to the day before it in the next (22nd to 21st).

    A month is named after the calendar month in which it ends.

    >>> StartDayMonth(22).bounds(Period(2026, 10))
    (datetime.date(2026, 9, 22), datetime.date(2026, 10, 22))
    """

    start_day: int

    def bounds(self, period: Period) -> tuple[date, date]:
        """First day and first day after."""
        return period.previous().first.replace(day=self.start_day), period.first.replace(day=self.start_day)

    def period_of(self, day: date) -> Period:
        """The contract month of a day."""
        return Period.of(day) if day.day < self.start_day else Period.of(day).next()


def calendar_of(name: str) -> Calendar:
    """The calendar that a contract names: `month`, or `month_from_22` and the like (day 2 to 28).

    Raises ValueError for any other name.
    """
    if name == "month":
        return CalendarMonth()
    prefix, _, day = name.rpartition("_")
    if prefix == "month_from" and day.isdecimal() and 2 <= int(day) <= 28:  # noqa: PLR2004 - days every month has
        return StartDayMonth(int(day))
    message = f"{name!r} is not a calendar: use month or month_from_22"
    raise ValueError(message)


def day_in_zone(instant: datetime, zone: str) -> date:
    """The calendar day of an instant in a zone; a naive instant raises ValueError."""
    if instant.tzinfo is None:
        message = "a naive date and time has no day"
        raise ValueError(message)
    return instant.astimezone(ZoneInfo(zone)).date()


def shift_hours(start: datetime, end: datetime, zone: str, date_rule: str) -> list[tuple[date, Decimal]]:
    """Split a shift, given in the site's local wall time, into hours per day in elapsed time.

    Args: start and end naive local times, end after start; date_rule one of DATE_RULES. A repeated hour is read
    as its first occurrence at the start and its second at the end, a skipped one by the clock before the change;
    clock changes inside a shift count as lived.
    Returns: (day, hours) in order, exact to the microsecond.

    Source: domain section 1.10 (the Chicago test: 22:00 to 06:00 over 1 November 2026 lasts 9 hours, 2 and 7).

    >>> shift_hours(datetime(2026, 10, 31, 22), datetime(2026, 11, 1, 6), "America/Chicago", "event_day")
    [(datetime.date(2026, 10, 31), Decimal('2')), (datetime.date(2026, 11, 1), Decimal('7'))]
    """
    if date_rule not in DATE_RULES:
        message = f"{date_rule!r} is not a date rule: use one of {', '.join(DATE_RULES)}"
        raise ValueError(message)
    place = ZoneInfo(zone)
    begin = start.replace(tzinfo=place, fold=0).astimezone(UTC)
    finish = max(end.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1))
    if finish <= begin:
        message = "a shift ends after it starts"
        raise ValueError(message)
    if date_rule == "shift_start_day":
        return [(start.date(), _hours(finish - begin))]
    parts: list[tuple[date, Decimal]] = []
    cursor = begin
    while cursor < finish:
        day = cursor.astimezone(place).date()
        midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=place).astimezone(UTC)
        stop = min(midnight, finish)
        parts.append((day, _hours(stop - cursor)))
        cursor = stop
    return parts


def _hours(elapsed: timedelta) -> Decimal:
    return EXACT.divide(Decimal(elapsed // timedelta(microseconds=1)), Decimal(3_600_000_000))
