"""Refusals and problems.

A *refusal* is raised by a service when the data or the rules say no; `web.errors` alone maps its kind to an exit
code, a status and a page. A *problem* is a fault in the user's data: a value, collected to the end of the file.
"""

from __future__ import annotations

from dataclasses import dataclass


class Refusal(Exception):
    """Something was not done, for a reason that the person can act on.

    code is stable (`UNKNOWN_VENDOR`); message is one sentence that says what to do.
    """

    kind = "refused"

    def __init__(self, code: str, message: str) -> None:
        """Keep the code and the sentence."""
        super().__init__(message)
        self.code = code
        self.message = message


class Invalid(Refusal):
    """The data or the rules say no (exit 1, status 422)."""


class NotFound(Refusal):
    """No such thing, or not yours: both answer alike (exit 1, status 404)."""


class Usage(Refusal):
    """The call itself is wrong (exit 2, status 400)."""

    kind = "usage"


class Conflict(Refusal):
    """Busy, or changed meanwhile; trying again may help (exit 3, status 409)."""

    kind = "busy"


class NotSignedIn(Refusal):
    """Nobody is signed in, or what was shown for it is wrong (exit 1, status 401)."""


class NotAllowed(Refusal):
    """Whoever acts is known, and may not do this (exit 1, status 403)."""


class TooMany(Conflict):
    """Too many attempts, or too many at once (exit 3, status 429); seconds: after how many to try again."""

    def __init__(self, code: str, message: str, seconds: int) -> None:
        """Keep the code, the sentence and the wait."""
        super().__init__(code, message)
        self.seconds = seconds


class Unavailable(Refusal):
    """A needed outside part is missing or down (exit 4, status 503)."""

    kind = "missing"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault (or remark) in a user's file, with the place as the spreadsheet shows it.

    severity: error, warning or info. row: as the sheet numbers it, None for the whole sheet or file. column:
    letters (xlsx) or the header's position as letters (csv). value: the cell's text, masked where it names a
    person. message: one sentence with the remedy. count: how many places share this cause.
    """

    severity: str
    code: str
    message: str
    sheet: str = ""
    row: int | None = None
    column: str | None = None
    cell: str | None = None
    value: str | None = None
    count: int = 1

    def json(self) -> dict[str, object]:
        """The JSON of interface section 2."""
        return {
            "severity": self.severity,
            "code": self.code,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "cell": self.cell,
            "value": self.value,
            "message": self.message,
            "count": self.count,
        }
