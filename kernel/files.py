"""Files that are whole under their name or not there, whatever ends the process that writes them.

Owns: temporary names, the lock by which a run under way keeps its own, sweeping what killed runs left, and names that
outlive a power cut. Must not know: what is written.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

TEMPORARY = ".scoreline-"
"""How the name of a file begins that is being written."""
PRIVATE, AS_USUAL = 0o600, 0o666


def new_temporary(folder: Path, rights: int = PRIVATE) -> tuple[int, Path]:
    """A new file in a folder, open for reading and writing and locked until it is closed: descriptor and path."""
    while True:
        path = folder / (TEMPORARY + secrets.token_hex(8))
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, rights)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:  # a sweeper may have been between its making and its lock
            return descriptor, path
        os.close(descriptor)


def sweep(folder: Path) -> int:
    """Remove what killed runs left in a folder; returns how many files went. Runs under way hold a lock and keep theirs."""
    swept = 0
    for path in folder.glob(TEMPORARY + "*"):
        try:
            with path.open("rb") as stale:
                fcntl.flock(stale, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
                swept += 1
        except (BlockingIOError, FileNotFoundError, PermissionError):  # held, gone, or not ours
            continue
    return swept


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def safely_written(target: Path, mode: int | None = None) -> Iterator[BinaryIO]:
    """A file to write into that takes the target's name only when the block ends well; else nothing of it stays.

    mode: its rights, None = as files of this process usually are.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = new_temporary(target.parent, AS_USUAL if mode is None else PRIVATE)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
            temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)
