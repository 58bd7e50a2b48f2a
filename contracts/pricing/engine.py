"""The engine: runs the steps of pricing in order.

Owns: the order of steps and the total. Must not know: what each step does. A new clause family (premiums,
tiers, minimums, credits ...) is one more file with a function of the shape Step, put into STEPS.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from contracts.pricing.base import base_lines
from contracts.pricing.values import Draft, Priced, Quantities
from contracts.terms import Terms
from kernel.money import EXACT
from kernel.period import Period

Step = Callable[[Terms, Period, Quantities, Draft], Draft]
"""(terms, month, quantities, draft so far) -> draft."""


def name_unpriced(terms: Terms, period: Period, quantities: Quantities, draft: Draft) -> Draft:
    """Name the clauses that no step prices yet, so that the total says it is not complete."""
    del period, quantities
    return draft.plus(
        missing=[str(clause) for clause in terms.unpriced],
        trace=[f"{clause}: the clause is kept and not priced yet, so the total is without it" for clause in terms.unpriced],
    )


STEPS: tuple[Step, ...] = (base_lines, name_unpriced)
"""In the order of domain section 2.3."""


def price_month(terms: Terms, period: Period, quantities: Quantities) -> Priced:
    """What a month should cost: lines, what is missing, the total and how it came about.

    Args: terms of the vendor (contracts.terms.together when several contracts are in force); quantities of that
    vendor-month. Returns amounts in the contract's currency. A contract that is not in force in the month gives
    no line and misses nothing.

    Source: figures section 5; domain section 2.3.

    >>> from datetime import date
    >>> from contracts.pricing.values import QuantityRow
    >>> from contracts.terms import Price
    >>> year = (date(2026, 1, 1), date(2027, 1, 1))
    >>> terms = Terms("NOVA", "MSA-1", "USD", *year, prices=(Price("4.1", "thousand_decisions", Decimal("78.00"), *year),))
    >>> row = QuantityRow("decisions", "", "", "", date(2026, 10, 1), date(2026, 11, 1), Decimal(1234567))
    >>> price_month(terms, Period(2026, 10), Quantities((row,))).total
    Decimal('96296.23')
    """
    draft = Draft()
    if terms.touches(period.first, period.end):
        for step in STEPS:
            draft = step(terms, period, quantities, draft)
    subtotal = Decimal(0)
    for line in draft.lines:
        subtotal = EXACT.add(subtotal, line.amount)
    back = Decimal(0)
    return Priced(
        currency=terms.currency,
        lines=draft.lines,
        missing=draft.missing,
        subtotal=subtotal,
        credits=back,
        total=EXACT.subtract(subtotal, back),
        trace=draft.trace,
    )
