"""The review page: `/reviews/{period}/{vendor}` for the meeting, its object as JSON, its workbook.

Owns: what is asked for it and the drawing of the arranged object; what goes on the two printed pages. Must not know:
how a figure is computed, what a sentence says (scorecards.review).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from kernel.period import Period
from scorecards.review.arrange import review_object
from scorecards.review.sentences import change_text, figure
from scorecards.review.values import Snapshot
from web.charts_scorecard import bullet, bullet_bands
from web.deps import Asking
from web.filters import amount, listed, long_day, long_month, number, percent, sentence, short_month, signed, unit_cost, words
from web.pages.arrange import VERDICTS, tie_out
from web.pages.frame import base_page, month, no_table, render
from web.pages.kept import kept, of_record
from web.process import Process
from web.reviews import review_snapshot

ON_PAPER = {"deciding": 6, "invoices": 5, "findings": 4, "problems": 3, "waits": 3, "revisions": 2, "changes": 3, "notes": 2, "past": 8}
"""So many rows of a list go on paper; the rest stands on the page and in the workbook, and the paper says how many."""
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ATTENTION = {"error": "off", "warning": "watch", "info": "none"}
TIMES = "\N{MULTIPLICATION SIGN}"

Row = Mapping[str, Any]
routes = APIRouter()


@routes.get("/reviews/{period}/{vendor}.json")
def review_json(asking: Asking, period: str, vendor: str) -> JSONResponse:
    """The review page's object."""
    return JSONResponse(review_page(asking, month(period), vendor))


@routes.get("/reviews/{period}/{vendor}.csv", include_in_schema=False)
def review_csv(period: str, vendor: str) -> Response:
    """This page has no one main table."""
    del period, vendor
    raise no_table()


