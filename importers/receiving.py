"""Uploads of the site: received in one step, read by a job, then accepted, answered or put aside by a person.

Owns: these steps of a person, each one transaction with its audit row and the job that follows. Must not know: HTTP, which
roles may take them, how a file is read. Killed anywhere, a step is done or not done, and the job is done by the next worker.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from importers import batches, store
from importers.asked import ImportOptions, options_in, told
from importers.importing import check_options
from importers.intake import Original
from importers.models import Batch
from importers.steps import Environment
from importers.telling import PUT_ASIDE
from kernel import audit, jobs
from kernel.db import unit_of_work
from kernel.errors import Conflict, Invalid, NotFound, Problem
from kernel.faults import reached
from kernel.scope import Scope
from vendors import service as vendors
from vendors.aliases import QUEUE, SITE, VENDOR

FAULT_POINTS = (
    "receive.stored",
    "receive.before_commit",
    "receive.committed",
    "answer.before_commit",
    "answer.committed",
    "agree.before_commit",
    "agree.committed",
    "discard.before_commit",
    "discard.committed",
)
"""Where a process can be made to die (kernel.faults), in order."""
JOB = "import"
"""Kind of the job that reads an upload."""
ANSWERABLE = ("preview", "refused", *batches.UNDER_WAY)
"""States of an upload of which a person may say more."""
WAITING = ("preview", *batches.UNDER_WAY)


@dataclass(frozen=True, slots=True)
class Alias:
    """What a name in a file means, remembered for all files. kind: vendor, site or queue; vendor: of a site, else ''."""

    kind: str
    text: str
    code: str
    vendor: str = ""


def receive(
    environment: Environment, files: Sequence[tuple[str, Original]], options: ImportOptions | None = None
) -> list[dict[str, object]]:
    """Take stored originals in, all or none: per file {"file", "batch", "state"}.

    files: (name as uploaded, original). state: received; unchanged when the same content counts already as that upload;
    the state it is in when it is on its way already.
    """
    reached("receive.stored")
    asked = options or ImportOptions()
    check_options(asked)
    at = environment.clock.now()
    received_on = asked.received_on or environment.clock.today(environment.settings.timezone)

    def work(session: Session) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for name, original in files:
            row, state = _known(session, environment.scope, original.sha256)
            if row is None:
                row = batches.begin(session, environment.scope, name, original.sha256, received_on, at, asked.reason)
                _ask_to_read(session, environment, row, told(asked))
            found.append({"file": name, "batch": row.id, "state": state})
        reached("receive.before_commit")
        return found

    answers = unit_of_work(environment.engine, work)
    reached("receive.committed")
    return answers


def _known(session: Session, scope: Scope, sha256: str) -> tuple[Batch | None, str]:
    """The upload of the same content that counts or is on its way, and what to say of it."""
    twin = store.accepted_of(session, sha256)
    if twin is not None and batches.visible(session, scope, twin):
        return twin, "unchanged"
    row = batches.unfinished(session, scope, sha256)
    return row, row.state if row is not None else "received"


def answer(environment: Environment, number: int, said: Mapping[str, Any], names: Sequence[Alias] = ()) -> None:
    """Keep what a person said of an upload and let it be read again.

    said: fields of ImportOptions and their new values; `map` adds to what was said of the columns before. names: what
    names in it mean, remembered for all files. Raises NotFound, Invalid (NOT_WAITING) or Usage.
    """
    at = environment.clock.now()

    def work(session: Session) -> None:
        row = _row(session, environment.scope, number)
        if row.state not in ANSWERABLE:
            message = f"upload {number} is {row.state}: take it back first, or upload the corrected file"
            raise Invalid("NOT_WAITING", message)
        before = options_in(row.options)
        options = replace(before, **{**said, "map": {**before.map, **said.get("map", {})}})
        check_options(options)
        for name in names:
            _call(session, environment, name)
        body: dict[str, object] = {"said": told(options), "names": [[name.kind, name.vendor, name.text, name.code] for name in names]}
        audit.record(session, at, environment.scope.actor, "batch.answer", f"batch:{number}", body)
        _ask_to_read(session, environment, row, told(options))
        reached("answer.before_commit")

    unit_of_work(environment.engine, work)
    reached("answer.committed")


def accept(environment: Environment, number: int, token: str, save_map: str = "") -> None:
    """Let a preview count as it was shown; the job that reads uploads does it.

    token: of what was shown. save_map: remember the layout under this name, '' = do not. What would be otherwise by then
    is shown again instead. Raises NotFound, Invalid (NOT_WAITING), Conflict (CHANGED) when another reading is shown.
    """
    at = environment.clock.now()

    def work(session: Session) -> None:
        row = _row(session, environment.scope, number)
        shown = store.view(session, number)
        if row.state != "preview" or shown is None:
            message = f"upload {number} is {row.state}: only one that waits for a person can be accepted"
            raise Invalid("NOT_WAITING", message)
        if shown.token != token:
            message = f"upload {number} has been read again since you looked, and other rows would count: look at it once more"
            raise Conflict("CHANGED", message)
        options = told(options_in(row.options)) | ({"save_map": save_map} if save_map else {})
        body: dict[str, object] = {"token": token, "save_map": options["save_map"]}
        audit.record(session, at, environment.scope.actor, "batch.agree", f"batch:{number}", body)
        _ask_to_read(session, environment, row, {**options, "agreed": token})
        reached("agree.before_commit")

    unit_of_work(environment.engine, work)
    reached("agree.committed")


def discard(environment: Environment, number: int) -> None:
    """Put an upload aside that does not count yet: it is refused, and can be read again.

    Raises NotFound, or Invalid (NOT_WAITING) when it is not on its way.
    """
    at = environment.clock.now()

    def work(session: Session) -> None:
        row = _row(session, environment.scope, number)
        if row.state not in WAITING:
            message = f"upload {number} is {row.state}: only one that does not count yet can be put aside"
            raise Invalid("NOT_WAITING", message)
        note = Problem("info", PUT_ASIDE, f"{row.file_name}: put aside by {environment.scope.actor} before it counted.")
        values = {
            "problems": json.dumps([*json.loads(row.problems), note.json()], ensure_ascii=False),
            "rows_rejected": row.rows_read - row.rows_skipped,
            "rows_accepted": 0,
            "control": "{}",
        }
        batches.refuse(session, environment.scope, number, values, at)
        reached("discard.before_commit")

    unit_of_work(environment.engine, work)
    reached("discard.committed")


def _ask_to_read(session: Session, environment: Environment, row: Batch, options: Mapping[str, Any]) -> None:
    """Let a job read the upload: what is wanted, and by whom, stands on the upload, so that any job of it does the same."""
    scope = environment.scope
    people = None if scope.vendors is None else sorted(scope.vendors)
    asker = {"actor": scope.actor, "roles": sorted(scope.roles), "vendors": people}
    row.options, row.state = json.dumps({**options, "asker": asker}, sort_keys=True, ensure_ascii=False), "received"
    session.add(row)
    session.flush()
    jobs.enqueue(session, JOB, f"{JOB}:{row.id}:{audit.length(session)}", audit.canonical({"batch": row.id}), environment.clock.now())


def _call(session: Session, environment: Environment, name: Alias) -> None:
    """Remember what a name means."""
    at, scope = environment.clock.now(), environment.scope
    if name.kind == QUEUE:
        vendors.alias_queue(session, scope, name.code, name.text, at=at)
    elif name.kind == SITE:
        vendors.alias_site(session, scope, name.vendor, name.code, name.text, at=at)
    elif name.kind == VENDOR:
        vendors.alias_vendor(session, scope, name.code, name.text, at=at)
    else:
        raise Invalid("ALIAS_KIND", f"{name.kind!r} is nothing that has names: use vendor, site or queue")


def _row(session: Session, scope: Scope, number: int) -> Batch:
    row = store.batch(session, number)
    if row is None or not batches.visible(session, scope, row):
        message = f"there is no upload {number}; `batch list` shows them"
        raise NotFound("UNKNOWN_BATCH", message)
    return row
