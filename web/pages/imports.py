"""Uploads over HTTP: what came, one upload, bringing files, deciding about them.

Owns: the addresses under /imports and what their forms say. Must not know: what stands on the pages (uploads, upload), how a
file is read or counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse

from importers import service as importers
from importers.service import Alias, ImportOptions
from kernel.errors import Usage
from kernel.period import Period
from web.deps import Asking, Posting
from web.deps import asking as process_of
from web.environment import environment
from web.gate import SEE_OTHER, wants_data
from web.incoming import FILES, label, receive_form
from web.pages.frame import base_page, render, table_file
from web.pages.upload import KINDS, SIDES, UNDER_WAY, csv_rows, drawn, upload_page
from web.pages.uploads import drawn_list, imports_page, list_rows
from web.process import Process

ACCEPTED = 202
FIELDS = ("vendor", "as", "side", "period", "received_on")
"""What may be said of files that are brought; each as the option of that name of `import`."""
LONGEST_NUMBER = 18
"""Digits of an upload's number; a longer one is none, and the database takes none."""
routes = APIRouter()


@routes.get("/imports.json")
def imports_json(asking: Asking, period: str = "") -> JSONResponse:
    """The uploads of a month (or period=all), what waits, what is missing."""
    return JSONResponse(imports_page(asking, period))


@routes.get("/imports.csv", response_class=PlainTextResponse)
def imports_csv(asking: Asking, period: str = "") -> Response:
    """One line per upload."""
    return table_file(list_rows(imports_page(asking, period)), "imports")


@routes.get("/imports", response_class=HTMLResponse)
def imports_html(asking: Asking, period: str = "", again: Annotated[str, Query(max_length=2000)] = "") -> Response:
    """The page."""
    found = imports_page(asking, period)
    return render("imports.html", drawn_list(found, base_page(asking, "/imports"), asking, again))


@routes.post("/imports", openapi_extra={"requestBody": {"content": {"multipart/form-data": {"schema": {"type": "object"}}}}})
async def bring(request: Request) -> Response:
    """Take files in; programs get their numbers (202), people see the list. They are read by jobs."""
    asking = process_of(request)
    asking.require("upload")
    form = await receive_form(request, asking, FIELDS)
    if not form.files:
        raise Usage("NO_FILES", f"no file came: choose one, or send it in the field {FILES}")
    options = _options({name: values[0] for name, values in form.fields.items()})
    answers = await run_in_threadpool(importers.receive, environment(asking), form.files, options)
    if wants_data(request) or not asking.form_token:
        return JSONResponse({"batches": answers}, ACCEPTED)
    again = ",".join(str(one["batch"]) for one in answers if one["state"] == "unchanged")
    return RedirectResponse(f"/imports?again={again}" if again else "/imports", SEE_OTHER)


def _options(told: Mapping[str, str]) -> ImportOptions:
    """What was said of files. Raises Usage for what is none."""
    kind, side = told.get("as", ""), told.get("side", "")
    if kind not in ("", *KINDS) or side not in ("", *SIDES):
        raise Usage("USAGE", f"as is one of {', '.join(KINDS)}; side one of {', '.join(SIDES)}")
    return ImportOptions(
        vendor=told.get("vendor", ""),
        kind=kind,
        side=side,
        period=_period(told.get("period", "")),
        received_on=_day(told.get("received_on", "")),
    )


def _period(text: str) -> Period | None:
    try:
        return Period.parse(text) if text else None
    except ValueError:
        raise Usage("PERIOD", f"{text[:20]!r} is no month: write it like 2026-10") from None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Usage("DAY", f"{text[:20]!r} is no day: write it like 2026-11-04") from None


@routes.get("/imports/{number:int}.json")
def upload_json(asking: Asking, number: int) -> JSONResponse:
    """One upload: that of `batch show`, what was shown of it, its causes with fixes."""
    return JSONResponse(upload_page(asking, number))


@routes.get("/imports/{number:int}.csv", response_class=PlainTextResponse)
def upload_csv(asking: Asking, number: int) -> Response:
    """Its problems, one line each."""
    return table_file(csv_rows(upload_page(asking, number)), f"upload-{number}-problems")


@routes.get("/imports/{number:int}", response_class=HTMLResponse)
def upload_html(asking: Asking, number: int) -> Response:
    """The page of one upload."""
    return render("upload.html", drawn(upload_page(asking, number), base_page(asking, "/imports"), asking))


