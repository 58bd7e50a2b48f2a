"""The page of the scheduler's work: `/admin/jobs`; what failed can be asked for again.

Owns: its words and columns. Must not know: how a job is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse

from contracts import service as contracts
from kernel import jobs
from kernel.jobs import STATES
from web.accounts.rules import may, require
from web.deps import Asking, Posting
from web.filters import counted, long_day, sentence
from web.gate import SEE_OTHER
from web.job_history import job_list, retry, ticking
from web.pages.frame import base_page, render, table_file
from web.process import Process

HERE = "/admin/jobs"
VERDICTS = {"waiting": "none", "running": "near", "done": "on", "dead": "off"}
STATE_WORDS = {"waiting": "waits", "running": "under way", "done": "done", "dead": "failed"}
Row = Mapping[str, Any]
routes = APIRouter()


@routes.get(f"{HERE}.json")
def jobs_json(asking: Asking, state: str = "", kind: str = "") -> JSONResponse:
    """The page's object."""
    return JSONResponse(jobs_page(asking, state, kind))


@routes.get(f"{HERE}.csv", response_class=PlainTextResponse)
def jobs_csv(asking: Asking, state: str = "", kind: str = "") -> Response:
    """One line per job."""
    return table_file(csv_rows(jobs_page(asking, state, kind)), "jobs")


@routes.get(HERE, response_class=HTMLResponse)
def jobs_html(asking: Asking, state: str = "", kind: str = "") -> Response:
    """The page."""
    return render("jobs.html", drawn(jobs_page(asking, state, kind), base_page(asking, HERE), asking))


@routes.post(HERE + "/{number}/retry")
def again(posting: Posting, number: int) -> Response:
    """Let a job that failed be tried again at once."""
    require(posting.scope, "close")
    retry(posting, number)
    return RedirectResponse(HERE, SEE_OTHER)


def jobs_page(asking: Process, state: str = "", kind: str = "") -> dict[str, Any]:
    """The newest jobs, what failed, the newest checks, contracts that end, and when the scheduler was last heard of."""
    shown = job_list(asking, state=state, kind=kind)
    failed = job_list(asking, state="dead")
    checks = job_list(asking, state="done", kind="check", most=1)
    last = asking.read(jobs.last_tick)
    ending = asking.read(lambda session: contracts.coming_renewals(session, asking.scope, asking.today()))
    page = {
        "ticked_at": last.isoformat() if last else None,
        "ticking": ticking(last),
        "check": checks[0] if checks else None,
        "failed": failed,
        "ending": [{"vendor": one.vendor, "number": one.number, "ends": one.ends.isoformat(), "days": one.days} for one in ending],
        "state": state,
        "kind": kind,
        "jobs": shown,
    }
    return {**page, "headline": _headline(page), "story": _story(page)}


def _headline(page: Row) -> str:
    if not page["ticking"]:
        return "No scheduler is at work."
    if page["failed"]:
        return f"{sentence(counted(len(page['failed']), 'job'))} failed and {'needs' if len(page['failed']) == 1 else 'need'} a look."
    if page["check"] and not page["check"]["result"]["ok"]:
        return "The last self-check found a difference."
    return "The scheduler is at work, and nothing failed."


def _story(page: Row) -> str:
    told = [] if page["ticking"] else ["What waits is done once one runs: scoreline schedule, or serve without --no-scheduler."]
    if page["check"]:
        told.append(f"Last self-check on {_day(page['check']['done_at'])}: {page['check']['outcome']}.")
    if page["ending"]:
        told.append(f"{sentence(counted(len(page['ending']), 'contract'))} {'ends' if len(page['ending']) == 1 else 'end'} within 90 days.")
    return " ".join(told)


def _day(instant: str) -> str:
    return long_day(instant[:10])


def _moment(instant: str | None) -> str:
    return f"{long_day(instant[:10])}, {instant[11:16]}" if instant else ""


def ending_text(one: Row, name: str) -> str:
    """A contract that ends and that nothing follows, in a sentence; name: its vendor's."""
    last = (date.fromisoformat(one["ends"]) - timedelta(days=1)).isoformat()
    return f"{one['number']} with {name} holds until {long_day(last)}, {counted(one['days'], 'more day')}, and nothing follows it."


def csv_rows(page: Row) -> list[Sequence[object]]:
    """The table as lines of a CSV file, its heads first."""
    names = ("job", "kind", "what", "state", "outcome", "attempts", "created_at", "claimed_at", "done_at", "seconds", "worker")
    return [names, *([one[name] for name in names] for one in page["jobs"])]


def drawn(page: Row, base: Row, asking: Process) -> dict[str, Any]:
    """The page with its words for the template."""
    return {
        **base,
        "title": "Jobs",
        "headline": page["headline"],
        "story": page["story"],
        "may_retry": may(asking.scope.roles, "close"),
        "failed": [_line(one) for one in page["failed"]],
        "differences": [
            f"{one['name']}: {one['seen']} instead of {one['expected']}. {one['detail']}".strip()
            for one in (page["check"]["result"]["differs"] if page["check"] else [])
        ],
        "ending": [ending_text(one, one["vendor"]) for one in page["ending"]],
        "states": [{"name": "All", "href": HERE, "current": not page["state"]}]
        + [{"name": sentence(STATE_WORDS[state]), "href": f"{HERE}?state={state}", "current": page["state"] == state} for state in STATES],
        "rows": [_line(one) for one in page["jobs"]],
    }


def _line(one: Row) -> dict[str, Any]:
    return {
        "number": one["job"],
        "kind": sentence(one["kind"]),
        "what": one["what"],
        "verdict": VERDICTS[one["state"]],
        "state": sentence(STATE_WORDS[one["state"]]),
        "outcome": one["outcome"],
        "asked": _moment(one["created_at"]),
        "done": _moment(one["done_at"]),
        "tries": one["attempts"],
    }
