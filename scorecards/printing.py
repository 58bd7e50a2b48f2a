"""Figures as they are shown: the JSON of `rank` and `scorecard`.

Owns: rounding at output, once: half-even to 10 places, money figures to 6. Must not know: how anything was computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from kernel.money import EXACT, plain
from scorecards.cost import TieOut
from scorecards.metrics import METRICS
from scorecards.ranking import Place, Ranking
from scorecards.scoring import Scored

PLACES = 10
MONEY_PLACES = 6


def rounded(value: Fraction, places: int) -> int:
    """The value in units of 10^-places, half-even.

    >>> rounded(Fraction(1, 8), 2), rounded(Fraction(3, 8), 2), rounded(Fraction(-2, 3), 1)
    (12, 38, -7)
    """
    over, under = value.as_integer_ratio()
    scale: int = 10**places
    whole, rest = divmod(over * scale, under)
    return whole + (2 * rest > under or (2 * rest == under and whole % 2 == 1))


def number(value: Fraction | None) -> float | None:
    """A share, point, score or second as a JSON number, half-even to 10 places.

    >>> number(Fraction(2, 3)), number(Fraction(1)), number(None)
    (0.6666666667, 1.0, None)
    """
    return None if value is None else rounded(value, PLACES) / 10**PLACES


def quantity(value: Fraction | None) -> str | None:
    """A quantity as a decimal string without trailing zeros, half-even to 10 places.

    >>> quantity(Fraction(2964000)), quantity(Fraction(5, 4)), quantity(Fraction(1, 3))
    ('2964000', '1.25', '0.3333333333')
    """
    return None if value is None else plain(Decimal(rounded(value, PLACES)).scaleb(-PLACES, EXACT))


def money(value: Fraction | None, currency: str) -> dict[str, str] | None:
    """A money figure, half-even to 6 places.

    >>> money(Fraction("238456.35") / 2964000, "USD")
    {'value': '0.080451', 'currency': 'USD'}
    """
    if value is None:
        return None
    return {"value": format(Decimal(rounded(value, MONEY_PLACES)).scaleb(-MONEY_PLACES, EXACT), "f"), "currency": currency}


def metric_json(one: Scored, currency: str) -> dict[str, Any]:
    """One metric of one vendor; a reader can recompute its points from floor, target and value."""
    figure, rule = one.figure, one.rule
    metric = METRICS[figure.metric]

    def shown(value: Fraction | None) -> float | dict[str, str] | None:
        return money(value, currency) if metric.unit == "money" else number(value)

    gate = None
    if rule.gate_floor is not None:
        gate = {"floor": shown(rule.gate_floor), "cap": rule.gate, "min_sample": rule.gate_min_sample}
    return {
        "metric": figure.metric,
        "value": shown(figure.value),
        "low": shown(figure.low),
        "high": shown(figure.high),
        "numerator": quantity(figure.numerator),
        "denominator": quantity(figure.denominator),
        "unit": metric.unit,
        "n": quantity(figure.n),
        "side": figure.side,
        "raw": shown(figure.raw),
        "floor": shown(rule.floor),
        "target": shown(rule.target),
        "direction": rule.direction,
        "gate": gate,
        "min_sample": rule.min_sample,
        "covered": number(figure.covered),
        "points": number(one.points),
        "weight": number(rule.weight),
        "state": one.state,
        "basis": figure.basis,
        "marks": list(figure.marks),
        "formula_version": metric.formula_version,
    }


def vendor_json(place: Place, name: str, printed: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """A vendor object of `rank`; printed: metrics printed already, by identity of the scored figure."""
    score = place.score
    low = high = None
    if score.score is not None:
        low = score.score - Fraction(score.down_squared.sqrt(EXACT))
        high = score.score + Fraction(score.up_squared.sqrt(EXACT))
    for one in score.metrics.values():
        if id(one) not in printed:
            printed[id(one)] = metric_json(one, place.month.currency)
    return {
        "vendor": score.vendor,
        "name": name,
        "rank": place.rank,
        "rank_low": place.rank_low,
        "rank_high": place.rank_high,
        "tied_with": list(place.tied_with),
        "score": number(score.score),
        "score_low": number(low),
        "score_high": number(high),
        "coverage": number(score.coverage),
        "rating": score.rating,
        "not_rated": score.unrated or None,
        "gates": [{"metric": breach.metric, "proven": breach.proven} for breach in score.breaches],
        "change": {"rank": place.rank_change, "score": number(place.score_change)},
        "metrics": [printed[id(one)] for one in score.metrics.values()],
    }


def rankings_json(
    rankings: Mapping[str, Ranking], names: Mapping[str, str], printed: Mapping[int, dict[str, Any]] = MappingProxyType({})
) -> dict[str, dict[str, Any]]:
    """Per basis the part of `rank` that follows from the figures: basis, comparable share, vendors in order.

    Args: rankings of one month (`rank_bases`), whose shared figures are printed once; names = vendor codes to
    names, a code without one is its own name; printed = metrics printed before, by identity of the scored figure.
    """
    printed = dict(printed)
    return {
        basis: {
            "basis": basis,
            "comparable_share": number(ranking.fairness.comparable_share),
            "vendors": [vendor_json(place, names.get(place.score.vendor, place.score.vendor), printed) for place in ranking.places],
        }
        for basis, ranking in rankings.items()
    }


def ranking_json(ranking: Ranking, names: Mapping[str, str]) -> dict[str, Any]:
    """One ranking as `rankings_json` prints it."""
    return rankings_json({ranking.basis: ranking}, names)[ranking.basis]


def contributions_json(place: Place) -> dict[str, float | None]:
    """The points of the score that each metric brings (`scorecard`)."""
    return {metric: number(share) for metric, share in place.score.contributions().items()}


def tie_out_json(parts: Sequence[TieOut], currency: str) -> dict[str, dict[str, str | None]]:
    """Invoiced, less held, less passed through, plus estimated = shown, of one or several vendors, in reporting currency."""
    sums = {part.name: sum((getattr(one, part.name) for one in parts), Fraction(0)) for part in fields(TieOut)}
    return {name: {"amount": quantity(value), "currency": currency} for name, value in sums.items()}
