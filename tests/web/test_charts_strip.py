"""Where the marks of small multiples stand."""

from __future__ import annotations

from web.charts_strip import BOTTOM, TOP, bars, strip


def test_a_strip_spans_its_height_and_breaks_at_a_gap() -> None:
    found = strip([1.0, None, 3.0, 2.0], 620.0)
    assert [dot.y for dot in found.dots] == [BOTTOM, TOP, (TOP + BOTTOM) / 2]
    assert found.path.count("M") == 2
    assert (found.lowest, found.highest) == (1.0, 3.0)


def test_ranks_stand_upside_down_with_the_places_that_the_data_allow() -> None:
    found = strip([1, 3], 620.0, ends=[(1, 2), (3, 3)], upside_down=True)
    first, second = found.dots
    assert first.y < second.y
    assert (first.low, second.low) == (first.y, None)


def test_a_ring_shows_the_raw_value_where_it_differs() -> None:
    found = strip([2.0, 2.0], 620.0, rings=[1.0, 2.0])
    assert [dot.ring for dot in found.dots] == [BOTTOM, None]


def test_a_strip_without_figures_is_empty_and_one_that_never_moves_is_level() -> None:
    assert strip([None, None], 620.0).dots == ()
    assert strip([], 620.0).path == ""
    assert {dot.y for dot in strip([0.0, 0.0], 620.0).dots} == {(TOP + BOTTOM) / 2}


def test_bars_begin_at_zero_and_stay_within_the_strip() -> None:
    found = bars([10.0, None, 5.0], 100.0)
    (left, top, _, height), (right, _, width, half) = found.bars
    assert (left >= 0, top, height, half) == (True, TOP, BOTTOM - TOP, (BOTTOM - TOP) / 2)
    assert right + width <= 100.0
    assert bars([0.0, None], 100.0).bars == ()
