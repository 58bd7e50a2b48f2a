"""Contracts in words: the sentences of the list and of one vendor's page. No database, no HTML.

Owns: what stands first, how days and terms are said. Must not know: how a month is priced. Days are half-open inside;
a reader is told the last day on which a thing holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from web.filters import amount, counted, exact, listed, long_day, long_month, number, percent, sentence, words

Row = Mapping[str, Any]
TIMES = "\N{MULTIPLICATION SIGN}"
BASES = {
    "decision": "per decision",
    "thousand_decisions": "per thousand decisions",
    "production_hour": "per production hour",
    "billable_hour": "per billable hour",
    "fte_month": "per FTE-month",
}
TERMS = (
    ("rounding", "Rounding"),
    ("calendar", "Month"),
    ("fx", "Exchange rate"),
    ("date_rule", "A shift belongs to"),
)
FX = {"month_end": "the last on or before the month’s end"}
DATE_RULES = {"event_day": "the days it covers", "shift_start_day": "the day it starts"}


def until(end: str) -> str:
    """The last day of a half-open stretch, in words.

    >>> until("2027-11-01")
    '31 Oct 2027'
    """
    return long_day((date.fromisoformat(end) - timedelta(days=1)).isoformat())


def readable(calculation: str) -> str:
    """A calculation of the engine as a person reads it: days in words, names with spaces.

    >>> readable("4.2: 10 billable_hours from 2026-10-01 until before 2026-10-16 x 14.75, rounded half_up")
    '4.2: 10 billable hours from 1 Oct 2026 until before 16 Oct 2026 \u00d7 14.75, rounded half up'
    """
    days = re.sub(r"\b\d{4}-\d{2}-\d{2}\b", lambda found: long_day(found.group()), calculation)
    return days.replace("_", " ").replace(" x ", f" {TIMES} ")


def basis(name: str) -> str:
    """What a price is per."""
    return BASES.get(name, f"per {words(name)}")


def list_headline(page: Row) -> tuple[str, str]:
    """What the list of contracts says first."""
    rows = page["contracts"]
    if not rows and not page["without"]:
        return "No contract has been added yet.", ""
    soon = sorted((row for row in rows if row["renewal"]), key=lambda row: (row["renewal"]["days"], row["vendor"]))
    held = {row["vendor"] for row in rows if row["state"] == "in force"}
    without = listed([one["name"] for one in page["without"]])
    lacking = f"{without} {'has' if len(page['without']) == 1 else 'have'} no contract in force." if without else ""
    unpriced = sum(len(row["unpriced"]) for row in rows if row["state"] == "in force")
    later = f"{sentence(counted(unpriced, 'clause'))} {'is' if unpriced == 1 else 'are'} not priced yet." if unpriced else ""
    if soon:
        first = soon[0]
        title = f"{first['number']} of {first['name']} ends in {counted(first['renewal']['days'], 'day')} and nothing follows it."
        return title, " ".join(part for part in (lacking, later) if part)
    if lacking:
        return lacking, later
    return f"{sentence(counted(len(held), 'vendor'))} under contract; none ends within 90 days without another.", later


def headline(page: Row, name: str) -> tuple[str, str]:
    """What one vendor's contracts say first, on the chosen day."""
    held = page["contracts"]
    if not page["versions"]:
        return f"There is no contract with {name} yet.", ""
    if not held:
        return f"No contract of {name} is in force on {long_day(page['on'])}.", _stories(page)
    numbers = listed([one["number"] for one in held])
    ends = until(max(one["valid_to"] for one in held))
    prices = sum(len(one["prices"]) for one in held)
    title = f"{numbers} {'holds' if len(held) == 1 else 'hold'} until {ends}, with {counted(prices, 'price')}."
    return title, _stories(page)


def _stories(page: Row) -> str:
    missing = listed([f"{one['family']} {one['id']}" for one in page["unpriced"]])
    told = [f"Not priced yet, so the month’s total is without it: {missing}."] if missing else []
    told += [f"{sentence(one['message'])}." for one in page["clashes"] if one["kind"] == "gap"]
    return " ".join(told)


