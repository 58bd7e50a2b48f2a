"""The scorecard page as the reader meets it: its sentences and rows, from the page object; no database, no HTML.

Owns: which words stand beside a figure, in which group it stands. Must not know: how a figure is computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from scorecards.benchmark import carried_weight
from scorecards.note_subjects import figure_subject
from scorecards.review.arrange import compared_metric, score_change
from scorecards.review.sentences import change_text, deciding, figure, headline, waited
from scorecards.review.values import PastMonth
from scorecards.verdicts import is_untold, metric_of
from web.filters import amount, counted, listed, long_day, long_month, number, percent, sentence, short_month, signed, unit_cost, words
from web.pages.arrange import PILLARS, cost_of, is_capped, places

MINUS = "\N{MINUS SIGN}"
VERDICTS = {"good": "on", "approaching_target": "near", "requires_improvement": "watch", "inadequate": "off", None: "none"}
LIMITS = {"up": "at least", "down": "at most"}
ABSOLUTE = ("qa_gap", "count_discrepancy")
"""Figures whose size counts, not their sign."""
INFORMS = "To know, without weight"
CUTS = (("queue", "Queue"), ("site", "Site"), ("language", "Language"))

Row = Mapping[str, Any]


def full(page: Row) -> dict[str, Any]:
    """The page object with what each figure brings to the score, its verdict, and its change since the month before."""
    before = None if page["before"] is None else PastMonth(**page["before"])
    carried = carried_weight(page["metrics"])
    rows = [compared_metric(row, page["contributions"], before, Fraction(carried)) for row in page["metrics"]]
    return {**page, "metrics": rows, "moved": score_change(page, before)}


def top(page: Row) -> dict[str, Any]:
    """The sentence, what carries it, and what else decides the rating; page: as `full` gives it."""
    first, *more = deciding(page)
    moved = page["moved"]
    since = ""
    if moved["score"] is not None:
        noise = f", {moved['noise']}" if moved["noise"] else ""
        since = f" Since {long_month(moved['period']).partition(' ')[0]} {signed(moved['score'])} points{noise}."
    return {
        "headline": headline(page),
        "story": f"{first['text']}{since}",
        "verdict": VERDICTS.get(page["rating"], "none"),
        "rating": sentence(page["rating"]) if page["rating"] else "Not rated",
        "tags": [*(["capped"] if is_capped(page) else []), *(["provisional"] if page["waiting_for"] else [])],
        "deciding": more,
        "limits": [_limit(row) for row in page["metrics"] if row["gate"]],
    }


def _limit(row: Row) -> dict[str, str]:
    """A must-meet limit, whether it was met, and whether that is proven."""
    name, floor = sentence(row["metric"]), Decimal(str(row["gate"]["floor"]))
    limit = f"{name}, must-meet {percent(floor, 0)} %"
    if row["value"] is None or row["low"] is None or Decimal(row["n"] or 0) < row["gate"]["min_sample"]:
        return {
            "shape": "none",
            "said": "cannot be judged",
            "text": limit,
            "why": f"{number(row['n'])} of {row['gate']['min_sample']} reviews",
        }
    value, low, high = (Decimal(str(row[key])) for key in ("value", "low", "high"))
    interval = f"{percent(value)} %, interval {percent(low)}–{percent(high)} %"
    if value >= floor:
        proven = low >= floor
        return {"shape": "on", "said": "met, proven" if proven else "met, not proven", "text": limit, "why": interval}
    return {"shape": "off", "said": "missed, proven" if high < floor else "missed, not proven", "text": limit, "why": interval}


def facts(page: Row) -> list[dict[str, str]]:
    """Score, rank, decisions and cost, each with its company."""
    cost = metric_of(page, "cost_per_decision")
    interval = "" if page["score_low"] is None else f"{number(page['score_low'], 1)}–{number(page['score_high'], 1)}, "
    raw = page["raw"]["score"]
    others = page["tied_with"]
    tied = page["names"].get(others[0], others[0]) if len(others) == 1 else counted(len(others), "other") if others else ""
    shown = [
        {"name": "Score", "value": number(page["score"], 1), "note": f"{interval}raw {number(raw, 1)}"},
        {
            "name": "Rank",
            "value": f"{places(page)} of {page['ranked']}" if page["rank"] else "–",
            "note": f"tied with {tied}" if tied else "",
        },
        {"name": "Decisions", "value": number(cost.get("denominator")), "note": whose(cost.get("side", ""))},
    ]
    if page["cost"]:
        money = page["cost"]["shown"]
        each = cost_of(cost, "raw")
        value = amount(round(Decimal(money["amount"]), 2))
        shown.append({"name": "Cost", "value": value, "note": f"{money['currency']}, {unit_cost(each)} raw"})
    return shown


def whose(side: str) -> str:
    """Whose counts a figure rests on.

    >>> whose("platform"), whose("client+vendor"), whose("")
    ('platform’s count', 'client’s and vendor’s count', '')
    """
    return f"{listed([f'{one}’s' for one in side.split('+')])} count" if side else ""


def groups(page: Row) -> list[dict[str, Any]]:
    """The figures by pillar, those without weight last; page: as `full` gives it."""
    carried = carried_weight(page["metrics"])
    weighed = [row for row in page["metrics"] if Decimal(str(row["weight"])) > 0]
    named = {name for _, _, names in PILLARS for name in names}
    parts = [(title, [row for row in weighed if row["metric"] in names]) for _, title, names in PILLARS]
    parts.append(("Other", [row for row in weighed if row["metric"] not in named]))
    found = [
        {"title": title, "weight": _weight(rows, carried), "rows": [metric_row(row, page, carried) for row in rows]}
        for title, rows in parts
        if rows
    ]
    rest = [row for row in page["metrics"] if row not in weighed]
    return [*found, *([{"title": INFORMS, "weight": "", "rows": [metric_row(row, page, carried) for row in rest]}] if rest else [])]


def _weight(rows: Sequence[Row], carried: Decimal) -> str:
    whole = sum((Decimal(str(row["weight"])) for row in rows), Decimal(0))
    told = [row for row in rows if row["contribution"] is not None]
    if not told or not carried:
        return f"weight {percent(whole, 0)} %, {'points not told' if any(is_untold(row) for row in rows) else 'no points'}"
    gained = sum((Decimal(str(row["contribution"])) for row in told), Decimal(0))
    most = sum((Decimal(str(row["weight"])) for row in told), Decimal(0)) / carried * 100
    return f"weight {percent(whole, 0)} %, {number(gained, 1)} of {number(most, 1)}"


def metric_row(row: Row, page: Row, carried: Decimal) -> dict[str, Any]:
    """What stands beside one figure."""
    weight = Decimal(str(row["weight"]))
    change = next((one for one in page["changes"] if one["metric"] == row["metric"]), None)
    subject = figure_subject(page["vendor"], page["period"], row["metric"])
    return {
        "metric": row["metric"],
        "name": sentence(row["metric"]),
        "tags": _tags(row, change),
        "rule": " · ".join(part for part in (rule_text(row), whose(row["side"])) if part),
        "value": figure(row["value"], row["unit"]),
        "company": _company(row),
        "points": row["points"],
        "verdict": row["verdict"],
        "said": row["verdict_words"],
        "contribution": row["contribution"],
        "full": float(weight / carried * 100) if carried and row["contribution"] is not None else None,
        "change": change_text(row),
        "noise": row["noise"] or ("" if row["change"] is None else "no interval"),
        "trace": f"/trace/{page['vendor']}/{page['period']}/{row['metric']}",
        "chart": address(page, chart=row["metric"]) + "#chart",
        "subject": subject,
    }


def _tags(row: Row, change: Row | None) -> list[str]:
    tags = [f"must-meet {percent(row['gate']['floor'], 0)} %"] if row["gate"] else []
    if change is not None:
        tags.append(f"was {figure(change['old'], row['unit'])}")
    if row["state"] == "estimated":
        tags.append("estimated")
    tags += [words(mark) for mark in row["marks"]]
    return [*tags, *(["entered by hand"] if row.get("by_hand") else [])]


def _company(row: Row) -> str:
    """Interval, n, and raw where it differs."""
    parts = []
    if row["low"] is not None and row["high"] is not None:
        low, high = (_digits(row[end], row["unit"]) for end in ("low", "high"))
        parts.append(f"{low} to {high}" if low.startswith(MINUS) else f"{low}–{high}")
    if row["n"] is not None:
        parts.append(f"n {number(row['n'])}")
    if row["unit"] == "money" and row["raw"] is not None and row["raw"] != row["value"]:
        parts.append(f"raw {unit_cost(cost_of(row, 'raw'))}")
    return " · ".join(parts)


def _digits(value: Any, unit: str) -> str:
    """A figure without its unit: the head says it."""
    return figure(value, unit).partition(" ")[0]


def rule_text(row: Row) -> str:
    """What is asked of a figure.

    >>> rule_text({"metric": "accuracy", "target": 0.95, "direction": "up", "unit": "share", "weight": 0.1})
    'at least 95 %'
    """
    if row["target"] is None or not row["weight"]:
        return ""
    target = f"{percent(row['target'], 1).removesuffix('.0')} %" if row["unit"] == "share" else _digits(row["target"], row["unit"])
    either = " either way" if row["metric"] in ABSOLUTE else ""
    return f"{LIMITS.get(row['direction'], 'about')} {target}{either}"


def address(page: Row, **query: object) -> str:
    """The page's address with what was asked, changed."""
    asked = {"revision": page["asked_revision"], "chart": page["chart"]["metric"], **query}
    kept = {name: value for name, value in asked.items() if value not in (None, "", "score")}
    return f"/scorecards/{page['period']}/{page['vendor']}" + (f"?{urlencode(kept)}" if kept else "")


