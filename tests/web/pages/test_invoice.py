"""One invoice over HTTP: what is wrong and how much, and deciding about it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from kernel.scope import Scope
from kernel.settings import Settings
from scorecards import service
from tests.queries import counted_queries
from tests.scorecards.world import AT, ME, OCTOBER, World
from tests.web.pages.bills import id_of, lead, process_of, wrong_bills
from tests.web.sign_in import client_of


@pytest.fixture
def world(sqlite_engine: Engine) -> World:
    return wrong_bills(sqlite_engine)


@pytest.fixture
def site(world: World, settings: Settings) -> Iterator[TestClient]:
    with client_of(process_of(world, settings), follow_redirects=False) as client:
        client.headers["accept"] = "text/html"
        yield client


def page(world: World, site: TestClient, number: str) -> Any:
    return site.get(f"/invoices/{id_of(world, number)}.json").json()


def test_the_page_says_what_is_wrong_and_never_nets_what_favours_the_vendor(world: World, site: TestClient) -> None:
    found = page(world, site, "WRONG")
    assert found["headline"] == "Nova billed 6.00 USD too much and 2.00 USD too little."
    html = site.get(f"/invoices/{found['id']}").text
    assert "Confirmed or disputed 0.00 + suspected 6.00 = 6.00 in question" in html
    assert "2.00 USD stand in the vendor’s favour and are not taken off" in html
    assert "100 decision more are billed than anybody recorded: 900 against 800." in html
    assert "Video &lt;decisions&gt;" in html
    for row in (
        "Billed, ex tax",
        "More billed than recorded",
        "Rate not in force",
        "No contract amount",
        "Contract amount, as far as it is priced",
    ):
        assert row in html


def test_it_is_the_object_of_the_command_with_more_beside_it(world: World, site: TestClient) -> None:
    found = page(world, site, "WRONG")
    told = world.read(lambda s: service.invoice_show(s, ME, world.settings, "WRONG"))
    assert {name: found[name] for name in told} == told
    rows = list(csv.DictReader(io.StringIO(site.get(f"/invoices/{found['id']}.csv").text)))
    assert [(row["line"], row["billed"], row["contract_amount"]) for row in rows] == [
        ("1", "54.00", "48.00"),
        ("2", "30.00", "32.00"),
        ("3", "12.50", ""),
    ]
    assert not [value for line in found["lines"] for value in line.values() if isinstance(value, float)]


def test_every_document_has_its_own_sentence(world: World, site: TestClient) -> None:
    world.invoice("NOVA", "CN-1", [{"amount": "-4.00", "first": None, "last": None}], document="credit_note", relates_to="WRONG", months=())
    told = {number: page(world, site, number)["headline"] for number in ("INV KITE 10", "INV-KITE-10", "INV-NOVA-10", "CN-1")}
    assert told == {
        "INV KITE 10": "Kite seems to bill INV-KITE-10 again: 62.40 USD.",
        "INV-KITE-10": "INV-KITE-10 agrees with the contract to the last cent.",
        "INV-NOVA-10": "INV-NOVA-10 was replaced by WRONG and costs nothing.",
        "CN-1": "Nova gives back 4.00 USD for WRONG.",
    }
    html = site.get(f"/invoices/{id_of(world, 'WRONG')}").text
    assert "Replaces" in html
    assert "Corrected by" in html
    assert "Left if it is the same bill" in site.get(f"/invoices/{id_of(world, 'INV KITE 10')}").text


def test_unknown_and_foreign_invoices_answer_alike(world: World, settings: Settings) -> None:
    with client_of(process_of(world, settings), scope=lead("NOVA"), follow_redirects=False) as site:
        for number in (id_of(world, "INV-KITE-10"), 9999, 10**30):
            for address in ("", ".json", ".csv", "/cells"):
                assert site.get(f"/invoices/{number}{address}").status_code == 404
            for act in ("approve", "dispute", "credit"):
                assert site.post(f"/invoices/{number}/{act}", data={"reason": "x"}).status_code == 404
        own = site.get(f"/invoices/{id_of(world, 'WRONG')}", headers={"accept": "text/html"}).text
        assert "Nova billed 6.00" in own.replace("\N{NO-BREAK SPACE}", " ")
        assert "/approve" not in own
        assert "/dispute" not in own
        refused = site.post(f"/invoices/{id_of(world, 'WRONG')}/dispute", data={"reason": "x"}, headers={"accept": "application/json"})
        assert refused.status_code == 403


def jobs(world: World) -> list[str]:
    with world.engine.connect() as connection:
        payloads = connection.execute(text("SELECT payload FROM job WHERE kind = 'close'")).scalars()
        return [json.loads(payload)["vendor"] for payload in payloads]


def test_a_line_is_disputed_and_settled_before_the_invoice_is_approved(world: World, site: TestClient) -> None:
    number = id_of(world, "WRONG")
    html = site.get(f"/invoices/{number}").text
    assert "Dispute line 1 for 6.00 USD: 54.00 held out of cost, the contract amount stands in" in html
    answer = site.post(f"/invoices/{number}/dispute", data={"reason": "hours", "line": "1"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/invoices/{number}")
    assert jobs(world) == ["NOVA"]
    refused = site.post(f"/invoices/{number}/approve", data={})
    assert refused.status_code == 422
    assert "line 1 of WRONG is disputed" in refused.text
    assert "Line 1 is disputed: settle that before the invoice can be approved." in refused.text
    assert page(world, site, "WRONG")["state"] == "received"
    assert site.post(f"/invoices/{number}/approve", data={"line": "1", "reason": "explained"}).status_code == 303
    assert site.post(f"/invoices/{number}/approve", data={}).status_code == 303
    found = page(world, site, "WRONG")
    assert found["state"] == "approved"
    told = [(row["state"], row["line"], row["by"], row["reason"]) for row in found["history"]]
    assert told[1:4] == [("disputed", "1", "ben", "hours"), ("approved", "1", "ben", "explained"), ("approved", None, "ben", "")]


def test_a_dispute_without_a_reason_is_refused_in_a_sentence(world: World, site: TestClient) -> None:
    refused = site.post(f"/invoices/{id_of(world, 'WRONG')}/dispute", data={"reason": "  "})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert "a dispute needs a reason that the vendor can answer" in refused.text
    assert jobs(world) == []


def test_who_brought_an_invoice_in_is_told_so_and_cannot_approve_it(world: World, settings: Settings) -> None:
    with client_of(process_of(world, settings), scope=ME, follow_redirects=False) as site:
        site.headers["accept"] = "text/html"
        html = site.get(f"/invoices/{id_of(world, 'WRONG')}").text
        assert "anna brought this invoice in; somebody else approves it." in html
        assert "/approve" not in html
        refused = site.post(f"/invoices/{id_of(world, 'WRONG')}/approve", data={})
        assert refused.status_code == 422
        assert "anna submitted WRONG, so another person must approve it" in refused.text


def test_a_role_that_may_only_dispute_is_offered_no_more(world: World, settings: Settings) -> None:
    finance = Scope("fin", frozenset({"finance"}))
    with client_of(process_of(world, settings), scope=finance, follow_redirects=False) as site:
        site.headers["accept"] = "text/html"
        html = site.get(f"/invoices/{id_of(world, 'WRONG')}").text
        assert "/dispute" in html
        assert "/approve" not in html
        refused = site.post(f"/invoices/{id_of(world, 'WRONG')}/approve", data={})
        assert (refused.status_code, "may not approve invoices" in refused.text) == (403, True)


def test_a_finding_is_cleared_with_a_reason(world: World, site: TestClient) -> None:
    number = id_of(world, "WRONG")
    assert site.post(f"/invoices/{number}/clear", data={"code": "I-99", "reason": "x"}).status_code == 404
    answer = site.post(f"/invoices/{number}/clear", data={"code": "I-07", "line": "1", "reason": "rework was agreed"})
    assert answer.status_code == 303
    found = page(world, site, "WRONG")
    assert found["at_stake"]["amount"] == "0.00"
    assert found["headline"] == "Nova billed 2.00 USD too little."
    html = site.get(f"/invoices/{number}").text
    assert "Cleared: no longer in question." in html


def test_a_credit_waits_for_its_note_and_programs_get_the_invoice_back(world: World, site: TestClient) -> None:
    number = id_of(world, "WRONG")
    data = {"accept": "application/json"}
    disputed = site.post(f"/invoices/{number}/dispute", data={"reason": "all of it"}, headers=data).json()
    assert (disputed["state"], disputed["held"]) == ("disputed", True)
    assert "No credit note names WRONG yet." in site.get(f"/invoices/{number}").text
    refused = site.post(f"/invoices/{number}/credit", data={}, headers=data)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "NO_CREDIT_NOTE")
    line = {"amount": "-6.00", "first": None, "last": None}
    world.invoice("NOVA", "CN-1", [line], document="credit_note", relates_to="WRONG", months=())
    assert "Note the invoice as credited by CN-1, 6.00 USD of 6.00 in question: the hold ends" in site.get(f"/invoices/{number}").text
    assert site.post(f"/invoices/{number}/credit", data={}, headers=data).json()["state"] == "received"


def test_an_agreed_month_is_said_to_stay(world: World, site: TestClient) -> None:
    world.close()
    for status in ("in_review", "agreed"):
        world.write(lambda s, status=status: service.advance_month(s, ME, OCTOBER, status, AT))
    html = site.get(f"/invoices/{id_of(world, 'WRONG')}").text
    assert "The figures of October 2026 are agreed and stay" in html


def test_an_earlier_upload_leads_to_the_invoice_that_counts(world: World, site: TestClient) -> None:
    old = id_of(world, "INV-KITE-10")
    with world.engine.begin() as connection:
        batch = connection.execute(text("SELECT batch FROM invoice WHERE id = :id"), {"id": old}).scalar()
    world.retire(int(batch or 0))
    assert site.get(f"/invoices/{old}").status_code == 404
    world.invoice("KITE", "INV-KITE-10", [{"queue": "Q1", "amount": "17.40"}])
    answer = site.get(f"/invoices/{old}")
    assert answer.status_code == 303
    assert site.get(answer.headers["location"]).status_code == 200


def test_notes_are_left_on_the_invoice_and_on_each_finding(world: World, site: TestClient) -> None:
    number = id_of(world, "WRONG")
    html = site.get(f"/invoices/{number}").text
    assert 'value="finding:NOVA:WRONG:I-07:1"' in html
    form = {"subject": "finding:NOVA:WRONG:I-07:1", "text": "asked Mia", "back": f"/invoices/{number}"}
    assert site.post("/notes", data=form).status_code == 303
    html = site.get(f"/invoices/{number}").text
    assert "asked Mia" in html
    assert "1 note<" in html


def test_the_page_asks_a_handful_of_queries_whatever_its_lines(world: World, site: TestClient) -> None:
    def count(number: str) -> int:
        address = f"/invoices/{id_of(world, number)}"
        with counted_queries(world.engine) as asked:
            assert site.get(address).status_code == 200
        return len(asked)

    few = count("INV-KITE-10")
    world.invoice("KITE", "MANY", [{"queue": "Q1", "amount": str(n), "unit": "flat"} for n in range(1, 40)])
    assert count("MANY") == few <= 30


def test_the_rows_are_shown_where_the_file_still_is_and_else_as_they_were_read(world: World, site: TestClient) -> None:
    number = id_of(world, "WRONG")
    assert site.get(f"/invoices/{number}/cells?line=9").status_code == 404
    assert site.get(f"/invoices/{number}/cells", headers={"accept": "text/html"}).status_code in (200, 404)
