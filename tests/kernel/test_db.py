"""The database: exact values, durable settings, one writer after the other, nothing half done."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, Engine, Integer, MetaData, String, Table, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlmodel import Session

import kernel.db
from kernel.db import (
    SQLITE_PRAGMAS,
    Micro,
    Nano,
    UtcInstant,
    insert_many,
    insert_spread,
    integrity_faults,
    is_sqlite,
    open_engine,
    reading,
    unit_of_work,
)
from kernel.errors import Conflict, Unavailable
from tests.conftest import ROOT

SAMPLE = Table(
    "sample", MetaData(), Column("id", Integer, primary_key=True), Column("money", Micro), Column("amount", Nano), Column("at", UtcInstant)
)
amounts = st.decimals(-(10**9), 10**9, allow_nan=False, places=6)


@pytest.fixture
def sample(engine: Engine) -> Engine:
    SAMPLE.create(engine)
    return engine


def _kept(engine: Engine, **values: object) -> tuple[object, ...]:
    """What comes back of one row that is written."""

    def write(session: Session) -> None:
        session.connection().execute(SAMPLE.delete())
        session.connection().execute(insert(SAMPLE).values(id=1, **values))

    unit_of_work(engine, write)
    with reading(engine) as session:
        return tuple(session.connection().execute(select(SAMPLE.c.money, SAMPLE.c.amount, SAMPLE.c.at)).one())


SPREAD = Table("spread", MetaData(), Column("place", Integer), Column("fact", String), Column("amount", BigInteger))


def test_values_side_by_side_become_a_row_per_name_on_both_databases(engine: Engine) -> None:
    SPREAD.create(engine)

    def write(session: Session) -> None:
        insert_spread(session, "spread", ("place",), ("fact", "amount"), ("jobs", "errors"), [(1, 10, 2**62), (2, 30, -1)])
        insert_many(session, "spread", ("place", "fact", "amount"), [])

    unit_of_work(engine, write)
    with reading(engine) as session:
        rows = session.connection().execute(select(SPREAD)).all()
    assert sorted(tuple(row) for row in rows) == [(1, "errors", 2**62), (1, "jobs", 10), (2, "errors", -1), (2, "jobs", 30)]


@pytest.mark.parametrize("amount", ["9007199254740.993001", "0.000001", "-9223372036854.775807", "1.005", "0"])
def test_money_comes_back_to_the_last_digit(sample: Engine, amount: str) -> None:
    money, _, _ = _kept(sample, money=Decimal(amount))
    assert isinstance(money, Decimal)
    assert money == Decimal(amount)


@given(amount=amounts)
@hypothesis_settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_amount_comes_back_on_both_databases(sample: Engine, amount: Decimal) -> None:
    assert _kept(sample, money=amount, amount=amount)[:2] == (amount, amount)


def test_an_amount_that_would_have_to_be_rounded_is_not_written(sample: Engine) -> None:
    with pytest.raises(StatementError, match="more than 6 decimal places"):
        _kept(sample, money=Decimal("9007199254740993.0000001").scaleb(-4))
    with pytest.raises(StatementError, match="got float"):
        _kept(sample, money=1.5)


def test_nothing_stays_nothing(sample: Engine) -> None:
    assert _kept(sample) == (None, None, None)


@given(
    moment=st.datetimes(
        datetime(1, 1, 2),  # noqa: DTZ001 - bounds of a strategy are naive
        datetime(9999, 12, 30),  # noqa: DTZ001 - the same
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-5, minutes=-30))]),
    )
)
@hypothesis_settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_an_instant_comes_back_in_utc_to_the_microsecond(sample: Engine, moment: datetime) -> None:
    _, _, at = _kept(sample, at=moment)
    assert isinstance(at, datetime)
    assert at == moment
    assert at.utcoffset() == timedelta(0)


def test_a_naive_instant_is_refused(sample: Engine) -> None:
    with pytest.raises(StatementError, match="naive"):
        _kept(sample, at=datetime(2026, 11, 1))  # noqa: DTZ001 - what is refused


def test_instants_sort_as_time_passes(sample: Engine) -> None:
    manila = timezone(timedelta(hours=8))
    moments = [datetime(2026, 11, 1, 7, tzinfo=manila), datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 1, 0, 0, 0, 1, tzinfo=UTC)]

    def write(session: Session) -> None:
        session.connection().execute(insert(SAMPLE), [{"id": number, "at": moment} for number, moment in enumerate(moments)])

    unit_of_work(sample, write)
    with reading(sample) as session:
        assert list(session.connection().execute(select(SAMPLE.c.id).order_by(SAMPLE.c.at)).scalars()) == [0, 1, 2]


def test_every_sqlite_connection_is_set_up(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as one, sqlite_engine.connect().execution_options(reading=True) as other:
        for connection in (one, other):
            for name, wanted in SQLITE_PRAGMAS.items():
                assert connection.execute(text(f"PRAGMA {name}")).scalar() == wanted, name


def test_a_setting_that_sqlite_does_not_take_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel.db, "SQLITE_PRAGMAS", {"busy_timeout": "no number"})
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with pytest.raises((Unavailable, sqlite3.OperationalError, DBAPIError)):
        engine.connect()


def test_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = {line.split(" ")[2] for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()}
    monkeypatch.setattr(kernel.db, "NETWORK_FILE_SYSTEMS", frozenset(kinds))
    with pytest.raises(Unavailable, match="SQLite is unsafe there"):
        open_engine(f"sqlite:///{tmp_path / 'a.db'}")


def test_what_is_done_stays_and_what_raises_leaves_nothing(sample: Engine) -> None:
    unit_of_work(sample, lambda session: session.connection().execute(insert(SAMPLE).values(id=1)))

    def fails(session: Session) -> None:
        session.connection().execute(insert(SAMPLE).values(id=2))
        message = "no"
        raise ValueError(message)

    with pytest.raises(ValueError, match="no"):
        unit_of_work(sample, fails)
    with reading(sample) as session:
        assert list(session.connection().execute(select(SAMPLE.c.id)).scalars()) == [1]


def test_a_rule_of_the_schema_is_no_reason_to_try_again(sample: Engine) -> None:
    tries: list[int] = []

    def twice(session: Session) -> None:
        tries.append(1)
        session.connection().execute(insert(SAMPLE), [{"id": 1}, {"id": 1}])

    with pytest.raises(IntegrityError):
        unit_of_work(sample, twice)
    assert len(tries) == 1


def test_reading_sees_one_snapshot_while_others_write(sample: Engine) -> None:
    unit_of_work(sample, lambda session: session.connection().execute(insert(SAMPLE).values(id=1)))
    with reading(sample) as session:
        count = text("SELECT count(*) FROM sample")
        assert session.connection().execute(count).scalar() == 1
        unit_of_work(sample, lambda other: other.connection().execute(insert(SAMPLE).values(id=2)))
        assert session.connection().execute(count).scalar() == 1


def test_reading_commits_nothing(sample: Engine) -> None:
    try:
        with reading(sample) as session:
            session.connection().execute(insert(SAMPLE).values(id=1))
    except DBAPIError as error:
        assert not is_sqlite(sample), error  # noqa: PT017 - PostgreSQL refuses at once, SQLite forgets
    with reading(sample) as session:
        assert session.connection().execute(text("SELECT count(*) FROM sample")).scalar() == 0


COUNTER = """
import sys, datetime
from sqlalchemy import text
from kernel.audit import record
from kernel.db import open_engine, unit_of_work

