"""Shifts: worked hours from a start and an end, given to the days that the contract's date rule says.

Owns: turning shift columns into hours per day. Must not know: clock changes (kernel.calendar does), contracts.
"""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from importers.checks import Findings
from importers.kinds import Context
from kernel.calendar import shift_hours
from kernel.money import NANO, to_scaled

LONGEST_SHIFT = 24
"""Hours; a longer shift is a slip of the pen."""


def split_shifts(frame: pl.DataFrame, context: Context, findings: Findings) -> pl.DataFrame:
    """Rows with a shift get the worked hours of the shift's days; a shift over two days makes a second row.

    frame: one row per file row with `at` (its number), vendor, site, day, shift_start, shift_end. Returns: the frame
    with worked_hours (kept where the file gives it) and day filled; rows added for later days hold nothing else.
    """
    if "shift_start" not in frame.columns or "shift_end" not in frame.columns:
        return frame
    needed = frame["shift_start"].is_not_null() & frame["shift_end"].is_not_null()
    if "worked_hours" in frame.columns:
        needed &= frame["worked_hours"].is_null()
    shifts = frame.filter(needed).select("at", "vendor", "site", "shift_start", "shift_end")
    parts = _parts(shifts, context, findings)
    if parts.is_empty():
        return frame
    first = parts.filter(pl.col("part") == 0)
    later = parts.filter(pl.col("part") > 0)
    joined = frame.join(first.select("at", pl.col("day").alias("shift_day"), "hours"), on="at", how="left", maintain_order="left")
    given = pl.col("worked_hours") if "worked_hours" in frame.columns else pl.lit(None, pl.Int64)
    head = joined.with_columns(
        worked_hours=pl.coalesce(given, "hours"),
        day=pl.when(pl.col("hours").is_not_null()).then(pl.col("shift_day")).otherwise(pl.col("day")),
    ).drop("shift_day", "hours")
    keys = ("at", "sheet", "row", "vendor", "site", "queue", "language", "role", "side", "sample", "agent", "month", "shift_start")
    tail = later.select("at", "day", pl.col("hours").alias("worked_hours")).join(frame.select(*keys), on="at", how="left")
    return pl.concat([head, tail.select(*keys, "day", "worked_hours")], how="diagonal")


def _parts(shifts: pl.DataFrame, context: Context, findings: Findings) -> pl.DataFrame:
    distinct = shifts.select("vendor", "site", "shift_start", "shift_end").unique()
    split: dict[tuple[str, str, datetime, datetime], list[tuple[date, int]]] = {}
    wrong: set[tuple[str, str, datetime, datetime]] = set()
    homeless: set[tuple[str, str]] = set()
    for vendor, site, start, end in distinct.iter_rows():
        zone = context.zone_of(vendor, site)
        if zone is None:
            homeless.add((vendor, site))
            continue
        if not 0 < (end - start).total_seconds() <= LONGEST_SHIFT * 3600:
            wrong.add((vendor, site, start, end))
            continue
        hours = shift_hours(start, end, zone, context.date_rule_of(vendor, start.date()))
        split[vendor, site, start, end] = [(day, to_scaled(round(amount, NANO), NANO)) for day, amount in hours]
    rows: list[tuple[int, int, date, int]] = []
    bad: list[int] = []
    lost: list[int] = []
    for at, vendor, site, start, end in shifts.iter_rows():
        if (vendor, site) in homeless:
            lost.append(at)
        elif (vendor, site, start, end) in wrong:
            bad.append(at)
        else:
            rows += [(at, part, day, hours) for part, (day, hours) in enumerate(split[vendor, site, start, end])]
    message = f"the shift ends at {{value}}, before it starts or more than {LONGEST_SHIFT} hours after: correct shift_start or shift_end."
    findings.add("error", "SHIFT_TIMES", message, "shift_end", bad)
    findings.add("error", "SHIFT_SITE", "the shift names no site, so its time zone is not known: fill in the site.", "shift_start", lost)
    return pl.DataFrame(rows, schema={"at": pl.Int64, "part": pl.Int64, "day": pl.Date, "hours": pl.Int64}, orient="row")
