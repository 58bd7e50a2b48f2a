"""Waterfall, rates over time, versions: where things stand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.charts_money import LEAST_BAR, WATERFALL_WIDTH, rate_steps, stretch, time_axis, waterfall

MONEY = st.decimals("-99999", "99999", places=2)


@given(st.decimals("0.01", "999999", places=2), st.lists(MONEY, min_size=1, max_size=8))
def test_each_bar_begins_where_the_one_before_ended_and_nothing_leaves_the_picture(start: Decimal, changes: list[Decimal]) -> None:
    found = waterfall(start, changes)
    assert found.bars[0].above == found.first
    assert found.bars[-1].below == found.last
    assert all(one.below == other.above for one, other in pairwise(found.bars))
    for bar in found.bars:
        assert 0 <= bar.x <= WATERFALL_WIDTH
        assert bar.width >= LEAST_BAR
    assert 0 < len(found.ticks) <= 13
    assert all(0 <= tick.x <= WATERFALL_WIDTH for tick in found.ticks)


def test_an_axis_starts_at_zero_when_the_bars_come_near_it_and_only_then_are_totals_bars() -> None:
    near, far = waterfall(Decimal(100), [Decimal(-90)]), waterfall(Decimal(1000), [Decimal(-100)])
    assert (near.zero, near.begins) == (0.0, 0)
    assert far.zero is None
    assert 800 < far.begins < 900
    across = waterfall(Decimal(100), [Decimal(-150)])
    assert across.zero is not None
    assert 0 < across.zero < WATERFALL_WIDTH
    credit = waterfall(Decimal(-100), [Decimal(90)])
    assert credit.zero == WATERFALL_WIDTH


def test_ticks_are_round_numbers() -> None:
    assert [tick.text for tick in waterfall(Decimal("253872.16"), [Decimal("-18477.46")]).ticks] == [
        "235,000",
        "240,000",
        "245,000",
        "250,000",
    ]
    assert [tick.text for tick in waterfall(Decimal("10.00"), [Decimal("-0.03")]).ticks] == [
        "9.970",
        "9.975",
        "9.980",
        "9.985",
        "9.990",
        "9.995",
        "10.000",
    ]


def test_a_rate_is_labelled_where_it_changes_and_where_there_is_room() -> None:
    days = [date(2026, 1, 1), date(2026, 7, 1), date(2026, 7, 2), date(2026, 12, 1), date(2027, 1, 1)]
    axis = time_axis([(days[0], days[-1])], date(2026, 7, 1))
    assert axis is not None
    assert axis.today == pytest.approx(49.6, abs=0.1)
    rates = ["10", "10", "11", "12"]
    parts = [(first, end, Decimal(rate), rate) for (first, end), rate in zip(pairwise(days), rates, strict=True)]
    steps = rate_steps(axis, parts)
    assert [step.label for step in steps] == ["10", "", "11", "12"]
    assert steps[-1].label_x < steps[-1].x
    assert steps[0].y > steps[-1].y
    assert [step.end for step in steps][:2] == [steps[1].x, steps[2].x]
    crowded = rate_steps(axis, [(days[1], days[2], Decimal(1), "1"), (days[2], days[3], Decimal(2), "2")])
    assert [step.label for step in crowded] == ["1", ""]
    assert rate_steps(axis, []) == []


def test_years_and_versions_stand_on_one_axis() -> None:
    assert time_axis([], date(2026, 1, 1)) is None
    axis = time_axis([(date(2025, 11, 1), date(2026, 11, 1)), (date(2026, 11, 1), date(2027, 11, 1))], date(2030, 1, 1))
    assert axis is not None
    assert ([tick.text for tick in axis.ticks], axis.today) == (["2026", "2027"], None)
    assert stretch(axis, date(2026, 11, 1), date(2027, 11, 1)).end == 100.0
    assert stretch(axis, date(2026, 11, 1), date(2026, 11, 2)).width == 0.4
