"""The `migrate` command: a copy of the database first, then its schema brought up to date."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from kernel.db import is_sqlite, open_engine
from kernel.errors import Conflict
from kernel.settings import load_settings
from web.database import EMPTY, FOREIGN, found_version, newest_version
from web.migrations import migrate
from web.process import clock_of


def upgrade(user: str) -> dict[str, Any]:
    """Bring the settings' database to the newest schema.

    Returns {"schema", "changed", "backup"}; backup is the copy made before (SQLite), None when there was nothing
    to copy or the server keeps its own backups (PostgreSQL). Raises Conflict when the tables are somebody else's.
    """
    del user
    settings = load_settings()
    engine = open_engine(settings.url)
    try:
        found = found_version(engine)
        if found == FOREIGN:
            raise Conflict("DATABASE_TAKEN", "the database holds tables of something else; give Scoreline an empty one")
        if found == newest_version():
            return {"schema": found, "changed": False, "backup": None}
        backup = None if found == EMPTY else _copy(engine, settings.data / "backups", clock_of(settings).now())
        migrate(engine)
        return {"schema": newest_version(), "changed": True, "backup": None if backup is None else str(backup)}
    finally:
        engine.dispose()


def _copy(engine: Engine, folder: Path, at: datetime) -> Path | None:
    if not is_sqlite(engine):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"before-migrate-{at:%Y%m%dT%H%M%S}.db"
    connection = engine.raw_connection()
    try:
        with closing(sqlite3.connect(target)) as copy:
            source: Any = connection.driver_connection
            source.backup(copy)
    finally:
        connection.close()
    return target
