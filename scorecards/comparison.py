"""A month's comparison: the vendors' figures in, everything that a revision keeps out.

Owns: the body of a revision, and how it is shown: change since the month before, changes between revisions. Must
not know: the database, who looks. The same figures and template always give the same text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from kernel import audit
from kernel.money import plain
from kernel.period import Period
from scorecards.cost import TieOut
from scorecards.fairness import LIKE_FOR_LIKE
from scorecards.figures import FORMULA_VERSION, VendorFigures, from_json, to_json
from scorecards.printing import contributions_json, metric_json, number, rankings_json, tie_out_json
from scorecards.ranking import earlier_from_json, earlier_json, rank_month, scored_alone
from scorecards.scoring import Scored
from scorecards.template import Target


def template_json(template: Iterable[Target]) -> list[dict[str, str | None]]:
    """The template as plain JSON."""
    numbers = ("weight", "floor", "target", "gate_floor")
    return [
        {
            "metric": target.metric,
            "direction": target.direction,
            "gate": target.gate,
            **{name: None if (value := getattr(target, name)) is None else plain(value) for name in numbers},
        }
        for target in template
    ]


def template_from(rows: Iterable[Mapping[str, str | None]]) -> tuple[Target, ...]:
    """The template that `template_json` printed."""

    def read(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    return tuple(
        Target(
            str(row["metric"]),
            read(row["weight"]) or Decimal(0),
            str(row["direction"]),
            read(row["floor"]),
            read(row["target"]),
            read(row["gate_floor"]),
            str(row["gate"]),
        )
        for row in rows
    )


def month_hash(period: Period, currency: str, template: Iterable[Target], hashes: Mapping[str, str]) -> str:
    """SHA-256 over everything that a revision is computed from; hashes = input hash by vendor."""
    return audit.digest([FORMULA_VERSION, str(period), currency, template_json(template), dict(hashes)])


@dataclass(frozen=True, slots=True, eq=False)
class VendorBody:
    """The body of a vendor-month, read. expected: per upload kind, site, due and received day (None: it has not come)."""

    figures: VendorFigures
    expected: tuple[tuple[str, str, str, str | None], ...]


def body_text(figures: VendorFigures, expected: Iterable[Sequence[str | None]]) -> str:
    """The body of a vendor-month as canonical JSON."""
    return audit.canonical({**to_json(figures), "expected": [list(one) for one in expected]})


@lru_cache(maxsize=1024)
def body_from(text: str) -> VendorBody:
    """Read what `body_text` wrote. Pure, so a process keeps what it read: a close reads every vendor of its month."""
    body = json.loads(text)
    return VendorBody(from_json(body), tuple((kind, site, due, received) for kind, site, due, received in body["expected"]))


@lru_cache(maxsize=1024)
def _alone(body: VendorBody, template: tuple[Target, ...]) -> tuple[dict[str, Scored], dict[int, dict[str, Any]]]:
    """What of a vendor's comparison does not depend on others: scored, and printed by identity. Pure, so kept."""
    known = scored_alone(body.figures, template)
    return known, {id(one): metric_json(one, body.figures.currency) for one in known.values()}


def compare(texts: Iterable[str], template: tuple[Target, ...], basis: str = LIKE_FOR_LIKE) -> dict[str, Any]:
    """A month's comparison from the bodies of its vendor-months, in any order; like for like it is a revision's body.

    ranking: the JSON of `rank`, vendors without names and change. earlier: what the next month compares with.
    contributions: points of the score by metric. cost: the tie-out by vendor. waiting_for: what was expected and
    had not come.
    """
    bodies = sorted((body_from(text) for text in texts), key=lambda one: one.figures.vendor)
    alone = {body.figures.vendor: _alone(body, template) for body in bodies}
    ranking = rank_month([body.figures for body in bodies], template, basis, common={code: known for code, (known, _) in alone.items()})
    printed = {number: one for _, metrics in alone.values() for number, one in metrics.items()}
    return {
        "formula_version": FORMULA_VERSION,
        "template": template_json(template),
        "ranking": rankings_json({basis: ranking}, {}, printed)[basis],
        "earlier": earlier_json(ranking),
        "contributions": {place.month.vendor: contributions_json(place) for place in ranking.places},
        "cost": {
            body.figures.vendor: tie_out_json([body.figures.tie_out], body.figures.currency) for body in bodies if body.figures.listed
        },
        "waiting_for": [
            {"vendor": body.figures.vendor, "kind": kind, "site": site, "due": due}
            for body in bodies
            for kind, site, due, received in body.expected
            if received is None
        ],
    }


def summed_ties(ties: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Several vendors' tie-outs as one; None for none."""
    if not ties:
        return None
    parts = [TieOut(**{name: Fraction(part["amount"]) for name, part in tie.items()}) for tie in ties]
    return tie_out_json(parts, ties[0]["shown"]["currency"])


def change_since(earlier: Mapping[str, Any], now: Mapping[str, Any], vendor: str) -> dict[str, Any]:
    """Places moved up and points gained since the month before; None where either month is unrated.

    Source: figures section 7 and section 9.
    """
    before, after = (earlier_from_json({vendor: month[vendor]} if vendor in month else {}).get(vendor) for month in (earlier, now))
    if before is None or after is None or before.rank is None or after.rank is None or before.score is None or after.score is None:
        return {"rank": None, "score": None}
    return {"rank": before.rank - after.rank, "score": number(after.score - before.score)}


def changes_between(old: Mapping[str, Any], new: Mapping[str, Any], why: Sequence[str]) -> list[dict[str, Any]]:
    """What the figures of two revisions of one month differ in, like for like, each with its cause.

    A vendor whose own inputs are as they were moves only because others did.
    """
    before = {vendor["vendor"]: vendor for vendor in old["ranking"]["vendors"]}
    after = {vendor["vendor"]: vendor for vendor in new["ranking"]["vendors"]}
    found = []
    for code in sorted(before.keys() | after.keys()):
        own = [sentence for sentence in why if sentence.startswith(f"{code}: ")]
        others = [sentence for sentence in why if ": " in sentence and sentence not in own]
        cause = "; ".join(own) or ("the comparison with others: " + "; ".join(others) if others else "; ".join(why))
        olds, news = _values(before.get(code)), _values(after.get(code))
        found += [
            {"vendor": code, "metric": metric, "old": olds.get(metric), "new": news.get(metric), "cause": cause}
            for metric in dict.fromkeys((*olds, *news))
            if olds.get(metric) != news.get(metric)
        ]
    return found


def _values(vendor: Mapping[str, Any] | None) -> dict[str, Any]:
    if vendor is None:
        return {}
    return {row["metric"]: row["value"] for row in vendor["metrics"]}
