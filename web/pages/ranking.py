"""The ranking page: `/`, `/rankings/{period}`, and the same object as JSON and CSV.

Owns: what is asked of the scorecards room for it, and the drawing of the arranged object. Must not know: how a
figure is computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from sqlmodel import Session

from kernel.errors import NotFound
from kernel.period import Period
from scorecards import service as scorecards
from scorecards.verdicts import difference, metric_of
from vendors import service as vendors
from web.charts import SCORE_AXIS, Axis, micro, pillars, rating_words, score_mark, score_ticks, shared_axis, spark
from web.deps import Asking
from web.filters import counted, long_day, long_month, number, percent, short_month, signed, unit_cost, words
from web.pages import arrange
from web.pages.frame import base_page, month, render, table_file
from web.pages.kept import kept
from web.pages.months import MONTHS_SHOWN, month_links
from web.process import Process

BASIS_WORDS = {"like_for_like": "like for like", "raw": "raw"}
FARTHEST_RAW = 2.5
"""So many times the highest like-for-like cost still stands on the axis of costs."""
CSV_COLUMNS = ("rank", "rank_low", "rank_high", "vendor", "name", "score", "score_low", "score_high", "coverage", "rating", "tied_with")

Row = Mapping[str, Any]
routes = APIRouter()


@routes.get("/rankings/{period}.json")
def ranking_json(asking: Asking, period: str, queue: str = "", language: str = "", basis: str = "like_for_like") -> JSONResponse:
    """The ranking page's object."""
    return JSONResponse(ranking_page(asking, month(period), queue=queue, language=language, basis=basis))


@routes.get("/rankings/{period}.csv", response_class=PlainTextResponse)
def ranking_csv(asking: Asking, period: str, queue: str = "", language: str = "", basis: str = "like_for_like") -> Response:
    """The ranking's table."""
    found = ranking_page(asking, month(period), queue=queue, language=language, basis=basis)
    return table_file(csv_rows(found), f"ranking-{period}")


@routes.get("/rankings/{period}", response_class=HTMLResponse)
def ranking_html(
    request: Request, asking: Asking, period: str, queue: str = "", language: str = "", basis: str = "like_for_like"
) -> Response:
    """One month's ranking."""

    def make() -> Response:
        found = ranking_page(asking, month(period), queue=queue, language=language, basis=basis)
        return render("ranking.html", drawn(found, base_page(asking, "/")))

    return kept(request, asking, make)


def months_of(session: Session, process: Process) -> list[Row]:
    """The closed months, oldest first: period and status."""
    return list(scorecards.months(session, process.scope))


def newest_ended(closed: Sequence[Row], today: date) -> Period:
    """The newest closed month that is over; the newest of all when none is."""
    periods = [Period.parse(row["period"]) for row in closed]
    return max((period for period in periods if period.end <= today), default=periods[-1])


def ranking_page(
    process: Process, period: Period | None, *, queue: str = "", language: str = "", basis: str = "like_for_like"
) -> dict[str, Any]:
    """The page object of a month (None: the newest closed one).

    Raises NotFound when that month has not been closed, or there is no such basis.
    """
    if basis not in BASIS_WORDS:
        raise NotFound("NO_PAGE", "there is no such page")

    def gather(session: Session) -> dict[str, Any]:
        closed = months_of(session, process)
        if not closed:
            raise NotFound("NO_MONTHS", "no month has been closed yet; run: scoreline close PERIOD")
        chosen = period or newest_ended(closed, process.today())
        found = scorecards.ranking(session, process.scope, chosen, queue=queue, language=language, basis=basis)
        raw = found if basis == "raw" else scorecards.ranking(session, process.scope, chosen, queue=queue, language=language, basis="raw")
        # a cut of one queue or language is computed for the asking, so it is not computed for a year of months
        shown = [] if queue or language else [row for row in closed if row["period"] <= str(chosen)][-MONTHS_SHOWN:]
        past = {
            row["period"]: scorecards.ranking(
                session, process.scope, Period.parse(row["period"]), queue=queue, language=language, basis=basis
            )
            for row in shown
        }
        return {
            **found,
            "queue": queue,
            "language": language,
            "raw_scores": {v["vendor"]: v["score"] for v in raw["vendors"]},
            "months": [{"period": row["period"], "status": row["status"]} for row in closed],
            "history": {name: {v["vendor"]: [v["score"], v["score_low"], v["score_high"]] for v in past[name]["vendors"]} for name in past},
            "queues": [{"code": row["code"], "name": row["name"]} for row in vendors.list_queues(session, process.scope)],
            "sites": _sites(session, process),
        }

    found = process.read(gather)
    headline, story = arrange.headline(found["vendors"], found["period"])
    return {**found, "headline": headline, "story": story, "facts": arrange.facts(found)}


def _sites(session: Session, process: Process) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in vendors.list_sites(session, process.scope):
        found.setdefault(str(row["vendor"]), []).append(str(row["name"]))
    return found


