"""The ranking of a month: order, ties, and how sure each place is.

Owns: comparing scored vendors. Must not know: how figures were measured or printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

from kernel.money import EXACT
from scorecards.fairness import COST, LIKE_FOR_LIKE, RAW, Fairness, compared_cost, like_for_like
from scorecards.figures import VendorFigures
from scorecards.scoring import Rule, Scored, VendorScore, rules_of, score_vendor, scored
from scorecards.stats import ZERO, as_decimal, surely_above
from scorecards.template import NETWORK, Target

BASES = (LIKE_FOR_LIKE, RAW)


@dataclass(frozen=True, slots=True)
class Earlier:
    """Where a vendor stood the month before; None where it was not rated."""

    rank: int | None
    score: Fraction | None


@dataclass(frozen=True, slots=True)
class Place:
    """A vendor's place.

    rank: 1.. among the rated, None when not rated; rank_low, rank_high: best and worst place that the data allow;
    tied_with: rated vendors that the data cannot tell from it. rank_change: positive = moved up; both changes None
    when either month is unrated.
    """

    month: VendorFigures
    score: VendorScore
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    tied_with: tuple[str, ...]
    rank_change: int | None
    score_change: Fraction | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """A month's ranking, best first, the unrated last by code."""

    basis: str
    currency: str
    fairness: Fairness
    places: tuple[Place, ...]

    def earlier(self) -> dict[str, Earlier]:
        """What the next month's ranking compares with."""
        return {place.month.vendor: Earlier(place.rank, place.score.score if place.rank else None) for place in self.places}


def rank_month(
    months: Sequence[VendorFigures],
    template: Sequence[Target] = NETWORK,
    basis: str = LIKE_FOR_LIKE,
    previous: Mapping[str, Earlier] | None = None,
    common: Mapping[str, Mapping[str, Scored]] | None = None,
) -> Ranking:
    """Rank a month's vendors on one basis; see `rank_bases`."""
    return rank_bases(months, template, {basis: previous or {}}, common)[basis]


def scored_alone(month: VendorFigures, template: Sequence[Target]) -> dict[str, Scored]:
    """Everything of a vendor that is scored without the others: all but cost."""
    return {rule.metric: scored(month.figures[rule.metric], rule) for rule in rules_of(template, None) if rule.metric != COST}


def rank_bases(
    months: Sequence[VendorFigures],
    template: Sequence[Target] = NETWORK,
    previous: Mapping[str, Mapping[str, Earlier]] = MappingProxyType({LIKE_FOR_LIKE: {}, RAW: {}}),
    common: Mapping[str, Mapping[str, Scored]] | None = None,
) -> dict[str, Ranking]:
    """Rank a month's vendors on several bases at once; everything but cost is scored once.

    Args: months of one period and reporting currency, in any order (those not listed are left out); template: one
    target per metric, of METRICS only; previous: per wanted basis the places of the month before, by vendor. Basis
    like_for_like scores the standardised cost against C*, raw the raw cost against the network's raw cost. common: by
    vendor what `scored_alone` gives, where the caller has it already.

    Source: figures section 7.
    """
    listed = sorted((month for month in months if month.listed), key=lambda month: month.vendor)
    fairness = like_for_like(listed)
    shared = [(common or {}).get(month.vendor) or scored_alone(month, template) for month in listed]
    rankings: dict[str, Ranking] = {}
    for basis, earlier in previous.items():
        rules = rules_of(template, fairness.level if basis == LIKE_FOR_LIKE else fairness.raw_level)
        cost_rule = next(rule for rule in rules if rule.metric == COST)
        scores = [
            score_vendor(
                month.vendor,
                {rule.metric: metrics.get(rule.metric) or _cost(month, fairness, basis, cost_rule) for rule in rules},
                first_month=month.first_month,
            )
            for month, metrics in zip(listed, shared, strict=True)
        ]
        rankings[basis] = _ranked(basis, listed, scores, fairness, earlier)
    return rankings


def _cost(month: VendorFigures, fairness: Fairness, basis: str, rule: Rule) -> Scored:
    return scored(compared_cost(month, fairness, basis), rule)


def _ranked(
    basis: str,
    listed: Sequence[VendorFigures],
    scores: Sequence[VendorScore],
    fairness: Fairness,
    earlier: Mapping[str, Earlier],
) -> Ranking:
    by_vendor = {month.vendor: month for month in listed}
    rated = sorted((score for score in scores if score.rating), key=lambda score: _order(score, fairness))
    unrated = [score for score in scores if not score.rating]
    better = _better(rated)
    places = [_place(by_vendor[score.vendor], score, rank, rated, better, earlier.get(score.vendor)) for rank, score in enumerate(rated)]
    last = [Place(by_vendor[score.vendor], score, None, None, None, (), None, None) for score in unrated]
    currency = listed[0].currency if listed else ""
    return Ranking(basis, currency, fairness, (*places, *last))


def _order(score: VendorScore, fairness: Fairness) -> tuple[bool, Fraction, Fraction, bool, Fraction, str]:
    """Uncapped first; by score, then critical accuracy, then like-for-like cost, then code."""
    critical = score.metrics["critical_accuracy"].figure.value
    standing = fairness.standings.get(score.vendor)
    return (
        score.capped,
        -(score.score or Fraction(0)),
        Fraction(1) if critical is None else -critical,
        standing is None,
        standing.value if standing else Fraction(0),
        score.vendor,
    )


def _better(rated: Sequence[VendorScore]) -> list[list[bool]]:
    """better[i][j]: the i-th is better than the j-th beyond doubt."""
    traits = [_Traits(score.capped, score.proven, as_decimal(score.score or ZERO), score.down_squared, score.up_squared) for score in rated]
    with localcontext(EXACT):
        return [[_beats(one, other) for other in traits] for one in traits]


class _Traits(NamedTuple):
    """What decides whether one is better: centre is the score, down and up the squared distances of its ends."""

    capped: bool
    proven: bool
    centre: Decimal
    down: Decimal
    up: Decimal


def _beats(one: _Traits, other: _Traits) -> bool:
    """A capped vendor never beats an uncapped one, and loses to it when its breach is proven or the scores say so."""
    if one.capped != other.capped:
        if one.capped:
            return False
        if other.proven:
            return True
    return one.centre > other.centre and surely_above(one.centre - other.centre, one.down, other.up)


def _place(
    month: VendorFigures,
    score: VendorScore,
    index: int,
    rated: Sequence[VendorScore],
    better: Sequence[Sequence[bool]],
    earlier: Earlier | None,
) -> Place:
    above = sum(better[other][index] for other in range(len(rated)))
    below = sum(better[index])
    tied = tuple(
        other.vendor for place, other in enumerate(rated) if place != index and not better[index][place] and not better[place][index]
    )
    moved = earlier.rank - (index + 1) if earlier and earlier.rank is not None else None
    gained = None
    if earlier and earlier.score is not None and score.score is not None:
        gained = score.score - earlier.score
    return Place(month, score, index + 1, 1 + above, len(rated) - below, tied, moved, gained)


def earlier_json(ranking: Ranking) -> dict[str, Any]:
    """What the next month's ranking compares with, as plain JSON with exact scores."""
    return {vendor: {"rank": one.rank, "score": None if one.score is None else str(one.score)} for vendor, one in ranking.earlier().items()}


def earlier_from_json(body: Mapping[str, Any]) -> dict[str, Earlier]:
    """Read back what `earlier_json` wrote."""
    return {vendor: Earlier(one["rank"], None if one["score"] is None else Fraction(one["score"])) for vendor, one in body.items()}
