"""Filling the tables of a schema that has just been made, whatever the order of their rows.

Owns: what PostgreSQL needs for it; SQLite's part is in `changing`. Must not know: where the rows come from.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

REFERENCES = text(
    "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"
)
COUNTERS = text(
    "SELECT quote_ident(table_name), quote_ident(column_name), pg_get_serial_sequence(quote_ident(table_name), column_name)"
    " FROM information_schema.columns WHERE table_schema = current_schema()"
    " AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL"
)


@contextmanager
def loading(connection: Connection) -> Iterator[None]:
    """Rows may come in any order meanwhile; at the end references hold again and counters go on after the last row."""
    if connection.dialect.name == "sqlite":  # `changing` checks its references last, and it counts on by itself
        yield
        return
    references = connection.execute(REFERENCES).all()
    for table, name, _ in references:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, definition in references:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for table, column, counter in connection.execute(COUNTERS).all():
        connection.exec_driver_sql(f"SELECT setval('{counter}', coalesce(max({column}), 1), max({column}) IS NOT NULL) FROM {table}")  # noqa: S608 - names from the database's own catalogue
