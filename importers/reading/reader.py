"""Reading a file from outside: ask the template for a child, wait, and turn whatever happened into a `Reading`.

Owns: the template process of this program, `read_tables`, `warm`. Must not know: how formats are read, nor what is done
with tables. A child's death is a problem of the file, never an exception.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import importers
from importers.intake import Format, Original
from importers.reading.child import OUT_OF_MEMORY, OUT_OF_SPACE
from importers.reading.limits import Limits
from importers.reading.sheet import Reading, Refused
from importers.reading.transport import load
from kernel.errors import Problem, Unavailable

logger = logging.getLogger(__name__)
_QUIET_START = {"POLARS_MAX_THREADS": "2", "MALLOC_ARENA_MAX": "2", "_RJEM_MALLOC_CONF": "background_thread:false"}


class _Template:
    """The template process and the socket to it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        root = str(Path(importers.__file__).parent.parent)
        environment = {**os.environ, **_QUIET_START, "PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "importers.reading.template", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        self.owner = os.getpid()
        self.control = ours

    def ask(self, request: dict[str, object]) -> dict[str, object]:
        """How the child of a request ended. Raises OSError when the template is gone."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                socket.send_fds(self.control, [json.dumps(request).encode()], [theirs.fileno()])
            answer = b"".join(iter(lambda: ours.recv(4096), b""))
        if not answer:
            raise ConnectionResetError
        ended: dict[str, object] = json.loads(answer)
        return ended

    def close(self) -> None:
        """Let the template end itself and its children."""
        self.control.close()
        if self.owner == os.getpid():
            self.process.wait()


_lock = threading.Lock()
_running: list[_Template] = []


def warm() -> None:
    """Start the template, if it is not running; returns at once, while the template imports what it needs."""
    with _lock:
        _current()


def cool() -> None:
    """End the template of this process; the next reading starts another."""
    with _lock:
        while _running:
            _running.pop().close()


atexit.register(cool)


def _current() -> _Template:
    if _running and (_running[0].owner != os.getpid() or _running[0].process.poll() is not None):
        _running.pop().close()
    if not _running:
        _running.append(_Template())
    return _running[0]


def read_tables(original: Original, file_name: str, file_format: Format, limits: Limits, scratch: Path | None = None) -> Reading:
    """All tables of an original, read in a limited child process.

    scratch: folder for what child and parent exchange; default: the system's folder for temporary files. Raises
    Unavailable when no child can be started at all, or the disk of that folder is full.
    """
    outcome = _attempt(original.path, file_format, limits, scratch, explain=False)
    if isinstance(outcome, Problem) and outcome.code in {"TOO_LARGE_TO_READ", "UNREADABLE"} and file_format == Format.XLSX:
        why = _attempt(original.path, file_format, limits, scratch, explain=True)
        outcome = why if isinstance(why, Refused) else outcome
    if isinstance(outcome, Refused):
        outcome = Problem("error", outcome.code, f"{file_name} {outcome.what}.", sheet=outcome.sheet, cell=outcome.cell)
    if isinstance(outcome, Problem):
        return Reading((), (_named(outcome, file_name),))
    return outcome


def _named(problem: Problem, file_name: str) -> Problem:
    return Problem(**{**asdict(problem), "message": problem.message.replace("{file}", file_name)})


def _replace(template: _Template) -> None:
    """Let go of a template that does not answer; it may be dying, so that asking whether it lives is too early."""
    with _lock:
        if template in _running:
            _running.remove(template)
            template.process.kill()
            template.close()


def _attempt(path: Path, file_format: Format, limits: Limits, scratch: Path | None, *, explain: bool) -> Reading | Refused | Problem:
    folder = Path(tempfile.mkdtemp(prefix="scoreline-read-", dir=scratch))
    try:
        request: dict[str, object] = {
            "path": str(path.resolve()),
            "folder": str(folder),
            "format": file_format.value,
            "explain": explain,
            "memory_mb": limits.memory_mb,
            "cpu_seconds": limits.cpu_seconds,
            "wall_seconds": limits.wall_seconds,
        }
        ended = _ask(request)
        return _outcome(ended, folder, limits)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ask(request: dict[str, object]) -> dict[str, object]:
    for _ in range(2):
        with _lock:
            template = _current()
        with suppress(OSError):
            return template.ask(request)
        _replace(template)
    raise Unavailable("NO_READER", "The process that reads files cannot be started; see the log.")


def _outcome(ended: dict[str, object], folder: Path, limits: Limits) -> Reading | Refused | Problem:
    status = int(str(ended["status"]))
    ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if ended["late"] or ended_by == signal.SIGXCPU:
        seconds = limits.wall_seconds if ended["late"] else limits.cpu_seconds
        what = f"takes longer than {seconds} seconds to read; split it by month or site and upload the parts"
        return Problem("error", "TOO_LARGE_TO_READ", f"{{file}} {what}.")
    if not ended_by and os.waitstatus_to_exitcode(status) == OUT_OF_SPACE:
        raise Unavailable("DISK_FULL", "The disk has no room to read the file; free some space and try again.")
    if ended_by in {signal.SIGABRT, signal.SIGKILL} or os.waitstatus_to_exitcode(status) == OUT_OF_MEMORY:
        what = f"needs more than {limits.memory_mb} MB of memory to read; split it by month or site and upload the parts"
        return Problem("error", "TOO_LARGE_TO_READ", f"{{file}} {what}.")
    told = load(folder) if status == 0 else ""
    if isinstance(told, str):
        logger.warning("reading ended with status %s: %s", status, told or "no answer")
        return Problem("error", "UNREADABLE", "{file} cannot be read; open it in Excel, save it as a new xlsx and upload that.")
    return told