@routes.get("/imports/{number:int}/original", include_in_schema=False)
def original(asking: Asking, number: int) -> Response:
    """The file as it came, to keep; agents' ids stand in it, so only who may upload gets it."""
    asking.require("upload")
    path, name = asking.read(lambda session: importers.original_of(session, asking.scope, asking.settings, number))
    plain = "".join(sign if sign.isascii() and sign.isprintable() and sign not in '"\\/%;' else "_" for sign in label(name))
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(label(name), safe='')}"
    headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-store"}
    return FileResponse(path, media_type="application/octet-stream", headers=headers)


@routes.post("/imports/{number:int}/accept")
def accept(
    request: Request,
    posting: Posting,
    number: int,
    token: Annotated[str, Form()] = "",
    save_map: Annotated[str, Form()] = "",
    remember: Annotated[bool, Form()] = False,  # noqa: FBT002 - a box of the form
) -> Response:
    """Let a preview count as it was shown. A program that does not say what it saw accepts what is shown now."""
    posting.require("accept")
    shown = posting.read(lambda session: importers.show_upload(session, posting.scope, number))["shown"]
    seen = token or ("" if posting.form_token or shown is None else shown["token"])
    importers.accept(environment(posting), number, seen, save_map.strip()[:80] if remember or not posting.form_token else "")
    return done(request, posting, number)


@routes.post("/imports/{number:int}/undo")
def undo(request: Request, posting: Posting, number: int) -> Response:
    """Take an upload back that counts."""
    posting.require("undo")
    importers.undo(environment(posting), number)
    return done(request, posting, number)


@routes.post("/imports/{number:int}/discard")
def discard(request: Request, posting: Posting, number: int) -> Response:
    """Put an upload aside that does not count yet."""
    posting.require("upload")
    importers.discard(environment(posting), number)
    return done(request, posting, number)


@routes.post("/imports/{number:int}/read")
def read(
    request: Request,
    posting: Posting,
    number: int,
    vendor: Annotated[str, Form()] = "",
    kind: Annotated[str, Form()] = "",
    side: Annotated[str, Form()] = "",
    period: Annotated[str, Form()] = "",
    map: Annotated[list[str] | None, Form()] = None,  # noqa: A002 - the option's name
    without_bad_rows: Annotated[bool | None, Form()] = None,
    place: Annotated[str, Form()] = "",
    save_map: Annotated[str, Form()] = "",
    alias_kind: Annotated[str, Form()] = "",
    alias_text: Annotated[str, Form()] = "",
    alias_code: Annotated[str, Form()] = "",
) -> Response:
    """Answer what is asked about an upload; it is read again with that."""
    posting.require("upload")
    plain = _options({"vendor": vendor, "as": kind, "side": side, "period": period})
    said: dict[str, Any] = {name: getattr(plain, name) for name in ("vendor", "kind", "side", "period") if getattr(plain, name)}
    if map and any(map):
        said["map"] = dict(_column(one) for one in map if one)
    if without_bad_rows is not None:
        said["without_bad_rows"] = without_bad_rows
    if place:
        posting.require("accept")
        said |= _place(place)
    if save_map:
        said["save_map"] = save_map.strip()[:80]
    names = []
    if alias_text:
        posting.require("set_up")
        owner, _, code = alias_code.rpartition("/")
        names = [Alias(alias_kind, alias_text, code, owner)]
    importers.answer(environment(posting), number, said, names)
    return done(request, posting, number)


def _column(text: str) -> tuple[str, str]:
    """A header and its field; a header may contain `=`, a field not."""
    header, equals, field = text.rpartition("=")
    if not (equals and header.strip() and field.strip()):
        raise Usage("MAP", f"{text[:60]!r} is not like Items closed=decisions")
    return header.strip(), field.strip()


def _place(text: str) -> dict[str, Any]:
    """How an upload stands to one that holds some of the same: `add`, or `supersede:` and its number."""
    what, _, other = text.partition(":")
    if what == "add":
        return {"add": True, "supersede": None}
    if what == "supersede" and other.isascii() and other.isdigit() and len(other) <= LONGEST_NUMBER:
        return {"supersede": int(other), "add": False}
    raise Usage("PLACE", f"{text[:40]!r} is neither add nor supersede:NUMBER")


def done(request: Request, posting: Process, number: int) -> Response:
    """People see the upload; programs get its object, 202 while it is read."""
    if posting.form_token and not wants_data(request):
        return RedirectResponse(f"/imports/{number}", SEE_OTHER)
    told = posting.read(lambda session: importers.show_batch(session, posting.scope, number))
    return JSONResponse(told, ACCEPTED if told["state"] in UNDER_WAY else 200)
