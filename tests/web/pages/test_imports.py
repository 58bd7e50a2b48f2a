"""The pages of uploads: what came, what is wrong and mends it, what changes; and what people do about it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from importers import service
from kernel.scope import Scope
from kernel.settings import Settings
from tests.importers.conftest import HEAD, Office, open_office, row
from tests.queries import counted_queries
from tests.web.sign_in import client_of
from web.accounts.service import add_token
from web.jobs import work_off
from web.process import Process

PEOPLE = {"accept": "text/html"}
CONTRACT = """
vendor = "NOVA"
number = "M"
currency = "USD"
valid_from = 2026-01-01
valid_to = 2027-01-01
[[price]]
id = "1"
basis = "decision"
rate = "0.08"
[[expect]]
kind = "performance"
due_business_day = 3
"""
BAD = [row(1), row(2, decisions=-5), row(3, queue="Vid Livee"), row(4, queue="Vid Livee")]


@pytest.fixture
def office(sqlite_engine: Engine, settings: Settings, tmp_path: Path) -> Office:
    """The client's office, on SQLite: what the database can change is tested below the pages."""
    return open_office(sqlite_engine, settings, tmp_path)


@pytest.fixture
def process(office: Office) -> Process:
    """A process over the office's database."""
    environment = office.environment
    return Process(environment.settings, environment.engine, environment.clock, environment.scope)


@pytest.fixture
def site(process: Process) -> TestClient:
    """Somebody of partnership, signed in."""
    return client_of(process, scope=Scope("pat", frozenset({"partnership"})), follow_redirects=False)