def equal_work(page: Row) -> dict[str, Any] | None:
    """The rows behind the like-for-like cost, and the two sums; None where the cost is not compared."""
    cost = metric_of(page, "cost_per_decision")
    if not page["equal_work"] or cost.get("raw") is None:
        return None
    rows = [
        {
            "name": ", ".join(part for part in (page["queue_names"].get(row["queue"], row["queue"]), row["language"]) if part)
            or "not told",
            "decisions": row["decisions"],
            "own_share": row["own_share"],
            "network_share": row["network_share"],
            "cost": row["cost"]["value"],
            "network_cost": row["network_cost"]["value"] if row["network_cost"] else None,
            "difference": _gap(row["cost"], row["network_cost"]),
        }
        for row in page["equal_work"]
    ]
    sums = [("Raw, own mix of work", cost["raw"], page["network"]["raw"]), ("Like for like", cost["value"], page["network"]["level"])]
    totals = [
        {"name": name, "cost": own["value"], "network": other["value"] if other else None, "difference": _gap(own, other)}
        for name, own, other in sums
        if own is not None
    ]
    return {"rows": rows, "totals": totals, "currency": cost["raw"]["currency"], "said": _equal_words(totals)}


def _gap(own: Row, other: Row | None) -> str:
    """Difference to the network in percent, with its sign."""
    if other is None or not Decimal(other["value"]):
        return "–"
    return f"{signed((Decimal(own['value']) / Decimal(other['value']) - 1) * 100)} %"


