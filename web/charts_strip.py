"""Geometry of small multiples: several figures of a vendor or queue over the same months, one strip each.

Owns: where things stand. Must not know: what a figure means, colours. A month without a figure is left out and breaks
the line. Coordinates have one decimal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from web.charts import Axis

HEIGHT = 56.0
TOP, BOTTOM = 7.0, 49.0
SIDE = 10.0
SYMBOL = 12.0
WIDTHS = {"wide": 620.0, "narrow": 326.0}
SPARK_WIDTH = 220.0
"""A strip in a cell of a list."""
BAR_SHARE = 0.56
"""Width of a bar, as a share of a month's stretch."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A month's figure. low, high: ends of its interval; ring: the value before like for like; None without one."""

    x: float
    y: float
    low: float | None
    high: float | None
    ring: float | None


@dataclass(frozen=True, slots=True)
class Strip:
    """A line over months: its path, the dots, and the ends of its axis."""

    width: float
    path: str
    dots: tuple[Dot, ...]
    lowest: float | None
    highest: float | None
    """Values at the bottom and top of the strip; None when there is nothing to draw."""


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars from zero: (x, y, width, height) each, and the highest value."""

    width: float
    bars: tuple[tuple[float, float, float, float], ...]
    highest: float | None


def stations(count: int, width: float) -> list[float]:
    """Where the months stand, the newest last.

    >>> stations(3, 620.0)
    [10.0, 310.0, 610.0]
    """
    step = (width - 2 * SIDE) / max(count - 1, 1)
    return [round(SIDE + step * index, 1) for index in range(count)]


def strip(
    values: Sequence[float | None],
    width: float,
    *,
    ends: Sequence[tuple[float | None, float | None]] = (),
    rings: Sequence[float | None] = (),
    upside_down: bool = False,
) -> Strip:
    """A line with dots. ends: interval per month; rings: raw values; upside_down: the least stands at the top (ranks)."""
    across = stations(len(values), width)
    spans = list(ends) or [(None, None)] * len(values)
    raws = list(rings) or [None] * len(values)
    known = [one for group in (values, raws, *zip(*spans, strict=True)) for one in group if one is not None] if values else []
    if not known:
        return Strip(width, "", (), None, None)
    low, high = min(known), max(known)
    room = 0.0 if high > low else abs(high) * 0.1 or 1.0
    axis = Axis(low - room, high + room, *((TOP, BOTTOM) if upside_down else (BOTTOM, TOP)))
    dots, path, down = [], "", False
    for x, value, (least, most), raw in zip(across, values, spans, raws, strict=True):
        if value is None:
            down = False
            continue
        y = axis.at(value)
        path += f"{'L' if down else 'M'}{x} {y}"
        down = True
        apart = least is not None and most is not None and most > least
        dots.append(
            Dot(
                x,
                y,
                axis.at(least) if apart and least is not None else None,
                axis.at(most) if apart and most is not None else None,
                None if raw is None or axis.at(raw) == y else axis.at(raw),
            )
        )
    return Strip(width, path, tuple(dots), low, high)


def bars(values: Sequence[float | None], width: float) -> Bars:
    """Bars from zero, centred on their months, held within the strip."""
    across = stations(len(values), width)
    highest = max((value for value in values if value is not None), default=None)
    if not highest or highest <= 0:
        return Bars(width, (), None)
    thick = round(min((width - 2 * SIDE) / max(len(values) - 1, 1) * BAR_SHARE, 24.0), 1)
    axis = Axis(0.0, highest, BOTTOM, TOP)
    drawn = []
    for x, value in zip(across, values, strict=True):
        if value:
            left = round(min(max(x - thick / 2, 0), width - thick), 1)
            drawn.append((left, axis.at(value), thick, round(BOTTOM - axis.at(value), 1)))
    return Bars(width, tuple(drawn), highest)