def bring(site: TestClient, process: Process, name: str, rows: Sequence[Sequence[Any]], **told: str) -> int:
    """Upload a file of rows under HEAD and let it be read; its number."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEAD, *rows])
    sent = {"side": "vendor"} | told
    answer = site.post("/imports", files=[("files", (name, text.getvalue().encode()))], data=sent, headers={"accept": "application/json"})
    assert answer.status_code == 202, answer.text
    work_off(process)
    return int(answer.json()["batches"][0]["batch"])


def told(site: TestClient, number: int) -> dict[str, Any]:
    return dict(site.get(f"/imports/{number}.json").json())


def do(site: TestClient, process: Process, number: int, what: str, **fields: Any) -> dict[str, Any]:
    """Send a form of the page, let the jobs work, and give the upload as it is then."""
    answer = site.post(f"/imports/{number}/{what}", data=fields, headers=PEOPLE)
    assert (answer.status_code, answer.headers.get("location")) == (303, f"/imports/{number}"), answer.text
    work_off(process)
    return told(site, number)


def test_an_empty_house_says_so(site: TestClient) -> None:
    page = site.get("/imports", headers=PEOPLE)
    assert "<h1>Nothing has come for October 2026 yet.</h1>" in page.text
    assert site.get("/imports.json").json()["uploads"] == []
    assert len(list(csv.reader(io.StringIO(site.get("/imports.csv").text)))) == 1


def test_one_upload_is_shown_accepted_and_shown_again(site: TestClient, process: Process) -> None:
    number = bring(site, process, "october.csv", [row(1), row(2)])
    page = site.get("/imports", headers=PEOPLE).text
    assert "<h1>No files count for October 2026. One needs you.</h1>" in page
    assert page.index("Needs you") < page.index("october.csv")
    upload = site.get(f"/imports/{number}", headers=PEOPLE).text
    assert "<h1>2 of 2 rows can count.</h1>" in upload
    assert "Accept 2 rows</button>" in upload
    assert "October 2026 is not closed yet" in upload
    accepted = do(site, process, number, "accept", token=told(site, number)["shown"]["token"])
    assert (accepted["state"], accepted["headline"]) == ("accepted", "2 rows of october.csv count.")
    assert "Take it back: 2 rows no longer count" in site.get(f"/imports/{number}", headers=PEOPLE).text
    undone = do(site, process, number, "undo")
    assert undone["state"] == "undone"


def test_causes_are_told_one_by_one_each_with_its_fix(site: TestClient, process: Process) -> None:
    number = bring(site, process, "october.csv", BAD)
    upload = told(site, number)
    assert upload["headline"] == "1 of 4 rows can count; two causes stop the rest."
    found = [(one["weight"], one["title"], one["found"], one["fix"]["button"]) for one in upload["causes"]]
    assert found == [
        ("stops two rows", 'The queue "Vid Livee" is not known', "Found in C4, C5.", "Read it so in two rows and remember it"),
        ("stops one row", "Decisions is -5, and a count cannot be negative", "Found in G3.", "Leave all 3 faulty rows out"),
    ]
    page = site.get(f"/imports/{number}", headers=PEOPLE).text
    assert "Two causes, one fix each" in page
    assert '<td class="stops">Vid Livee</td>' in page
    assert "1042" not in page
    problems = list(csv.DictReader(io.StringIO(site.get(f"/imports/{number}.csv").text)))
    assert [(one["code"], one["cell"], one["count"]) for one in problems] == [("NEGATIVE", "G3", "1"), ("UNKNOWN_QUEUE", "C4", "2")]


def test_fixes_lead_from_a_faulty_file_to_one_that_counts(site: TestClient, process: Process) -> None:
    number = bring(site, process, "october.csv", BAD)
    alias = {"alias_kind": "queue", "alias_text": "Vid Livee", "alias_code": "Q7"}
    assert [one["code"] for one in do(site, process, number, "read", **alias)["causes"]] == ["NEGATIVE"]
    preview = do(site, process, number, "read", without_bad_rows="true")
    assert (preview["state"], preview["headline"]) == ("preview", "3 of 4 rows can count, 1 row left out.")
    page = site.get(f"/imports/{number}", headers=PEOPLE).text
    assert "Why rows are left out" in page
    assert "faulty row" not in page
    accepted = do(site, process, number, "accept", token=preview["shown"]["token"], remember="true", save_map="Nova daily")
    assert accepted["rows"] == {"read": 4, "accepted": 3, "rejected": 1, "skipped": 0}
    known = bring(site, process, "november.csv", [row(20)])
    assert told(site, known)["state"] == "accepted"


def test_an_overlap_shows_old_and_new_values_and_is_settled_by_a_choice(site: TestClient, process: Process) -> None:
    first = bring(site, process, "a.csv", [row(1), row(2)])
    do(site, process, first, "accept", token=told(site, first)["shown"]["token"])
    second = bring(site, process, "b.csv", [row(2, decisions=90), row(3)])
    upload = told(site, second)
    (cause,) = upload["causes"]
    assert upload["headline"] == "All 2 rows can count once one cause is settled."
    assert "faulty rows out" not in site.get(f"/imports/{second}", headers=PEOPLE).text
    assert [option["value"] for option in cause["fix"]["fields"][0]["options"]] == [f"supersede:{first}", "add"]
    preview = do(site, process, second, "read", place=f"supersede:{first}")
    assert preview["taken_place_of"] == [{"batch": first, "file": "a.csv"}]
    page = site.get(f"/imports/{second}", headers=PEOPLE).text
    assert f"Accept 2 rows in place of upload {first}</button>" in page
    assert '<td>2 Oct 2026</td><td>MNL, Q1, en</td><td>decisions</td><td class="num">100</td><td class="num"><b>90</b></td>' in page
    accepted = do(site, process, second, "accept", token=preview["shown"]["token"])
    assert accepted["supersedes"] == [first]
    assert "was replaced by upload" in told(site, first)["headline"]


def test_what_was_seen_is_what_is_accepted(site: TestClient, process: Process) -> None:
    number = bring(site, process, "a.csv", [row(1)])
    seen = told(site, number)["shown"]["token"]
    stale = site.post(f"/imports/{number}/accept", data={"token": "0" * 64}, headers=PEOPLE)
    assert stale.status_code == 409
    assert site.post(f"/imports/{number}/accept", data={}, headers=PEOPLE).status_code == 409
    assert do(site, process, number, "accept", token=seen)["state"] == "accepted"


def test_the_pages_own_form_leaves_a_note_on_the_upload(site: TestClient, process: Process) -> None:
    number = bring(site, process, "october.csv", [row(1)])
    form = site.get(f"/imports/{number}", headers=PEOPLE).text.partition('action="/notes"')[2]
    sent = {name: form.partition(f'name="{name}" value="')[2].partition('"')[0] for name in ("subject", "back")}
    answer = site.post("/notes", data={**sent, "text": "Asked the vendor about it."}, headers=PEOPLE)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/imports/{number}#note-1"), answer.text
    assert "Asked the vendor about it." in site.get(f"/imports/{number}", headers=PEOPLE).text


def test_put_aside_it_no_longer_waits_for_anybody(site: TestClient, process: Process) -> None:
    number = bring(site, process, "a.csv", [row(1)])
    assert site.get("/imports.json").json()["waiting"] == [number]
    assert do(site, process, number, "discard")["headline"] == "a.csv was put aside: nothing of it counts."
    assert site.get("/imports.json").json()["waiting"] == []


def test_the_same_content_again_is_told_by_its_number(site: TestClient, process: Process) -> None:
    number = bring(site, process, "a.csv", [row(1)])
    do(site, process, number, "accept", token=told(site, number)["shown"]["token"])
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEAD, row(1)])
    answer = site.post("/imports", files=[("files", ("b.csv", text.getvalue().encode()))], headers=PEOPLE)
    assert answer.headers["location"] == f"/imports?again={number}"
    page = site.get(answer.headers["location"], headers=PEOPLE).text
    assert f"a.csv was accepted before as upload {number}: nothing was changed." in page


def test_a_corrected_file_ends_the_wait_of_the_faulty_one(site: TestClient, process: Process) -> None:
    faulty = bring(site, process, "october.csv", BAD)
    assert site.get("/imports.json").json()["waiting"] == [faulty]
    right = bring(site, process, "october2.csv", [row(1), row(2), row(3)])
    do(site, process, right, "accept", token=told(site, right)["shown"]["token"])
    assert site.get("/imports.json").json()["waiting"] == []


def test_a_program_needs_no_page(office: Office, process: Process) -> None:
    """Without a session's token: answers are JSON, and accepting takes what is shown now."""
    _, secret = process.write(lambda session: add_token(session, process.scope, "robot", ["partnership"], [], process.machine.now()))
    client = client_of(process, follow_redirects=False)
    client.cookies.clear()
    client.headers.clear()
    client.headers["authorization"] = f"Bearer {secret}"
    path = office.csv("a.csv", [HEAD, row(1)])
    answer = client.post("/imports", files=[("files", ("a.csv", path.read_bytes()))], data={"side": "vendor"})
    assert answer.status_code == 202
    work_off(process)
    accepted = client.post("/imports/1/accept")
    assert (accepted.status_code, accepted.json()["state"]) == (202, "received")
    work_off(process)
    assert client.get("/imports/1.json").json()["state"] == "accepted"


