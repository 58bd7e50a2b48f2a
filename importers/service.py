"""Uploads and imports: what the command line, the site and jobs call.

Owns: the calls. Must not know: how a step is done (importers.importing, batches, verify).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from sqlmodel import Session

from importers import batches, importing, receiving, store, trail, verify
from importers.asked import ImportOptions
from importers.batches import number_of
from importers.cells import CellPage, cells
from importers.importing import import_file, read_upload
from importers.kinds.fields import COUNTED, FIELDS, SAMPLES, kind_of
from importers.kinds.registry import KINDS
from importers.receiving import Alias, accept, answer, discard, receive
from importers.sheets import SheetView, sheet_view
from importers.steps import Environment
from importers.telling import batch_object, head_object
from importers.templates import write_template
from kernel.db import reading, unit_of_work
from kernel.errors import NotFound
from kernel.faults import reached
from kernel.period import Period
from kernel.scope import Scope
from kernel.selfcheck import Checked
from kernel.settings import Settings

FAULT_POINTS = (*importing.FAULT_POINTS, *receiving.FAULT_POINTS)
"""Where a process can be made to die on the way of an upload."""

__all__ = [
    "FAULT_POINTS",
    "SAMPLES",
    "Alias",
    "CellPage",
    "Environment",
    "ImportOptions",
    "SheetView",
    "accept",
    "answer",
    "cells",
    "countable_facts",
    "discard",
    "drawn_sheet",
    "field_names",
    "import_file",
    "kind_of_fact",
    "list_batches",
    "list_heads",
    "list_of_month",
    "original_of",
    "read_upload",
    "receive",
    "self_check",
    "setup_file",
    "show_batch",
    "show_upload",
    "undo",
    "write_template",
]


def setup_file(environment: Environment, path: Path) -> dict[str, object]:
    """Apply a setup file, contracts and all (importers.setup)."""
    from importers.setup import apply_setup  # noqa: PLC0415 - brings the scorecards along, which no upload needs

    return apply_setup(environment, path, lambda file: import_file(environment, file, ImportOptions(kind="contract")))


def undo(environment: Environment, batch: int) -> dict[str, object]:
    """Take an accepted upload back; returns its `batch` object with `revived`, the uploads that count again.

    Raises NotFound, Invalid or Conflict as batches.undo does.
    """
    at = environment.clock.now()
    revived = unit_of_work(environment.engine, lambda session: batches.undo(session, environment.scope, batch, at))
    reached("undo.committed")
    with reading(environment.engine) as session:
        return show_batch(session, environment.scope, batch) | {"revived": list(revived)}


def list_batches(session: Session, scope: Scope) -> list[dict[str, object]]:
    """All uploads that the actor may see, the newest first, each as `show_batch` gives it."""
    owned = store.all_scopes(session)
    rows = [row for row in store.batches(session) if batches.visible(session, scope, row)]
    return [batch_object(row, owned.get(number_of(row), {})) for row in rows]


def list_of_month(session: Session, scope: Scope, vendor: str, period: Period) -> list[dict[str, object]]:
    """The uploads of one vendor that hold rows of a month and that the actor may see, the newest first, without their scope."""
    rows = store.batches_of(session, vendor, str(period))
    return [batch_object(row, {}) for row in rows if batches.visible(session, scope, row)]


def list_heads(session: Session, scope: Scope) -> list[dict[str, Any]]:
    """All uploads that the actor may see, the newest first, with as much of each as a list shows (telling.head_object)."""
    rows = store.heads(session)
    if scope.vendors is not None:
        rows = [row for row in rows if (row.vendor and scope.sees(row.vendor)) or _sees_number(session, scope, row.id)]
    return [head_object(row) for row in rows]


def under_way(session: Session) -> tuple[tuple[object, ...], ...]:
    """What of the uploads changes without an entry in the audit log, to be compared with what it was."""
    return tuple(store.under_way(session))


def _sees_number(session: Session, scope: Scope, number: int) -> bool:
    row = store.batch(session, number)
    return row is not None and batches.visible(session, scope, row)


def show_upload(session: Session, scope: Scope, number: int) -> dict[str, Any]:
    """One upload as `show_batch` tells it, with what is shown of it: token, good, and the body of importers.showing.

    shown is None where nobody was shown anything. Raises NotFound as show_batch does.
    """
    told = show_batch(session, scope, number)
    view = store.view(session, number)
    shown = None if view is None else {"token": view.token, "good": view.good, **json.loads(view.body)}
    return {**told, "shown": shown, "taken_place_of": [_name(session, one) for one in _replaced(told, shown)]}


def _replaced(told: Mapping[str, Any], shown: Mapping[str, Any] | None) -> list[int]:
    return list(told["supersedes"] or (shown or {}).get("supersedes") or [])


def _name(session: Session, number: int) -> dict[str, Any]:
    row = store.batch(session, number)
    return {"batch": number, "file": "" if row is None else row.file_name}


def original_of(session: Session, scope: Scope, settings: Settings, number: int) -> tuple[Path, str]:
    """Where an upload's original stands, and its name. Raises NotFound as show_batch does, or when it is gone."""
    told = show_batch(session, scope, number)
    path = settings.files / str(told["sha256"])
    if not path.exists():
        message = f"the original of upload {number} is missing; `check` names what else is"
        raise NotFound("NO_ORIGINAL", message)
    return path, str(told["file"])


def show_batch(session: Session, scope: Scope, number: int) -> dict[str, object]:
    """One upload with every problem. Raises NotFound when there is none, or it is another vendor's."""
    row = store.batch(session, number)
    if row is None or not batches.visible(session, scope, row):
        message = f"there is no upload {number}; `batch list` shows them"
        raise NotFound("UNKNOWN_BATCH", message)
    return batch_object(row, store.scopes_of(session, number))


def drawn_sheet(environment: Environment, number: int, sheet: str, rows: Collection[int]) -> SheetView | None:
    """Those rows of a sheet of an upload as the vendor drew it (importers.sheets); the file is read outside any transaction.

    Raises NotFound when there is no such upload, or it is another vendor's.
    """
    with reading(environment.engine) as session:
        show_batch(session, environment.scope, number)
        row = store.batch(session, number)
        if row is None:
            return None
        session.expunge(row)
    return sheet_view(environment.settings, environment.scope, row, sheet, rows)


def self_check(session: Session, settings: Settings, *, deep: bool) -> list[Checked]:
    """Uploads, evidence and counts agree with each other; deep: and with the originals, read again."""
    return [*verify.self_check(session, settings, deep=deep), *trail.checks(session)]


def field_names(kind: str) -> list[str]:
    """The fields that a column of a kind's files can be read as; of counts where the kind is not known."""
    return sorted(KINDS[kind].fields if kind in KINDS else FIELDS)


def countable_facts() -> list[tuple[str, str]]:
    """The facts that a file, or a person, can count, each with the kind of file that holds it."""
    return [(name, kind_of(name)) for name in COUNTED]


def kind_of_fact(fact: str) -> str:
    """The kind of file that holds a fact; raises KeyError for no fact."""
    return dict(countable_facts())[fact]
