"""Who was there: delivered and committed working days, billable hours, and one night over a clock change.

Owns: a month of staffing per site as plain whole numbers. Must not know: files, headers, prices.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from importers.samples.dice import Dice
from importers.samples.network import SITES, Network
from importers.samples.volumes import TeamMonth
from kernel.period import Period

STAFFED_PER_MILLE = {"NOVA": 962, "ORBI": 952, "PALM": 993, "KITE": 930, "VEGA": 942, "LUMA": 950, "HOME": 961}
SATURDAY = 5
BILLABLE_PERCENT = 108
"""Palma's billable hours beside its production hours: coaching and briefings are billable too."""
SUNDAY = 6


@dataclass(frozen=True, slots=True)
class StaffDay:
    """A site's day. fte_days: tenths of a working day; billable_hours: hundredths, None where nobody counts them."""

    vendor: str
    site: str
    day: date
    fte_days: int
    billable_hours: int | None


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a vendor committed for a site and month: whole working days."""

    vendor: str
    site: str
    period: Period
    fte_days: int


def weekdays(period: Period) -> list[date]:
    """Monday to Friday of a month."""
    return [day for day in period.days() if day.weekday() < SATURDAY]


def month_of_staffing(network: Network, period: Period, work: list[TeamMonth]) -> list[StaffDay]:
    """All sites' days, in the order of the sites; on weekends only sites whose hours are billed."""
    rows: list[StaffDay] = []
    for site in SITES:
        months = [month for month in work if month.team.site == site.code]
        if months:
            rows.extend(_site_days(network, site.vendor, site.code, period, months))
    return rows


def _site_days(network: Network, vendor: str, site: str, period: Period, months: list[TeamMonth]) -> list[StaffDay]:
    dice = Dice(network.seed, f"staffing/{vendor}/{site}/{period}")
    agents = sum(month.team.agents for month in months)
    working = weekdays(period)
    delivered = [agents * 10 * STAFFED_PER_MILLE[vendor] // 1000 + dice.between(-2, 2) for _ in working]
    if vendor == "KITE" and period == network.last:
        delivered = _twin(network, agents, len(working))
        if site == "KRK":
            delivered.reverse()
    by_day = dict(zip(working, delivered, strict=True))
    rows = []
    for index, day in enumerate(period.days()):
        billable = None
        if vendor == "PALM":
            billable = sum(month.days[index].hours for month in months) * BILLABLE_PERCENT // 100
        if billable is not None or day in by_day:
            rows.append(StaffDay(vendor, site, day, by_day.get(day, 0), billable))
    return rows


def _twin(network: Network, agents: int, count: int) -> list[int]:
    """Kite's two sites deliver the same sum in the last month: their fees are equal, and lawfully so."""
    dice = Dice(network.seed, "twin")
    return [agents * 10 * STAFFED_PER_MILLE["KITE"] // 1000 + dice.between(-2, 2) for _ in range(count)]


def commitments(network: Network, period: Period) -> list[Commitment]:
    """What was committed for a month."""
    agents: dict[tuple[str, str], int] = {}
    for team in network.teams(period):
        agents[team.vendor, team.site] = agents.get((team.vendor, team.site), 0) + team.agents
    return [Commitment(vendor, site, period, count * len(weekdays(period))) for (vendor, site), count in agents.items()]


def night_shift(network: Network) -> tuple[datetime, datetime] | None:
    """Luma's shift over the end of the last month, local wall time; None unless the clocks go back in that night.

    They do in the United States on the first Sunday of November: 31 October to 1 November 2026 is such a night.
    """
    first = network.last.end
    if (first.month, first.weekday()) != (11, SUNDAY) or first > network.as_of:
        return None
    return datetime.combine(first - timedelta(days=1), time(22)), datetime.combine(first, time(6))
