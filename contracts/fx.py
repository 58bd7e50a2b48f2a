"""Exchange rates: which dated rate converts an amount.

Owns: the look-up. Must not know: what is converted or where rates come from.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class FxQuote:
    """A rate with its day and source; rate = units of the target currency per one of the other."""

    rate: Decimal
    day: date
    source: str


@dataclass(frozen=True, slots=True)
class Rates:
    """Quotes by (from, to) currency, each list in order of days."""

    quotes: dict[tuple[str, str], tuple[FxQuote, ...]]

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, FxQuote]]) -> Rates:
        """From (from, to, quote) in any order; of equal quotes of a day one is kept."""
        found: dict[tuple[str, str], dict[date, FxQuote]] = {}
        for from_currency, to_currency, quote in rows:
            found.setdefault((from_currency, to_currency), {})[quote.day] = quote
        return cls({pair: tuple(days[day] for day in sorted(days)) for pair, days in found.items()})


def rate_on(rates: Rates, from_currency: str, to_currency: str, day: date) -> FxQuote | None:
    """The last rate on or before a day; None when there is none.

    For a month's figures the day is the month's last. Inverse and cross rates are never inferred; a currency
    into itself is 1.

    Source: the contract's fx rule month_end (interface section 6; figures section 4).

    >>> rates = Rates.of([("EUR", "USD", FxQuote(Decimal("1.08"), date(2026, 9, 30), "ECB"))])
    >>> rate_on(rates, "EUR", "USD", date(2026, 10, 31)).rate
    Decimal('1.08')
    >>> rate_on(rates, "USD", "EUR", date(2026, 10, 31)) is None
    True
    """
    if from_currency == to_currency:
        return FxQuote(Decimal(1), day, "same currency")
    quotes = rates.quotes.get((from_currency, to_currency), ())
    index = bisect_right(quotes, day, key=lambda quote: quote.day)
    return quotes[index - 1] if index else None
