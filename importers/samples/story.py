"""What every case needs to tell its truth: the last two months, their costs and standings, names of files.

Owns: putting these together once, and how figures are printed. Must not know: any single case.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from importers.samples.bills import Bill, credit_note
from importers.samples.expectation import Json, Truth, cell
from importers.samples.intervals import DIGITS, digits, tenth_place
from importers.samples.network import Network
from importers.samples.true_costs import Costs, month_costs
from importers.samples.true_ranks import Standing, standings
from importers.samples.uploads import Uploads
from importers.samples.written import Month
from kernel.period import Period

SIX_PLACES = Decimal(1).scaleb(-6)


def as_number(value: Fraction | Decimal | int) -> float:
    """A share, point or score as JSON prints it: a number of ten places."""
    return float(tenth_place(value))


def as_money(value: Fraction) -> str:
    """A money figure as JSON prints it: six places, half-even.

    >>> as_money(Fraction(1, 8)), as_money(Fraction(5, 10_000_000))
    ('0.125000', '0.000000')
    """
    return format(digits(value).quantize(SIX_PLACES, rounding=ROUND_HALF_EVEN, context=DIGITS), "f")


def as_cents(hundredths: int) -> str:
    """An amount as JSON prints it: with two decimals.

    >>> as_cents(-1205)
    '-12.05'
    """
    return format(Decimal(hundredths).scaleb(-2), ".2f")


def as_quantity(amount: Fraction | int) -> str:
    """A quantity as JSON prints it: digits without trailing zeros, at most ten places.

    >>> as_quantity(Fraction(5, 4)), as_quantity(1000)
    ('1.25', '1000')
    """
    text = format(tenth_place(amount), "f").rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text


@dataclass(frozen=True)
class Story:
    """The last two months as they ended, and what is true of them."""

    network: Network
    before: Month
    last: Month
    bills: tuple[Bill, ...]
    note: Bill
    costs_before: Costs
    costs: Costs
    standing: dict[str, Standing]
    standing_before: dict[str, Standing]
    uploads: Uploads

    @property
    def period(self) -> str:
        """The last month."""
        return str(self.network.last)

    @property
    def earlier(self) -> str:
        """The month before it."""
        return str(self.network.before_last)

    def queue(self, role: str) -> str:
        """The queue code of a kind of work."""
        return self.network.queue_of[role]

    def file(self, name: str, period: str = "") -> str:
        """A sample file's path below the demo's folder."""
        return f"samples/{period or self.period}/{name}"

    def at(self, name: str, sheet: str, address: str, period: str = "") -> Json:
        """A place in a sample file of a month."""
        return cell(self.file(name, period), sheet, address)


def tell(network: Network, before: Month, last: Month, uploads: Uploads) -> Story:
    """Compute what is true of the last two months."""
    note = credit_note(network, network.before_last)
    bills = (*before.bills, *last.bills, note)
    first = {"LUMA"} if network.started == network.before_last else set()
    if network.before_last == network.periods[0]:
        first = {team.team.vendor for team in before.work}
    return Story(
        network,
        before,
        last,
        bills,
        note,
        month_costs(network, before, bills),
        month_costs(network, last, bills),
        standings(network, last, bills, first_months=set()),
        standings(network, before, bills, first_months=first),
        uploads,
    )


def metric(vendor: str, name: str, field: str) -> str:
    """The path of a metric's field in the answer of `rank`."""
    return f"vendors[vendor={vendor}].metrics[metric={name}].{field}"


def of_card(name: str, field: str) -> str:
    """The path of a metric's field in the answer of `scorecard`."""
    return f"metrics[metric={name}].{field}"


@dataclass(frozen=True)
class Case:
    """A planted case: entries share its kind, places and look if missed; each gets the next letter."""

    number: int
    kind: str
    before: str
    where: tuple[Json, ...] = ()

    def letters(self, *entries: tuple[str, Period | str, tuple[str, ...], str, object]) -> list[Truth]:
        """Entries (vendor, period, command, path, expected) of this issue, named T1a, T1b, ..."""
        return [
            Truth(f"T{self.number}{_letter(n)}", self.kind, vendor, str(period), command, path, expected, self.before, self.where)
            for n, (vendor, period, command, path, expected) in enumerate(entries)
        ]


def _letter(index: int) -> str:
    return "abcdefghijklmnopqrstuvwxyz"[index]
