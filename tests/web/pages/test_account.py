"""One's own account."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from kernel.scope import Scope, staff
from kernel.settings import Settings
from tests.web.sign_in import client_of, hold, session_secret
from web.accounts import entry, service
from web.accounts.keys import form_token
from web.database import open_process
from web.process import Process

GOOD, OTHER = "correct horse battery", "staple correct horse"
PAGE = {"accept": "text/html"}


@pytest.fixture
def process(settings: Settings) -> Iterator[Process]:
    found = open_process("ana", settings)
    yield found
    found.engine.dispose()


@pytest.fixture
def ana(process: Process) -> Iterator[TestClient]:
    """Signed in with a password of her own."""
    at = process.machine.now()
    _, link = process.write(lambda s: service.add_account(s, staff("local:root"), "ana", ["finance"], [], at))
    secret = entry.use_link(process.engine, link, "", GOOD, device="Firefox", at=at)
    with client_of(process, follow_redirects=False, scope=Scope("ana", frozenset({"finance"}))) as client:
        hold(client, secret)
        client.headers["x-form-token"] = form_token(secret)
        yield client


def test_the_page_is_its_json_with_words(ana: TestClient) -> None:
    told = ana.get("/account.json").json()
    assert (told["name"], told["roles"], told["vendors"]) == ("ana", ["finance"], None)
    assert [row["current"] for row in told["sessions"]] == [False, True]
    html = ana.get("/account").text
    assert "finance; sees all vendors." in html
    assert html.count("this one") == 1
    assert "/admin/users" not in html
    assert 'href="/admin/jobs"' in html
    assert ana.get("/account.csv").status_code == 406


def test_an_administrator_finds_people_and_the_log_from_here(process: Process) -> None:
    with client_of(process) as client:
        html = client.get("/account").text
    assert 'href="/admin/users"' in html
    assert 'href="/admin/log"' in html


def test_a_vendor_finds_no_page_of_staff_from_here(process: Process) -> None:
    with client_of(process, scope=Scope("vic", frozenset({"vendor"}), frozenset({"NOVA"}))) as client:
        html = client.get("/account").text
    assert "/admin/" not in html


def test_another_browser_is_signed_out_from_here(process: Process, ana: TestClient) -> None:
    other = next(row for row in ana.get("/account.json").json()["sessions"] if not row["current"])
    assert ana.post(f"/account/sessions/{other['session']}/end").status_code == 303
    assert len(ana.get("/account.json").json()["sessions"]) == 1
    foreign = session_secret(process, Scope("ben", frozenset({"finance"})))
    for number in (1, 2, 3, 4, 5):
        ana.post(f"/account/sessions/{number}/end")
    assert entry.visitor_of_session(process.engine, foreign, process.machine.now()) is not None


def test_the_password_is_changed_and_everything_else_signed_out(ana: TestClient) -> None:
    before = ana.cookies["scoreline"]
    answer = ana.post("/account/password", data={"present": GOOD, "password": OTHER, "repeat": OTHER})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert ana.cookies["scoreline"] != before
    assert len(ana.get("/account.json").json()["sessions"]) == 1


@pytest.mark.parametrize(
    ("told", "field", "words"),
    [
        ({"present": OTHER, "password": OTHER, "repeat": OTHER}, "present", "This is not your present password."),
        ({"present": GOOD, "password": "short", "repeat": "short"}, "password", "at least 12 characters"),
        ({"present": GOOD, "password": OTHER, "repeat": GOOD}, "repeat", "The two passwords differ"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(ana: TestClient, told: dict[str, str], field: str, words: str) -> None:
    page = ana.post("/account/password", data=told, headers=PAGE)
    assert page.status_code == 422
    assert words in page.text[page.text.index(f'id="{field}-fault"') :]
    refused = ana.post("/account/password", data=told, headers={"accept": "application/json"})
    assert refused.json()["error"]["kind"] == "refused"