def _equal_words(totals: Sequence[Row]) -> str:
    gaps = [Decimal(row["cost"]) - Decimal(row["network"]) for row in totals if row["network"] is not None]
    if len(gaps) < 2:  # noqa: PLR2004 - one alone compares nothing
        return ""
    raw, like = ("dearer" if gap > 0 else "cheaper" for gap in gaps)
    return (
        f"It looks {raw} than the network and is {like} on equal work."
        if raw != like
        else f"It is {raw} than the network, raw and on equal work."
    )


def cuts(page: Row) -> list[dict[str, Any]]:
    """By queue, site and language: where the month's figures come from."""
    return [{"kind": kind, "title": title, "rows": [_cut(kind, row, page) for row in page[kind]]} for kind, title in CUTS if page[kind]]


def _cut(kind: str, row: Row, page: Row) -> dict[str, Any]:
    key = row["key"]
    names = {"queue": page["queue_names"], "site": page["site_names"]}.get(kind, {})
    links = {"queue": f"/queues/{key}?period={page['period']}", "language": f"/rankings/{page['period']}?{urlencode({'language': key})}"}
    trace = f"/trace/{page['vendor']}/{page['period']}/"
    cut = urlencode({kind: key})
    return {
        "name": names.get(key, key),
        "href": links.get(kind, ""),
        "decisions": row["decisions"],
        "share": row["share"],
        "cost": row["cost"]["value"] if row["cost"] else None,
        **{
            name: {**row[name], "trace": f"{trace}{name}?{cut}"}
            for name in ("critical_accuracy", "accuracy", "in_sla_share", "aht_seconds")
        },
    }


def changes(page: Row) -> list[dict[str, str]]:
    """What this revision changed against the one before, old and new."""
    units = {row["metric"]: row["unit"] for row in page["metrics"]}
    return [
        {
            "name": sentence(one["metric"]),
            "old": figure(one["old"], units.get(one["metric"], "")),
            "new": figure(one["new"], units.get(one["metric"], "")),
            "cause": one["cause"],
        }
        for one in page["changes"]
    ]


def revisions(page: Row) -> list[dict[str, Any]]:
    """All revisions of the month with their reasons, the newest first."""
    return [
        {
            "number": one["revision"],
            "day": long_day(one["at"]),
            "why": one["why"] or ["something that lies with others"],
            "href": address(page, revision=one["revision"]),
            "current": one["revision"] == page["revision"],
        }
        for one in reversed(page["revisions"])
    ]


def waits(page: Row) -> list[str]:
    """What the month waits for."""
    return [sentence(waited(item)) for item in page["waiting_for"]]


def month_name(period: str) -> str:
    """A month's short name with its year.

    >>> month_name("2026-09")
    'Sep 2026'
    """
    return f"{short_month(period)} {period[:4]}"
