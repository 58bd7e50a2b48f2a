"""The gate: every address is closed to strangers, sessions are not to be stolen, forms come from our own pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from kernel.scope import Scope
from kernel.settings import Settings
from tests.web.sign_in import ORIGIN, client_of, session_secret
from web.accounts import service
from web.app import create_app
from web.database import open_process
from web.gate import DOORS, OPEN
from web.process import Process

WORDS = {"period": "2026-10", "vendor": "NOVA", "code": "NOVA", "metric": "in_sla_share", "queue": "Q1"}
"""What stands in an address where a word is asked for; a number everywhere else."""


@pytest.fixture
def process(settings: Settings) -> Iterator[Process]:
    """An empty house."""
    found = open_process("ana", settings)
    yield found
    found.engine.dispose()


@pytest.fixture
def stranger(process: Process) -> Iterator[TestClient]:
    """Somebody who has not signed in, but comes from our own pages."""
    with TestClient(create_app(process), raise_server_exceptions=False, follow_redirects=False, headers={"origin": ORIGIN}) as client:
        yield client


@pytest.fixture
def ana(process: Process) -> Iterator[TestClient]:
    """An administrator who has signed in."""
    with client_of(process, follow_redirects=False) as client:
        yield client


def _routes(process: Process) -> list[tuple[str, str]]:
    """Every method and address of the site, filled with words that could be meant."""
    app = create_app(process)
    found: list[tuple[str, str]] = []
    for route in all_routes(app.routes):
        address = re.sub(r"\{(\w+)(?::\w+)?\}", lambda part: WORDS.get(part[1], "1"), route.path)
        found += [(method, address) for method in sorted((route.methods or set()) - {"HEAD"})]
    assert len(found) > 20
    return found


def all_routes(routes: Any) -> Iterator[APIRoute]:
    """The routes of an app, also those of the routers that it includes."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from all_routes(route.original_router.routes)
        elif hasattr(route, "routes"):
            yield from all_routes(route.routes or [])


def test_every_page_and_every_unknown_address_is_closed_to_strangers(process: Process, stranger: TestClient) -> None:
    for method, address in [*_routes(process), ("GET", "/nowhere"), ("POST", "/nowhere"), ("GET", "/openapi.json"), ("GET", "/docs")]:
        if address in OPEN | DOORS:
            continue
        answer = stranger.request(method, address)
        if method == "GET" and not address.endswith((".json", ".csv")):
            assert answer.status_code == 303, address
            assert answer.headers["location"].startswith("/sign-in"), address
        else:
            assert (answer.status_code, answer.json()["error"]["code"]) == (401, "SIGN_IN"), address


def test_health_static_files_and_the_doors_are_open(stranger: TestClient) -> None:
    for address in ("/healthz", "/static/scoreline.css", "/sign-in"):
        assert stranger.get(address).status_code == 200, address
    assert stranger.get("/readyz").status_code in (200, 503)


def test_a_page_asked_for_without_a_sign_in_is_gone_on_to_after_it(stranger: TestClient) -> None:
    location = urlsplit(stranger.get("/rankings/2026-10?basis=raw&queue=a%26b").headers["location"])
    assert location.path == "/sign-in"
    assert parse_qs(location.query) == {"next": ["/rankings/2026-10?basis=raw&queue=a%26b"]}


@pytest.mark.parametrize(
    "path", ["/static/../rankings/2026-10", "/static/..%2frankings%2f2026-10", "//rankings/2026-10", "/healthz/", "/sign-in/x"]
)
def test_no_spelling_of_an_address_gets_past(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code in (303, 404, 307), path
    assert "Ranking" not in answer.text


@pytest.mark.parametrize("shown", ["Bearer", "Bearer ", "Bearer scoreline_guess", "bearer x", "Bearer " + "x" * 5000])
def test_a_token_that_does_not_hold_is_refused_even_beside_a_session(ana: TestClient, shown: str) -> None:
    answer = ana.get("/", headers={"authorization": shown})
    assert answer.status_code == 401 if shown.strip().lower() != "bearer" else answer.status_code in (200, 401)


def test_a_token_comes_in_and_needs_no_form_token(process: Process, stranger: TestClient) -> None:
    at = process.machine.now()
    _, secret = process.write(lambda s: service.add_token(s, process.scope, "loader", ["administrator"], [], at))
    bearer = {"authorization": f"Bearer {secret}", "origin": "https://elsewhere.test"}
    assert stranger.get("/admin/users.json", headers=bearer).json()["users"] == []
    added = stranger.post("/admin/users", data={"name": "ben", "role": "finance"}, headers=bearer | {"accept": "application/json"})
    assert (added.status_code, added.json()["name"]) == (200, "ben")
    process.write(lambda s: service.revoke_token(s, process.scope, "loader", at))
    assert stranger.get("/admin/users.json", headers=bearer).status_code == 401


FOREIGN: list[dict[str, str | None]] = [
    {"origin": "https://elsewhere.test"},
    {"origin": "null"},
    {"origin": "http://testserver.elsewhere.test"},
    {"origin": "https://testserver"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"origin": None},
]


@pytest.mark.parametrize("told", FOREIGN)
@pytest.mark.parametrize("address", ["/sign-out", "/sign-in", "/admin/users"])
def test_what_another_site_sends_is_refused(ana: TestClient, told: dict[str, str | None], address: str) -> None:
    for name, value in told.items():
        if value is None:
            del ana.headers[name]
        else:
            ana.headers[name] = value
    answer = ana.post(address, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "FOREIGN_ORIGIN")
    assert ana.get("/account").status_code == 200


def test_every_form_of_the_site_needs_the_form_token(process: Process, ana: TestClient) -> None:
    del ana.headers["x-form-token"]
    posts = [address for method, address in _routes(process) if method not in ("GET", "OPTIONS") and address not in DOORS]
    assert len(posts) > 5
    for address in posts:
        file = {"files": ("a.csv", b"day,decisions\n")} if address == "/imports" else None  # only its own shape is read so far
        answer = ana.post(address, headers={"accept": "application/json"}, files=file)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "FORM_TOKEN"), f"{address}: {answer.text[:200]}"


