"""What went wrong, as an exit code, an HTTP status and JSON: the only place that maps the kinds of kernel.errors.

Owns: that table, which faults of the machine are refusals too (disk full, database away), and the reference number
under which a bug stands in the log. Must not know: pages or commands; they print what this says.
"""

from __future__ import annotations

import errno
import logging
import re
import secrets
import traceback
from typing import TYPE_CHECKING, Final

from kernel.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn, Refusal, TooMany, Unavailable, Usage

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

log = logging.getLogger("scoreline")

CODES: Final[dict[type[Refusal], tuple[int, int]]] = {
    NotFound: (1, 404),
    Invalid: (1, 422),
    Usage: (2, 400),
    NotSignedIn: (1, 401),
    NotAllowed: (1, 403),
    TooMany: (3, 429),
    Conflict: (3, 409),
    Unavailable: (4, 503),
    Refusal: (1, 422),
}
"""Kind of refusal -> (exit code, HTTP status)."""
STATUSES: Final = {"TOO_SLOW": 408, "TOO_LARGE": 413, "DISK_FULL": 507}
"""Codes for which HTTP has a status of its own."""
BUG_EXIT: Final = 70
BUG_STATUS: Final = 500
DISK_ADVICE: Final = "its disk may be full or failing; nothing was changed; look after it and try again"
DISK_FULL_STATE: Final = "53100"
"""PostgreSQL's own, whatever language it speaks."""
TERMINAL_ADVICE: Final = re.compile(r"[;:] (?:see: scoreline .*|use --user NAME)$")
NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def exit_code(refusal: Refusal) -> int:
    """The exit code of a command that was refused.

    >>> exit_code(Conflict("BUSY", "try again"))
    3
    """
    return _codes(refusal)[0]


def status(refusal: Refusal) -> int:
    """The HTTP status of a request that was refused.

    >>> status(NotFound("UNKNOWN_VENDOR", "no such vendor"))
    404
    """
    return STATUSES.get(refusal.code) or _codes(refusal)[1]


def _codes(refusal: Refusal) -> tuple[int, int]:
    return next(CODES[kind] for kind in type(refusal).__mro__ if kind in CODES)


def spoken(refusal: Refusal) -> str:
    """A refusal's sentence as a page prints it: without the advice that is for a terminal only.

    >>> spoken(NotFound("UNKNOWN_VENDOR", "there is no vendor 'NOVA_2'; see: scoreline vendor list"))
    "There is no vendor 'NOVA_2'."
    """
    message = TERMINAL_ADVICE.sub("", refusal.message)
    return f"{message[:1].upper()}{message[1:]}."


def refusal_json(refusal: Refusal) -> dict[str, object]:
    """The JSON of a refusal (interface section 2); it needs no reference, the person can act on it."""
    return error_json(refusal.kind, refusal.code, refusal.message, None)


def error_json(kind: str, code: str, message: str, reference: str | None) -> dict[str, object]:
    """The JSON of anything that went wrong; reference is the number in the log, None when nothing was logged."""
    return {"error": {"kind": kind, "code": code, "message": message, "reference": reference}}


def bug_json(bug: BaseException, reference: str) -> dict[str, object]:
    """The JSON of a bug: its sentence names the reference and nothing of the inside."""
    return error_json("bug", type(bug).__name__, bug_sentence(reference), reference)


def bug_sentence(reference: str) -> str:
    """What a person is told about a bug."""
    return f"This is a bug in Scoreline, not in your data; report it with the number {reference}. Nothing of this step was stored."


def report_bug(bug: BaseException) -> str:
    """Write a bug with its traceback to the log and return the reference number that finds it there."""
    reference = new_reference()
    log.error("bug %s\n%s", reference, "".join(traceback.format_exception(bug)))
    return reference


def new_reference() -> str:
    """A number to find one event in the log by, easy to read aloud: eight hexadecimal digits."""
    return secrets.token_hex(4).upper()


def as_refusal(error: BaseException) -> Refusal | None:
    """The refusal that an exception stands for; None when it is a bug.

    Besides refusals themselves these are the machine's own faults that a person can mend: a full disk, a database
    that is away, locked or read-only; and numbers that no row can have.
    """
    if isinstance(error, Refusal):
        return error
    if isinstance(error, OSError) and error.errno in NO_SPACE:
        return _disk_full()
    if isinstance(error, OverflowError) and "int too large to convert" in str(error):  # SQLite, a list; PostgreSQL finds nothing
        return NotFound("NO_SUCH_NUMBER", "nothing here has a number that large")
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415 - a command starts before it is loaded

    if isinstance(error, DBAPIError):
        return _of_database(error)
    return None


def _disk_full() -> Refusal:
    return Unavailable("DISK_FULL", "the disk is full; nothing was changed; free some space and try again")


def _of_database(error: DBAPIError) -> Refusal | None:
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415 - loaded already where there is such an error

    said = str(error.orig)
    if "is full" in said or "No space left on device" in said or getattr(error.orig, "sqlstate", None) == DISK_FULL_STATE:
        return _disk_full()
    known = {
        "disk I/O error": Unavailable("DISK_ERROR", f"the database cannot be written ({said}); {DISK_ADVICE}"),
        "malformed": Unavailable(
            "DATABASE_DAMAGED", f"the database is damaged ({said}); see what of it: scoreline check; then restore a backup"
        ),
        "database is locked": Conflict("BUSY", "the database is busy with other changes; nothing was changed, try again"),
        "readonly database": Unavailable(
            "DATABASE_READ_ONLY", "the database cannot be written; check the owner and the rights of the data folder"
        ),
    }
    for words, refusal in known.items():
        if words in said:
            return refusal
    if error.connection_invalidated or (isinstance(error, OperationalError) and "connection" in said):
        return Unavailable("DATABASE_DOWN", "the database cannot be reached; check that it runs and that SCORELINE_DATABASE_URL names it")
    return None
