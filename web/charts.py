"""Geometry of the charts: numbers in, coordinates out; the macros of the templates print them.

Owns: where things stand. Must not know: colours (classes say them), vendors, or how a figure came about. A figure
outside an axis is drawn at its edge with an arrow, never left out silently. Coordinates have one decimal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SCORE_WIDTH = 320
SCORE_LOW, SCORE_HIGH = 40.0, 110.0
SCORE_LEFT, SCORE_RIGHT = 12.0, 308.0
SCORE_TICKS = (40, 60, 80, 95, 100, 110)
"""The score axis; the style sheet draws the same lines behind the rows (a test holds the two together)."""
RATING_ZONES = (("inadequate", 40, 60), ("requires improvement", 60, 95), ("good", 100, 110))
LABEL_BESIDE, LABEL_BELOW = 49.0, 61.0
LABEL_ROOM = 78.0
"""Pixels that the words `raw 54.1` need beside their ring."""
MICRO_WIDTH = 140
MICRO_LEFT, MICRO_RIGHT = 6.0, 134.0
SPARK_LEFT, SPARK_RIGHT = 4.0, 104.0
SPARK_TOP, SPARK_BOTTOM = 4.0, 32.0
SPARK_SCORES = (40.0, 110.0)
PILLAR_WIDTH = 150.0
PILLAR_GAP = 3.0
PILLAR_BASE = 36.0
PILLAR_HEIGHT = 30.0
MOST_POINTS = 110.0
LOW_POINTS = 60.0
"""Under so many points a bar is striped."""
STRIPE = 4.0


@dataclass(frozen=True, slots=True)
class Axis:
    """A straight axis: the values low..high stand at left..right."""

    low: float
    high: float
    left: float
    right: float

    def at(self, value: float) -> float:
        """Where a value stands, held within the axis.

        >>> Axis(40, 110, 12, 308).at(75), Axis(40, 110, 12, 308).at(20)
        (160.0, 12.0)
        """
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return round(self.left + min(max(share, 0.0), 1.0) * (self.right - self.left), 1)

    def beyond(self, value: float) -> str:
        """Past which edge a value lies: 'left', 'right' or ''."""
        return "left" if value < self.low else "right" if value > self.high else ""


SCORE_AXIS = Axis(SCORE_LOW, SCORE_HIGH, SCORE_LEFT, SCORE_RIGHT)


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of an axis and its words."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class ScoreMark:
    """Dot, whisker and the ring of the raw score in one row of the ranking."""

    dot: float
    low: float
    high: float
    soft: bool
    """The month is provisional: the whisker is dashed."""
    edge: str
    """Past which edge the score lies: 'left', 'right' or ''."""
    ring: float | None
    """None where raw and like-for-like score are the same to one decimal, or unknown."""
    same: bool
    label: str
    label_x: float
    label_end: bool
    """The label ends at label_x instead of beginning there."""
    label_y: float
    """Lower where the label had to go to the side of the arrow."""
    shift_from: float | None
    shift_to: float | None
    """Ends of the line from ring to dot; None where they stand too close for one."""


def score_ticks() -> list[Tick]:
    """The score axis."""
    return [Tick(SCORE_AXIS.at(value), str(value)) for value in SCORE_TICKS]


def rating_words() -> list[Tick]:
    """The words of the ratings over the axis, in the middle of their stretch."""
    return [Tick(round((SCORE_AXIS.at(low) + SCORE_AXIS.at(high)) / 2, 1), name) for name, low, high in RATING_ZONES]


def score_mark(score: float, low: float | None, high: float | None, raw: float | None, *, soft: bool) -> ScoreMark:
    """Where a score, its interval and the raw score stand."""
    dot = SCORE_AXIS.at(score)
    known_low = SCORE_AXIS.at(score if low is None else low)
    known_high = SCORE_AXIS.at(score if high is None else high)
    same = raw is not None and round(raw, 1) == round(score, 1)
    ring = SCORE_AXIS.at(raw) if raw is not None and not same else None
    anchor = dot if ring is None else ring
    # the label stands on the side away from the dot, unless it would leave the picture
    end = ring is None or ring <= dot
    if end and anchor - LABEL_ROOM < 0:
        end = False
    if not end and anchor + LABEL_ROOM > SCORE_WIDTH:
        end = True
    label = "" if raw is None else "raw the same" if same else f"raw {raw:.1f}"
    crossed = ring is not None and end == (dot < ring)
    shift_from = shift_to = None
    if ring is not None and abs(ring - dot) > 16:  # noqa: PLR2004 - ring, gap and arrow head need so many pixels
        way = 1 if dot > ring else -1
        shift_from, shift_to = round(ring + 4 * way, 1), round(dot - 6 * way, 1)
    return ScoreMark(
        dot=dot,
        low=known_low,
        high=known_high,
        soft=soft,
        edge=SCORE_AXIS.beyond(score),
        ring=ring,
        same=same,
        label=label,
        label_x=round(anchor + (-8 if end else 8), 1),
        label_end=end,
        label_y=LABEL_BELOW if crossed else LABEL_BESIDE,
        shift_from=shift_from,
        shift_to=shift_to,
    )


@dataclass(frozen=True, slots=True)
class Micro:
    """A small picture in a table cell, on an axis that all rows share."""

    dot: float | None
    ring: float | None
    low: float | None
    high: float | None
    target: float | None
    must: float | None
    edge: str
    ring_edge: str
    """Past which edge the raw value lies: 'left', 'right' or ''."""
    hollow: bool
    """The figure informs but does not count: too few behind it."""


def shared_axis(values: Sequence[float]) -> Axis | None:
    """One axis for a column, with room at both ends; None when there is nothing to draw."""
    if not values:
        return None
    low, high = min(values), max(values)
    room = (high - low) * 0.06 or abs(high) * 0.06 or 1.0
    return Axis(low - room, high + room, MICRO_LEFT, MICRO_RIGHT)


def micro(
    axis: Axis,
    value: float,
    *,
    raw: float | None = None,
    low: float | None = None,
    high: float | None = None,
    target: float | None = None,
    must: float | None = None,
    hollow: bool = False,
) -> Micro:
    """A figure with its company on a column's axis."""
    return Micro(
        dot=axis.at(value),
        ring=None if raw is None else axis.at(raw),
        low=None if low is None else axis.at(low),
        high=None if high is None else axis.at(high),
        target=None if target is None else axis.at(target),
        must=None if must is None else axis.at(must),
        edge="" if low is None else axis.beyond(low),
        ring_edge="" if raw is None else axis.beyond(raw),
        hollow=hollow,
    )


