"""The client's side and everything that is small: platform counts, audits, staffing, plan, costs, rates.

Owns: the layout of these files. Must not know: what is planted in the numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path

from importers.samples.dice import Dice, decimal_text
from importers.samples.network import Network, queue_name, site_name, vendor_of
from importers.samples.performance_files import DAY_FIRST_FORMAT, ISO_FORMAT, PERCENT_FORMAT, kite_day
from importers.samples.quality import AuditRow, in_rate_column
from importers.samples.staffing import StaffDay, commitments, weekdays
from importers.samples.volumes import TeamMonth
from importers.samples.workbooks import Cell, Sheet, write_csv, write_workbook
from kernel.period import Period

OWN_STAFFING_FILES = ("PALM", "KITE")
EURO_BASE, PESO_BASE = 10_850, 174_000
"""Around which the rates move: 10^-4 dollars per euro, 10^-7 dollars per peso."""
FX_PLACES = {"EUR": 4, "PHP": 7}


def write_platform(network: Network, folder: Path, period: Period, work: list[TeamMonth]) -> Path:
    """What the client's own tool counted, all vendors; Kite's deadlines are not in it."""
    head = "vendor site queue language day side received decisions handle_seconds due_items in_sla_items".split()
    rows: list[Sequence[Cell]] = [head]
    for month in work:
        team = month.team
        blind = vendor_of(team.vendor).no_deadlines
        for day in month.days:
            key: list[Cell] = [team.vendor, team.site, network.queue_of[team.role], team.language, day.day.isoformat(), "platform"]
            deadlines: list[Cell] = [None, None] if blind else [day.due, day.met]
            rows.append([*key, day.received, day.decisions, day.handle_seconds, *deadlines])
    path = folder / f"platform_counts_{period}.csv"
    write_csv(path, rows)
    return path


def write_audits(network: Network, folder: Path, period: Period, audits: list[AuditRow]) -> Path:
    """The client's reviews of all vendors, counted."""
    head = (
        "vendor queue language day side sample audits correct units_with_critical_error overlap_items overlap_vendor_correct "
        "overlap_client_correct overlap_both_correct"
    ).split()
    rows: list[Sequence[Cell]] = [head]
    for row in audits:
        if in_rate_column(network, row):
            continue
        key: list[Cell] = [row.vendor, network.queue_of[row.role], row.language, row.day.isoformat(), "client", row.sample]
        if row.overlap is None:
            rows.append([*key, row.audits, row.right, row.critical, None, None, None, None])
        else:
            both = row.overlap
            rows.append([*key, None, None, None, both.items, both.vendor_right, both.client_right, both.both_right])
    path = folder / f"client_reviews_{period}.csv"
    write_csv(path, rows)
    return path


def write_rate_audits(network: Network, folder: Path, vendor: str, period: Period, audits: list[AuditRow]) -> Path | None:
    """A vendor's reviews with accuracy as a share of the audits beside it; None where it has none in that form.

    In-house shares are plain numbers, 0.97 in one month and 97 in the next; Kite's are percent cells.
    """
    mine = [row for row in audits if row.vendor == vendor and in_rate_column(network, row)]
    if not mine:
        return None
    hundred = 1 if vendor == "HOME" and period == network.last else 100
    rows: list[Sequence[Cell]] = [["Work Date", "Queue", "Language", "sample", "Audits", "Accuracy", "units_with_critical_error"]]
    for row in mine:
        percent = row.right * 100 // row.audits
        share: Cell = percent if hundred == 1 else percent / hundred
        queue = queue_name(row.role, period, network.last)
        rows.append([row.day, queue, row.language, row.sample, row.audits, share, row.critical])
    formats = {0: ISO_FORMAT} if vendor == "HOME" else {0: ISO_FORMAT, 5: PERCENT_FORMAT}
    path = folder / f"{vendor}_client_reviews_{period}.xlsx"
    write_workbook(path, [Sheet("Reviews", rows, formats)])
    return path


