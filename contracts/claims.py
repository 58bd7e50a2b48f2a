"""Claims: invoices and credit notes as values, and the months they belong to.

Owns: the shape of an invoice for the rules, the normalised number of rule I-01, the split of a claim by month.
Must not know: databases, contracts, findings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from kernel.money import EXACT, split_money
from kernel.period import Period, months_between

DOCUMENTS = ("invoice", "pro_forma", "credit_note", "replacement")
LINE_TYPES = ("service", "pass_through", "bonus", "credit")
_LEADING = re.compile(r"[^0-9]*0*")


@dataclass(frozen=True, slots=True)
class LineValue:
    """One line of a claim, as printed.

    site, queue, language: '' = not named. service days are both included; None on a credit note that prints none.
    quantity, rate: None = not printed. quantity_places: decimal places printed with the quantity. held: this line
    alone is disputed. amount: money without tax.
    """

    position: int
    line: str
    text: str
    site: str
    queue: str
    language: str
    service_from: date | None
    service_to: date | None
    quantity: Decimal | None
    quantity_places: int
    unit: str
    rate: Decimal | None
    amount: Decimal
    line_type: str = "service"
    held: bool = False
    sheet: str = ""
    row: int = 0

    @property
    def keys(self) -> tuple[str, str, str]:
        """Site, queue and language."""
        return self.site, self.queue, self.language

    @property
    def days(self) -> tuple[date, date] | None:
        """First and last service day, both included; None when they are not printed."""
        return None if self.service_from is None or self.service_to is None else (self.service_from, self.service_to)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided: code '' = about the claim or line itself; line '' = the whole."""

    code: str
    line: str
    state: str
    reason: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class InvoiceValue:
    """A claim: invoice, pro forma, credit note or replacement. id grows with the order of upload."""

    id: int
    batch: int
    vendor: str
    number: str
    number_key: str
    document: str
    issued_on: date
    currency: str
    net: Decimal
    tax: Decimal | None
    relates_to: str
    state: str
    lines: tuple[LineValue, ...]
    decisions: tuple[Decision, ...] = ()

    @property
    def service_days(self) -> tuple[date, date] | None:
        """From the first to the last service day of its lines; None when none is printed."""
        spans = [line.days for line in self.lines if line.days is not None]
        return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None


@dataclass(frozen=True, slots=True)
class CostValue:
    """A cost that no vendor bills, by month: an in-house team's, or client-side. '' = not named."""

    vendor: str
    period: str
    item: str
    site: str
    queue: str
    language: str
    amount: Decimal
    currency: str
    sheet: str = ""
    row: int = 0
    batch: int = 0


@dataclass(frozen=True, slots=True)
class MonthAmount:
    """The part of a line that belongs to a month; first <= day < end are its service days within it."""

    position: int
    period: Period
    amount: Decimal
    first: date
    end: date


def number_key(number: str) -> str:
    """An invoice number as rule I-01 compares it.

    NFKC, upper case, leading letters and separators dropped, leading zeros dropped; a number without digits
    stays whole; inner separators stay.

    Source: figures sections 6 and 9.

    >>> number_key("INV-000123"), number_key("123"), number_key("no. 2026-07"), number_key("final")
    ('123', '123', '2026-07', 'FINAL')
    """
    folded = unicodedata.normalize("NFKC", number).upper().strip()
    if not any("0" <= letter <= "9" for letter in folded):
        return folded
    return _LEADING.sub("", folded, count=1) or "0"


def named_claim(claim: InvoiceValue, others: Sequence[InvoiceValue]) -> InvoiceValue | None:
    """The invoice that a credit note or replacement names: by its exact number, else by its only normalised match."""
    if not claim.relates_to:
        return None
    candidates = [other for other in others if other.id != claim.id and other.document in ("invoice", "replacement")]
    same = [other for other in candidates if other.number == claim.relates_to]
    alike = same or [other for other in candidates if other.number_key == number_key(claim.relates_to)]
    return alike[0] if len(alike) == 1 else None


def month_amounts(claim: InvoiceValue, named: InvoiceValue | None = None) -> list[MonthAmount]:
    """What each line of a claim comes to in each month.

    A line over several months is split by calendar days, both ends included; a credit note without service days
    by the net per month of the invoice it names (its own days there are those of that invoice). Splits are in
    minor units, largest remainder, ties to the earlier month, and add up exactly; an amount finer than the minor
    unit leaves its rest in the first month. Lines without days and without a named invoice give nothing.

    Source: figures sections 4 and 9.
    """
    found: list[MonthAmount] = []
    for line in claim.lines:
        if line.days is not None:
            found += _by_days(line, line.days, claim.currency)
        elif named is not None:
            found += _by_net(line, named, claim.currency)
    return found


def _by_days(line: LineValue, days: tuple[date, date], currency: str) -> list[MonthAmount]:
    first, last = days
    spans = [(period, max(first, period.first), min(last + timedelta(days=1), period.end)) for period in months_between(first, last)]
    amounts = split_money(line.amount, currency, [Decimal((end - start).days) for _, start, end in spans])
    return [MonthAmount(line.position, period, amount, start, end) for (period, start, end), amount in zip(spans, amounts, strict=True)]


def _by_net(line: LineValue, named: InvoiceValue, currency: str) -> list[MonthAmount]:
    nets: dict[Period, Decimal] = {}
    spans: dict[Period, tuple[date, date]] = {}
    for part in month_amounts(named):
        nets[part.period] = EXACT.add(nets.get(part.period, Decimal(0)), part.amount)
        first, end = spans.get(part.period, (part.first, part.end))
        spans[part.period] = (min(first, part.first), max(end, part.end))
    periods = sorted(nets)
    weights = [max(nets[period], Decimal(0)) for period in periods]
    if not any(weights):
        weights = [Decimal(1) for _ in periods]
    amounts = split_money(line.amount, currency, weights) if periods else []
    return [MonthAmount(line.position, period, amount, *spans[period]) for period, amount in zip(periods, amounts, strict=True)]
