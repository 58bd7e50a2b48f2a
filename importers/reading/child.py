"""What happens inside the limited child: limits first, then the reading, then the answer.

Owns: `read_limited`. Must not know: who asked. The process ends here, whatever happens.
"""

from __future__ import annotations

import logging
import os
import re
import resource
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from importers.intake import Format
from importers.limits import OUT_OF_MEMORY, OUT_OF_SPACE
from importers.reading.delimited import read_delimited
from importers.reading.sheet import Refused
from importers.reading.transport import dump, dump_bug, dump_refusal
from importers.reading.xlsx import explain_workbook, read_workbook

MEGABYTE = 1 << 20
OPEN_FILES = 256
GRACE_SECONDS = 2
WORKERS = 2
"""Processes beside the child that read big sheets: as many as cores are common, each within the child's limits."""
_OUT_OF_MEMORY = re.compile("alloc|memory|spawn threads", re.IGNORECASE)
"""How libraries say that memory was used up, or that none was left for a thread."""

_OUT_OF_SPACE = re.compile("no space left|quota exceeded", re.IGNORECASE)
"""How the system says that the disk is full, in whatever exception a library wraps it."""


def read_limited(request: Mapping[str, Any]) -> NoReturn:
    """Read one file as the request says, write the answer into its folder, and leave the process.

    request: path, folder, format, explain, memory_mb, cpu_seconds.
    """
    folder = Path(request["folder"])
    code = 0
    try:
        _quiet(folder)
        limit(request["memory_mb"], request["cpu_seconds"])
        _read(request, folder)
    except Refused as refused:
        dump_refusal(folder, refused)
    except MemoryError:
        code = OUT_OF_MEMORY
    except BaseException as error:  # noqa: BLE001 - a panic of a library is no Exception; the parent tells the person
        if _OUT_OF_MEMORY.search(str(error)):
            os._exit(OUT_OF_MEMORY)
        if _OUT_OF_SPACE.search(str(error)):
            os._exit(OUT_OF_SPACE)
        try:
            dump_bug(folder, traceback.format_exc())
        except BaseException:  # noqa: BLE001 - nothing is left but to die
            code = 1
    os._exit(code)


def _read(request: Mapping[str, Any], folder: Path) -> None:
    path = Path(request["path"])
    if request["explain"]:
        explain_workbook(path, request["memory_mb"])
    elif request["format"] == Format.XLSX:
        dump(folder, read_workbook(path, request["memory_mb"], folder, WORKERS))
    else:
        dump(folder, read_delimited(path))


def _quiet(folder: Path) -> None:
    """What libraries print goes into the scratch folder; the folder is also where the process stands."""
    os.chdir(folder)
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT, 0o600)
    for standard in (1, 2):
        os.dup2(log, standard)
    logging.disable(logging.ERROR)


def limit(memory_mb: int, cpu_seconds: int) -> None:
    """Bound this process: memory above what it holds already, processor time, size of files, open files, no core dump."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    memory = pages * resource.getpagesize() + memory_mb * MEGABYTE
    _bound(resource.RLIMIT_AS, memory)
    _bound(resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + GRACE_SECONDS)
    _bound(resource.RLIMIT_FSIZE, memory_mb * MEGABYTE)
    _bound(resource.RLIMIT_NOFILE, OPEN_FILES)
    _bound(resource.RLIMIT_CORE, 0)


def _bound(kind: int, most: int, at_last: int | None = None) -> None:
    """Set a limit, or keep the machine's own where that is lower: nobody may raise it."""
    _, ceiling = resource.getrlimit(kind)
    wanted = (most, most if at_last is None else at_last)
    resource.setrlimit(kind, wanted if ceiling == resource.RLIM_INFINITY else (min(wanted[0], ceiling), min(wanted[1], ceiling)))