def csv_rows(page: Row) -> list[Sequence[object]]:
    """The main table: its heads, then one line per vendor, and per metric its value, n and state."""
    metrics = list(dict.fromkeys(row["metric"] for vendor in page["vendors"] for row in vendor["metrics"]))
    lines: list[Sequence[object]] = [[*CSV_COLUMNS, *(f"{metric}_{part}" for metric in metrics for part in ("value", "n", "state"))]]
    for vendor in page["vendors"]:
        line: list[object] = [_plain(vendor[name]) for name in CSV_COLUMNS]
        for metric in metrics:
            row = metric_of(vendor, metric)
            line += [_plain(row.get(part)) for part in ("value", "n", "state")]
        lines.append(line)
    return lines


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return value.get("value", value.get("amount"))
    return " ".join(map(str, value)) if isinstance(value, list) else value


def drawn(page: Row, base: Row) -> dict[str, Any]:
    """The page object with its words and drawings, ready for the template."""
    waiting = _waiting_by_vendor(page)
    groups = arrange.groups(page["vendors"], waiting)
    rows = [row for group in groups for row in group["rows"]]
    earlier = sorted(name for name in page["history"] if name < page["period"])
    _draw_rows(rows, page, earlier)
    trend = list(page["history"])
    address = f"/rankings/{page['period']}"
    query = "&".join(f"{name}={page[name]}" for name in ("queue", "language") if page[name])
    return {
        **base,
        **{name: page[name] for name in ("period", "revision", "status", "basis", "queue", "language", "headline", "story", "queues")},
        "title": f"Ranking, {long_month(page['period'])}",
        "facts": [
            fact | ({"href": f"/invoices?period={page['period']}"} if fact["name"] == arrange.HELD else {}) for fact in page["facts"]
        ],
        "as_of": page.get("as_of"),
        "basis_words": BASIS_WORDS[page["basis"]],
        "months": month_links(page["months"], page["period"], "/rankings/{period}"),
        "choices": [
            {"name": "Like for like", "href": _with(address, query), "current": page["basis"] != "raw"},
            {"name": "Raw", "href": _with(address, f"{query}&basis=raw" if query else "basis=raw"), "current": page["basis"] == "raw"},
        ],
        "axis": _axis(),
        "groups": groups,
        "rows": counted(len(rows), "vendor"),
        "columns": 9 if len(trend) > 1 else 8,
        "trend_months": f"{short_month(trend[0])} {trend[0][:4]} to {short_month(trend[-1])} {trend[-1][:4]}" if len(trend) > 1 else "",
        "since": long_month(earlier[-1]).partition(" ")[0] if earlier else "",
        "letters": max((row["bars"] for row in rows), key=len, default=[]),
        "pillar_words": _pillar_words(rows),
        "currency": next((row["currency"] for row in rows if row["currency"]), ""),
        "waiting": [_waiting_text(item, {v["vendor"]: v["name"] for v in page["vendors"]}) for item in page["waiting_for"]],
        "status_href": f"/status/{page['period']}",
        "tie_out": arrange.tie_out(page["cost"]),
        "left_out": arrange.left_out(page["vendors"]),
        "sources": f"Counts: {', '.join(_sides(page))}",
        "json_href": _with(f"{address}.json", query),
        "csv_href": _with(f"{address}.csv", query),
    }


def _sides(page: Row) -> list[str]:
    return sorted({side for vendor in page["vendors"] for row in vendor["metrics"] for side in row["side"].split("+") if side})


def _with(address: str, query: str) -> str:
    return f"{address}?{query}" if query else address


def _axis() -> dict[str, Any]:
    ticks = score_ticks()
    left, right = SCORE_AXIS.at(100), SCORE_AXIS.at(110)
    return {"ticks": ticks, "words": rating_words(), "inner": ticks[1:-1], "zone": {"left": left, "width": round(right - left, 1)}}


def _draw_rows(rows: Sequence[dict[str, Any]], page: Row, earlier: Sequence[str]) -> None:
    raw_basis = page["basis"] == "raw"
    cost_axis = cost_axis_of(rows)
    shares = [float(row["accuracy"]["value"]) for row in rows if row["accuracy"]["value"] is not None]
    marks = [float(v) for row in rows for v in (row["accuracy"]["target"], (row["accuracy"]["gate"] or {}).get("floor")) if v is not None]
    share_axis = shared_axis(shares + marks)
    for row in rows:
        raw_score = None if raw_basis else page["raw_scores"].get(row["vendor"])
        row["where"] = ", ".join(page["sites"].get(row["vendor"], []))
        row["mark"] = None
        if row["score"] is not None:
            row["mark"] = score_mark(row["score"], row["score_low"], row["score_high"], raw_score, soft=row["soft"])
        row["traces"] = {name: f"/trace/{row['vendor']}/{page['period']}/{name}" for name in ("cost_per_decision", "critical_accuracy")}
        row["spoken"] = _spoken(row, raw_score)
        row["bars"] = pillars(row["pillars"])
        row["pillars_spoken"] = "Pillars in points: " + "; ".join(f"{part['name']} {number(part['points'])}" for part in row["pillars"])
        _draw_cost(row, cost_axis, raw_basis=raw_basis)
        _draw_accuracy(row, share_axis)
        _draw_past(row, page, earlier)


