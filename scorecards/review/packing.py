"""A review as a file on disk: whole, or not there.

Owns: how it is written so that no half of it is ever found under its name. Must not know: what stands in it.
"""

from __future__ import annotations

import os
from pathlib import Path

from kernel.errors import Invalid
from kernel.faults import reached

FAULT_POINTS = ("export.begun", "export.written", "export.renamed")
"""Places at which a process may die while it writes a pack."""
PART = ".part"


def write_pack(path: Path, content: bytes) -> None:
    """Write a file at once: a reader finds the old one or the new one.

    What a run that died left beside it is swept by the next. Raises Invalid when the folder is not there or may not
    be written to; OSError (a full disk) goes up.
    """
    folder = path.parent
    if path.is_dir() or not folder.is_dir():
        message = f"{path} cannot be written: {'it is a folder' if path.is_dir() else f'there is no folder {folder}'}"
        raise Invalid("CANNOT_WRITE", message)
    _sweep(path)
    part = folder / f".{path.name}.{os.getpid()}{PART}"
    try:
        with part.open("wb") as file:
            file.write(content[: len(content) // 2])
            reached("export.begun")
            file.write(content[len(content) // 2 :])
            file.flush()
            os.fsync(file.fileno())
        reached("export.written")
        part.replace(path)
    except PermissionError as error:
        message = f"{path} cannot be written: {error.strerror}"
        raise Invalid("CANNOT_WRITE", message) from error
    finally:
        part.unlink(missing_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    reached("export.renamed")


def _sweep(path: Path) -> None:
    """Take away what processes that are gone left beside a file."""
    for left in path.parent.glob(f".{path.name}.*{PART}"):
        number = left.name.removesuffix(PART).rpartition(".")[2]
        if number.isdigit() and not _runs(int(number)):
            left.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's, but there
        return True
    return True
