"""What a vendor's month cost: charges split over months, spread over queue x language, tied out.

Owns: the arithmetic from charges to money per stratum. Must not know: invoices and contracts as documents; the
close turns their lines into charges and says which are held or estimated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction

from kernel.money import EXACT, split_money
from kernel.period import Period, months_between
from scorecards.tally import WHOLE, Only

BASES = ("production_hours", "handle_seconds", "decisions")
"""Facts over which a line is spread, the first with something in scope."""
PASS_THROUGH = "pass_through"  # noqa: S105 - a line type, no password
SERVICE = "service"
ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Charge:
    """An amount for work on some days: an invoice line, a cost line, or an estimate that stands in for one.

    first_day, last_day: service days, both included. site, queue, language: '' = the line does not name one.
    amount: in its currency, negative for credits. rate: units of reporting currency per unit, the last on or before
    the month's last day; None = missing. line_type: service, pass_through, bonus or credit. held: suspected or
    disputed, out of cost. estimated: a contract amount. source: (batch, sheet, row, position) of the line.
    """

    first_day: date
    last_day: date
    site: str
    queue: str
    language: str
    amount: Decimal
    currency: str
    rate: Decimal | None
    line_type: str = SERVICE
    held: bool = False
    estimated: bool = False
    source: tuple[int, str, int, int] = (0, "", 0, 0)
    document: str = ""

    @property
    def counts(self) -> bool:
        """Whether it enters cost."""
        return not self.held and self.line_type != PASS_THROUGH


@dataclass(frozen=True, slots=True)
class Share:
    """The part of one charge that one month (and one stratum) bears.

    key: (queue, language), None = nothing in scope, so it counts in the raw figure only. amount: in the charge's
    currency; money: in reporting currency, unrounded.
    """

    charge: Charge
    key: tuple[str, str] | None
    amount: Decimal
    money: Fraction


@dataclass(frozen=True, slots=True)
class TieOut:
    """invoiced - held - passed_through + estimated = shown, in reporting currency.

    A held pass-through line stands under held only.
    """

    invoiced: Fraction = ZERO
    held: Fraction = ZERO
    passed_through: Fraction = ZERO
    estimated: Fraction = ZERO
    shown: Fraction = ZERO


@dataclass(frozen=True, slots=True)
class MonthCost:
    """A vendor-month's cost.

    money: in reporting currency; None when nothing says what the work cost, or a rate is missing. strata: money per
    (queue, language); unspread: money that counts in the raw figure only. billed: an unheld service line is there.
    estimated: a contract amount stands in for something. rate_missing: some charge has no exchange rate.
    """

    money: Fraction | None
    strata: Mapping[tuple[str, str], Fraction]
    unspread: Fraction
    tie_out: TieOut
    shares: tuple[Share, ...]
    billed: bool
    estimated: bool
    rate_missing: bool


@dataclass(frozen=True, slots=True)
class Weight:
    """What one (site, queue, language) weighs in spreading; key: its stratum, None where it names none."""

    site: str
    queue: str
    language: str
    key: tuple[str, str] | None
    amount: Decimal


def month_amounts(amount: Decimal, currency: str, first_day: date, last_day: date) -> dict[Period, Decimal]:
    """Split an amount over the months of its service days, by calendar days, both ends included.

    In minor units of its currency, by largest remainder, ties to the earlier month, so that the parts add up exactly.

    Source: figures section 4 (Spreading a line) and section 9.

    >>> parts = month_amounts(Decimal("100.00"), "USD", date(2026, 9, 16), date(2026, 10, 15))
    >>> [(str(period), str(part)) for period, part in parts.items()]
    [('2026-09', '50.00'), ('2026-10', '50.00')]
    """
    periods = months_between(first_day, last_day)
    days = [(min(period.last, last_day) - max(period.first, first_day) + timedelta(days=1)).days for period in periods]
    return dict(zip(periods, split_money(amount, currency, [Decimal(count) for count in days]), strict=True))


def spread(charge: Charge, amount: Decimal, bases: Sequence[Sequence[Weight]]) -> dict[tuple[str, str] | None, Decimal]:
    """Spread an amount over (queue, language) within the keys that its line names.

    By the first basis that has something in scope and tells the strata of all of it apart; largest remainder in
    minor units, ties to the first (queue, language). Nothing in scope: all of it under None.

    Source: figures section 4 (Spreading a line).
    """
    for weights in bases:
        scope = [weight for weight in weights if weight.amount > 0 and _names(charge, weight)]
        by_key: dict[tuple[str, str], Decimal] = {}
        for weight in scope:
            if weight.key is not None:
                by_key[weight.key] = EXACT.add(by_key.get(weight.key, Decimal(0)), weight.amount)
        if scope and all(weight.key is not None for weight in scope):
            keys = sorted(by_key)
            return dict(zip(keys, split_money(amount, charge.currency, [by_key[key] for key in keys]), strict=True))
    return {None: amount}


def _names(charge: Charge, weight: Weight) -> bool:
    """Whether a weight lies within every key that the line names."""
    return charge.site in ("", weight.site) and charge.queue in ("", weight.queue) and charge.language in ("", weight.language)


def month_cost(charges: Sequence[Charge], period: Period, bases: Sequence[Sequence[Weight]], only: Only = WHOLE) -> MonthCost:
    """The cost of a vendor-month from its charges and the estimates that stand in, in the cut.

    A cut holds what was spread into it; what could not be spread counts in the whole only.

    Source: figures section 4.
    """
    shares = [share for charge in charges for share in _shares(charge, period, bases)]
    if only != WHOLE:
        shares = [share for share in shares if share.key is not None and only.holds(*share.key)]
    with localcontext(EXACT):
        tie_out = _tie_out(shares)
    rate_missing = any(share.charge.rate is None for share in shares)
    billed = any(_is_bill(share.charge) for share in shares)
    estimated = any(share.charge.estimated for share in shares)
    strata: dict[tuple[str, str], Fraction] = {}
    unspread = ZERO
    for share in shares:
        if share.charge.counts and share.key is None:
            unspread += share.money
        elif share.charge.counts and share.key is not None:
            strata[share.key] = strata.get(share.key, ZERO) + share.money
    money = tie_out.shown if (billed or estimated) and not rate_missing else None
    return MonthCost(money, strata, unspread, tie_out, tuple(shares), billed, estimated, rate_missing)


def _is_bill(charge: Charge) -> bool:
    return charge.counts and charge.line_type == SERVICE and not charge.estimated


def _shares(charge: Charge, period: Period, bases: Sequence[Sequence[Weight]]) -> list[Share]:
    if charge.last_day < period.first or charge.first_day > period.last:
        return []
    amount = month_amounts(charge.amount, charge.currency, charge.first_day, charge.last_day)[period]
    rate = Fraction(charge.rate or 0)
    return [Share(charge, key, part, Fraction(part) * rate) for key, part in spread(charge, amount, bases).items()]


def _tie_out(shares: Sequence[Share]) -> TieOut:
    def summed(holds: Callable[[Charge], bool]) -> Fraction:
        return sum((share.money for share in shares if holds(share.charge)), ZERO)

    invoiced = summed(lambda charge: not charge.estimated)
    held = summed(lambda charge: charge.held)
    passed_through = summed(lambda charge: not charge.held and charge.line_type == PASS_THROUGH)
    estimated = summed(lambda charge: charge.estimated)
    return TieOut(invoiced, held, passed_through, estimated, invoiced - held - passed_through + estimated)
