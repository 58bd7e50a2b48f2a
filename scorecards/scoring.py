"""Points, score, coverage, must-meet limits and rating of one vendor.

Owns: the arithmetic from figures and template to a score with its ends. Must not know: other vendors' scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from kernel.money import EXACT
from scorecards.metrics import GATE_SAMPLE, METRICS, SCORE_SAMPLE, Figure
from scorecards.stats import ZERO, as_decimal, exact_sum, sum_of_ratios
from scorecards.template import RATINGS, Target

MOST_POINTS = Fraction(110)
RATED_COVERAGE = Fraction(4, 5)
"""Share of the weight that must carry points before a month is rated."""
COST_FLOOR = Fraction(5, 4)
"""Floor of cost in units of the network's level C*."""
SHARED_AUDITS = ("accuracy", "critical_accuracy")
"""Metrics that rest on the same audits, so that their errors do not cancel."""
CARRIES = ("not_sent", "estimated", "scored")
VALUED = ("small_sample", "estimated", "scored")
RATING_FROM = (0, 60, 95, 100)
"""Score from which each of the RATINGS holds, worst first."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A target with the month's floor and target as fractions; metrics outside the template weigh 0."""

    metric: str
    weight: Fraction
    direction: str
    floor: Fraction | None
    target: Fraction | None
    gate_floor: Fraction | None
    gate: str

    def slope(self) -> Fraction | None:
        """Points per unit of the metric, negative where lower is better; None when the metric cannot score."""
        if self.floor is None or self.target is None or self.floor == self.target:
            return None
        return 100 / (self.target - self.floor)

    @property
    def min_sample(self) -> int | None:
        """Sample from which it scores; None where its base is no sample."""
        return SCORE_SAMPLE if METRICS[self.metric].sampled else None

    @property
    def gate_min_sample(self) -> int:
        """Sample from which its gate is judged."""
        return GATE_SAMPLE


@dataclass(frozen=True, slots=True)
class Scored:
    """One figure of one vendor under its rule.

    points: 0..110, None when it carries none; down, up: how far its ends reach below and above, in points.
    """

    figure: Figure
    rule: Rule
    state: str
    points: Fraction | None
    down: Fraction
    up: Fraction


@dataclass(frozen=True, slots=True)
class Breach:
    """A must-meet limit that was not met. proven: the whole interval lies beyond it."""

    metric: str
    proven: bool


@dataclass(frozen=True, slots=True)
class VendorScore:
    """A vendor's month scored.

    score: 0..110, None when nothing carries points; down_squared, up_squared: squared distances of its ends.
    coverage: share of the weight that carries points. unrated: why it has no rating, '' when rated; rating: None
    then. breaches: gates that cap the rating.
    """

    vendor: str
    metrics: Mapping[str, Scored]
    score: Fraction | None
    down_squared: Decimal
    up_squared: Decimal
    coverage: Fraction
    unrated: str
    rating: str | None
    breaches: tuple[Breach, ...]

    @property
    def capped(self) -> bool:
        """Whether a must-meet limit caps the rating."""
        return bool(self.breaches)

    @property
    def proven(self) -> bool:
        """Whether a breach is beyond doubt."""
        return any(breach.proven for breach in self.breaches)

    def contributions(self) -> dict[str, Fraction]:
        """Points of the score that each metric brings: weight x points / weights that carry; they add up to it."""
        carried = {name: one for name, one in self.metrics.items() if one.points is not None}
        whole = exact_sum(one.rule.weight for one in carried.values())
        return {name: _share(one.rule.weight, one.points or ZERO, whole) for name, one in carried.items()}


def _share(weight: Fraction, gained: Fraction, whole: Fraction) -> Fraction:
    """Weight x points / weights that carry, reduced once."""
    over = weight.numerator * gained.numerator * whole.denominator
    return Fraction(over, weight.denominator * gained.denominator * whole.numerator)


def points(value: Fraction, floor: Fraction, target: Fraction) -> Fraction:
    """Points of a value: 0 at the floor, 100 at the target, held between 0 and 110.

    Lower is better when the floor lies above the target.

    Source: figures section 1; domain section 1.9.

    >>> str(points(Fraction("97.2"), Fraction(94), Fraction(98))), str(points(Fraction(96), Fraction(90), Fraction(95)))
    ('80', '110')
    >>> round(points(Fraction("0.0840"), Fraction("0.1"), Fraction("0.085")), 4) == Fraction("106.6667")
    True
    """
    return _held((value - floor) * (100 / (target - floor)))


def _held(reached: Fraction) -> Fraction:
    return min(max(reached, ZERO), MOST_POINTS)


def composite(weighted: Sequence[tuple[Fraction, Fraction]]) -> Fraction | None:
    """The weighted mean of (weight, points) over what carries points; None for nothing.

    Source: domain section 1.9.

    >>> composite([(Fraction(1), Fraction(80)), (Fraction(3), Fraction(100))])
    Fraction(95, 1)
    """
    whole = exact_sum(weight for weight, _ in weighted)
    if not whole:
        return None
    products = [(weight.numerator * gained.numerator, weight.denominator * gained.denominator) for weight, gained in weighted]
    return sum_of_ratios(products) / whole


