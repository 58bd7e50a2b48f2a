"""A review as a file on disk: whole, or not there.

Owns: what is refused, and where a process may die. Must not know: what stands in it.
"""

from __future__ import annotations

from pathlib import Path

from kernel.errors import Invalid
from kernel.faults import reached
from kernel.files import safely_written, sweep

FAULT_POINTS = ("export.begun", "export.written", "export.renamed")
"""Places at which a process may die while it writes a pack."""


def write_pack(path: Path, content: bytes) -> None:
    """Write a file at once: a reader finds the old one or the new one.

    What a run that died left beside it is swept by the next. Raises Invalid when the folder is not there or may not
    be written to; OSError (a full disk) goes up.
    """
    folder = path.parent
    if path.is_dir() or not folder.is_dir():
        message = f"{path} cannot be written: {'it is a folder' if path.is_dir() else f'there is no folder {folder}'}"
        raise Invalid("CANNOT_WRITE", message)
    try:
        sweep(folder)
        with safely_written(path) as file:
            file.write(content[: len(content) // 2])
            reached("export.begun")
            file.write(content[len(content) // 2 :])
            reached("export.written")
    except PermissionError as error:
        message = f"{path} cannot be written: {error.strerror}"
        raise Invalid("CANNOT_WRITE", message) from error
    reached("export.renamed")
