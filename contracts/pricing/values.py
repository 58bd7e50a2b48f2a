"""Values of the pricing engine: quantities in, priced lines out.

Owns: their shape. Must not know: how they are computed or stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from kernel.money import EXACT, Money, plain

RATIO_PLACES = 10
"""Decimal places of exact ratios in answers, rounded half-even."""

UNITS = {
    "decision": "decision",
    "thousand_decisions": "thousand decisions",
    "production_hour": "hour",
    "billable_hour": "hour",
    "fte_month": "FTE-month",
}
"""Unit of a priced line by the basis of its clause."""


@dataclass(frozen=True, slots=True)
class QuantityRow:
    """A recorded amount of a fact over first_day <= day < end; '' = not broken down by that key.

    The side is chosen and double grains are resolved before: rows only ever add up.
    """

    fact: str
    site: str
    queue: str
    language: str
    first_day: date
    end: date
    amount: Decimal


@dataclass(frozen=True)
class Quantities:
    """All recorded amounts of one vendor-month."""

    rows: tuple[QuantityRow, ...] = ()
    by_fact: Mapping[str, tuple[QuantityRow, ...]] = field(init=False, repr=False, compare=False)
    """The same rows by fact."""

    def __post_init__(self) -> None:
        """Group the rows once: every clause asks for its own fact."""
        groups: dict[str, list[QuantityRow]] = {}
        for row in self.rows:
            groups.setdefault(row.fact, []).append(row)
        object.__setattr__(self, "by_fact", {fact: tuple(rows) for fact, rows in groups.items()})

    def of(self, fact: str) -> tuple[QuantityRow, ...]:
        """The rows of one fact; empty when nothing was recorded, which is not zero."""
        return self.by_fact.get(fact, ())


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line of what should have been billed.

    step: the part of the engine that made it. clause: id in the contract. quantity: in units, unrounded (50
    digits). rate: money per unit. amount: rounded once, by the contract's rounding. first_day <= day < end.
    """

    step: str
    clause: str
    text: str
    quantity: Decimal
    unit: str
    rate: Decimal
    amount: Decimal
    site: str
    queue: str
    language: str
    first_day: date
    end: date


@dataclass(frozen=True, slots=True)
class Draft:
    """What the steps of the engine hand on: lines so far, what is missing, sentences of the calculation."""

    lines: tuple[PricedLine, ...] = ()
    missing: tuple[str, ...] = ()
    trace: tuple[str, ...] = ()

    def plus(self, lines: Iterable[PricedLine] = (), missing: Iterable[str] = (), trace: Iterable[str] = ()) -> Draft:
        """The draft with more of each."""
        return Draft((*self.lines, *lines), (*self.missing, *missing), (*self.trace, *trace))


@dataclass(frozen=True, slots=True)
class Priced:
    """What a month should cost under the contract. complete is False when missing names anything.

    subtotal: sum of the rounded lines. credits: money back, 0 until credits are priced. total: subtotal less
    credits.
    """

    currency: str
    lines: tuple[PricedLine, ...]
    missing: tuple[str, ...]
    subtotal: Decimal
    credits: Decimal
    total: Decimal
    trace: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether everything that the contract prices is in the total."""
        return not self.missing

    def json(self, vendor: str, period: str) -> dict[str, object]:
        """The JSON `contract price` of interface section 2."""
        return {
            "vendor": vendor,
            "period": period,
            "currency": self.currency,
            "complete": self.complete,
            "missing": list(self.missing),
            "lines": [
                {
                    "step": line.step,
                    "clause": line.clause,
                    "text": line.text,
                    "quantity": shown(line.quantity),
                    "unit": line.unit,
                    "rate": plain(line.rate),
                    "amount": Money(line.amount, self.currency).json()["amount"],
                    "first_day": line.first_day.isoformat(),
                    "end": line.end.isoformat(),
                }
                for line in self.lines
            ],
            "subtotal": Money(self.subtotal, self.currency).json(),
            "credits": Money(self.credits, self.currency).json(),
            "total": Money(self.total, self.currency).json(),
            "trace": list(self.trace),
        }


def exact(number: Fraction) -> Decimal:
    """A fraction as a Decimal of 50 digits; exact whenever its decimal expansion ends before that.

    >>> exact(Fraction(5, 4))
    Decimal('1.25')
    """
    return EXACT.divide(Decimal(number.numerator), Decimal(number.denominator))


def shown(number: Decimal) -> str:
    """A quantity or ratio as it is printed: at most 10 places, half-even.

    >>> shown(exact(Fraction(2496, 21)))
    '118.8571428571'
    """
    return plain(number.quantize(Decimal(1).scaleb(-RATIO_PLACES), rounding=ROUND_HALF_EVEN, context=EXACT))