def cost_axis_of(rows: Sequence[Row]) -> Axis | None:
    """One axis for the cost column; a raw cost far beyond all like-for-like ones is an arrow at its edge."""
    equal = [float(row["cost"]["value"]) for row in rows if row["cost"]["value"] is not None]
    raw = [float(row["cost"]["raw"]) for row in rows if row["cost"]["raw"] is not None]
    most = FARTHEST_RAW * max(equal) if equal else max(raw, default=0.0)
    return shared_axis([*equal, *(cost for cost in raw if cost <= most)])


def _spoken(row: Row, raw_score: float | None) -> str:
    if row["score"] is None:
        return f"{row['name']}: no score"
    interval = "" if row["score_low"] is None else f", interval {number(row['score_low'], 1)} to {number(row['score_high'], 1)}"
    return f"{row['name']}: score {number(row['score'], 1)}{interval}" + (
        "" if raw_score is None else f"; raw score {number(raw_score, 1)}"
    )


def _draw_cost(row: dict[str, Any], axis: Any, *, raw_basis: bool) -> None:
    cost = row["cost"]
    shown = cost["raw"] if raw_basis else cost["value"]
    cost["shown"] = shown
    cost["tag"] = "estimated" if cost["state"] == "estimated" else ""
    raw = "" if raw_basis or cost["raw"] is None else f"raw {unit_cost(cost['raw'])} · "
    cost["company"] = f"{raw}n {number(cost['n'])}" if cost["n"] is not None else raw.removesuffix(" · ")
    cost["why"] = "" if shown is not None else cost["basis"] if cost["basis"] == arrange.NO_RATE else words(cost["state"])
    if shown is not None and axis is not None:
        cost["mark"] = micro(axis, float(shown), raw=None if raw_basis or cost["raw"] is None else float(cost["raw"]))


def _draw_accuracy(row: dict[str, Any], axis: Any) -> None:
    share = row["accuracy"]
    share["hollow"] = share["state"] != "scored"
    few = ", too few" if share["state"] == "small_sample" else ""
    if share["value"] is None or axis is None:
        share["company"] = words(share["state"] or "no_data")
        return
    interval = "" if share["low"] is None else f"{percent(share['low'])}–{percent(share['high'])} · "
    share["company"] = f"{interval}n {number(share['n'])}{few}"
    floor = (share["gate"] or {}).get("floor")
    share["mark"] = micro(
        axis,
        float(share["value"]),
        low=None if share["low"] is None else float(share["low"]),
        high=None if share["high"] is None else float(share["high"]),
        target=None if share["target"] is None else float(share["target"]),
        must=None if floor is None else float(floor),
        hollow=share["hollow"],
    )


def _draw_past(row: dict[str, Any], page: Row, earlier: Sequence[str]) -> None:
    scores = [(page["history"][name].get(row["vendor"]) or [None])[0] for name in page["history"]]
    row["trend"] = spark(scores)
    row["trend_spoken"] = f"{row['name']}, score over the months: " + ", ".join("no score" if s is None else number(s, 1) for s in scores)
    before = page["history"][earlier[-1]].get(row["vendor"]) if earlier else None
    row["moved"], row["moved_note"] = moved(row, before)


def moved(row: Row, before: Sequence[Any] | None) -> tuple[str, str]:
    """How the score changed since the month before, and whether that is more than noise."""
    if before is None or before[0] is None or row["score"] is None:
        return ("new", "no score before") if row["score"] is not None else ("–", "no score")
    change = Decimal(str(row["score"])) - Decimal(str(before[0]))
    if None in (row["score_low"], before[1]):
        return signed(change), "no interval"
    was = {"score": before[0], "score_low": before[1], "score_high": before[2]}
    _, low, high = difference(row, was)
    return signed(change), "in noise" if low <= 0 <= high else "beyond noise"


def _pillar_words(rows: Sequence[Row]) -> str:
    parts: Sequence[Row] = max((row["pillars"] for row in rows), key=len, default=[])
    total = sum((part["weight"] for part in parts), Decimal(0))
    return ", ".join(f"{part['letter']} {part['name'].lower()} {percent(part['weight'] / total, 0)} %" for part in parts) if total else ""


def _waiting_by_vendor(page: Row) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for item in page["waiting_for"]:
        found.setdefault(item["vendor"], []).append(f"waits for {words(item['kind'])}{_site(item)}")
    return found


def _waiting_text(item: Row, names: Mapping[str, str]) -> str:
    what = f"{words(item['kind'])}{_site(item)}"
    return f"{names.get(item['vendor'], item['vendor'])}: {what}, deadline {long_day(item['due'])}."


def _site(item: Row) -> str:
    return f" of site {item['site']}" if item["site"] else ""
