"""The status page of a month: what came, what is late, what each vendor's month waits for, and the month's next step.

Owns: its words, and the two forms that move a month. Must not know: how an expectation is found or a month closed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse
from sqlmodel import Session

from contracts import service as contracts
from kernel import audit, jobs
from kernel.period import Period
from scorecards import service as scorecards
from scorecards.readiness import cut_off_of
from vendors import service as vendors
from web.accounts.rules import may, require
from web.deps import Asking, Posting
from web.filters import counted, listed, long_day, long_month, sentence, short_day, words
from web.gate import SEE_OTHER
from web.pages.frame import base_page, month, render, table_file
from web.pages.jobs import ending_text
from web.pages.months import month_links, with_open
from web.process import Process

Row = Mapping[str, Any]
VERDICTS = {"came": "on", "late": "watch", "missing": "off", "awaited": "none"}
"""State of an expected file -> shape and colour of its verdict; awaited: missing, and its deadline lies ahead."""
KIND_ORDER = ("performance", "quality", "workforce", "plan", "invoice", "cost", "contract", "fx")
STEPS = ("open", "provisional", "in_review", "agreed", "locked")
NEXT_WORDS = {
    "provisional": ("in_review", "Open the review of {month}", "All look at the same figures; a changed file still makes a revision."),
    "in_review": ("agreed", "Agree {month}", "From then on a changed file no longer changes the month by itself."),
    "agreed": ("locked", "Lock {month}", "Finance closes its books: the figures stay as they are."),
}
"""State of a month -> the next one, the words on its button, what it means."""
routes = APIRouter()


@routes.get("/status", include_in_schema=False)
def newest(asking: Asking) -> Response:
    """The month that people work on: the newest that is over."""
    return RedirectResponse(f"/status/{Period.of(asking.today()).previous()}", SEE_OTHER)


@routes.get("/status/{period}.json")
def status_json(asking: Asking, period: str) -> JSONResponse:
    """What came, is late or is missing."""
    return JSONResponse(status_page(asking, month(period)))


@routes.get("/status/{period}.csv", response_class=PlainTextResponse)
def status_csv(asking: Asking, period: str) -> Response:
    """One line per expected file."""
    return table_file(csv_rows(status_page(asking, month(period))), f"status-{period}")


@routes.get("/status/{period}", response_class=HTMLResponse)
def status_html(asking: Asking, period: str) -> Response:
    """The page."""
    found = status_page(asking, month(period))
    return render("status.html", drawn(found, base_page(asking, "/status"), asking))


@routes.post("/status/{period}/close")
def close(posting: Posting, period: str) -> Response:
    """Ask for the month to be computed again; it is done as a job, so that no page waits."""
    require(posting.scope, "close")
    chosen = month(period)

    def ask(session: Session) -> None:
        at = posting.clock.now()
        payload = audit.canonical({"asked_by": posting.scope.actor, "period": str(chosen)})
        jobs.enqueue(session, "close", f"close:{chosen}:asked:{audit.length(session)}", payload, at, str(chosen))
        audit.record(session, at, posting.scope.actor, "month.ask_close", f"month:{chosen}", {})

    posting.write(ask)
    return RedirectResponse(f"/status/{chosen}", SEE_OTHER)


@routes.post("/status/{period}/advance")
def advance(posting: Posting, period: str, to: Annotated[str, Form()]) -> Response:
    """Move a month on to its next state."""
    require(posting.scope, _act(to))
    chosen = month(period)
    posting.write(lambda session: scorecards.advance_month(session, posting.scope, chosen, to, posting.clock.now()))
    return RedirectResponse(f"/status/{chosen}", SEE_OTHER)


def status_page(asking: Process, period: Period) -> dict[str, Any]:
    """The JSON of `status` with its sentences; as things stand now."""

    def gather(session: Session) -> dict[str, Any]:
        today = asking.today()
        found = scorecards.status(session, asking.scope, asking.settings, period, today)
        holidays = [date.fromisoformat(day) for day in scorecards.list_holidays(session)]
        return {
            **found,
            "today": today.isoformat(),
            "ending": [
                {"vendor": one.vendor, "number": one.number, "ends": one.ends.isoformat(), "days": one.days}
                for one in contracts.coming_renewals(session, asking.scope, today)
            ],
            "cut_off": cut_off_of(period, holidays).isoformat(),
            "months": [dict(row) for row in with_open(scorecards.months(session, asking.scope), Period.of(today))],
            "names": {row["code"]: str(row["name"]) for row in vendors.list_vendors(session, asking.scope)},
        }

    found = asking.read(gather)
    return {**found, "headline": headline(found), "story": story(found)}


def _items(page: Row) -> list[Row]:
    today = page["today"]
    return [
        {**item, "vendor": vendor["vendor"], "standing": standing(item, today)} for vendor in page["vendors"] for item in vendor["expected"]
    ]


def standing(item: Row, today: str) -> str:
    """came, late, missing, or awaited: not here, and its deadline lies ahead."""
    return "awaited" if item["state"] == "missing" and item["due"] >= today else str(item["state"])


def headline(page: Row) -> str:
    """What matters first: files that should be here and are not."""
    items = _items(page)
    lacking = [item for item in items if item["standing"] == "missing"]
    ahead = sum(1 for item in items if item["standing"] == "awaited")
    shown_month = long_month(page["period"])
    if not items:
        return f"No file is expected for {shown_month}."
    if len(lacking) == 1:
        return f"One of {len(items)} files has not come for {shown_month}: {_what(lacking[0], page['names'])}."
    if lacking:
        return f"{sentence(counted(len(lacking), 'file'))} of {len(items)} have not come for {shown_month}."
    if ahead:
        some = (
            "One file is" if ahead == 1 else f"All {ahead} files are" if ahead == len(items) else f"{sentence(counted(ahead, 'file'))} are"
        )
        return f"{some} still to come for {shown_month}."
    return f"Everything has come for {shown_month}."


def story(page: Row) -> str:
    """How far the month is, and what happens without anybody's doing."""
    late = sum(1 for item in _items(page) if item["standing"] == "late")
    told = [f"{sentence(counted(late, 'file'))} came after the deadline."] if late else []
    if not page["vendors"]:
        told.append("A contract names the files that it expects; none in force does so for this month.")
    elif page["status"] == "open":
        last = f"for all at the end of {long_day(page['cut_off'])} with what is there"
        told.append(f"The month closes by itself: for a vendor when its last file is here, {last}.")
    elif page["status"] in ("provisional", "in_review"):
        told.append("A file that comes now makes a new revision by itself.")
    return " ".join(told)