def test_a_figure_entered_by_hand_needs_a_reason_and_says_so_everywhere(site: TestClient, process: Process) -> None:
    figure = {"vendor": "NOVA", "fact": "decisions", "amount": "1250", "when": "2026-10-31", "side": "client", "site": "MNL"}
    assert site.post("/imports/by-hand", data={**figure, "reason": " "}, headers=PEOPLE).status_code == 422
    assert site.post("/imports/by-hand", data={**figure, "reason": "x", "fact": "nothing"}, headers=PEOPLE).status_code == 400
    answer = site.post("/imports/by-hand", data={**figure, "reason": "telephone, 4 Nov"}, headers=PEOPLE)
    number = int(answer.headers["location"].rpartition("/")[2])
    work_off(process)
    upload = told(site, number)
    assert (upload["state"], upload["by_hand"], upload["reason"]) == ("preview", True, "telephone, 4 Nov")
    assert upload["control"] == {"decisions": "1250"}
    assert "Entered by hand: telephone, 4 Nov." in site.get(f"/imports/{number}", headers=PEOPLE).text
    do(site, process, number, "accept", token=upload["shown"]["token"])
    assert "entered by hand" in site.get("/imports", headers=PEOPLE).text
    month = site.post(
        "/imports/by-hand", data={**figure, "when": "2026-10", "reason": "x", "fact": "audits", "sample": "random"}, headers=PEOPLE
    )
    work_off(process)
    assert told(site, int(month.headers["location"].rpartition("/")[2]))["kind"] == "quality"


def test_the_original_is_given_as_it_came_to_be_kept_never_opened(site: TestClient, process: Process) -> None:
    number = bring(site, process, "ö; x.csv", [row(1)])
    answer = site.get(f"/imports/{number}/original")
    assert answer.content.startswith(b"vendor,site")
    assert answer.headers["content-disposition"].startswith('attachment; filename="')
    assert "filename*=UTF-8''%C3%B6%3B%20x.csv" in answer.headers["content-disposition"]
    assert (answer.headers["content-type"], answer.headers["x-content-type-options"]) == ("application/octet-stream", "nosniff")


def test_who_only_looks_sees_no_form_and_gets_no_original(site: TestClient, process: Process) -> None:
    number = bring(site, process, "a.csv", BAD)
    auditor = client_of(process, scope=Scope("aud", frozenset({"auditor"})), follow_redirects=False)
    page = auditor.get(f"/imports/{number}", headers=PEOPLE)
    assert (page.status_code, f'action="/imports/{number}' in page.text) == (200, False)
    assert 'id="drop"' not in auditor.get("/imports", headers=PEOPLE).text
    assert auditor.get(f"/imports/{number}/original").status_code == 403
    for what in ("accept", "undo", "discard", "read"):
        assert auditor.post(f"/imports/{number}/{what}", data={}).status_code == 403


