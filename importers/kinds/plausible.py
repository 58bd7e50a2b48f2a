"""What amounts in one row can be (domain 4.5): refused when impossible, remarked on when unlikely.

Owns: these checks. Must not know: names, days, other rows. Each runs on a whole column at once.
"""

from __future__ import annotations

import polars as pl

from importers.checks import Findings
from importers.evidence import REPORTED
from importers.kinds import SHARE
from importers.kinds.fields import COUNTED, ERRORS, ORDERED, PARTS, RATES
from kernel.money import NANO
from scorecards.metrics import FACTS

LONGEST_DAY = 24 * 10**NANO
PERSONAL_HOURS = ("worked_hours", "production_hours")
WHOLE = tuple(name for name in COUNTED if FACTS[name].unit in ("items", "persons") and name != "forecast_items")
"""Counts of things that come whole; a forecast may be a mean."""


def check_amounts(frame: pl.DataFrame, findings: Findings) -> None:
    """Report every amount that cannot be, and those that are unlikely. frame: all rows as the tables give them."""
    given = {name for table in findings.tables for name in table.columns}
    _negative(frame, given, findings)
    _impossible(frame, given, findings)
    _unlikely(frame, given, findings)
    _reported(frame, findings)


def _negative(frame: pl.DataFrame, given: set[str], findings: Findings) -> None:
    for name in (*COUNTED, *RATES, ERRORS):
        if name in given and name in frame.columns:
            message = f"{name} is {{value}}, and a count cannot be negative: correct the cell."
            findings.add("error", "NEGATIVE", message, name, frame[name] < 0)


def _impossible(frame: pl.DataFrame, given: set[str], findings: Findings) -> None:
    for rate in RATES.values():
        if rate.name in frame.columns and rate.parse == SHARE:
            message = f"{rate.name} is {{value}}, and a share lies between 0 % and 100 %: correct the cell."
            findings.add("error", "SHARE_OUTSIDE", message, rate.name, frame[rate.name] > 10**NANO)
    for part, whole in PARTS:
        if part in given and {part, whole} <= set(frame.columns):
            message = f"{part} is {{value}}, more than the {whole} of the same row: correct one of the two cells."
            findings.add("error", "PART_EXCEEDS_WHOLE", message, part, frame[part] > frame[whole])


def _unlikely(frame: pl.DataFrame, given: set[str], findings: Findings) -> None:
    for small, large in ORDERED:
        if {small, large} <= set(frame.columns):
            message = f"{small} is {{value}}, more than the {large} of the same row: check the row."
            findings.add("warning", "ORDER", message, small, frame[small] > frame[large])
    for name in PERSONAL_HOURS:
        if name in frame.columns and "agent_id" in frame.columns:
            long = (frame[name] > LONGEST_DAY) & frame["agent_id"].is_not_null() & ~frame["month"]
            findings.add("warning", "LONG_DAY", f"{name} is {{value}}, more hours than a day has: check the row.", name, long)
    for name in (*RATES, ERRORS):
        if f"{name}__off" in frame.columns:
            message = f"{name} is {{value}}, which does not fit the totals in the same row: the totals count."
            findings.add("warning", "RATE_DIFFERS", message, name, frame[f"{name}__off"])
    for name in WHOLE:
        if name in given and name in frame.columns:
            message = f"{name} is {{value}}, and these are counted whole: check the cell."
            findings.add("warning", "NOT_WHOLE", message, name, frame[name] % 10**NANO != 0)
    _flow(frame, findings)


def _reported(frame: pl.DataFrame, findings: Findings) -> None:
    for rate in RATES.values():
        if rate.name + REPORTED in frame.columns:
            message = (
                f"{rate.name} is {{value}} and its weight, {rate.weight}, is not in the same row: it is shown, and neither scored nor "
                f"added up; fill in {rate.weight} to let it count."
            )
            findings.add("info", "REPORTED_ONLY", message, rate.name, frame[rate.name + REPORTED].is_not_null())


def _flow(frame: pl.DataFrame, findings: Findings) -> None:
    """What was handled must have been there; what was there and came, less what was handled, is left."""
    if {"decisions", "received", "opening_backlog"} <= set(frame.columns):
        message = "decisions is {value}, more than opening_backlog and received of the same row: check the row."
        findings.add(
            "warning", "MORE_THAN_THERE_WAS", message, "decisions", frame["decisions"] > frame["received"] + frame["opening_backlog"]
        )
        if "closing_backlog" in frame.columns:
            left = frame["opening_backlog"] + frame["received"] - frame["decisions"]
            message = "closing_backlog is {value}, not opening_backlog and received less decisions of the same row: check the row."
            findings.add("warning", "BACKLOG_BREAK", message, "closing_backlog", frame["closing_backlog"] != left)
