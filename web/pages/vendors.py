"""Vendor pages: `/vendors` and `/vendors/{code}`, each also as JSON and CSV.

Owns: what is asked of the rooms for them, and the drawing of the arranged objects. Must not know: how a figure is
computed; months are read as their revisions keep them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from sqlmodel import Session

from contracts import store as contract_store
from importers import service as importers
from kernel.errors import NotFound
from kernel.period import Period
from kernel.scope import Scope
from scorecards import history, notes
from scorecards import service as scorecards
from scorecards.note_subjects import figure_subject
from vendors import service as vendors
from web.charts_strip import WIDTHS, bars, stations, strip
from web.deps import Asking
from web.filters import long_month
from web.pages import arrange_vendors
from web.pages import notes as note_pages
from web.pages.frame import base_page, render, table_file
from web.pages.kept import kept, of_record
from web.pages.months import month_links
from web.pages.ranking import newest_ended
from web.process import Process

UPLOADS_SHOWN = 8
NOTES_SHOWN = 20
UPLOAD_PARTS = ("batch", "file", "kind", "side", "periods", "state", "rows", "at", "by_hand")
INVOICE_PARTS = ("id", "number", "period", "state", "replaced_by", "held", "costs", "lines", "at_stake", "findings")

Row = Mapping[str, Any]
routes = APIRouter()


@routes.get("/vendors.json")
def list_json(asking: Asking) -> JSONResponse:
    """All vendors that the actor may see."""
    return JSONResponse(vendors_page(asking))


@routes.get("/vendors.csv", response_class=PlainTextResponse)
def list_csv(asking: Asking) -> Response:
    """The same as a table."""
    return table_file(arrange_vendors.list_csv(vendors_page(asking)), "vendors")


@routes.get("/vendors", response_class=HTMLResponse)
def list_html(request: Request, asking: Asking) -> Response:
    """All vendors: who they are, where they stand, until when their contracts run."""

    def make() -> Response:
        told = arrange_vendors.list_page(vendors_page(asking))
        links = {"json_href": "/vendors.json", "csv_href": "/vendors.csv"}
        return render("vendors.html", {**base_page(asking, "/vendors"), **told, **links})

    return kept(request, asking, make, of_record)


@routes.get("/vendors/{code}.json")
def vendor_json(asking: Asking, code: str) -> JSONResponse:
    """One vendor's page object."""
    return JSONResponse(vendor_page(asking, code))


@routes.get("/vendors/{code}.csv", response_class=PlainTextResponse)
def vendor_csv(asking: Asking, code: str) -> Response:
    """One vendor's months as a table."""
    return table_file(arrange_vendors.months_csv(vendor_page(asking, code)), f"vendor-{code}")


@routes.get("/vendors/{code}", response_class=HTMLResponse)
def vendor_html(request: Request, asking: Asking, code: str) -> Response:
    """One vendor: who they are, its months, what is open."""

    def make() -> Response:
        return render("vendor.html", drawn(vendor_page(asking, code), base_page(asking, "/vendors"), asking))

    return kept(request, asking, make, of_record)


def vendors_page(process: Process) -> dict[str, Any]:
    """The page object of the list; standing: of the newest closed month that is over, None before the first."""

    def gather(session: Session) -> dict[str, Any]:
        scope = process.scope
        closed = scorecards.months(session, scope)
        period = newest_ended(closed, process.today()) if closed else None
        ranking = scorecards.ranking(session, scope, period)["vendors"] if period else []
        standing = {one["vendor"]: {name: one[name] for name in arrange_vendors.STANDING} for one in ranking}
        ends: dict[str, date] = {}
        for row in contract_store.contracts(session):
            ends[row.vendor] = max(ends.get(row.vendor, row.valid_to), row.valid_to)
        sites = vendors.list_sites(session, scope)
        return {
            "period": str(period) if period else None,
            "vendors": [
                {
                    **one,
                    "sites": [row["name"] for row in sites if row["vendor"] == one["code"]],
                    "contract_ends_on": (ends[str(one["code"])] - timedelta(days=1)).isoformat() if one["code"] in ends else None,
                    "standing": standing.get(str(one["code"])),
                }
                for one in vendors.list_vendors(session, scope)
            ],
        }

    return process.read(gather)


def vendor_page(process: Process, code: str) -> dict[str, Any]:
    """The page object of one vendor. Raises NotFound for an unknown or foreign one."""
    return process.read(lambda session: _gather(session, process, code))


