"""Everybody's accounts, looked after by an administrator."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from kernel.scope import Scope, staff
from kernel.settings import Settings
from tests.web.sign_in import client_of, session_secret
from vendors import service as vendors
from web.accounts import entry
from web.database import open_process
from web.process import Process

PAGE = {"accept": "text/html"}
JSON = {"accept": "application/json"}


@pytest.fixture
def process(settings: Settings) -> Iterator[Process]:
    found = open_process("ana", settings)
    found.write(lambda s: vendors.add_vendor(s, staff("ana"), "NOVA", "Nova Trust", at=found.machine.now()))
    yield found
    found.engine.dispose()


@pytest.fixture
def ana(process: Process) -> Iterator[TestClient]:
    with client_of(process, follow_redirects=False) as client:
        yield client


def test_one_and_many_accounts_stand_in_page_json_and_csv(process: Process, ana: TestClient) -> None:
    assert [row["name"] for row in ana.get("/admin/users.json").json()["users"]] == ["ana"]
    for number in range(12):
        session_secret(process, Scope(f"person {number}", frozenset({"auditor"})))
    html, told = ana.get("/admin/users").text, ana.get("/admin/users.json").json()["users"]
    lines = list(csv.DictReader(io.StringIO(ana.get("/admin/users.csv").text)))
    assert len(told) == len(lines) == html.count("<tr>") - 1 == 13
    assert (lines[1]["name"], lines[1]["roles"]) == ("person 0", "auditor")


def test_a_person_is_added_and_the_link_shown_this_once(process: Process, ana: TestClient) -> None:
    page = ana.post("/admin/users", data={"name": "Ben", "role": ["finance", "approver"]}, headers=PAGE)
    found = re.search(r"<code>http://testserver/first-sign-in\?link=([\w-]{43})</code>", page.text)
    assert found
    assert process.read(lambda s: entry.link_name(s, found[1], process.machine.now())) == "Ben"
    assert "first-sign-in" not in ana.get("/admin/users/2").text
    assert ana.get("/admin/users/2.json").json()["user"]["roles"] == ["approver", "finance"]
    assert ana.get("/admin/users/2.csv").status_code == 406


@pytest.mark.parametrize(
    ("told", "field", "words"),
    [
        ({"name": "ANA", "role": "finance"}, "name", "There is an account &#39;ANA&#39; already"),
        ({"name": "Ben"}, "role", "A role is needed"),
        ({"name": "Ben", "role": "king"}, "role", "&#39;king&#39; is no role"),
        ({"name": "Ben", "role": "vendor"}, "vendor", "needs the vendor&#39;s code"),
        ({"name": "Ben", "role": "finance", "vendor": "NOVA"}, "vendor", "Only the role vendor is bound"),
        ({"name": "Ben", "role": "vendor", "vendor": "ORCA"}, "vendor", "There is no vendor &#39;ORCA&#39;"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_made(ana: TestClient, told: dict[str, str], field: str, words: str) -> None:
    page = ana.post("/admin/users", data=told, headers=PAGE)
    assert page.status_code == 422
    assert words in page.text[page.text.index(f'id="{field}-fault"') :]
    assert len(ana.get("/admin/users.json").json()["users"]) == 1
    assert ana.post("/admin/users", data=told, headers=JSON).json()["error"]["kind"] == "refused"


@pytest.mark.parametrize("extra", ["account", "password_hash", "disabled_at", "created_at", "id"])
def test_no_field_but_those_of_the_form_is_taken(ana: TestClient, extra: str) -> None:
    answer = ana.post("/admin/users", data={"name": "Ben", "role": "finance", extra: "1"}, headers=JSON)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "UNKNOWN_FIELD")


def test_roles_are_changed_an_account_is_disabled_and_brought_back(process: Process, ana: TestClient) -> None:
    secret = session_secret(process, Scope("ben", frozenset({"finance"})))
    assert ana.post("/admin/users/2/roles", data={"role": "vendor", "vendor": "NOVA"}).headers["location"] == "/admin/users/2"
    told = ana.get("/admin/users/2.json").json()["user"]
    assert (told["roles"], told["vendors"]) == (["vendor"], ["NOVA"])
    assert entry.visitor_of_session(process.engine, secret, process.machine.now()) is None
    assert ana.post("/admin/users/2/disable", headers=JSON).json()["state"] == "disabled"
    html = ana.get("/admin/users/2").text
    assert "Brings the account back." in html
    assert "Disable the account" not in html
    assert "first-sign-in?link=" in ana.post("/admin/users/2/link", headers=PAGE).text


def test_the_last_administrator_is_told_so_on_the_page(ana: TestClient) -> None:
    page = ana.post("/admin/users/1/disable", headers=PAGE)
    assert page.status_code == 422
    assert "The only administrator who can sign in is ana; make another one first." in page.text


@pytest.mark.parametrize("role", ["partnership", "finance", "approver", "auditor", "vendor"])
def test_nobody_else_sees_or_changes_accounts(process: Process, role: str) -> None:
    vendors_seen = frozenset({"NOVA"}) if role == "vendor" else None
    with client_of(process, scope=Scope("ben", frozenset({role}), vendors_seen)) as ben:
        for address in ("/admin/users", "/admin/users.json", "/admin/users.csv", "/admin/users/1", "/admin/users/1.json"):
            assert ben.get(address).status_code == 403, address
        for address in ("/admin/users", "/admin/users/1/roles", "/admin/users/1/link", "/admin/users/1/disable"):
            data = {"name": "eve", "role": "administrator"} if address == "/admin/users" else None
            answer = ben.post(address, data=data, headers=JSON)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "NOT_ALLOWED"), address


def test_an_account_that_is_not_there_is_404(ana: TestClient) -> None:
    for address in ("/admin/users/99", "/admin/users/99.json"):
        assert ana.get(address).status_code == 404
    for act in ("roles", "link", "disable"):
        assert ana.post(f"/admin/users/99/{act}", headers=JSON).status_code == 404


@pytest.mark.parametrize("name", ["{{7*7}}", "<script>alert(1)</script>", "{% raw %}", '\'" onmouseover=alert(1) x="'])
def test_a_name_that_looks_like_code_is_shown_as_it_is(process: Process, ana: TestClient, name: str) -> None:
    added = ana.post("/admin/users", data={"name": name, "role": "administrator"}, headers=JSON).json()
    secret = session_secret(process, Scope(name, frozenset({"administrator"})))
    assert entry.visitor_of_session(process.engine, secret, process.machine.now()) is not None
    with client_of(process, scope=Scope(name, frozenset({"administrator"}))) as odd:
        for client in (ana, odd):
            for address in ("/admin/users", f"/admin/users/{added['account']}", "/account", "/admin/log", "/nowhere"):
                html = client.get(address, headers=PAGE).text
                assert "<script>alert" not in html, address
                assert "49" not in re.sub(r"[0-9a-f-]{36,}", "", html) or "7*7" not in name, address
                assert 'onmouseover=alert(1) x="' not in html, address
        shown = odd.get("/account", headers=PAGE).text
    assert name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;").replace('"', "&#34;") in shown


def test_the_list_asks_few_questions_however_many_accounts(process: Process, ana: TestClient) -> None:
    asked: list[str] = []
    event.listen(process.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    def questions() -> int:
        asked.clear()
        ana.get("/admin/users")
        return len([one for one in asked if one.lstrip().upper().startswith("SELECT")])

    few = questions()
    for number in range(20):
        session_secret(process, Scope(f"person {number}", frozenset({"auditor"})))
    assert questions() == few <= 6
