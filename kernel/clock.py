"""The only place that reads the wall clock.

Rules never ask for the time: the day is an argument. Processes hold a Clock and pass what it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Protocol

from kernel.calendar import day_in_zone


class Clock(Protocol):
    """What time it is, for processes."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        ...

    def today(self, zone: str) -> date:
        """The calendar day in a zone."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return datetime.now(UTC)

    def today(self, zone: str) -> date:
        """The calendar day in a zone."""
        return day_in_zone(self.now(), zone)


@dataclass(frozen=True, slots=True)
class FixedDayClock:
    """A clock whose calendar stands on one day (the demo's as-of day); instants stay real."""

    day: date

    def now(self) -> datetime:
        """The instant: noon UTC of the fixed day, so that nothing in a demo is dated after it."""
        return datetime.combine(self.day, time(12), tzinfo=UTC)

    def today(self, zone: str) -> date:
        """The fixed day."""
        del zone
        return self.day
