"""Clocks: the machine's, and one that stands on a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from kernel.clock import FixedDayClock, SystemClock


def test_the_machines_clock_is_aware_and_goes_on() -> None:
    clock = SystemClock()
    first = clock.now()
    assert first.utcoffset() == timedelta(0)
    assert clock.now() >= first
    assert abs((clock.today("Asia/Manila") - clock.today("UTC")).days) <= 1


def test_a_fixed_day_is_the_same_in_every_zone() -> None:
    clock = FixedDayClock(date(2026, 11, 6))
    assert clock.today("Asia/Manila") == clock.today("America/Chicago") == date(2026, 11, 6)
    assert clock.now() == datetime(2026, 11, 6, 12, tzinfo=UTC)
