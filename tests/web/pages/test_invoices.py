"""The list of invoices over HTTP: what it says, to whom, and at what cost."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from contracts import service as contracts
from kernel.settings import Settings
from tests.queries import counted_queries
from tests.scorecards.world import AT, ME, World, two_vendors
from tests.web.pages.bills import id_of, lead, process_of, wrong_bills
from tests.web.sign_in import client_of


@pytest.fixture
def world(sqlite_engine: Engine) -> World:
    return wrong_bills(sqlite_engine)


@pytest.fixture
def site(world: World, settings: Settings) -> Iterator[TestClient]:
    with client_of(process_of(world, settings)) as client:
        yield client


def test_an_empty_house_is_taught_how_an_invoice_comes(sqlite_engine: Engine, settings: Settings) -> None:
    with client_of(process_of(World(sqlite_engine), settings)) as site:
        html = site.get("/invoices").text
        assert "<h1>No invoice has come for October 2026.</h1>" in html
        assert "scoreline import INVOICE.xlsx --as invoice" in html
        assert site.get("/invoices.json").json()["invoices"] == []
        assert site.get("/invoices.csv").text.count("\n") == 1


def test_one_right_invoice_leaves_nothing_in_question(sqlite_engine: Engine, settings: Settings) -> None:
    world = World(sqlite_engine)
    world.vendor("NOVA", "Nova Trust")
    world.queue("Q1")
    world.contract("NOVA", [{"id": "4.1", "basis": "decision", "rate": "0.06"}])
    world.counts("NOVA", [("Q1", 1, "decisions", 100)])
    world.invoice("NOVA", "INV-1", [{"quantity": "100", "rate": "0.06", "amount": "6.00"}])
    with client_of(process_of(world, settings)) as site:
        html = site.get("/invoices").text
    assert "<h1>Nothing is in question on the one document for October 2026.</h1>" in html
    assert '<span class="faint">nothing</span>' in html
    assert "To approve" in html


def test_the_sentence_the_rows_and_the_sums_tell_the_same_money(world: World, site: TestClient) -> None:
    found = site.get("/invoices.json?period=2026-10").json()
    assert found["headline"] == "68.40 USD are in question on two invoices."
    assert found["story"] == "The largest is INV KITE 10 of Kite: 62.40 USD, billed before."
    order = [row["number"] for row in found["invoices"]]
    assert order[:2] == ["INV KITE 10", "WRONG"]
    (sums,) = found["totals"]
    shown = {name: sums[name]["amount"] for name in ("billed", "at_stake", "in_favour_of_vendor", "held", "disputed", "approved")}
    assert shown == {
        "billed": "221.30",  # 62.40 + 62.40 + 96.50; the replaced 80.00 is left out
        "at_stake": "68.40",
        "in_favour_of_vendor": "2.00",
        "held": "62.40",
        "disputed": "0.00",
        "approved": "0.00",
    }
    assert (sums["documents"], sums["left_out"]) == (4, 1)
    html = site.get("/invoices?period=2026-10").text
    assert f'href="/invoices/{id_of(world, "WRONG")}"' in html
    assert "Replaced by WRONG" in html
    assert "2.00 for the vendor" in html
    assert "Video &lt;decisions&gt;" not in html


def test_each_month_and_all_of_them_are_choices_and_nothing_else_is(world: World, site: TestClient) -> None:
    world.invoice("NOVA", "OLD", [{"amount": "5.00", "first": None, "last": None}], document="credit_note", relates_to="WRONG")
    assert len(site.get("/invoices.json?period=all").json()["invoices"]) == 5
    assert site.get("/invoices.json?period=2026-09").json()["headline"] == "No invoice has come for September 2026."
    assert site.get("/invoices").text == site.get("/invoices?period=2026-10").text
    assert site.get("/invoices?period=october", headers={"accept": "text/html"}).status_code == 404
    rows = list(csv.DictReader(io.StringIO(site.get("/invoices.csv?period=all").text)))
    assert {row["number"]: row["in_question"] for row in rows}["WRONG"] == "6.00"


def test_an_expected_invoice_that_has_not_come_is_named(sqlite_engine: Engine, settings: Settings) -> None:
    world = World(sqlite_engine)
    world.vendor("NOVA", "Nova Trust")
    world.contract("NOVA", [{"id": "4.1", "basis": "decision", "rate": "0.06"}], expect=[{"kind": "invoice", "due_business_day": 3}])
    with client_of(process_of(world, settings)) as site:
        found = site.get("/invoices.json?period=2026-10").json()
        html = site.get("/invoices?period=2026-10").text
    assert found["story"] == "The invoice of Nova Trust has not come."
    assert "Expected, and not here" in html
    assert "the deadline is 4 Nov 2026" in html


def test_a_vendor_sees_its_own_invoices_and_no_trace_of_others(world: World, settings: Settings) -> None:
    with client_of(process_of(world, settings), scope=lead("NOVA")) as site:
        found = site.get("/invoices.json?period=2026-10").json()
        html = site.get("/invoices?period=2026-10").text
    assert {row["vendor"] for row in found["invoices"]} == {"NOVA"}
    assert {one["vendor"] for one in found["expected"]} <= {"NOVA"}
    assert "KITE" not in html
    assert "Kite" not in html


def test_one_vendor_can_be_chosen_and_only_one_that_is_there(site: TestClient) -> None:
    found = site.get("/invoices.json?period=2026-10&vendor=KITE").json()
    assert {row["vendor"] for row in found["invoices"]} == {"KITE"}
    assert found["headline"] == "62.40 USD is in question on one invoice."
    html = site.get("/invoices?period=2026-10&vendor=KITE").text
    assert '<option value="KITE" selected>' in html
    assert "period=all&amp;vendor=KITE" in html
    assert site.get("/invoices?vendor=NOBODY").status_code == 404


def test_disputes_of_other_months_are_not_forgotten(world: World, site: TestClient) -> None:
    september = {"first": date(2026, 9, 1), "last": date(2026, 9, 30)}
    world.invoice("NOVA", "OLD", [{"amount": "9.00", **september}, {"amount": "4.00", **september}], months=("2026-09",))
    world.write(lambda s: contracts.decide_invoice(s, ME, "OLD", "NOVA", "disputed", "not our rate", AT, line="2"))
    (one,) = site.get("/invoices.json?period=2026-10").json()["elsewhere"]
    assert (one["number"], one["periods"], one["lines"], one["held"]["amount"]) == ("OLD", ["2026-09"], ["2"], "4.00")
    html = site.get("/invoices?period=2026-10").text
    assert "Still disputed, from other months" in html
    assert "line 2, 4.00 USD held, since 6 Nov 2026: not our rate" in html
    assert site.get("/invoices.json?period=2026-09").json()["elsewhere"] == []
    world.write(lambda s: contracts.decide_invoice(s, ME, "OLD", "NOVA", "disputed", "all of it", AT))
    assert site.get("/invoices.json?period=2026-10").json()["elsewhere"][0]["held"]["amount"] == "13.00"
    assert site.get("/invoices.json?period=2026-10&vendor=KITE").json()["elsewhere"] == []


def test_the_number_of_queries_stays_the_same_however_many_invoices_there_are(sqlite_engine: Engine, settings: Settings) -> None:
    world = two_vendors(sqlite_engine)
    with client_of(process_of(world, settings)) as site:

        def count() -> int:
            with counted_queries(sqlite_engine) as asked:
                assert site.get("/invoices?period=2026-10").status_code == 200
            return len(asked)

        few = count()
        for number in range(20):
            world.invoice("NOVA", f"MORE-{number}", [{"queue": "Q1", "amount": str(number + 1)}])
        assert count() == few <= 50
