"""Contracts that end soon and that nothing follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from contracts.terms import Terms

NOTICE_DAYS = (90, 60, 30)
"""A contract is named so many days before its end."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """A contract that ends.

    ends: the first day on which it no longer holds; days: from today until then; notice: of NOTICE_DAYS the one that
    it is within.
    """

    vendor: str
    number: str
    ends: date
    days: int
    notice: int


def renewals(contracts: Iterable[Terms], today: date) -> list[Renewal]:
    """Contracts in force that end within the longest notice, soonest first.

    One that another contract of the vendor follows without a gap, or that another one overlaps at its end, is settled
    already.

    >>> renewals([Terms("NOVA", "MSA-1", "USD", date(2025, 1, 1), date(2026, 12, 31))], date(2026, 11, 6))[0].notice
    60
    """
    known = list(contracts)
    found = []
    for terms in known:
        days = (terms.valid_to - today).days
        followed = any(other.vendor == terms.vendor and other.holds_on(terms.valid_to) for other in known)
        if terms.holds_on(today) and days <= NOTICE_DAYS[0] and not followed:
            found.append(Renewal(terms.vendor, terms.number, terms.valid_to, days, min(n for n in NOTICE_DAYS if days <= n)))
    return sorted(found, key=lambda one: (one.ends, one.vendor, one.number))
