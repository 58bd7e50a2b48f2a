"""Periods: months tile the calendar without gap or overlap."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.period import Period, months_between

periods = st.builds(Period, st.integers(2, 9997), st.integers(1, 12))
days = st.dates(date(2, 1, 1), date(9997, 12, 31))


@given(periods)
def test_a_month_ends_where_the_next_begins(period: Period) -> None:
    assert period.end == period.next().first
    assert period.first == period.previous().end
    assert period.next().previous() == period
    assert period.last + timedelta(days=1) == period.end
    assert period.previous() < period < period.next()


@given(periods)
def test_a_printed_month_reads_back_as_itself(period: Period) -> None:
    assert Period.parse(str(period)) == period


@given(days)
def test_every_day_lies_in_exactly_one_month(day: date) -> None:
    period = Period.of(day)
    assert day in period
    assert day not in period.next()
    assert day not in period.previous()


@given(periods)
def test_a_month_holds_its_days_in_order(period: Period) -> None:
    assert len(period.days()) == period.length
    assert all(day in period for day in period.days())
    assert period.days()[0] == period.first
    assert period.days()[-1] == period.last


@given(days, st.integers(-40, 400))
def test_the_months_between_two_days_tile_what_lies_between(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = months_between(first, last)
    if length < 0:
        assert found == []
        return
    assert all(before.end == after.first for before, after in pairwise(found))
    assert first in found[0]
    assert last in found[-1]


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-1", "26-10", "2026-10-01", " 2026-10", "2026-10\n", "٢٠٢٦-10", "0000-01", "9999-12", ""]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a month like 2026-10"):
        Period.parse(text)


def test_february_knows_leap_years() -> None:
    assert Period(2024, 2).length == 29
    assert Period(2100, 2).length == 28
