"""The vendor pages as the reader meets them: sentences, rows and series, from the page objects; no database, no HTML.

Owns: which words stand where. Must not know: how a figure is computed, where anything is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from web.filters import amount, counted, listed, long_day, long_month, number, sentence, short_month, unit_cost, words
from web.pages.arrange import cost_of, places
from web.pages.arrange_invoices import TITLES, state_words
from web.pages.arrange_scorecard import VERDICTS, month_name

STANDING = ("rank", "rank_low", "rank_high", "score", "score_low", "score_high", "rating", "not_rated")
"""What the list shows of a vendor's newest month."""
LIST_COLUMNS = ("code", "name", "kind", "tier", "currency", "merged_into", "merged_on", "contract_ends_on")
MONTH_COLUMNS = ("period", "status", "revision", "rank", "rank_low", "rank_high", "score", "score_low", "score_high", "rating", "decisions")
KINDS = {"vendor": "vendor", "in_house": "in-house team"}
ENDING = 90
"""Days before a contract's end from which the page says so."""
STATES = {"accepted": "on", "refused": "off", "preview": "watch"}

Row = Mapping[str, Any]


def list_page(page: Row) -> dict[str, Any]:
    """The list of vendors with its sentence."""
    rows = [_list_row(one, page["period"]) for one in page["vendors"]]
    rated = sum(1 for one in page["vendors"] if one["standing"] and one["standing"]["rating"])
    headline = f"{sentence(counted(len(rows), 'vendor'))}." if rows else "There is no vendor yet."
    if rows and page["period"]:
        headline = f"{sentence(counted(len(rows), 'vendor'))}, {_count(rated)} rated in {long_month(page['period'])}."
    return {"title": "Vendors", "headline": headline, "rows": rows, "month": month_name(page["period"]) if page["period"] else ""}


def _count(number_of: int) -> str:
    """A small number in words, without its noun."""
    return counted(number_of, "month").partition(" ")[0]


def _list_row(one: Row, period: str | None) -> dict[str, Any]:
    standing = one["standing"]
    return {
        "code": one["code"],
        "name": one["name"],
        "what": ", ".join(part for part in (KINDS[one["kind"]], one["tier"]) if part),
        "currency": one["currency"],
        "sites": ", ".join(one["sites"]),
        "merged": f"part of {one['merged_into']} from {long_day(one['merged_on'])}" if one["merged_into"] else "",
        "ends": long_day(one["contract_ends_on"]) if one["contract_ends_on"] else "",
        "score": standing["score"] if standing else None,
        "interval": _interval(standing),
        "places": places(standing) if standing else "",
        "verdict": VERDICTS.get(standing["rating"], "none") if standing else "none",
        "rating": sentence(standing["rating"]) if standing and standing["rating"] else "Not rated" if standing else "No figures",
        "card": f"/scorecards/{period}/{one['code']}" if standing else "",
    }


def _interval(one: Row | None) -> str:
    return "" if one is None or one["score_low"] is None else f"{number(one['score_low'], 1)}–{number(one['score_high'], 1)}"


def list_csv(page: Row) -> list[Sequence[object]]:
    """The list as lines of a file."""
    heads: list[Sequence[object]] = [[*LIST_COLUMNS, "sites", "aliases", "period", *STANDING]]
    for one in page["vendors"]:
        standing = one["standing"] or {}
        own = [one[name] for name in LIST_COLUMNS]
        heads.append([*own, "; ".join(one["sites"]), "; ".join(one["aliases"]), page["period"], *(standing.get(name) for name in STANDING)])
    return heads


def months_csv(page: Row) -> list[Sequence[object]]:
    """A vendor's months as lines of a file."""
    lines: list[Sequence[object]] = [[*MONTH_COLUMNS, "cost_per_decision", "cost_per_decision_raw", "currency"]]
    for month in page["history"]:
        cost, raw = month["cost"]["value"] or {}, month["cost"]["raw"] or {}
        lines.append([*(month[name] for name in MONTH_COLUMNS), cost.get("value"), raw.get("value"), raw.get("currency")])
    return lines


def is_open(invoice: Row) -> bool:
    """Whether an invoice holds money in question."""
    return bool(Decimal(invoice["at_stake"]["amount"]))


