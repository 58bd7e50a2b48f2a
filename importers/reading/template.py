"""The warm template process: everything imported, no thread at work, no network; one fork of it per file.

Owns: forking, reaping and timing out children. Must not know: what is read. Run as `python -m importers.reading.template
FD`, FD being a socket over which requests come (JSON plus a descriptor for the answer); it ends when that socket closes.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import select
import shutil
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import fastexcel  # noqa: F401 - imported once, before any fork
import polars as pl  # noqa: F401 - the same

from importers.reading.child import read_limited

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
MOST_REQUEST = 1 << 16


@dataclass(slots=True)
class _Child:
    answer: socket.socket
    deadline: float
    late: bool = False


class Template:
    """Forks a child per request and reports how each ended, as `{"status": wait status, "late": bool}`."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._children: dict[int, _Child] = {}
        self._folders: list[Path] = []

    def serve(self) -> None:
        """Serve until the other end of the control socket closes; then end every child and remove what nobody took."""
        wakes, wake = os.pipe()
        for end in (wakes, wake):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True:
            control = self._control.fileno()
            ready, _, _ = select.select([control, wakes], [], [], self._patience())
            if wakes in ready:
                os.read(wakes, 4096)
            self._end_late()
            self._reap()
            if control in ready and not self._accept():
                break
        for pid in self._children:
            _kill(pid)
            os.waitpid(pid, 0)
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)

    def _patience(self) -> float | None:
        waits = [child.deadline for child in self._children.values() if not child.late]
        return max(0.0, min(waits) - time.monotonic()) if waits else None

    def _accept(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self._control, MOST_REQUEST, 1)
        if not message:
            return False
        request = json.loads(message)
        self._folders = [*filter(Path.exists, self._folders), Path(request["folder"])]
        answer = socket.socket(fileno=descriptors[0])
        pid = os.fork()
        if pid == 0:
            os.setsid()
            signal.set_wakeup_fd(-1)
            for kind in (signal.SIGCHLD, signal.SIGINT):
                signal.signal(kind, signal.SIG_DFL)
            answer.close()
            self._control.close()
            read_limited(request)
        self._children[pid] = _Child(answer, time.monotonic() + request["wall_seconds"])
        return True

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                child = self._children.pop(pid)
                with contextlib.suppress(OSError), child.answer:
                    child.answer.sendall(json.dumps({"status": status, "late": child.late}).encode())

    def _end_late(self) -> None:
        now = time.monotonic()
        for pid, child in self._children.items():
            if not child.late and child.deadline <= now:
                child.late = True
                _kill(pid)


def _kill(pid: int) -> None:
    """End a child with all it started; it may not have become leader of its group yet."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def leave_network() -> bool:
    """Move into a network namespace without interfaces, where the system permits it; children inherit it."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWNET) == 0:
        return True
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    for name, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        Path(f"/proc/self/{name}").write_text(line, encoding="ascii")
    return True


def main() -> None:
    """Serve on the socket whose descriptor is the only argument."""
    with socket.socket(fileno=int(sys.argv[1])) as control:
        with contextlib.suppress(OSError):
            leave_network()
        gc.freeze()
        gc.disable()  # a child reads one file and ends
        Template(control).serve()


if __name__ == "__main__":
    main()
