"""The self-check names what was changed behind its back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine, text
from sqlmodel import SQLModel

from kernel.selfcheck import Checked
from scorecards import models, service
from scorecards.models import NetworkTarget
from scorecards.recheck import TABLES
from tests.scorecards.world import AT, ME, OCTOBER, World, two_vendors


def faults(world: World) -> list[str]:
    checks: list[Checked] = world.read(lambda s: service.self_check(s, world.settings))
    return [check.detail for check in checks if not check.ok]


@pytest.fixture
def closed(engine: Engine) -> World:
    world = two_vendors(engine)
    world.close()
    world.counts("NOVA", [("Q1", 5, "decisions", 50)], side="platform")
    world.close()
    world.write(lambda s: service.advance_month(s, ME, OCTOBER, "in_review", AT))
    world.write(lambda s: service.set_holidays(s, ME, [date(2026, 12, 25)], AT))
    row = NetworkTarget(metric="in_sla_share", weight=Decimal(1), direction="up", floor=Decimal("0.9"), target=Decimal("0.95"))
    world.write(lambda s: service.set_network_targets(s, ME, [row], AT))
    return world


def test_what_was_closed_holds(closed: World) -> None:
    assert faults(closed) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("update tally set amount = amount + 1000000000 where fact = 'in_sla_items' and day = '2026-10-01' and queue = 'Q1'", "figures of"),
        ("update vendor_month set inputs = replace(inputs, 'false', 'true')", "inputs of"),
        ("update vendor_month set body = replace(body, '950', '951')", "figures of NOVA 2026-10"),
        ("update vendor_month set body = 'x' where vendor = 'KITE'", "revision 1 of 2026-10: it cannot be read"),
        ("update revision set body = replace(body, '0.95', '0.96') where number = 1", "revision 1 of 2026-10"),
        ("update revision set input_hash = 'x' where number = 2", "revision 2 of 2026-10"),
        ("update revision set why = '[]' where number = 2", "revision 2 of 2026-10 was changed"),
        ("update revision_vendor set vendor_month = (select max(id) from vendor_month)", "revision 1 of 2026-10"),
        ("update month set status = 'locked'", "2026-10 is locked"),
        ("update holiday set day = '2026-12-24'", "holidays"),
        ("update network_target set weight = 2000000", "network target of in_sla_share"),
        ("delete from network_target", "network target of in_sla_share is gone"),
        ("delete from holiday", "holidays"),
    ],
)
def test_a_change_behind_its_back_is_named(closed: World, change: str, named: str) -> None:
    with closed.engine.begin() as connection:
        connection.execute(text(change))
    assert any(named in fault for fault in faults(closed)), faults(closed)


def test_inputs_that_changed_since_are_told_and_no_fault(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    world.counts("NOVA", [("Q1", 5, "decisions", 50)], side="platform")
    checks: list[Checked] = world.read(lambda s: service.self_check(s, world.settings))
    assert all(check.ok for check in checks)
    assert "another revision of 2026-10" in checks[-1].detail


def test_every_table_of_the_room_is_covered() -> None:
    own = {
        table.__tablename__
        for table in vars(models).values()
        if isinstance(table, type) and issubclass(table, SQLModel) and table is not SQLModel
    }
    assert own - {"note"} == set(TABLES), "notes feed no figure"
