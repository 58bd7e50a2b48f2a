"""Control charts of a figure over months: which of its movements are more than its own common variation.

Owns: mean and limits. Must not know: which figure it is, targets, drawing. Only months of the newest definition are
compared; a month without a figure breaks the line and enters nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from kernel.money import EXACT

FEWEST_MONTHS = 6
"""With fewer months there are no limits: they would say more about chance than about the work."""
ERRORS = Decimal(3)
"""Limits stand so many standard errors from the mean."""
MEAN_RANGE = Decimal("1.128")
"""Expected range of two draws of a normal distribution of standard deviation 1 (d2)."""
ZERO, ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True, slots=True)
class Point:
    """One month. value: None without a figure. n: what a share rests on, None for what is no share.

    definition: months are compared only with those of the same one. counts: False for a month that is shown and enters
    nothing, because too little stands behind it.
    """

    value: Decimal | None
    n: Decimal | None
    definition: int
    counts: bool = True


@dataclass(frozen=True, slots=True)
class ControlChart:
    """Mean and limits. rule: p (shares, by each month's n), individuals (month to month), '' when months are too few.

    widened: how many times wider than its n explains a share varies; 1 = as the p-chart has it. compared, limits and
    outside stand per month, in order; limits None where the month is not compared or has no figure.
    """

    rule: str
    mean: Decimal | None
    widened: Decimal
    compared: tuple[bool, ...]
    limits: tuple[tuple[Decimal, Decimal] | None, ...]
    outside: tuple[bool, ...]


def control_chart(points: Sequence[Point], *, share: bool) -> ControlChart:
    """Mean and limits of a figure over months, the newest last.

    share: a proportion of counted units, whose limits follow each month's n (p-chart), widened where months differ
    more than their n explains; anything else by the mean moving range (individuals chart).

    Source: Shewhart 1931; Montgomery, Introduction to Statistical Quality Control, ch. 6 and 7; Laney 2002 (p').
    """
    newest = points[-1].definition if points else 0
    compared = tuple(point.definition == newest and point.counts for point in points)
    used = [point for point, fits in zip(points, compared, strict=True) if fits and point.value is not None and _carries(point, share)]
    if len(used) < FEWEST_MONTHS:
        return ControlChart("", None, ONE, compared, (None,) * len(points), (False,) * len(points))
    rule, mean, widened, wide = _shares(used) if share else _individuals(used)
    limits = tuple(
        _limits(mean, wide, point) if fits and point.value is not None and _carries(point, share) else None
        for point, fits in zip(points, compared, strict=True)
    )
    outside = tuple(
        reach is not None and point.value is not None and not reach[0] <= point.value <= reach[1]
        for point, reach in zip(points, limits, strict=True)
    )
    return ControlChart(rule, mean, widened, compared, limits, outside)


def _carries(point: Point, share: bool) -> bool:  # noqa: FBT001 - which of the two charts it is
    return not share or bool(point.n)


def _individuals(used: Sequence[Point]) -> tuple[str, Decimal, Decimal, Decimal]:
    values = [point.value or ZERO for point in used]
    mean = EXACT.divide(sum(values, ZERO), Decimal(len(values)))
    return "individuals", mean, ONE, EXACT.multiply(ERRORS, _spread(values))


def _shares(used: Sequence[Point]) -> tuple[str, Decimal, Decimal, Decimal]:
    weight = sum((point.n or ZERO for point in used), ZERO)
    total = ZERO
    for point in used:
        total = EXACT.add(total, EXACT.multiply(point.value or ZERO, point.n or ZERO))
    mean = EXACT.divide(total, weight)
    unit = EXACT.sqrt(max(EXACT.multiply(mean, ONE - mean), ZERO))
    widened = ONE
    if unit:
        scores = [EXACT.divide(EXACT.multiply((point.value or ZERO) - mean, EXACT.sqrt(point.n or ZERO)), unit) for point in used]
        widened = max(ONE, _spread(scores))
    return "p", mean, widened, EXACT.multiply(ERRORS, EXACT.multiply(unit, widened))


def _spread(values: Sequence[Decimal]) -> Decimal:
    """Standard deviation from month to month: the mean moving range over its expectation."""
    moves = [abs(after - before) for before, after in pairwise(values)]
    return EXACT.divide(EXACT.divide(sum(moves, ZERO), Decimal(len(moves))), MEAN_RANGE)


def _limits(mean: Decimal, wide: Decimal, point: Point) -> tuple[Decimal, Decimal]:
    if point.n is None:
        return EXACT.subtract(mean, wide), EXACT.add(mean, wide)
    reach = EXACT.divide(wide, EXACT.sqrt(point.n))
    return max(EXACT.subtract(mean, reach), ZERO), min(EXACT.add(mean, reach), ONE)
