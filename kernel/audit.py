"""The audit log: what was done, by whom, chained by hashes, in the same transaction as the change.

Owns: the chain and its check. Must not know: what the subjects are. Bodies carry no personal data.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime

from sqlalchemy import Column, Text, or_
from sqlmodel import Field, Session, SQLModel, col, select

from kernel.db import UtcInstant

GENESIS = "0" * 64
"""The `previous` of the first entry."""


class AuditEntry(SQLModel, table=True):
    """One change. Entries are only ever added."""

    __tablename__ = "audit_entry"
    seq: int | None = Field(default=None, primary_key=True)
    """Number without gaps, from 1."""
    at: datetime = Field(sa_column=Column(UtcInstant, nullable=False))
    """Instant of the change, UTC."""
    actor: str
    """Who acted."""
    action: str = Field(index=True)
    """What was done, e.g. `batch.accept`."""
    subject: str = Field(index=True)
    """What it was done to, e.g. `batch:12`."""
    body: str = Field(sa_column=Column(Text, nullable=False))
    """Canonical JSON of the details."""
    previous: str
    """Hash of the entry before."""
    hash: str = Field(unique=True)
    """SHA-256 over previous and this entry."""


def canonical(value: object) -> str:
    """JSON with sorted keys and no spaces: one text per value, for hashing."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(value: object) -> str:
    """SHA-256 of a value's canonical JSON, hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def row_digest(rows: Iterable[SQLModel], *, leaving_out: Collection[str] = ()) -> str:
    """One hash over stored rows, whatever their order: what an entry tells of them, so that a check can compare.

    For rows of texts, whole numbers, days, instants and flags; leaving_out: columns that may change without an entry.
    """
    return digest(
        sorted(canonical({name: _told(value) for name, value in row.model_dump(exclude=set(leaving_out)).items()}) for row in rows)
    )


def _told(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def entry_hash(seq: int, at: datetime, actor: str, action: str, subject: str, body: str, previous: str) -> str:
    """The hash that chains an entry to the one before."""
    return digest([seq, at.astimezone(UTC).isoformat(timespec="microseconds"), actor, action, subject, body, previous])


def record(session: Session, at: datetime, actor: str, action: str, subject: str, body: dict[str, object]) -> None:
    """Append an entry in the caller's transaction."""
    last = session.exec(select(AuditEntry).order_by(col(AuditEntry.seq).desc()).limit(1)).first()
    seq = 1 if last is None or last.seq is None else last.seq + 1
    previous = GENESIS if last is None else last.hash
    text = canonical(body)
    entry = AuditEntry(
        seq=seq,
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        body=text,
        previous=previous,
        hash=entry_hash(seq, at, actor, action, subject, text, previous),
    )
    session.add(entry)
    session.flush()


def broken_at(session: Session) -> int | None:
    """The first entry whose number, link or hash is wrong; None when the chain is whole."""
    previous = GENESIS
    for expected, entry in enumerate(session.exec(select(AuditEntry).order_by(col(AuditEntry.seq))), start=1):
        seq = entry.seq or 0
        told = entry_hash(seq, entry.at, entry.actor, entry.action, entry.subject, entry.body, entry.previous)
        if seq != expected or entry.previous != previous or entry.hash != told:
            return expected
        previous = entry.hash
    return None


def entries(session: Session, *, actor: str = "", subject: str = "", before: int = 0, most: int = 0) -> Sequence[AuditEntry]:
    """Entries, the newest first.

    actor, subject: only those of exactly this one ('' = any). before: only those with a smaller number (0 = from the
    newest). most: at most so many (0 = all).
    """
    found = select(AuditEntry).order_by(col(AuditEntry.seq).desc())
    if actor:
        found = found.where(col(AuditEntry.actor) == actor)
    if subject:
        found = found.where(col(AuditEntry.subject) == subject)
    if before:
        found = found.where(col(AuditEntry.seq) < before)
    return session.exec(found.limit(most) if most else found).all()


def length(session: Session) -> int:
    """How many entries the log has."""
    last = session.exec(select(AuditEntry.seq).order_by(col(AuditEntry.seq).desc()).limit(1)).first()
    return last or 0


def newest_of(session: Session, families: Collection[str]) -> int:
    """The number of the newest entry whose action begins with one of these, e.g. `month.`; 0 when there is none.

    What depends on nothing else than these stands as long as the number does.
    """
    if not families:
        return 0
    within = or_(*(col(AuditEntry.action).startswith(family, autoescape=True) for family in families))
    # from the newest back: that is a few entries, while a range of the index would depend on how the database orders texts
    return session.exec(select(AuditEntry.seq).where(within).order_by(col(AuditEntry.seq).desc()).limit(1)).first() or 0
