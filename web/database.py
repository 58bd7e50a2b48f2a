"""Opening the database of this process: made on first use, refused when its schema is another one.

Owns: that check, without loading the migrations when there is nothing to migrate. Must not know: any table's use.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from kernel.db import open_engine
from kernel.errors import Conflict, Unavailable
from kernel.settings import Settings, load_settings
from web.errors import DISK_ADVICE
from web.logs import set_up_logs
from web.process import Process, acting, clock_of

VERSIONS = Path(__file__).parent / "migrations" / "versions"
EMPTY = "empty"
FOREIGN = "foreign"
LONGEST_REASON = 200
"""Characters of a driver's own words that a refusal repeats."""


def newest_version() -> str:
    """The schema version that this code works with; migration files are named by it."""
    return max(file.stem.partition("_")[0] for file in VERSIONS.glob("[0-9]*.py"))


def found_version(engine: Engine) -> str:
    """The version of the database's schema, EMPTY for no tables at all, FOREIGN for somebody else's tables."""
    with engine.connect().execution_options(reading=True) as connection:
        tables = inspect(connection).get_table_names()
        if "alembic_version" not in tables:
            return FOREIGN if tables else EMPTY
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or EMPTY)


def usable_version(engine: Engine) -> str:
    """As found_version; raises Unavailable (DATABASE) when the database cannot be reached or is damaged."""
    try:
        return found_version(engine)
    except DBAPIError as error:
        where = engine.url.render_as_string(hide_password=True)
        engine.dispose()
        reason = " ".join(str(error.orig).split())[:LONGEST_REASON]
        advice = f"; {DISK_ADVICE}" if "disk" in reason or "No space" in reason else ""
        raise Unavailable("DATABASE", f"the database {where} cannot be used: {reason}{advice}") from error


def open_database(settings: Settings) -> Engine:
    """The engine of the settings' database, its schema current; an empty one gets its tables.

    Raises Unavailable (DATABASE) when the database cannot be reached or is damaged, Conflict when its schema is not this version's.
    """
    engine = open_engine(settings.url)
    found = usable_version(engine)
    if found == EMPTY:
        from web.migrations import migrate  # noqa: PLC0415 - alembic takes half a second to load

        migrate(engine)
    elif found != newest_version():
        engine.dispose()
        raise Conflict(*other_schema(found))
    return engine


def other_schema(found: str) -> tuple[str, str]:
    """Code and sentence of the refusal of a database that has another schema than this version works with."""
    if found == FOREIGN:
        return "DATABASE_TAKEN", "the database holds tables of something else; give Scoreline an empty one (SCORELINE_DATABASE_URL)"
    if found < newest_version():
        return "SCHEMA_OLD", f"the database has schema {found}, this version needs {newest_version()}; run: scoreline migrate"
    return "SCHEMA_NEW", f"the database has schema {found}, newer than this version knows ({newest_version()}); install that version"


def open_process(user: str = "", settings: Settings | None = None) -> Process:
    """Settings from the environment, their database, the clock of the data folder, and who acts."""
    chosen = settings or load_settings()
    set_up_logs(chosen.log_format)
    clock = clock_of(chosen)
    return Process(chosen, open_database(chosen), clock, acting(chosen, user))
