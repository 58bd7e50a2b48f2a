"""Owed: rows whose making or ending must stand in the audit log, and does not.

Owns: which rows owe which entry, where no room compares its rows with the log by itself. Must not know: what a row
means. A log whose newest entries were cut off is whole in itself; only what was done beside it tells that it was longer.
What leaves no row (a sign-out, a wrong password, a job asked for again) cannot be missed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlmodel import Session

from importers import store as uploads
from kernel.selfcheck import Checked
from scorecards import store as scorecards
from web.accounts import store as accounts

READINGS = ("batch.receive", "batch.answer", "batch.agree", "batch.preview")
"""What happens to an upload before it counts or is refused; importers.trail compares what comes then."""
ENTRIES = ("account.add", "account.roles", "account.disable", "account.sign_in", "account.password", "token.add", "token.revoke")
NOTES = ("note.add", "note.withdraw")
LISTED = 10


def check(session: Session) -> Checked:
    """Every row that owes the audit log an entry has it."""
    log = _Log(session)
    faults = [*_uploads(session, log), *_notes(session, log), *_accounts(session, log)]
    detail = "; ".join(faults[:LISTED]) + (f"; and {len(faults) - LISTED} more" if len(faults) > LISTED else "")
    return Checked("what was done stands in the audit log", not faults, f"{len(faults)} without an entry", "0 without an entry", detail)


class _Log:
    """The entries in question.

    last: the newest body by action and subject. at: the instants by the same. reading: what happened last to an upload that
    is on its way, by subject.
    """

    def __init__(self, session: Session) -> None:
        self.last: dict[tuple[str, str], dict[str, Any]] = {}
        self.at: dict[tuple[str, str], set[datetime]] = {}
        self.reading: dict[str, str] = {}
        for entry in uploads.audited(session, (*READINGS, *NOTES, *ENTRIES)):
            self.last[entry.action, entry.subject] = json.loads(entry.body)
            self.at.setdefault((entry.action, entry.subject), set()).add(entry.at)
            if entry.action in READINGS:
                self.reading[entry.subject] = entry.action


def _uploads(session: Session, log: _Log) -> Iterator[str]:
    for row in uploads.batches(session):
        subject = f"batch:{row.id}"
        if ("batch.receive", subject) not in log.last:
            yield f"that upload {row.id} ({row.file_name}) was received"
        elif row.state == "preview" and log.reading[subject] != "batch.preview":
            yield f"that upload {row.id} ({row.file_name}) was shown"


def _notes(session: Session, log: _Log) -> Iterator[str]:
    for row in scorecards.notes(session):
        if ("note.add", f"note:{row.id}") not in log.last:
            yield f"that note {row.id} was left"
        if row.withdrawn_at is not None and ("note.withdraw", f"note:{row.id}") not in log.last:
            yield f"that note {row.id} was withdrawn"


def _accounts(session: Session, log: _Log) -> Iterator[str]:
    sessions = accounts.all_sessions(session)
    for row in accounts.accounts(session):
        subject = f"account:{row.name}"
        told = log.last.get(("account.roles", subject)) or log.last.get(("account.add", subject))
        if told is None:
            yield f"that account {row.name} was made"
        elif (told["roles"], told["vendors"]) != (json.loads(row.roles), json.loads(row.vendors)):
            yield f"that account {row.name} has these roles"
        if row.disabled_at is not None and ("account.disable", subject) not in log.last:
            yield f"that account {row.name} was disabled"
        began = log.at.get(("account.sign_in", subject), set()) | log.at.get(("account.password", subject), set())
        if any(one.created_at not in began for one in sessions.get(row.id or 0, ())):
            yield f"that {row.name} signed in"
    for token in accounts.tokens(session):
        subject = f"token:{token.name}"
        if ("token.add", subject) not in log.last:
            yield f"that token {token.name} was made"
        if token.revoked_at is not None and ("token.revoke", subject) not in log.last:
            yield f"that token {token.name} was revoked"
