"""The contract amount of one invoice line: its own scope and days, priced and rounded on its own.

Owns: which clause a billed line falls under, the record behind it and the rate that holds over its days. Must
not know: documents, findings, decisions of people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from contracts.pricing.base import named
from contracts.pricing.quantities import DECISIONS, fact_of, portions, units
from contracts.pricing.values import UNITS, Quantities, QuantityRow, exact, shown
from contracts.terms import Price, Terms, of_family, winner
from kernel.money import plain, round_money
from kernel.period import Period, months_between

HOUR_UNITS = ("hour", "hours", "hur")
DECISION_UNITS = ("decision", "decisions", "each", "item", "ea", "c62")
THOUSAND_UNITS = ("thousand", "mil")
FTE_UNITS = ("fte-month", "3c", "mon")
"""Units of invoices, in lower case; UN/ECE Recommendation 20 codes among them."""


@dataclass(frozen=True, slots=True)
class LineScope:
    """What a billed line says it is for: '' = not named; both days included; unit as printed."""

    site: str
    queue: str
    language: str
    first_day: date
    last_day: date
    unit: str

    @property
    def keys(self) -> tuple[str, str, str]:
        """Site, queue and language."""
        return self.site, self.queue, self.language


@dataclass(frozen=True, slots=True)
class LinePrice:
    """What the contract says about a billed line.

    clause: ids in force over its days; '' = none fits. rate: money per billed unit, None when no clause fits.
    recorded: the record in billed units, None when it cannot be told. amount: recorded x rate, rounded once;
    None when either is unknown. calculation: one sentence that lets a reader recompute it, or says what lacks.
    """

    clause: str
    rate: Fraction | None
    recorded: Fraction | None
    amount: Decimal | None
    calculation: str


def families_of(unit: str) -> tuple[str, ...]:
    """The families of clauses that price a unit; none when the unit fits no basis.

    >>> families_of("HUR"), families_of("EA"), families_of("flat")
    (('production_hour', 'billable_hour'), ('decision',), ())
    """
    folded = unit.strip().casefold()
    if folded in HOUR_UNITS:
        return "production_hour", "billable_hour"
    if folded in (*DECISION_UNITS, *THOUSAND_UNITS):
        return ("decision",)
    return ("fte_month",) if folded in FTE_UNITS else ()


def unit_size(unit: str) -> int:
    """How many counted units one billed unit stands for: a thousand, or one."""
    return 1000 if unit.strip().casefold() in THOUSAND_UNITS else 1


def contract_amount_for(terms: Terms, scope: LineScope, months: Mapping[Period, Quantities], share: Fraction = Fraction(1)) -> LinePrice:
    """The contract amount of a billed line.

    Args: terms in force over its days; months: the recorded quantities by calendar month; share: the part of the
    record that is this line's, when several lines bill the same record.

    A line fits a clause only if it names every key that the clause names with the same value, and a unit of its
    basis. Over a rate change the rate is weighted by calendar days. The record is what the month's own price
    would give to that clause within the line's keys and days.

    Source: figures sections 5, 6 and 9.
    """
    days = [scope.first_day + timedelta(days=n) for n in range((scope.last_day - scope.first_day).days + 1)]
    held = _clauses(terms, scope, days)
    if isinstance(held, str):
        return LinePrice("", None, None, None, held)
    clause = ", ".join(dict.fromkeys(price.id for price in held))
    size = unit_size(scope.unit)
    rate = sum((Fraction(price.rate) * size / _counted(price) for price in held), Fraction(0)) / len(days)
    recorded = _record(terms, scope, held, months)
    if isinstance(recorded, str):
        return LinePrice(clause, rate, None, None, f"clause {clause}: {recorded}")
    quantity = recorded * share / (size if held[0].family == "decision" else 1)
    unrounded = exact(quantity * rate)
    amount = round_money(unrounded, terms.currency, terms.rounding)
    part = "" if share == 1 else f" (its part of {shown(exact(recorded))} that several lines bill)"
    weighted = ", the rates weighted by calendar days" if len({price.rate for price in held}) > 1 else ""
    calculation = (
        f"clause {clause}: {shown(exact(quantity))} {scope.unit} on record{part} x {shown(exact(rate))}{weighted} "
        f"= {shown(unrounded)}, rounded {terms.rounding} to {plain(amount)} {terms.currency}"
    )
    return LinePrice(clause, rate, quantity, amount, calculation)


def _counted(price: Price) -> int:
    """How many counted units the rate of a clause is for: a thousand decisions, or one unit."""
    return 1000 if price.basis == "thousand_decisions" else 1


def _clauses(terms: Terms, scope: LineScope, days: Sequence[date]) -> list[Price] | str:
    """The clause in force on each day of the line, or why there is none."""
    families = families_of(scope.unit)
    if not families:
        return f"no clause prices the unit {scope.unit!r}" if scope.unit else "the line has no unit, so no clause fits it"
    found: list[list[Price]] = []
    for family in families:
        prices = of_family(terms.prices, family)
        held = _winners(prices, scope, days)
        if all(price is not None for price in held):
            found.append([price for price in held if price is not None])
    if not found:
        return f"no clause of {terms.number} per {UNITS[families[0]]} fits the line's site, queue and language on all its days"
    best = max(held[0].specificity for held in found)
    chosen = [held for held in found if held[0].specificity == best]
    if len(chosen) > 1:
        return f"the clauses {chosen[0][0].id} and {chosen[1][0].id} fit the line equally: it must name what only one of them names"
    return chosen[0]


def _winners(prices: Sequence[Price], scope: LineScope, days: Sequence[date]) -> list[Price | None]:
    """The clause in force on each day; it can change only where one begins or ends."""
    edges = {day for price in prices for day in (price.valid_from, price.valid_to)}
    held: list[Price | None] = []
    for day in days:
        held.append(held[-1] if held and day not in edges else winner(prices, *scope.keys, day))
    return held


def _record(terms: Terms, scope: LineScope, held: Sequence[Price], months: Mapping[Period, Quantities]) -> Fraction | str:
    """What the record gives for a line, in counted units (FTE-months for FTE days), or why it cannot be told."""
    clauses = set(held)
    total, seen, elsewhere, decided, blurred = Fraction(0), False, False, False, False
    for period in months_between(scope.first_day, scope.last_day):
        quantities = months.get(period, Quantities())
        first, end = max(scope.first_day, period.first), min(scope.last_day + timedelta(days=1), period.end)
        for price in dict.fromkeys(held):
            fact = fact_of(price, quantities)
            rivals = of_family(terms.prices, price.family)
            rows = quantities.of(fact)
            inside = [row for row in rows if _within(scope, row)]
            mine = [part for part in portions(rivals, inside, first, end) if part.price is price]
            counted = sum((part.amount for part in mine), Fraction(0))
            if price.basis == "fte_month":
                in_months = units(terms, price, period, counted)
                if in_months is None:
                    return f"{period} has no working day to prorate {fact} over"
                counted = in_months
            total += counted
            seen = seen or bool(mine)
            elsewhere = elsewhere or bool(rows)
            blurred = blurred or any(_may_be_within(scope, row) for row in rows)
            work = [row for row in quantities.of(DECISIONS) if row.amount > 0 and _within(scope, row)]
            decided = decided or any(part.price in clauses for part in portions(rivals, work, first, end))
    if seen or (elsewhere and not decided and not blurred):
        return total
    price = held[0]
    fact = price.quantity or fact_of(price, months.get(months_between(scope.first_day, scope.last_day)[0], Quantities()))
    if blurred:
        return f"the record of {fact} is not broken down as far as the line is, so what it should be cannot be told"
    return f"there is no record of {fact} {named(price)}for these days, so what it should be cannot be told"


def _within(scope: LineScope, row: QuantityRow) -> bool:
    theirs = (row.site, row.queue, row.language)
    return all(not key or key == other for key, other in zip(scope.keys, theirs, strict=True))


def _may_be_within(scope: LineScope, row: QuantityRow) -> bool:
    """Whether a row that is not broken down by some key of the line could hold amounts of it."""
    pairs = list(zip(scope.keys, (row.site, row.queue, row.language), strict=True))
    return all(not key or not other or key == other for key, other in pairs) and any(key and not other for key, other in pairs)
