"""The files of a data folder that an archive holds, and writing one so that it is whole or not there.

Owns: which files these are, temporary names, sweeping what killed runs left. Must not know: the zip.
"""

from __future__ import annotations

import fcntl
import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from kernel.settings import Settings
from web.archive.manifest import FILE_NAME, NOTE, SECRET

BLOCK = 1 << 20
TEMPORARY = ".archive-"
PRIVATE, READ_ONLY, USUAL = 0o600, 0o444, 0o644


def place_of(settings: Settings, name: str) -> Path:
    """Where a file of an archive stands on this machine."""
    if name == SECRET:
        return settings.secret
    return settings.data / name


def mode_of(name: str) -> int:
    """The rights of a file of an archive."""
    return PRIVATE if name == SECRET else READ_ONLY if name.startswith("files/") else USUAL


def files_of(settings: Settings, *, with_secret: bool) -> list[str]:
    """The names of the files that there are now, sorted; temporary ones and those of other programs are left out."""
    found = [f"{folder.name}/{path.name}" for folder in (settings.files, settings.evidence) if folder.is_dir() for path in folder.iterdir()]
    single = [name for name in (NOTE, *([SECRET] if with_secret else [])) if place_of(settings, name).is_file()]
    return sorted(name for name in (*found, *single) if FILE_NAME.fullmatch(name))


def secret_mark(settings: Settings) -> str:
    """What tells two keys of the pseudonyms apart without telling them; '' when there is no key."""
    if not settings.secret.is_file():
        return ""
    return hmac.digest(settings.secret.read_bytes().strip(), b"the key of an archive", "sha256").hex()


@contextmanager
def safely_written(target: Path, mode: int) -> Iterator[BinaryIO]:
    """A file to write into that takes the target's name only when the block ends well; else nothing of it stays."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = _new_temporary(target.parent)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
            temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def sweep(folder: Path) -> None:
    """Remove what killed runs left in a folder; runs under way hold a lock and keep theirs."""
    for path in folder.glob(TEMPORARY + "*"):
        try:
            with path.open("rb") as stale:
                fcntl.flock(stale, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
        except (BlockingIOError, FileNotFoundError):
            continue


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _new_temporary(folder: Path) -> tuple[int, Path]:
    while True:
        path = folder / (TEMPORARY + secrets.token_hex(8))
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:  # a sweeper may have been between its making and its lock
            return descriptor, path
        os.close(descriptor)
