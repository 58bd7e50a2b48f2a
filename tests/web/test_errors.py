"""What went wrong, as exit code, status and JSON."""

from __future__ import annotations

import errno
import logging
import sqlite3

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from kernel.db import open_engine
from kernel.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn, Refusal, TooMany, Unavailable, Usage
from web.errors import CODES, as_refusal, bug_json, exit_code, refusal_json, report_bug, status

POSTGRES_FULL = 'could not extend file "base/1": No space left on device'


class Special(Invalid):
    """A room may refine a kind."""


@pytest.mark.parametrize(
    ("kind", "code", "answer", "name"),
    [
        (Invalid, 1, 422, "refused"),
        (NotFound, 1, 404, "refused"),
        (Usage, 2, 400, "usage"),
        (NotSignedIn, 1, 401, "refused"),
        (NotAllowed, 1, 403, "refused"),
        (Conflict, 3, 409, "busy"),
        (Unavailable, 4, 503, "missing"),
        (Special, 1, 422, "refused"),
    ],
)
def test_every_kind_of_refusal_has_its_exit_code_status_and_name(kind: type[Refusal], code: int, answer: int, name: str) -> None:
    refusal = kind("CODE", "Do this instead.")
    assert exit_code(refusal) == code
    assert status(refusal) == answer
    assert refusal_json(refusal) == {"error": {"kind": name, "code": "CODE", "message": "Do this instead.", "reference": None}}


def test_too_many_attempts_are_busy_and_say_when_to_try_again() -> None:
    refusal = TooMany("SIGN_IN_PAUSE", "Try again in 30 seconds.", 30)
    assert (exit_code(refusal), status(refusal), refusal.kind, refusal.seconds) == (3, 429, "busy", 30)


def test_no_kind_of_refusal_is_forgotten() -> None:
    assert {kind for kind in Refusal.__subclasses__() if kind.__module__ == "kernel.errors"} < set(CODES)


def test_a_bug_is_found_in_the_log_by_its_reference(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        try:
            list[int]()[1]
        except IndexError as bug:
            reference = report_bug(bug)
            told = bug_json(bug, reference)
    assert reference in caplog.text
    assert "list index out of range" in caplog.text
    error = told["error"]
    assert isinstance(error, dict)
    assert error["kind"] == "bug"
    assert error["reference"] == reference
    assert "list index" not in error["message"]


def test_a_full_disk_is_a_refusal_wherever_it_is_noticed() -> None:
    noticed = (OSError(errno.ENOSPC, "No space left on device"), *map(_database_says, ("database or disk is full", POSTGRES_FULL)))
    for error in noticed:
        refusal = as_refusal(error)
        assert isinstance(refusal, Unavailable)
        assert refusal.code == "DISK_FULL"


def test_a_damaged_database_is_a_refusal_that_leads_to_the_check() -> None:
    refusal = as_refusal(_database_says("database disk image is malformed"))
    assert isinstance(refusal, Unavailable)
    assert (refusal.code, "scoreline check" in refusal.message) == ("DATABASE_DAMAGED", True)


def test_a_database_that_is_away_busy_or_read_only_is_a_refusal() -> None:
    with pytest.raises(OperationalError) as away, open_engine("postgresql+psycopg://u@127.0.0.1:1/none").connect():
        pass
    found = [
        as_refusal(error)
        for error in (away.value, _database_says("database is locked"), _database_says("attempt to write a readonly database"))
    ]
    assert [refusal and refusal.code for refusal in found] == ["DATABASE_DOWN", "BUSY", "DATABASE_READ_ONLY"]


def test_a_wrong_statement_is_a_bug_and_so_is_any_other_exception() -> None:
    with pytest.raises(OperationalError) as wrong, open_engine("sqlite://").connect() as connection:
        connection.execute(text("SELECT nonsense"))
    assert as_refusal(wrong.value) is None
    assert as_refusal(ValueError("x")) is None
    assert as_refusal(OSError(errno.ENOENT, "no such file")) is None


def test_a_refusal_stands_for_itself() -> None:
    refusal = Invalid("A", "b")
    assert as_refusal(refusal) is refusal


def _database_says(message: str) -> OperationalError:
    return OperationalError("UPDATE", {}, sqlite3.OperationalError(message))
