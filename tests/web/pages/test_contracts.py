"""Contracts over HTTP: the list, and one vendor's terms, versions, rates and month."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from kernel.settings import Settings
from tests.queries import counted_queries
from tests.scorecards.world import World, two_vendors
from tests.web.pages.bills import lead, process_of
from tests.web.sign_in import client_of

PRICES = [{"id": "4.1", "basis": "decision", "rate": "0.060", "queue": "Q1"}]


@pytest.fixture
def world(sqlite_engine: Engine) -> World:
    """NOVA's contract ends with a gap before the next; KITE has a credit that is not priced yet."""
    world = two_vendors(sqlite_engine)
    world.vendor("LUMA", "Luma Care")
    target = [{"id": "7.1", "metric": "critical_accuracy", "floor": "0.94", "target": "0.98"}]
    days = {"valid_from": date(2027, 12, 1), "valid_to": date(2028, 12, 1)}
    world.contract("NOVA", [{**PRICES[0], "rate": "0.070"}], number="MSA-NEXT", target=target, **days)
    world.contract("KITE", PRICES, number="SOW-9", credit=[{"id": "8.3"}])
    return world


@pytest.fixture
def site(world: World, settings: Settings) -> Iterator[TestClient]:
    with client_of(process_of(world, settings), follow_redirects=False) as client:
        client.headers["accept"] = "text/html"
        yield client


def test_an_empty_house_is_taught_how_a_contract_comes(sqlite_engine: Engine, settings: Settings) -> None:
    with client_of(process_of(World(sqlite_engine), settings)) as site:
        html = site.get("/contracts").text
    assert "<h1>No contract has been added yet.</h1>" in html
    assert "scoreline contract add contract.toml" in html


def test_the_list_names_who_has_none_what_is_not_priced_and_what_ends(world: World, site: TestClient, settings: Settings) -> None:
    found = site.get("/contracts.json").json()
    assert (found["headline"], found["story"]) == ("Luma Care has no contract in force.", "One clause is not priced yet.")
    told = {row["number"]: (row["state"], row["unpriced"], row["clashes"]) for row in found["contracts"]}
    assert told == {
        "MSA-NOVA": ("in force", [], 1),
        "MSA-NEXT": ("to come", [], 1),
        "MSA-KITE": ("in force", [], 1),
        "SOW-9": ("in force", ["credit 8.3"], 1),
    }
    assert len(list(csv.DictReader(io.StringIO(site.get("/contracts.csv").text)))) == 4
    world.clock = type(world.clock)(date(2027, 10, 2))
    with client_of(process_of(world, settings)) as later:
        html = later.get("/contracts").text
    assert "<h1>MSA-KITE of Kite ends in 30 days and nothing follows it.</h1>" in html
    assert "ends in 30 days, nothing follows" in html


def test_terms_on_a_day_versions_rates_and_the_month(site: TestClient) -> None:
    found = site.get("/contracts/NOVA.json?on=2028-01-01&period=2026-10").json()
    assert found["headline"] == "MSA-NEXT holds until 30 Nov 2028, with one price."
    assert found["story"] == "No contract is in force from 2027-11-01 to 2027-11-30."
    assert [(one["number"], one["counts"]) for one in found["versions"]] == [("MSA-NOVA", True), ("MSA-NEXT", True)]
    card = next(one for one in found["cards"] if one["queue"] == "Q1")
    assert [(step["rate"], step["contract"]) for step in card["steps"]] == [("0.06", "MSA-NOVA"), ("0.07", "MSA-NEXT")]
    assert found["price"]["total"] == {"amount": "80.00", "currency": "USD"}
    assert [line["first_day"] for line in found["price"]["lines"]] == ["2026-10-01", "2026-10-01"]
    html = site.get("/contracts/NOVA?on=2028-01-01&period=2026-10").text
    for words in ("98.0 %", "94.0 %", "Critical accuracy", "Gap", "What October 2026 should cost", "800 decisions", "NOVA_contract_1.xlsx"):
        assert words in html
    assert "Performance" in html
    assert "4 Nov 2026" in html
    rows = list(csv.DictReader(io.StringIO(site.get("/contracts/NOVA.csv").text)))
    assert [(row["clause"], row["rate"], row["valid_from"]) for row in rows][:2] == [
        ("4.1", "0.06", "2025-11-01"),
        ("4.1", "0.07", "2027-12-01"),
    ]


def test_what_is_not_priced_yet_and_what_overlaps_is_named(site: TestClient) -> None:
    html = site.get("/contracts/KITE").text
    assert "Not priced yet, so the month’s total is without it: credit 8.3." in html
    assert "are both in force from" in html
    assert "Total so far, USD" in html
    assert "Missing: credit 8.3." in html


def test_a_vendor_without_a_contract_is_taught_and_a_day_without_one_says_so(site: TestClient) -> None:
    html = site.get("/contracts/LUMA").text
    assert "<h1>There is no contract with Luma Care yet.</h1>" in html
    assert "Add the contract" in html
    found = site.get("/contracts/NOVA.json?on=2027-11-15&period=2027-11").json()
    assert found["headline"] == "No contract of Nova is in force on 15 Nov 2027."
    assert found["price"] is None
    assert "No contract of NOVA is in force in 2027-11" in site.get("/contracts/NOVA?on=2027-11-15&period=2027-11").text


def test_a_superseded_version_stays_and_is_said_to_count_no_longer(world: World, site: TestClient) -> None:
    batch = next(one["batch"] for one in site.get("/contracts/KITE.json").json()["versions"] if one["number"] == "SOW-9")
    world.retire(batch)
    found = site.get("/contracts/KITE.json").json()
    assert [(one["number"], one["counts"]) for one in found["versions"]] == [("MSA-KITE", True), ("SOW-9", False)]
    assert found["unpriced"] == []
    assert "counts no longer" in site.get("/contracts/KITE").text


def test_unknown_and_foreign_vendors_and_bad_days_answer_404(world: World, settings: Settings) -> None:
    with client_of(process_of(world, settings), scope=lead("NOVA"), follow_redirects=False) as site:
        for address in ("/contracts/KITE", "/contracts/NOBODY", "/contracts/KITE.json", "/contracts/KITE.csv"):
            assert site.get(address).status_code == 404
        for query in ("on=tomorrow", "period=2026-13"):
            assert site.get(f"/contracts/NOVA?{query}").status_code == 404
        assert {row["vendor"] for row in site.get("/contracts.json").json()["contracts"]} == {"NOVA"}
        own = site.get("/contracts/NOVA", headers={"accept": "text/html"}).text
        assert "MSA-NOVA" in own
        assert "KITE" not in own


def test_the_number_of_queries_does_not_grow_with_contracts(world: World, site: TestClient) -> None:
    def count(address: str) -> int:
        with counted_queries(world.engine) as asked:
            assert site.get(address).status_code == 200
        return len(asked)

    few = {address: count(address) for address in ("/contracts", "/contracts/NOVA")}
    for number in range(10):
        days = {"valid_from": date(2029 + number, 1, 1), "valid_to": date(2030 + number, 1, 1)}
        world.contract("NOVA", PRICES, number=f"MORE-{number}", **days)
    assert {address: count(address) for address in few} == few
    assert max(few.values()) <= 45
