"""Work that waits in the database: which function does which kind of job, and how one is done.

Owns: that table, the claim that a job holds while it is done, and what becomes of it. Must not know: what is due
(web.due), how many work at a time (web.scheduler). Leases are kept by the machine's clock, whatever day the data
folder's calendar stands on.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from importers import service as importers
from kernel import audit, jobs
from kernel.clock import Clock, SystemClock
from kernel.errors import Conflict
from kernel.faults import reached
from kernel.period import Period
from scorecards import service as scorecards
from scorecards.readiness import SETTLED, close_reason
from scorecards.status import waited
from web.check import check_everything
from web.environment import environment
from web.process import Process

log = logging.getLogger("scoreline")

FAULT_POINTS = ("job.claimed", "job.before_commit", "job.committed", "job.before_finish")
"""Where a test makes a worker die: it has a job; its effect and its end are written, and committed; its effect stands, its end does not."""
LEASE_LOST = "LEASE_LOST"
KEPT = timedelta(days=90)
"""How long the history keeps work that was done; notes of what was late or ends stay."""
PASSING = ("check", "close", "import", "tidy")
"""Kinds that the history lets go after that."""

Result = Mapping[str, Any]


@dataclass(eq=False)
class Task:
    """Jobs that are being done together: what was asked, and the right to do it."""

    process: Process
    claims: tuple[jobs.Claim, ...]
    lease: timedelta = jobs.LEASE
    leases: Clock = field(default_factory=SystemClock)
    ended: bool = False
    committing: threading.Lock = field(default_factory=threading.Lock)

    @property
    def kind(self) -> str:
        """The kind of its jobs."""
        return self.claims[0].kind

    @property
    def asked(self) -> list[dict[str, Any]]:
        """The arguments of each of its jobs, oldest first."""
        return [json.loads(claim.payload) for claim in self.claims]

    def once(self, work: Callable[[Session], Result]) -> None:
        """Run work in one transaction that ends the jobs with the result: both or neither.

        Raises Conflict LEASE_LOST, and nothing of the work stays, when somebody else has claimed one of them since. A
        job that cannot do all its work in one transaction returns its result instead and must bear being done twice.
        """

        def both(session: Session) -> None:
            self._finish(session, work(session))
            reached("job.before_commit")

        with self.committing:  # a sign of life meanwhile would make the database run the work again
            self.process.write(both)
            self.ended = True
        reached("job.committed")

    def require(self, session: Session) -> None:
        """Refuse the caller's transaction when somebody else has claimed the jobs since. Raises Conflict LEASE_LOST."""
        if not jobs.holds(session, self.claims):
            raise self._lost()

    def renew(self) -> None:
        """Give a sign of life, unless the work is being committed."""
        if not self.committing.acquire(blocking=False):
            return
        try:
            if not self.ended:
                self.process.write(lambda session: [jobs.renew(session, one, self.leases.now(), self.lease) for one in self.claims])
        finally:
            self.committing.release()

    def end(self, result: Result) -> None:
        """The work is done."""
        with self.committing:
            self.process.write(lambda session: self._finish(session, result))
            self.ended = True

    def fail(self, reason: str) -> None:
        """The work was not done; the jobs wait for another try and say why."""
        with self.committing:
            self.process.write(lambda session: [jobs.fail(session, one, reason, self.leases.now()) for one in self.claims])
            self.ended = True

    def release(self) -> None:
        """Give the jobs back, because their worker stops: what it still does is refused."""
        if not self.ended:
            self.process.write(lambda session: [jobs.release(session, one) for one in self.claims])

    def _finish(self, session: Session, result: Result) -> None:
        text = audit.canonical(result)
        if not all(jobs.finish(session, one, self.leases.now(), text) for one in self.claims):
            raise self._lost()

    def _lost(self) -> Conflict:
        return Conflict(LEASE_LOST, f"another worker has taken over {self.kind} since; what was written here is dropped")


def close_month(task: Task) -> None:
    """Compute a month's figures again after something in it changed, or because it is time.

    A month that was never closed is left alone until it is over and complete, past its cut-off, or a person asks for it;
    one that is agreed or locked for ever.
    """
    process, asked = task.process, task.asked
    period = Period.parse(asked[0]["period"])
    person = next((one["asked_by"] for one in asked if one.get("asked_by")), "")
    scope = replace(process.scope, actor=person) if person else process.scope
    vendors = {one.get("vendor") for one in asked}
    vendor = vendors.pop() if len(vendors) == 1 else None

    def close(session: Session) -> Result:
        left = _left_alone(process, session, period, asked=bool(person))
        if left:
            return {"period": str(period), "changed": False, "left_alone": left}
        made = scorecards.close_in(session, scope, process.clock, process.settings, period, vendor)
        return {name: made[name] for name in ("period", "revision", "status", "changed", "why", "waiting_for")}

    task.once(close)