def facts(page: Row) -> list[dict[str, str]]:
    """The month's amount, when it ends, how often it was written anew."""
    found = []
    price = page["price"]
    if price is not None:
        complete = "complete" if price["complete"] else "not complete"
        found.append(
            {
                "name": f"{long_month(page['period'])} should cost",
                "value": amount(price["total"]["amount"]),
                "note": f"{price['currency']}, {complete}",
            }
        )
    if page["contracts"]:
        end = max(one["valid_to"] for one in page["contracts"])
        left = (date.fromisoformat(end) - date.fromisoformat(page["on"])).days
        found.append({"name": "Ends in", "value": f"{number(left)} days", "note": until(end)})
    if page["versions"]:
        counting = sum(1 for one in page["versions"] if one["counts"])
        found.append({"name": "Versions", "value": str(len(page["versions"])), "note": f"{counting} in use"})
    return found


def scope(row: Row) -> str:
    """What a clause is limited to, in words."""
    return ", ".join(f"{key} {row[key]}" for key in ("site", "queue", "language") if row[key]) or "all work"


def terms_rows(contract: Row) -> list[dict[str, str]]:
    """How a contract rounds, counts and converts."""
    said = {
        "rounding": words(contract["rounding"]),
        "calendar": "calendar month" if contract["calendar"] == "month" else words(contract["calendar"]),
        "fx": FX.get(contract["fx"], words(contract["fx"])),
        "date_rule": DATE_RULES.get(contract["date_rule"], words(contract["date_rule"])),
    }
    rows = [{"name": name, "value": said[key]} for key, name in TERMS]
    rows.append({"name": "Whose count goes first", "value": ", then ".join(words(one) for one in contract["side_precedence"])})
    tolerated = f"{exact(Decimal(contract['quantity_tolerance']) * 100)} % above the record"
    rows.append({"name": "Tolerated before a finding", "value": tolerated})
    if contract["holidays"]:
        rows.append({"name": "Days off it lists", "value": ", ".join(long_day(day) for day in contract["holidays"])})
    return rows


def target_rows(contract: Row) -> list[dict[str, str]]:
    """Levels that a contract sets itself: target and must-meet limit."""
    return [
        {
            "clause": one["id"],
            "metric": sentence(one["metric"]),
            "scope": scope(one),
            "target": level(one["target"]),
            "floor": level(one["floor"]),
            "until": until(one["valid_to"]),
        }
        for one in contract["targets"]
    ]


def level(value: str | None) -> str:
    """A share in percent, any other number as it is.

    >>> level("0.98"), level("12.5"), level(None)
    ('98.0 %', '12.5', '–')
    """
    if value is None:
        return "–"
    return f"{percent(value)} %" if abs(Decimal(value)) <= 1 else exact(value)


def rate_on(card: Row, day: str) -> Row | None:
    """The step of a rate that holds on a day; None when none does."""
    return next((one for one in card["steps"] if one["valid_from"] <= day < one["valid_to"]), None)


def changes_of(card: Row) -> str:
    """How a rate went, oldest first."""
    told = [f"{amount(one['rate'])} from {long_day(one['valid_from'])} (clause {one['id']}, {one['contract']})" for one in card["steps"]]
    return "; ".join(told)


def csv_rows(page: Row) -> list[Sequence[object]]:
    """The prices as a table: a line per rate and stretch of days; valid_to is the first day on which it no longer holds."""
    heads = ("vendor", "contract", "clause", "basis", "site", "queue", "language", "rate", "currency", "valid_from", "valid_to")
    rows: list[Sequence[object]] = [heads]
    for card in page["cards"]:
        where = [card[key] or "" for key in ("site", "queue", "language")]
        for one in card["steps"]:
            head = [page["vendor"], one["contract"], one["id"], card["basis"]]
            rows.append([*head, *where, one["rate"], card["currency"], one["valid_from"], one["valid_to"]])
    return rows