def vendor_words(page: Row, today: date) -> dict[str, Any]:
    """Everything a vendor's page says besides its months."""
    newest = page["history"][-1] if page["history"] else None
    return {
        "headline": _headline(page, newest),
        "story": _story(page),
        "facts": _facts(page, newest),
        "card_href": f"/scorecards/{page['period']}/{page['code']}" if newest and newest["listed"] else "",
        "identity": _identity(page),
        "sites": [{**row, "other": listed(list(row["aliases"]))} for row in page["sites"]],
        "contracts": [_contract(one, today) for one in page["contracts"]],
        "expects": _expects(page["contracts"]),
        "question": [_question(one) for one in page["in_question"]],
        "question_sum": _sums(page["in_question"]),
        "uploads": [_upload(one) for one in page["uploads"]],
        "table": [_month(month, page["code"]) for month in reversed(page["history"]) if month["listed"]],
    }


def _headline(page: Row, newest: Row | None) -> str:
    if newest is None or not newest["listed"]:
        return f"{page['name']} has no closed month yet."
    month = long_month(newest["period"])
    if newest["rating"] is None:
        return f"{page['name']} is not rated for {month}."
    return f"{page['name']}: {words(newest['rating'])} in {month}, place {places(newest)} of {newest['ranked']}."


def _story(page: Row) -> str:
    """What a reader must know first: that it was merged, and how its ratings have been."""
    said = []
    if page["merged_into"]:
        said.append(f"From {long_day(page['merged_on'])} its work counts under {page['merged_into']}.")
    said += [f"From {long_day(part['merged_on'])} the work of {part['name']} ({part['code']}) counts here." for part in page["parts"]]
    rated = [month["rating"] for month in page["history"] if month["rating"]]
    if rated:
        told = [f"{words(name)} in {_count(rated.count(name))}" for name in dict.fromkeys(reversed(rated))]
        alone = f"{words(rated[0])} in {'all ' if len(rated) > 1 else ''}{counted(len(rated), 'rated month')}"
        said.append(f"{sentence(alone if len(told) == 1 else listed(told) + ' of the ' + counted(len(rated), 'rated month'))}.")
    return " ".join(said)


def _facts(page: Row, newest: Row | None) -> list[dict[str, str]]:
    shown = []
    if newest is not None and newest["listed"]:
        shown.append({"name": "Score", "value": number(newest["score"], 1), "note": _interval(newest)})
        shown.append({"name": "Decisions", "value": number(newest["decisions"]), "note": month_name(newest["period"])})
        cost = newest["cost"]["value"] or newest["cost"]["raw"]
        if cost:
            note = f"{cost['currency']}, {'like for like' if newest['cost']['value'] else 'raw'}"
            shown.append({"name": "Cost per decision", "value": unit_cost(cost["value"]), "note": note})
    sums = _sums(page["in_question"])
    shown.append({"name": "In question", "value": sums or "nothing", "note": counted(len(page["in_question"]), "invoice") if sums else ""})
    return shown


def _identity(page: Row) -> list[tuple[str, str]]:
    """Name and value of what is told of a vendor."""
    return [
        (name, value)
        for name, value in (
            ("Code", page["code"]),
            ("Kind", KINDS[page["kind"]]),
            ("Tier", page["tier"]),
            ("Bills in", page["currency"]),
            ("Other names in files", listed(list(page["aliases"]))),
            ("Part of", f"{page['merged_into']}, from {long_day(page['merged_on'])}" if page["merged_into"] else ""),
            ("Taken in", listed([f"{part['name']} ({part['code']}), from {long_day(part['merged_on'])}" for part in page["parts"]])),
        )
        if value
    ]


def _contract(one: Row, today: date) -> dict[str, str]:
    left = (date.fromisoformat(one["until"]) - today).days
    begun = date.fromisoformat(one["from"]) <= today
    ends = "ended" if left < 0 else f"ends in {counted(left, 'day')}" if left <= ENDING else ""
    return {
        "number": one["number"],
        "currency": one["currency"],
        "from": long_day(one["from"]),
        "until": long_day(one["until"]),
        "tag": ends if begun or left < 0 else "not begun",
    }


def _expects(contracts: Sequence[Row]) -> list[str]:
    """What the contracts expect every month, each once."""
    said = [
        f"{sentence(one['kind'])}{' of site ' + one['site'] if one['site'] else ''}, by business day {one['due_business_day']}"
        for contract in contracts
        for one in contract["expects"]
    ]
    return list(dict.fromkeys(said))


def _question(one: Row) -> dict[str, Any]:
    return {
        "href": f"/invoices/{one['id']}",
        "number": one["number"],
        "month": month_name(one["period"]) if one["period"] else "",
        "state": state_words(one)[1],
        "found": sentence(", ".join(dict.fromkeys(TITLES.get(finding["code"], finding["code"]) for finding in one["findings"]))),
        "at_stake": f"{amount(one['at_stake']['amount'])} {one['at_stake']['currency']}",
    }


