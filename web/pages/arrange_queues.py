"""The queue pages as the reader meets them: sentences, groups and rows, from the page objects; no database, no HTML.

Owns: which words stand where. Must not know: how a figure is computed, where anything is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from scorecards.verdicts import metric_of
from web.filters import counted, listed, long_day, long_month, number, percent, sentence, unit_cost
from web.pages.arrange import cost_of, groups
from web.pages.arrange_scorecard import month_name
from web.pages.months import MONTHS_SHOWN

SHARES = ("accuracy", "critical_accuracy", "in_sla_share")
"""Shares that stand side by side, each with its interval."""
NOTHING: dict[str, Any] = {
    "period": None,
    "revision": None,
    "status": "open",
    "basis": "like_for_like",
    "others_shown": True,
    "decisions": None,
    "comparable_share": None,
    "vendors": [],
}
"""A queue before any month was closed."""
LIST_COLUMNS = ("code", "name", "severity", "format")
FIRST_DAY = "0001-01-01"

Row = Mapping[str, Any]


def list_page(page: Row) -> dict[str, Any]:
    """The list of queues with its sentence."""
    rows = [_list_row(one, page) for one in page["queues"]]
    headline = f"{sentence(counted(len(rows), 'queue'))}." if rows else "There is no queue yet."
    busy = [row for row in rows if row["decisions"]]
    story = ""
    if busy and page["period"]:
        total = sum((Decimal(row["decisions"]) for row in busy), Decimal(0))
        story = f"{number(total)} decisions in {long_month(page['period'])} in {counted(len(busy), 'queue')}."
    ordered = sorted(rows, key=lambda row: (-Decimal(row["decisions"] or 0), row["name"]))
    month = month_name(page["period"]) if page["period"] else ""
    return {"title": "Queues", "headline": headline, "story": story, "rows": ordered, "month": month}


def _list_row(one: Row, page: Row) -> dict[str, Any]:
    by_month = {row["period"]: row for row in one["volumes"]}
    newest = by_month.get(page["period"])
    series = [float(by_month[period]["decisions"]) if period in by_month else None for period in page["months"][-MONTHS_SHOWN:]]
    spoken = ", ".join(f"{month_name(row['period'])} {number(row['decisions'])}" for row in one["volumes"])
    return {
        "code": one["code"],
        "name": one["name"],
        "severity": one["severity"] or "–",
        "format": one["format"] or "–",
        "other": listed(list(one["aliases"])),
        "decisions": newest["decisions"] if newest else None,
        "providers": listed(newest["vendors"]) if newest else "–",
        "series": series,
        "spoken": f"Decisions by month: {spoken}" if spoken else "No decisions yet",
    }


def list_csv(page: Row) -> list[Sequence[object]]:
    """The list as lines of a file."""
    lines: list[Sequence[object]] = [[*LIST_COLUMNS, "aliases", "period", "decisions", "vendors"]]
    for one in page["queues"]:
        newest: Row = next((row for row in one["volumes"] if row["period"] == page["period"]), {"decisions": None, "vendors": []})
        own = [one[name] for name in LIST_COLUMNS]
        lines.append([*own, "; ".join(one["aliases"]), page["period"], newest["decisions"], " ".join(newest["vendors"])])
    return lines


def providers_csv(page: Row) -> list[Sequence[object]]:
    """The providers and their languages as lines of a file; language '' = all of them."""
    heads: list[Sequence[object]] = [
        ["vendor", "name", "language", "rank_low", "rank_high", "score", "decisions", "share", "cost_per_decision", "cost_per_decision_raw"]
        + [f"{name}{part}" for name in SHARES for part in ("", "_low", "_high", "_n")]
        + ["aht_seconds"]
    ]
    for one in page["vendors"]:
        cost = metric_of(one, "cost_per_decision")
        line = [one["vendor"], one["name"], "", *(one[name] for name in ("rank_low", "rank_high", "score", "decisions", "share"))]
        heads.append([*line, cost_of(cost), cost_of(cost, "raw"), *_parts(one), metric_of(one, "aht_seconds").get("value")])
        for row in one["languages"]:
            raw = row["cost"]["value"] if row["cost"] else None
            cells = [row[name][part] for name in SHARES for part in ("value", "low", "high", "n")]
            own = [one["vendor"], one["name"], row["key"], None, None, None, row["decisions"], row["share"]]
            heads.append([*own, None, raw, *cells, row["aht_seconds"]["value"]])
    return heads


def _parts(one: Row) -> list[object]:
    return [metric_of(one, name).get(part) for name in SHARES for part in ("value", "low", "high", "n")]


def queue_words(page: Row) -> dict[str, Any]:
    """Everything a queue's page says."""
    found = []
    for group in groups(page["vendors"], {}):
        known = {one["vendor"]: one for one in page["vendors"]}
        found.append({**group, "rows": [_provider(row, known[row["vendor"]], page) for row in group["rows"]]})
    headline, story = _sentences(page)
    return {
        "headline": headline,
        "story": story,
        "facts": _facts(page),
        "groups": found,
        "currency": next((row["currency"] for group in found for row in group["rows"] if row["currency"]), ""),
        "other": listed(list(page["aliases"])),
        "attributes": [_attribute(row) for row in page["attributes"]],
        "series": [float(row["decisions"]) for row in page["volumes"]],
        "volumes": [{"name": month_name(row["period"]), "decisions": row["decisions"]} for row in reversed(page["volumes"])],
        "spoken": "Decisions by month: " + ", ".join(f"{month_name(row['period'])} {number(row['decisions'])}" for row in page["volumes"]),
        "ranking_href": f"/rankings/{page['period']}?queue={page['code']}" if page["period"] else "",
    }


