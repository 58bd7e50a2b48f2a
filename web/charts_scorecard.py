"""Geometry of the scorecard: bullets, what each figure adds, the control chart; numbers in, coordinates out.

Owns: where things stand. Must not know: colours (classes say them), vendors, or how a figure came about. Coordinates
have one decimal.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from web.charts import Axis, Tick

POINTS_AXIS = Axis(0.0, 110.0, 6.0, 326.0)
"""Points of a bullet: 0 the floor, 100 the target, 110 the most."""
POINT_TICKS = (0, 60, 100)
BANDS = (0, 60, 95, 110)
ADDS_WIDTH = 138.0
SMALL = 8.0
"""Ticks of a value axis are at most so many steps."""
LABEL_STEP = 13.0
"""Labels beside the chart stand at least so many pixels apart."""


@dataclass(frozen=True, slots=True)
class Bullet:
    """A figure in points. bar: its width; low, high: ends of its interval, None without one; ring: the raw value."""

    bar: float
    low: float | None
    high: float | None
    ring: float | None
    floor: bool
    """At the floor: a square stands there, since a bar would have no width."""


def bullet(points: float, low: float | None, high: float | None, raw: float | None) -> Bullet:
    """Where a figure's points, their interval and the raw points stand; an interval without width is left out."""
    at = POINTS_AXIS.at
    apart = low is not None and high is not None and at(high) - at(low) >= 1
    ring = None if raw is None or round(raw, 1) == round(points, 1) else at(raw)
    return Bullet(
        bar=round(at(points) - POINTS_AXIS.left, 1),
        low=at(low) if apart and low is not None else None,
        high=at(high) if apart and high is not None else None,
        ring=ring,
        floor=points <= 0,
    )


def bullet_bands() -> list[dict[str, float]]:
    """The fields behind a bullet: under 60, 60 to 95, from 95."""
    ends = [POINTS_AXIS.at(edge) for edge in BANDS]
    return [{"x": left, "width": round(right - left, 1)} for left, right in pairwise(ends)]


@dataclass(frozen=True, slots=True)
class Added:
    """What a figure adds to the score: its bar, the frame of what is missing to 100 points, the mark of 100 points."""

    bar: float
    lost_x: float
    lost: float
    full: float | None
    """Where the mark stands; None where the frame shows it."""


def added(contribution: float, full: float, widest: float) -> Added:
    """The bar of a contribution.

    Args: contribution = points added; full = points added at 100; widest = the largest of both in the table.
    """
    scale = ADDS_WIDTH / widest if widest else 0.0
    bar, whole = round(contribution * scale, 1), round(full * scale, 1)
    return Added(bar, round(1 + bar + 1, 1), round(max(whole - bar - 2, 0), 1), round(1 + whole, 1) if bar >= whole - 1 else None)


@dataclass(frozen=True, slots=True)
class Frame:
    """The sheet of a control chart in one of its two widths."""

    width: float
    height: float
    left: float
    right: float
    """End of the lines; labels stand after it when there is room."""
    top: float
    bottom: float
    inset: float
    every: int
    """Every so many months one has its name."""
    beside: bool
    """Labels stand beside the chart instead of within it."""


WIDE = Frame(960, 344, 40, 850, 48, 312, 18, 1, beside=True)
NARROW = Frame(358, 314, 34, 344, 48, 270, 14, 2, beside=False)


@dataclass(frozen=True, slots=True)
class Word:
    """A text in the chart. kind: class of the text; end: anchor (start, middle, end)."""

    x: float
    y: float
    text: str
    kind: str = ""
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Mark:
    """A month's point. kind: dot, last, old (not compared with the others) or off (outside the limits)."""

    x: float
    y: float
    kind: str
    ring: float | None
    """Height of the value before a restatement; None without one."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A control chart, ready to be printed."""

    frame: Frame
    grid: tuple[Tick, ...]
    """x holds the height of the line."""
    words: tuple[Word, ...]
    limits: tuple[str, ...]
    mean: float | None
    goals: tuple[float, ...]
    must: float | None
    since: float | None
    """Where the newest definition begins; None when all months have it."""
    line: str
    old_line: str
    marks: tuple[Mark, ...]
    events: tuple[Word, ...]


