"""The database: engine, column types, unit of work.

Owns: how SQLite and PostgreSQL are made to give the same answers. The only file that may branch on the dialect.
Must not know: any table but none; rooms define theirs.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Engine, TypeDecorator, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.types import String
from sqlmodel import Session, SQLModel

from kernel.errors import Conflict, Unavailable
from kernel.money import MICRO, NANO, from_scaled, to_scaled

SQLITE_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1, "busy_timeout": 10_000}
"""Asserted on every new connection: durable commits, checked references, triggers that REPLACE cannot bypass."""
ATTEMPTS = 8
"""How often a unit of work is tried when the database says another writer was first."""
NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p"})
SERIALIZATION_FAILURES = frozenset({"40001", "40P01"})

Result = TypeVar("Result")

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING


class Scaled(TypeDecorator[Decimal]):
    """A Decimal kept as a 64-bit integer of 10^-places; exact or refused, never rounded."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        """Fix the number of decimal places."""
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: object) -> int | None:
        """To the database."""
        del dialect
        return None if value is None else to_scaled(value, self.places)

    def process_result_value(self, value: int | None, dialect: object) -> Decimal | None:
        """From the database."""
        del dialect
        return None if value is None else from_scaled(value, self.places)


class Micro(Scaled):
    """Money and rates: integers of 10^-6."""

    cache_ok = True

    def __init__(self) -> None:
        """Six places."""
        super().__init__(MICRO)


class Nano(Scaled):
    """Counted amounts: integers of 10^-9, so that hours and derived counts keep what a spreadsheet printed."""

    cache_ok = True

    def __init__(self) -> None:
        """Nine places."""
        super().__init__(NANO)


class UtcInstant(TypeDecorator[datetime]):
    """An aware instant kept as ISO text in UTC: the same on both databases, sortable, microseconds kept."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: object) -> str | None:
        """To the database; a naive instant raises ValueError."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a naive date and time cannot be stored"
            raise ValueError(message)
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: object) -> datetime | None:
        """From the database."""
        del dialect
        return None if value is None else datetime.fromisoformat(value)


def open_engine(url: str) -> Engine:
    """An engine whose every connection is set up and checked.

    Raises Unavailable when the SQLite file would lie on a network file system (WAL is unsafe there).
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(address, isolation_level="SERIALIZABLE", pool_pre_ping=True)
    if address.database and address.database != ":memory:":
        path = Path(address.database)
        path.parent.mkdir(parents=True, exist_ok=True)
        _refuse_network_file_system(path.parent)
    engine = create_engine(address, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, record: object) -> None:
    del record
    connection.isolation_level = None
    cursor = connection.cursor()
    for name, wanted in SQLITE_PRAGMAS.items():
        cursor.execute(f"PRAGMA {name} = {wanted}")
        found = cursor.execute(f"PRAGMA {name}").fetchone()[0]
        if found not in (wanted, "memory"):
            message = f"SQLite keeps {name} at {found}, {wanted} is needed"
            raise Unavailable("SQLITE_PRAGMA", message)
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    """Writers take the lock at once: a deferred BEGIN fails later and ignores the busy timeout."""
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _refuse_network_file_system(folder: Path) -> None:
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return
    target = folder.resolve()
    best, kind = -1, ""
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _, mount, file_system, *_ = line.split(" ")
        if target.is_relative_to(mount) and len(mount) > best:
            best, kind = len(mount), file_system
    if kind in NETWORK_FILE_SYSTEMS:
        message = f"the folder {folder} lies on {kind}: SQLite is unsafe there; use a local disk or PostgreSQL"
        raise Unavailable("NETWORK_FILE_SYSTEM", message)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads, on one consistent snapshot; nothing is committed."""
    options: dict[str, Any] = {"reading": True}
    if not is_sqlite(engine):  # one snapshot; a serializable transaction could still fail when it only reads
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, Session(connection) as session:
        session.autoflush = False
        yield session


def unit_of_work(engine: Engine, work: Callable[[Session], Result]) -> Result:
    """Run work in one writing transaction and commit; nothing of it stays when it raises.

    The whole of work is run again, at most ATTEMPTS times, when another writer was first; so work must not
    have effects outside the session. Raises Conflict when the database stays busy.
    """
    for attempt in range(ATTEMPTS):
        try:
            with engine.connect() as connection, Session(connection, expire_on_commit=False) as session:
                result = work(session)
                session.commit()
                return result
        except DBAPIError as error:
            if not _another_writer_was_first(error):
                raise
            time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - jitter between retries, no secret
    message = "the database is busy with other changes; nothing was changed, try again"
    raise Conflict("BUSY", message)


def _another_writer_was_first(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    locked = isinstance(error, OperationalError) and "database is locked" in str(error.orig)
    return locked or state in SERIALIZATION_FAILURES


def insert_many(session: Session, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert many rows in the caller's transaction at the driver's own speed, four times that of a Core insert.

    table, columns: names from the code, never from outside. rows: values as the driver stores them (days as ISO text).
    """
    if not rows:
        return
    mark = "?" if session.get_bind().dialect.name == "sqlite" else "%s"
    names, marks = ", ".join(columns), ", ".join([mark] * len(columns))
    session.connection().exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", [tuple(row) for row in rows])  # noqa: S608 - names from the code


def insert_spread(
    session: Session, table: str, columns: Sequence[str], spread: tuple[str, str], names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert one row of the table per row and name, in the caller's transaction: what a row's names share is handed over once.

    columns: those that are shared. spread: the columns of the name and of its value. rows: the shared values, then one
    value per name. Table, columns and names come from the code, never from outside.
    """
    shared = len(columns)
    if session.get_bind().dialect.name != "sqlite":
        each = [(*row[:shared], name, value) for row in rows for name, value in zip(names, row[shared:], strict=True)]
        insert_many(session, table, (*columns, *spread), each)
        return
    same = ", ".join(f"?{place}" for place in range(1, shared + 1))
    values = ", ".join(f"({same}, '{name}', ?{place})" for place, name in enumerate(names, shared + 1))
    session.connection().exec_driver_sql(f"INSERT INTO {table} ({', '.join((*columns, *spread))}) VALUES {values}", rows)  # noqa: S608 - names from the code


def is_sqlite(engine: Engine) -> bool:
    """Whether this engine speaks to SQLite."""
    return engine.dialect.name == "sqlite"


def integrity_faults(session: Session) -> list[str]:
    """What the database's own self-check finds wrong (SQLite; PostgreSQL checks its pages itself)."""
    if session.get_bind().dialect.name != "sqlite":
        return []
    found = [str(row[0]) for row in session.connection().execute(text("PRAGMA integrity_check"))]
    broken = [
        f"row {row[1]} of {row[0]} points to a missing {row[2]}" for row in session.connection().execute(text("PRAGMA foreign_key_check"))
    ]
    return [line for line in found if line != "ok"] + broken
