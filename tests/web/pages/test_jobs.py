"""The page of the scheduler's work."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import Session

from kernel import audit, jobs
from kernel.clock import FixedDayClock, SystemClock
from kernel.scope import Scope, staff
from kernel.settings import Settings
from tests.queries import counted_queries
from tests.web.sign_in import client_of
from web.jobs import KINDS
from web.process import Process
from web.scheduler import Scheduler

AT = datetime(2026, 11, 6, 12, tzinfo=UTC)
HERE = "/admin/jobs"


@pytest.fixture
def process(sqlite_engine: Engine, settings: Settings) -> Process:
    """A process over an empty database."""
    return Process(settings, sqlite_engine, FixedDayClock(AT.date()), staff("ana"))


@pytest.fixture
def site(process: Process) -> Iterator[TestClient]:
    """The site, an administrator signed in."""
    with client_of(process) as client:
        yield client


def _ask(process: Process, kind: str, key: str, **asked: Any) -> None:
    process.write(lambda session: jobs.enqueue(session, kind, key, audit.canonical(asked), AT))


def _kill(process: Process, kind: str) -> None:
    """Let the oldest job of a kind fail until it rests."""

    def kill(session: Session) -> None:
        at = AT
        for pause in (*jobs.PAUSES, timedelta()):
            (taken,) = jobs.claim(session, [kind], at)
            jobs.fail(session, taken, "OSError: the disk is full", at)
            at += pause

    process.write(kill)


def test_before_anything_ran_the_page_says_that_no_scheduler_is_at_work(site: TestClient) -> None:
    text = site.get(HERE).text
    assert "<h1>No scheduler is at work.</h1>" in text
    assert "There is no such job." in text
    assert site.get(f"{HERE}.json").json()["jobs"] == []


def test_after_a_look_the_page_tells_what_was_done_and_that_all_checks_agree(process: Process, site: TestClient) -> None:
    Scheduler(process).run_once()
    text = site.get(HERE).text
    assert "<h1>The scheduler is at work, and nothing failed.</h1>" in text
    assert "Last self-check on" in text
    found = site.get(f"{HERE}.json").json()
    assert [one["kind"] for one in found["jobs"]] == ["tidy", "check", "check"]
    assert found["check"]["result"]["ok"] is True


def test_what_failed_stands_first_and_is_tried_again_by_its_button(process: Process, site: TestClient) -> None:
    process.write(lambda session: jobs.note_tick(session, SystemClock().now()))
    _ask(process, "tidy", "tidy:1")
    _kill(process, "tidy")
    text = site.get(HERE).text
    assert "<h1>One job failed and needs a look.</h1>" in text
    assert "OSError: the disk is full, after 5 tries" in text
    number = site.get(f"{HERE}.json").json()["failed"][0]["job"]
    assert site.post(f"{HERE}/{number}/retry", follow_redirects=False).status_code == 303
    assert site.get(f"{HERE}.json").json()["failed"] == []
    assert site.get(f"{HERE}.json?state=waiting").json()["jobs"][0]["job"] == number
    assert site.post(f"{HERE}/99/retry").status_code == 404


def test_the_table_can_be_narrowed_and_taken_along(process: Process, site: TestClient) -> None:
    _ask(process, "late", "late:1", vendor="NOVA", period="2026-10", upload="performance", site="MNL", due_on="2026-11-04")
    _ask(process, "renewal", "renewal:1", vendor="NOVA", number="MSA-1", ends="2026-12-31", notice=60)
    lines = list(csv.DictReader(io.StringIO(site.get(f"{HERE}.csv", params={"kind": "late"}).text)))
    assert [line["what"] for line in lines] == ["performance of site MNL of NOVA for 2026-10, was due 2026-11-04"]
    assert len(site.get(f"{HERE}.json", params={"state": "waiting"}).json()["jobs"]) == 2
    assert site.get(f"{HERE}.json", params={"state": "asleep"}).status_code == 400


def test_a_difference_that_a_check_found_stands_on_the_page(process: Process, site: TestClient) -> None:
    forged = audit.AuditEntry(seq=99, at=AT, actor="eve", action="x", subject="y", body="{}", previous="0", hash="0")
    process.write(lambda session: session.add(forged))
    Scheduler(process).run_once()
    text = site.get(HERE).text
    assert "<h1>The last self-check found a difference.</h1>" in text
    assert "audit log is unbroken: broken at" in text


def test_a_vendor_and_who_may_not_close_get_what_is_theirs(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "note", lambda _: {})
    _ask(process, "note", "note:1")
    _kill(process, "note")
    vendor = Scope("vera", frozenset({"vendor"}), frozenset({"NOVA"}))
    with client_of(process, scope=vendor) as outsider:
        assert [outsider.get(f"{HERE}{form}").status_code for form in ("", ".json", ".csv")] == [404, 404, 404]
        assert outsider.post(f"{HERE}/1/retry").status_code in (403, 404)
    with client_of(process, scope=Scope("otto", frozenset({"auditor"}))) as auditor:
        assert "Try again" not in auditor.get(HERE).text
        assert auditor.post(f"{HERE}/1/retry").status_code == 403


def test_the_page_asks_few_questions_however_long_the_history(process: Process, site: TestClient) -> None:
    for number in range(30):
        _ask(process, "tidy", f"tidy:{number}")
    with counted_queries(process.engine) as asked:
        site.get(HERE)
    assert len([one for one in asked if one.lstrip().upper().startswith("SELECT")]) <= 12
