"""The way of one file from its bytes to an upload that counts.

Owns: the order of the steps, so that a death at any point leaves nothing that counts by half, and the same call again
finishes. Must not know: how a step is done.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

import polars as pl
from sqlalchemy import Engine
from sqlmodel import Session

from importers import batches, store, trail
from importers.batches import Order, Outcome, rows_object
from importers.checks import capped
from importers.evidence import compared, path_of, write_evidence
from importers.intake import Format, Original, sniff, store_original
from importers.kinds.registry import COUNTS
from importers.mapping import IGNORE, fold_header, signature
from importers.models import Batch, Layout
from importers.pipeline import Gathered, gather, in_file, open_file, options_of, recognised_in, refusal
from importers.reading import Limits, Reading
from importers.recognise import Told
from importers.surroundings import context_for, usable_names
from kernel import audit
from kernel.clock import Clock
from kernel.db import reading, unit_of_work
from kernel.errors import Conflict, Invalid, Problem, Usage
from kernel.faults import reached
from kernel.period import Period
from kernel.scope import Scope
from kernel.settings import Settings

Result = TypeVar("Result")

FAULT_POINTS = (
    "import.stored",
    "import.received",
    "import.read",
    "import.parsed",
    "import.gathered",
    "import.evidence_written",
    "import.evidence_placed",
    "import.before_commit",
    "import.committed",
    "undo.before_commit",
    "undo.committed",
)
"""Where a process can be made to die (kernel.faults), in order."""
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Environment:
    """What an import needs from outside."""

    engine: Engine
    settings: Settings
    scope: Scope
    clock: Clock


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the person said about a file; see `import` in the interface. map: header -> field or `ignore`.

    accept: False keeps a file that could be accepted as a preview, as dry_run does.
    """

    vendor: str = ""
    kind: str = ""
    side: str = ""
    period: Period | None = None
    dry_run: bool = False
    map: Mapping[str, str] = field(default_factory=dict)
    save_map: str = ""
    without_bad_rows: bool = False
    received_on: date | None = None
    supersede: int | None = None
    add: bool = False
    accept: bool = True


def import_file(environment: Environment, path: Path, options: ImportOptions) -> dict[str, object]:
    """Import one file, all of it or nothing; returns its element of the JSON of `import`.

    Faults of the file are problems of the result. Raises Unavailable when the disk is full or no reader starts, Usage
    when the options contradict each other.
    """
    if options.supersede is not None and options.add:
        raise Usage("USAGE", "--supersede and --add exclude each other: the file takes the earlier one's place or adds to it")
    name = path.name
    try:
        original = store_original(path, environment.settings.files, environment.settings.max_upload_mb * MEGABYTE)
    except FileNotFoundError:
        return _unread(name, Problem("error", "NO_FILE", f"there is no file {path}: check the path."))
    except IsADirectoryError:
        return _unread(name, Problem("error", "NO_FILE", f"{path} is a folder: name the files in it."))
    except Invalid as refused:
        return _unread(name, Problem("error", refused.code, refused.message))
    reached("import.stored")
    with _alone(original, environment.settings.data / "locks"):
        return _Import(environment, original, name, options).run()


@contextmanager
def _alone(original: Original, locks: Path) -> Iterator[None]:
    """Imports of the same bytes one after the other; the lock ends with the process.

    The lock is a file beside the originals, not the original itself: an upload of the same bytes replaces that.
    """
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / original.sha256[:2]).open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _unread(name: str, problem: Problem) -> dict[str, object]:
    rows = {"read": 0, "accepted": 0, "rejected": 0, "skipped": 0}
    lists: dict[str, object] = {"periods": [], "superseded": [], "mapping": [], "control": {}, "changes": None}
    head: dict[str, object] = {"file": name, "sha256": "", "batch": None, "kind": "", "vendor": "", "side": "", "state": "refused"}
    return head | {"rows": rows, "problems": [in_file(problem, name).json()]} | lists


