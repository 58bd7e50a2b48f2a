"""The template process of this program, which forks a child for each file that is read.

Owns: `warm`, `cool`, `ask`. Must not know: what is asked. It loads next to nothing, so that a command can start the
template first and load what it needs itself meanwhile.
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import importers
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


def ask(request: dict[str, object]) -> dict[str, object]:
    """How the child of a request ended. Raises Unavailable when no template answers."""
    for _ in range(2):
        with _lock:
            template = _current()
        with suppress(OSError):
            return template.ask(request)
        _replace(template)
    raise Unavailable("NO_READER", "The process that reads files cannot be started; see the log.")


def _replace(template: _Template) -> None:
    """Let go of a template that does not answer; it may be dying, so that asking whether it lives is too early."""
    with _lock:
        if template in _running:
            _running.remove(template)
            template.process.kill()
            template.close()
