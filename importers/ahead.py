"""A file that is stored and being read while the rest of the program is still loaded.

Owns: `read_ahead`. Must not know: what is imported, nor the database. It loads next to nothing. What is read is the stored
original, as ever, so that the file may change meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from importers.intake import MEGABYTE, Format, Original, sniff
from importers.limits import Limits
from importers.originals import store_original
from importers.reader_process import Begun, begin
from kernel.errors import Refusal

if TYPE_CHECKING:
    from kernel.settings import Settings


@dataclass(frozen=True, slots=True)
class Ahead:
    """An original, and its reading under way; None when it is no table, or had come before and may not be read again."""

    original: Original
    begun: Begun | None


@contextmanager
def read_ahead(path: Path, settings: Settings) -> Iterator[Ahead | None]:
    """Store a file and begin to read it; None when that fails, or the path is no plain file: the import says what is wrong.

    A reading that nobody has waited for in the end is let go of, and ends with this process.
    """
    ahead = None
    with suppress(OSError, Refusal):
        if path.is_file():  # a pipe can be read only once
            ahead = _begun(path, settings)
    try:
        yield ahead
    finally:
        if ahead is not None and ahead.begun is not None:
            ahead.begun.drop()


def _begun(path: Path, settings: Settings) -> Ahead:
    original = store_original(path, settings.files, settings.max_upload_mb * MEGABYTE)
    form = sniff(original.path, path.name)
    if original.known or form not in (Format.CSV, Format.XLSX):
        return Ahead(original, None)
    scratch = settings.data / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    return Ahead(original, begin(original.path, form, Limits.of(settings), scratch))