@dataclass(frozen=True, slots=True)
class Spark:
    """A line over months; a month without a figure breaks it."""

    path: str
    last_x: float | None
    last_y: float | None
    lines: tuple[float, float]
    """Heights of the lines of 95 and 60."""


def spark(scores: Sequence[float | None]) -> Spark:
    """The line of a vendor's scores over the months."""
    axis = Axis(SPARK_SCORES[0], SPARK_SCORES[1], SPARK_BOTTOM, SPARK_TOP)
    step = (SPARK_RIGHT - SPARK_LEFT) / max(len(scores) - 1, 1)
    path: list[str] = []
    pen_down = False
    last: tuple[float, float] | None = None
    for index, value in enumerate(scores):
        if value is None:
            pen_down = False
            continue
        x, y = round(SPARK_LEFT + index * step, 1), axis.at(value)
        path.append(f"{'L' if pen_down else 'M'}{x} {y}")
        pen_down = True
        last = (x, y) if index == len(scores) - 1 else last
    return Spark("".join(path), last[0] if last else None, last[1] if last else None, (axis.at(95), axis.at(LOW_POINTS)))


@dataclass(frozen=True, slots=True)
class Bar:
    """A pillar of the score: width is the weight that has points, height is points, so its area is what it contributes."""

    x: float
    y: float
    width: float
    height: float
    low: bool
    stripes: tuple[float, ...]
    lost_x: float
    lost_width: float
    """Where the weight without a figure stands, and how wide it is; 0 when all of it has one."""
    middle: float
    letter: str


LOST_TOP = round(PILLAR_BASE - 100 / MOST_POINTS * PILLAR_HEIGHT, 1)
LOST_HEIGHT = round(PILLAR_BASE - LOST_TOP, 1)
"""Weight without a figure is an empty frame as high as 100 points."""


def pillars(parts: Sequence[Mapping[str, Any]]) -> list[Bar]:
    """Bars of the pillars: each part has letter, weight, covered (weight with points) and points (None for none)."""
    total = float(sum(part["weight"] for part in parts))
    room = PILLAR_WIDTH - PILLAR_GAP * len(parts)
    bars: list[Bar] = []
    x = 0.0
    for part in parts:
        whole = room * float(part["weight"]) / total if total else 0.0
        told = whole * float(part["covered"]) / float(part["weight"]) if part["weight"] else 0.0
        points = part["points"]
        height = 0.0 if points is None else round(max(float(points) / MOST_POINTS * PILLAR_HEIGHT, 1.0), 1)  # 0 points is a figure
        low = points is not None and float(points) < LOW_POINTS
        y = round(PILLAR_BASE - height, 1)
        bars.append(
            Bar(
                x=round(x, 1),
                y=y,
                width=round(told, 1),
                height=height,
                low=low,
                stripes=tuple(round(y + 3 + STRIPE * n, 1) for n in range(int(max(height - 2, 0) // STRIPE))) if low else (),
                lost_x=round(x + told + 0.5, 1),
                lost_width=round(max(whole - told - 1, 0), 1),
                middle=round(x + whole / 2, 1),
                letter=part["letter"],
            )
        )
        x += whole + PILLAR_GAP
    return bars
