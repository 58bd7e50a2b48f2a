"""Uploads and imports: what the command line, the site and jobs call.

Owns: the calls. Must not know: how a step is done (importers.importing, batches, verify).
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from sqlmodel import Session

from importers import batches, importing, receiving, store, trail, verify
from importers.asked import ImportOptions
from importers.batches import number_of
from importers.cells import CellPage, cells
from importers.importing import import_file, read_upload
from importers.receiving import Alias, accept, answer, discard, receive
from importers.setup import apply_setup
from importers.sheets import SheetView, sheet_view
from importers.steps import Environment
from importers.telling import batch_object
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
    "Alias",
    "CellPage",
    "Environment",
    "ImportOptions",
    "SheetView",
    "accept",
    "answer",
    "cells",
    "discard",
    "drawn_sheet",
    "import_file",
    "list_batches",
    "list_of_month",
    "read_upload",
    "receive",
    "self_check",
    "setup_file",
    "show_batch",
    "undo",
    "write_template",
]


def setup_file(environment: Environment, path: Path) -> dict[str, object]:
    """Apply a setup file, contracts and all (importers.setup)."""
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
