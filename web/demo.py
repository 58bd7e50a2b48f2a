"""The demo: a fictional network made from sample files by the same services that a user's files go through.

Owns: the demo's folder, its steps, going on after a kill, starting anew. Must not know: what the samples contain
(importers.samples) or how they are read.

The folder is a data folder of its own: other commands reach it with SCORELINE_DATA. `demo.json` in it says what was
asked for and how many steps are done; every step may be done twice with the same result.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from contracts import service as contracts
from importers import service as importers
from importers.samples import write_samples
from importers.service import ImportOptions
from kernel.errors import Conflict, Invalid
from kernel.period import Period
from kernel.settings import load_settings
from scorecards import service as scorecards
from vendors import service as vendors
from web.accounts import service as accounts
from web.accounts.entry import keep_account
from web.database import open_process
from web.environment import environment
from web.jobs import work_off
from web.process import AS_OF, DEMO, Process
from web.progress import Progress

NOTE = DEMO
"""Marks a folder as a demo's; without it a folder that is not empty is never touched."""
LOCK = "demo.lock"
SIGN_IN = "sign-in.txt"
"""Name and password of the demo's account, a line each; readable only by who made the demo."""
NAME = "demo"
LETTERS, GROUPS = "abcdefghjkmnpqrstuvwxyz", 4
"""Of the password: letters that cannot be taken for others, in groups of four; 72 bits."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: the same three make the same files and the same figures."""

    seed: int
    months: int
    as_of: date

    def json(self) -> dict[str, Any]:
        """As it stands in the note."""
        return {**asdict(self), "as_of": self.as_of.isoformat()}


