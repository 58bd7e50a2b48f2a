"""Notes on pages: POST /notes, POST /notes/{number}/withdraw, and the panel that any page can show.

Owns: what a panel of notes says, where one goes after writing. Must not know: the pages that show panels. A page
takes two lines: `panel(...)` in its object for the template, `{{ notes.block(page.notes_panel) }}` from notes.html.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from importers import service as importers
from scorecards import notes
from scorecards.note_subjects import read_subject, subject_words
from web.accounts.rules import local_path, may, require
from web.deps import Posting
from web.filters import counted, long_day, sentence
from web.gate import SEE_OTHER
from web.process import Process

CREATED = 201
Row = Mapping[str, Any]
routes = APIRouter()


@routes.post("/notes")
def add(
    request: Request,
    posting: Posting,
    subject: Annotated[str, Form()],
    text: Annotated[str, Form()],
    internal: Annotated[bool, Form()] = False,  # noqa: FBT002 - a box of the form
    back: Annotated[str, Form()] = "/",
) -> Response:
    """Leave a note; programs get it as JSON, people go back to where they wrote it."""
    require(posting.scope, "note")
    note = add_note(posting, subject, text, internal=internal)
    return _answer(request, note, back, CREATED)


@routes.post("/notes/{number}/withdraw")
def withdraw(request: Request, posting: Posting, number: int, back: Annotated[str, Form()] = "/") -> Response:
    """Take a note back; it stays, marked as withdrawn."""
    require(posting.scope, "note")
    note = posting.write(lambda session: notes.withdraw_note(session, posting.scope, number, posting.clock.now()))
    return _answer(request, note, back, 200)


def add_note(process: Process, subject: str, text: str, *, internal: bool) -> dict[str, Any]:
    """Leave a note on a thing that exists. Raises as scorecards.notes.add_note does, NotFound also for an upload."""

    def work(session: Any) -> dict[str, Any]:
        on = read_subject(subject)
        if on.kind == "upload":
            importers.show_batch(session, process.scope, int(on.parts[0]))
        return notes.add_note(session, process.scope, subject, text, process.clock.now(), internal=internal)

    return process.write(work)


def panel(found: Sequence[Row], choices: Sequence[tuple[str, str]], back: str, process: Process, form_token: str) -> dict[str, Any]:
    """What notes.html shows: the notes, and the form for another; folded while no note stands.

    Args: found = notes as scorecards.notes gives them; choices = (subject, its words) that a new note may be on;
    back = the address of the page that shows it; form_token as the frame of the page has it.
    """
    names = dict(choices)
    standing = sum(1 for note in found if note["withdrawn_at"] is None)
    return {
        "label": sentence(counted(standing, "note")) if standing else "Leave a note",
        "count": standing,
        "rows": [_row(note, names, several=len(choices) != 1) for note in found],
        "choices": [{"subject": subject, "name": name} for subject, name in choices] if may(process.scope.roles, "note") else [],
        "back": back,
        "may_be_internal": process.scope.vendors is None,
        "most": notes.MOST_TEXT,
        "form_token": form_token,
    }


def counts(found: Sequence[Row]) -> dict[str, int]:
    """How many notes stand on each subject: for the marks beside figures."""
    told: dict[str, int] = {}
    for note in found:
        if note["withdrawn_at"] is None:
            told[note["subject"]] = told.get(note["subject"], 0) + 1
    return told


def _row(note: Row, names: Mapping[str, str], *, several: bool) -> dict[str, Any]:
    return {
        "number": note["note"],
        "about": (names.get(note["subject"]) or subject_words(note["subject"])) if several else "",
        "text": note["text"],
        "author": note["author"],
        "day": long_day(note["at"]),
        "internal": note["internal"],
        "withdrawn": f"withdrawn {long_day(note['withdrawn_at'])} by {note['withdrawn_by']}" if note["withdrawn_at"] else "",
        "may_withdraw": note["may_withdraw"],
    }


def _answer(request: Request, note: Row, back: str, status: int) -> Response:
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse(note, status_code=status)
    return RedirectResponse(f"{local_path(back.partition('#')[0])}#note-{note['note']}", SEE_OTHER)
