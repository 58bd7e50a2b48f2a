"""A month of the samples as values, after everything that was planted: what the truth is computed from.

Owns: the bundle of one month, its planted correction, and its plain sums. Must not know: files, statistics, prices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from importers.samples.bills import Bill, bills_of_month, luma_bill
from importers.samples.network import Network
from importers.samples.quality import AuditRow, Overlap, month_of_audits
from importers.samples.staffing import StaffDay, commitments, month_of_staffing
from importers.samples.volumes import AgentDay, TeamMonth, agent_id, month_of_work
from kernel.period import Period

Stratum = tuple[str, str]
"""(queue code, language)."""
CHANGED_DAY, GONE_DAY, NEW_DAY = 9, 10, 11
"""Days of the month, from 0, on which Kite's corrected file differs."""


@dataclass
class Month:
    """One month.

    as_sent: the work as the first files had it, where Kite's was corrected later. arrived: the day on which a kind
    first came from a vendor.
    """

    period: Period
    work: list[TeamMonth]
    audits: list[AuditRow]
    staffing: list[StaffDay]
    bills: list[Bill] = field(default_factory=list)
    as_sent: list[TeamMonth] | None = None
    arrived: dict[tuple[str, str], date] = field(default_factory=dict)

    def teams(self, vendor: str) -> list[TeamMonth]:
        """A vendor's teams' months."""
        return [month for month in self.work if month.team.vendor == vendor]

    def bill(self, vendor: str, part: int = 0) -> Bill:
        """A vendor's document, in the order of issue."""
        return [bill for bill in self.bills if bill.vendor == vendor][part]


def month_of(network: Network, period: Period, before: Month | None) -> Month:
    """Everything of a month; the month before is asked for Luma's invoice over two months."""
    work = month_of_work(network, period)
    staffing = month_of_staffing(network, period, work)
    month = Month(period, work, month_of_audits(network, period), staffing, bills_of_month(network, period, work, staffing))
    month.bills.extend(_luma_bills(network, month, before))
    if period == network.before_last:
        month.as_sent, month.work = work, [_corrected(network, team) for team in work]
    return month


def _luma_bills(network: Network, month: Month, before: Month | None) -> Iterator[Bill]:
    """One invoice a month, but three for the last two, the middle one over both."""
    period = month.period
    if not network.active("LUMA", period):
        return
    middle = period.first.replace(day=15)
    if period == network.before_last:
        yield luma_bill(network, period, 0, month.work, period.first, middle)
    elif period == network.last and before is not None:
        over = before.period.first.replace(day=16)
        yield luma_bill(network, before.period, 1, [*before.work, *month.work], over, middle)
        yield luma_bill(network, period, 0, month.work, middle.replace(day=16), period.last)
    else:
        yield luma_bill(network, period, 0, month.work, period.first, period.last)


def _corrected(network: Network, month: TeamMonth) -> TeamMonth:
    """Kite's first team as the corrected file has it: a row changed, a row gone, a row new; others as they are."""
    if (month.team.vendor, month.team.site, month.team.role) != ("KITE", "WAW", "ads"):
        return month
    days = list(month.days)
    first, *others = days[CHANGED_DAY].people
    changed = replace(first, decisions=first.decisions + 40, hours=first.hours + 25)
    days[CHANGED_DAY] = replace(days[CHANGED_DAY], people=(changed, *others))
    days[GONE_DAY] = replace(days[GONE_DAY], people=days[GONE_DAY].people[1:])
    example = days[NEW_DAY].people[0]
    new = AgentDay(agent_id(network, month.team, month.team.agents + 1), example.decisions + 7, 0, example.hours, example.aht)
    days[NEW_DAY] = replace(days[NEW_DAY], people=(*days[NEW_DAY].people, new))
    return replace(month, days=tuple(days))


def decisions_by_stratum(network: Network, month: Month, vendor: str) -> dict[Stratum, int]:
    """Decisions by the platform's count."""
    counts: dict[Stratum, int] = {}
    for team in month.teams(vendor):
        key = network.queue_of[team.team.role], team.team.language
        counts[key] = counts.get(key, 0) + team.decisions
    return counts


def audits_by_stratum(network: Network, month: Month, vendor: str) -> dict[Stratum, tuple[int, int, int]]:
    """Audits of random samples per stratum: (audits, right, without critical error)."""
    sums: dict[Stratum, tuple[int, int, int]] = {}
    for row in month.audits:
        if row.vendor == vendor and row.sample == "random" and row.overlap is None:
            key = network.queue_of[row.role], row.language
            audits, right, uncritical = sums.get(key, (0, 0, 0))
            sums[key] = audits + row.audits, right + row.right, uncritical + row.audits - row.critical
    return sums


def overlap_of(month: Month, vendor: str) -> Overlap | None:
    """What both sides reviewed of a vendor's work; one row a month holds it."""
    found = [row.overlap for row in month.audits if row.vendor == vendor and row.overlap]
    return found[0] if found else None


def staffing_share(network: Network, month: Month, vendor: str) -> Fraction | None:
    """Delivered over committed working days; None when nothing was committed."""
    committed = sum(row.fte_days for row in commitments(network, month.period) if row.vendor == vendor)
    delivered = sum(row.fte_days for row in month.staffing if row.vendor == vendor)
    return Fraction(delivered, 10 * committed) if committed else None


def own_decisions(months: list[TeamMonth], role: str | None = None) -> int:
    """Decisions by the vendor's count, of one kind of work or all."""
    return sum(day.vendor_decisions for month in months if role in {None, month.team.role} for day in month.days)


def platform_decisions(months: list[TeamMonth], role: str | None = None) -> int:
    """Decisions by the platform's count, of one kind of work or all."""
    return sum(month.decisions for month in months if role in {None, month.team.role})
