"""Geometry of the charts about money and terms: waterfall of an invoice, steps of a rate, versions of a contract.

Owns: where things stand. Must not know: colours, invoices, contracts. Amounts come in as decimals and stay exact; only
positions are floats, with one decimal. A waterfall whose axis does not start at zero draws its totals as marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from web.charts import Axis, Tick
from web.filters import number

WATERFALL_WIDTH = 600.0
NICE_STEPS = (1, 2, 5, 10)
MOST_TICKS = 6
FROM_ZERO = 0.5
"""An axis starts at zero when its lowest value is under this share of its highest."""
ROOM = Decimal("0.06")
LEAST_BAR = 1.5
"""Pixels; a difference of a cent is still seen."""
TIME_WIDTH = 100.0
"""Pictures over time are as wide as their cell: places along it are percent."""
STEP_TOP, STEP_BOTTOM = 18.0, 38.0
LABEL_WIDTH = 10.0
"""Percent that a rate's digits need over their step."""


@dataclass(frozen=True, slots=True)
class WaterfallBar:
    """One change: its bar, and the heights' guides to the row above and below."""

    x: float
    width: float
    above: float
    below: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From one total to another. zero: where zero stands, None when the axis does not start there."""

    first: float
    last: float
    bars: tuple[WaterfallBar, ...]
    ticks: tuple[Tick, ...]
    zero: float | None
    begins: Decimal


def waterfall(start: Decimal, changes: Sequence[Decimal]) -> Waterfall:
    """Bars that lead from a total through its changes to what is left.

    >>> found = waterfall(Decimal(1000), [Decimal(-100), Decimal(40)])
    >>> found.begins, [(bar.x, bar.width) for bar in found.bars]
    (Decimal('894'), [(32.1, 535.8), (32.1, 214.3)])
    """
    levels = [start]
    for change in changes:
        levels.append(levels[-1] + change)
    low, high, step = _bounds(min(levels), max(levels))
    axis = Axis(float(low), float(high), 0.0, WATERFALL_WIDTH)
    bars = []
    for before, after in pairwise(levels):
        left, right = sorted((axis.at(float(before)), axis.at(float(after))))
        bars.append(WaterfallBar(left, max(round(right - left, 1), LEAST_BAR), axis.at(float(before)), axis.at(float(after))))
    ticks = []
    value = (low / step).to_integral_value(rounding="ROUND_CEILING") * step
    while value <= high:
        ticks.append(Tick(axis.at(float(value)), number(value, max(0, -step.adjusted()))))
        value += step
    whole = low <= 0 <= high
    return Waterfall(axis.at(float(levels[0])), axis.at(float(levels[-1])), tuple(bars), tuple(ticks), axis.at(0.0) if whole else None, low)


def _bounds(low: Decimal, high: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """Low end, high end and step of the ticks."""
    if 0 <= low <= high * Decimal(str(FROM_ZERO)):
        low = Decimal(0)
    elif high <= 0 and high >= low * Decimal(str(FROM_ZERO)):
        high = Decimal(0)
    room = (high - low) * ROOM or abs(high) * ROOM or Decimal(1)
    step = _step((high - low) or room)
    return (low if low == 0 else _down(low - room, step)), (high if high == 0 else high + room), step


def _down(value: Decimal, step: Decimal) -> Decimal:
    """A round number at or under a value, a tenth of a step apart."""
    part = step / 10
    return (value / part).to_integral_value(rounding="ROUND_FLOOR") * part


def _step(span: Decimal) -> Decimal:
    size = Decimal(1).scaleb((span / MOST_TICKS).adjusted())
    return next(nice * size for nice in NICE_STEPS if span / (nice * size) <= MOST_TICKS)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of something as a bar or step: x and width in percent, y in pixels; label_x: where its words begin."""

    x: float
    width: float
    y: float
    label: str
    label_x: float

    @property
    def end(self) -> float:
        """Where it ends."""
        return round(self.x + self.width, 1)


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """An axis of days that several rows share; places in percent."""

    first: date
    end: date
    ticks: tuple[Tick, ...]
    today: float | None
    """Where the chosen day stands; None when it lies outside."""

    def at(self, day: date) -> float:
        """Where a day stands, held within the axis."""
        return Axis(float(self.first.toordinal()), float(self.end.toordinal()), 0.0, TIME_WIDTH).at(float(day.toordinal()))


def time_axis(spans: Sequence[tuple[date, date]], chosen: date) -> TimeAxis | None:
    """The axis over all spans (first day, end) with a tick at each year's first day; None without spans."""
    if not spans:
        return None
    first, end = min(span[0] for span in spans), max(span[1] for span in spans)
    bare = TimeAxis(first, end, (), None)
    years = [date(year, 1, 1) for year in range(first.year, end.year + 1)]
    ticks = tuple(Tick(bare.at(day), str(day.year)) for day in years if first <= day < end)
    return TimeAxis(first, end, ticks, bare.at(chosen) if first <= chosen < end else None)


def rate_steps(axis: TimeAxis, parts: Sequence[tuple[date, date, Decimal, str]]) -> list[Stretch]:
    """The steps of a rate, each (first day, end, rate, its words), on a scale of its own that need not start at zero.

    Words stand where the rate changes; those that would run into the ones before are left out of the picture.
    """
    rates = [rate for _, _, rate, _ in parts]
    low, high = min(rates, default=Decimal(0)), max(rates, default=Decimal(0))
    scale = Axis(float(low), float(high), STEP_BOTTOM, STEP_TOP)
    found: list[Stretch] = []
    taken, before = -LABEL_WIDTH, None
    for first, end, rate, words in parts:
        x = axis.at(first)
        label_x = min(x, TIME_WIDTH - LABEL_WIDTH)
        free, before = rate != before and label_x >= taken, rate
        taken = label_x + LABEL_WIDTH if free else taken
        found.append(Stretch(x, round(axis.at(end) - x, 1), scale.at(float(rate)), words if free else "", label_x))
    return found


def stretch(axis: TimeAxis, first: date, end: date) -> Stretch:
    """A version of something as a bar."""
    x = axis.at(first)
    return Stretch(x, max(round(axis.at(end) - x, 1), 0.4), 0.0, "", x)