def test_every_answer_carries_the_security_headers(process: Process, ana: TestClient, stranger: TestClient) -> None:
    for client in (ana, stranger):
        for method, address in [
            *_routes(process),
            ("GET", "/nowhere"),
            ("GET", "/static/scoreline.css"),
            ("GET", "/static/none.css"),
            ("PUT", "/"),
        ]:
            headers = client.request(method, address).headers
            policy = headers["content-security-policy"]
            assert policy.startswith("default-src 'none'; "), address
            assert "unsafe" not in policy, address
            assert "frame-ancestors 'none'" in policy, address
            assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin"), address
            assert ("no-store" in headers.get("cache-control", "")) is not address.startswith("/static/"), address
            assert "strict-transport-security" not in headers, address
            assert "server" not in headers, address


def test_by_https_cookies_are_bound_to_the_host_and_browsers_stay_with_https(settings: Settings) -> None:
    process = open_process("ana", settings.model_copy(update={"base_url": "https://scores.example/"}))
    secret = session_secret(process)
    base = "https://scores.example"
    with TestClient(create_app(process), base_url=base, follow_redirects=False, headers={"origin": base}) as client:
        assert client.get("/account", headers={"cookie": f"scoreline={secret}"}).status_code == 303
        answer = client.get("/account", headers={"cookie": f"__Host-scoreline={secret}"})
        assert answer.status_code == 200
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert client.post("/sign-in", data={"name": "x"}, headers={"origin": "http://scores.example"}).status_code == 403
        assert client.post("/sign-in", data={"name": "x", "password": "y"}).status_code == 401
    process.engine.dispose()


def test_a_long_body_of_somebody_unknown_is_not_read(stranger: TestClient) -> None:
    answer = stranger.post("/sign-in", data={"name": "x" * 200_000, "password": "y"})
    assert answer.status_code == 413


def test_no_form_but_that_of_uploads_takes_a_long_body(ana: TestClient) -> None:
    """Such a form would be kept in the system's folder for temporary files, of whatever size."""
    files = {"text": ("a.txt", bytes(2_000_000))}
    for address in ("/notes", "/imports/by-hand", "/admin/users"):
        answer = ana.post(address, files=files, headers={"accept": "application/json"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "TOO_LARGE")


def test_a_database_that_is_away_is_said_and_lets_nobody_in(process: Process, data_folder: Path) -> None:
    with client_of(process) as client:
        process.engine.dispose()
        for path in data_folder.glob("scoreline.db*"):
            path.unlink()
        answer = client.get("/account.json")
    assert answer.status_code >= 500
    assert "sessions" not in answer.text


def test_a_role_that_is_taken_away_counts_at_the_next_click(process: Process) -> None:
    with (
        client_of(process, scope=Scope("root", frozenset({"administrator"}))),
        client_of(process, scope=Scope("ben", frozenset({"administrator"})), follow_redirects=False) as ben,
    ):
        assert ben.get("/admin/users").status_code == 200
        session_secret(process, Scope("ben", frozenset({"finance"})))
        assert ben.get("/admin/users").status_code == 403


def test_a_clickjacked_or_sniffed_answer_is_impossible_on_errors_too(ana: TestClient) -> None:
    for address in ("/nowhere", "/rankings/1999-01", "/admin/users/999"):
        answer = ana.get(address)
        assert answer.status_code == 404
        assert answer.headers["x-content-type-options"] == "nosniff"
