"""The audit log as a page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from kernel import audit
from kernel.scope import Scope
from kernel.settings import Settings
from tests.web.sign_in import client_of
from web.database import open_process
from web.pages import log
from web.process import Process


@pytest.fixture
def process(settings: Settings) -> Iterator[Process]:
    found = open_process("ana", settings)
    yield found
    found.engine.dispose()


@pytest.fixture
def auditor(process: Process) -> Iterator[TestClient]:
    with client_of(process, scope=Scope("olga", frozenset({"auditor"}))) as client:
        yield client


def _write(process: Process, count: int) -> None:
    def work(session: object) -> None:
        for number in range(count):
            audit.record(session, process.machine.now(), "ben", "batch.accept", f"batch:{number % 3}", {"rows": number})  # type: ignore[arg-type]

    process.write(work)


def test_the_newest_entry_stands_first_on_page_and_in_json(process: Process, auditor: TestClient) -> None:
    _write(process, 3)
    told = auditor.get("/admin/log.json").json()
    assert [row["seq"] for row in told["entries"]] == [5, 4, 3, 2, 1]
    assert told["length"] == 5
    html = auditor.get("/admin/log").text
    assert "Five entries, each chained to the one before." in html
    assert html.index("rows 2") < html.index("rows 1") < html.index("account.sign_in")


def test_it_is_narrowed_by_who_and_by_what(process: Process, auditor: TestClient) -> None:
    _write(process, 6)
    assert {row["actor"] for row in auditor.get("/admin/log.json?actor=ben").json()["entries"]} == {"ben"}
    assert [row["body"]["rows"] for row in auditor.get("/admin/log.json?subject=batch:1").json()["entries"]] == [4, 1]
    assert "No entry is like that." in auditor.get("/admin/log?actor=nobody").text


def test_older_entries_follow_by_a_link_and_the_file_has_all(process: Process, auditor: TestClient) -> None:
    _write(process, log.SHOWN + 5)
    first = auditor.get("/admin/log.json").json()["entries"]
    assert len(first) == log.SHOWN
    assert f"before={first[-1]['seq']}" in auditor.get("/admin/log").text
    rest = auditor.get(f"/admin/log.json?before={first[-1]['seq']}").json()["entries"]
    assert rest[-1]["seq"] == 1
    assert "Older entries" not in auditor.get(f"/admin/log?before={first[-1]['seq']}").text
    assert len(list(csv.DictReader(io.StringIO(auditor.get("/admin/log.csv").text)))) == log.SHOWN + 7


@pytest.mark.parametrize("role", ["partnership", "finance", "approver", "vendor"])
def test_only_auditors_and_administrators_read_it(process: Process, role: str) -> None:
    with client_of(process, scope=Scope("ben", frozenset({role}), frozenset() if role == "vendor" else None)) as ben:
        for address in ("/admin/log", "/admin/log.json", "/admin/log.csv"):
            assert ben.get(address).status_code == 403, address


def test_a_number_that_is_none_is_said(auditor: TestClient) -> None:
    answer = auditor.get("/admin/log.json?before=yesterday")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "FIELD")
