"""The way of one file from its bytes to an upload that counts.

Owns: the order of the steps for a command, which accepts at once, and for an upload of the site, which a job reads: that
one is accepted, kept for a person to look at, or refused. Must not know: how a step is done.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from sqlmodel import Session

from importers import batches, store
from importers.ahead import Ahead
from importers.asked import ImportOptions, options_in
from importers.batches import Outcome
from importers.intake import Original
from importers.models import Batch
from importers.originals import store_original
from importers.pipeline import Gathered, in_file
from importers.remembered import follows_layout
from importers.showing import token_of, view_of
from importers.steps import Environment, Overtaken, Steps
from importers.telling import import_object, unheard
from kernel.db import reading, unit_of_work
from kernel.errors import Conflict, Invalid, Problem, Usage
from kernel.faults import reached
from kernel.scope import Scope

FAULT_POINTS = (
    "import.stored",
    "import.received",
    "upload.taken",
    "import.read",
    "import.parsed",
    "import.gathered",
    "import.evidence_written",
    "import.evidence_placed",
    "import.before_commit",
    "import.committed",
    "upload.shown",
    "undo.before_commit",
    "undo.committed",
)
"""Where a process can be made to die (kernel.faults), in order."""
MEGABYTE = 1_000_000


def import_file(environment: Environment, path: Path, options: ImportOptions, ahead: Ahead | None = None) -> dict[str, object]:
    """Import one file, all of it or nothing; returns its element of the JSON of `import`.

    ahead: the same file, when it was stored and its reading was begun before. Faults of the file are problems of the
    result. Raises Unavailable when the disk is full or no reader starts, Usage when the options contradict each other.
    """
    check_options(options)
    name = path.name
    try:
        settings = environment.settings
        original = ahead.original if ahead else store_original(path, settings.files, settings.max_upload_mb * MEGABYTE)
    except FileNotFoundError:
        return _unread(name, Problem("error", "NO_FILE", f"there is no file {path}: check the path."))
    except IsADirectoryError:
        return _unread(name, Problem("error", "NO_FILE", f"{path} is a folder: name the files in it."))
    except Invalid as refused:
        return _unread(name, Problem("error", refused.code, refused.message))
    reached("import.stored")
    with _alone(original, environment.settings.data / "locks"):
        steps = _Command(environment, original, name, options)
        steps.begun = ahead.begun if ahead else None
        return steps.run()


def check_options(options: ImportOptions) -> None:
    """Raise Usage when the options contradict each other."""
    if options.supersede is not None and options.add:
        raise Usage("USAGE", "--supersede and --add exclude each other: the file takes the earlier one's place or adds to it")


def read_upload(environment: Environment, number: int) -> str:
    """Read a received upload; returns what it is then: accepted, preview or refused. Done once, whoever asks how often.

    What a person saw and agreed to is accepted as it was shown, or shown again. Where nobody looked, only a layout that is
    remembered, free of problems and brought by the client's own people is accepted. An upload that is not on its way is
    left alone.
    """
    with reading(environment.engine) as session:
        row = store.batch(session, number)
        if row is None or row.state not in batches.UNDER_WAY:
            return "" if row is None else row.state
        sha256 = row.sha256
    path = environment.settings.files / sha256
    original = Original(sha256, path.stat().st_size if path.exists() else 0, path)
    with _alone(original, environment.settings.data / "locks"), suppress(Overtaken):
        at = environment.clock.now()
        taken = unit_of_work(environment.engine, lambda session: batches.take(session, environment.scope, number, at))
        if taken is not None:
            reached("upload.taken")
            _Job(environment, original, taken).run()
    with reading(environment.engine) as session:
        row = store.batch(session, number)
        return "" if row is None else row.state


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


class _Command(Steps):
    """The way of a file that a command names."""

    def run(self) -> dict[str, object]:
        """Accept it at once, or say why not; with dry_run keep it as a preview."""
        known = self.write(self._receive)
        if known is not None:
            return known
        reached("import.received")
        gathered, values = self.gathered()
        if not gathered.acceptable:
            return self._refused(gathered, values, gathered.problems)
        if self.options.dry_run or not self.options.accept:
            return self._previewed(gathered, values)
        changes = self.changes(gathered)
        return self._answer(gathered, values, self.accept(gathered, values), changes)

    def _receive(self, session: Session) -> dict[str, object] | None:
        """Take a number; the JSON of the first upload when these bytes count already."""
        twin = store.accepted_of(session, self.original.sha256)
        if twin is not None and batches.visible(session, self.environment.scope, twin):
            return self._unchanged(twin)
        self.number = batches.receive(session, self.environment.scope, self.name, self.original.sha256, self.received_on, self.at)
        return None

    def _unchanged(self, twin: Batch) -> dict[str, object]:
        """The first upload of the bytes, beside what was said of them now and changed nothing."""
        options = self.options
        day, month = (str(one) if one else "" for one in (options.received_on, options.period))
        said = {"vendor": options.vendor, "as": options.kind, "side": options.side, "period": month, "received-on": day}
        found = import_object(twin, "unchanged", (), None) | {"file": self.name}
        remark = unheard(twin, said, options.map)
        if remark is not None:
            found["problems"] = [*json.loads(twin.problems), in_file(remark, self.name).json()]
        return found

    def _refused(self, gathered: Gathered, values: dict[str, object], problems: Sequence[Problem]) -> dict[str, object]:
        self.refuse(gathered, values, problems, view_of(gathered, self.tables.sheets, None))
        return self._stored("refused", (), None)

    def _previewed(self, gathered: Gathered, values: dict[str, object]) -> dict[str, object]:
        with reading(self.environment.engine) as session:
            found = batches.succession(session, gathered.recognised.kind, gathered.result, self.order, self.name)
        changes = self.changes(gathered)
        if found.problems:
            return self._refused(gathered, values, (*gathered.problems, *found.problems)) | {"changes": changes}
        told = self.differences(gathered)
        body = view_of(gathered, self.tables.sheets, told) | {"supersedes": sorted(found.supersedes), "known": False}
        self.show(gathered, values, (token_of(gathered, values, found.supersedes, told), body), looked=False)
        return self._stored("preview", tuple(sorted(found.supersedes)), changes)

    def _answer(
        self, gathered: Gathered, values: dict[str, object], outcome: Outcome, changes: dict[str, object] | None
    ) -> dict[str, object]:
        if outcome.state == "refused":
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


class _Job(Steps):
    """The way of an upload that the site received, with the eyes of the person who asked for it."""

    def __init__(self, environment: Environment, original: Original, row: Batch) -> None:
        options = replace(options_in(row.options), received_on=row.received_on)
        wanted = json.loads(row.options)
        asker = wanted["asker"]
        people = None if asker["vendors"] is None else frozenset(asker["vendors"])
        acting = replace(environment, scope=Scope(asker["actor"], frozenset(asker["roles"]), people))
        super().__init__(acting, original, row.file_name, options, batches.number_of(row))
        self.taken = row.options
        self.agreed = str(wanted.get("agreed", ""))

    def run(self) -> None:
        """Settle what becomes of it; see read_upload."""
        gathered, values = self.gathered()
        while not self._settled(gathered, values):
            pass  # another upload was accepted between looking and accepting: look again

    def _settled(self, gathered: Gathered, values: dict[str, object]) -> bool:
        """Accept, keep or refuse it; False when what it would replace changed meanwhile."""
        changes = self.differences(gathered)
        body = view_of(gathered, self.tables.sheets, changes)
        if not gathered.acceptable:
            self.refuse(gathered, values, gathered.problems, body)
            return True
        with reading(self.environment.engine) as session:
            known = follows_layout(session, gathered, str(values["vendor"]))
            found = batches.succession(session, gathered.recognised.kind, gathered.result, self.order, self.name)
        if found.problems:
            self.refuse(gathered, values, (*gathered.problems, *found.problems), body)
            return True
        token = token_of(gathered, values, found.supersedes, changes)
        view = (token, body | {"supersedes": sorted(found.supersedes), "known": known})
        unasked = known and not _troubled(gathered.problems) and self.environment.scope.vendors is None
        if token != self.agreed and (self.agreed or not unasked):
            self.show(gathered, values, view, looked=bool(self.agreed))
            return True
        outcome = self.accept(gathered, values, view)
        if outcome.state == "refused":
            self.refuse(gathered, values, (*gathered.problems, *outcome.problems), body)
        elif outcome.state == "unchanged":  # its bytes were accepted on another machine, which taking it again finds
            self.write(lambda session: batches.take(session, self.environment.scope, self.number, self.at))
        return outcome.state != "changed"


def _troubled(problems: Sequence[Problem]) -> bool:
    return any(problem.severity in {"error", "warning"} for problem in problems)
