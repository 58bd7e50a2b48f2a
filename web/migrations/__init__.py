"""The schema: how a database gets it, and whether it is current.

Owns: the migrations and running them on an open engine. Must not know: what the tables are for. Besides kernel.db
the only place that may branch on the dialect.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import StringIO
from pathlib import Path
from threading import Lock
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlmodel import SQLModel

import contracts.models
import importers.models
import kernel.audit
import kernel.jobs
import scorecards.models
import vendors.models
import web.accounts.models
from kernel.db import is_sqlite
from kernel.errors import Invalid
from kernel.faults import reached

TABLES = (
    kernel.audit,
    kernel.jobs,
    vendors.models,
    contracts.models,
    scorecards.models,
    importers.models,
    web.accounts.models,
)
"""The modules that define tables; importing them fills SQLModel.metadata."""
HERE = Path(__file__).parent
"""The folder of the migrations."""
MIGRATION_LOCK = 7_305_110
"""Any number that nothing else locks by: PostgreSQL's advisory lock that lets one process migrate at a time."""
FAULT_POINTS = ("migrate.begun", "migrate.before_commit", "migrate.committed")
_ONE_THREAD = Lock()


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest version, in one transaction; nothing happens when it is there already."""
    if current(engine):
        return
    with changing(engine) as connection:
        reached("migrate.begun")
        bring(connection, "head")
        reached("migrate.before_commit")
    reached("migrate.committed")


def bring(connection: Connection, version: str) -> None:
    """Bring the schema to a version in the transaction of `changing`; versions that are passed already stay."""
    command.upgrade(_config(connection), version)


@contextmanager
def changing(engine: Engine) -> Iterator[Connection]:
    """One transaction in which the schema may change, alone among processes; committed at the end.

    SQLite checks references only then: a table that is made anew, or filled in any order, has none for a while.
    Raises Invalid (REFERENCES) when one leads nowhere then; nothing is changed.
    """
    with _alone(engine), engine.connect() as connection, _references_checked_last(connection), connection.begin():
        yield connection
        broken = _broken_reference(connection)
        if broken:
            raise Invalid("REFERENCES", f"{broken}; nothing was changed")


@contextmanager
def _references_checked_last(connection: Connection) -> Iterator[None]:
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")  # inside a transaction it would do nothing
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _broken_reference(connection: Connection) -> str:
    if connection.dialect.name != "sqlite":
        return ""
    found = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    return "" if found is None else f"a row of the table {found[0]} points to a missing {found[2]}"


def current(engine: Engine) -> bool:
    """Whether the schema is the one that this code works with; an empty database is not."""
    newest = ScriptDirectory.from_config(_config()).get_heads()
    with engine.connect().execution_options(reading=True) as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == set(newest)


def differences(engine: Engine) -> list[object]:
    """What the models say and the database does not have, or the other way round; empty when they agree."""
    with engine.connect().execution_options(reading=True) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": SQLModel.metadata})
        return list(compare_metadata(context, SQLModel.metadata))


def draft(engine: Engine, message: str, folder: Path) -> Path:
    """Write the next migration of a folder: what leads from the engine's schema to the models. Returns its path."""
    number = 1 + max(int(path.stem.partition("_")[0]) for path in (folder / "versions").glob("[0-9]*.py"))
    with engine.connect() as connection, _ONE_THREAD:
        command.revision(_config(connection, folder), message=message, autogenerate=True, rev_id=f"{number:04d}")
    (path,) = (folder / "versions").glob(f"{number:04d}_*.py")
    return path


def _config(connection: Connection | None = None, folder: Path = HERE) -> Config:
    config = Config(stdout=StringIO())
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """Let one process migrate at a time, and one thread in it: alembic keeps its context in global variables.

    SQLite's BEGIN IMMEDIATE keeps processes apart by itself. PostgreSQL's lock is taken outside the migration's
    transaction: a serializable one would go on with the snapshot that it took before it waited.
    """
    with ExitStack() as locks:
        locks.enter_context(_ONE_THREAD)
        if not is_sqlite(engine):
            locks.enter_context(_advisory_lock(engine))
        yield


@contextmanager
def _advisory_lock(engine: Engine) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": MIGRATION_LOCK})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": MIGRATION_LOCK})
