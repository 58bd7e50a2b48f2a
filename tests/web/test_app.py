"""The site: what answers where, and under which headers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from kernel import jobs
from kernel.clock import SystemClock
from tests.web.command_line import Shell
from tests.web.sign_in import client_of
from web.database import open_process
from web.deps import Site
from web.process import Process
from web.progress import Progress

INSIDE = "secret inside"


@pytest.fixture
def process(demo: Path) -> Iterator[Process]:
    """The demo's process."""
    assert demo.is_dir()
    found = open_process("ana")
    yield found
    found.engine.dispose()


@pytest.fixture
def site(process: Process) -> Iterator[TestClient]:
    """The site over the demo."""
    with client_of(process) as client:
        yield client


@pytest.fixture
def empty_site(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The site over an empty database."""
    monkeypatch.setenv("SCORELINE_DATA", str(data_folder))
    process = open_process("ana")
    with client_of(process) as client:
        yield client
    process.engine.dispose()


def test_home_is_the_newest_closed_month(site: TestClient) -> None:
    page = site.get("/")
    assert page.status_code == 200
    assert "<title>Ranking, October 2026 · Scoreline</title>" in page.text
    assert page.text == site.get("/rankings/2026-10").text


def test_the_page_says_what_the_command_says(site: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    told = Shell(capsys).json("rank", "2026-10")
    shown = site.get("/rankings/2026-10.json").json()
    assert {name: shown[name] for name in told} == told
    html = site.get("/rankings/2026-10").text
    for vendor in told["vendors"]:
        assert f"<strong>{vendor['name'].replace('&', '&amp;')}</strong>" in html


def test_the_csv_has_a_line_per_vendor(site: TestClient) -> None:
    answer = site.get("/rankings/2026-10.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    shown = site.get("/rankings/2026-10.json").json()["vendors"]
    assert [row["vendor"] for row in rows] == [vendor["vendor"] for vendor in shown]
    assert "critical_accuracy_n" in rows[0]


def test_raw_and_like_for_like_are_two_choices_of_one_page(site: TestClient) -> None:
    raw = site.get("/rankings/2026-10", params={"basis": "raw"}).text
    assert re.search(r'aria-current="true">Raw<', raw)
    assert site.get("/rankings/2026-10.json", params={"basis": "raw"}).json()["basis"] == "raw"


def test_a_month_that_is_not_there_is_404_as_page_and_as_json(site: TestClient) -> None:
    for address in ("/rankings/1999-01", "/rankings/october", "/rankings/2026-10?basis=guess", "/nowhere"):
        page = site.get(address, headers={"accept": "text/html"})
        assert (page.status_code, "There is no such page." in page.text) == (404, True)
    error = site.get("/rankings/1999-01.json").json()["error"]
    assert error["kind"] == "refused"


def test_a_page_without_a_table_has_no_csv(site: TestClient) -> None:
    assert site.get("/trace/NOVA/2026-10/in_sla_share.csv").status_code == 406


def test_a_figure_is_followed_to_its_cells(site: TestClient) -> None:
    found = site.get("/trace/NOVA/2026-10/in_sla_share.json").json()
    html = site.get("/trace/NOVA/2026-10/in_sla_share").text
    assert found["cells_total"] >= len(found["cells"]) > 0
    assert found["cells"][0]["file"] in html
    assert f"<code>{found['cells'][0]['cell']}</code>" in html
    assert site.get("/trace/NOVA/2026-10/no_such_figure").status_code == 404
    assert site.get("/trace/NOBODY/2026-10/in_sla_share").status_code == 404


LISTS = [("/status/2026-10", "Status, October 2026"), ("/imports", "Imports, October 2026")]


@pytest.mark.parametrize(("address", "words"), LISTS)
def test_each_list_is_one_object_as_page_json_and_csv(site: TestClient, address: str, words: str) -> None:
    page = site.get(address)
    told = site.get(f"{address}.json").json()
    lines = list(csv.reader(io.StringIO(site.get(f"{address}.csv").text)))
    assert words in page.text
    assert f"<h1>{told['headline']}</h1>" in page.text.replace("&#39;", "'")
    assert len(lines) > 1


@pytest.mark.parametrize("address", ["/", "/rankings/2026-10.json", "/rankings/1999-01", "/static/scoreline.css", "/healthz"])
def test_every_answer_has_the_security_headers(site: TestClient, address: str) -> None:
    headers = site.get(address).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'; img-src 'self'")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_no_page_carries_a_script_or_a_style_of_its_own(site: TestClient) -> None:
    for html in (site.get("/").text, site.get("/nowhere").text):
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", html)


def test_an_empty_database_teaches_the_first_steps(empty_site: TestClient) -> None:
    html = empty_site.get("/").text
    assert [command in html for command in ("scoreline setup", "scoreline import", "scoreline close")] == [True, True, True]
    assert empty_site.get("/rankings/2026-10").status_code == 404


def test_the_process_is_up_and_ready(site: TestClient) -> None:
    assert site.get("/healthz").text == "ok\n"
    assert site.get("/readyz").json() == {"ready": True, "database": True, "schema": True, "scheduler": True}


def test_a_site_is_not_ready_when_no_scheduler_has_ticked_for_three_minutes(process: Process) -> None:
    with client_of(process) as site:
        up: Site = site.app.state.site  # type: ignore[attr-defined]
        site.app.state.site = replace(up, started=up.started - 181)  # type: ignore[attr-defined]
        answer = site.get("/readyz")
        assert (answer.status_code, answer.json()["scheduler"]) == (503, False)
        process.write(lambda session: jobs.note_tick(session, SystemClock().now() - timedelta(seconds=181)))
        assert site.get("/readyz").status_code == 503
        process.write(lambda session: jobs.note_tick(session, SystemClock().now()))
        assert site.get("/readyz").json() == {"ready": True, "database": True, "schema": True, "scheduler": True}


def test_a_site_whose_database_is_away_is_up_but_not_ready(process: Process, demo: Path) -> None:
    with client_of(process) as site:
        process.engine.dispose()
        for path in demo.glob("scoreline.db*"):
            path.unlink()
        assert site.get("/healthz").status_code == 200
        assert site.get("/readyz").status_code == 503


def test_while_the_demo_is_made_the_page_says_how_far_it_is(process: Process) -> None:
    progress = Progress()
    with client_of(process, progress) as site:
        assert "The vendors&#39; files are being written." in site.get("/").text
        progress.steps, progress.reached = ["Reading a.xlsx", "Reading b.xlsx", "Computing 2026-10"], 1
        html = site.get("/").text
        assert "1 of 3 steps are done." in html
        assert 'http-equiv="refresh"' in html
        assert site.get("/readyz").status_code == 503
        progress.failed = "The disk is full."
        assert "The disk is full." in site.get("/").text
        progress.done = True
        assert "Ranking, October 2026" in site.get("/").text


def test_a_bug_is_a_page_with_a_number_and_nothing_of_the_inside(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: Any, **more: Any) -> None:
        del given, more
        raise RuntimeError(INSIDE)

    monkeypatch.setattr("web.pages.ranking.ranking_page", broken)
    with client_of(process) as site:
        page = site.get("/rankings/2026-10", headers={"accept": "text/html"})
    assert page.status_code == 500
    assert re.search(r"report it with the number [0-9A-F]{8}", page.text)
    assert INSIDE not in page.text
    assert page.headers["x-content-type-options"] == "nosniff"


def test_the_ranking_page_asks_the_database_few_questions(process: Process) -> None:
    asked: list[str] = []
    event.listen(process.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with client_of(process) as site:
        site.get("/rankings/2026-10")
    assert len([one for one in asked if one.lstrip().upper().startswith("SELECT")]) <= 60


@pytest.mark.parametrize(
    "address",
    [
        "/imports/{}",
        "/admin/users/{}",
        "/invoices/{}",
        "/scorecards/2026-10/NOVA?revision={}",
        "/trace/NOVA/2026-10/accuracy?offset={}",
        "/admin/log?before={}",
    ],
)
def test_a_number_that_no_row_can_have_is_404_and_no_bug(site: TestClient, address: str, caplog: pytest.LogCaptureFixture) -> None:
    for number in (2**63, 10**30):
        assert site.get(address.format(number), headers={"accept": "text/html"}).status_code == 404
        assert site.get(address.format(number), headers={"accept": "application/json"}).status_code == 404
    assert "bug" not in caplog.text
