"""Who asks, as a page is told, and what a form must carry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from kernel.errors import NotAllowed, Usage
from kernel.scope import Scope
from kernel.settings import Settings
from web.accounts.entry import Visitor
from web.database import open_process
from web.deps import Asking, Here, Posting, Site, seen_as

VISITORS = {
    "person": Visitor(Scope("ana", frozenset({"finance"})), 1, 1, "t0ken"),
    "program": Visitor(Scope("token:loader", frozenset({"finance"}))),
}


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """A site of two pages, whose gate believes what the header says."""
    process = open_process("local:me", settings)
    app = FastAPI()
    app.state.site = Site(process)

    @app.middleware("http")
    async def gate(request: Request, call_next):  # type: ignore[no-untyped-def]  # noqa: ANN202, ANN001
        request.state.visitor = VISITORS.get(request.headers.get("visitor", ""))
        return await call_next(request)

    @app.get("/who")
    def who(asking: Asking, here: Here) -> list[object]:
        return [asking.scope.actor, asking.may("decide"), here.progress]

    @app.post("/change")
    def change(posting: Posting) -> str:
        return posting.scope.actor

    with TestClient(app) as found:
        yield found
    process.engine.dispose()


def test_a_page_acts_as_who_asks_on_the_site_that_was_asked(client: TestClient) -> None:
    assert client.get("/who", headers={"visitor": "person"}).json() == ["ana", True, None]
    assert client.get("/who", headers={"visitor": "program"}).json() == ["token:loader", True, None]


def test_who_is_not_signed_in_is_nobody_and_may_nothing(client: TestClient) -> None:
    assert client.get("/who").json() == ["", False, None]


@pytest.mark.parametrize(
    ("headers", "form"),
    [({}, {}), ({"x-form-token": "other"}, {}), ({}, {"form_token": "other"}), ({"x-form-token": ""}, {"form_token": ""})],
)
def test_a_persons_form_without_the_token_of_the_session_is_refused(
    client: TestClient, headers: dict[str, str], form: dict[str, str]
) -> None:
    with pytest.raises(NotAllowed) as refused:
        client.post("/change", headers=headers | {"visitor": "person"}, data=form)
    assert refused.value.code == "FORM_TOKEN"


def test_the_token_comes_as_field_or_as_header_and_programs_need_none(client: TestClient) -> None:
    assert client.post("/change", headers={"visitor": "person"}, data={"form_token": "t0ken"}).json() == "ana"
    assert client.post("/change", headers={"visitor": "person", "x-form-token": "t0ken"}).json() == "ana"
    assert client.post("/change", headers={"visitor": "program"}).json() == "token:loader"


def test_a_field_that_the_form_has_not_is_refused(client: TestClient) -> None:
    with pytest.raises(Usage, match="no field 'role'"):
        client.post("/change", headers={"visitor": "person"}, data={"form_token": "t0ken", "role": "administrator"})


def test_a_person_of_the_clients_can_look_through_a_vendors_eyes_and_a_vendor_through_nobody_elses(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCORELINE_DATA", str(data_folder))
    process = open_process("ana")
    seen = seen_as(process, "NOVA")
    assert (seen.scope.vendors, seen.scope.roles, seen.scope.actor, seen.seen_as) == (
        frozenset({"NOVA"}),
        frozenset({"vendor"}),
        "ana",
        "NOVA",
    )
    process.engine.dispose()
