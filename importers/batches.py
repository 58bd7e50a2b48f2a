"""Batches: how an upload comes to count, is replaced, and is taken back. Each function is part of one transaction.

Owns: the states of a batch, superseding by scope, deliveries, the close jobs that follow. Must not know: how a file
was read. Callers commit; until then nothing counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from sqlmodel import Session

from importers import store, trail
from importers.evidence import side_by_side
from importers.kinds import KindResult, Succession
from importers.kinds.registry import COUNTS, KINDS
from importers.models import Batch
from importers.repeated import repeated, repeated_problems, stored
from importers.scopes import COVERS, DISJOINT, PARTIAL, gathered, relate, shared_in_words
from kernel import audit, jobs
from kernel.errors import Conflict, Invalid, NotFound, Problem
from kernel.faults import reached
from kernel.period import Period
from kernel.scope import Scope
from scorecards import store as scorecards
from vendors import service as vendors
from vendors.models import Delivery
from vendors.store import deliveries

CLOSED = ("agreed", "locked")
"""States of a month in which uploads change nothing any more."""
UNDER_WAY = ("received", "reading")
"""States of an upload that is to be read."""
UNDATED = frozenset({"contract", "fx"})
"""Kinds whose rows belong to no reporting month."""


@dataclass(frozen=True)
class Order:
    """What the person said about earlier uploads: --supersede, --add."""

    supersede: int | None = None
    add: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of an upload: accepted with what it replaced, refused for a reason, or known already."""

    state: str
    batch: int
    superseded: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()


def receive(session: Session, scope: Scope, file_name: str, sha256: str, received_on: date, at: datetime) -> int:
    """The number under which this upload goes: that of an unfinished one of the same bytes, else a new one."""
    row = unfinished(session, scope, sha256) or begin(session, scope, file_name, sha256, received_on, at)
    row.file_name, row.received_on, row.at, row.actor = file_name, received_on, at, scope.actor
    session.add(row)
    session.flush()
    return number_of(row)


def begin(session: Session, scope: Scope, file_name: str, sha256: str, received_on: date, at: datetime, by_hand: str = "") -> Batch:
    """A new upload; nothing of it has been read. by_hand: why a person entered its figure, '' = it came in a file."""
    row = Batch(file_name=file_name, sha256=sha256, state="received", received_on=received_on, at=at, actor=scope.actor)
    row.by_hand = bool(by_hand)
    session.add(row)
    session.flush()
    body: dict[str, object] = {"file": file_name, "sha256": sha256, **({"by_hand": by_hand} if by_hand else {})}
    audit.record(session, at, scope.actor, "batch.receive", f"batch:{row.id}", body)
    return row


def unfinished(session: Session, scope: Scope, sha256: str) -> Batch | None:
    """An upload of these very bytes that was begun, not ended, and that the actor may see; None when there is none."""
    return next((row for row in store.unfinished_of(session, sha256) if visible(session, scope, row)), None)


def take(session: Session, scope: Scope, number: int, at: datetime) -> Batch | None:
    """Begin the reading of an upload that is on its way; None when it is not, or its bytes count already."""
    row = _existing(session, number)
    if row.state not in UNDER_WAY:
        return None
    twin = store.accepted_of(session, row.sha256)
    if twin is not None:
        _refuse_repeated(session, scope, row, number_of(twin), at)
        return None
    row.state = "reading"
    session.add(row)
    session.flush()
    return row


def _refuse_repeated(session: Session, scope: Scope, row: Batch, twin: int, at: datetime) -> None:
    message = f"{row.file_name}: the same content was accepted meanwhile as upload {twin}: nothing is to be done."
    told = [Problem("error", "REPEATED", message, value=str(twin)).json()]
    refuse(session, scope, number_of(row), {"problems": json.dumps(told, ensure_ascii=False)}, at)


