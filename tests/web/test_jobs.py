"""Work that waits is done, once in effect, whoever dies."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from kernel import audit, jobs
from kernel.clock import SystemClock
from kernel.jobs import Job
from kernel.scope import staff
from kernel.settings import Settings
from web.jobs import KINDS, Task, perform, take, work_off
from web.process import Process

AT = datetime(2026, 11, 6, 12, tzinfo=UTC)


@pytest.fixture
def process(engine: Engine, settings: Settings) -> Process:
    """A process over an empty database."""
    return Process(settings, engine, SystemClock(), staff("ana"))


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A kind of job that only notes what it was asked."""
    found: list[str] = []

    def note(task: Task) -> dict[str, Any]:
        if task.asked[0].get("fail"):
            raise ValueError(task.asked[0]["fail"])
        found.append("".join(one["what"] for one in task.asked))
        return {"noted": len(task.asked)}

    monkeypatch.setitem(KINDS, "note", note)
    return found


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of job that writes an audit entry in the transaction that ends it."""
    monkeypatch.setitem(KINDS, "log", lambda task: task.once(_entry(task.process)))


def _entry(process: Process) -> Callable[[Session], dict[str, Any]]:
    def write(session: Session) -> dict[str, Any]:
        audit.record(session, AT, process.scope.actor, "test", "test", {})
        return {"written": True}

    return write


def _ask(process: Process, key: str, kind: str = "note", **asked: str) -> None:
    process.write(lambda session: jobs.enqueue(session, kind, key, json.dumps(asked), AT, asked.get("period", "")))


def _jobs(process: Process) -> list[Job]:
    return process.read(jobs.history)


def _take(process: Process) -> Task:
    found = take(process)
    assert found is not None
    return found


def _lapse(process: Process) -> None:
    """Let the leases of all that is under way run out."""

    def lapse(session: Session) -> None:
        for job in jobs.history(session, state="running"):
            job.lease_until = SystemClock().now() - timedelta(seconds=1)
            session.add(job)

    process.write(lapse)


def test_jobs_are_done_in_order_until_none_waits(process: Process, done: list[str]) -> None:
    for what in ("a", "b", "c"):
        _ask(process, f"note:{what}", what=what, period=what)
    assert work_off(process) == 3
    assert done == ["a", "b", "c"]
    assert work_off(process) == 0
    assert {job.result for job in _jobs(process)} == {'{"noted":1}'}


def test_a_job_that_fails_says_why_and_waits_for_another_try(process: Process, done: list[str]) -> None:
    _ask(process, "note:x", fail="no such month", period="x")
    _ask(process, "note:y", what="y", period="y")
    assert work_off(process) == 1
    assert done == ["y"]
    failed = _jobs(process)[1]
    assert (failed.state, failed.last_error) == ("waiting", "ValueError: no such month")
    assert failed.not_before is not None
    assert failed.not_before > SystemClock().now()
    assert work_off(process) == 0


def test_jobs_of_one_month_are_done_together(process: Process, done: list[str]) -> None:
    for what in ("a", "b", "c"):
        _ask(process, f"note:{what}", what=what, period="2026-10")
    assert work_off(process) == 3
    assert done == ["abc"]


def test_what_a_worker_writes_after_losing_its_lease_is_dropped(process: Process, logged: None) -> None:
    del logged
    _ask(process, "log:1", "log")
    stalled = _take(process)
    _lapse(process)
    other = _take(process)
    assert perform(stalled) == 0
    assert process.read(audit.length) == 0
    assert perform(other) == 1
    assert perform(stalled) == 0
    assert process.read(audit.length) == 1
    assert [(job.state, job.fence) for job in _jobs(process)] == [("done", 2)]


def test_a_failure_after_the_lease_was_lost_changes_nothing(process: Process, done: list[str]) -> None:
    _ask(process, "note:1", fail="disk full")
    stalled = _take(process)
    _lapse(process)
    other = _take(process)
    perform(stalled)
    assert [(job.state, job.last_error) for job in _jobs(process)] == [("running", "")]
    perform(other)
    assert _jobs(process)[0].state == "waiting"
    assert done == []


def test_a_transaction_of_a_long_job_is_refused_after_the_lease_was_lost(process: Process, done: list[str]) -> None:
    del done
    _ask(process, "note:1", what="a")
    stalled = _take(process)
    process.read(stalled.require)
    _lapse(process)
    _take(process)
    with pytest.raises(Exception, match="taken over"):
        process.read(stalled.require)


def test_a_sign_of_life_moves_the_lease(process: Process, done: list[str]) -> None:
    del done
    _ask(process, "note:1", what="a")
    task = _take(process)
    _lapse(process)
    task.renew()
    assert take(process) is None
    with task.committing:
        _lapse(process)
        task.renew()  # not while the effect is being committed
    assert take(process) is not None


def test_a_job_of_a_worker_that_stops_is_the_next_ones_at_once(process: Process, done: list[str]) -> None:
    _ask(process, "note:1", what="a")
    _take(process).release()
    assert work_off(process) == 1
    assert (done, _jobs(process)[0].attempts) == (["a"], 1)


def test_a_late_upload_and_an_ending_contract_are_noted_in_the_audit_log(process: Process) -> None:
    late = {"vendor": "NOVA", "period": "2026-10", "upload": "performance", "site": "", "due_on": "2026-11-04"}
    ends = {"vendor": "NOVA", "number": "MSA-1", "ends": "2026-12-31", "notice": "60"}
    _ask(process, "late:1", "late", **{**late, "period": "2026-10"})
    _ask(process, "renewal:1", "renewal", **ends)
    assert work_off(process) == 2
    assert process.read(audit.length) == 2
    assert [json.loads(job.result) for job in _jobs(process)] == [ends, late]


def test_a_check_keeps_what_it_found(process: Process) -> None:
    process.write(lambda session: jobs.enqueue(session, "check", "check:1", '{"deep":true}', AT))
    assert work_off(process) == 1
    result = json.loads(_jobs(process)[0].result)
    assert (result["ok"], result["deep"], result["differs"]) == (True, True, [])
    assert result["checks"] > 10


def test_a_check_that_finds_a_difference_is_done_and_names_it(process: Process, caplog: pytest.LogCaptureFixture) -> None:
    forged = audit.AuditEntry(seq=1, at=AT, actor="eve", action="x", subject="y", body="{}", previous="0", hash="0")
    process.write(lambda session: session.add(forged))
    process.write(lambda session: jobs.enqueue(session, "check", "check:1", '{"deep":false}', AT))
    assert work_off(process) == 1
    result = json.loads(_jobs(process)[0].result)
    assert not result["ok"]
    assert [one["name"] for one in result["differs"]] == ["audit log is unbroken"]
    assert "audit log is unbroken" in caplog.text


def test_tidying_lets_old_work_go_and_keeps_notes(process: Process) -> None:
    def old(session: Session) -> None:
        for kind in ("close", "late"):
            jobs.enqueue(session, kind, kind, "{}", AT)
            (claim,) = jobs.claim(session, [kind], AT)
            jobs.finish(session, claim, AT - timedelta(days=400))
        jobs.enqueue(session, "tidy", "tidy:1", "{}", AT)

    process.write(old)
    assert work_off(process) == 1
    assert [(job.kind, job.result) for job in _jobs(process)] == [("tidy", '{"forgotten":1}'), ("late", "")]
