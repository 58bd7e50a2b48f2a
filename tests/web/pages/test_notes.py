"""Notes over HTTP and on the command line, and the panel that pages show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from kernel.clock import FixedDayClock
from kernel.scope import Scope
from kernel.settings import Settings
from scorecards import notes as room
from scorecards.note_subjects import figure_subject, invoice_subject, upload_subject
from tests.scorecards.world import ME, World
from tests.web.command_line import Shell
from tests.web.sign_in import client_of
from web.pages import notes
from web.pages.frame import templates
from web.process import Process

ON = figure_subject("NOVA", "2026-10", "accuracy")


@pytest.fixture
def process(sqlite_engine: Engine, settings: Settings) -> Process:
    world = World(sqlite_engine)
    world.vendor("NOVA")
    return Process(settings, sqlite_engine, FixedDayClock(world.clock.today("UTC")), ME)


@pytest.fixture
def site(process: Process) -> Iterator[TestClient]:
    with client_of(process, follow_redirects=False) as client:
        yield client


def _panel(process: Process, choices: list[tuple[str, str]]) -> str:
    found = process.read(lambda s: room.list_notes(s, process.scope, vendor="NOVA"))
    module: Any = templates.get_template("notes.html").module
    return str(module.block(notes.panel(found, choices, "/scorecards/2026-10/NOVA", process, "t0ken")))


def test_a_person_goes_back_to_the_note_on_the_page(site: TestClient) -> None:
    form = {"subject": ON, "text": "Why?", "back": "/scorecards/2026-10/NOVA"}
    answer = site.post("/notes", data=form, headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/scorecards/2026-10/NOVA#note-1")
    answer = site.post("/notes/1/withdraw", data={"back": "//elsewhere.example"}, headers={"accept": "text/html"})
    assert answer.headers["location"] == "/#note-1"


def test_a_program_gets_the_note(site: TestClient) -> None:
    answer = site.post("/notes", data={"subject": ON, "text": "Why?", "internal": "true"}, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["internal"], answer.json()["author"]) == (201, True, "anna")
    assert site.post("/notes/1/withdraw", headers={"accept": "application/json"}).json()["withdrawn_by"] == "anna"


@pytest.mark.parametrize("subject", [upload_subject("NOVA", 99), invoice_subject("NOVA", "none"), figure_subject("X", "2026-10", "score")])
def test_a_note_on_nothing_is_404(site: TestClient, subject: str) -> None:
    assert site.post("/notes", data={"subject": subject, "text": "Why?"}).status_code == 404
    assert site.post("/notes/7/withdraw").status_code == 404


def test_the_text_is_shown_literally(process: Process) -> None:
    notes.add_note(process, ON, "<script>alert(1)</script> https://example.com\n{{ 7 * 7 }}", internal=False)
    html = _panel(process, [(ON, "Accuracy")])
    assert "&lt;script&gt;alert(1)&lt;/script&gt; https://example.com\n{{ 7 * 7 }}" in html
    assert "<script" not in html
    assert "<a " not in html


def test_an_empty_panel_is_folded_and_has_a_form(process: Process) -> None:
    html = _panel(process, [(ON, "Accuracy")])
    assert "<summary>Leave a note</summary>" in html
    assert '<details class="notes" id="notes">' in html
    assert f'<input type="hidden" name="subject" value="{ON}">' in html
    assert 'name="form_token" value="t0ken"' in html


def test_a_panel_of_several_things_says_what_each_note_is_on(process: Process) -> None:
    other = figure_subject("NOVA", "2026-10", "in_sla_share")
    notes.add_note(process, ON, "one", internal=True)
    notes.add_note(process, other, "two", internal=False)
    gone = figure_subject("NOVA", "2026-09", "qa_gap", queue="Q1")
    number = notes.add_note(process, gone, "three", internal=False)["note"]
    process.write(lambda s: room.withdraw_note(s, process.scope, number, process.clock.now()))
    html = _panel(process, [(ON, "Accuracy"), (other, "In-SLA share")])
    assert "<summary>Two notes</summary>" in html
    assert [words in html for words in ("<b>Accuracy</b>", "<b>In-SLA share</b>", "<b>QA gap of September 2026, queue Q1</b>")] == [
        True
    ] * 3
    assert html.count("<option") == 2
    assert html.count("Withdraw<") == 2
    assert '<span class="tag">internal</span>' in html
    assert "by anna</span>" in html


def test_a_vendor_gets_no_box_for_internal_notes(process: Process) -> None:
    vendor = process.acting_as(Scope("lead@nova", frozenset({"vendor"}), frozenset({"NOVA"})))
    assert 'name="internal"' in _panel(process, [(ON, "Accuracy")])
    assert 'name="internal"' not in _panel(vendor, [(ON, "Accuracy")])


def test_marks_count_what_stands(process: Process) -> None:
    notes.add_note(process, ON, "one", internal=False)
    number = notes.add_note(process, ON, "two", internal=False)["note"]
    process.write(lambda s: room.withdraw_note(s, process.scope, number, process.clock.now()))
    assert notes.counts(process.read(lambda s: room.list_notes(s, process.scope))) == {ON: 1}


def test_the_command_line_leaves_lists_and_withdraws(shell: Shell) -> None:
    shell.json("vendor", "add", "NOVA", "Nova")
    left = shell.json("note", "add", ON, "Why?")
    assert shell.json("note", "list", "--vendor", "NOVA", "--period", "2026-10") == [left]
    assert "Why?" in shell("note", "list").out
    assert shell.json("note", "withdraw", str(left["note"]))["withdrawn_by"] == "ana"
    assert shell.json("note", "add", upload_subject("NOVA", 4), "Why?", code=1)["error"]["code"] == "UNKNOWN_BATCH"


def test_notes_are_named_among_what_is_not_checked(shell: Shell) -> None:
    assert "note" in shell.json("check")["not_checked"]
