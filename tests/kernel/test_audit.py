"""The audit log: every change is chained to the one before, and a chain that was touched shows where."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from kernel.audit import GENESIS, broken_at, canonical, digest, entry_hash, record
from kernel.db import reading, unit_of_work

AT = datetime(2026, 11, 6, 9, 30, 0, 123456, tzinfo=UTC)


def _entries(engine: Engine, count: int) -> None:
    def write(session: Session) -> None:
        for number in range(count):
            record(session, AT + timedelta(hours=number), "ana", "batch.accept", f"batch:{number}", {"rows": number, "file": "Größe.xlsx"})

    unit_of_work(engine, write)


def _broken(engine: Engine) -> int | None:
    with reading(engine) as session:
        return broken_at(session)


def test_an_empty_log_is_whole(engine: Engine) -> None:
    assert _broken(engine) is None


def test_entries_are_numbered_without_gaps_and_chained(engine: Engine) -> None:
    _entries(engine, 3)
    _entries(engine, 1)
    assert _broken(engine) is None
    with reading(engine) as session:
        rows = session.connection().execute(text("SELECT seq, previous, hash FROM audit_entry ORDER BY seq")).all()
    assert [row.seq for row in rows] == [1, 2, 3, 4]
    assert [row.previous for row in rows] == [GENESIS, *(row.hash for row in rows[:-1])]


def test_the_log_goes_back_with_the_change_it_tells(engine: Engine) -> None:
    def fails(session: Session) -> None:
        record(session, AT, "ana", "batch.accept", "batch:1", {})
        message = "no"
        raise ValueError(message)

    with pytest.raises(ValueError, match="no"):
        unit_of_work(engine, fails)
    _entries(engine, 1)
    assert _broken(engine) is None


def test_an_instant_of_another_zone_is_the_same_entry(engine: Engine) -> None:
    manila = AT.astimezone(timezone(timedelta(hours=8)))
    unit_of_work(engine, lambda session: record(session, manila, "ana", "a", "b", {}))
    assert _broken(engine) is None
    assert entry_hash(1, AT, "a", "b", "c", "{}", GENESIS) == entry_hash(1, manila, "a", "b", "c", "{}", GENESIS)


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        ("UPDATE audit_entry SET actor = 'someone' WHERE seq = 2", 2),
        ("UPDATE audit_entry SET body = '{}' WHERE seq = 3", 3),
        ("UPDATE audit_entry SET at = '2026-11-06T10:30:00.123457+00:00' WHERE seq = 2", 2),
        ("UPDATE audit_entry SET subject = 'batch:9' WHERE seq = 1", 1),
        ("DELETE FROM audit_entry WHERE seq = 2", 2),
        ("DELETE FROM audit_entry WHERE seq = 1", 1),
        ("UPDATE audit_entry SET seq = seq + 10 WHERE seq = 3", 3),
        ("UPDATE audit_entry SET previous = hash WHERE seq = 2", 2),
    ],
)
def test_whoever_gets_past_the_triggers_leaves_a_trace(sqlite_engine: Engine, statement: str, first: int) -> None:
    _entries(sqlite_engine, 3)
    raw = sqlite3.connect(str(sqlite_engine.url.database))
    for trigger in ("update", "delete"):
        raw.execute(f"DROP TRIGGER audit_entry_no_{trigger}")
    raw.execute(statement)
    raw.commit()
    raw.close()
    assert _broken(sqlite_engine) == first


def test_an_entry_forged_with_a_right_hash_breaks_the_link_after_it(sqlite_engine: Engine) -> None:
    _entries(sqlite_engine, 3)
    raw = sqlite3.connect(str(sqlite_engine.url.database))
    raw.execute("DROP TRIGGER audit_entry_no_update")
    (previous,) = raw.execute("SELECT previous FROM audit_entry WHERE seq = 2").fetchone()
    at = AT + timedelta(hours=1)
    forged = entry_hash(2, at, "ana", "batch.accept", "batch:1", "{}", previous)
    raw.execute("UPDATE audit_entry SET body = '{}', hash = ? WHERE seq = 2", (forged,))
    raw.commit()
    raw.close()
    assert _broken(sqlite_engine) == 3


def test_one_value_has_one_text() -> None:
    assert canonical({"b": [1, "é"], "a": None}) == '{"a":null,"b":[1,"é"]}'
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest({"a": 1}) != digest({"a": "1"})
