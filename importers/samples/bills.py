"""What the vendors claim: invoices and credit notes per month, right ones and those with a planted fault.

Owns: documents as values, amounts in hundredths of the currency. Must not know: files, and what a contract check
makes of a document: the amounts are price times quantity as the vendor computes them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from importers.samples.dice import Dice
from importers.samples.network import Network, site_name, vendor_of
from importers.samples.staffing import StaffDay, weekdays
from importers.samples.volumes import TeamMonth
from kernel.period import Period

HALF_MONTH = 15


@dataclass(frozen=True, slots=True)
class Line:
    """A line; role, site and language are '' where it names none. quantity with its printed decimal places."""

    text: str
    first: date
    last: date
    quantity: Fraction
    places: int
    unit: str
    rate: Fraction
    amount: int
    site: str = ""
    role: str = ""
    language: str = ""
    line_type: str = "service"


@dataclass(frozen=True)
class Bill:
    """A document of a vendor; relates_to: the number of the invoice that a credit note names, '' = none."""

    vendor: str
    number: str
    document: str
    issued_on: date
    lines: tuple[Line, ...]
    relates_to: str = ""

    @property
    def net(self) -> int:
        """Sum of the lines, hundredths."""
        return sum(line.amount for line in self.lines)

    @property
    def currency(self) -> str:
        """The vendor's."""
        return vendor_of(self.vendor).currency


