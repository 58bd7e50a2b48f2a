"""A vendor's contracts beside each other: where they leave days open, where several hold, and each rate over time.

Owns: gaps, overlaps and the card of rates. Must not know: the database, what was delivered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from contracts.terms import Price, Terms, uncovered

GAP, OVERLAP, CURRENCIES = "gap", "overlap", "currencies"


@dataclass(frozen=True, slots=True)
class Clash:
    """Something between contracts that a person should look at: on first <= day < end. message: one sentence."""

    kind: str
    first: date
    end: date
    message: str


@dataclass(frozen=True, slots=True)
class Step:
    """A rate over one stretch of days; contract: the number of the one that says so."""

    price: Price
    contract: str
    currency: str


@dataclass(frozen=True, slots=True)
class Card:
    """One rate over time: the same basis for the same site, queue and language, '' = any; steps in order of days."""

    basis: str
    site: str
    queue: str
    language: str
    currency: str
    steps: tuple[Step, ...]


def clashes(contracts: Sequence[Terms]) -> list[Clash]:
    """Days between the first and the last contract that none covers, and days on which several hold.

    Several at once are lawful (one per statement of work), so an overlap is a remark; in different currencies only
    the one that began last prices the month.

    >>> year = Terms("NOVA", "MSA-1", "USD", date(2025, 1, 1), date(2026, 1, 1))
    >>> after = Terms("NOVA", "MSA-2", "USD", date(2026, 2, 1), date(2027, 1, 1))
    >>> clashes([year, after])[0].message
    'no contract is in force from 2026-01-01 to 2026-01-31'
    """
    if not contracts:
        return []
    first, end = min(one.valid_from for one in contracts), max(one.valid_to for one in contracts)
    found = [
        Clash(GAP, start, stop, f"no contract is in force from {start} to {stop - timedelta(days=1)}")
        for start, stop in uncovered(first, end, [(one.valid_from, one.valid_to) for one in contracts])
    ]
    for one, other in combinations(sorted(contracts, key=lambda terms: (terms.valid_from, terms.number)), 2):
        start, stop = max(one.valid_from, other.valid_from), min(one.valid_to, other.valid_to)
        if start < stop:
            both = f"{one.number} and {other.number} are both in force from {start} to {stop - timedelta(days=1)}"
            if one.currency != other.currency:
                message = f"{both}, in {one.currency} and {other.currency}: only {other.number}, which began last, prices these months"
                found.append(Clash(CURRENCIES, start, stop, message))
            else:
                message = f"{both}: their clauses are read as one, and {other.number} rules how to round and count"
                found.append(Clash(OVERLAP, start, stop, message))
    return sorted(found, key=lambda clash: (clash.first, clash.end, clash.message))


def cards(contracts: Sequence[Terms]) -> list[Card]:
    """Each rate over time, by basis, site, queue and language."""
    found: dict[tuple[str, str, str, str, str], list[Step]] = {}
    for terms in sorted(contracts, key=lambda one: (one.valid_from, one.number)):
        for price in terms.prices:
            found.setdefault((price.basis, *price.scope, terms.currency), []).append(Step(price, terms.number, terms.currency))
    return [
        Card(*key, tuple(sorted(steps, key=lambda step: (step.price.valid_from, step.price.valid_to, step.price.id))))
        for key, steps in sorted(found.items())
    ]
