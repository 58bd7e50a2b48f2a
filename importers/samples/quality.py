"""What the client's reviewers found: audits per vendor, queue and language, and the overlap with the vendors' own.

Owns: a month of audits as plain whole numbers, with the planted samples. Must not know: files, headers, statistics.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from importers.samples.dice import Dice, shares
from importers.samples.network import Network
from kernel.period import Period

RIGHT_PER_MILLE = {"NOVA": 955, "ORBI": 970, "PALM": 960, "KITE": 970, "VEGA": 968, "LUMA": 960, "HOME": 970}
UNCRITICAL_PER_MILLE = {"NOVA": 968, "ORBI": 976, "PALM": 972, "KITE": 956, "VEGA": 976, "LUMA": 972, "HOME": 979}
PLANTED_CRITICAL_PER_MILLE = 900
"""Palma in the last month: right decisions with a critical fault in their records, below the must-meet limit."""
RATE_COLUMN_VENDORS = ("HOME", "KITE")
"""Vendors whose audits of the last two months come as an accuracy column with its weight."""
RATE_COLUMN_AUDITS = 100
RATE_PERCENT = 97
DROPPED_PERCENT = 79
"""Kite's accuracy in the last month, a real drop."""
GAP_PERCENT = 4
"""Kite's own reviewers are kinder than the client's by so many hundredths of the overlap."""
TARGETED_AUDITS = 40
MONDAY, TUESDAY, WEEK = 0, 1, 7


@dataclass(frozen=True, slots=True)
class Overlap:
    """Decisions that both sides reviewed: items, right for the vendor's reviewers, for the client's, for both."""

    items: int
    vendor_right: int
    client_right: int
    both_right: int


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row of audits of a day; critical counts the units with a critical error. overlap rows carry no audits."""

    vendor: str
    role: str
    language: str
    day: date
    sample: str
    audits: int
    right: int
    critical: int
    overlap: Overlap | None = None


def month_of_audits(network: Network, period: Period) -> list[AuditRow]:
    """All rows of a month, by vendor."""
    vendors = dict.fromkeys(team.vendor for team in network.teams(period))
    return [row for vendor in vendors for row in _vendor_rows(network, vendor, period)]


def in_rate_column(network: Network, row: AuditRow) -> bool:
    """Whether a row is printed as audits and accuracy, in a file of its own."""
    late = row.day >= network.before_last.first
    return row.vendor in RATE_COLUMN_VENDORS and late and row.overlap is None


def _vendor_rows(network: Network, vendor: str, period: Period) -> list[AuditRow]:
    dice = Dice(network.seed, f"audits/{vendor}/{period}")
    strata = sorted({(team.role, team.language) for team in network.teams(period, vendor)})
    if vendor in RATE_COLUMN_VENDORS and period >= network.before_last:
        rows = _rate_rows(network, vendor, period, strata)
    else:
        sizes = _sizes(network, vendor, period, len(strata), dice)
        wrong = _faults(sum(sizes), sizes, RIGHT_PER_MILLE[vendor], dice)
        critical = _faults(sum(sizes), sizes, _uncritical(network, vendor, period), dice)
        if vendor == "LUMA" and period == network.last:
            wrong = critical = [0] * len(sizes)
        if vendor == "VEGA" and period == network.last:
            wrong = critical = [1, 1] + [0] * (len(sizes) - 2)
        rows = [
            row
            for stratum, size, faults, severe in zip(strata, sizes, wrong, critical, strict=True)
            for row in _stratum_rows(vendor, stratum, period, size, faults, severe)
        ]
    if vendor == "NOVA":
        rows.append(replace(rows[0], sample="targeted", audits=TARGETED_AUDITS, right=TARGETED_AUDITS // 2, critical=4))
    if vendor != "HOME":
        rows.append(_overlap_row(network, vendor, period, strata[0], dice))
    return rows


def _sizes(network: Network, vendor: str, period: Period, strata: int, dice: Dice) -> list[int]:
    """Audits per stratum."""
    if period == network.last:
        if vendor == "LUMA":
            return shares(20, [1] * strata)
        if vendor == "VEGA":
            return shares(100, [1] * strata)
        if vendor == "ORBI":
            return shares(1000, [dice.between(80, 120) for _ in range(strata)])
        if vendor == "PALM":
            return [120 + dice.between(0, 20) for _ in range(strata)]
    if vendor == "PALM" and period == network.before_last:
        return shares(150, [1] * strata)
    return [70 + dice.between(0, 30) for _ in range(strata)]


def _uncritical(network: Network, vendor: str, period: Period) -> int:
    if vendor == "PALM" and period == network.last:
        return PLANTED_CRITICAL_PER_MILLE
    if vendor == "PALM" and period == network.before_last:
        return 930
    return UNCRITICAL_PER_MILLE[vendor]


def _faults(audits: int, sizes: list[int], right_per_mille: int, dice: Dice) -> list[int]:
    """Faults per stratum: their sum is fixed by the share, their places are chance."""
    weights = [size * dice.between(80, 120) for size in sizes]
    return shares((audits * (1000 - right_per_mille) + 500) // 1000, weights)


def _weekdays(period: Period, weekday: int) -> list[date]:
    first = period.first + timedelta(days=(weekday - period.first.weekday()) % WEEK)
    return [first + timedelta(days=WEEK * week) for week in range(4)]


def _stratum_rows(vendor: str, stratum: tuple[str, str], period: Period, size: int, wrong: int, critical: int) -> list[AuditRow]:
    days = _weekdays(period, MONDAY)
    sizes = shares(size, [1] * len(days))
    faults, severe = shares(wrong, sizes), shares(critical, sizes)
    return [
        AuditRow(vendor, *stratum, day, "random", audits, audits - fault, grave)
        for day, audits, fault, grave in zip(days, sizes, faults, severe, strict=True)
    ]


def _rate_rows(network: Network, vendor: str, period: Period, strata: list[tuple[str, str]]) -> list[AuditRow]:
    percent = DROPPED_PERCENT if vendor == "KITE" and period == network.last else RATE_PERCENT
    critical = RATE_COLUMN_AUDITS * (1000 - UNCRITICAL_PER_MILLE[vendor]) // 1000
    return [
        AuditRow(vendor, *stratum, day, "random", RATE_COLUMN_AUDITS, RATE_COLUMN_AUDITS * percent // 100, critical)
        for stratum in strata
        for day in _weekdays(period, MONDAY)[:2]
    ]


def _overlap_row(network: Network, vendor: str, period: Period, stratum: tuple[str, str], dice: Dice) -> AuditRow:
    items = 200 + 50 * dice.between(0, 2)
    client = items * 94 // 100
    ahead = items * GAP_PERCENT // 100 if vendor == "KITE" and period == network.last else dice.between(0, 3)
    overlap = Overlap(items, client + ahead, client, client - dice.between(1, 4))
    return AuditRow(vendor, *stratum, _weekdays(period, TUESDAY)[1], "random", 0, 0, 0, overlap)