def _what(item: Row, names: Mapping[str, str]) -> str:
    site = f" of site {item['site']}" if item["site"] else ""
    return f"{words(item['kind'])}{site} of {names.get(item['vendor'], item['vendor'])}"


def csv_rows(page: Row) -> list[Sequence[object]]:
    """One line per expected file, the heads first."""
    names = ("vendor", "kind", "site", "due", "state", "received_on", "batch")
    return [names, *([item[name] if item[name] is not None else "" for name in names] for item in _items(page))]


def drawn(page: Row, base: Row, asking: Process) -> dict[str, Any]:
    """The page object with its words, ready for the template."""
    items = _items(page)
    kinds = sorted({item["kind"] for item in items}, key=KIND_ORDER.index)
    return {
        **base,
        "title": f"Status, {long_month(page['period'])}",
        "period": page["period"],
        "headline": page["headline"],
        "story": page["story"],
        "months": month_links(page["months"], page["period"], "/status/{period}"),
        "facts": _facts(items, page) if items else [],
        "steps": [
            {"name": sentence(words(step)), "current": step == page["status"], "done": STEPS.index(step) < STEPS.index(page["status"])}
            for step in STEPS
        ],
        "kinds": [sentence(words(kind)) for kind in kinds],
        "rows": [_row(vendor, kinds, page) for vendor in page["vendors"]],
        "waiting": _waiting(items, page["names"]),
        "ending": [
            {"href": f"/contracts/{one['vendor']}", "text": ending_text(one, page["names"].get(one["vendor"], one["vendor"]))}
            for one in page["ending"]
        ],
        "ranking_href": f"/rankings/{page['period']}" if page["status"] != "open" else "",
        **_moves(page, asking.scope.roles),
    }


def _waiting(items: Sequence[Row], names: Mapping[str, str]) -> list[dict[str, str]]:
    """Per vendor and deadline what has not come."""
    found: dict[tuple[str, str], list[str]] = {}
    for item in items:
        if item["standing"] in ("missing", "awaited"):
            site = f" of site {item['site']}" if item["site"] else ""
            found.setdefault((item["vendor"], item["due"]), []).append(f"{words(item['kind'])}{site}")
    return [
        {"name": names.get(vendor, vendor), "text": f"{listed(kinds)}, deadline {long_day(due)}"} for (vendor, due), kinds in found.items()
    ]


def _facts(items: Sequence[Row], page: Row) -> list[Row]:
    count = {state: sum(1 for item in items if item["standing"] == state) for state in VERDICTS}
    found: list[Row] = [
        {"name": "Came", "value": f"{count['came'] + count['late']} of {len(items)}", "note": f"{count['late'] or 'none'} late"},
        {"name": "Not here", "value": str(count["missing"] + count["awaited"]), "note": f"{count['missing']} past the deadline"},
    ]
    if page["status"] == "open":
        found.append({"name": "Closes at the latest", "value": long_day(page["cut_off"]), "note": "with what is there"})
    return found


def _act(to: str) -> str:
    """What one must be allowed to do to move a month to a state: finance closes the books."""
    return "lock" if to == "locked" else "close"


def _moves(page: Row, roles: Collection[str]) -> dict[str, Any]:
    """What this reader may do with the month; '' and None where there is nothing."""
    shown_month = long_month(page["period"])
    again = f"Compute {shown_month} {'now' if page['status'] == 'open' else 'again'}"
    may_close, following = may(roles, "close"), NEXT_WORDS.get(page["status"])
    if following and not may(roles, _act(following[0])):
        following = None
    return {
        "close_label": again if may_close and page["vendors"] and page["status"] in STEPS[:3] and _over(page) else "",
        "advance": following and {"to": following[0], "label": following[1].format(month=shown_month), "means": following[2]},
    }


def _over(page: Row) -> bool:
    return Period.parse(page["period"]).end <= date.fromisoformat(page["today"])


def _row(vendor: Row, kinds: Sequence[str], page: Row) -> dict[str, Any]:
    expected = [{**item, "standing": standing(item, page["today"])} for item in vendor["expected"]]
    cells = [[_cell(item) for item in expected if item["kind"] == kind] for kind in kinds]
    name = page["names"].get(vendor["vendor"], vendor["vendor"])
    href = f"/scorecards/{page['period']}/{vendor['vendor']}" if page["status"] != "open" else f"/vendors/{vendor['vendor']}"
    waits = len(vendor["waiting_for"])
    return {"name": name, "href": href, "cells": cells, "waits": counted(waits, "file") if waits else ""}


def _cell(item: Row) -> dict[str, Any]:
    received = item["received_on"]
    return {
        "verdict": VERDICTS[item["standing"]],
        "word": sentence(item["standing"]),
        "site": item["site"],
        "day": short_day(received) if received else f"by {short_day(item['due'])}",
        "href": f"/imports/{item['batch']}" if item["batch"] is not None else "",
    }
