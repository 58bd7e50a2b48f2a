"""Reading a file from outside: ask the template for a child, wait, and turn whatever happened into a `Reading`.

Owns: `read_tables`. Must not know: how formats are read, nor what is done with tables. A child's death is a problem of
the file, never an exception.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
from dataclasses import asdict
from pathlib import Path

from importers.intake import Format, Original
from importers.limits import OUT_OF_MEMORY, OUT_OF_SPACE, Limits
from importers.reader_process import Begun, begin
from importers.reading.sheet import Reading, Refused
from importers.reading.transport import load
from kernel.errors import Problem, Unavailable

logger = logging.getLogger(__name__)


def read_tables(
    original: Original, file_name: str, file_format: Format, limits: Limits, scratch: Path | None = None, begun: Begun | None = None
) -> Reading:
    """All tables of an original, read in a limited child process.

    scratch: folder for what child and parent exchange; default: the system's folder for temporary files. begun: the same
    reading, when it was begun before. Raises Unavailable when no child can be started at all, or the disk of that folder
    is full.
    """
    outcome = _outcome(begun or begin(original.path, file_format, limits, scratch), limits)
    if isinstance(outcome, Problem) and outcome.code in {"TOO_LARGE_TO_READ", "UNREADABLE"} and file_format == Format.XLSX:
        why = _outcome(begin(original.path, file_format, limits, scratch, explain=True), limits)
        outcome = why if isinstance(why, Refused) else outcome
    if isinstance(outcome, Refused):
        outcome = Problem("error", outcome.code, f"{file_name} {outcome.what}.", sheet=outcome.sheet, cell=outcome.cell)
    if isinstance(outcome, Problem):
        return Reading((), (_named(outcome, file_name),))
    return outcome


def _named(problem: Problem, file_name: str) -> Problem:
    return Problem(**{**asdict(problem), "message": problem.message.replace("{file}", file_name)})


def _outcome(begun: Begun, limits: Limits) -> Reading | Refused | Problem:
    """What a reading comes to; its folder is removed."""
    try:
        return _judged(begun.ended(), begun.folder, limits)
    finally:
        shutil.rmtree(begun.folder, ignore_errors=True)


def _judged(ended: dict[str, object], folder: Path, limits: Limits) -> Reading | Refused | Problem:
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
