"""The history of jobs, in words: what each was about, what came of it; asking for one again.

Owns: the JSON of `job`. Must not know: how a job is done, how it is drawn.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from kernel import audit, jobs
from kernel.clock import SystemClock
from kernel.errors import NotFound, Usage
from kernel.jobs import STATES, Job
from web.process import Process

SILENT = timedelta(minutes=3)
"""How long no scheduler may tick before a site is not ready."""
WHY = {"complete": "a vendor is complete", "cut-off": "its cut-off is over", "changed": "something in it changed"}
"""Why the scheduler closes a month -> in words."""


def ticking(last: datetime | None) -> bool:
    """Whether a scheduler has looked for what is due lately; also when the machine's clock was moved a little since."""
    return last is not None and abs(SystemClock().now() - last) <= SILENT


def job_list(process: Process, *, state: str = "", kind: str = "", most: int = 100) -> list[dict[str, Any]]:
    """The newest jobs, newest first, '' = of any state or kind; for the client's staff only. Raises Usage for no such state."""
    _require_staff(process)
    if state and state not in STATES:
        raise Usage("JOB_STATE", f"{state!r} is no state of a job: use one of {', '.join(STATES)}")
    return [_object(row) for row in process.read(lambda session: jobs.history(session, state=state, kind=kind, most=most))]


def job_object(process: Process, number: int) -> dict[str, Any]:
    """One job. Raises NotFound."""
    _require_staff(process)
    return _object(process.read(lambda session: jobs.find(session, number)))


def retry(process: Process, number: int) -> dict[str, Any]:
    """Let a job that failed be tried again at once, with an entry in the audit log.

    Raises NotFound for no such job, Conflict when it is done or somebody is at it.
    """
    _require_staff(process)

    def ask(session: Session) -> dict[str, Any]:
        row = jobs.ask_again(session, number)
        audit.record(session, process.clock.now(), process.scope.actor, "job.retry", f"job:{number}", {"kind": row.kind, "key": row.key})
        return _object(row)

    return process.write(ask)


def _require_staff(process: Process) -> None:
    if process.scope.vendors is not None:
        raise NotFound("NO_PAGE", "there is no such page")


def _object(row: Job) -> dict[str, Any]:
    asked: dict[str, Any] = json.loads(row.payload)
    result: dict[str, Any] = json.loads(row.result) if row.result else {}
    return {
        "job": row.id,
        "kind": row.kind,
        "what": _what(row.kind, asked),
        "state": row.state,
        "outcome": row.last_error or _outcome(row.kind, result),
        "attempts": row.attempts,
        "worker": row.worker,
        "created_at": row.created_at.isoformat(),
        "claimed_at": _instant(row.claimed_at),
        "done_at": _instant(row.done_at),
        "not_before": _instant(row.not_before),
        "seconds": round((row.done_at - row.claimed_at).total_seconds(), 3) if row.done_at and row.claimed_at else None,
        "asked": asked,
        "result": result or None,
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _what(kind: str, asked: Mapping[str, Any]) -> str:
    """What a job is about, in words."""
    match kind:
        case "check":
            return "everything, with the original files" if asked["deep"] else "everything"
        case "close":
            why = f" of {asked['vendor']}" if asked.get("vendor") else f", {WHY.get(asked.get('why', ''), 'asked for')}"
            return f"{asked['period']}{why}"
        case "late":
            site = f" of site {asked['site']}" if asked["site"] else ""
            return f"{asked['upload']}{site} of {asked['vendor']} for {asked['period']}, was due {asked['due_on']}"
        case "renewal":
            return f"contract {asked['number']} of {asked['vendor']} ends on {asked['ends']}"
        case "tidy":
            return "the history"
        case _:
            return ", ".join(str(value) for value in asked.values() if isinstance(value, str | int))


def _outcome(kind: str, result: Mapping[str, Any]) -> str:
    """What came of a job, in words; '' while nothing has."""
    if not result:
        return ""
    said = OUTCOMES.get(kind)
    return said(result) if said else "done"


def _of_check(result: Mapping[str, Any]) -> str:
    if result["ok"]:
        return f"all {result['checks']} checks agree"
    return f"differs: {', '.join(one['name'] for one in result['differs'])}"


def _of_close(result: Mapping[str, Any]) -> str:
    if "left_alone" in result:
        return f"left alone: {result['left_alone']}"
    return f"revision {result['revision']}" + ("" if result["changed"] else ", nothing changed")


OUTCOMES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "check": _of_check,
    "close": _of_close,
    "late": lambda _: "noted",
    "renewal": lambda _: "noted",
    "tidy": lambda result: f"{result['forgotten']} old jobs forgotten",
}
"""Kind of job -> its result in words."""