class _Import:
    """One file on its way."""

    def __init__(self, environment: Environment, original: Original, name: str, options: ImportOptions) -> None:
        self.environment, self.original, self.name, self.options = environment, original, name, options
        self.at: datetime = environment.clock.now()
        self.received_on = options.received_on or environment.clock.today(environment.settings.timezone)
        self.order = Order(options.supersede, options.add)
        self.number = 0

    def run(self) -> dict[str, object]:
        """The whole way."""
        known = self._write(self._receive)
        if known is not None:
            return known
        reached("import.received")
        gathered, options = self._gather()
        reached("import.gathered")
        values = self._values(gathered, options)
        if not gathered.acceptable:
            return self._refused(gathered, values, gathered.problems)
        if self.options.dry_run or not self.options.accept:
            return self._previewed(gathered, values)
        changes = self._changes(gathered)
        if gathered.result.evidence is not None:
            digest = write_evidence(self.environment.settings.evidence, self.number, gathered.result.evidence)
            values["evidence_sha256"] = digest
            reached("import.evidence_placed")
        outcome = self._write(lambda session: self._accept(session, gathered, values))
        reached("import.committed")
        return self._answer(gathered, values, outcome, changes)

    def _write(self, work: Callable[[Session], Result]) -> Result:
        return unit_of_work(self.environment.engine, work)

    def _receive(self, session: Session) -> dict[str, object] | None:
        """Take a number; the JSON of the first upload when these bytes count already."""
        twin = store.accepted_of(session, self.original.sha256)
        if twin is not None and batches.visible(session, self.environment.scope, twin):
            return self._unchanged(twin)
        self.number = batches.receive(session, self.environment.scope, self.name, self.original.sha256, self.received_on, self.at)
        return None

    def _unchanged(self, twin: Batch) -> dict[str, object]:
        """The first upload of the bytes, beside what was said of them now and changed nothing."""
        told = self.options
        day, month = (str(one) if one else "" for one in (told.received_on, told.period))
        said = {"vendor": told.vendor, "as": told.kind, "side": told.side, "period": month, "received-on": day}
        found = import_object(twin, "unchanged", (), None) | {"file": self.name}
        remark = batches.unheard(twin, said, told.map)
        if remark is not None:
            found["problems"] = [*json.loads(twin.problems), in_file(remark, self.name).json()]
        return found

    def _gather(self) -> tuple[Gathered, str]:
        settings = self.environment.settings
        form = sniff(self.original.path, self.name)
        if isinstance(form, Problem):
            return refusal([form]), "{}"
        tables = open_file(self.original, self.name, form, Limits.of(settings), settings.data / "scratch")
        reached("import.read")
        if tables.refused:
            return refusal(tables.problems), "{}"
        with reading(self.environment.engine) as session:
            return self._gather_tables(session, form, tables)

    def _gather_tables(self, session: Session, form: Format, tables: Reading) -> tuple[Gathered, str]:
        options = self.options
        names = usable_names(session, self.environment.scope)
        told = Told(
            self.name,
            options.vendor,
            options.kind,
            options.side,
            options.period,
            options.map,
            self._layouts(session, tables) if form != Format.TOML else {},
        )
        recognised = recognised_in(tables, form, told, names)
        context = context_for(
            session, self.environment.settings, self.name, self.received_on, names, recognised, without_bad_rows=options.without_bad_rows
        )
        gathered = gather(self.original, form, tables, recognised, context)
        remarks = _scale_changes(session, gathered, self.number) if gathered.acceptable else []
        gathered = replace(gathered, problems=(*gathered.problems, *remarks))
        said: dict[str, object] = {
            "vendor": options.vendor,
            "kind": options.kind,
            "side": options.side,
            "period": str(options.period) if options.period else "",
            "map": dict(options.map),
            "without_bad_rows": options.without_bad_rows,
            "supersede": options.supersede,
            "add": options.add,
            "file_name": self.name,
            "format": form.value,
        }
        return gathered, options_of(gathered, context, said)

    def _layouts(self, session: Session, tables: Reading) -> dict[str, tuple[str, Mapping[str, str]]]:
        """Remembered layouts of the file's sheets: this vendor's, else one that is every vendor's."""
        found: dict[str, tuple[str, Mapping[str, str]]] = {}
        for mark in {signature(raw.headers) for raw in tables.sheets}:
            rows = [row for row in store.layouts_of(session, mark) if not self.options.kind or row.kind == self.options.kind]
            own = [row for row in rows if row.vendor and row.vendor == self.options.vendor] or [row for row in rows if not row.vendor]
            rows = own or (rows if len(rows) == 1 else [])
            if len(rows) == 1:
                found[mark] = (rows[0].kind, json.loads(rows[0].fields))
        return found

    def _values(self, gathered: Gathered, options: str) -> dict[str, object]:
        """The columns of the batch that tell of this reading."""
        result, recognised = gathered.result, gathered.recognised
        vendors = result.vendors
        problems = [in_file(problem, self.name).json() for problem in capped(gathered.problems)]
        return {
            "kind": recognised.kind,
            "vendor": next(iter(vendors)) if len(vendors) == 1 else recognised.vendor if not vendors else "",
            "side": result.side or recognised.side,
            "rows_read": gathered.read,
            "rows_accepted": gathered.accepted,
            "rows_rejected": gathered.rejected,
            "rows_skipped": gathered.skipped,
            "periods": json.dumps(sorted({period for _, period, _ in result.coverage})),
            "mapping": json.dumps(gathered.mapping, ensure_ascii=False),
            "problems": json.dumps(problems, ensure_ascii=False),
            "control": json.dumps(dict(result.control) if gathered.acceptable else {}),
            "options": options,
            "supersedes": "[]",
            "evidence_sha256": "",
        }

    def _refused(self, gathered: Gathered, values: dict[str, object], problems: Sequence[Problem]) -> dict[str, object]:
        listed = [in_file(problem, self.name).json() for problem in capped(problems)]
        rows = {"rows_accepted": 0, "rows_rejected": gathered.read - gathered.skipped, "rows_skipped": gathered.skipped}
        told = values | rows | {"problems": json.dumps(listed, ensure_ascii=False), "control": "{}", "evidence_sha256": ""}
        self._write(lambda session: batches.refuse(session, self.environment.scope, self.number, told, self.at))
        return self._stored("refused", (), None)

    def _previewed(self, gathered: Gathered, values: dict[str, object]) -> dict[str, object]:
        with reading(self.environment.engine) as session:
            found = batches.succession(session, gathered.recognised.kind, gathered.result, self.order, self.name)
        if found.problems:
            return self._refused(gathered, values, (*gathered.problems, *found.problems)) | {"changes": self._changes(gathered)}
        changes = self._changes(gathered)
        self._write(lambda session: batches.preview(session, self.environment.scope, self.number, values, self.at))
        return self._stored("preview", tuple(sorted(found.supersedes)), changes)

    def _changes(self, gathered: Gathered) -> dict[str, object] | None:
        """Rows new, changed and gone against the uploads that hold some of the same; None when there is none."""
        result, kind = gathered.result, gathered.recognised.kind
        if result.evidence is None or kind not in COUNTS:
            return None
        with reading(self.environment.engine) as session:
            older = batches.partly_covered(session, kind, result)
        if self.order.supersede is not None:
            older = sorted({*older, self.order.supersede})
        files = [path_of(self.environment.settings.evidence, number) for number in older]
        frames = [pl.read_parquet(file) for file in files if file.exists()]
        if not frames:
            return None
        return {**compared(result.evidence, frames), "against": older}

    def _accept(self, session: Session, gathered: Gathered, values: Mapping[str, object]) -> Outcome:
        scope, kind = self.environment.scope, gathered.recognised.kind
        outcome = batches.accept(session, scope, self.number, kind, gathered.result, self.order, values, self.at)
        if outcome.state == "accepted" and self.options.save_map:
            self._save_layout(session, gathered)
        return outcome

    def _save_layout(self, session: Session, gathered: Gathered) -> None:
        """Remember what every column of the sheets that were read means."""
        kind, vendor = gathered.recognised.kind, gathered.recognised.vendor
        for index, chosen in enumerate(gathered.recognised.sheets):
            mark = signature(chosen.raw.headers)
            row = store.layout_for(session, vendor, kind, mark)
            if row is None:
                name = self.options.save_map if index == 0 else f"{self.options.save_map} ({chosen.raw.name})"
                if store.layout_named(session, name) is not None:
                    message = f"a layout called {name!r} is remembered for other headers already: choose another name"
                    raise Conflict("LAYOUT_NAME", message)
                row = Layout(name=name, vendor=vendor, kind=kind, signature=mark, fields="{}")
            columns = {fold_header(c.header).key: c.field or IGNORE for c in chosen.mapping.columns if c.header.strip()}
            row.fields = json.dumps(columns, sort_keys=True, ensure_ascii=False)
            session.add(row)
            session.flush()
            body: dict[str, object] = {"vendor": vendor, "kind": kind, "signature": mark, "row": trail.layout_mark(row)}
            audit.record(session, self.at, self.environment.scope.actor, "layout.save", f"layout:{row.name}", body)

    def _answer(
        self, gathered: Gathered, values: dict[str, object], outcome: Outcome, changes: dict[str, object] | None
    ) -> dict[str, object]:
        if outcome.state == "refused":
            path_of(self.environment.settings.evidence, self.number).unlink(missing_ok=True)
            return self._refused(gathered, values, (*gathered.problems, *outcome.problems)) | {"changes": changes}
        if outcome.state == "unchanged":
            self.number = outcome.batch
        return self._stored(outcome.state, outcome.superseded, changes)

    def _stored(self, state: str, superseded: tuple[int, ...], changes: dict[str, object] | None) -> dict[str, object]:
        with reading(self.environment.engine) as session:
            row = store.batch(session, self.number)
            if row is None:
                message = f"upload {self.number} has vanished from the database"
                raise Conflict("BATCH_GONE", message)
            return import_object(row, state, superseded, changes) | {"file": self.name}


