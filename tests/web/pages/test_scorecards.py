"""The scorecard page: one object as page, JSON and CSV; nothing, one and many; what an outsider gets."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from kernel.period import Period
from kernel.settings import Settings
from scorecards.note_subjects import figure_subject
from tests.scorecards.world import metric, two_vendors
from tests.web.command_line import Shell
from tests.web.pages.networks import NOVA_ONLY, SEPTEMBER, one_vendor, process_over, questions
from tests.web.sign_in import client_of
from web.database import open_process
from web.filters import unit_cost
from web.pages import arrange_scorecard
from web.pages.scorecards import scorecard_page
from web.process import Process

CARD = "/scorecards/2026-10/NOVA"


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


@pytest.fixture
def small(sqlite_engine: Engine, settings: Settings) -> Process:
    """NOVA and KITE in two months, the second corrected once."""
    world = two_vendors(sqlite_engine)
    world.close(SEPTEMBER)
    world.close()
    world.counts("NOVA", [("Q1", 3, "due_items", 1000), ("Q1", 3, "in_sla_items", 0)], side="platform", file="late.xlsx")
    world.close()
    return process_over(sqlite_engine, settings)


def test_the_page_says_what_the_command_says(site: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    told = Shell(capsys).json("scorecard", "NOVA", "2026-10")
    shown = site.get(f"{CARD}.json").json()
    assert {name: shown[name] for name in told} == told


def test_the_contributions_on_the_page_add_up_to_its_score(site: TestClient) -> None:
    html = site.get(CARD).text
    score = site.get(f"{CARD}.json").json()["score"]
    adds = [float(text) for text in re.findall(r'data-label="adds"><b>([\d.]+)</b>', html)]
    assert len(adds) == 8
    assert abs(sum(adds) - score) < 0.05 * len(adds)
    assert f'data-label="score">{score:.1f}' in html


def test_every_figure_leads_to_its_trace_and_the_page_to_its_neighbours(site: TestClient) -> None:
    html = site.get(CARD).text
    for row in site.get(f"{CARD}.json").json()["metrics"]:
        assert f'href="/trace/NOVA/2026-10/{row["metric"]}"' in html
    for address in ("/reviews/2026-10/NOVA", "/contracts/NOVA", "/vendors/NOVA", "/rankings/2026-10", "/status/2026-10", "/invoices/"):
        assert f'href="{address}' in html


def test_the_csv_has_a_line_per_figure(site: TestClient) -> None:
    rows = list(csv.DictReader(io.StringIO(site.get(f"{CARD}.csv").text)))
    shown = site.get(f"{CARD}.json").json()
    assert [row["metric"] for row in rows] == [row["metric"] for row in shown["metrics"]]
    assert {row["metric"]: float(row["contribution"]) for row in rows if row["contribution"]} == shown["contributions"]


def test_the_chart_is_drawn_wide_and_narrow_and_stands_as_a_table(site: TestClient) -> None:
    for chart in ("score", "in_sla_share", "cost_per_decision", "qa_gap", "aht_seconds"):
        html = site.get(CARD, params={"chart": chart}).text
        assert len(re.findall(r'class="draw fit only-(?:wide|narrow)"', html)) == 2
        months = site.get(f"{CARD}.json", params={"chart": chart}).json()["chart"]["months"]
        table = html[html.index("The figures as a table") :]
        assert table[: table.index("</table>")].count("<tr>") == len(months) + 1
    assert site.get(CARD, params={"chart": "beauty"}).status_code == 404


def test_a_must_meet_limit_says_whether_it_is_proven(site: TestClient) -> None:
    assert "must-meet 94 %</b>: " in site.get(CARD).text
    assert "met, proven" in site.get(CARD).text
    small = [row for row in site.get("/rankings/2026-10.json").json()["vendors"] if row["gates"]]
    for row in small:
        assert "missed, " in site.get(f"/scorecards/2026-10/{row['vendor']}").text


def test_a_corrected_month_shows_old_and_new_and_keeps_its_old_ring(small: Process) -> None:
    with client_of(small) as site:
        html = site.get(CARD, params={"chart": "in_sla_share"}).text
        assert '<span class="tag">was 95.0 %</span>' in html
        assert "performance file late.xlsx came" in html
        assert "October 2026 was 95.0 %; since revision 2 it is 47.5 %." in html
        assert '<circle class="ring"' in html[html.index('id="chart"') :]
        first = site.get(CARD, params={"revision": 1}).text
        assert "was 95.0 %" not in first
        assert 'href="/scorecards/2026-10/NOVA.json?revision=1"' in first
        assert site.get(CARD, params={"revision": 9}).status_code == 404


def test_a_first_month_alone_is_a_page_too_and_names_are_shown_literally(sqlite_engine: Engine, settings: Settings) -> None:
    one_vendor(sqlite_engine)
    with client_of(process_over(sqlite_engine, settings)) as site:
        html = site.get("/scorecards/2026-10/SOLO").text
    assert "&lt;b&gt;Solo&lt;/b&gt; &amp; {{ 7 * 7 }}" in html
    assert "<b>Solo" not in html
    for words in ("is not rated for October 2026", "No cost per decision of this month can be compared", "there are no limits yet"):
        assert words in html


@pytest.mark.parametrize("address", ["/scorecards/1999-01/NOVA", "/scorecards/october/NOVA", "/scorecards/2026-10/NOBODY"])
def test_what_is_not_there_is_404(site: TestClient, address: str) -> None:
    assert [site.get(f"{address}{form}").status_code for form in ("", ".json", ".csv")] == [404, 404, 404]


def test_an_outsider_gets_404_and_its_own_without_the_others(small: Process) -> None:
    with client_of(small, scope=NOVA_ONLY) as site:
        assert [site.get(f"/scorecards/2026-10/KITE{form}").status_code for form in ("", ".json", ".csv")] == [404, 404, 404]
        own = site.get(f"{CARD}.json")
        page = site.get(CARD)
        assert own.status_code == page.status_code == 200
        assert "KITE" not in own.text + page.text
        assert "Kite" not in own.text + page.text


def test_notes_on_a_figure_are_counted_beside_it_and_internal_ones_stay_with_us(small: Process) -> None:
    subject = figure_subject("NOVA", "2026-10", "in_sla_share")
    with client_of(small) as site:
        for text, internal in (("Ask for the queue log.", "true"), ("A thousand items came late.", "false")):
            assert site.post("/notes", data={"subject": subject, "text": text, "internal": internal}).status_code == 201
        html = site.get(CARD).text
        assert html.count(">2 notes</a>") == 1
        assert "Ask for the queue log." in html
        assert len(site.get(f"{CARD}.json").json()["notes"]) == 2
    with client_of(small, scope=NOVA_ONLY) as site:
        html = site.get(CARD).text
        assert ">1 note</a>" in html
        assert "Ask for the queue log." not in html + site.get(f"{CARD}.json").text
        assert 'name="internal"' not in html


def test_a_figure_entered_by_hand_is_labelled(small: Process) -> None:
    page = scorecard_page(small, Period(2026, 10), "NOVA")
    page["metrics"] = [{**row, "by_hand": row["metric"] == "accuracy"} for row in page["metrics"]]
    rows = [row for group in arrange_scorecard.groups(arrange_scorecard.full(page)) for row in group["rows"]]
    assert [row["metric"] for row in rows if "entered by hand" in row["tags"]] == ["accuracy"]


def test_the_page_asks_the_database_few_questions(process: Process) -> None:
    with client_of(process) as site:
        site.get(CARD)
        asked = questions(process)
        site.get(CARD)
    assert len(asked) <= 60


def test_a_vendor_with_one_competitor_reads_all_its_pages_without_the_level_of_costs(small: Process) -> None:
    level = metric(scorecard_page(small, Period(2026, 10), "NOVA"), "cost_per_decision")["target"]["value"]
    addresses = [CARD, f"{CARD}?chart=cost_per_decision", "/reviews/2026-10/NOVA", "/vendors/NOVA", "/vendors", "/queues/Q1"]
    addresses += [f"/rankings/2026-10?{cut}" for cut in ("", "queue=Q1", "queue=Q1&basis=raw", "language=en", "basis=raw")]
    with client_of(small, scope=NOVA_ONLY) as site:
        for address in addresses:
            answer = site.get(address)
            assert answer.status_code == 200, address
            assert unit_cost(level) not in answer.text, address
        assert "points not told" in site.get(CARD).text
