"""Files taken from the wire: nothing is stored before the token was seen, nothing stays of what ended early."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine
from starlette.requests import Request

from kernel.clock import FixedDayClock
from kernel.errors import Invalid
from kernel.scope import staff
from kernel.settings import Settings
from tests.importers.conftest import TODAY
from tests.web.sign_in import client_of
from web import incoming
from web.incoming import label, receive_form
from web.process import Process

CSV = b"vendor,day,decisions,side\nNOVA,2026-10-01,5,vendor\n"
BOUNDARY = "b0undary"


@pytest.fixture
def process(sqlite_engine: Engine, settings: Settings) -> Process:
    """A process over an empty database, with the smallest limit that there is."""
    return Process(settings.model_copy(update={"max_upload_mb": 1}), sqlite_engine, FixedDayClock(TODAY), staff("ana"))


@pytest.fixture
def client(process: Process) -> TestClient:
    """Somebody signed in."""
    return client_of(process, follow_redirects=False)


def stored(process: Process) -> list[str]:
    """Names of everything in the folder of originals."""
    folder = process.settings.files
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def send(client: TestClient, *files: tuple[str, bytes], **more: Any) -> Response:
    return client.post("/imports", files=[("files", file) for file in files], headers={"accept": "application/json"}, **more)


def body(*parts: tuple[str, bytes]) -> bytes:
    """A form as it goes over the wire: each part's disposition and content, in this order."""
    lines = [f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n" for head, content in parts]
    return b"".join(lines) + f"--{BOUNDARY}--\r\n".encode()


def post_raw(client: TestClient, content: bytes | Iterator[bytes], **headers: str) -> Response:
    kind = {"content-type": f"multipart/form-data; boundary={BOUNDARY}", "accept": "application/json"}
    return client.post("/imports", content=content, headers=kind | headers)


FILE = 'name="files"; filename="a.csv"'


def test_a_file_is_stored_by_its_hash_and_answered_with_its_number(client: TestClient, process: Process) -> None:
    answer = send(client, ("october.csv", CSV))
    assert (answer.status_code, answer.json()) == (202, {"batches": [{"file": "october.csv", "batch": 1, "state": "received"}]})
    assert stored(process) == [hashlib.sha256(CSV).hexdigest()]


def test_many_files_are_received_together_and_people_see_the_list(client: TestClient, process: Process) -> None:
    files = [("files", (f"{number}.csv", CSV + b"NOVA,2026-10-02,%d,vendor\n" % number)) for number in range(30)]
    answer = client.post("/imports", files=files, headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/imports")
    assert len(stored(process)) == 30


def test_the_token_may_stand_in_the_form_but_before_the_files(client: TestClient, process: Process) -> None:
    token = client.headers.pop("x-form-token")
    in_order = body(('name="form_token"', token.encode()), (FILE, CSV))
    assert post_raw(client, in_order).status_code == 202
    too_late = body((FILE, CSV + b"x"), ('name="form_token"', token.encode()))
    assert (post_raw(client, too_late).status_code, post_raw(client, too_late).json()["error"]["code"]) == (403, "FORM_TOKEN")
    assert post_raw(client, body((FILE, CSV + b"y"))).status_code == 403
    assert stored(process) == [hashlib.sha256(CSV).hexdigest()]


def test_a_file_above_the_limit_is_refused_and_named_and_nothing_of_the_request_stays(client: TestClient, process: Process) -> None:
    answer = send(client, ("good.csv", CSV), ("large.csv", bytes(1_000_001)))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "TOO_LARGE")
    assert answer.json()["error"]["message"].startswith("large.csv: the file is larger than 1 MB")
    assert stored(process) == []


def test_a_body_that_says_it_is_too_long_is_refused_before_it_is_read(client: TestClient, process: Process) -> None:
    def never() -> Iterator[bytes]:
        yield from ()
        pytest.fail("the body was asked for")

    answer = post_raw(client, never(), **{"content-length": "2000000000"})
    assert (answer.status_code, stored(process)) == (413, [])


def test_a_body_without_a_length_is_cut_off_where_the_limit_is(client: TestClient, process: Process) -> None:
    sent = []

    def endless() -> Iterator[bytes]:
        yield body((FILE, b""))[: -len(f"\r\n--{BOUNDARY}--\r\n")]
        for _ in range(50):
            sent.append(1)
            yield bytes(100_000)

    answer = post_raw(client, endless())
    assert (answer.status_code, answer.json()["error"]["code"], stored(process)) == (413, "TOO_LARGE", [])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (body(('name="secret"', b"x")), "UNKNOWN_FIELD"),
        (body(('name="vendor"', b"x" * 5000)), "FORM"),
        (body(('name="other"; filename="a.csv"', CSV)), "UNKNOWN_FIELD"),
        (body(('name="files"; filename=""', b"")), "NO_FILES"),
        (body(), "NO_FILES"),
        (body((FILE, CSV))[:-10], "CUT_OFF"),
        (b"nonsense", "FORM"),
        (body(('name="as"', b"poem"), (FILE, CSV)), "USAGE"),
        (body(('name="period"', b"2026-13"), (FILE, CSV)), "PERIOD"),
        (body(('name="received_on"', b"soon"), (FILE, CSV)), "DAY"),
    ],
)
def test_what_is_no_such_form_is_said_so(client: TestClient, process: Process, content: bytes, code: str) -> None:
    answer = post_raw(client, content)
    assert (400 <= answer.status_code < 500, answer.json()["error"]["code"]) == (True, code)
    assert not [name for name in stored(process) if name.startswith(".")]