def rules_of(template: Sequence[Target], level: Fraction | None) -> tuple[Rule, ...]:
    """The template with this month's numbers; metrics it does not name follow, informative.

    Args: level = the network's cost per decision (C*, or raw) in reporting currency, None without one.
    """
    rules = [_rule(target, level) for target in template]
    named = {rule.metric for rule in rules}
    rest = [Target(metric.name, Decimal(0), metric.direction) for metric in METRICS.values() if metric.name not in named]
    return (*rules, *(_rule(target, level) for target in rest))


def _rule(target: Target, level: Fraction | None) -> Rule:
    floor, goal, gate = (None if one is None else Fraction(one) for one in (target.floor, target.target, target.gate_floor))
    if target.metric == "cost_per_decision" and level is not None:
        floor = level * COST_FLOOR if floor is None else floor
        goal = level if goal is None else goal
    return Rule(target.metric, Fraction(target.weight), target.direction, floor, goal, gate, target.gate)


def scored(figure: Figure, rule: Rule) -> Scored:
    """A figure under its rule: its state with weight 0 known, its points and how far its ends reach.

    not_sent scores at its floor. A metric without floor and target carries no points.
    """
    state = "informative" if rule.weight == 0 and figure.state in VALUED else figure.state
    if rule.weight == 0 or state not in CARRIES:
        return Scored(figure, rule, state, None, ZERO, ZERO)
    if figure.value is None:
        return Scored(figure, rule, state, ZERO, ZERO, ZERO)
    floor, slope = rule.floor, rule.slope()
    if floor is None or slope is None:
        return Scored(figure, rule, state, None, ZERO, ZERO)
    absolute = METRICS[figure.metric].absolute
    mid = _held(((abs(figure.value) if absolute else figure.value) - floor) * slope)
    if figure.low is None or figure.high is None:
        return Scored(figure, rule, state, mid, ZERO, ZERO)
    ends = _absolute(figure.low, figure.high) if absolute else (figure.low, figure.high)
    reached = [_held((end - floor) * slope) for end in ends]
    return Scored(figure, rule, state, mid, max(mid - min(reached), ZERO), max(max(reached) - mid, ZERO))


def _absolute(low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """The interval of the absolute value: one that contains 0 reaches 0."""
    near, far = sorted((abs(low), abs(high)))
    return (ZERO if low <= 0 <= high else near), far


def _breach(figure: Figure, rule: Rule) -> Breach | None:
    """The breach of a judged figure's gate, or None when it is met."""
    if figure.value is None or rule.gate_floor is None:
        return None
    low, high = (figure.value if end is None else end for end in (figure.low, figure.high))
    value = figure.value
    if METRICS[figure.metric].absolute:
        value, (low, high) = abs(value), _absolute(low, high)
    if rule.direction == "down":
        return Breach(rule.metric, low > rule.gate_floor) if value > rule.gate_floor else None
    return Breach(rule.metric, high < rule.gate_floor) if value < rule.gate_floor else None


def rating_of(score: Fraction, caps: Sequence[str] = ()) -> str:
    """The rating of a score, capped.

    >>> rating_of(Fraction(100)), rating_of(Fraction("99.9")), rating_of(Fraction(60)), rating_of(Fraction(100), ["inadequate"])
    ('good', 'approaching_target', 'requires_improvement', 'inadequate')
    """
    reached = sum(score >= bound for bound in RATING_FROM[1:])
    return RATINGS[min([reached, *(RATINGS.index(cap) for cap in caps)])]


def score_vendor(vendor: str, metrics: Mapping[str, Scored], *, first_month: bool = False) -> VendorScore:
    """Score a vendor from its figures under their rules.

    Not rated: coverage under 0.80, a gate metric without a judged value, or its first month of activity; the score
    is shown all the same.

    Source: figures sections 1, 2 and 7; domain section 1.9.
    """
    carrying = [(one.rule.weight, one.points) for one in metrics.values() if one.points is not None]
    score = composite(carrying)
    everything = exact_sum(one.rule.weight for one in metrics.values())
    whole = exact_sum(weight for weight, _ in carrying)
    coverage = whole / everything if everything else ZERO
    gates = [one for one in metrics.values() if one.rule.gate_floor is not None]
    found = [(one, _breach(one.figure, one.rule)) for one in gates if one.figure.judged]
    breaches = tuple(breach for _, breach in found if breach)
    unrated = ""
    if score is None or coverage < RATED_COVERAGE:
        unrated = "coverage"
    elif any(not one.figure.judged for one in gates):
        unrated = "gate"
    elif first_month:
        unrated = "first_month"
    caps = [one.rule.gate for one, breach in found if breach]
    rating = None if unrated or score is None else rating_of(score, caps)
    down, up = _ends([one for one in metrics.values() if one.points is not None], as_decimal(whole))
    return VendorScore(vendor, metrics, score, down, up, coverage, unrated, rating, breaches)


def _ends(carrying: Sequence[Scored], whole: Decimal) -> tuple[Decimal, Decimal]:
    """Squared distances of the score's ends: shared audits add linearly, all others in quadrature."""
    squares = []
    with localcontext(EXACT):
        for reaches in ([(one.down, one.rule) for one in carrying], [(one.up, one.rule) for one in carrying]):
            linear, square = Decimal(0), Decimal(0)
            for reach, rule in reaches:
                distance = as_decimal(reach) * as_decimal(rule.weight) / whole if reach else Decimal(0)
                if rule.metric in SHARED_AUDITS:
                    linear += distance
                else:
                    square += distance * distance
            squares.append(linear * linear + square)
    return squares[0], squares[1]
