"""Like for like: what vendors would cost on the same mix of work.

Owns: comparable strata, the network's level C*, each vendor's standardised cost. Must not know: weights and points.
No other metric is standardised in formula version 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from scorecards.figures import StratumCost, VendorFigures
from scorecards.metrics import Figure
from scorecards.stats import ZERO, exact_sum, sum_of_ratios

LIKE_FOR_LIKE = "like_for_like"
RAW = "raw"
COST = "cost_per_decision"
KNOWN = ("scored", "estimated")
"""States of a cost that is known, so that it enters the comparison."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One vendor's cost on the network's mix of its comparable strata, and the share of its decisions in them."""

    value: Fraction
    covered: Fraction


@dataclass(frozen=True, slots=True)
class Fairness:
    """The comparison of a month.

    level: C*, the network's cost per decision over comparable strata, None without one; raw_level: the network's
    money over its decisions. standings: by vendor. comparable_share: comparable decisions of vendors with known
    cost / all decisions, None without decisions.
    """

    level: Fraction | None
    raw_level: Fraction | None
    standings: dict[str, Standing]
    comparable_share: Fraction | None


def like_for_like(months: Sequence[VendorFigures]) -> Fairness:
    """Compare the cost of a month's vendors on equal work.

    Strata s = queue x language served by two or more vendors of known cost; W_s = their decisions, c_vs = a
    vendor's cost per decision in s, c_s = their cost / their decisions in s; C* = sum(W_s c_s) / sum(W_s); value =
    C* x sum(W_s c_vs) / sum(W_s c_s) over the vendor's own comparable strata. Work that names no queue is in no
    stratum. A level that is not positive compares nothing.

    Source: figures section 4; domain section 1.8 (direct standardisation).
    """
    known = [month for month in months if month.figures[COST].state in KNOWN]
    comparable = _comparable(known)
    work = {key: exact_sum(one.decisions for one in parts) for key, parts in comparable.items()}
    money = {key: exact_sum(one.money for one in parts) for key, parts in comparable.items()}
    volume = exact_sum(work.values())
    level = exact_sum(money.values()) / volume if comparable else ZERO
    everything = exact_sum(month.decisions for month in months)
    known_work = exact_sum(month.decisions for month in known)
    standings: dict[str, Standing] = {}
    for month in known if level > 0 else []:
        own = [one for one in month.strata if one.decisions > 0 and (one.queue, one.language) in comparable]
        expected = exact_sum(money[one.queue, one.language] for one in own)
        if expected > 0:
            cost = sum_of_ratios([_ratio(work[one.queue, one.language], one) for one in own])
            covered = exact_sum(one.decisions for one in own) / month.decisions
            standings[month.vendor] = Standing(level * cost / expected, covered)
    return Fairness(
        level if level > 0 else None,
        exact_sum(_money(month) for month in known) / known_work if known_work else None,
        standings,
        volume / everything if everything else None,
    )


def _ratio(work: Fraction, one: StratumCost) -> tuple[int, int]:
    """What so much work costs at a stratum's cost per decision, as a ratio that is not reduced."""
    money, decisions = one.money, one.decisions
    return work.numerator * money.numerator * decisions.denominator, work.denominator * money.denominator * decisions.numerator


def _comparable(known: Sequence[VendorFigures]) -> dict[tuple[str, str], list[StratumCost]]:
    """Strata that two or more of these vendors serve, with each one's part."""
    served: dict[tuple[str, str], list[StratumCost]] = {}
    for month in known:
        for one in month.strata:
            if one.decisions > 0 and one.queue:
                served.setdefault((one.queue, one.language), []).append(one)
    return {key: parts for key, parts in served.items() if len(parts) > 1}


@dataclass(frozen=True, slots=True)
class EqualWork:
    """One queue x language of a vendor beside the network's: the rows behind its like-for-like cost.

    decisions: its own. own_share: of all its decisions; network_share: of the comparable ones of all vendors, None
    where nobody else serves the work. cost: its own per decision; network_cost: of all vendors together, itself
    included, None likewise. others: how many other vendors stand behind it.
    """

    queue: str
    language: str
    decisions: Fraction
    own_share: Fraction
    network_share: Fraction | None
    cost: Fraction
    network_cost: Fraction | None
    others: int


def equal_work(months: Sequence[VendorFigures], vendor: str) -> list[EqualWork]:
    """A vendor's work by queue and language beside the network's, most decisions first; empty without a known cost."""
    known = [month for month in months if month.figures[COST].state in KNOWN]
    own = next((month for month in known if month.vendor == vendor), None)
    if own is None or not own.decisions:
        return []
    comparable = _comparable(known)
    volume = exact_sum(part.decisions for parts in comparable.values() for part in parts)
    found = []
    for one in (stratum for stratum in own.strata if stratum.decisions > 0):
        parts = comparable.get((one.queue, one.language), [])
        work = exact_sum(part.decisions for part in parts)
        found.append(
            EqualWork(
                one.queue,
                one.language,
                one.decisions,
                one.decisions / own.decisions,
                work / volume if parts else None,
                one.money / one.decisions,
                exact_sum(part.money for part in parts) / work if parts else None,
                max(len(parts) - 1, 0),
            )
        )
    return sorted(found, key=lambda row: (-row.decisions, row.queue, row.language))


def _money(month: VendorFigures) -> Fraction:
    return month.figures[COST].numerator or ZERO


def compared_cost(month: VendorFigures, fairness: Fairness, basis: str) -> Figure:
    """A vendor's cost figure as the ranking of this basis sees it.

    like_for_like: the standardised value, or not_comparable without one. raw: the raw value. `covered` is the share
    of its decisions in comparable strata either way.
    """
    figure = month.figures[COST]
    if figure.state not in KNOWN:
        return figure
    standing = fairness.standings.get(month.vendor)
    covered = standing.covered if standing else ZERO
    if basis == RAW:
        return replace(figure, covered=covered)
    if standing is None:
        return replace(figure, state="not_comparable", value=None, judged=False, covered=covered)
    return replace(figure, value=standing.value, covered=covered)