def test_another_vendors_upload_and_one_that_is_not_there_answer_alike(site: TestClient, process: Process) -> None:
    number = bring(site, process, "a.csv", [row(1)])
    rival = client_of(process, scope=Scope("rival", frozenset({"vendor"}), frozenset({"VEGA"})), follow_redirects=False)
    for end in ("", ".json", ".csv"):
        foreign, missing = rival.get(f"/imports/{number}{end}", headers=PEOPLE), rival.get(f"/imports/9999{end}", headers=PEOPLE)
        assert (foreign.status_code, missing.status_code) == (404, 404)
        assert foreign.text.replace(f"upload {number};", "upload 9999;") == missing.text
    assert rival.get("/imports.json").json()["uploads"] == []
    own = client_of(process, scope=Scope("lead", frozenset({"vendor"}), frozenset({"NOVA"})), follow_redirects=False)
    assert [one["batch"] for one in own.get("/imports.json").json()["uploads"]] == [number]


@pytest.mark.parametrize("what", ["accept", "undo", "discard", "read"])
def test_a_form_without_the_sessions_token_changes_nothing(site: TestClient, process: Process, what: str) -> None:
    number = bring(site, process, "a.csv", [row(1)])
    site.headers.pop("x-form-token")
    assert site.post(f"/imports/{number}/{what}", data={}).status_code == 403
    assert told(site, number)["state"] == "preview"


def test_months_are_chosen_and_all_of_them(site: TestClient, process: Process) -> None:
    for name, day in (("a.csv", "2026-09-01"), ("b.csv", "2026-10-01")):
        number = bring(site, process, name, [[*row(1)[:4], day, *row(1)[5:]]])
        do(site, process, number, "accept", token=told(site, number)["shown"]["token"])
    for period, files in (("2026-09", ["a.csv"]), ("2026-10", ["b.csv"]), ("all", ["b.csv", "a.csv"])):
        assert [one["file"] for one in site.get(f"/imports.json?period={period}").json()["uploads"]] == files
    assert site.get("/imports?period=soon", headers=PEOPLE).status_code == 404


def test_the_number_of_queries_stays_the_same_however_many_uploads_there_are(site: TestClient, process: Process) -> None:
    counts = []
    for day in (1, 2, 3, 4):
        bring(site, process, f"{day}.csv", [row(day)])
        with counted_queries(process.engine) as asked:
            site.get("/imports", headers=PEOPLE)
        counts.append(len(asked))
    assert len(set(counts[1:])) == 1, counts
    assert counts[-1] < 30


def test_what_is_missing_or_late_stands_among_the_files(site: TestClient, process: Process, office: Office) -> None:
    terms = office.folder / "nova.toml"
    terms.write_text(CONTRACT, encoding="utf-8")
    assert service.import_file(office.environment, terms, service.ImportOptions())["state"] == "accepted"
    page = site.get("/imports.json").json()
    assert [(one["vendor"], one["kind"], one["overdue"]) for one in page["missing"]] == [("NOVA", "performance", True)]
    assert "one is missing" in page["headline"].lower()
    number = bring(site, process, "late.csv", [row(1)])
    do(site, process, number, "accept", token=told(site, number)["shown"]["token"])
    page = site.get("/imports.json").json()
    assert (page["missing"], [one["kind"] for one in page["late"]]) == ([], ["performance"])


NONSENSE: tuple[dict[str, str], ...] = (
    {"map": "nonsense"},
    {"place": "somewhere"},
    {"place": "supersede:\N{SUPERSCRIPT TWO}"},
    {"place": f"supersede:{'9' * 5000}"},
    {"kind": "poem"},
    {"unknown": "x"},
)


def test_forms_that_say_nonsense_are_refused(site: TestClient, process: Process) -> None:
    number = bring(site, process, "a.csv", [row(1)])
    for fields in NONSENSE:
        assert site.post(f"/imports/{number}/read", data=fields, headers=PEOPLE).status_code == 400
    odd = {"alias_kind": "moon", "alias_text": "x", "alias_code": "y"}
    assert site.post(f"/imports/{number}/read", data=odd, headers=PEOPLE).status_code == 422
    assert told(site, number)["state"] == "preview"


def test_finance_may_not_say_what_names_mean(process: Process) -> None:
    finance = client_of(process, scope=Scope("fin", frozenset({"finance"})), follow_redirects=False)
    number = bring(finance, process, "a.csv", BAD)
    queue = next(one for one in told(finance, number)["causes"] if one["code"] == "UNKNOWN_QUEUE")
    assert queue["fix"] is None
    alias = {"alias_kind": "queue", "alias_text": "Vid Livee", "alias_code": "Q7"}
    assert finance.post(f"/imports/{number}/read", data=alias).status_code == 403
    assert replace(process, scope=Scope("fin", frozenset({"finance"}))).may("accept")