def _sentences(page: Row) -> tuple[str, str]:
    """The queue's month in a sentence, and what carries it."""
    if page["period"] is None:
        return f"{page['name']} has no closed month yet.", ""
    month, vendors = long_month(page["period"]), page["vendors"]
    if not page["others_shown"]:
        own = f"{listed([one['name'] for one in vendors])} on" if vendors else "You have no decisions on"
        return f"{own} {page['name']} in {month}.", "Other providers are not shown."
    if not vendors:
        return f"Nobody worked on {page['name']} in {month}.", ""
    if len(vendors) == 1:
        return f"{vendors[0]['name']} alone works on {page['name']}: there is nobody to compare with.", ""
    costs = sorted(((value, one) for one in vendors if (value := cost_of(metric_of(one, "cost_per_decision"))) is not None), key=_first)
    most = max(vendors, key=lambda one: (Decimal(one["decisions"]), one["vendor"]))
    told = f"{most['name']} does most of it, {percent(most['share'], 0)} %." if most["share"] is not None else ""
    providers = f"{sentence(counted(len(vendors), 'provider'))} in {month}"
    if len(costs) < 2:  # noqa: PLR2004 - one alone compares nothing
        return f"{page['name']}: {providers[:1].lower()}{providers[1:]}.", told
    (low, cheap), (high, dear) = costs[0], costs[-1]
    currency = metric_of(cheap, "cost_per_decision")["value"]["currency"]
    headline = f"{page['name']}: from {unit_cost(low)} to {unit_cost(high)} {currency} a decision on equal work."
    return headline, f"{providers}: {cheap['name']} is cheapest, {dear['name']} dearest. {told}".rstrip()


def _first(pair: tuple[Decimal, Row]) -> Decimal:
    return pair[0]


def _facts(page: Row) -> list[dict[str, str]]:
    shown = [{"name": "Severity", "value": page["severity"] or "–", "note": page["format"]}]
    if page["decisions"] is not None:
        shown.append({"name": "Decisions", "value": number(page["decisions"]), "note": counted(len(page["vendors"]), "provider")})
    return shown


def _provider(row: Row, one: Row, page: Row) -> dict[str, Any]:
    """A provider's row: the ranking's row of the cut, with its share of the work and each language."""
    aht = metric_of(one, "aht_seconds")
    cost = metric_of(one, "cost_per_decision")
    trace = f"/trace/{one['vendor']}/{page['period']}/"
    return {
        **{name: row[name] for name in ("vendor", "name", "places", "score", "currency", "tags")},
        "card": f"/scorecards/{page['period']}/{one['vendor']}",
        "decisions": one["decisions"],
        "share": one["share"],
        "share_width": round(float(one["share"]) * 100, 1) if one["share"] is not None else None,
        "cost": row["cost"]["value"],
        "raw": row["cost"]["raw"],
        "cost_state": cost.get("state", "no_data"),
        "cost_tag": "entered by hand" if cost.get("by_hand") else "estimated" if cost.get("state") == "estimated" else "",
        **{name: _share(metric_of(one, name), f"{trace}{name}?queue={page['code']}") for name in SHARES},
        "aht": aht.get("value"),
        "trace": f"{trace}cost_per_decision?queue={page['code']}",
        "languages": [_language(part, f"{trace}{{}}?queue={page['code']}&language={part['key']}") for part in one["languages"]],
    }


def _share(metric: Row, trace: str) -> dict[str, Any]:
    value = metric.get("value")
    known = value is not None
    interval = f"{percent(metric['low'])}–{percent(metric['high'])} · " if known and metric.get("low") is not None else ""
    few = ", too few" if metric.get("state") == "small_sample" else ""
    weighed = bool(metric.get("weight"))
    return {
        "value": value,
        **{end: metric.get(end) for end in ("low", "high")},
        "target": metric.get("target") if weighed else None,
        "must": (metric.get("gate") or {}).get("floor"),
        "state": metric.get("state", "no_data"),
        "company": f"{interval}n {number(metric['n'])}{few}" if known else "",
        "by_hand": metric.get("by_hand", False),
        "trace": trace,
    }


def _language(part: Row, trace: str) -> dict[str, Any]:
    return {
        "name": part["key"],
        "decisions": part["decisions"],
        "share": part["share"],
        "cost": part["cost"]["value"] if part["cost"] else None,
        **{name: {**part[name], "trace": trace.format(name)} for name in SHARES},
        "aht": part["aht_seconds"]["value"],
    }


def _attribute(row: Row) -> dict[str, str]:
    since = "from the beginning" if row["from"] == FIRST_DAY else f"from {long_day(row['from'])}"
    return {"since": since, "severity": row["severity"] or "–", "format": row["format"] or "–"}