class Demo:
    """One demo folder, made or to be made."""

    def __init__(self, wanted: Wanted, folder: Path, process: Process) -> None:
        """Over an open database; nothing is made yet."""
        self.wanted = wanted
        self.folder = folder
        self.process = process
        self.progress = Progress()
        self.seconds = 0.0

    def json(self, url: str | None = None) -> dict[str, Any]:
        """What the command answers."""
        newest = Period.of(self.wanted.as_of).previous()
        return {
            "folder": str(self.folder),
            "url": url,
            "newest": str(newest),
            **self.wanted.json(),
            "done": self.progress.done,
            "seconds": round(self.seconds, 1),
            "sign_in": {"name": NAME, "password": sign_in_password(self.folder), "file": str(self.folder / SIGN_IN)},
        }

    def fill(self, tell: Callable[[str], None]) -> None:
        """Write the files, import them, close the months; what an earlier run did is not done again."""
        began = time.monotonic()
        with self._alone():
            steps = self._steps()
            self.progress.steps = [_name(step) for step in steps]
            done = int(_note(self.folder).get("steps_done", 0))
            self.progress.reached = done
            for number in range(done, len(steps)):
                if number % 10 == 0:
                    tell(f"{number} of {len(steps)}: {self.progress.steps[number]}")
                self._do(steps[number])
                self._remember(steps_done=number + 1)
                self.progress.reached = number + 1
            work_off(self.process)
            self._remember(complete=True)
        self.seconds = time.monotonic() - began
        self.progress.done = True

    def serve(self, port: int, tell: Callable[[str], None], ready: Callable[[str], None]) -> None:
        """Serve the pages at once, and fill the folder meanwhile; ready is told the address when the figures are there."""
        from web.server import serve_site  # noqa: PLC0415 - a demo that is not served needs no web server

        address: list[str] = []

        def started(url: str) -> None:
            address.append(url)
            tell(f"Making the demo; {url} shows how far it is. Sign in as {NAME} with {sign_in_password(self.folder)}")

        def make() -> None:
            try:
                self.fill(tell)
            except Exception as error:  # noqa: BLE001 - the page must say it, whatever it is
                self.progress.failed = f"{error} Run `scoreline demo` again to go on, or with --reset to start anew."
                tell(f"scoreline: {self.progress.failed}")
                return
            ready(address[0])

        if _note(self.folder).get("complete"):
            self.progress.done = True
            serve_site(self.process, "127.0.0.1", port, ready, jobs=True, progress=self.progress)
            return
        serve_site(self.process, "127.0.0.1", port, started, jobs=True, progress=self.progress, beside=make)

    def _steps(self) -> Sequence[Mapping[str, Any]]:
        """The steps of the manifest; the files are written only once."""
        found = _note(self.folder).get("steps")
        if found is None:
            manifest = write_samples(self.folder, self.wanted.seed, self.wanted.months, self.wanted.as_of)
            found = [dict(step) for step in manifest.steps]
            self._remember(steps=found)
        return list(found)

    def _do(self, step: Mapping[str, Any]) -> None:
        STEPS[step["do"]](self, step)

    def _remember(self, **news: object) -> None:
        _write_note(self.folder, {**_note(self.folder), **news})

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two runs must not fill one folder at the same time."""
        with (self.folder / LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                message = f"another run is making the demo in {self.folder}; wait for it, or give --into another folder"
                raise Conflict("DEMO_BUSY", message) from None
            yield


def open_demo(wanted: Wanted, *, into: Path | None, reset: bool, user: str = "") -> Demo:
    """The demo of a folder, its database open.

    Raises Invalid when the folder holds something else, or a demo of another seed; Conflict when the database does.
    """
    settings = load_settings()
    folder = (into or settings.data / "demo").resolve()
    if folder.exists() and any(folder.iterdir()) and not (folder / NOTE).exists():
        message = f"{folder} holds something that is not a demo; give --into an empty folder"
        raise Invalid("NOT_A_DEMO", message)
    if reset:
        if settings.database_url:
            message = "--reset cannot empty the database that SCORELINE_DATABASE_URL names; make it empty yourself, then start the demo"
            raise Invalid("DEMO_DATABASE", message)
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    _take_folder(folder, wanted, settings.database_url)
    (folder / AS_OF).write_text(f"{wanted.as_of.isoformat()}\n", encoding="utf-8")
    process = open_process(user, settings.model_copy(update={"data": folder, "secret_file": None}))
    if settings.database_url and not _note(folder).get("database"):
        try:
            _take_database(process, folder)
        except Conflict:
            process.engine.dispose()
            raise
    keep_account(process.engine, NAME, sign_in_password(folder), process.machine.now())
    return Demo(wanted, folder, process)


def sign_in_password(folder: Path) -> str:
    """The password of the folder's demo; made, and kept in a file of mode 0600, when there is none yet."""
    path = folder / SIGN_IN
    if not path.exists():
        groups = ("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(GROUPS))
        fresh = folder / f"{SIGN_IN}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(f"{NAME}\n{'-'.join(groups)}\n")
        with suppress(FileExistsError):
            os.link(fresh, path)  # refuses to replace what another run made meanwhile
        fresh.unlink()
    return path.read_text(encoding="utf-8").split("\n")[1]


def _take_folder(folder: Path, wanted: Wanted, database: str) -> None:
    note = _note(folder)
    if not note:
        _write_note(folder, {"wanted": wanted.json(), "steps_done": 0, "complete": False, "database": ""})
        return
    if note["wanted"] != wanted.json():
        had = ", ".join(f"{name} {value}" for name, value in note["wanted"].items())
        message = f"{folder} holds a demo of {had}; start it with the same, or anew with --reset, or elsewhere with --into"
        raise Invalid("OTHER_DEMO", message)
    if note["steps_done"] and bool(note["database"]) != bool(database):
        used = "another database" if note["database"] else "its own file"
        message = f"the demo in {folder} uses {used}; set SCORELINE_DATABASE_URL as it was then"
        raise Invalid("OTHER_DATABASE", message)


def _take_database(process: Process, folder: Path) -> None:
    """A server's database is used when nobody has put anything into it."""
    known = process.read(lambda session: vendors.list_vendors(session, process.scope))
    uploads = process.read(lambda session: importers.list_batches(session, process.scope))
    people = process.read(accounts.count_people)
    if known or uploads or people:
        message = "the database that SCORELINE_DATABASE_URL names holds data that is not a demo's; give the demo an empty one"
        raise Conflict("NOT_A_DEMO", message)
    _write_note(folder, {**_note(folder), "database": process.engine.url.render_as_string(hide_password=True)})


def _note(folder: Path) -> dict[str, Any]:
    path = folder / NOTE
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def _write_note(folder: Path, note: Mapping[str, Any]) -> None:
    """Whole or not at all, so that a kill leaves the one before."""
    fresh = folder / f"{NOTE}.new"
    fresh.write_text(json.dumps(note), encoding="utf-8")
    fresh.replace(folder / NOTE)


def _set_up(demo: Demo, step: Mapping[str, Any]) -> None:
    importers.setup_file(environment(demo.process), demo.folder / step["file"])


def _import(demo: Demo, step: Mapping[str, Any]) -> None:
    told = step["options"]
    options = ImportOptions(
        vendor=told.get("vendor", ""),
        kind=told.get("kind", ""),
        side=told.get("side", ""),
        received_on=date.fromisoformat(told["received_on"]),
    )
    for file in step["files"]:
        result: dict[str, Any] = importers.import_file(environment(demo.process), demo.folder / file, options)
        if result["state"] == "refused":
            first = next((problem["message"] for problem in result["problems"] if problem["severity"] == "error"), "no reason given")
            message = f"the sample {file} was refused: {first}"
            raise Invalid("DEMO_REFUSED", message)


def _close(demo: Demo, step: Mapping[str, Any]) -> None:
    process = demo.process
    scorecards.close_month(process.engine, process.scope, process.clock, process.settings, Period.parse(step["period"]), None)


def _advance(demo: Demo, step: Mapping[str, Any]) -> None:
    process = demo.process
    period = Period.parse(step["period"])
    process.write(lambda session: scorecards.advance_month(session, process.scope, period, step["status"], at=process.clock.now()))


def _dispute(demo: Demo, step: Mapping[str, Any]) -> None:
    process = demo.process
    process.write(
        lambda session: contracts.decide_invoice(
            session,
            process.scope,
            step["number"],
            step["vendor"],
            "disputed",
            step["reason"],
            at=process.clock.now(),
            line=step.get("line"),
        )
    )


STEPS: dict[str, Callable[[Demo, Mapping[str, Any]], None]] = {
    "setup": _set_up,
    "import": _import,
    "close": _close,
    "advance": _advance,
    "dispute": _dispute,
}
"""What a step of the manifest does."""


def _name(step: Mapping[str, Any]) -> str:
    what = {
        "setup": "Setting up vendors, sites, queues and contracts",
        "import": f"Reading {', '.join(step.get('files', ()))}",
        "close": f"Computing {step.get('period')}",
        "advance": f"{step.get('period')} is {str(step.get('status', '')).replace('_', ' ')}",
        "dispute": f"Disputing invoice {step.get('number')}",
    }
    return what[step["do"]]
