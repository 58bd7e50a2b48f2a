"""`/metrics`: what it tells, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from sqlmodel import Session

from kernel import jobs
from kernel.scope import Scope
from tests.web.sign_in import ORIGIN, client_of
from vendors.models import Vendor
from web.accounts import service as accounts
from web.app import create_app
from web.database import open_process
from web.process import Process

HERE, ELSEWHERE = ("127.0.0.1", 50000), ("192.0.2.7", 50000)


@pytest.fixture
def process(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Process]:
    """An empty installation's process."""
    monkeypatch.setenv("SCORELINE_DATA", str(data_folder))
    found = open_process("ana")
    yield found
    found.engine.dispose()


def stranger(process: Process, address: tuple[str, int]) -> TestClient:
    return TestClient(create_app(process), base_url=ORIGIN, client=address)


def values(text: str) -> dict[str, float]:
    """Every sample by its name and labels."""
    return {
        one.name + "".join(f" {label}" for label in one.labels.values()): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def test_this_machine_reads_them_and_they_tell_what_there_is(process: Process) -> None:
    def furnish(session: Session) -> None:
        jobs.enqueue(session, "close", "k1", "{}", process.machine.now())
        jobs.note_tick(session, process.machine.now())

    process.write(furnish)
    with stranger(process, HERE) as client:
        client.get("/healthz")
        response = client.get("/metrics")
    assert (response.status_code, response.headers["content-type"].split(";")[0]) == (200, "text/plain")
    found = values(response.text)
    assert found["scoreline_jobs waiting"] == 1
    assert (found["scoreline_jobs dead"], found["scoreline_uploads preview"], found["scoreline_months locked"]) == (0, 0, 0)
    assert found["scoreline_database_up"] == 1
    assert 0 <= found["scoreline_last_tick_age_seconds"] < 60
    assert found["scoreline_request_seconds_count GET /healthz 200"] == 1
    assert any(name.startswith("scoreline_build_info ") for name in found)
    assert found["process_resident_memory_bytes"] > 0


def test_a_database_that_is_away_is_told(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: object) -> None:
        raise OSError

    monkeypatch.setattr("web.measuring.answer.counts", away)
    with stranger(process, HERE) as client:
        found = values(client.get("/metrics").text)
    assert found["scoreline_database_up"] == 0
    assert "scoreline_jobs waiting" not in found


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_proxy_on_this_machine_asks_for_others(process: Process, header: str) -> None:
    with stranger(process, HERE) as client:
        assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 401


@pytest.mark.parametrize("address", [ELSEWHERE, ("", 0)])
def test_strangers_from_elsewhere_are_sent_away(process: Process, address: tuple[str, int]) -> None:
    with stranger(process, address) as client:
        assert client.get("/metrics").status_code == 401


def test_a_token_of_staff_reads_them_from_anywhere_and_a_vendors_does_not(process: Process) -> None:
    process.write(lambda session: session.add(Vendor(code="NOVA", name="Nova")))
    at = process.machine.now()

    def token(name: str, role: str, *codes: str) -> str:
        return process.write(lambda session: accounts.add_token(session, process.scope, name, [role], codes, at)[1])

    secrets = {"watch": token("watch", "auditor"), "nova": token("nova", "vendor", "NOVA")}
    with stranger(process, ELSEWHERE) as client:
        asked = {name: client.get("/metrics", headers={"authorization": f"Bearer {secret}"}) for name, secret in secrets.items()}
    assert {name: response.status_code for name, response in asked.items()} == {"watch": 200, "nova": 404}
    with client_of(process, scope=Scope("nova-person", frozenset({"vendor"}), frozenset({"NOVA"}))) as client:
        assert client.get("/metrics").status_code == 404
