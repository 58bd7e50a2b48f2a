"""Reads and writes of the importers room: the only file of it that selects."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Row, delete
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from importers.models import Batch, BatchScope, Layout, UploadView
from importers.scopes import ScopeKey, ScopeRow
from kernel.audit import AuditEntry

HEAD = tuple(
    """id file_name sha256 kind vendor side state received_on at actor rows_read rows_accepted rows_rejected rows_skipped periods
    problems superseded_by supersedes by_hand""".split()
)
"""Columns of an upload that a list shows."""
UNFINISHED = ("received", "reading", "preview")
"""States of an upload that may still become anything."""


def batch(session: Session, number: int) -> Batch | None:
    """One upload; None when there is no such number."""
    return session.get(Batch, number)


def batches(session: Session) -> list[Batch]:
    """All uploads, the newest first."""
    return list(session.exec(select(Batch).order_by(col(Batch.id).desc())))


def batches_of(session: Session, vendor: str, period: str) -> list[Batch]:
    """The uploads of one vendor that hold rows of a month, the newest first."""
    query = select(Batch).where(col(Batch.vendor) == vendor, col(Batch.periods).contains(f'"{period}"', autoescape=True))
    return list(session.exec(query.order_by(col(Batch.id).desc())))


def heads(session: Session) -> list[Row[Any]]:
    """All uploads with as much of each as a list shows (HEAD and `good`), the newest first."""
    columns: list[Any] = [*(getattr(Batch, name) for name in HEAD), UploadView.good]
    query = select_columns(*columns).join(UploadView, col(UploadView.batch) == col(Batch.id), isouter=True)
    return list(session.connection().execute(query.order_by(col(Batch.id).desc())))


def batches_in(session: Session, state: str) -> list[Batch]:
    """All uploads in a state, the oldest first."""
    return list(session.exec(select(Batch).where(col(Batch.state) == state).order_by(col(Batch.id))))


def accepted_of(session: Session, sha256: str) -> Batch | None:
    """The accepted upload of these very bytes; None when there is none that counts."""
    query = select(Batch).where(col(Batch.sha256) == sha256, col(Batch.state) == "accepted").order_by(col(Batch.id))
    return session.exec(query).first()


def unfinished_of(session: Session, sha256: str) -> list[Batch]:
    """The uploads of these very bytes that were begun and not ended, the oldest first."""
    query = select(Batch).where(col(Batch.sha256) == sha256, col(Batch.state).in_(UNFINISHED)).order_by(col(Batch.id))
    return list(session.exec(query))


def under_way(session: Session) -> list[tuple[object, ...]]:
    """The uploads that are being read or were not taken up yet, with what may change of them without an audit entry."""
    wanted = (col(Batch.id), col(Batch.state), col(Batch.file_name), col(Batch.received_on), col(Batch.at))
    query = select_columns(*wanted).where(col(Batch.state).in_(UNFINISHED)).order_by(col(Batch.id))
    return [tuple(row) for row in session.connection().execute(query)]


def view(session: Session, number: int) -> UploadView | None:
    """What was shown of an upload; None when nobody was shown anything."""
    return session.get(UploadView, number)


def put_view(session: Session, number: int, token: str, body: str, good: int) -> None:
    """Keep what is shown of an upload from now on."""
    row = session.get(UploadView, number) or UploadView(batch=number, token="", body="")
    row.token, row.body, row.good = token, body, good
    session.add(row)
    session.flush()


def live_scopes(session: Session, vendors: Collection[str], periods: Collection[str], kind: str) -> dict[int, dict[ScopeKey, int]]:
    """Whole scopes of the accepted batches of a kind that own days of these vendors and months, by batch."""
    touched = (
        select(BatchScope.batch)
        .join(Batch, col(Batch.id) == col(BatchScope.batch))
        .where(
            col(BatchScope.vendor).in_(sorted(vendors)),
            col(BatchScope.period).in_(sorted(periods)),
            col(BatchScope.kind) == kind,
            col(Batch.state) == "accepted",
        )
        .distinct()
    )
    found: dict[int, dict[ScopeKey, int]] = {}
    for row in session.exec(select(BatchScope).where(col(BatchScope.batch).in_(touched))):
        found.setdefault(row.batch, {})[_key(row)] = row.days
    return found


def live_of_kinds(session: Session, vendors: Collection[str], periods: Collection[str], kinds: Collection[str]) -> list[Batch]:
    """The accepted uploads of some kinds that own days of these vendors and months, the oldest first."""
    touched = select(BatchScope.batch).where(
        col(BatchScope.vendor).in_(sorted(vendors)), col(BatchScope.period).in_(sorted(periods)), col(BatchScope.kind).in_(sorted(kinds))
    )
    query = select(Batch).where(col(Batch.id).in_(touched), col(Batch.state) == "accepted")
    return list(session.exec(query.order_by(col(Batch.id))))


def scopes_of(session: Session, number: int) -> dict[ScopeKey, int]:
    """What one batch owns."""
    return {_key(row): row.days for row in session.exec(select(BatchScope).where(col(BatchScope.batch) == number))}


def scope_rows(session: Session, number: int) -> list[BatchScope]:
    """What one batch owns, as rows."""
    return list(session.exec(select(BatchScope).where(col(BatchScope.batch) == number)))


def all_scope_rows(session: Session) -> dict[int, list[BatchScope]]:
    """What every batch owns, as rows, by batch."""
    found: dict[int, list[BatchScope]] = {}
    for row in session.exec(select(BatchScope)):
        found.setdefault(row.batch, []).append(row)
    return found


def layouts(session: Session) -> list[Layout]:
    """All remembered layouts, by name."""
    return sorted(session.exec(select(Layout)), key=lambda row: row.name)


def audited(session: Session, actions: Collection[str]) -> list[AuditEntry]:
    """Audit entries of some actions, in order."""
    return list(session.exec(select(AuditEntry).where(col(AuditEntry.action).in_(sorted(actions))).order_by(col(AuditEntry.seq))))


def all_scopes(session: Session) -> dict[int, dict[ScopeKey, int]]:
    """What every batch owns, by batch."""
    found: dict[int, dict[ScopeKey, int]] = {}
    for row in session.exec(select(BatchScope)):
        found.setdefault(row.batch, {})[_key(row)] = row.days
    return found


def add_scopes(session: Session, number: int, rows: Iterable[ScopeRow]) -> None:
    """Keep what a batch owns."""
    session.add_all(BatchScope(batch=number, days=row.days, **row.key._asdict()) for row in rows)
    session.flush()


def drop_scopes(session: Session, number: int) -> None:
    """Forget what a batch owned, before its scope is written anew."""
    session.connection().execute(delete(BatchScope).where(col(BatchScope.batch) == number))


def layouts_of(session: Session, signature: str) -> list[Layout]:
    """The remembered layouts of files with these headers, by name."""
    return sorted(session.exec(select(Layout).where(col(Layout.signature) == signature)), key=lambda row: row.name)


def layout_named(session: Session, name: str) -> Layout | None:
    """A remembered layout by its name; None when there is none."""
    return session.exec(select(Layout).where(col(Layout.name) == name)).first()


def layout_for(session: Session, vendor: str, kind: str, signature: str) -> Layout | None:
    """The layout remembered for a vendor's files of a kind with these headers."""
    query = select(Layout).where(col(Layout.vendor) == vendor, col(Layout.kind) == kind, col(Layout.signature) == signature)
    return session.exec(query).first()


def previous_of(session: Session, kind: str, vendor: str, before: int) -> Batch | None:
    """The newest accepted or superseded upload of a vendor's files of a kind before a batch; None when there is none."""
    query = (
        select(Batch)
        .where(
            col(Batch.kind) == kind,
            col(Batch.vendor) == vendor,
            col(Batch.state).in_(("accepted", "superseded")),
            col(Batch.id) < before,
        )
        .order_by(col(Batch.id).desc())
    )
    return session.exec(query).first()


def _key(row: BatchScope) -> ScopeKey:
    return ScopeKey(row.vendor, row.period, row.kind, row.side, row.sample, row.site, row.queue)
