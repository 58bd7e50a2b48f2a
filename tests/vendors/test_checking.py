"""Master data that was changed behind the product's back is named; what the product changed is not."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from kernel.db import reading, unit_of_work
from kernel.scope import staff
from vendors import service

AT = datetime(2026, 11, 6, 12, tzinfo=UTC)
ANA = staff("ana")


def _network(session: Session) -> None:
    service.add_vendor(session, ANA, "NOVA", "Nova", at=AT)
    service.add_vendor(session, ANA, "OLDN", "Old Nova", at=AT, currency="EUR")
    service.alias_vendor(session, ANA, "NOVA", "Nova T&S", at=AT, start=date(2026, 1, 1))
    service.merge_vendor(session, ANA, "OLDN", "NOVA", on=date(2026, 10, 1), at=AT)
    service.add_site(session, ANA, "NOVA", "MNL", "Manila", timezone="Asia/Manila", at=AT)
    service.add_queue(session, ANA, "Q1", "Text", at=AT, severity="P1")
    service.add_queue(session, ANA, "Q1", "Text", at=AT, severity="P0", valid_from=date(2026, 6, 1))


def _faults(engine: Engine) -> str:
    with reading(engine) as session:
        return "; ".join(check.detail for check in service.self_check(session) if not check.ok)


def test_what_was_added_merged_and_changed_by_the_product_passes(engine: Engine) -> None:
    unit_of_work(engine, _network)
    assert _faults(engine) == ""


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE vendor SET currency = 'USD' WHERE code = 'OLDN'", "vendor OLDN: currency is 'USD', told was 'EUR'"),
        ("UPDATE vendor SET merged_on = '2026-10-02'", "vendor OLDN: merged_on is '2026-10-02', told was '2026-10-01'"),
        ("UPDATE site SET timezone = 'Asia/Tokyo'", "site NOVA MNL: timezone is 'Asia/Tokyo'"),
        ("UPDATE queue SET name = 'Texts'", "queue Q1: name is 'Texts'"),
        ("UPDATE queue_attribute SET severity = 'P2' WHERE severity = 'P0'", "queue_attribute Q1 2026-06-01: severity is 'P2'"),
        ("UPDATE alias SET valid_to = '2026-02-01'", "alias vendor NOVA Nova T&S 2026-01-01: to is '2026-02-01'"),
        ("DELETE FROM alias", "alias vendor NOVA Nova T&S 2026-01-01 is gone"),
        ("INSERT INTO queue (code, name) VALUES ('Q2', 'Audio')", "queue Q2 is not in the audit log"),
    ],
)
def test_a_row_that_was_changed_otherwise_is_named(engine: Engine, statement: str, words: str) -> None:
    unit_of_work(engine, _network)
    unit_of_work(engine, lambda session: session.connection().execute(text(statement)))
    assert words in _faults(engine)