def _gather(session: Session, process: Process, code: str) -> dict[str, Any]:
    scope = process.scope
    known = vendors.list_vendors(session, scope)
    own = next((one for one in known if one["code"] == code), None)
    if own is None:
        raise NotFound("UNKNOWN_VENDOR", f"there is no vendor {code}; see: scoreline vendor list")
    only = Scope(scope.actor, scope.roles, frozenset({code}))
    closed = scorecards.months(session, scope)
    period = newest_ended(closed, process.today()) if closed else None
    invoices = scorecards.invoice_list(session, only, process.settings)
    return {
        **own,
        "sites": [row for row in vendors.list_sites(session, scope) if row["vendor"] == code],
        "parts": [{"code": one["code"], "name": one["name"], "merged_on": one["merged_on"]} for one in known if one["merged_into"] == code],
        "contracts": _contracts(session, code),
        "period": str(period) if period else None,
        "months": [{"period": row["period"], "status": row["status"]} for row in closed],
        "history": history.past_months(session, scope, code, period) if period else [],
        "in_question": [{name: row[name] for name in INVOICE_PARTS} for row in invoices if arrange_vendors.is_open(row)],
        "uploads": _uploads(session, scope, code, period or Period.of(process.today())),
        "notes": notes.list_notes(session, scope, vendor=code)[-NOTES_SHOWN:],
    }


def _uploads(session: Session, scope: Scope, code: str, period: Period) -> list[dict[str, Any]]:
    """The newest uploads that hold rows of the month, the one before or the one after, each once."""
    found: dict[Any, dict[str, Any]] = {}
    for month in (period.previous(), period, period.next()):
        found |= {row["batch"]: {name: row[name] for name in UPLOAD_PARTS} for row in importers.list_of_month(session, scope, code, month)}
    return [found[batch] for batch in sorted(found, reverse=True)[:UPLOADS_SHOWN]]


def _contracts(session: Session, code: str) -> list[dict[str, Any]]:
    """The contracts of a vendor that the caller has seen to be in scope, with what each expects every month."""
    return [
        {
            "number": terms.number,
            "currency": terms.currency,
            "from": terms.valid_from.isoformat(),
            "until": (terms.valid_to - timedelta(days=1)).isoformat(),
            "expects": [{"kind": one.kind, "due_business_day": one.due_business_day, "site": one.site} for one in terms.expects],
        }
        for terms in contract_store.terms_in_force(session, code)
    ]


def drawn(page: Row, base: Row, process: Process) -> dict[str, Any]:
    """The page object with its words and drawings, ready for the template."""
    months = page["history"]
    choices = [(figure_subject(page["code"], page["period"], "score"), f"Score of {long_month(page['period'])}")] if page["period"] else []
    return {
        **base,
        **{name: page[name] for name in ("code", "name", "period")},
        **arrange_vendors.vendor_words(page, process.today()),
        "title": page["name"],
        "months": month_links(page["months"], page["period"] or "", f"/scorecards/{{period}}/{page['code']}"),
        "strips": _strips(months),
        "widths": list(WIDTHS),
        "axis": {name: _axis(months, width) for name, width in WIDTHS.items()},
        "notes_panel": note_pages.panel(page["notes"], choices, f"/vendors/{page['code']}", process, base["form_token"]),
        "json_href": f"/vendors/{page['code']}.json",
        "csv_href": f"/vendors/{page['code']}.csv",
    }


def _axis(months: Sequence[Row], width: float) -> list[dict[str, Any]]:
    every = 1 if width >= WIDTHS["wide"] else 3
    newest = len(months) - 1
    return [
        {"x": x, "name": name}
        for index, (x, name) in enumerate(zip(stations(len(months), width), arrange_vendors.short_names(months), strict=True))
        if (newest - index) % every == 0
    ]


def _strips(months: Sequence[Row]) -> list[dict[str, Any]]:
    """The small multiples: rating, rank, score, cost per decision, decisions."""
    told = arrange_vendors.series(months)
    drawings: dict[str, dict[str, Any]] = {}
    for name, width in WIDTHS.items():
        across = stations(len(months), width)
        drawings[name] = {
            "rating": [{"x": round(x - 6, 1), "shape": shape} for x, shape in zip(across, told["shapes"], strict=True) if shape],
            "rank": strip(told["rank"], width, ends=told["rank_ends"], upside_down=True),
            "score": strip(told["score"], width, ends=told["score_ends"]),
            "cost": strip(told["cost"], width, rings=told["raw"]),
            "decisions": bars(told["decisions"], width),
        }
    return [{**one, "drawings": {name: drawings[name][one["kind"]] for name in WIDTHS}} for one in arrange_vendors.strip_words(months)]