def meanwhile(session: Session, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What became otherwise since a person looked at a preview, in sentences; old, new: bodies of its view."""
    gone, come = set(old.get("supersedes", ())), set(new.get("supersedes", ()))
    names = {number: f"upload {number} ({row.file_name})" for number in gone ^ come if (row := store.batch(session, number)) is not None}
    told = [f"{names[number]} counts now, and accepting this one would take its place" for number in sorted(come - gone)]
    told += [f"{names[number]} counts no longer, so nothing of it would be replaced" for number in sorted(gone - come)]
    return told or ["what its names and columns mean has changed, so that other rows or sums would count"]


def number_of(row: Batch) -> int:
    """The number of a stored batch."""
    if row.id is None:
        message = "the batch has not been stored"
        raise ValueError(message)
    return row.id


def succession(session: Session, kind: str, result: KindResult, order: Order, file_name: str) -> Succession:
    """How a file stands to the earlier uploads of its kind: what it replaces, and why it may not."""
    own = KINDS[kind].succession(session, result, supersede=order.supersede, add=order.add)
    found = own if own is not None else _by_scope(session, kind, result, order, file_name)
    problems = [*found.problems, *_not_replaceable(session, kind, order)]
    periods = {} if kind in UNDATED else {period: file_name for _, period, _ in result.coverage}
    for number in sorted(found.supersedes):
        row = store.batch(session, number)
        if row is not None and kind not in UNDATED:
            periods |= dict.fromkeys(json.loads(row.periods), row.file_name)
    problems += month_problems(session, periods)
    return Succession(found.supersedes, tuple(problems))


def _by_scope(session: Session, kind: str, result: KindResult, order: Order, file_name: str) -> Succession:
    new = gathered(result.scope)
    keys = {key.vendor for key in new}, {key.period for key in new}
    supersedes = {order.supersede} if order.supersede is not None else set()
    problems = []
    for number, old in sorted(store.live_scopes(session, *keys, kind).items()):
        relation = relate(new, number, old)
        if number in supersedes or relation.relation == DISJOINT or order.add:
            continue
        if relation.relation == COVERS:
            supersedes.add(number)
            continue
        row = store.batch(session, number)
        older = row.file_name if row is not None else ""
        message = (
            f"{file_name} and {older} (upload {number}) both hold {shared_in_words(relation.shared)}, and each holds more: "
            f"--supersede {number} takes the earlier upload out, --add counts both."
        )
        problems.append(Problem("error", "OVERLAP", message, value=str(number)))
    problems += [] if order.add else repeated_problems(session, kind, result.tallies, file_name)
    return Succession(frozenset(supersedes), tuple(problems))


def partly_covered(session: Session, kind: str, result: KindResult) -> list[int]:
    """Live batches that share some days with a file but not all, or whose days it covers."""
    new = gathered(result.scope)
    found = store.live_scopes(session, {key.vendor for key in new}, {key.period for key in new}, kind)
    return [number for number, old in sorted(found.items()) if relate(new, number, old).relation in {PARTIAL, COVERS}]


def _not_replaceable(session: Session, kind: str, order: Order) -> list[Problem]:
    if order.supersede is None:
        return []
    row = store.batch(session, order.supersede)
    if row is not None and row.state == "accepted" and row.kind == kind:
        return []
    what = "there is no such upload" if row is None else f"it is {row.state}" if row.state != "accepted" else f"it is a {row.kind} file"
    message = f"upload {order.supersede} cannot be superseded by this {kind} file: {what}; `batch list` shows the uploads that count."
    return [Problem("error", "NOT_REPLACEABLE", message, value=str(order.supersede))]


def month_problems(session: Session, periods: Mapping[str, str]) -> list[Problem]:
    """Months that are agreed or locked, by month -> the file that touches it."""
    problems = []
    for period, file_name in sorted(periods.items()):
        month = scorecards.month(session, Period.parse(period))
        if month is not None and month.status in CLOSED:
            message = f"{file_name} touches {period}, which is {month.status}: its figures no longer change through uploads."
            problems.append(Problem("error", "MONTH_LOCKED", message, value=period))
    return problems


def accept(
    session: Session,
    scope: Scope,
    number: int,
    kind: str,
    result: KindResult,
    order: Order,
    values: Mapping[str, object],
    placed: Callable[[], str],
    at: datetime,
    agreed: Collection[int] | None = None,
) -> Outcome:
    """Let an upload count: counts, scope, deliveries, state, superseding, audit row and close jobs at once.

    values: columns of the batch to set. placed: waits until the upload's rows stand, and gives their SHA-256. agreed: the
    uploads whose place a person let it take; where others would lose theirs the outcome is `changed` and nothing is done;
    None: whichever. Raises nothing for faults of the data: they are the outcome's problems.
    """
    row = _existing(session, number)
    twin = store.accepted_of(session, row.sha256)
    if twin is not None:
        return Outcome("unchanged", number_of(twin))
    found = succession(session, kind, result, order, row.file_name)
    if found.problems:
        return Outcome("refused", number, problems=found.problems)
    if agreed is not None and found.supersedes != set(agreed):
        return Outcome("changed", number)
    for name, value in values.items():
        setattr(row, name, value)
    row.state, row.kind = "accepted", kind
    row.supersedes = json.dumps(sorted(found.supersedes))
    session.add(row)
    session.flush()
    _store_counts(session, number, result)
    row.evidence_sha256 = placed()
    KINDS[kind].promote(session, scope, number, result, at)
    _record_deliveries(session, scope, row, result, at)
    touched = {(vendor, period) for vendor, period, _ in result.coverage}
    for old in sorted(found.supersedes):
        touched |= _take_out(session, scope, old, "superseded", number, at)
    audit.record(session, at, scope.actor, "batch.accept", f"batch:{number}", _accepted(session, row))
    _ask_to_close(session, touched, f"batch:{number}", row.received_on, at)
    reached("import.before_commit")
    return Outcome("accepted", number, tuple(sorted(found.supersedes)))


def _accepted(session: Session, row: Batch) -> dict[str, object]:
    """What the audit log keeps of an upload that counts from now on."""
    return {
        "file": row.file_name,
        "sha256": row.sha256,
        "kind": row.kind,
        "evidence": row.evidence_sha256,
        "rows": [row.rows_read, row.rows_accepted, row.rows_rejected, row.rows_skipped],
        "supersedes": json.loads(row.supersedes),
        **trail.marks(session, row),
    }


def _record_deliveries(session: Session, scope: Scope, row: Batch, result: KindResult, at: datetime) -> None:
    for vendor in sorted(result.vendors):
        delivery = Delivery(
            batch=number_of(row),
            vendor=vendor,
            kind=row.kind,
            side=result.side,
            file_name=row.file_name,
            sha256=row.sha256,
            received_on=row.received_on,
            accepted_at=at,
            by_hand=row.by_hand,
        )
        vendors.record_delivery(session, scope, delivery, {(period, site) for of, period, site in result.coverage if of == vendor})


def _store_counts(session: Session, number: int, result: KindResult) -> None:
    store.drop_scopes(session, number)
    store.add_scopes(session, number, result.scope)
    if result.tallies is None or result.tallies.is_empty():
        return
    counts = result.tallies.with_columns(pl.col("day").cast(pl.String), batch=pl.lit(number, pl.Int64))
    for facts, keys in side_by_side(counts):
        scorecards.insert_tallies(session, facts, keys.select(*scorecards.SIDE_BY_SIDE, *facts).rows())


def _take_out(session: Session, scope: Scope, number: int, state: str, by: int | None, at: datetime) -> set[tuple[str, str]]:
    """Let a batch count no longer; returns the (vendor, month) that it held."""
    row = _existing(session, number)
    row.state, row.superseded_by = state, by
    session.add(row)
    session.flush()
    vendors.retire_delivery(session, number)
    KINDS[row.kind].set_live(session, number, live=False)
    audit.record(session, at, scope.actor, f"batch.{state}", f"batch:{number}", {"by": by})
    return _held(session, row)


def _held(session: Session, row: Batch) -> set[tuple[str, str]]:
    months = json.loads(row.periods)
    return {(delivery.vendor, period) for delivery in deliveries(session, number_of(row)) for period in months}


def _ask_to_close(session: Session, touched: Iterable[tuple[str, str]], cause: str, today: date, at: datetime) -> None:
    """One job per vendor and month that has begun."""
    for vendor, period in sorted(set(touched)):
        if Period.parse(period).first <= today:
            payload = audit.canonical({"vendor": vendor, "period": period})
            jobs.enqueue(session, "close", f"close:{vendor}:{period}:{cause}", payload, at, period)


def refuse(session: Session, scope: Scope, number: int, values: Mapping[str, object], at: datetime) -> None:
    """Keep that an upload was refused, with its problems; nothing else of it is stored."""
    row = _existing(session, number)
    for name, value in values.items():
        setattr(row, name, value)
    row.state = "refused"
    session.add(row)
    session.flush()
    body: dict[str, object] = {"file": row.file_name, "sha256": row.sha256, **trail.marks(session, row)}
    audit.record(session, at, scope.actor, "batch.refuse", f"batch:{number}", body)


def preview(session: Session, scope: Scope, number: int, values: Mapping[str, object], at: datetime) -> None:
    """Keep what accepting an upload would do; it does not count."""
    row = _existing(session, number)
    for name, value in values.items():
        setattr(row, name, value)
    row.state = "preview"
    session.add(row)
    session.flush()
    audit.record(session, at, scope.actor, "batch.preview", f"batch:{number}", {"file": row.file_name, "sha256": row.sha256})


def undo(session: Session, scope: Scope, number: int, at: datetime) -> tuple[int, ...]:
    """Take an accepted upload back and let what it had replaced count again; returns those batches.

    Raises NotFound for no such upload, Invalid when it does not count or its month is agreed or locked, Conflict when
    a later upload holds some of what would count again.
    """
    row = store.batch(session, number)
    if row is None or not visible(session, scope, row):
        message = f"there is no upload {number}; `batch list` shows them"
        raise NotFound("UNKNOWN_BATCH", message)
    if row.state != "accepted":
        by = f" by upload {row.superseded_by}: take that back first" if row.superseded_by else ""
        message = f"upload {number} is {row.state}{by}; only an upload that counts can be taken back"
        raise Invalid("NOT_ACCEPTED", message)
    if row.kind not in UNDATED:
        locked = month_problems(session, dict.fromkeys(json.loads(row.periods), row.file_name))
        if locked:
            raise Invalid(locked[0].code, locked[0].message)
    touched = _take_out(session, scope, number, "undone", None, at)
    revived = tuple(old for old in json.loads(row.supersedes) if _revive(session, old, number))
    for old in revived:
        touched |= _held(session, _existing(session, old))
        audit.record(session, at, scope.actor, "batch.revive", f"batch:{old}", {"after": number})
    _ask_to_close(session, touched, f"undo:{number}", row.received_on, at)
    reached("undo.before_commit")
    return revived


def _revive(session: Session, number: int, undone: int) -> bool:
    row = store.batch(session, number)
    if row is None or row.superseded_by != undone or row.state != "superseded":
        return False
    mine = store.scopes_of(session, number)
    others = store.live_scopes(session, {key.vendor for key in mine}, {key.period for key in mine}, row.kind) if row.kind in COUNTS else {}
    for other, scope in others.items():
        relation = relate(mine, other, scope)
        if relation.relation != DISJOINT:
            message = (
                f"upload {undone} cannot be taken back: upload {number}, which it replaced, would count again, and upload {other} "
                f"holds some of the same; take upload {other} back first"
            )
            raise Conflict("UNDO_OVERLAP", message)
    held = [delivery.vendor for delivery in deliveries(session, number)] if row.kind in COUNTS else []
    for one in repeated(session, row.kind, stored(session, number, held, date.min, date.max)):
        message = (
            f"upload {undone} cannot be taken back: upload {number}, which it replaced, would count again, and upload {one.upload.id} "
            f"holds {one.fact} of {one.where} too; take upload {one.upload.id} back first"
        )
        raise Conflict("UNDO_OVERLAP", message)
    row.state, row.superseded_by = "accepted", None
    session.add(row)
    session.flush()
    vendors.revive_delivery(session, number)
    KINDS[row.kind].set_live(session, number, live=True)
    return True


def visible(session: Session, scope: Scope, row: Batch) -> bool:
    """Whether an actor may see an upload: staff all, a vendor those that hold its rows alone, or its own of unknown rows."""
    if scope.vendors is None:
        return True
    held = {delivery.vendor for delivery in deliveries(session, number_of(row))} or {row.vendor}
    return held <= scope.vendors or (held == {""} and row.actor == scope.actor)


def _existing(session: Session, number: int) -> Batch:
    row = store.batch(session, number)
    if row is None:
        message = f"upload {number} has vanished from the database"
        raise Conflict("BATCH_GONE", message)
    return row
