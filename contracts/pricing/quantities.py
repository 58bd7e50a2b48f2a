"""Which recorded amounts a clause prices.

Owns: the fact behind a basis, cutting amounts at a clause's days, and giving each amount to the most specific
clause. Must not know: invoices, rounding, money.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from contracts.pricing.values import Quantities, QuantityRow
from contracts.terms import Price, Terms, winner
from kernel.calendar import business_days, calendar_of
from kernel.period import Period

DEFAULT_FACTS = {
    "production_hour": "production_hours",
    "billable_hour": "billable_hours",
    "fte_month": "delivered_fte_days",
}
"""The fact that a basis counts; decisions have two (see `fact_of`)."""
DECISIONS = "decisions"
BILLABLE_DECISIONS = "billable_decisions"


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of a recorded amount, on first <= day < end, that one clause prices."""

    row: QuantityRow
    price: Price
    first: date
    end: date
    amount: Fraction


def fact_of(price: Price, quantities: Quantities) -> str:
    """The fact that a clause counts in one vendor-month.

    A price per decision counts billable decisions where the month has any, else decisions; a clause may name
    its own fact.

    Source: figures section 5.
    """
    if price.quantity:
        return price.quantity
    if price.family in DEFAULT_FACTS:
        return DEFAULT_FACTS[price.family]
    return BILLABLE_DECISIONS if quantities.of(BILLABLE_DECISIONS) else DECISIONS


def portions(prices: Sequence[Price], rows: Iterable[QuantityRow], first: date, end: date) -> list[Portion]:
    """Give each amount on first <= day < end to the most specific clause of one family that fits it.

    An amount over several days is cut by calendar days where clauses begin or end. Amounts that no clause fits
    are left out.

    >>> from decimal import Decimal
    >>> year = (date(2026, 1, 1), date(2027, 1, 1))
    >>> general = Price("1", "billable_hour", Decimal(10), *year)
    >>> special = Price("2", "billable_hour", Decimal(12), *year, queue="Q9")
    >>> hours = [QuantityRow("billable_hours", "MNL", queue, "", date(2026, 5, 4), date(2026, 5, 5), Decimal(8)) for queue in ("Q1", "Q9")]
    >>> [(p.price.id, p.row.queue) for p in portions([general, special], hours, date(2026, 5, 1), date(2026, 6, 1))]
    [('1', 'Q1'), ('2', 'Q9')]
    """
    edges = sorted({day for price in prices for day in (price.valid_from, price.valid_to)} | {first, end})
    chosen: dict[tuple[str, str, str, date], Price | None] = {}
    found = []
    for row in rows:
        low, high = max(row.first_day, first), min(row.end, end)
        cuts = [low, *(day for day in edges if low < day < high), high] if low < high else []
        for part_first, part_end in pairwise(cuts):
            key = (row.site, row.queue, row.language, edges[bisect_right(edges, part_first) - 1])
            if key not in chosen:
                chosen[key] = winner(prices, *key)
            price = chosen[key]
            if price is not None:
                found.append(Portion(row, price, part_first, part_end, _part(row, part_first, part_end)))
    return found


def _part(row: QuantityRow, first: date, end: date) -> Fraction:
    amount = Fraction(row.amount)
    return amount if (first, end) == (row.first_day, row.end) else amount * (end - first).days / (row.end - row.first_day).days


def units(terms: Terms, price: Price, period: Period, amount: Fraction) -> Fraction | None:
    """A counted amount in the units that a clause prices; None when the month has no day to prorate over.

    Thousands are amount / 1000. FTE days become FTE-months over the Monday-to-Friday days of the contract month
    less the holidays that the contract lists (`working_day`), or over its calendar days (`calendar_day`).

    Source: figures section 5; domain PRC-01a and PRC-01b.

    >>> from decimal import Decimal
    >>> year = (date(2026, 1, 1), date(2027, 1, 1))
    >>> terms = Terms("NOVA", "MSA-1", "USD", *year)
    >>> units(terms, Price("1", "fte_month", Decimal(2850), *year, proration="working_day"), Period(2026, 11), Fraction(2496))
    Fraction(832, 7)
    """
    if price.basis == "thousand_decisions":
        return amount / 1000
    if price.basis != "fte_month":
        return amount
    first, end = calendar_of(terms.calendar).bounds(period)
    days = business_days(first, end, terms.holidays) if price.proration == "working_day" else (end - first).days
    return amount / days if days else None
