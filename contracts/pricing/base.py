"""Base lines: quantity x rate, one line per clause and rate segment.

Owns: the first step of the engine. Must not know: premiums, tiers, minimums, credits; they are later steps.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from contracts.pricing.quantities import DECISIONS, Portion, fact_of, portions, units
from contracts.pricing.values import UNITS, Draft, PricedLine, Quantities, exact, shown
from contracts.terms import KEYS, Price, Terms, of_family
from kernel.calendar import calendar_of
from kernel.money import plain, round_money
from kernel.period import Period

STEP = "base"
WORDS = {
    "decision": "Decisions",
    "thousand_decisions": "Decisions, per thousand",
    "production_hour": "Production hours",
    "billable_hour": "Billable hours",
    "fte_month": "FTE-months",
}


def base_lines(terms: Terms, period: Period, quantities: Quantities, draft: Draft) -> Draft:
    """Add a line for every clause with activity in the month, and name every clause whose quantity is missing.

    A clause whose fact has no row although the vendor has decisions in its scope is missing: an absent file
    never looks like zero. A clause without activity gives no line.

    Source: figures section 5.
    """
    first, end = calendar_of(terms.calendar).bounds(period)
    shares: dict[tuple[str, str], list[Portion]] = {}

    def shared_out(family: str, fact: str) -> list[Portion]:
        if (family, fact) not in shares:
            shares[family, fact] = portions(of_family(terms.prices, family), quantities.of(fact), first, end)
        return shares[family, fact]

    for price in terms.prices:
        fact = fact_of(price, quantities)
        mine = [part for part in shared_out(price.family, fact) if part.price is price]
        start, stop = max(first, price.valid_from), min(end, price.valid_to)
        if mine:
            draft = _priced(terms, period, price, fact, mine, (start, stop), draft)
        elif any(part.price is price and part.amount > 0 for part in shared_out(price.family, DECISIONS)):
            where = f"{named(price)}from {start} until before {stop}"
            draft = draft.plus(missing=[f"{price.id}: no {fact} {where}, although decisions stand there"])
    return draft


def named(price: Price) -> str:
    """The scope of a clause in words, ending in a space; '' when it names nothing.

    >>> from decimal import Decimal
    >>> named(Price("1", "decision", Decimal(1), date(2026, 1, 1), date(2027, 1, 1), queue="Q7", language="es"))
    'for queue Q7, language es '
    """
    keys = ", ".join(f"{key} {value}" for key, value in zip(KEYS, price.scope, strict=True) if value)
    return f"for {keys} " if keys else ""


def _priced(terms: Terms, period: Period, price: Price, fact: str, mine: list[Portion], days: tuple[date, date], draft: Draft) -> Draft:
    counted = sum((part.amount for part in mine), Fraction(0))
    if not counted:
        return draft
    quantity = units(terms, price, period, counted)
    if quantity is None:
        return draft.plus(missing=[f"{price.id}: {period} has no working day to prorate {fact} over"])
    unrounded = exact(quantity * Fraction(price.rate))
    amount = round_money(unrounded, terms.currency, terms.rounding)
    start, stop = days
    line = PricedLine(
        step=STEP,
        clause=price.id,
        text=f"{WORDS[price.basis]} {named(price)}".strip(),
        quantity=exact(quantity),
        unit=UNITS[price.basis],
        rate=price.rate,
        amount=amount,
        site=price.site,
        queue=price.queue,
        language=price.language,
        first_day=start,
        end=stop,
    )
    sentence = (
        f"{price.id}: {shown(exact(counted))} {fact} {named(price)}from {start} until before {stop} "
        f"= {shown(line.quantity)} {line.unit} x {plain(price.rate)} = {shown(unrounded)}, "
        f"rounded {terms.rounding} to {plain(amount)} {terms.currency}"
    )
    return draft.plus(lines=[line], trace=[sentence])
