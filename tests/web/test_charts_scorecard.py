"""Where the marks of the scorecard's drawings stand."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest

from web.charts_scorecard import NARROW, POINTS_AXIS, WIDE, Drawing, added, bullet, bullet_bands, control_drawing, nice_step


def _month(value: float | None, low: float | None = None, high: float | None = None, **more: Any) -> dict[str, Any]:
    shown = {
        "name": "Oct",
        "year": "2026",
        "value": value,
        "low": low,
        "high": high,
        "was": None,
        "compared": True,
        "counts": True,
        "outside": False,
    }
    return {**shown, **more}


def _draw(months: list[dict[str, Any]], *, wide: bool = True, **more: Any) -> Drawing:
    given: dict[str, Any] = {"mean": None, "levels": [], "events": [], "write": lambda v, places: f"{v:.{places}f}", "least": 1, **more}
    return control_drawing(WIDE if wide else NARROW, months, **given)


def test_a_bullet_ends_where_its_points_stand_and_its_interval_lies_under_it() -> None:
    mark = bullet(60.0, 40.0, 90.0, None)
    assert POINTS_AXIS.left + mark.bar == POINTS_AXIS.at(60)
    assert (mark.low, mark.high, mark.ring, mark.floor) == (POINTS_AXIS.at(40), POINTS_AXIS.at(90), None, False)


def test_a_figure_at_its_floor_is_marked_there() -> None:
    assert bullet(0.0, 0.0, 0.0, None).floor


def test_an_interval_without_width_is_left_out_and_so_is_a_raw_value_that_is_the_same() -> None:
    mark = bullet(60.0, 60.0, 60.1, 60.01)
    assert (mark.low, mark.high, mark.ring) == (None, None, None)
    assert bullet(60.0, None, None, 20.0).ring == POINTS_AXIS.at(20)


def test_the_bands_of_a_bullet_fill_its_axis() -> None:
    bands = bullet_bands()
    assert bands[0]["x"] == POINTS_AXIS.left
    assert round(bands[-1]["x"] + bands[-1]["width"], 1) == POINTS_AXIS.right


def test_what_is_missing_is_a_frame_and_what_is_reached_a_mark() -> None:
    short, beyond = added(10.0, 20.0, 22.0), added(22.0, 20.0, 22.0)
    assert short.lost > 0
    assert short.full is None
    assert (beyond.lost, beyond.full) == (0, round(1 + 20 * 138 / 22, 1))
    assert added(0.0, 0.0, 0.0).bar == 0


@pytest.mark.parametrize("span", [1e-7, 0.004, 0.5, 3, 70, 8e6])
def test_steps_are_round_and_at_most_eight(span: float) -> None:
    step = nice_step(span)
    assert span / step <= 8
    assert re.fullmatch(r"[125]e[+-]\d+", f"{step:.0e}")


def test_every_point_stands_within_the_frame_in_both_widths() -> None:
    months = [_month(90.0 + n, 85.0, 99.0) for n in range(13)]
    for wide in (True, False):
        drawing = _draw(months, wide=wide, mean=96.0, levels=[("goal", 98.0, "target 98 %"), ("must", 80.0, "must-meet 80 %")])
        assert all(
            drawing.frame.left <= mark.x <= drawing.frame.right and drawing.frame.top <= mark.y <= drawing.frame.bottom
            for mark in drawing.marks
        )
        assert drawing.must is not None
        assert drawing.frame.top <= drawing.goals[0] < drawing.must <= drawing.frame.bottom
        assert [mark.kind for mark in drawing.marks] == ["dot"] * 12 + ["last"]


def test_a_month_without_a_figure_breaks_line_and_limits() -> None:
    drawing = _draw([_month(1.0, 0.0, 2.0), _month(None), _month(1.5, 0.0, 2.0)])
    assert drawing.line.count("M") == 2
    assert [path.count("M") for path in drawing.limits] == [2, 2]
    assert len(drawing.marks) == 2


def test_older_definitions_stand_apart_and_points_outside_are_squares() -> None:
    drawing = _draw([_month(1.0, compared=False), _month(2.0, 1.0, 2.5), _month(9.0, 1.0, 2.5, outside=True)])
    assert [mark.kind for mark in drawing.marks] == ["old", "dot", "off"]
    assert drawing.since is not None
    assert drawing.marks[0].x < drawing.since < drawing.marks[1].x
    assert drawing.old_line.startswith("M")


def test_a_restated_month_keeps_its_old_ring_with_its_words() -> None:
    drawing = _draw([_month(95.0), _month(96.7, was=95.5), _month(96.0)])
    assert drawing.marks[1].ring is not None
    assert drawing.marks[1].ring > drawing.marks[1].y
    assert "was 95.5" in [word.text for word in drawing.words]


def test_labels_beside_the_chart_do_not_lie_on_each_other() -> None:
    drawing = _draw([_month(97.0, 96.99, 97.01)] * 6, mean=97.0, levels=[("goal", 97.0, "target 97 %")])
    heights = sorted(word.y for word in drawing.words if word.x > drawing.frame.right)
    assert len(heights) == 4
    assert all(after - before >= 12.9 for before, after in pairwise(heights))


def test_events_stand_over_their_months() -> None:
    drawing = _draw([_month(1.0), _month(2.0)], events=[(1, "A")])
    assert [(event.text, event.x) for event in drawing.events] == [("A", drawing.marks[1].x)]


def test_one_month_alone_and_none_at_all_can_be_drawn() -> None:
    assert len(_draw([_month(0.0, 0.0, 0.0)]).marks) == 1
    assert _draw([_month(None)]).marks == ()
    assert _draw([]).line == ""