def cents(amount: Fraction) -> int:
    """Hundredths of an amount, half a hundredth away from zero.

    >>> cents(Fraction(12345, 1000)), cents(Fraction(-12345, 1000))
    (1235, -1235)
    """
    return -cents(-amount) if amount < 0 else (200 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def rounded(quantity: Fraction, places: int) -> Fraction:
    """A quantity as it is printed with so many decimals."""
    return Fraction(cents(quantity * 10**places / 100), 10**places)


def number_of(network: Network, vendor: str, period: Period, part: int = 0) -> str:
    """The number a vendor gives its document of a month, in its own style."""
    start = Dice(network.seed, f"numbers/{vendor}").between(11, 89)
    serial = start * 10 + 3 * (12 * period.year + period.month - 12 * 2025) + part
    year_month = f"{period.year}{period.month:02d}"
    return {
        "NOVA": f"NT-{year_month}",
        "ORBI": f"OR-{year_month}{start}",
        "PALM": f"PDC-{serial:06d}",
        "KITE": f"INV-{serial:06d}",
        "VEGA": f"VC{year_month}",
        "LUMA": f"LCC-{serial:05d}",
    }[vendor]


def bills_of_month(network: Network, period: Period, work: list[TeamMonth], staffing: list[StaffDay]) -> list[Bill]:
    """The documents that arrive for a month; Luma's over two months come with the second."""
    bills: list[Bill] = []
    by_vendor: dict[str, list[TeamMonth]] = {}
    for month in work:
        by_vendor.setdefault(month.team.vendor, []).append(month)
    for vendor, months in by_vendor.items():
        if vendor in {"NOVA", "ORBI"}:
            bills.append(_per_decision(network, vendor, period, months))
        elif vendor == "PALM":
            bills.append(_per_billable_hour(network, period, staffing))
        elif vendor == "KITE":
            bills.extend(_per_fte(network, period, staffing))
        elif vendor == "VEGA":
            bills.append(_per_production_hour(network, period, months))
    return bills


def _issued(period: Period) -> date:
    return period.end.replace(day=2)


def _per_decision(network: Network, vendor: str, period: Period, months: list[TeamMonth]) -> Bill:
    counts: dict[tuple[str, str], int] = {}
    for month in months:
        key = month.team.role, month.team.language
        counts[key] = counts.get(key, 0) + month.decisions
    lines = []
    for (role, language), count in sorted(counts.items()):
        rate = network.rates.per_decision[vendor, role]
        text = f"Moderation {role} {language}"
        lines.append(
            Line(text, period.first, period.last, Fraction(count), 0, "decision", rate, cents(count * rate), role=role, language=language)
        )
    return Bill(vendor, number_of(network, vendor, period), "invoice", _issued(period), tuple(lines))


def _hour_line(network: Network, vendor: str, site: str, hours: Fraction, first: date, last: date) -> Line:
    rate = network.rates.hourly[vendor, site]
    text = f"Moderation hours {site_name(vendor, site)}"
    return Line(text, first, last, hours, 2, "hour", rate, cents(hours * rate), site=site)


def recorded_billable_hours(staffing: list[StaffDay], site: str) -> Fraction:
    """Billable hours on record of one of Palma's sites."""
    return Fraction(sum(row.billable_hours or 0 for row in staffing if (row.vendor, row.site) == ("PALM", site)), 100)


def _per_billable_hour(network: Network, period: Period, staffing: list[StaffDay]) -> Bill:
    """Palma: in the last month Manila bills more hours than recorded, Cebu a little more, inside the tolerance."""
    lines = []
    for site in ("MNL", "CEB"):
        hours = recorded_billable_hours(staffing, site)
        if period == network.last and site == "MNL":
            hours += Dice(network.seed, "billed hours").between(240, 420)
        if period == network.last and site == "CEB":
            hours += rounded(hours * 3 / 1000, 2)
        lines.append(_hour_line(network, "PALM", site, hours, period.first, period.last))
    return Bill("PALM", number_of(network, "PALM", period), "invoice", _issued(period), tuple(lines))


def fte_months(period: Period, staffing: list[StaffDay], site: str) -> Fraction:
    """Full-time months that one of Kite's sites delivered: working days over Monday-to-Friday days."""
    delivered = sum(row.fte_days for row in staffing if (row.vendor, row.site) == ("KITE", site))
    return Fraction(delivered, 10 * len(weekdays(period)))


def _per_fte(network: Network, period: Period, staffing: list[StaffDay]) -> list[Bill]:
    """Kite: one invoice per site; in the last month one of them again under another spelling of its number."""
    rate, bills = network.rates.fte_month, []
    for part, site in enumerate(("WAW", "KRK")):
        quantity = fte_months(period, staffing, site)
        text = f"Full-time moderators {site_name('KITE', site)}"
        line = Line(text, period.first, period.last, rounded(quantity, 4), 4, "FTE-month", rate, cents(quantity * rate), site=site)
        bills.append(Bill("KITE", number_of(network, "KITE", period, part), "invoice", _issued(period), (line,)))
    if period == network.last:
        first = bills[0]
        spelled = f"INV {int(first.number.removeprefix('INV-'))}"
        bills.append(replace(first, number=spelled, issued_on=first.issued_on.replace(day=3)))
    return bills


def hours_between(months: list[TeamMonth], site: str, first: date, last: date) -> Fraction:
    """Production hours of a site over days, both ends included."""
    total = sum(day.hours for month in months if month.team.site == site for day in month.days if first <= day.day <= last)
    return Fraction(total, 100)


def _per_production_hour(network: Network, period: Period, months: list[TeamMonth]) -> Bill:
    """Vega: by site; in the last month at the rates before the renewal and before the step of the 16th."""
    middle = period.first.replace(day=HALF_MONTH)
    spans = [("BER", period.first, period.last), ("LIS", period.first, period.last)]
    if period == network.last:
        spans = [spans[0], ("LIS", period.first, middle), ("LIS", middle.replace(day=HALF_MONTH + 1), period.last)]
    lines = [_hour_line(network, "VEGA", site, hours_between(months, site, first, last), first, last) for site, first, last in spans]
    return Bill("VEGA", number_of(network, "VEGA", period), "invoice", _issued(period), tuple(lines))


def credit_note(network: Network, period: Period) -> Bill:
    """Vega's credit note for the month in review, which arrives when the last month's files do."""
    dice = Dice(network.seed, "credit note")
    rate = network.rates.hourly["VEGA", "BER"]
    hours = Fraction(-dice.between(110, 190))
    line = Line(
        "Hours of a system outage", period.first, period.last, hours, 0, "hour", rate, cents(hours * rate), site="BER", line_type="credit"
    )
    number = f"GS{period.year}{period.month:02d}7"
    return Bill("VEGA", number, "credit_note", period.next().end.replace(day=3), (line,), number_of(network, "VEGA", period))


def decisions_between(months: list[TeamMonth], role: str, first: date, last: date) -> int:
    """Decisions of Luma's queue over days, both ends included."""
    return sum(
        day.decisions
        for month in months
        if (month.team.vendor, month.team.role) == ("LUMA", role)
        for day in month.days
        if first <= day.day <= last
    )


def luma_bill(network: Network, number_period: Period, part: int, months: list[TeamMonth], first: date, last: date) -> Bill:
    """Luma's invoice over any days, per thousand decisions and queue."""
    lines = []
    for role in ("live", "appeals"):
        rate = network.rates.thousand[role]
        quantity = Fraction(decisions_between(months, role, first, last), 1000)
        lines.append(Line(f"Reviews {role}", first, last, quantity, 3, "thousand", rate, cents(quantity * rate), role=role))
    return Bill(
        "LUMA",
        number_of(network, "LUMA", number_period, part),
        "invoice",
        last if last.day == HALF_MONTH else _issued(number_period),
        tuple(lines),
    )
