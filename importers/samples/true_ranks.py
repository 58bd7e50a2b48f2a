"""Who truly ranks where, from the planted counts alone.

Owns: values, points, scores, doubt and order of a month, written from figures.md sections 1 to 3 and 7. Must not
know: the product's own scoring; that both agree is what the truth is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from importers.samples.agreements import DUE_BUSINESS_DAY, EXPECTED, nth_weekday_after
from importers.samples.bills import Bill
from importers.samples.intervals import DIGITS, Estimate, Part, digits, paired_difference, plain_share, stratified
from importers.samples.network import Network, vendor_of
from importers.samples.performance_files import kite_met
from importers.samples.true_costs import Costs, month_costs
from importers.samples.written import (
    Month,
    audits_by_stratum,
    decisions_by_stratum,
    overlap_of,
    own_decisions,
    platform_decisions,
    staffing_share,
)

SHARES: dict[str, tuple[Fraction, Fraction, Fraction]] = {
    "critical_accuracy": (Fraction(20, 100), Fraction(94, 100), Fraction(98, 100)),
    "accuracy": (Fraction(15, 100), Fraction(90, 100), Fraction(95, 100)),
    "in_sla_share": (Fraction(20, 100), Fraction(90, 100), Fraction(95, 100)),
    "cost_per_decision": (Fraction(20, 100), Fraction(125, 100), Fraction(1)),
    "staffing_share": (Fraction(10, 100), Fraction(90, 100), Fraction(98, 100)),
    "qa_gap": (Fraction(5, 100), Fraction(5, 100), Fraction(2, 100)),
    "count_discrepancy": (Fraction(5, 100), Fraction(3, 100), Fraction(5, 1000)),
    "data_timeliness": (Fraction(5, 100), Fraction(80, 100), Fraction(1)),
}
"""Metric: weight, floor, target. Those of cost stand for multiples of the network's level."""
MUST_MEET = Fraction(94, 100)
JUDGED_FROM, SCORED_FROM = 30, 100
RATED_FROM = Fraction(80, 100)
MOST_POINTS = 110
RATINGS = ((100, "good"), (95, "approaching_target"), (60, "requires_improvement"))
AUDITED = ("critical_accuracy", "accuracy")


@dataclass
class Standing:
    """A vendor's month.

    values: of metrics that carry points or are shown; sizes: their n where it decides; down, up: distances of the
    score to its ends.
    """

    vendor: str
    values: dict[str, Estimate] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    points: dict[str, Decimal] = field(default_factory=dict)
    score: Decimal = Decimal(0)
    down: Decimal = Decimal(0)
    up: Decimal = Decimal(0)
    rated: bool = False
    capped: bool = False
    proven: bool = False
    rank: int | None = None
    tied_with: list[str] = field(default_factory=list)

    @property
    def rating(self) -> str | None:
        """The month's rating in words; None when not rated."""
        if not self.rated:
            return None
        if self.capped:
            return "inadequate"
        return next((word for least, word in RATINGS if self.score >= least), "inadequate")


def standings(network: Network, month: Month, bills: Sequence[Bill], *, first_months: set[str]) -> dict[str, Standing]:
    """All vendors' standing in a month. first_months: vendors whose first month of activity it is."""
    costs = month_costs(network, month, bills)
    found = {vendor: _standing(network, month, costs, vendor) for vendor in costs.total}
    for standing in found.values():
        _score(standing)
        judged = standing.sizes["critical_accuracy"] >= JUDGED_FROM
        coverage = sum((SHARES[metric][0] for metric in standing.points), Fraction(0))
        standing.rated = judged and coverage >= RATED_FROM and standing.vendor not in first_months
        critical = standing.values["critical_accuracy"]
        standing.capped = judged and critical.value < MUST_MEET
        standing.proven = judged and critical.high < digits(MUST_MEET)
    _order(found, costs)
    return found


def _exactly(value: Fraction) -> Estimate:
    return Estimate(value, digits(value), digits(value))


def _standing(network: Network, month: Month, costs: Costs, vendor: str) -> Standing:
    standing = Standing(vendor)
    values = standing.values
    _audited(network, month, standing)
    values["cost_per_decision"] = _exactly(costs.like_for_like(vendor) / costs.level())
    values["in_sla_share"] = _in_time(month, vendor, standing)
    share = staffing_share(network, month, vendor)
    if share is not None:
        values["staffing_share"] = _exactly(share)
    overlap = overlap_of(month, vendor)
    if overlap is not None:
        values["qa_gap"] = paired_difference(overlap)
        standing.sizes["qa_gap"] = overlap.items
    if (vendor, "performance") in month.arrived:
        teams = month.teams(vendor)
        values["count_discrepancy"] = _exactly(Fraction(own_decisions(teams), platform_decisions(teams)) - 1)
    kinds = EXPECTED.get(vendor, ())
    if kinds:
        due = nth_weekday_after(month.period.end, DUE_BUSINESS_DAY)
        on_time = sum((vendor, kind) in month.arrived and month.arrived[vendor, kind] <= due for kind in kinds)
        values["data_timeliness"] = _exactly(Fraction(on_time, len(kinds)))
    for metric, value in values.items():
        if standing.states.get(metric) != "small_sample":
            standing.points[metric] = points(metric, digits(value.value))
    return standing


