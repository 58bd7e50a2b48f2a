"""The template process of this program, which forks a child for each file that is read.

Owns: `warm`, `cool`, `begin`. Must not know: how a file is read, what becomes of the answer. It loads next to nothing, so
that a command can start the template and have its file read first, and load what it needs itself meanwhile.
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

import importers
from importers.intake import Format
from importers.limits import Limits
from kernel.errors import Unavailable

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

    def ask(self, request: dict[str, object]) -> socket.socket:
        """Have a child forked; how it ended comes over the socket. Raises OSError when the template is gone."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self.control, [json.dumps(request).encode()], [theirs.fileno()])
        except OSError:
            ours.close()
            raise
        return ours

    def close(self) -> None:
        """Let the template end itself and its children, and remove what they wrote."""
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
    """End the template of this process with all readings under way; the next reading starts another."""
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


class Begun:
    """A reading under way. folder: where its child writes the answer; whoever waits for the end removes it."""

    def __init__(self, folder: Path, request: dict[str, object]) -> None:
        self.folder = folder
        self._request = request
        self._ask()

    def _ask(self) -> None:
        with _lock:
            self._template = _current()
        self._answer: socket.socket | None = None
        with suppress(OSError):  # a template that is gone is replaced by whoever waits
            self._answer = self._template.ask(self._request)

    def ended(self) -> dict[str, object]:
        """Wait until the child has ended; returns how. Raises Unavailable when no template answers, asked twice."""
        told = self._told()
        if not told:
            _replace(self._template)
            self._ask()
            told = self._told()
        if not told:
            _replace(self._template)
            raise Unavailable("NO_READER", "The process that reads files cannot be started; see the log.")
        ended: dict[str, object] = json.loads(told)
        return ended

    def drop(self) -> None:
        """Wait no longer; child and folder end with the template. Nothing more to do when its end was waited for."""
        if self._answer is not None:
            self._answer.close()

    def _told(self) -> bytes:
        """What the template says of the child; nothing when the template is gone."""
        if self._answer is None:
            return b""
        with self._answer as answer, suppress(OSError):
            return b"".join(iter(lambda: answer.recv(4096), b""))
        return b""


def begin(path: Path, file_format: Format, limits: Limits, scratch: Path | None = None, *, explain: bool = False) -> Begun:
    """Have a file read in a limited child process; returns at once.

    scratch: folder for what child and parent exchange; default: the system's folder for temporary files. explain: only
    find out why the file cannot be read.
    """
    folder = Path(tempfile.mkdtemp(prefix="scoreline-read-", dir=scratch))
    return Begun(
        folder,
        {
            "path": str(path.resolve()),
            "folder": str(folder),
            "format": file_format.value,
            "explain": explain,
            "memory_mb": limits.memory_mb,
            "cpu_seconds": limits.cpu_seconds,
            "wall_seconds": limits.wall_seconds,
        },
    )


def _replace(template: _Template) -> None:
    """Let go of a template that does not answer; it may be dying, so that asking whether it lives is too early."""
    with _lock:
        if template in _running:
            _running.remove(template)
            template.process.kill()
            template.close()