def _sums(invoices: Sequence[Row]) -> str:
    sums: dict[str, Decimal] = {}
    for one in invoices:
        money = one["at_stake"]
        sums[money["currency"]] = sums.get(money["currency"], Decimal(0)) + Decimal(money["amount"])
    return listed([f"{amount(total)} {currency}" for currency, total in sorted(sums.items())])


def _upload(one: Row) -> dict[str, Any]:
    return {
        "href": f"/imports/{one['batch']}",
        "file": one["file"],
        "what": words(one["kind"]) + (f", {one['side']}’s count" if one["side"] else ""),
        "months": listed([month_name(period) for period in one["periods"]]),
        "state": sentence(one["state"]),
        "verdict": STATES.get(one["state"], "none"),
        "tag": "entered by hand" if one["by_hand"] else "",
        "day": long_day(one["at"]),
    }


def short_names(months: Sequence[Row]) -> list[str]:
    """Names of the months under the strips."""
    return [short_month(month["period"]) for month in months]


def series(months: Sequence[Row]) -> dict[str, list[Any]]:
    """The numbers of the small multiples, one list each, None where a month has no figure."""

    def money(month: Row, key: str) -> float | None:
        value = cost_of(month["cost"], key)
        return None if value is None else float(value)

    return {
        "shapes": [VERDICTS.get(month["rating"], "none") if month["listed"] else "" for month in months],
        "rank": [month["rank"] for month in months],
        "rank_ends": [(month["rank_low"], month["rank_high"]) for month in months],
        "score": [month["score"] if _weighed(month) else None for month in months],
        "score_ends": [(month["score_low"], month["score_high"]) if _weighed(month) else (None, None) for month in months],
        "cost": [money(month, "value") for month in months],
        "raw": [money(month, "raw") for month in months],
        "decisions": [None if month["decisions"] is None else float(month["decisions"]) for month in months],
    }


def _weighed(month: Row) -> bool:
    """Whether enough of the weight carries points for the score to be compared with other months."""
    return bool(month["not_rated"] != "coverage")


def strip_words(months: Sequence[Row]) -> list[dict[str, str]]:
    """Name, newest value and range of each strip; none without a listed month."""
    listed_months = [month for month in months if month["listed"]]
    if not listed_months:
        return []
    newest, told = listed_months[-1], series(listed_months)

    def reach(name: str, places_: int) -> str:
        known = [value for value in told[name] if value is not None]
        return f"{number(min(known), places_)} to {number(max(known), places_)}" if known else ""

    cost, raw = cost_of(newest["cost"]), cost_of(newest["cost"], "raw")
    rows = [
        ("rating", "Rating", sentence(newest["rating"]) if newest["rating"] else "Not rated", ""),
        ("rank", "Rank", places(newest), f"of {newest['ranked']}; whisker: the places the data allow"),
        ("score", "Score", number(newest["score"], 1), f"{reach('score', 1)} over the months"),
        ("cost", "Cost per decision", unit_cost(cost), f"raw {unit_cost(raw)}; ring: raw"),
        ("decisions", "Decisions", number(newest["decisions"]), f"{reach('decisions', 0)} over the months"),
    ]
    return [
        {"kind": kind, "name": name, "value": value, "note": note, "spoken": f"{name} by month: {_spoken(kind, listed_months)}"}
        for kind, name, value, note in rows
    ]


def _spoken(kind: str, months: Sequence[Row]) -> str:
    def told(month: Row) -> str:
        if kind == "rating":
            return words(month["rating"] or "not rated")
        if kind == "rank":
            return places(month)
        if kind == "cost":
            return unit_cost(cost_of(month["cost"]))
        return number(month[kind], 1 if kind == "score" else 0)

    return ", ".join(f"{short_month(month['period'])} {told(month)}" for month in months)


def _month(month: Row, code: str) -> dict[str, Any]:
    return {
        "name": month_name(month["period"]),
        "href": f"/scorecards/{month['period']}/{code}",
        "verdict": VERDICTS.get(month["rating"], "none"),
        "rating": sentence(month["rating"]) if month["rating"] else "Not rated",
        "places": f"{places(month)} of {month['ranked']}" if month["rank"] else "–",
        "score": month["score"],
        "interval": _interval(month),
        "was": number(month["was"], 1) if month["was"] is not None else "",
        "cost": cost_of(month["cost"]),
        "raw": cost_of(month["cost"], "raw"),
        "decisions": month["decisions"],
        "status": words(month["status"]),
    }
