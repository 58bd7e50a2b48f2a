"""Uploads in the audit log: what an entry keeps of an upload's rows, and the check that they still say so.

Owns: which rows of this room and which deliveries are covered: batch, batch_scope, layout, delivery,
delivery_coverage, and whether exchange rates count. Must not know: how an upload comes to be, files and evidence.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlmodel import Session

from contracts.store import all_rates
from importers import store
from importers.models import Batch, BatchScope, Layout
from kernel import audit
from kernel.selfcheck import Checked
from vendors.models import Delivery, DeliveryCoverage
from vendors.store import all_coverage, all_deliveries, coverage_of, deliveries

STATES = {"batch.accept": "accepted", "batch.refuse": "refused", "batch.superseded": "superseded", "batch.undone": "undone"}
"""Action -> the state that it leaves an upload in."""
REVIVED = "batch.revive"
ANSWERED = "batch.answer"
"""Read again with what a person said: under way once more."""
SAVED = "layout.save"
ENDED = frozenset(STATES.values())
"""An upload in another state is under way: it counts nowhere and may still change."""
STATE_COLUMNS = ("state", "superseded_by")
"""Told by entries of their own."""


def marks(session: Session, row: Batch) -> dict[str, object]:
    """What the entry of an upload's end keeps of it, each a hash: its row, what it owns, its deliveries."""
    number = row.id or 0
    return _marks(row, store.scope_rows(session, number), deliveries(session, number), coverage_of(session, number))


def _marks(row: Batch, scope: Iterable[BatchScope], delivered: Sequence[Delivery], months: Iterable[DeliveryCoverage]) -> dict[str, object]:
    return {
        "upload": audit.row_digest([row], leaving_out=(*STATE_COLUMNS, *unsaid(row.by_hand))),
        "scope": audit.row_digest(scope),
        "deliveries": audit.row_digest(delivered, leaving_out=("live", *unsaid(*(one.by_hand for one in delivered)))),
        "months": audit.row_digest(months),
    }


def unsaid(*by_hand: bool) -> tuple[str, ...]:
    """The column `by_hand` is told of only where it is set, so that entries from before it existed keep their meaning."""
    return () if any(by_hand) else ("by_hand",)


def layout_mark(row: Layout) -> str:
    """What the entry of a remembered layout keeps of it."""
    return audit.row_digest([row], leaving_out=("id",))


def checks(session: Session) -> list[Checked]:
    """Uploads, their deliveries and layouts against the audit log; what differs is named."""
    rows = {row.id or 0: row for row in store.batches(session)}
    return [
        _checked("uploads and deliveries are as the audit log tells", _unlike_log(session, rows)),
        _checked("exchange rates count as their uploads do", _wrong_rates(session, rows)),
        _checked("layouts are as they were remembered", _wrong_layouts(session)),
    ]


def _checked(name: str, faults: Iterable[str]) -> Checked:
    found = list(faults)
    return Checked(name, not found, f"{len(found)} differ", "0 differ", "; ".join(found))


def _unlike_log(session: Session, rows: dict[int, Batch]) -> list[str]:
    states: dict[int, tuple[str, object]] = {}
    kept: dict[int, dict[str, Any]] = {}
    for entry in store.audited(session, (*STATES, REVIVED, ANSWERED)):
        number, body = int(entry.subject.partition(":")[2]), json.loads(entry.body)
        if entry.action == ANSWERED:
            states.pop(number, None)
            kept.pop(number, None)
            continue
        states[number] = (STATES.get(entry.action, "accepted"), body.get("by"))
        if entry.action in ("batch.accept", "batch.refuse"):
            kept[number] = body
    faults = [f"upload {number} is gone" for number in sorted(kept.keys() - rows.keys())]
    scopes, delivered, months = store.all_scope_rows(session), all_deliveries(session), all_coverage(session)
    for number, row in sorted(rows.items()):
        name = f"upload {number} ({row.file_name})"
        if (row.state, row.superseded_by) != states.get(number, (row.state, None)) or (row.state in ENDED and number not in states):
            state, by = states.get(number, ("under way", None))
            faults.append(f"{name} is {row.state} by {row.superseded_by}, told was {state} by {by}")
        if number in kept:
            seen = _marks(row, scopes.get(number, ()), delivered.get(number, ()), months.get(number, ()))
            faults += [f"{name}: {part} differs from what the audit log keeps" for part, mark in seen.items() if kept[number][part] != mark]
    return faults


def _wrong_rates(session: Session, rows: dict[int, Batch]) -> list[str]:
    told = [(rate, rows.get(rate.batch)) for rate in all_rates(session)]
    found = [(rate, row.state == "accepted") for rate, row in told if row is not None and row.kind == "fx"]
    return [
        f"fx_rate {rate.from_currency} to {rate.to_currency} on {rate.day} of upload {rate.batch} {'counts' if rate.live else 'rests'}"
        for rate, counts in found
        if rate.live != counts
    ]


def _wrong_layouts(session: Session) -> list[str]:
    told = {entry.subject: json.loads(entry.body)["row"] for entry in store.audited(session, (SAVED,))}
    found = {f"layout:{row.name}": layout_mark(row) for row in store.layouts(session)}
    return [
        f"{subject} is not as it was remembered"
        for subject in sorted(told.keys() | found.keys())
        if told.get(subject) != found.get(subject)
    ]
