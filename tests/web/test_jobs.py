"""Work that waits is done, once in effect, whoever dies."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from kernel import jobs
from kernel.clock import SystemClock
from kernel.db import unit_of_work
from kernel.scope import staff
from kernel.settings import Settings
from web.jobs import KINDS, keep_working, work_off
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

    def note(process: Process, asked: Any) -> None:
        del process
        if asked[0].get("fail"):
            raise ValueError(asked[0]["fail"])
        found.append("".join(one["what"] for one in asked))

    monkeypatch.setitem(KINDS, "note", note)
    return found


def _ask(process: Process, key: str, **asked: str) -> None:
    process.write(lambda session: jobs.enqueue(session, "note", key, json.dumps(asked), AT))


def test_jobs_are_done_in_order_until_none_waits(process: Process, done: list[str]) -> None:
    for what in ("a", "b", "c"):
        _ask(process, f"note:{what}", what=what, period=what)
    assert work_off(process) == 3
    assert done == ["a", "b", "c"]
    assert work_off(process) == 0


def test_a_job_that_fails_says_why_and_waits_for_another_try(process: Process, done: list[str]) -> None:
    _ask(process, "note:x", fail="no such month", period="x")
    _ask(process, "note:y", what="y", period="y")
    assert work_off(process) == 1
    assert done == ["y"]
    claim = unit_of_work(process.engine, lambda session: jobs.claim(session, ["note"], SystemClock().now()))
    assert claim is not None
    assert json.loads(claim.payload)["fail"] == "no such month"


def test_jobs_of_one_month_are_done_together(process: Process, done: list[str]) -> None:
    for what in ("a", "b", "c"):
        _ask(process, f"note:{what}", what=what, period="2026-10")
    assert work_off(process) == 3
    assert done == ["abc"]


def test_the_loop_stops_when_it_is_told(process: Process, done: list[str]) -> None:
    _ask(process, "note:a", what="a")
    stop = threading.Event()
    worker = threading.Thread(target=keep_working, args=(process, stop))
    worker.start()
    for _ in range(200):
        if done:
            break
        stop.wait(0.02)
    stop.set()
    worker.join(timeout=10)
    assert (done, worker.is_alive()) == (["a"], False)
