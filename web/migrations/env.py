"""Run by alembic, always on the connection that web.migrations hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlmodel import SQLModel

PLAIN = {"Micro": "sa.BigInteger()", "Nano": "sa.BigInteger()", "UtcInstant": "sa.String(32)", "AutoString": "sa.String()"}
"""How a migration writes the types of our own: it must mean the same when the code has changed."""


def _plain(kind: str, item: Any, _: object) -> str | Literal[False]:
    return PLAIN.get(type(item).__name__, False) if kind == "type" else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,  # SQLite cannot alter a column in place
    render_item=_plain,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
