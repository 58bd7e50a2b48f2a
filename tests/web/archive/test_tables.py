"""Which tables an archive holds: every one is kept, or left out for a reason."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlmodel import SQLModel

from web.archive.store import kept_tables, parquet_type
from web.archive.tables import KEPT, LEFT_OUT
from web.migrations import TABLES

ALEMBIC = {"alembic_version"}


def test_every_table_is_kept_or_left_out_with_a_reason() -> None:
    assert TABLES
    tables = set(SQLModel.metadata.tables) | ALEMBIC
    assert {*KEPT, *LEFT_OUT} == tables, "name new tables in web/archive/tables.py"
    assert not KEPT & LEFT_OUT.keys()
    assert all(LEFT_OUT.values())


def test_every_column_that_is_kept_has_an_exact_kind_in_the_archive(engine: Engine) -> None:
    with engine.connect().execution_options(reading=True) as connection:
        tables = kept_tables(connection)
    assert set(tables) == KEPT
    kinds = {str(parquet_type(column)) for table in tables.values() for column in table.columns}
    assert kinds == {"Boolean", "Date", "Int64", "String"}
