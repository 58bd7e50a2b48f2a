"""Periods: half-open stretches of calendar days.

Owns: the month as reporting period. Must not know: the clock or any domain. Bounds are days; the instant at
which a day begins is a matter of the reporting time zone (kernel.calendar).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTH = re.compile(r"(?!0000|9999)(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
"""The first and the last year that a calendar day can have are left out: each month must have neighbours."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar month, printed `2026-10`; holds the days first <= day < end."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `2026-10`; raises ValueError for anything else.

        >>> Period.parse("2026-10")
        Period(year=2026, month=10)
        """
        found = _MONTH.fullmatch(text)
        if not found:
            message = f"{text!r} is not a month like 2026-10"
            raise ValueError(message)
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Period:
        """The month that a day lies in."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def end(self) -> date:
        """The first day after it (half-open)."""
        return self.next().first

    @property
    def last(self) -> date:
        """The last day in it."""
        return self.end - timedelta(days=1)

    @property
    def length(self) -> int:
        """Its number of days."""
        return (self.end - self.first).days

    def next(self) -> Period:
        """The month after it."""
        return Period(self.year + self.month // 12, self.month % 12 + 1)

    def previous(self) -> Period:
        """The month before it."""
        return Period(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    def days(self) -> list[date]:
        """All its days in order."""
        return [self.first + timedelta(days=n) for n in range(self.length)]

    def __contains__(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.first <= day < self.end

    def __str__(self) -> str:
        """Its print, e.g. `2026-10`."""
        return f"{self.year:04d}-{self.month:02d}"


def months_between(first: date, last: date) -> list[Period]:
    """The months that the days first..last (both included) touch, in order; empty when last < first.

    >>> [str(p) for p in months_between(date(2026, 9, 16), date(2026, 10, 15))]
    ['2026-09', '2026-10']
    """
    periods: list[Period] = []
    period = Period.of(first)
    while first <= last and period.first <= last:
        periods.append(period)
        period = period.next()
    return periods
