"""Rows of any schema, read and filled by what the database itself says of its tables, not by today's models.

Owns: reading tables in blocks of a bounded size, and filling them. Must not know: where the rows go or come from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl
from sqlalchemy import Column, Connection, MetaData, Table, func, inspect, select, types

from kernel.errors import Invalid
from web.archive.manifest import GENESIS_HEAD, Head, damaged
from web.archive.tables import LEFT_OUT

FETCHED_ROWS = 2_000
PART_ROWS = 100_000
"""Most rows of one part of a table."""
PART_BYTES = 32_000_000
"""A part ends once its rows take so much memory; rows with long texts make more parts."""
FILLED_ROWS = 5_000
KINDS: tuple[tuple[type[Any], pl.DataType], ...] = (
    (types.Boolean, pl.Boolean()),
    (types.Integer, pl.Int64()),
    (types.Date, pl.Date()),
    (types.String, pl.String()),
)
"""What a column may be -> what it is in Parquet. Instants are texts, money and amounts are integers: nothing is inexact."""


def kept_tables(connection: Connection) -> dict[str, Table]:
    """The tables of a database that an archive holds, by name, as the database describes them."""
    metadata = MetaData()
    metadata.reflect(connection, resolve_fks=False)
    return {name: metadata.tables[name] for name in sorted(metadata.tables) if name not in LEFT_OUT}


def parquet_type(column: Column[object]) -> pl.DataType:
    """How a column is kept. Raises TypeError for a kind of column that archives do not know yet."""
    for kind, found in KINDS:
        if isinstance(column.type, kind):
            return found
    message = f"archives know no column like {column.table.name}.{column.name}: {column.type!r}"
    raise TypeError(message)


def blocks(connection: Connection, table: Table) -> Iterator[pl.DataFrame]:
    """A table's rows, in frames of bounded size; a table without rows gives none.

    Raises Invalid (TABLE_DAMAGED) when a row holds what its column cannot.
    """
    schema = {column.name: parquet_type(column) for column in table.columns}
    found = connection.execution_options(yield_per=FETCHED_ROWS).execute(select(table))
    gathered: list[pl.DataFrame] = []
    rows, size = 0, 0
    for fetched in found.partitions(FETCHED_ROWS):
        try:
            frame = pl.DataFrame([tuple(row) for row in fetched], schema=schema, orient="row", strict=True)
        except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError) as error:
            reason = " ".join(str(error).split())[:120]
            raise Invalid("TABLE_DAMAGED", f"the table {table.name} holds a row that cannot be: {reason}; see: scoreline check") from error
        gathered.append(frame)
        rows, size = rows + frame.height, size + int(frame.estimated_size())
        if rows >= PART_ROWS or size >= PART_BYTES:
            yield pl.concat(gathered)
            gathered, rows, size = [], 0, 0
    if gathered:
        yield pl.concat(gathered)


def fill(connection: Connection, table: Table, frame: pl.DataFrame) -> None:
    """Insert a frame's rows. Raises Invalid (ARCHIVE_DAMAGED) when its columns are not the table's."""
    schema = {column.name: parquet_type(column) for column in table.columns}
    if dict(frame.schema) != schema:
        damaged(f"the table {table.name}", "has other columns than its schema")
    for block in frame.iter_slices(FILLED_ROWS):
        connection.execute(table.insert(), block.to_dicts())


def rows_in(connection: Connection, tables: Mapping[str, Table]) -> dict[str, int]:
    """How many rows each table has."""
    return {name: connection.execute(select(func.count()).select_from(table)).scalar_one() for name, table in tables.items()}


def audit_head(connection: Connection) -> Head:
    """The last entry of the audit log."""
    table = Table("audit_entry", MetaData(), autoload_with=connection)
    last = connection.execute(select(table.c.seq, table.c.hash).order_by(table.c.seq.desc()).limit(1)).first()
    return GENESIS_HEAD if last is None else Head(seq=last.seq, hash=last.hash)


def last_action(connection: Connection) -> tuple[str, str]:
    """Action and body of the last entry of the audit log; empty texts when there is none."""
    if "audit_entry" not in inspect(connection).get_table_names():
        return "", ""
    table = Table("audit_entry", MetaData(), autoload_with=connection)
    last = connection.execute(select(table.c.action, table.c.body).order_by(table.c.seq.desc()).limit(1)).first()
    return ("", "") if last is None else (last.action, last.body)