def add(session):
    seen = session.connection().execute(text("SELECT money FROM sample WHERE id = 1")).scalar()
    session.connection().execute(text("UPDATE sample SET money = :next WHERE id = 1"), {"next": seen + 1})
    record(session, datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC), sys.argv[2], "count", "sample:1", {"next": seen + 1})

engine = open_engine(sys.argv[1])
for _ in range(int(sys.argv[3])):
    unit_of_work(engine, add)
"""


def test_two_processes_that_write_the_same_row_lose_nothing(sample: Engine) -> None:
    each = 25
    unit_of_work(sample, lambda session: session.connection().execute(text("INSERT INTO sample (id, money) VALUES (1, 0)")))
    url = sample.url.render_as_string(hide_password=False)
    both = [subprocess.Popen([sys.executable, "-c", COUNTER, url, name, str(each)], cwd=ROOT) for name in ("one", "two")]
    assert [process.wait(60) for process in both] == [0, 0]
    with reading(sample) as session:
        assert session.connection().execute(text("SELECT money FROM sample")).scalar() == 2 * each
        assert session.connection().execute(text("SELECT count(*) FROM audit_entry")).scalar() == 2 * each


def test_a_database_that_stays_busy_says_so_and_changes_nothing(sample: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel.db, "ATTEMPTS", 2)
    monkeypatch.setattr(kernel.db, "SQLITE_PRAGMAS", {**SQLITE_PRAGMAS, "busy_timeout": 20})
    unit_of_work(sample, lambda session: session.connection().execute(insert(SAMPLE).values(id=1, money=Decimal(0))))
    other = open_engine(sample.url.render_as_string(hide_password=False))
    change = text("UPDATE sample SET money = money + 1")

    def overtaken(session: Session) -> None:
        session.connection().execute(text("SELECT money FROM sample")).all()
        if not is_sqlite(sample):
            unit_of_work(sample, lambda winner: winner.connection().execute(change))
        session.connection().execute(change)

    with sample.connect() as holder:
        if is_sqlite(sample):
            holder.execute(change)
        with pytest.raises(Conflict, match="nothing was changed, try again"):
            unit_of_work(other, overtaken)
    other.dispose()


def test_a_healthy_database_has_no_faults(engine: Engine) -> None:
    with reading(engine) as session:
        assert integrity_faults(session) == []


def test_a_row_that_points_nowhere_is_a_fault(sqlite_engine: Engine) -> None:
    with sqlite3.connect(str(sqlite_engine.url.database)) as raw:
        raw.execute("INSERT INTO site (vendor, code, name, timezone, country) VALUES ('GONE', 'A', 'A', 'UTC', '')")
    raw.close()
    with reading(sqlite_engine) as session:
        assert integrity_faults(session) == ["row 1 of site points to a missing vendor"]