def test_a_boundary_that_no_parser_takes_is_no_such_form(client: TestClient) -> None:
    kind = f"multipart/form-data; boundary={'x' * 10_000}"
    answer = client.post("/imports", content=b"x", headers={"content-type": kind, "accept": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "FORM")


def test_other_bodies_than_forms_are_refused(client: TestClient) -> None:
    assert client.post("/imports", content=CSV, headers={"content-type": "text/csv"}).status_code == 400


def test_who_may_only_look_stores_nothing(process: Process) -> None:
    auditor = client_of(process, scope=replace(process.scope, actor="aud", roles=frozenset({"auditor"})), follow_redirects=False)
    assert send(auditor, ("a.csv", CSV)).status_code == 403
    assert stored(process) == []


def request_of(receive: Any) -> Request:
    """A request as the server hands it over."""
    kind = f"multipart/form-data; boundary={BOUNDARY}".encode()
    return Request({"type": "http", "method": "POST", "path": "/imports", "headers": [(b"content-type", kind)]}, receive)


def messages(*blocks: bytes, then: Any) -> Any:
    """A connection that sends blocks and then does something."""

    async def stream() -> AsyncIterator[dict[str, Any]]:
        for block in blocks:
            yield {"type": "http.request", "body": block, "more_body": True}
        yield await then()

    source = stream()

    async def receive() -> dict[str, Any]:
        return await anext(source)

    return receive


async def gone() -> dict[str, Any]:
    return {"type": "http.disconnect"}


async def silent() -> dict[str, Any]:
    await asyncio.sleep(60)
    return {}


@pytest.mark.parametrize(("then", "code"), [(gone, "CUT_OFF"), (silent, "TOO_SLOW")])
def test_a_sender_that_goes_or_falls_silent_leaves_nothing_behind(
    process: Process, monkeypatch: pytest.MonkeyPatch, then: Any, code: str
) -> None:
    monkeypatch.setattr(incoming, "SILENCE_SECONDS", 0.2)
    begun = body((FILE, CSV * 100))[:1500]
    with pytest.raises(Invalid) as refused:
        asyncio.run(receive_form(request_of(messages(begun, then=then)), process, ()))
    assert (refused.value.code, stored(process)) == (code, [])


def test_a_name_is_shown_by_its_last_part_and_cut_and_never_turns_the_text() -> None:
    assert label("../../etc/passwd") == "passwd"
    assert label("a\x00b<script>.xlsx") == "ab<script>.xlsx"
    assert label("invoice\u202excod.exe") == "invoicexcod.exe"
    assert label("line\nbreak.csv") == "linebreak.csv"
    long = label("x" * 300 + ".xlsx")
    assert (len(long), long[-6:]) == (120, "….xlsx")


def test_hostile_names_are_shown_escaped_and_reach_no_path(client: TestClient, process: Process) -> None:
    content = body(('name="files"; filename="../../<img src=x onerror=alert(1)>\u202e.csv"', CSV))
    assert post_raw(client, content).json()["batches"][0]["file"] == "<img src=x onerror=alert(1)>.csv"
    page = client.get("/imports", headers={"accept": "text/html"}).text
    assert "&lt;img src=x onerror=alert(1)&gt;.csv" in page
    assert "<img src=x" not in page
    assert stored(process) == [hashlib.sha256(CSV).hexdigest()]
