"""Queue pages: `/queues` and `/queues/{code}`, each also as JSON and CSV.

Owns: what is asked of the rooms for them, and the drawing of the arranged objects. Must not know: how a figure is
computed. The month of one queue is the ranking's cut of the same inputs, computed for the asking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from sqlmodel import Session

from kernel.errors import NotFound
from scorecards import breakdown
from scorecards import service as scorecards
from vendors import service as vendors
from web.charts import micro, shared_axis
from web.charts_strip import SPARK_WIDTH, bars
from web.deps import Asking
from web.filters import long_month
from web.pages import arrange_queues
from web.pages.frame import base_page, month, render, table_file
from web.pages.kept import kept
from web.pages.months import MONTHS_SHOWN, month_links
from web.pages.ranking import newest_ended
from web.process import Process

Row = Mapping[str, Any]
routes = APIRouter()


@routes.get("/queues.json")
def list_json(asking: Asking) -> JSONResponse:
    """All queues."""
    return JSONResponse(queues_page(asking))


@routes.get("/queues.csv", response_class=PlainTextResponse)
def list_csv(asking: Asking) -> Response:
    """The same as a table."""
    return table_file(arrange_queues.list_csv(queues_page(asking)), "queues")


@routes.get("/queues", response_class=HTMLResponse)
def list_html(request: Request, asking: Asking) -> Response:
    """All queues: what they are, how much work they hold, who does it."""

    def make() -> Response:
        page = arrange_queues.list_page(queues_page(asking))
        for row in page["rows"]:
            row["chart"] = bars(row["series"], SPARK_WIDTH)
        return render("queues.html", {**base_page(asking, "/queues"), **page, "json_href": "/queues.json", "csv_href": "/queues.csv"})

    return kept(request, asking, make)


@routes.get("/queues/{code}.json")
def queue_json(asking: Asking, code: str, period: str = "") -> JSONResponse:
    """One queue's page object."""
    return JSONResponse(queue_page(asking, code, period))


@routes.get("/queues/{code}.csv", response_class=PlainTextResponse)
def queue_csv(asking: Asking, code: str, period: str = "") -> Response:
    """A queue's providers as a table."""
    found = queue_page(asking, code, period)
    return table_file(arrange_queues.providers_csv(found), f"queue-{code}-{found['period'] or 'none'}")


@routes.get("/queues/{code}", response_class=HTMLResponse)
def queue_html(request: Request, asking: Asking, code: str, period: str = "") -> Response:
    """All providers of one queue side by side."""

    def make() -> Response:
        return render("queue.html", drawn(queue_page(asking, code, period), base_page(asking, "/queues")))

    return kept(request, asking, make)


def queues_page(process: Process) -> dict[str, Any]:
    """The page object of the list; volumes: decisions and providers by closed month, the newest of them, oldest first."""

    def gather(session: Session) -> dict[str, Any]:
        scope = process.scope
        closed = scorecards.months(session, scope)
        volumes = breakdown.queue_volumes(session, scope, _newest(closed))
        return {
            "period": str(newest_ended(closed, process.today())) if closed else None,
            "months": [row["period"] for row in closed],
            "queues": [{**one, "volumes": volumes.get(str(one["code"]), [])} for one in vendors.list_queues(session, scope)],
        }

    return process.read(gather)


def _newest(closed: Sequence[Row]) -> list[str]:
    """The closed months whose volumes are shown."""
    return [row["period"] for row in closed[-MONTHS_SHOWN:]]


def queue_page(process: Process, code: str, period: str = "") -> dict[str, Any]:
    """The page object of a queue in a month ('': the newest closed one that is over).

    Raises NotFound for a queue that is not registered, or a month that was never closed.
    """
    asked = month(period) if period else None

    def gather(session: Session) -> dict[str, Any]:
        scope = process.scope
        own = next((one for one in vendors.list_queues(session, scope) if one["code"] == code), None)
        if own is None:
            raise NotFound("UNKNOWN_QUEUE", f"there is no queue {code}; see: scoreline queue list")
        closed = scorecards.months(session, scope)
        chosen = asked or (newest_ended(closed, process.today()) if closed else None)
        found = breakdown.queue_month(session, scope, chosen, code) if chosen else arrange_queues.NOTHING
        return {
            **own,
            **found,
            "months": [{"period": row["period"], "status": row["status"]} for row in closed],
            "attributes": vendors.queue_history(session, scope, code),
            "volumes": breakdown.queue_volumes(session, scope, _newest(closed)).get(code, []),
        }

    return process.read(gather)


def drawn(page: Row, base: Row) -> dict[str, Any]:
    """The page object with its words and drawings, ready for the template."""
    told = arrange_queues.queue_words(page)
    _draw(told["groups"])
    query = f"?period={page['period']}" if page["period"] else ""
    return {
        **base,
        **{name: page[name] for name in ("code", "name", "period", "revision", "status")},
        **told,
        "title": f"{page['name']}, {long_month(page['period'])}" if page["period"] else page["name"],
        "months": month_links(page["months"], page["period"] or "", f"/queues/{page['code']}?period={{period}}"),
        "history": bars(told["series"], SPARK_WIDTH),
        "json_href": f"/queues/{page['code']}.json{query}",
        "csv_href": f"/queues/{page['code']}.csv{query}",
    }


def _draw(groups: Sequence[Row]) -> None:
    """The small pictures of the providers, each column on one axis."""
    rows = [row for group in groups for row in group["rows"]]
    costs = shared_axis([float(row["cost"]) for row in rows if row["cost"] is not None])
    for name in arrange_queues.SHARES:
        figures = [row[name] for row in rows]
        marks = [mark for one in figures for mark in (one["value"], one["target"]) if mark is not None]
        axis = shared_axis(marks)
        for one in figures:
            one["mark"] = None
            if one["value"] is not None and axis is not None:
                one["mark"] = micro(
                    axis,
                    one["value"],
                    low=one["low"],
                    high=one["high"],
                    target=one["target"],
                    must=one["must"],
                    hollow=one["state"] != "scored",
                )
    for row in rows:
        row["cost_mark"] = micro(costs, float(row["cost"])) if row["cost"] is not None and costs is not None else None
