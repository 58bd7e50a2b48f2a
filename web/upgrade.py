"""The `migrate` command: a backup first, then the schema brought up to date.

Killed anywhere, the same command again goes on: the schema changes in one transaction. Until it has, `web.database`
refuses to work on the old one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kernel.clock import SystemClock
from kernel.db import open_engine
from kernel.errors import Conflict
from kernel.faults import reached
from kernel.settings import load_settings
from web.archive.writing import write_archive
from web.database import EMPTY, FOREIGN, newest_version, other_schema, usable_version
from web.migrations import migrate

FAULT_POINTS = ("migrate.backed_up",)


def upgrade(progress: Callable[[str], None]) -> dict[str, Any]:
    """Bring the settings' database to the newest schema.

    Returns {"schema", "changed", "backup"}; backup is the archive made before, None when there was nothing to back up.
    Raises Conflict when the tables are somebody else's or a later version's.
    """
    settings = load_settings()
    engine = open_engine(settings.url)
    try:
        found = usable_version(engine)
        if found == newest_version():
            return {"schema": found, "changed": False, "backup": None}
        if found == FOREIGN or (found != EMPTY and found > newest_version()):
            raise Conflict(*other_schema(found))
        backup = None
        if found != EMPTY:
            at = SystemClock().now()
            backup = settings.data / "backups" / f"before-migrate-{found}-{at:%Y%m%dT%H%M%S}.zip"
            write_archive(engine, settings, backup, at, progress, with_secret=False)
            reached("migrate.backed_up")
        migrate(engine)
        return {"schema": newest_version(), "changed": True, "backup": None if backup is None else str(backup)}
    finally:
        engine.dispose()
