"""What came, is late, is missing."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Engine

from kernel.scope import Scope
from scorecards import service
from tests.scorecards.world import ME, OCTOBER, World


def status(world: World, scope: Scope = ME) -> dict[str, Any]:
    found: dict[str, Any] = world.read(lambda s: service.status(s, scope, world.settings, OCTOBER, date(2026, 11, 5)))
    return found


def expecting(engine: Engine) -> World:
    world = World(engine)
    world.vendor("NOVA")
    world.vendor("IDLE")
    expects = [
        {"kind": "performance", "due_business_day": 3, "site": "MNL"},
        {"kind": "performance", "due_business_day": 3, "site": "BOG"},
        {"kind": "workforce", "due_business_day": 3},
        {"kind": "invoice", "due_business_day": 5},
    ]
    world.contract("NOVA", [{"id": "1", "basis": "decision", "rate": "0.05"}], expect=expects)
    return world


def test_each_expected_upload_came_is_late_or_missing(engine: Engine) -> None:
    world = expecting(engine)
    came = world.delivery("NOVA", "performance", site="MNL", received=date(2026, 11, 4))
    late = world.delivery("NOVA", "workforce", received=date(2026, 11, 5))
    world.delivery("NOVA", "performance", "platform", site="BOG")
    (nova,) = status(world)["vendors"]
    states = {(row["kind"], row["site"]): (row["state"], row["due"], row["batch"]) for row in nova["expected"]}
    assert states == {
        ("performance", "MNL"): ("came", "2026-11-04", came),
        ("performance", "BOG"): ("missing", "2026-11-04", None),
        ("workforce", ""): ("late", "2026-11-04", late),
        ("invoice", ""): ("missing", "2026-11-06", None),
    }
    assert nova["waiting_for"] == ["performance of site BOG, was due 2026-11-04", "invoice, due 2026-11-06"]


def test_an_upload_without_sites_fulfils_all_and_one_taken_back_none(engine: Engine) -> None:
    world = expecting(engine)
    batch = world.delivery("NOVA", "performance")
    assert [row["state"] for row in status(world)["vendors"][0]["expected"]] == ["came", "came", "missing", "missing"]
    world.retire(batch)
    assert {row["state"] for row in status(world)["vendors"][0]["expected"]} == {"missing"}


def test_the_status_of_the_month_stands_beside_and_others_stay_out(engine: Engine) -> None:
    world = expecting(engine)
    assert status(world)["vendors"][0]["status"] == "open"
    world.close()
    assert status(world)["vendors"][0]["status"] == "provisional"
    assert status(world, Scope("ida", vendors=frozenset({"IDLE"})))["vendors"] == []
