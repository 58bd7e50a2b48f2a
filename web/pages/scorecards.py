"""The scorecard page: `/scorecards/{period}/{vendor}`, its object as JSON and its figures as CSV.

Owns: what is asked of the rooms for it, and the drawing of the arranged object. Must not know: how a figure is
computed, which words stand beside it (arrange_scorecard, arrange_control).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from sqlmodel import Session

from contracts import store as contract_store
from kernel.errors import NotFound
from kernel.period import Period
from kernel.scope import Scope
from scorecards import breakdown, history, notes
from scorecards import service as scorecards
from scorecards.metrics import METRICS
from scorecards.note_subjects import figure_subject
from vendors import service as vendors
from web.charts_scorecard import NARROW, WIDE, added, bullet, bullet_bands, control_drawing
from web.deps import Asking
from web.filters import long_month, number, sentence
from web.pages import arrange, arrange_control, arrange_scorecard
from web.pages import notes as note_pages
from web.pages.frame import base_page, month, render, table_file
from web.pages.kept import kept, of_record
from web.pages.months import month_links
from web.process import Process

CSV_COLUMNS = ("metric", "value", "low", "high", "numerator", "denominator", "unit", "n", "side", "raw", "floor", "target", "direction")
CSV_MORE = ("state", "points", "weight", "covered", "formula_version")
BRIEF = ("id", "number", "document", "state", "billed", "contract_amount", "at_stake")
"""What the page shows of an invoice."""

Row = Mapping[str, Any]
Revision = Annotated[int | None, Query(ge=1)]
routes = APIRouter()


@routes.get("/scorecards/{period}/{vendor}.json")
def scorecard_json(asking: Asking, period: str, vendor: str, revision: Revision = None, chart: str = history.SCORE) -> JSONResponse:
    """The scorecard page's object: that of `scorecard`, and what the page shows beside it."""
    return JSONResponse(scorecard_page(asking, month(period), vendor, revision=revision, chart=chart))


@routes.get("/scorecards/{period}/{vendor}.csv", response_class=PlainTextResponse)
def scorecard_csv(asking: Asking, period: str, vendor: str, revision: Revision = None) -> Response:
    """The scorecard's figures."""
    card = asking.read(lambda s: scorecards.scorecard(s, asking.scope, vendor, month(period), revision))
    return table_file(csv_rows(card), f"scorecard-{period}-{vendor}")


@routes.get("/scorecards/{period}/{vendor}", response_class=HTMLResponse)
def scorecard_html(
    request: Request, asking: Asking, period: str, vendor: str, revision: Revision = None, chart: str = history.SCORE
) -> Response:
    """One vendor's month."""

    def make() -> Response:
        found = scorecard_page(asking, month(period), vendor, revision=revision, chart=chart)
        return render("scorecard.html", drawn(found, base_page(asking, "/vendors"), asking))

    return kept(request, asking, make, of_record)


def scorecard_page(
    process: Process, period: Period, vendor: str, *, revision: int | None = None, chart: str = history.SCORE
) -> dict[str, Any]:
    """The page object of a vendor's month; chart: the figure whose months are drawn.

    Raises NotFound for a vendor, month, revision or figure that is not there or not to be seen.
    """
    if chart != history.SCORE and chart not in METRICS:
        raise NotFound("NO_PAGE", "there is no such page")
    return process.read(lambda session: _gather(session, process, period, vendor, revision, chart))


def _gather(session: Session, process: Process, period: Period, vendor: str, revision: int | None, chart: str) -> dict[str, Any]:
    scope = process.scope
    card = scorecards.scorecard(session, scope, vendor, period, revision)
    months = history.past_months(session, scope, vendor, period, metric=chart, revision=revision)
    only = Scope(scope.actor, scope.roles, frozenset({vendor}))
    invoices = scorecards.invoice_list(session, only, process.settings, period)
    return {
        **card,
        **breakdown.vendor_breakdown(session, scope, vendor, period, card["revision"]),
        "asked_revision": revision,
        "ranked": months[-1]["ranked"],
        "before": history.month_before(session, scope, vendor, period),
        "chart": history.control_of(months, chart),
        "history": months,
        "invoices": [{name: row[name] for name in BRIEF} for row in invoices],
        "contract": bool(contract_store.terms_in_force(session, vendor)),
        "notes": notes.list_notes(session, scope, vendor=vendor, period=str(period)),
        "months": [{"period": row["period"], "status": row["status"]} for row in scorecards.months(session, scope)],
        "names": {str(row["code"]): str(row["name"]) for row in vendors.list_vendors(session, scope)},
        "queue_names": {str(row["code"]): str(row["name"]) for row in vendors.list_queues(session, scope)},
        "site_names": {str(row["code"]): str(row["name"]) for row in vendors.list_sites(session, scope) if row["vendor"] == vendor},
    }


def csv_rows(card: Row) -> list[Sequence[object]]:
    """The figures, one line each: value, interval, n, target, state, points, weight, and what each adds to the score."""
    lines: list[Sequence[object]] = [[*CSV_COLUMNS, *CSV_MORE, "contribution"]]
    for row in card["metrics"]:
        values = [_plain(row[name]) for name in (*CSV_COLUMNS, *CSV_MORE)]
        lines.append([*values, card["contributions"].get(row["metric"])])
    return lines


