"""A small network with right and wrong invoices, for the pages about money."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Engine

from kernel.clock import FixedDayClock
from kernel.scope import Scope, staff
from kernel.settings import Settings
from tests.scorecards.world import World, two_vendors
from web.process import Process

BEN = staff("ben")
"""Anna brought everything in, so Ben approves."""


def process_of(world: World, settings: Settings, scope: Scope = BEN) -> Process:
    """A process over this world, on the world's day."""
    return Process(settings, world.engine, FixedDayClock(world.clock.today("UTC")), scope)


def lead(vendor: str = "NOVA") -> Scope:
    """A vendor's own account."""
    return Scope("lead", frozenset({"vendor"}), frozenset({vendor}))


def wrong_bills(engine: Engine) -> World:
    """NOVA: a right invoice; WRONG with too many, too dear and too cheap lines for site-less queues; AGAIN, a duplicate."""
    world = two_vendors(engine)
    lines: list[dict[str, Any]] = [
        {"queue": "Q1", "quantity": "900", "rate": "0.060", "amount": "54.00", "text": "Text decisions"},
        {"queue": "Q2", "quantity": "200", "rate": "0.150", "amount": "30.00", "text": "Video <decisions>"},
        {"queue": "Q2", "unit": "flat", "amount": "12.50", "text": "Workshop"},
    ]
    world.invoice("NOVA", "WRONG", lines, document="replacement", relates_to="INV-NOVA-10")
    again = [{"queue": "Q1", "amount": "17.40"}, {"queue": "Q2", "amount": "45.00"}]
    world.invoice("KITE", "INV KITE 10", again, issued_on=date(2026, 11, 9))
    return world


def id_of(world: World, number: str) -> int:
    """The id of an invoice."""
    with world.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT id FROM invoice WHERE number = :number", {"number": number}).scalar()
    return int(found or 0)