def control_drawing(
    frame: Frame,
    months: Sequence[Mapping[str, Any]],
    mean: float | None,
    levels: Sequence[tuple[str, float, str]],
    events: Sequence[tuple[int, str]],
    write: Callable[[float, int], str],
    least: int,
) -> Drawing:
    """Where everything of a control chart stands.

    Args: months = period name (`name`, `year`), value, low, high, was (all in the unit shown, or None), compared,
    counts, outside; levels = (kind goal or must, height, words); events = (number of the month, its letter); write = a
    number with so many places; least = places of a value, more where the axis has finer steps.
    """
    across = _across(frame, len(months))
    scale, ticks, places = _scale(frame, months, [height for _, height, _ in levels])

    def say(value: float) -> str:
        return write(value, max(places, least))

    first = next((index for index, month in enumerate(months) if month["compared"] or not month["counts"]), 0)
    since = round((across[first - 1] + across[first]) / 2, 1) if first else None
    last = next((month for month in reversed(months) if month["low"] is not None), None)
    reach = [("limit", last[end], f"limit {say(last[end])}") for end in ("high", "low")] if last else []
    middle = [] if mean is None else [("mean", mean, f"mean {say(mean)}")]
    named = [(kind, scale(height), text) for kind, height, text in (*levels, *middle, *reach)]
    return Drawing(
        frame=frame,
        grid=tuple(Tick(scale(value), write(value, places)) for value in ticks),
        words=(*_names(frame, months, across), *_labels(frame, named), *_values(months, across, scale, say)),
        limits=tuple(_steps(frame, months, across, scale, end) for end in ("high", "low")) if last else (),
        mean=None if mean is None else scale(mean),
        goals=tuple(y for kind, y, _ in named if kind == "goal"),
        must=next((y for kind, y, _ in named if kind == "must"), None),
        since=since,
        line=_line(months[first:], across[first:], scale),
        old_line=_line(months[:first], across, scale),
        marks=tuple(
            _mark(month, across[index], scale, index == len(months) - 1) for index, month in enumerate(months) if month["value"] is not None
        ),
        events=tuple(Word(across[index], frame.top - 9, letter, anchor="middle") for index, letter in events),
    )


def _across(frame: Frame, count: int) -> list[float]:
    first, last = frame.left + frame.inset, frame.right - frame.inset
    step = (last - first) / max(count - 1, 1)
    return [round(first + step * index, 1) for index in range(count)]


def _scale(
    frame: Frame, months: Sequence[Mapping[str, Any]], heights: Sequence[float]
) -> tuple[Callable[[float], float], list[float], int]:
    """The axis of values, its lines, and the places that tell them apart."""
    values = [month[key] for month in months for key in ("value", "low", "high", "was") if month[key] is not None] + list(heights)
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if high - low <= abs(high) * 1e-9:
        low, high = low - (abs(low) * 0.05 or 1), high + (abs(high) * 0.05 or 1)
    step = nice_step(high - low)
    bottom, top = step * _floor(low / step), step * -_floor(-high / step)
    axis = Axis(bottom, top, frame.bottom, frame.top)
    return axis.at, [bottom + step * index for index in range(round((top - bottom) / step) + 1)], max(-_floor(math.log10(step)), 0)