def _plain(value: object) -> object:
    return value["value"] if isinstance(value, Mapping) else value


def drawn(page: Row, base: Row, process: Process) -> dict[str, Any]:
    """The page object with its words and drawings, ready for the template."""
    full = arrange_scorecard.full(page)
    groups = arrange_scorecard.groups(full)
    counts = note_pages.counts(page["notes"])
    _draw_rows([row for group in groups for row in group["rows"]], page, counts)
    own, said = f"/scorecards/{page['period']}/{page['vendor']}", arrange_scorecard.top(full)
    asked = f"?revision={page['asked_revision']}" if page["asked_revision"] else ""
    score = figure_subject(page["vendor"], page["period"], history.SCORE)
    choices = [(score, "Score"), *((row["subject"], row["name"]) for group in groups for row in group["rows"])]
    return {
        **base,
        **{name: page[name] for name in ("vendor", "name", "period", "revision", "status", "as_of", "score", "contract", "invoices")},
        **said,
        "title": f"{page['name']}, {long_month(page['period'])}",
        "facts": arrange_scorecard.facts(page),
        "months": month_links(page["months"], page["period"], f"/scorecards/{{period}}/{page['vendor']}"),
        "since": long_month(page["before"]["period"]).partition(" ")[0] if page["before"] else "",
        "moved": full["moved"],
        "groups": groups,
        "bands": bullet_bands(),
        "month_name": long_month(page["period"]).partition(" ")[0],
        "chart": _draw_chart(page),
        "tie_out": arrange.tie_out(page["cost"]),
        "equal_work": arrange_scorecard.equal_work(page),
        "cuts": arrange_scorecard.cuts(page),
        "changes": arrange_scorecard.changes(page),
        "revisions": arrange_scorecard.revisions(page),
        "waits": arrange_scorecard.waits(page),
        "formula_version": next((row["formula_version"] for row in page["metrics"]), 1),
        "sources": f"Counts: {', '.join(sorted({side for row in page['metrics'] for side in row['side'].split('+') if side}))}",
        "score_notes": counts.get(score, 0),
        "notes_panel": note_pages.panel(page["notes"], choices, f"{own}{asked}", process, base["form_token"]),
        "review_href": f"/reviews/{page['period']}/{page['vendor']}",
        "vendor_href": f"/vendors/{page['vendor']}",
        "contract_href": f"/contracts/{page['vendor']}",
        "status_href": f"/status/{page['period']}",
        "json_href": f"{own}.json{asked}",
        "csv_href": f"{own}.csv{asked}",
    }


def _draw_rows(rows: Sequence[dict[str, Any]], page: Row, counts: Mapping[str, int]) -> None:
    told = [(row["contribution"], row["full"]) for row in rows if row["contribution"] is not None]
    widest = max((max(pair) for pair in told), default=0.0)
    for row in rows:
        low, high = page["point_ends"].get(row["metric"], (None, None))
        raw = page["raw"]["cost_points"] if row["metric"] == "cost_per_decision" else None
        row["bullet"] = None if row["points"] is None else bullet(row["points"], low, high, raw)
        row["adds"] = None if row["contribution"] is None else added(row["contribution"], row["full"], widest)
        row["notes"] = counts.get(row["subject"], 0)
        row["points_spoken"] = "no points" if row["points"] is None else f"{number(row['points'])} points"


def _draw_chart(page: Row) -> dict[str, Any]:
    chart, months = page["chart"], page["history"]
    metric = chart["metric"]
    unit = arrange_control.unit_of(months, metric)
    shown = arrange_control.shown_months(chart, unit)
    levels = arrange_control.levels(months, metric, unit)
    events = arrange_control.events(months, unit)
    factor = arrange_control.SCALES.get(unit, 1.0)
    mean = None if chart["mean"] is None else chart["mean"] * factor
    marks = [(event["index"], event["letter"]) for event in events]
    draw = [control_drawing(frame, shown, mean, levels, marks, number, arrange_control.PLACES.get(unit, 1)) for frame in (WIDE, NARROW)]
    question, answer = arrange_control.outlook(chart, months, metric, unit)
    return {
        "metric": metric,
        "title": arrange_control.title(metric, months),
        "unit": {"share": "Percent.", "money": "Per decision, reporting currency."}.get(unit, ""),
        "limits": arrange_control.limits_text(chart),
        "wide": draw[0],
        "narrow": draw[1],
        "spoken": f"{sentence(metric)} by month: "
        + ", ".join(f"{one['long']} {arrange_control.say(raw['value'], unit)}" for one, raw in zip(shown, chart["months"], strict=True)),
        "variation": arrange_control.variation(chart),
        "question": question,
        "answer": answer,
        "events": events,
        "restated": arrange_control.restated(months, chart, unit),
        "table": arrange_control.table(chart, unit),
        "choices": [{"code": code, "name": sentence(code)} for code in (history.SCORE, *(row["metric"] for row in page["metrics"]))],
        "drawn": any(month["value"] is not None for month in chart["months"]),
    }
