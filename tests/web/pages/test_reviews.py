"""The review page: one object as page, JSON and workbook; only the vendor's own; two pages of paper whatever stands in it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlalchemy import event

from kernel.scope import Scope
from scorecards.review.arrange import review_object
from tests.scorecards.review.snapshots import card, changed, finding, invoice, line, snapshot, upload
from tests.web.command_line import Shell
from tests.web.sign_in import client_of
from web.database import open_process
from web.pages import reviews
from web.process import Process

NOVA_ONLY = Scope("nora", roles=frozenset({"vendor"}), vendors=frozenset({"NOVA"}))
MOST_QUERIES = 60


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


def test_page_and_json_are_one_object_that_agrees_with_the_scorecard(site: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    told = Shell(capsys).json("scorecard", "VEGA", "2026-10")
    found = site.get("/reviews/2026-10/VEGA.json").json()
    html = site.get("/reviews/2026-10/VEGA").text
    assert {name: found[name] for name in ("score", "rank", "rating", "revision")} == {
        name: told[name] for name in ("score", "rank", "rating", "revision")
    }
    assert f"<h1>{found['headline']}</h1>" in html
    for one in found["deciding"]:
        assert one["text"].replace("’", "’") in html.replace("&#39;", "'")
    assert found["metrics"][0]["metric"] in str(re.findall(r'href="/trace/VEGA/2026-10/(\w+)"', html))


def test_every_figure_leads_to_its_trace_and_every_finding_to_its_invoice(site: TestClient) -> None:
    found = site.get("/reviews/2026-10/VEGA.json").json()
    html = site.get("/reviews/2026-10/VEGA").text
    for row in found["metrics"]:
        assert f'class="strong" href="/trace/VEGA/2026-10/{row["metric"]}"' in html
    for row in found["findings"]:
        assert f'href="/invoices/{row["id"]}"' in html


def test_the_workbook_comes_from_the_same_object(site: TestClient) -> None:
    found = site.get("/reviews/2026-10/KITE.json").json()
    answer = site.get("/reviews/2026-10/KITE.xlsx")
    assert answer.headers["content-disposition"] == 'attachment; filename="review-2026-10-KITE.xlsx"'
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    cover = load_workbook(io.BytesIO(answer.content), data_only=True)["Review"]
    texts = {cell.value for row in cover.iter_rows() for cell in row}
    assert {found["headline"], found["story"]} <= texts
    assert site.get("/reviews/2026-10/KITE.xlsx").content == answer.content


def test_a_review_has_no_one_main_table(site: TestClient) -> None:
    assert site.get("/reviews/2026-10/NOVA.csv").status_code == 406


@pytest.mark.parametrize("form", ["", ".json", ".xlsx"])
def test_what_is_not_there_and_what_is_another_vendors_answer_alike(process: Process, form: str) -> None:
    with client_of(process, scope=NOVA_ONLY) as vendor, client_of(process) as staff:
        assert vendor.get(f"/reviews/2026-10/NOVA{form}").status_code == 200
        foreign = vendor.get(f"/reviews/2026-10/KITE{form}")
        unknown = vendor.get(f"/reviews/2026-10/NOBODY{form}")
        assert (foreign.status_code, unknown.status_code) == (404, 404)
        assert foreign.text.replace("KITE", "...") == unknown.text.replace("NOBODY", "...")
        for address in ("/reviews/2031-01/NOVA", "/reviews/october/NOVA", "/reviews/2026-10/NOBODY"):
            assert staff.get(f"{address}{form}").status_code == 404


def test_a_vendor_reads_no_other_vendors_name(process: Process) -> None:
    with client_of(process, scope=NOVA_ONLY) as vendor:
        pages = vendor.get("/reviews/2026-10/NOVA").text + vendor.get("/reviews/2026-10/NOVA.json").text
    for other in ("KITE", "VEGA", "ORBI", "PALM", "Kite", "Vega", "Orbis", "Palma"):
        assert other not in pages


def test_the_page_asks_the_database_few_questions(process: Process) -> None:
    asked: list[str] = []
    event.listen(process.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with client_of(process) as site:
        asked.clear()
        assert site.get("/reviews/2026-10/VEGA").status_code == 200
    assert len([one for one in asked if one.lstrip().upper().startswith("SELECT")]) <= MOST_QUERIES


def test_what_does_not_go_on_paper_is_counted_on_it() -> None:
    bills = tuple(invoice(f"N-{n}", [line("1", "48", "40")], finding("I-06", "8")) for n in range(9))
    seen = [upload(n, "accepted", ("warning", "SCALE_CHANGED")) for n in range(7)]
    page = reviews.drawn(review_object(snapshot(invoices=bills, uploads=tuple(seen))), {})
    assert (page["invoices"]["more"], page["findings"]["more"], page["problems"]["more"]) == (4, 5, 4)
    assert [row["late"] for row in page["findings"]["rows"]] == [False] * 4 + [True] * 5


def test_a_finding_shows_both_sums_and_in_whose_favour_it_is() -> None:
    sums = {
        "billed": {"quantity": "1250.5", "rate": "27.2", "amount": "34013.6"},
        "contract": {"quantity": None, "rate": None, "amount": "30000"},
    }
    bills = (invoice("N-1", [line("1", "48", "40")], finding("I-06", "8", who="vendor", state="confirmed", calculations=sums)),)
    (found,) = reviews.drawn(review_object(snapshot(invoices=bills)), {})["findings"]["rows"]
    assert [one["product"] for one in found["sums"]] == ["1,250.5 × 27.2", ""]
    assert [one["amount"] for one in found["sums"]] == ["34,013.60", "30,000.00"]
    assert (found["difference"], found["whose"], found["verdict"]) == ("−8.00", "USD for the vendor", "off")


def test_a_figure_that_was_entered_by_hand_says_so() -> None:
    found = changed(card(), "staffing_share", by_hand=True)
    page = reviews.drawn(review_object(snapshot(found)), {})
    assert [row["name"] for row in page["metrics"] if row["by_hand"]] == ["Staffing share"]


def test_an_empty_month_says_so_in_words() -> None:
    nothing = card(
        None, rating=None, rank=None, rank_low=None, tied_with=[], not_rated="coverage", coverage=0.0, contributions={}, cost=None
    )
    nothing["metrics"] = [
        {**one, "points": None, "value": None, "raw": None, "low": None, "high": None, "n": None} for one in nothing["metrics"]
    ]
    page = reviews.drawn(review_object(snapshot(nothing, history=(), lines=())), {})
    assert (page["tie_out"], page["bills"], page["past"]["rows"]) == (None, [], [])
    assert [fact["value"] for fact in page["facts"]] == ["–", "–", "0.00"]
    assert {row["value"] for row in page["metrics"]} == {"–"}
