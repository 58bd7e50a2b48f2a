"""Where the marks of the charts stand."""

from __future__ import annotations

import re
from pathlib import Path

from web import charts

CSS = Path(charts.__file__).parent / "static" / "scoreline.css"


def test_the_lines_behind_the_rows_are_those_of_the_score_axis() -> None:
    rule = re.search(r"\.ranking td\.picture \{(.*?)\}", CSS.read_text(encoding="utf-8"), re.DOTALL)
    assert rule is not None
    lines = {int(found) for found in re.findall(r"var\(--rule(?:-strong)?\) (\d+)px", rule[1])}
    drawn = {int(charts.SCORE_AXIS.at(score)) for score in (60, 80, 95, 100)}
    assert lines == drawn
    assert f"var(--on-target-wash) {int(charts.SCORE_AXIS.at(100)) + 1}px {int(charts.SCORE_AXIS.at(110))}px" in rule[1]


def test_a_score_off_the_axis_is_at_its_edge_with_an_arrow() -> None:
    mark = charts.score_mark(12.0, 8.0, 20.0, None, soft=False)
    assert (mark.dot, mark.edge) == (charts.SCORE_LEFT, "left")


def test_a_raw_score_that_is_the_same_says_so_and_draws_no_ring() -> None:
    mark = charts.score_mark(84.04, 80.0, 88.0, 84.0, soft=False)
    assert (mark.ring, mark.label) == (None, "raw the same")


def test_the_shift_runs_from_the_ring_to_the_dot() -> None:
    mark = charts.score_mark(97.0, 91.3, 100.7, 80.5, soft=False)
    assert mark.ring is not None
    assert mark.shift_from is not None
    assert mark.shift_to is not None
    assert mark.ring < mark.shift_from < mark.shift_to < mark.dot


def test_a_short_shift_is_a_bend_and_no_arrow() -> None:
    mark = charts.score_mark(84.0, 80.0, 88.0, 85.0, soft=True)
    assert (mark.shift_from, mark.soft) == (None, True)
    assert mark.ring is not None
    assert not mark.label_end


def test_a_label_never_leaves_the_picture() -> None:
    for score, raw in ((41.0, 40.5), (109.0, 109.9), (60.0, 44.0), (90.0, 108.0)):
        mark = charts.score_mark(score, None, None, raw, soft=False)
        left = mark.label_x - charts.LABEL_ROOM + 8 if mark.label_end else mark.label_x
        assert left >= 0
        assert left + charts.LABEL_ROOM - 8 <= charts.SCORE_WIDTH


def test_a_score_without_a_raw_one_has_no_label() -> None:
    assert charts.score_mark(84.0, None, None, None, soft=False).label == ""


def test_one_axis_serves_a_column_even_when_all_are_alike() -> None:
    assert charts.shared_axis([]) is None
    axis = charts.shared_axis([0.0])
    assert axis is not None
    assert axis.at(0.0) == 70.0
    wide = charts.shared_axis([0.05, 0.10])
    assert wide is not None
    assert charts.MICRO_LEFT < wide.at(0.05) < wide.at(0.10) < charts.MICRO_RIGHT


def test_an_interval_past_the_edge_has_an_arrow() -> None:
    axis = charts.Axis(0.9, 1.0, charts.MICRO_LEFT, charts.MICRO_RIGHT)
    mark = charts.micro(axis, 0.95, low=0.8, high=0.99, target=0.98, must=0.94, hollow=True)
    assert (mark.edge, mark.low, mark.hollow) == ("left", charts.MICRO_LEFT, True)


def test_a_month_without_a_score_breaks_the_line() -> None:
    line = charts.spark([90.0, None, 80.0, 85.0])
    assert line.path.count("M") == 2
    assert line.last_x == charts.SPARK_RIGHT
    assert charts.spark([90.0, None]).last_x is None
    assert charts.spark([None]).path == ""


def test_a_pillar_is_as_wide_as_its_weight_and_as_high_as_its_points() -> None:
    full, low, lost = charts.pillars(
        [
            {"letter": "Q", "weight": 0.6, "covered": 0.6, "points": 110.0},
            {"letter": "C", "weight": 0.2, "covered": 0.2, "points": 40.0},
            {"letter": "S", "weight": 0.2, "covered": 0.0, "points": None},
        ]
    )
    assert abs(full.width - 3 * low.width) < 0.2
    assert (full.height, full.lost_width) == (charts.PILLAR_HEIGHT, 0.0)
    assert (low.low, bool(low.stripes)) == (True, True)
    assert (lost.width, lost.height) == (0.0, 0.0)
    assert lost.lost_width > 20


def test_weight_without_a_figure_is_an_empty_frame_beside_the_rest() -> None:
    [half] = charts.pillars([{"letter": "Q", "weight": 0.4, "covered": 0.1, "points": 100.0}])
    assert half.width < half.lost_width
    assert half.lost_x > half.width
    drawings = (CSS.parent.parent / "templates" / "drawings.html").read_text(encoding="utf-8")
    assert f'y="{charts.LOST_TOP}" width="{{{{ bar.lost_width }}}}" height="{charts.LOST_HEIGHT}"' in drawings


def test_zero_points_are_a_figure_and_leave_a_line() -> None:
    assert charts.pillars([{"letter": "Q", "weight": 1.0, "covered": 1.0, "points": 0.0}])[0].height == 1.0
    assert charts.pillars([{"letter": "Q", "weight": 0.0, "covered": 0.0, "points": None}])[0].width == 0.0


def test_the_axis_names_its_ratings() -> None:
    assert [tick.text for tick in charts.rating_words()] == ["inadequate", "requires improvement", "good"]
    assert [tick.text for tick in charts.score_ticks()] == ["40", "60", "80", "95", "100", "110"]


def test_a_raw_value_past_the_axis_is_an_arrow() -> None:
    axis = charts.Axis(0.05, 0.2, charts.MICRO_LEFT, charts.MICRO_RIGHT)
    assert charts.micro(axis, 0.1, raw=1.6).ring_edge == "right"
    assert charts.micro(axis, 0.1, raw=0.15).ring_edge == ""


def test_a_label_that_had_to_go_to_the_arrows_side_stands_lower() -> None:
    assert charts.score_mark(85.6, 80.2, 86.7, 51.8, soft=False).label_y == charts.LABEL_BELOW
    assert charts.score_mark(97.0, 91.3, 100.7, 80.5, soft=False).label_y == charts.LABEL_BESIDE
