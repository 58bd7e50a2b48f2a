"""Signing in and out, as a browser does it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from kernel import audit
from kernel.scope import staff
from kernel.settings import Settings
from tests.web.sign_in import ORIGIN, hold
from web.accounts import entry, service
from web.app import create_app
from web.database import open_process
from web.process import Process

GOOD = "correct horse battery"
PAGE = {"accept": "text/html"}


@pytest.fixture
def process(settings: Settings) -> Iterator[Process]:
    found = open_process("ana", settings)
    yield found
    found.engine.dispose()


@pytest.fixture
def browser(process: Process) -> Iterator[TestClient]:
    """Somebody at our pages who has not signed in."""
    client = TestClient(create_app(process), raise_server_exceptions=False, follow_redirects=False, headers={"origin": ORIGIN} | PAGE)
    with client as found:
        yield found


def _link(process: Process, name: str = "", role: str = "finance") -> str:
    def work(session: Session) -> str:
        at = process.machine.now()
        if not name:
            return service.first_link(session, at) or ""
        return service.add_account(session, staff("local:root"), name, [role], [], at)[1]

    return process.write(work)


def _person(process: Process, name: str = "ana", role: str = "finance") -> None:
    entry.use_link(process.engine, _link(process, name, role), "", GOOD, device="", at=process.machine.now())


def _form_token(client: TestClient, address: str = "/account") -> str:
    found = re.search(r'name="form_token" value="([0-9a-f]{64})"', client.get(address).text)
    assert found
    return found[1]


def test_the_first_administrator_comes_in_by_the_printed_link(process: Process, browser: TestClient) -> None:
    link = _link(process)
    for _ in range(2):  # looking does not use it up
        page = browser.get("/first-sign-in", params={"link": link})
        assert (page.status_code, "Make the first account" in page.text) == (200, True)
    answer = browser.post("/first-sign-in", data={"link": link, "name": "Ana", "password": GOOD, "repeat": GOOD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert browser.get("/account.json").json()["roles"] == ["administrator"]
    again = browser.get("/first-sign-in", params={"link": link})
    assert (again.status_code, "This link does not open anything." in again.text) == (422, True)


def test_a_person_who_was_added_chooses_a_password_and_keeps_the_name(process: Process, browser: TestClient) -> None:
    link = _link(process, "Ben")
    assert "Choose your password, Ben" in browser.get("/first-sign-in", params={"link": link}).text
    browser.post("/first-sign-in", data={"link": link, "name": "root", "password": GOOD, "repeat": GOOD})
    assert browser.get("/account.json").json()["name"] == "Ben"


@pytest.mark.parametrize(
    ("told", "field", "words"),
    [
        ({"name": "", "password": GOOD, "repeat": GOOD}, "name", "A name has 1 to 64 characters."),
        ({"name": "Ana", "password": GOOD, "repeat": "other"}, "repeat", "The two passwords differ"),
        ({"name": "Ana", "password": "short", "repeat": "short"}, "password", "at least 12 characters"),
        ({"name": "Ana", "password": "password1234", "repeat": "password1234"}, "password", "among the first that anybody tries"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(process: Process, browser: TestClient, told: dict[str, str], field: str, words: str) -> None:
    link = _link(process)
    page = browser.post("/first-sign-in", data={"link": link} | told)
    assert page.status_code == 422
    fault = re.search(rf'id="{field}-fault">.*?</svg>([^<]*)</p>', page.text)
    assert fault
    assert words in fault[1]
    assert f'aria-describedby="{field}-fault"' in page.text
    assert GOOD not in page.text


def test_the_cookie_can_neither_be_read_by_scripts_nor_sent_from_elsewhere(process: Process, browser: TestClient) -> None:
    _person(process)
    answer = browser.post("/sign-in", data={"name": "ana", "password": GOOD, "next": "/invoices"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/invoices")
    cookie = answer.headers["set-cookie"]
    assert re.fullmatch(r"scoreline=[\w-]{43}; HttpOnly; Max-Age=604800; Path=/; SameSite=lax", cookie)
    assert browser.get("/account").status_code == 200


def test_by_https_the_cookie_is_secure_and_of_this_host_only(settings: Settings) -> None:
    process = open_process("ana", settings.model_copy(update={"base_url": "https://scores.example"}))
    _person(process)
    base = "https://scores.example"
    with TestClient(create_app(process), base_url=base, headers={"origin": base}, follow_redirects=False) as client:
        cookie = client.post("/sign-in", data={"name": "ana", "password": GOOD}).headers["set-cookie"]
        assert cookie.startswith("__Host-scoreline=")
        assert "; Path=/;" in cookie
        assert cookie.endswith("; Secure")
        assert "Domain" not in cookie
        assert client.get("/account").status_code == 200
    process.engine.dispose()


@pytest.mark.parametrize("onward", ["//elsewhere.test", "https://elsewhere.test/", "/\\elsewhere.test", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(process: Process, browser: TestClient, onward: str) -> None:
    _person(process)
    assert "elsewhere" not in browser.get("/sign-in", params={"next": onward}).text
    answer = browser.post("/sign-in", data={"name": "ana", "password": GOOD, "next": onward})
    assert answer.headers["location"] == "/"
    assert browser.get("/sign-in", params={"next": onward}).headers["location"] == "/"


def test_a_wrong_password_is_said_beside_it_and_told_to_programs_as_json(process: Process, browser: TestClient) -> None:
    _person(process)
    page = browser.post("/sign-in", data={"name": "ana", "password": "wrong password"})
    assert page.status_code == 401
    assert "This name and password do not go together." in page.text
    assert "wrong password" not in page.text
    assert 'value="ana"' in page.text
    told = browser.post("/sign-in", data={"name": "ana", "password": "x"}, headers={"accept": "application/json"})
    assert (told.status_code, told.json()["error"]["code"]) == (401, "SIGN_IN")


def test_after_too_many_wrong_ones_the_page_says_when_to_try_again(browser: TestClient) -> None:
    for _ in range(5):
        browser.post("/sign-in", data={"name": "ana", "password": "x"})
    page = browser.post("/sign-in", data={"name": "ana", "password": "x"})
    assert page.status_code == 429
    assert 1 <= int(page.headers["retry-after"]) <= 15
    assert re.search(r"Too many wrong passwords; try again in \d+ seconds\.", page.text)
    told = browser.post("/sign-in", data={"name": "ana", "password": "x"}, headers={"accept": "application/json"})
    assert (told.status_code, "retry-after" in told.headers, told.json()["error"]["kind"]) == (429, True, "busy")


def test_a_planted_session_is_not_gone_on_with(process: Process, browser: TestClient) -> None:
    _person(process, "eve")
    _person(process, "ana")
    browser.post("/sign-in", data={"name": "eve", "password": GOOD})
    planted = browser.cookies["scoreline"]
    browser.post("/sign-in", data={"name": "ana", "password": GOOD})
    assert browser.cookies["scoreline"] != planted
    hold(browser, planted)
    assert browser.get("/account").status_code == 303


def test_signing_out_ends_the_session_itself(process: Process, browser: TestClient) -> None:
    _person(process)
    browser.post("/sign-in", data={"name": "ana", "password": GOOD})
    kept = browser.cookies["scoreline"]
    answer = browser.post("/sign-out", data={"form_token": _form_token(browser)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert "scoreline" not in browser.cookies
    hold(browser, kept)
    assert browser.get("/account.json").status_code == 401


@pytest.mark.parametrize("address", ["/sign-in", "/first-sign-in"])
def test_a_field_that_the_form_has_not_is_refused(process: Process, browser: TestClient, address: str) -> None:
    told = {"name": "ana", "password": GOOD, "repeat": GOOD, "link": _link(process), "role": "administrator"}
    fields = {name: value for name, value in told.items() if address == "/first-sign-in" or name in ("name", "password", "role")}
    page = browser.post(address, data=fields, headers={"accept": "application/json"})
    assert (page.status_code, page.json()["error"]["code"]) == (400, "UNKNOWN_FIELD")
    assert process.read(service.count_people) == 0


def test_no_password_reaches_the_audit_log(process: Process, browser: TestClient) -> None:
    _person(process)
    browser.post("/sign-in", data={"name": "ana", "password": "wrong password"})
    browser.post("/sign-in", data={"name": "my secret password", "password": "x"})
    told = process.read(lambda s: [f"{one.actor} {one.action} {one.subject} {one.body}" for one in audit.entries(s)])
    assert sum("account.sign_in_failed" in line for line in told) == 2
    assert not any("password" in line.replace("account.password", "") for line in told)


def test_who_is_not_signed_in_sees_no_menu_and_no_name(browser: TestClient) -> None:
    html = browser.get("/sign-in").text
    assert "Invoices" not in html
    assert "Sign out" not in html
    assert 'autocomplete="username"' in html
    assert 'autocomplete="current-password"' in html