def _audited(network: Network, month: Month, standing: Standing) -> None:
    volumes = decisions_by_stratum(network, month, standing.vendor)
    audits = audits_by_stratum(network, month, standing.vendor)
    for place, metric in ((2, "critical_accuracy"), (1, "accuracy")):
        parts = [Part(volumes[stratum], counts[0], counts[place]) for stratum, counts in sorted(audits.items())]
        standing.values[metric] = stratified(parts)
        standing.sizes[metric] = sum(part.audits for part in parts)
        if standing.sizes[metric] < SCORED_FROM:
            standing.states[metric] = "small_sample"


def _in_time(month: Month, vendor: str, standing: Standing) -> Estimate:
    """From the platform; Kite's from its own file, and its floor where that never came."""
    if not vendor_of(vendor).no_deadlines:
        due = sum(day.due for team in month.teams(vendor) for day in team.days)
        met = sum(day.met for team in month.teams(vendor) for day in team.days)
    elif (vendor, "performance") in month.arrived:
        due, met = own_deadlines(month)
    else:
        standing.states["in_sla_share"] = "not_sent"
        return _exactly(SHARES["in_sla_share"][1])
    standing.sizes["in_sla_share"] = due
    return plain_share(met, due)


def own_deadlines(month: Month) -> tuple[int, int]:
    """Kite's items due and in time, as its file counts them."""
    cells = [
        (person.decisions, kite_met(person.decisions, day)) for team in month.teams("KITE") for day in team.days for person in day.people
    ]
    return sum(due for due, _ in cells), sum(met for _, met in cells)


def points(metric: str, value: Decimal) -> Decimal:
    """Points of a value, 0 to 110.

    >>> int(points("accuracy", Decimal("0.925"))), int(points("qa_gap", Decimal("-0.05")))
    (50, 0)
    """
    _, floor, target = SHARES[metric]
    shown = abs(value) if metric in {"qa_gap", "count_discrepancy"} else value
    reach = DIGITS.divide(DIGITS.subtract(shown, digits(floor)), digits(target - floor))
    return min(max(DIGITS.multiply(reach, 100), Decimal(0)), Decimal(MOST_POINTS)) + 0


def _score(standing: Standing) -> None:
    weights = {metric: digits(SHARES[metric][0]) for metric in standing.points}
    whole = sum(weights.values(), Decimal(0))
    standing.score = DIGITS.divide(sum((DIGITS.multiply(weights[m], p) for m, p in standing.points.items()), Decimal(0)), whole)
    for side in ("down", "up"):
        audited = Decimal(0)
        squares = Decimal(0)
        for metric, at_value in standing.points.items():
            ends = _end_points(metric, standing.values[metric])
            far = DIGITS.subtract(at_value, min(ends)) if side == "down" else DIGITS.subtract(max(ends), at_value)
            distance = DIGITS.divide(DIGITS.multiply(far, weights[metric]), whole)
            if metric in AUDITED:
                audited = DIGITS.add(audited, distance)
            else:
                squares = DIGITS.add(squares, DIGITS.multiply(distance, distance))
        setattr(standing, side, DIGITS.sqrt(DIGITS.add(squares, DIGITS.multiply(audited, audited))))


def _end_points(metric: str, value: Estimate) -> list[Decimal]:
    reached = [points(metric, value.low), points(metric, value.high)]
    if metric == "qa_gap" and value.low < 0 < value.high:
        reached.append(points(metric, Decimal(0)))
    return reached


def _beats(one: Standing, other: Standing) -> bool:
    """Whether one's score is above the other's beyond doubt (MOVER)."""
    apart = DIGITS.subtract(one.score, other.score)
    doubt = DIGITS.sqrt(DIGITS.add(DIGITS.multiply(one.down, one.down), DIGITS.multiply(other.up, other.up)))
    return apart > doubt


def better(one: Standing, other: Standing) -> bool:
    """Whether one is better than the other beyond doubt, must-meet limits included."""
    if one.capped and not other.capped:
        return False
    if other.capped and not one.capped and other.proven:
        return True
    return _beats(one, other)


def _order(found: dict[str, Standing], costs: Costs) -> None:
    rated = [standing for standing in found.values() if standing.rated]
    rated.sort(key=lambda s: (s.capped, -s.score, -s.values["critical_accuracy"].value, costs.like_for_like(s.vendor), s.vendor))
    for rank, standing in enumerate(rated, 1):
        standing.rank = rank
        standing.tied_with = [
            other.vendor for other in rated if other is not standing and not better(standing, other) and not better(other, standing)
        ]
