"""A vendor's account asks every address of the site for what is another vendor's: it gets nothing, not even a name."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from importers import service as importers
from kernel.scope import Scope
from kernel.settings import Settings
from scorecards import service as scorecards
from tests import demos
from tests.web.sign_in import client_of, session_secret
from tests.web.test_gate import all_routes
from vendors import service as vendors
from web.accounts import service as accounts
from web.database import open_process
from web.process import Process

OWN, OTHER = "NOVA", "VEGA"
LEAD = Scope("Nova lead", frozenset({"vendor"}), frozenset({OWN}))
SHOWN = 6
"""So many ids of each kind are asked for."""


@dataclass(frozen=True)
class Network:
    """What a vendor's account must not learn of, and what belongs to it."""

    words: frozenset[str]
    ids: dict[str, list[str]]
    """Name of a part of an address -> values that are another vendor's."""


@pytest.fixture(scope="module")
def process(demo_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A demo of this file's own."""
    folder = tmp_path_factory.mktemp("vendor-view") / "demo"
    demos.copy(demo_template, folder)
    found = open_process("ana", Settings(data=folder))
    yield found
    found.engine.dispose()


@pytest.fixture(scope="module")
def network(process: Process) -> Network:
    """Everything by which another vendor could be recognised."""
    known = process.read(lambda s: vendors.list_vendors(s, process.scope))
    bills = process.read(lambda s: scorecards.invoice_list(s, process.scope, process.settings, None))
    batches = process.read(lambda s: importers.list_batches(s, process.scope))
    foreign: list[Any] = [row for row in known if row["code"] != OWN]
    words = {str(word) for row in foreign for word in (row["code"], row["name"], *row["aliases"])}
    words |= {str(bill["number"]) for bill in bills if bill["vendor"] != OWN}
    words |= {str(batch["file"]) for batch in batches if batch["vendor"] not in (OWN, "")}
    own = {str(bill["number"]) for bill in bills if bill["vendor"] == OWN} | {str(b["file"]) for b in batches if b["vendor"] == OWN}
    others_bills = [str(bill["id"]) for bill in bills if bill["vendor"] == OTHER][:SHOWN]
    others_batches = [str(batch["batch"]) for batch in batches if batch["vendor"] == OTHER][:SHOWN]
    numbers = sorted({*others_bills, *others_batches})
    return Network(
        frozenset(words - own),
        {"vendor": [OTHER], "code": [OTHER], "period": ["2026-10"], "metric": ["in_sla_share", "cost_per_decision"], "*": numbers},
    )


@pytest.fixture(scope="module")
def lead(process: Process) -> Iterator[TestClient]:
    """The account lead of one vendor."""
    with client_of(process, scope=LEAD, follow_redirects=False) as client:
        yield client


def _addresses(client: TestClient, network: Network, method: str) -> Iterator[tuple[str, bool]]:
    """Every address of the site that takes the method, filled with another vendor's ids; and whether it has any."""
    app: Any = client.app
    for route in all_routes(app.routes):
        if method in (route.methods or set()):
            names = [name for name in route.param_convertors if name != "period"]
            for values in itertools.product(*(network.ids.get(name, network.ids["*"]) for name in names)):
                told = dict(zip(names, values, strict=True)) | {"period": "2026-10"}
                yield re.sub(r"\{(\w+)(?::\w+)?\}", lambda part, told=told: told[part[1]], route.path), bool(names)  # type: ignore[misc]


def _learnt(text: str, network: Network, asked: str) -> list[str]:
    """Words of another vendor that an answer has; what the asker wrote in the address is not learnt from it."""
    written = {re.sub(r"\.\w+$", "", part) for part in asked.split("/")}
    return [word for word in network.words if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) and word not in written]


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_no_address_tells_a_vendor_anything_of_another(lead: TestClient, network: Network, accept: str) -> None:
    asked = 0
    for address, foreign in _addresses(lead, network, "GET"):
        answer = lead.get(address, headers={"accept": accept})
        asked += 1
        assert _learnt(answer.text, network, address) == [], address
        if foreign:
            assert answer.status_code in (403, 404, 406), f"{address} answers {answer.status_code}"
    assert asked > 40


def test_no_form_changes_anything_of_another_vendor(process: Process, lead: TestClient, network: Network) -> None:
    before = process.read(lambda s: importers.list_batches(s, process.scope))
    for address, foreign in _addresses(lead, network, "POST"):
        if foreign and not address.startswith("/account/"):
            answer = lead.post(address, headers={"accept": "application/json"})
            assert answer.status_code in (400, 403, 404, 422), f"{address} answers {answer.status_code}"
            assert _learnt(answer.text, network, address) == [], address
    assert process.read(lambda s: importers.list_batches(s, process.scope)) == before


def test_another_vendors_things_and_things_that_are_not_there_are_told_alike(lead: TestClient) -> None:
    for foreign, absent in (
        (f"/trace/{OTHER}/2026-10/in_sla_share.json", "/trace/NONE/2026-10/in_sla_share.json"),
        (f"/vendors/{OTHER}.json", "/vendors/NONE.json"),
        (f"/contracts/{OTHER}.json", "/contracts/NONE.json"),
    ):
        one, other = lead.get(foreign), lead.get(absent)
        assert (one.status_code, other.status_code) == (404, 404)
        assert one.text.replace(OTHER, "NONE") == other.text


def test_the_ranking_shows_a_vendor_itself_with_the_places_of_the_whole_network(process: Process, lead: TestClient) -> None:
    with client_of(process) as staff:
        whole = {row["vendor"]: row for row in staff.get("/rankings/2026-10.json").json()["vendors"]}
    seen = lead.get("/rankings/2026-10.json").json()
    (own,) = seen["vendors"]
    places = ("vendor", "rank", "rank_low", "rank_high", "score")
    assert [own[name] for name in places] == [whole[OWN][name] for name in places]
    assert own["tied_with"] == []
    assert set(seen["history"]["2026-10"]) == {OWN}
    html = lead.get("/rankings/2026-10").text
    assert html.count("<strong>Nova Trust Services</strong>") == 1


def test_a_vendors_token_is_bound_as_its_account_is(process: Process, lead: TestClient, network: Network) -> None:
    at = process.machine.now()
    _, secret = process.write(lambda s: accounts.add_token(s, process.scope, "nova loader", ["vendor"], [OWN], at))
    bearer = {"authorization": f"Bearer {secret}"}
    assert lead.get(f"/vendors/{OTHER}.json", headers=bearer).status_code == 404
    assert _learnt(lead.get("/rankings/2026-10.json", headers=bearer).text, network, "") == []
    assert lead.post("/admin/users", data={"name": "x", "role": "administrator"}, headers=bearer).status_code == 403


def test_an_account_without_vendors_sees_none(process: Process) -> None:
    nobody = Scope("lost", frozenset({"vendor"}), frozenset())
    assert session_secret(process, nobody)
    with client_of(process, scope=nobody) as client:
        assert client.get("/rankings/2026-10").status_code in (200, 404)
        assert client.get(f"/vendors/{OWN}.json").status_code == 404