def _floor(value: float) -> int:
    """The whole number below, forgiving what is lost in the last digits."""
    return int((value + 1e-9) // 1)


def nice_step(span: float) -> float:
    """A round step that parts a span into at most eight.

    >>> nice_step(6.2), nice_step(0.021), nice_step(70)
    (1.0, 0.005, 10.0)
    """
    size = 10.0 ** _floor(math.log10(span / SMALL))
    return next(round(size * factor, 12) for factor in (1, 2, 5, 10) if size * factor * SMALL >= span)


def _names(frame: Frame, months: Sequence[Mapping[str, Any]], across: Sequence[float]) -> list[Word]:
    """Names of the months below, the year under the first and each January."""
    words = []
    newest = len(months) - 1
    for index, month in enumerate(months):
        if (newest - index) % frame.every == 0:
            words.append(Word(across[index], frame.bottom + 16, month["name"], "tick", "middle"))
        if index == 0 or month["name"] == "Jan":
            words.append(Word(across[index], frame.bottom + 28, month["year"], "tick", "middle"))
    return words


def _labels(frame: Frame, named: Sequence[tuple[str, float, str]]) -> list[Word]:
    """Names of the level lines, moved apart where they would lie on each other."""
    found: list[Word] = []
    last = -LABEL_STEP
    for kind, y, text in sorted(named, key=lambda one: one[1]):
        if frame.beside:
            height = max(y + 4, last + LABEL_STEP)
            found.append(Word(frame.right + 7, round(height, 1), text, f"tick is-{kind}"))
            last = height
        elif kind in ("goal", "must"):
            height = y - 4 if y - 4 >= last + LABEL_STEP else y + 13
            found.append(Word(frame.left + 4, round(height, 1), text, f"tick halo is-{kind}"))
            last = height
    return found


def _values(
    months: Sequence[Mapping[str, Any]], across: Sequence[float], scale: Callable[[float], float], say: Callable[[float], str]
) -> list[Word]:
    """The newest value, those outside the limits, and what a restated one was."""
    found: list[Word] = []
    for index, month in enumerate(months):
        value = month["value"]
        if value is None:
            continue
        below = scale(value) + (21 if not _peak(months, index) else -11)
        if month["outside"] or index == len(months) - 1:
            found.append(Word(across[index], round(below, 1), say(value), "halo is-off" if month["outside"] else "halo strong", "middle"))
        if month["was"] is not None:
            end = index == len(months) - 1
            found.append(
                Word(
                    round(across[index] + (-8 if end else 8), 1),
                    round(scale(month["was"]) + (18 if end else 4), 1),
                    f"was {say(month['was'])}",
                    "tick halo",
                    "end" if end else "start",
                )
            )
    return found


def _peak(months: Sequence[Mapping[str, Any]], index: int) -> bool:
    """Whether a month stands above its neighbours, so that its label has room above."""
    near = [months[place]["value"] for place in (index - 1, index + 1) if 0 <= place < len(months)]
    known = [value for value in near if value is not None]
    return bool(known) and all(months[index]["value"] >= value for value in known)


def _steps(frame: Frame, months: Sequence[Mapping[str, Any]], across: Sequence[float], scale: Callable[[float], float], end: str) -> str:
    """A limit as steps, each month's own height over its own stretch; a month without one breaks it."""
    half = (across[1] - across[0]) / 2 if len(across) > 1 else frame.inset
    path, down = "", False
    for index, month in enumerate(months):
        if month[end] is None:
            down = False
            continue
        y = scale(month[end])
        left, right = round(max(across[index] - half, frame.left), 1), round(min(across[index] + half, frame.right), 1)
        path += f"{'L' if down else 'M'}{left} {y}H{right}"
        down = True
    return path


def _line(months: Sequence[Mapping[str, Any]], across: Sequence[float], scale: Callable[[float], float]) -> str:
    """The line through the months; one without a figure breaks it."""
    path, down = "", False
    for month, x in zip(months, across, strict=False):
        if month["value"] is None:
            down = False
            continue
        path += f"{'L' if down else 'M'}{x} {scale(month['value'])}"
        down = True
    return path


def _mark(month: Mapping[str, Any], x: float, scale: Callable[[float], float], newest: bool) -> Mark:  # noqa: FBT001 - the last one
    kind = "off" if month["outside"] else "old" if not month["compared"] else "last" if newest else "dot"
    return Mark(x, scale(month["value"]), kind, None if month["was"] is None else scale(month["was"]))
