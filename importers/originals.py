"""Originals: each upload as it came, one read-only file per SHA-256.

Owns: taking a file in block by block, so that it is whole under its name or not there. Must not know: what stands in it.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from importers.intake import MEGABYTE, Original
from kernel.errors import Invalid, Unavailable
from kernel.files import new_temporary, sweep, sync_folder

BLOCK = 1 << 20


class Arriving:
    """A file on its way into DATA/files, block by block: it stands under its SHA-256 once it is kept, else nowhere.

    Raises Unavailable (DISK_FULL) at any step when the disk has no room; nothing is left behind then.
    """

    def __init__(self, files: Path, limit_bytes: int) -> None:
        files.mkdir(parents=True, exist_ok=True)
        sweep(files)
        self.size = 0
        self._files, self._limit, self._digest = files, limit_bytes, hashlib.sha256()
        with self._room():
            descriptor, self._temporary = new_temporary(files)
            self._target = os.fdopen(descriptor, "wb")

    def write(self, block: bytes) -> None:
        """Take the next bytes. Raises Invalid (TOO_LARGE) above the limit, having dropped the file."""
        self.size += len(block)
        if self.size > self._limit:
            self.drop()
            message = f"The file is larger than {self._limit // MEGABYTE} MB; split it by month or site and upload the parts."
            raise Invalid("TOO_LARGE", message)
        self._digest.update(block)
        with self._room():
            self._target.write(block)

    def fill(self, source: BinaryIO) -> None:
        """Take everything that a stream still holds."""
        with self._room():
            while block := source.read(BLOCK):
                self.write(block)

    def keep(self) -> Original:
        """Put the file under its name, read-only and safe on disk when this returns; a torn file of that name is replaced."""
        place = self._files / self._digest.hexdigest()
        known = place.exists()
        with self._room():
            self._target.flush()
            os.fchmod(self._target.fileno(), 0o444)
            os.fsync(self._target.fileno())
            self._temporary.replace(place)
        self._target.close()
        sync_folder(self._files)
        return Original(place.name, self.size, place, known)

    def drop(self) -> None:
        """Leave nothing behind; also after it was dropped."""
        self._temporary.unlink(missing_ok=True)
        with suppress(OSError):  # what was not written yet has no room either
            self._target.close()

    @contextmanager
    def _room(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            if hasattr(self, "_target"):
                self.drop()
            if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
                raise Unavailable("DISK_FULL", "The disk has no room for the upload; free some space and try again.") from error
            raise


def store_original(source: Path | BinaryIO, files: Path, limit_bytes: int) -> Original:
    """Copy an upload into DATA/files under its SHA-256, read-only and safe on disk when this returns.

    The same content twice is the same file; a torn file of that name is replaced. Raises Invalid (TOO_LARGE) above
    limit_bytes, Unavailable (DISK_FULL) when the disk has no room; nothing is left behind then.
    """
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return store_original(stream, files, limit_bytes)
    arriving = Arriving(files, limit_bytes)
    arriving.fill(source)
    return arriving.keep()