@routes.get("/reviews/{period}/{vendor}.xlsx")
def review_xlsx(asking: Asking, period: str, vendor: str) -> Response:
    """The review as a workbook; a handler of its own thread, so that no page waits for it."""
    from scorecards.review.workbook import review_workbook  # noqa: PLC0415 - a quarter of a second that only workbooks need wait

    found = review_snapshot(asking, vendor, month(period))
    name = f"review-{found.card['period']}-{found.card['vendor']}.xlsx"
    return Response(review_workbook(found), media_type=WORKBOOK, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@routes.get("/reviews/{period}/{vendor}", response_class=HTMLResponse)
def review_html(request: Request, asking: Asking, period: str, vendor: str) -> Response:
    """A vendor's month for its review, on two printed pages."""

    def make() -> Response:
        return render("review.html", drawn(review_page(asking, month(period), vendor), base_page(asking)))

    return kept(request, asking, make, of_record)


def review_page(process: Process, period: Period, vendor: str) -> dict[str, Any]:
    """The page object. Raises NotFound for a vendor or month that is not there, or not the asker's."""
    found: Snapshot = review_snapshot(process, vendor, period)
    return review_object(found)


def drawn(page: Row, base: Row) -> dict[str, Any]:
    """The page object with its words and drawings, ready for the template."""
    address = f"/reviews/{page['period']}/{page['vendor']}"
    before = page["change"]["period"]
    return {
        **base,
        **{name: page[name] for name in ("name", "vendor", "period", "revision", "status", "as_of", "formula_version", "currency")},
        **{name: page[name] for name in ("headline", "story", "score", "pending")},
        "title": f"Review, {page['name']}, {long_month(page['period'])}",
        "verdict": VERDICTS.get(page["rating"], "none"),
        "rating": sentence(page["rating"]) if page["rating"] else "Not rated",
        "tags": _tags(page),
        "facts": _facts(page),
        "bands": bullet_bands(),
        "month_name": long_month(page["period"]).partition(" ")[0],
        "since": long_month(before).partition(" ")[0] if before else "",
        "moved": _moved(page["change"]),
        "metrics": [_metric(row, page) for row in page["metrics"]],
        "bills": [_bill(one) for one in page["cost"]["billed"]],
        "unit": _unit_costs(page),
        "tie_out": tie_out(page["cost"]["tie_out"]),
        "sources": _sources(page),
        **_lists(page),
        "json_href": f"{address}.json",
        "xlsx_href": f"{address}.xlsx",
        "scorecard_href": f"/scorecards/{page['period']}/{page['vendor']}",
        "status_href": f"/status/{page['period']}",
        "ranking_href": f"/rankings/{page['period']}",
    }


FEW = 2
"""A list of so few rows has room for long texts on paper."""


def _lists(page: Row) -> dict[str, Any]:
    """The lists of the page, each with what of it does not go on paper."""
    trace = f"/trace/{page['vendor']}/{page['period']}"
    makers: dict[str, tuple[Sequence[Any], Callable[[Any], dict[str, Any]]]] = {
        "deciding": (page["deciding"], lambda one: {**one, "href": f"{trace}/{one['metric']}" if one["metric"] else ""}),
        "invoices": (page["invoices"], _invoice),
        "findings": (page["findings"], _finding),
        "problems": (page["problems"], _problem),
        "waits": (page["waiting_for"], lambda text: {"text": sentence(text)}),
        "revisions": (page["revisions"][::-1], _revision),
        "changes": (page["changes"], lambda one: _changed(one, page)),
        "past": (page["history"][::-1], _past),
        "notes": (page["notes"], lambda one: {**one, "day": long_day(one["at"])}),
    }
    return {name: _on_paper(name, [make(one) for one in rows]) for name, (rows, make) in makers.items()}


def _on_paper(name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A short list may tell its texts whole on paper; a long one cuts each."""
    most = ON_PAPER[name]
    shown = [{**row, "late": index >= most} for index, row in enumerate(rows)]
    return {"rows": shown, "more": max(len(rows) - most, 0), "cut": "clamp" if len(rows) > FEW else ""}


def _tags(page: Row) -> list[str]:
    tags = [f"revision {page['revision']}, {words(page['status'])}"]
    return [
        *(["capped"] if page["gates"] and page["rating"] else []),
        *(["provisional: something is missing"] if page["waiting_for"] else []),
        *tags,
    ]


def _facts(page: Row) -> list[dict[str, str]]:
    """Score, place, cost, money in question: value and what stands beside it."""
    interval = "no interval" if page["score_low"] is None else f"{number(page['score_low'], 1)}–{number(page['score_high'], 1)}"
    tied = f"tied with {listed(page['tied_with'])}" if page["tied_with"] else "beyond doubt"
    low, high = page["rank_low"], page["rank_high"]
    place = "–" if page["rank"] is None else str(low) if low == high else f"{low}–{high}"
    shown = [
        {"name": "Score", "value": number(page["score"], 1), "note": f"{interval}, raw {number(page['raw']['score'], 1)}"},
        {"name": f"Place of {page['ranked']}", "value": place, "note": tied if page["rank"] is not None else "not rated"},
    ]
    tie = tie_out(page["cost"]["tie_out"])
    if tie and page["cost"]["raw"]:
        shown.append({"name": "Cost shown", "value": amount(tie["total"]), "note": f"{page['currency']}, ties to the invoices"})
    asked = page["in_question"]["client"]
    shown.append(
        {"name": "In question", "value": amount(asked["total"]["amount"]), "note": f"{page['currency']}, {_counted(asked['count'])}"}
    )
    return shown


def _counted(count: int) -> str:
    return "no finding" if not count else "1 finding" if count == 1 else f"{count} findings"


def _moved(change: Row) -> dict[str, str]:
    if change["score"] is None:
        return {"score": "–", "note": "no score before" if change["score_before"] is None else ""}
    return {"score": signed(change["score"]), "note": change["noise"] or "no interval"}


def _metric(row: Row, page: Row) -> dict[str, Any]:
    """One figure: its value with company, its bullet, its verdict, what it adds, how it changed."""
    money = row["unit"] == "money"
    interval = "" if row["low"] is None else f"{_digits(row['low'], row['unit'])}–{_digits(row['high'], row['unit'])}"
    raw = f"raw {_digits(row['raw'], row['unit'])}" if money and row["raw"] is not None and row["raw"] != row["value"] else ""
    counted = f"n {number(row['n'])}" if row["n"] is not None else ""
    mark = (
        None
        if row["points"] is None
        else bullet(row["points"], row["points_low"], row["points_high"], row["points_raw"] if money else None)
    )
    goal = (
        "" if row["target"] is None else f"{'at most' if row['direction'] == 'down' else 'at least'} {figure(row['target'], row['unit'])}"
    )
    gate = f"must-meet {figure(row['gate']['floor'], row['unit'])}" if row["gate"] else ""
    return {
        "name": sentence(row["metric"]),
        "rule": " · ".join(part for part in (goal or "informs", gate, _whose(row["side"])) if part),
        "value": figure(row["value"], row["unit"]),
        "company": " · ".join(part for part in (interval, raw, counted) if part),
        "href": f"/trace/{page['vendor']}/{page['period']}/{row['metric']}",
        "bullet": mark,
        "spoken": "no points" if row["points"] is None else f"{number(row['points'])} points",
        "verdict": row["verdict"],
        "said": row["verdict_words"],
        "adds": "–" if row["contribution"] is None else number(row["contribution"], 1),
        "change": change_text(row),
        "noise": row["noise"] or ("" if row["change"] is None else "no interval"),
        "informs": not row["weight"],
        "by_hand": row.get("by_hand", False),
    }


def _whose(side: str) -> str:
    """Whose count a figure is.

    >>> _whose("vendor+platform"), _whose("")
    ('vendor’s and platform’s count', '')
    """
    return f"{listed([f'{one}’s' for one in side.split('+')])} count" if side else ""


def _digits(value: Any, unit: str) -> str:
    return figure(value, unit).partition(" ")[0]


def _bill(one: Row) -> dict[str, Any]:
    lines = one["lines"] - one["priced_lines"]
    return {
        "currency": one["billed"]["currency"],
        "billed": amount(one["billed"]["amount"]),
        "contract_amount": amount(one["contract_amount"] and one["contract_amount"]["amount"]),
        "difference": "–" if one["difference"] is None else signed(Decimal(one["difference"]["amount"]), 2),
        "unpriced": amount(one["unpriced"]["amount"]) if lines else "",
        "complete": one["complete"],
    }


def _unit_costs(page: Row) -> list[dict[str, str]]:
    """A decision's cost, raw and like for like, beside the network's level."""
    cost = page["cost"]
    rows = [("Raw, own mix of work", cost["raw"]), ("Like for like", cost["like_for_like"]), ("Network, same work", cost["level"])]
    covered = f"{percent(cost['covered'], 0)} % of its decisions comparable" if cost["covered"] is not None else ""
    notes = (f"{number(cost['decisions'])} decisions" if cost["decisions"] else "", covered, "")
    return [
        {"name": name, "value": unit_cost(value["value"]) if value else "–", "note": note}
        for (name, value), note in zip(rows, notes, strict=True)
    ]


def _invoice(row: Row) -> dict[str, Any]:
    agreed = row["contract_amount"]
    gap = None if agreed is None or not row["complete"] else Decimal(row["billed"]["amount"]) - Decimal(agreed["amount"])
    held = [line for line in row["lines"] if line["held"]]
    state = (
        "no longer counts" if not row["costs"] else "held" if row["held"] else f"{len(held)} lines held" if held else words(row["state"])
    )
    return {
        "number": row["number"],
        "href": f"/invoices/{row['id']}",
        "kind": f"{words(row['document'])}, {long_day(row['issued_on'])}",
        "state": state,
        "currency": row["billed"]["currency"],
        "billed": amount(row["billed"]["amount"]),
        "contract_amount": "–" if agreed is None else amount(agreed["amount"]),
        "difference": "–" if gap is None else signed(gap, 2),
        "at_stake": amount(row["at_stake"]["amount"]) if Decimal(row["at_stake"]["amount"]) else "–",
    }


def _finding(row: Row) -> dict[str, Any]:
    """A finding with both sums."""
    sums = [(name, row["calculations"][side]) for name, side in (("Billed", "billed"), ("Contract", "contract"))]
    shape = "none" if not row["in_question"] else "watch" if row["state"] == "suspected" else "off"
    return {
        "amount": amount(row["at_stake"]["amount"]),
        "whose": f"{row['at_stake']['currency']} for the {row['in_favour_of']}",
        "name": row["name"],
        "message": sentence(row["message"]),
        "href": f"/invoices/{row['id']}",
        "where": ", ".join(part for part in (row["invoice"], f"line {row['line']}" if row["line"] else "") if part),
        "code": row["code"],
        "verdict": shape,
        "state": row["state"],
        "sums": [{"name": name, "product": _product(one), "amount": number(one["amount"], 2)} for name, one in sums],
        "difference": signed(Decimal(row["at_stake"]["amount"]) * (1 if row["in_favour_of"] == "client" else -1), 2),
    }


def _product(one: Row) -> str:
    return "" if one["quantity"] is None or one["rate"] is None else f"{_plain(one['quantity'])} {TIMES} {_plain(one['rate'])}"


def _plain(text: str) -> str:
    whole, dot, rest = text.partition(".")
    return f"{int(whole):,}{dot}{rest}"


def _problem(row: Row) -> dict[str, Any]:
    return {**row, "shape": ATTENTION[row["severity"]], "state": words(row["state"])}


def _revision(row: Row) -> dict[str, Any]:
    return {"number": row["revision"], "day": long_day(row["at"]), "why": "; ".join(row["why"]) or "others’ inputs changed"}


def _changed(row: Row, page: Row) -> dict[str, Any]:
    unit = next((one["unit"] for one in page["metrics"] if one["metric"] == row["metric"]), "share")
    return {"name": sentence(row["metric"]), "was": figure(row["old"], unit), "now": figure(row["new"], unit), "cause": row["cause"]}


def _past(row: Row) -> dict[str, Any]:
    """One month of the table of months."""
    interval = "–" if row["score_low"] is None else f"{number(row['score_low'], 1)}–{number(row['score_high'], 1)}"
    return {
        "month": f"{short_month(row['period'])} {row['period'][:4]}",
        "score": number(row["score"], 1),
        "interval": interval,
        "rank": "–" if row["rank"] is None else str(row["rank"]),
        "cost": "–" if row["cost"] is None else number(row["cost"]["amount"]),
        "raw": unit_cost(row["raw"] and row["raw"]["value"]),
        "like": unit_cost((row["metrics"].get("cost_per_decision") or {}).get("value")),
        "critical": percent(row["metrics"].get("critical_accuracy")),
        "in_sla": percent(row["metrics"].get("in_sla_share")),
    }


def _sources(page: Row) -> str:
    sides = sorted({side for row in page["metrics"] for side in row["side"].split("+") if side})
    return f"Counts: {', '.join(sides)}" if sides else "No counts"
