"""A night shift over the end of a month in which the clocks go back.

Owns: that one file and its true hours. Must not know: how the product splits a shift.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

from importers.samples.network import SITES, Network, Team
from importers.samples.staffing import night_shift
from importers.samples.volumes import agent_id
from importers.samples.workbooks import Sheet, write_workbook

HEAD = ["site", "agent_id", "shift_start", "shift_end"]
SHEET = "Night"
FORMAT = "yyyy-mm-dd hh:mm"


def write_night(network: Network, folder: Path) -> Path | None:
    """Luma's night shift as a workbook; None where no clock changes in that night."""
    shift = night_shift(network)
    if shift is None:
        return None
    agent = agent_id(network, Team("LUMA", "AUS", "live", "en", 1), 0)
    path = folder / f"LUMA_night_shift_{shift[0].date()}.xlsx"
    write_workbook(path, [Sheet(SHEET, [HEAD, ["AUS", agent, *shift]], {2: FORMAT, 3: FORMAT})])
    return path


def true_hours(network: Network) -> dict[date, Fraction]:
    """Hours per calendar day as lived, by counting the minutes of the night."""
    shift = night_shift(network)
    if shift is None:
        return {}
    zone = ZoneInfo(next(site.timezone for site in SITES if site.code == "AUS"))
    start, end = (moment.replace(tzinfo=zone).astimezone(UTC).timestamp() for moment in shift)
    hours: dict[date, Fraction] = {}
    for minute in range(int(start), int(end), 60):
        day = datetime.fromtimestamp(minute, zone).date()
        hours[day] = hours.get(day, Fraction(0)) + Fraction(1, 60)
    return hours
