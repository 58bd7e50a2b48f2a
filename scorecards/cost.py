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

from kernel.money import EXACT, minor_places, split_largest_remainder, to_scaled
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
    amount: Fraction
