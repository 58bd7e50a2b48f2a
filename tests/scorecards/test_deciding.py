"""Decisions about invoices, and the closes that they ask for."""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import Engine, text

from kernel.scope import staff
from scorecards import deciding, service
from tests.scorecards.world import AT, OCTOBER, World, two_vendors

BEN = staff("ben")


def asked(world: World) -> list[str]:
    with world.engine.connect() as connection:
        rows = connection.execute(text("SELECT payload FROM job WHERE kind = 'close' ORDER BY id"))
        return [f"{found['vendor']} {found['period']}" for (payload,) in rows for found in [json.loads(payload)]]


def test_a_decision_asks_for_the_close_of_every_month_that_its_invoice_serves(engine: Engine) -> None:
    world = two_vendors(engine)
    over = [{"queue": "Q1", "amount": "10.00", "first": date(2026, 9, 16), "last": date(2026, 10, 15)}]
    world.invoice("NOVA", "INV-OVER", over, months=("2026-09", "2026-10"))
    answer = world.write(lambda s: deciding.decide_invoice(s, BEN, "INV-OVER", None, "disputed", "hours", AT))
    assert (answer["state"], answer["by"]) == ("disputed", "ben")
    assert asked(world) == ["NOVA 2026-09", "NOVA 2026-10"]


def test_an_undated_credit_note_asks_for_the_month_that_it_corrects(engine: Engine) -> None:
    world = two_vendors(engine)
    line = {"amount": "-4.00", "first": None, "last": None}
    world.invoice("NOVA", "CN-1", [line], document="credit_note", relates_to="INV-NOVA-10", months=())
    world.write(lambda s: deciding.decide_invoice(s, BEN, "CN-1", None, "approved", "", AT))
    assert asked(world) == ["NOVA 2026-10"]


def test_clearing_a_finding_asks_too_and_a_settled_month_is_left_alone(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    world.write(lambda s: deciding.decide_finding(s, BEN, "INV-NOVA-10", "NOVA", "I-01", "cleared", "another month", AT))
    assert asked(world) == ["NOVA 2026-10"]
    for status in ("in_review", "agreed"):
        world.write(lambda s, status=status: service.advance_month(s, BEN, OCTOBER, status, AT))
    world.write(lambda s: deciding.decide_invoice(s, BEN, "INV-NOVA-10", "NOVA", "disputed", "hours", AT))
    assert asked(world) == ["NOVA 2026-10"]