def import_object(row: Batch, state: str, superseded: Sequence[int], changes: dict[str, object] | None) -> dict[str, object]:
    """An element of the JSON of `import`."""
    return {
        "file": row.file_name,
        "sha256": row.sha256,
        "batch": row.id,
        "kind": row.kind,
        "vendor": row.vendor,
        "side": row.side,
        "periods": json.loads(row.periods),
        "state": state,
        "superseded": list(superseded),
        "rows": rows_object(row),
        "mapping": json.loads(row.mapping),
        "problems": json.loads(row.problems),
        "control": json.loads(row.control),
        "changes": changes,
    }


def _scale_changes(session: Session, gathered: Gathered, number: int) -> list[Problem]:
    """A column of shares that was 0.97 in the vendor's last file and is 97 in this one, or the other way round."""
    vendors = gathered.result.vendors
    if len(vendors) != 1 or not set(gathered.scales.values()) & {"ratio", "points"}:
        return []
    before = store.previous_of(session, gathered.recognised.kind, next(iter(vendors)), number)
    if before is None:
        return []
    old = {column["field"]: column.get("scale", "") for column in json.loads(before.mapping) if column["field"]}
    problems = []
    for column in gathered.mapping:
        told = {old.get(column["field"]), column["scale"]}
        if told == {"ratio", "points"}:
            was, now = ("0.97", "97") if column["scale"] == "points" else ("97", "0.97")
            message = (
                f'the column "{column["header"].strip()}" was written like {was} in {before.file_name} and is written like {now} here: '
                f"it was read as the same share; ask the vendor to keep to one."
            )
            cell = f"{column['letter']}{column['header_row']}"
            problems.append(
                Problem(
                    "warning",
                    "SCALE_CHANGED",
                    message,
                    column["sheet"],
                    column["header_row"],
                    column["letter"],
                    cell,
                    column["header"].strip(),
                )
            )
    return problems
