"""Control charts: mean and limits of a figure over months."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from scorecards.control import Point, control_chart


def _points(values: Sequence[str | None], n: int | None = None, definition: int = 1) -> list[Point]:
    return [Point(None if v is None else Decimal(v), None if n is None else Decimal(n), definition) for v in values]


STEADY = ["0.955", "0.9575", "0.9685", "0.967", "0.971", "0.967", "0.970"]


def test_limits_of_a_share_are_three_standard_errors_of_each_months_n() -> None:
    chart = control_chart([*_points(STEADY[:-1], 1000), Point(Decimal("0.97"), Decimal(4000), 1)], share=True)
    assert chart.rule == "p"
    assert chart.widened == 1
    assert chart.mean is not None
    mean = float(chart.mean)
    low, high = chart.limits[0] or (0, 0)
    wide = (float(high) - float(low)) / 2
    assert abs(wide - 3 * (mean * (1 - mean) / 1000) ** 0.5) < 1e-9
    narrow_low, narrow_high = chart.limits[-1] or (0, 0)
    assert abs((float(narrow_high) - float(narrow_low)) - wide) < 1e-9, "four times the sample, half the width"
    assert abs(mean - (sum(map(float, STEADY[:-1])) * 1000 + 0.97 * 4000) / 10000) < 1e-12


def test_a_month_outside_is_named() -> None:
    chart = control_chart(_points([*STEADY, "0.90"], 1000), share=True)
    assert chart.outside == (*([False] * 7), True)


def test_a_share_that_varies_more_than_its_n_explains_gets_wider_limits() -> None:
    values = ["0.91", "0.94", "0.92", "0.95", "0.91", "0.94"]
    chart = control_chart(_points(values, 3_000_000), share=True)
    assert chart.widened > 50
    assert not any(chart.outside)


def test_limits_of_a_share_end_at_nothing_and_all() -> None:
    chart = control_chart(_points(["0.99", "1.0", "0.98", "1.0", "1.0", "0.99"], 40), share=True)
    assert all(reach is not None and reach[1] == 1 and reach[0] > 0 for reach in chart.limits)
    low = control_chart(_points(["0.01", "0.0", "0.02", "0.0", "0.0", "0.01"], 40), share=True)
    assert all(reach is not None and reach[0] == 0 for reach in low.limits)


def test_a_share_that_never_varies_has_limits_without_width() -> None:
    chart = control_chart(_points(["1.0"] * 6, 40), share=True)
    assert (chart.mean, chart.limits[0], any(chart.outside)) == (1, (1, 1), False)


def test_what_is_no_share_is_judged_from_month_to_month() -> None:
    chart = control_chart(_points(["80", "82", "80", "82", "80", "82"]), share=False)
    assert (chart.rule, chart.mean) == ("individuals", 81)
    low, high = chart.limits[0] or (0, 0)
    assert abs(float(high) - (81 + 3 * 2 / 1.128)) < 1e-9
    assert abs(float(low) - (81 - 3 * 2 / 1.128)) < 1e-9


def test_with_few_months_there_are_no_limits() -> None:
    chart = control_chart(_points(["80"] * 5), share=False)
    assert (chart.rule, chart.mean, chart.limits, chart.outside) == ("", None, (None,) * 5, (False,) * 5)
    assert control_chart([], share=True).limits == ()


def test_a_gap_and_an_older_definition_enter_nothing() -> None:
    old = _points(["10", "11"], definition=1)
    chart = control_chart([*old, *_points(["80", "82", None, "80", "82", "80", "82"], definition=2)], share=False)
    assert chart.compared == (False, False, *([True] * 7))
    assert chart.mean == 81
    assert chart.limits[0] is None
    assert chart.limits[4] is None


def test_a_share_without_its_n_enters_nothing() -> None:
    points = [*_points(STEADY, 1000), Point(Decimal("0.5"), None, 1), Point(Decimal("0.5"), Decimal(0), 1)]
    chart = control_chart(points, share=True)
    assert chart.limits[-2:] == (None, None)
    assert chart.outside[-2:] == (False, False)


def test_a_month_with_too_little_behind_it_is_shown_and_enters_nothing() -> None:
    thin = Point(Decimal(0), None, 1, counts=False)
    chart = control_chart([*_points(["80", "82"]), thin, *_points(["80", "82", "80", "82"]), thin], share=False)
    assert chart.mean == 81
    assert (chart.compared[2], chart.limits[2], chart.outside[2]) == (False, None, False)
    assert (chart.compared[-1], chart.outside[-1]) == (False, False)
