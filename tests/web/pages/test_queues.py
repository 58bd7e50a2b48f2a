"""The queue pages: the list and one queue; nothing, one and many; what an outsider gets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from kernel.scope import Scope
from kernel.settings import Settings
from tests.scorecards.world import AT, ME, two_vendors
from tests.web.pages.networks import NOVA_ONLY, one_vendor, process_over, questions
from tests.web.sign_in import client_of
from vendors import service as vendors
from web.database import open_process
from web.process import Process


@pytest.fixture
def process(demo: Path) -> Iterator[Process]:
    assert demo.is_dir()
    found = open_process("ana")
    yield found
    found.engine.dispose()


@pytest.fixture
def site(process: Process) -> Iterator[TestClient]:
    with client_of(process) as client:
        yield client


def test_the_list_is_one_object_as_page_json_and_csv(site: TestClient) -> None:
    told = site.get("/queues.json").json()["queues"]
    html = site.get("/queues").text
    rows = list(csv.DictReader(io.StringIO(site.get("/queues.csv").text)))
    assert [row["code"] for row in rows] == [one["code"] for one in told]
    assert all(f'href="/queues/{one["code"]}"' in html for one in told)


def test_a_queue_shows_its_providers_as_the_rankings_cut_does(site: TestClient) -> None:
    shown = site.get("/queues/Q1.json").json()
    cut = site.get("/rankings/2026-10.json", params={"queue": "Q1"}).json()["vendors"]
    kept = ("vendor", "rank_low", "rank_high", "tied_with", "score")
    assert [{name: one[name] for name in kept} for one in shown["vendors"]] == [{name: one[name] for name in kept} for one in cut]
    html = site.get("/queues/Q1").text
    for one in shown["vendors"]:
        assert f'href="/scorecards/2026-10/{one["vendor"]}"' in html
        assert f'href="/trace/{one["vendor"]}/2026-10/accuracy?queue=Q1"' in html
    assert abs(sum(one["share"] for one in shown["vendors"]) - 1) < 1e-9
    lines = list(csv.DictReader(io.StringIO(site.get("/queues/Q1.csv").text)))
    assert len(lines) == sum(1 + len(one["languages"]) for one in shown["vendors"])


def test_an_earlier_month_can_be_asked_for(site: TestClient) -> None:
    html = site.get("/queues/Q1", params={"period": "2026-09"}).text
    assert 'href="/queues/Q1?period=2026-10"' in html
    assert "/queues/Q1.json?period=2026-09" in html
    for period in ("1999-01", "october"):
        assert site.get("/queues/Q1", params={"period": period}).status_code == 404
    assert [site.get(f"/queues/Q99{form}").status_code for form in ("", ".json", ".csv")] == [404] * 3


def test_severity_and_format_stand_over_time_with_other_names(sqlite_engine: Engine, settings: Settings) -> None:
    world = two_vendors(sqlite_engine)
    world.write(lambda s: vendors.add_queue(s, ME, "Q1", "Queue Q1", at=AT, severity="P1", form="video", valid_from=date(2026, 10, 1)))
    world.write(lambda s: vendors.alias_queue(s, ME, "Q1", "First <queue>", at=AT))
    world.close()
    with client_of(process_over(sqlite_engine, settings)) as site:
        html = site.get("/queues/Q1").text
    assert html.index("from 1 Oct 2026") < html.index("from the beginning")
    assert "First &lt;queue&gt;" in html


def test_nothing_yet_is_said_in_words(sqlite_engine: Engine, settings: Settings) -> None:
    with client_of(process_over(sqlite_engine, settings)) as site:
        assert "There is no queue yet." in site.get("/queues").text
        assert site.get("/queues/Q1").status_code == 404
    world = one_vendor(sqlite_engine)
    world.queue("Q2")
    with client_of(process_over(sqlite_engine, settings)) as site:
        assert "Nobody worked on Queue Q2 in October 2026." in site.get("/queues/Q2").text
        assert "alone works on Queue Q1" in site.get("/queues/Q1").text


def test_before_the_first_close_a_queue_is_what_is_registered(sqlite_engine: Engine, settings: Settings) -> None:
    two_vendors(sqlite_engine)
    with client_of(process_over(sqlite_engine, settings)) as site:
        assert "Queue Q1 has no closed month yet." in site.get("/queues/Q1").text
        assert site.get("/queues/Q1.json").json()["vendors"] == []


def test_an_outsider_without_work_in_a_queue_is_not_told_that_nobody_has_any(sqlite_engine: Engine, settings: Settings) -> None:
    world = two_vendors(sqlite_engine)
    world.close()
    elsewhere = Scope("vic", frozenset({"vendor"}), frozenset({"VEGA"}))
    with client_of(process_over(sqlite_engine, settings), scope=elsewhere) as site:
        html = site.get("/queues/Q1").text
    assert "You have no decisions on Queue Q1 in October 2026." in html
    assert "Nobody" not in html


def test_an_outsider_sees_its_own_row_only(sqlite_engine: Engine, settings: Settings) -> None:
    two_vendors(sqlite_engine).close()
    with client_of(process_over(sqlite_engine, settings), scope=NOVA_ONLY) as site:
        told = site.get("/queues/Q1.json")
        assert [one["vendor"] for one in told.json()["vendors"]] == ["NOVA"]
        everything = told.text + site.get("/queues/Q1").text + site.get("/queues").text + site.get("/queues.json").text
        assert "Nova on Queue Q1 in October 2026." in everything
        assert "KITE" not in everything
        assert "Kite" not in everything


@pytest.mark.parametrize(("address", "most"), [("/queues", 12), ("/queues/Q1", 60)])
def test_each_page_asks_the_database_few_questions(process: Process, address: str, most: int) -> None:
    with client_of(process) as site:
        site.get(address)
        asked = questions(process)
        site.get(address)
    assert len(asked) <= most
