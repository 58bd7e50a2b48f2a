"""Notes: what people write beside a figure, a finding, an invoice or an upload.

Owns: who may write, read and withdraw one. Must not know: pages. A note feeds no figure and is never deleted; a
vendor account reads and writes on its own things only and never sees a note marked internal.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlmodel import Session

from contracts import service as contracts
from kernel import audit
from kernel.errors import Invalid, NotFound
from kernel.scope import Scope
from scorecards import store
from scorecards.models import Note
from scorecards.note_subjects import Subject, read_subject

MOST_TEXT = 2_000
"""Longest note, characters."""
KEPT_SIGNS = "\n\t"
"""Control characters that a note may hold."""


def add_note(session: Session, scope: Scope, subject: str, text: str, at: datetime, *, internal: bool = False) -> dict[str, Any]:
    """Leave a note; the same text by the same person on the same thing is the note that stands already.

    Raises Invalid for a text that is empty, too long or holds control characters, for a subject that is none, or an
    internal note by a vendor's account; NotFound for an unknown or foreign vendor or invoice. Whether an upload
    exists is for the caller to know.
    """
    on = read_subject(subject)
    _require_subject(session, scope, on)
    if internal and scope.vendors is not None:
        raise Invalid("NOT_ALLOWED", "only the client's staff may leave an internal note")
    words = _checked(text)
    for row in store.notes(session, subjects=[on.text]):
        if (row.text, row.author, row.internal) == (words, scope.actor, internal) and row.withdrawn_at is None:
            return note_object(row, scope)
    note = Note(subject=on.text, vendor=on.vendor, period=on.period, text=words, internal=internal, author=scope.actor, at=at)
    session.add(note)
    session.flush()
    details: dict[str, object] = {"subject": on.text, "internal": internal, "text": audit.digest(words)}
    audit.record(session, at, scope.actor, "note.add", f"note:{note.id}", details)
    return note_object(note, scope)


def withdraw_note(session: Session, scope: Scope, number: int, at: datetime) -> dict[str, Any]:
    """Take a note back: it stays, marked as withdrawn; doing it again changes nothing.

    Raises NotFound for a note that is not there or not to be seen, Invalid when somebody else wrote it.
    """
    note = store.note(session, number)
    if note is None or not _sees(scope, note):
        raise NotFound("UNKNOWN_NOTE", f"there is no note {number}; see: scoreline note list")
    if not may_withdraw(note, scope):
        raise Invalid("NOT_ALLOWED", "only its author or an administrator may withdraw a note")
    if note.withdrawn_at is None:
        note.withdrawn_at, note.withdrawn_by = at, scope.actor
        session.add(note)
        session.flush()
        audit.record(session, at, scope.actor, "note.withdraw", f"note:{number}", {"subject": note.subject})
    return note_object(note, scope)


def list_notes(
    session: Session, scope: Scope, *, vendor: str | None = None, period: str | None = None, subjects: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """The notes that the actor may see, oldest first; of one vendor, of one month's figures, or on some subjects."""
    found = store.notes(session, vendor=vendor, period=period, subjects=subjects)
    return [note_object(row, scope) for row in found if _sees(scope, row)]


def may_withdraw(note: Note, scope: Scope) -> bool:
    """Whether the actor may take this note back."""
    return note.author == scope.actor or (scope.vendors is None and "administrator" in scope.roles)


def note_object(note: Note, scope: Scope) -> dict[str, Any]:
    """A note as JSON; may_withdraw: whether the actor may still take it back."""
    return {
        "note": note.id,
        "subject": note.subject,
        "vendor": note.vendor,
        "period": note.period,
        "text": note.text,
        "internal": note.internal,
        "author": note.author,
        "at": note.at.isoformat(),
        "withdrawn_at": note.withdrawn_at.isoformat() if note.withdrawn_at else None,
        "withdrawn_by": note.withdrawn_by,
        "may_withdraw": note.withdrawn_at is None and may_withdraw(note, scope),
    }


def _sees(scope: Scope, note: Note) -> bool:
    if scope.vendors is None:
        return True
    return note.vendor in scope.vendors and not note.internal and (note.withdrawn_at is None or note.author == scope.actor)


def _require_subject(session: Session, scope: Scope, on: Subject) -> None:
    if not on.vendor:
        if scope.vendors is not None:
            raise NotFound("UNKNOWN_BATCH", f"there is no upload {on.parts[0]}")
        return
    if not scope.sees(on.vendor) or not store.knows_vendor(session, on.vendor):
        raise NotFound("UNKNOWN_VENDOR", f"there is no vendor {on.vendor}; see: scoreline vendor list")
    if on.kind in ("invoice", "finding"):
        contracts.find_invoice(session, scope, on.parts[0], on.vendor)


def _checked(text: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise Invalid("NOTE_EMPTY", "a note needs a text")
    if len(words) > MOST_TEXT:
        raise Invalid("NOTE_LONG", f"a note holds at most {MOST_TEXT:,} characters, this one has {len(words):,}; shorten it")
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in KEPT_SIGNS for sign in words):
        raise Invalid("NOTE_SIGNS", "the note holds control characters; write it as plain text")
    return words
