"""One line and one measurement per request; nothing in them that should not be known."""

from __future__ import annotations

import errno
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.web.sign_in import client_of
from web.database import open_process
from web.logs import set_up_logs
from web.measuring.requests import SHARED_FOLDER, Requests
from web.process import Process


@pytest.fixture
def process(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Process]:
    """An empty installation's process."""
    monkeypatch.setenv("SCORELINE_DATA", str(data_folder))
    monkeypatch.setenv("SCORELINE_LOG_FORMAT", "json")
    found = open_process("ana")
    yield found
    found.engine.dispose()
    set_up_logs("console")


@pytest.fixture
def site(process: Process) -> Iterator[TestClient]:
    """Its site."""
    with client_of(process) as client:
        yield client


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def told(site: TestClient) -> list[tuple[str, ...]]:
    found = site.app.state.requests.registry.collect()  # type: ignore[attr-defined]
    return [
        (one.labels["method"], one.labels["route"], one.labels["status"], str(int(one.value)))
        for family in found
        for one in family.samples
        if one.name == "scoreline_request_seconds_count"
    ]


def test_every_request_is_one_line_without_what_was_asked_for(site: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json")
    response = site.get("/imports?period=2026-10&agent=agent-77", headers={"authorization": ""})
    [line] = lines(capsys)
    assert line.pop("at") > "2026"
    assert line.pop("milliseconds") > 0
    assert line.pop("request_id") == response.headers["x-request-id"]
    assert "agent-77" not in json.dumps(line)
    assert line == {
        "level": "info",
        "logger": "scoreline",
        "message": line["message"],
        "method": "GET",
        "path": "/imports",
        "route": "/imports",
        "status": 200,
        "actor": "ana",
    }


def test_a_strangers_line_names_nobody_and_no_token(process: Process, capsys: pytest.CaptureFixture[str]) -> None:
    with client_of(process) as client:
        client.cookies.clear()
        set_up_logs("json")
        client.get("/first-sign-in?link=very-secret")
        client.get("/imports.json", headers={"authorization": "Bearer very-secret"})
    found = lines(capsys)
    assert "very-secret" not in json.dumps(found)
    assert {one["actor"] for one in found} == {None}


def test_a_strange_address_stays_on_its_line_and_makes_no_counter(site: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("console")
    for number in range(5):
        site.get(f"/nowhere/{number}%0A2026-01-01 INFO forged" + "x" * 500)
        site.request("BREW", f"/coffee/{number}")
    found = [line for line in capsys.readouterr().err.splitlines() if "INFO" in line]
    assert len(found) == 10
    assert max(map(len, found)) < 320
    assert told(site) == [("GET", "(none)", "404", "5"), ("OTHER", "(none)", "404", "5")]


def test_pages_are_counted_by_their_route(site: TestClient) -> None:
    for address in ("/rankings/2026-09", "/rankings/2026-10", "/static/icon.svg", "/healthz"):
        site.get(address)
    assert sorted(told(site)) == [
        ("GET", "/healthz", "200", "1"),
        ("GET", "/rankings/{period}", "404", "2"),
        ("GET", "/static", "200", "1"),
    ]


def test_a_bug_is_counted_and_its_lines_carry_the_requests_number(site: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    site.app.add_api_route("/broken", broken)  # type: ignore[attr-defined]
    set_up_logs("json")
    assert site.get("/broken").status_code == 500
    found = lines(capsys)
    assert len({line["request_id"] for line in found}) == 1
    assert [line["level"] for line in found] == ["info", "error"]
    assert ("GET", "/broken", "500", "1") in told(site)


def test_what_the_machine_cannot_do_is_counted_by_the_status_that_is_answered(site: TestClient) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    site.app.add_api_route("/full", full)  # type: ignore[attr-defined]
    answered = site.get("/full").status_code
    assert answered in (503, 507)
    assert ("GET", "/full", str(answered), "1") in told(site)


def test_several_server_processes_add_up_in_a_shared_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Requests().gathered() is not Requests().gathered()
    alone = Requests()
    assert alone.gathered() is alone.registry
    monkeypatch.setenv(SHARED_FOLDER, str(tmp_path))
    shared = Requests()
    assert shared.gathered() is not shared.registry


def test_a_line_of_no_request_has_no_number(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json")
    logging.getLogger("scoreline").warning("by itself")
    assert "request_id" not in lines(capsys)[0]