def _left_alone(process: Process, session: Session, period: Period, *, asked: bool) -> str:
    """Why a month is not closed now; '' when it is."""
    status = next((row["status"] for row in scorecards.months(session, process.scope) if row["period"] == str(period)), "")
    if status in SETTLED:
        return f"it is {status}"
    if status or asked:
        return ""
    today = process.today()
    if today < period.end:
        return f"it ends on {period.last}"
    state = scorecards.awaited_month(session, process.settings, period, today)
    if state is None:
        return "nothing was uploaded for it"
    if close_reason(state, today):
        return ""
    waiting = [f"{vendor}: {waited(one, today)}" for vendor, one in state.open_expectations]
    return f"it waits for {'; '.join(waiting)}"


def note_late(task: Task) -> None:
    """Keep, once per upload that a contract expects, that its deadline went by without it."""
    (asked,) = task.asked
    _note(task, "upload.late", f"month:{asked['period']}", asked)


def note_renewal(task: Task) -> None:
    """Keep, once per notice, that a contract ends and nothing follows it."""
    (asked,) = task.asked
    _note(task, "contract.ends", f"vendor:{asked['vendor']}", asked)


def _note(task: Task, action: str, subject: str, asked: dict[str, Any]) -> None:
    process = task.process

    def note(session: Session) -> Result:
        audit.record(session, process.clock.now(), process.scope.actor, action, subject, asked)
        return asked

    task.once(note)


def check_house(task: Task) -> Result:
    """Work everything out again; the result says what differs. A difference is logged, and is no failure of the job."""
    deep = any(one["deep"] for one in task.asked)
    found = check_everything(task.process, deep=deep)
    differs = [one for one in found["checks"] if not one["ok"]]
    for one in differs:
        log.error("check: %s: %s instead of %s: %s", one["name"], one["seen"], one["expected"], one["detail"])
    return {"ok": found["ok"], "deep": deep, "checks": len(found["checks"]), "differs": differs}


def read_upload(task: Task) -> Result:
    """Read an upload that the site received; it may be read by several at once, and comes to the same once."""
    (asked,) = task.asked
    return {"batch": asked["batch"], "state": importers.read_upload(environment(task.process), asked["batch"])}


def tidy(task: Task) -> None:
    """Let old history go."""
    task.once(lambda session: {"forgotten": jobs.forget(session, PASSING, task.leases.now() - KEPT)})


KINDS: dict[str, Callable[[Task], Result | None]] = {
    "check": check_house,
    "close": close_month,
    "import": read_upload,
    "late": note_late,
    "renewal": note_renewal,
    "tidy": tidy,
}
"""Kind of job -> what does it. One that ends its task by `once` returns None; any other returns the result, to be ended
with, and may be killed anywhere and run again."""


def worker_name() -> str:
    """This process, for the history."""
    return f"{socket.gethostname()}:{os.getpid()}"


def take(process: Process, lease: timedelta = jobs.LEASE) -> Task | None:
    """Claim the oldest work that waits; None when there is none."""
    now = SystemClock().now()
    if not process.read(lambda session: jobs.something_waits(session, list(KINDS), now, lease)):
        return None
    claims = process.write(lambda session: jobs.claim(session, list(KINDS), now, lease=lease, worker=worker_name()))
    if not claims:
        return None
    reached("job.claimed")
    return Task(process, claims, lease)


def perform(task: Task) -> int:
    """Do claimed work; returns how many jobs were done. Work that fails says why and waits for another try."""
    try:
        result = KINDS[task.kind](task)
        if not task.ended:
            reached("job.before_finish")
            task.end(result or {})
    except Exception as error:  # noqa: BLE001 - whatever it is, the jobs wait for another try and say why
        if isinstance(error, Conflict) and error.code == LEASE_LOST:
            log.warning("%s", error)
            return 0
        reason = f"{type(error).__name__}: {error}"
        log.warning("%s failed for %s: %s", task.kind, task.claims[0].payload, reason)
        task.fail(reason)
        return 0
    return len(task.claims)


def work_off(process: Process, lease: timedelta = jobs.LEASE) -> int:
    """Do the jobs that wait, one after another; returns how many were done."""
    done = 0
    while (task := take(process, lease)) is not None:
        done += perform(task)
    return done
