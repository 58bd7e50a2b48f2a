"""What the schema itself refuses, on both databases: the parts of a migration that the models cannot say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def whole(table: str, *columns: str) -> list[sa.CheckConstraint]:
    """Checks that these columns hold integers or NULL.

    SQLite keeps any text in an integer column unless it is told not to; PostgreSQL refuses by itself.
    """
    if op.get_bind().dialect.name != "sqlite":
        return []
    return [sa.CheckConstraint(f"typeof({name}) IN ('integer', 'null')", name=op.f(f"ck_{table}_{name}_whole")) for name in columns]


def append_only(table: str) -> None:
    """Refuse every UPDATE, DELETE, TRUNCATE and (with recursive_triggers, which kernel.db asserts) REPLACE of a table."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    for act in ("UPDATE", "DELETE", "TRUNCATE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only()"
        )
