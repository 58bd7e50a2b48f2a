"""Figures as they are shown: the JSON of `rank` and `scorecard`.

Owns: rounding at output, once: half-even to 10 places, money figures to 6. Must not know: how anything was computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kernel.money import EXACT, plain
from scorecards.metrics import METRICS
from scorecards.ranking import Place, Ranking
from scorecards.scoring import Breach, Scored

PLACES = 10
MONEY_PLACES = 6
_SCALE = 10**PLACES


def number(value: Fraction | None) -> float | None:
    """A share, point, score or second as a JSON number, half-even to 10 places.

    >>> number(Fraction(2, 3)), number(Fraction(1)), number(None)
    (0.6666666667, 1.0, None)
    """
    return None if value is None else round(value * _SCALE) / _SCALE


def quantity(value: Fraction | None) -> str | None:
    """A quantity as a decimal string without trailing zeros, half-even to 10 places.

    >>> quantity(Fraction(2964000)), quantity(Fraction(5, 4)), quantity(Fraction(1, 3))
    ('2964000', '1.25', '0.3333333333')
    """
    return None if value is None else plain(Decimal(round(value * _SCALE)).scaleb(-PLACES, EXACT))


def money(value: Fraction | None, currency: str) -> dict[str, str] | None:
    """A money figure, half-even to 6 places.

    >>> money(Fraction("238456.35") / 2964000, "USD")
    {'value': '0.080451', 'currency': 'USD'}
    """
    if value is None:
        return None
    return {"value": format(Decimal(round(value * 10**MONEY_PLACES)).scaleb(-MONEY_PLACES, EXACT), "f"), "currency": currency}


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


def _gate(breach: Breach) -> dict[str, Any]:
    return {"metric": breach.metric, "proven": breach.proven}


def vendor_json(place: Place, name: str) -> dict[str, Any]:
    """A vendor object of `rank`."""
    scored = place.scored
    low = high = None
    if scored.score is not None:
        low = scored.score - Fraction(scored.down_squared.sqrt(EXACT))
        high = scored.score + Fraction(scored.up_squared.sqrt(EXACT))
    return {
        "vendor": scored.vendor,
        "name": name,
        "rank": place.rank,
        "rank_low": place.rank_low,
        "rank_high": place.rank_high,
        "tied_with": list(place.tied_with),
        "score": number(scored.score),
        "score_low": number(low),
        "score_high": number(high),
        "coverage": number(scored.coverage),
        "rating": scored.rating,
        "not_rated": scored.unrated or None,
        "gates": [_gate(breach) for breach in scored.breaches],
        "change": {"rank": place.rank_change, "score": number(place.score_change)},
        "metrics": [metric_json(one, place.month.currency) for one in scored.metrics.values()],
    }


def ranking_json(ranking: Ranking, names: Mapping[str, str]) -> dict[str, Any]:
    """The part of `rank` that follows from the figures: basis, comparable share, vendors in order.

    Args: names = vendor codes to names; a code without one is its own name.
    """
    return {
        "basis": ranking.basis,
        "comparable_share": number(ranking.fairness.comparable_share),
        "vendors": [vendor_json(place, names.get(place.month.vendor, place.month.vendor)) for place in ranking.places],
    }


def contributions_json(place: Place) -> dict[str, float | None]:
    """The points of the score that each metric brings (`scorecard`)."""
    return {metric: number(share) for metric, share in place.scored.contributions().items()}


def tie_out_json(place: Place) -> dict[str, str | None]:
    """Invoiced, less held, less passed through, plus estimated = shown, in reporting currency."""
    tie = place.month.tie_out
    parts = {
        "invoiced": tie.invoiced,
        "held": tie.held,
        "passed_through": tie.passed_through,
        "estimated": tie.estimated,
        "shown": tie.shown,
    }
    return {name: quantity(part) for name, part in parts.items()} | {"currency": place.month.currency}
