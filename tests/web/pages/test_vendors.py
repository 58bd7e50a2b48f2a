"""The vendor pages: the list and one vendor; nothing, one and many; what an outsider gets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from kernel.settings import Settings
from tests.scorecards.world import AT, ME, two_vendors
from tests.web.command_line import Shell
from tests.web.pages.networks import NOVA_ONLY, one_vendor, process_over, questions
from tests.web.sign_in import client_of
from vendors import service as vendors
from web.database import open_process
from web.filters import long_day
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
    told = site.get("/vendors.json").json()["vendors"]
    html = site.get("/vendors").text
    rows = list(csv.DictReader(io.StringIO(site.get("/vendors.csv").text)))
    assert [row["code"] for row in rows] == [one["code"] for one in told]
    for one in told:
        assert f'href="/vendors/{one["code"]}"' in html
        assert f'href="/scorecards/2026-10/{one["code"]}"' in html


def test_a_vendor_is_its_names_sites_contracts_and_months(site: TestClient) -> None:
    told = site.get("/vendors/NOVA.json").json()
    html = site.get("/vendors/NOVA").text
    assert long_day(told["contracts"][0]["until"]) in html
    assert long_day(told["contracts"][0]["until"]) in site.get("/vendors").text
    for words in ("America/Bogota", "Nova Trust", "Invoice, by business day", "Newest uploads"):
        assert words in html
    assert len(told["history"]) == len(list(csv.DictReader(io.StringIO(site.get("/vendors/NOVA.csv").text))))
    for kind in ("Rating", "Rank", "Score", "Cost per decision", "Decisions"):
        assert f'aria-label="{kind} by month: ' in html


def test_money_in_question_is_that_of_the_invoices(site: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    invoices = [row for row in Shell(capsys).json("invoice", "list") if float(row["at_stake"]["amount"])]
    assert invoices
    for code in {row["vendor"] for row in invoices}:
        told = site.get(f"/vendors/{code}.json").json()["in_question"]
        assert {row["number"] for row in told} == {row["number"] for row in invoices if row["vendor"] == code}
    html = site.get("/vendors/KITE").text
    assert "<td>Held, suspected</td><td>Billed before</td>" in html
    assert "<td>invoice, vendor’s count</td>" in html


def test_a_merged_vendor_says_so_on_both_pages(sqlite_engine: Engine, settings: Settings) -> None:
    world = two_vendors(sqlite_engine)
    world.write(lambda s: vendors.merge_vendor(s, ME, "KITE", "NOVA", on=date(2026, 11, 1), at=AT))
    with client_of(process_over(sqlite_engine, settings)) as site:
        assert "From 1 Nov 2026 its work counts under NOVA." in site.get("/vendors/KITE").text
        assert "From 1 Nov 2026 the work of Kite (KITE) counts here." in site.get("/vendors/NOVA").text
        assert "part of NOVA from 1 Nov 2026" in site.get("/vendors").text


def test_without_vendors_the_list_says_how_to_add_one(sqlite_engine: Engine, settings: Settings) -> None:
    with client_of(process_over(sqlite_engine, settings)) as site:
        html = site.get("/vendors").text
        assert "There is no vendor yet." in html
        assert "scoreline vendor add" in html
        assert site.get("/vendors.json").json() == {"period": None, "vendors": []}


def test_a_vendor_without_anything_is_a_page_too(sqlite_engine: Engine, settings: Settings) -> None:
    world = one_vendor(sqlite_engine)
    world.vendor("IDLE")
    with client_of(process_over(sqlite_engine, settings)) as site:
        html = site.get("/vendors/IDLE").text
        for words in (
            "Idle has no closed month yet.",
            "There is no contract yet",
            "Nothing is in question.",
            "Nothing has come from this vendor",
        ):
            assert words in html
        solo = site.get("/vendors/SOLO").text
        assert "&lt;b&gt;Solo&lt;/b&gt; &amp; {{ 7 * 7 }} is not rated for October 2026." in solo


def test_an_outsider_sees_itself_only(sqlite_engine: Engine, settings: Settings) -> None:
    two_vendors(sqlite_engine).close()
    with client_of(process_over(sqlite_engine, settings), scope=NOVA_ONLY) as site:
        assert [one["code"] for one in site.get("/vendors.json").json()["vendors"]] == ["NOVA"]
        assert [site.get(f"/vendors/{code}{form}").status_code for code in ("KITE", "NOBODY") for form in ("", ".json", ".csv")] == [
            404
        ] * 6
        own = site.get("/vendors/NOVA.json").text + site.get("/vendors/NOVA").text + site.get("/vendors").text
        assert "KITE" not in own
        assert "Kite" not in own


@pytest.mark.parametrize(("address", "most"), [("/vendors", 25), ("/vendors/NOVA", 60)])
def test_each_page_asks_the_database_few_questions(process: Process, address: str, most: int) -> None:
    with client_of(process) as site:
        site.get(address)
        asked = questions(process)
        site.get(address)
    assert len(asked) <= most