def write_staffing(folder: Path, period: Period, staffing: list[StaffDay]) -> Path:
    """Delivered days of the vendors that report through the shared rota tool."""
    rows: list[Sequence[Cell]] = [["vendor", "site", "day", "side", "delivered_fte_days"]]
    rows.extend(
        [row.vendor, row.site, row.day.isoformat(), "vendor", decimal_text(row.fte_days, 1)]
        for row in staffing
        if row.vendor not in OWN_STAFFING_FILES
    )
    path = folder / f"rota_{period}.csv"
    write_csv(path, rows)
    return path


def write_own_staffing(folder: Path, vendor: str, period: Period, staffing: list[StaffDay]) -> Path:
    """Palma's and Kite's own files; a month without activity is a row of zeros."""
    mine = [row for row in staffing if row.vendor == vendor]
    if vendor == "PALM":
        head = ["Site", "Work Date", "Billable Hrs", "delivered_fte_days"]
        rows: list[Sequence[Cell]] = [
            [site_name(vendor, row.site), row.day, (row.billable_hours or 0) / 100, row.fte_days / 10] for row in mine
        ]
        sheet = Sheet("Hours", [head, *rows], {1: DAY_FIRST_FORMAT})
    else:
        rows = [[site_name(vendor, row.site), kite_day(row.day), row.fte_days / 10] for row in mine]
        idle: list[Sequence[Cell]] = [[site_name(vendor, site), kite_day(weekdays(period)[0]), 0] for site in ("WAW", "KRK")]
        sheet = Sheet("FTE", [["Site", "Date", "delivered_fte_days"], *(rows or idle)])
    path = folder / f"{vendor}_staffing_{period}.xlsx"
    write_workbook(path, [sheet])
    return path


def write_plan(network: Network, folder: Path) -> Path:
    """What the vendors committed for every month, one row per site and month."""
    rows: list[Sequence[Cell]] = [["vendor", "site", "period", "side", "committed_fte_days"]]
    for period in network.periods:
        rows.extend([row.vendor, row.site, str(period), "vendor", row.fte_days] for row in commitments(network, period))
    path = folder / "committed_staffing.csv"
    write_csv(path, rows)
    return path


def home_costs(network: Network, period: Period, work: list[TeamMonth]) -> list[tuple[str, str, int]]:
    """The in-house team's costs of a month: item, kind of work ('' = all), hundredths of a dollar."""
    hours = sum(month.hours for month in work if month.team.vendor == "HOME")
    live = sum(month.hours for month in work if month.team.vendor == "HOME" and month.team.role == "live")
    tools = Dice(network.seed, f"tools/{period}").between(410_000, 490_000)
    return [
        ("Salaries and benefits", "", int(hours * network.rates.wages)),
        ("Premium for live work", "live", live * 2),
        ("Tools and seats", "", tools),
    ]


def write_costs(network: Network, folder: Path, period: Period, work: list[TeamMonth]) -> Path:
    """The cost file of the in-house team."""
    rows: list[Sequence[Cell]] = [["vendor", "period", "item", "site", "queue", "language", "amount", "currency"]]
    for item, role, amount in home_costs(network, period, work):
        queue = network.queue_of[role] if role else None
        rows.append(["HOME", str(period), item, "DUB", queue, None, decimal_text(amount, 2), "USD"])
    path = folder / f"inhouse_costs_{period}.csv"
    write_csv(path, rows)
    return path


def fx_rates(network: Network, period: Period) -> dict[tuple[date, str], Fraction]:
    """Dollars per unit on every weekday of a month, by day and currency."""
    dice = Dice(network.seed, f"fx/{period}")
    rates = {}
    for day in weekdays(period):
        rates[day, "EUR"] = Fraction(EURO_BASE + dice.between(-250, 250), 10 ** FX_PLACES["EUR"])
        rates[day, "PHP"] = Fraction(PESO_BASE + dice.between(-2500, 2500), 10 ** FX_PLACES["PHP"])
    return rates


def write_fx(network: Network, folder: Path, period: Period) -> Path:
    """The treasury's rates of a month; none on weekends."""
    rows: list[Sequence[Cell]] = [["day", "from", "to", "rate", "source"]]
    for (day, currency), rate in fx_rates(network, period).items():
        places = FX_PLACES[currency]
        rows.append([day.isoformat(), currency, "USD", decimal_text(int(rate * 10**places), places), "treasury"])
    path = folder / f"fx_{period}.csv"
    write_csv(path, rows)
    return path
