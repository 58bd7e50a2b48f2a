"""Contracts as pages show them, on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from kernel.errors import NotFound
from kernel.period import Period
from kernel.scope import Scope
from scorecards import agreements
from tests.scorecards.world import ME, OCTOBER, World, two_vendors

TODAY = date(2026, 11, 6)


def listed(world: World, scope: Scope = ME, today: date = TODAY) -> dict[str, Any]:
    found: dict[str, Any] = world.read(lambda s: agreements.contract_list(s, scope, today))
    return found


def page(world: World, vendor: str = "NOVA", scope: Scope = ME, on: date = TODAY, period: Period = OCTOBER) -> dict[str, Any]:
    found: dict[str, Any] = world.read(lambda s: agreements.contract_page(s, scope, vendor, on, period, "USD"))
    return found


def test_the_list_tells_what_holds_what_follows_and_who_has_none(engine: Engine) -> None:
    world = two_vendors(engine)
    world.vendor("LUMA")
    world.vendor("HOME", kind="in_house")
    price = [{"id": "4.1", "basis": "decision", "rate": "0.07"}]
    world.contract("NOVA", price, number="NEXT", valid_from=date(2027, 11, 1), valid_to=date(2028, 11, 1))
    found = listed(world)
    assert [(row["number"], row["state"], row["followed_by"], row["renewal"]) for row in found["contracts"]] == [
        ("MSA-KITE", "in force", None, None),
        ("MSA-NOVA", "in force", "NEXT", None),
        ("NEXT", "to come", None, None),
    ]
    assert found["without"] == [{"vendor": "LUMA", "name": "Luma"}]
    late = listed(world, today=date(2027, 10, 20))["contracts"]
    assert [(row["number"], row["renewal"]) for row in late if row["renewal"]] == [("MSA-KITE", {"days": 12, "notice": 30})]
    assert listed(world, today=date(2028, 1, 1))["contracts"][0]["state"] == "ended"
    assert {row["vendor"] for row in listed(world, Scope("k", vendors=frozenset({"KITE"})))["contracts"]} == {"KITE"}


def test_a_page_keeps_superseded_versions_and_prices_only_by_what_counts(engine: Engine) -> None:
    world = two_vendors(engine)
    gone = world.contract("NOVA", [{"id": "9.9", "basis": "decision", "rate": "9"}], number="WRONG")
    world.retire(gone)
    found = page(world)
    assert [(one["number"], one["counts"], one["batch"] == gone) for one in found["versions"]] == [
        ("MSA-NOVA", True, False),
        ("WRONG", False, True),
    ]
    assert found["versions"][0]["file"].startswith("NOVA_contract_")
    assert [card["steps"][0]["id"] for card in found["cards"]] == ["4.1", "4.2"]
    assert (found["price"]["total"]["amount"], found["no_price"]) == ("80.00", "")
    assert [(one["kind"], one["due"], one["state"]) for one in found["expected"]] == [
        ("performance", "2026-11-04", "came"),
        ("invoice", "2026-11-06", "came"),
    ]


def test_a_vendor_without_a_contract_has_a_page_and_a_foreign_one_has_none(engine: Engine) -> None:
    world = two_vendors(engine)
    world.vendor("LUMA")
    found = page(world, "LUMA")
    assert (found["contracts"], found["versions"], found["cards"], found["price"]) == ([], [], [], None)
    assert "no contract of LUMA is in force" in found["no_price"]
    for vendor, scope in (("NOBODY", ME), ("KITE", Scope("n", vendors=frozenset({"NOVA"})))):
        with pytest.raises(NotFound):
            page(world, vendor, scope)
