"""Files that come in over HTTP, taken from the wire block by block.

Owns: the parts of a form with files, how large they may be and how slow, what a file name looks like. Must not know: what
becomes of a file. Nothing is stored before the form token was seen; whatever ends a request early leaves nothing behind.
Files go straight to the disk of the data folder, never to the system's folder for temporary files.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from importers.intake import Original
from importers.originals import Arriving
from kernel.errors import Invalid, Refusal, Usage
from web.bodies import SILENCE_SECONDS
from web.deps import FIELD, HEADER, check_form_token
from web.process import Process

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MEGABYTE = 1_000_000
MOST_FILES = 1000
"""Of one request."""
MOST_FIELDS = 40
LONGEST_FIELD = 4096
LONGEST_HEADER = 8192
"""Bytes of a part's headers."""
WHOLE = 4
"""A request may be this many times as large as the largest file."""
LONGEST_NAME = 120
FILES = "files"
"""The field that holds files."""


@dataclass(frozen=True, slots=True)
class Received:
    """What a form held: its fields, and its files as (name, original), stored."""

    fields: dict[str, list[str]]
    files: list[tuple[str, Original]]


def label(name: str) -> str:
    r"""A file's name as it is shown: its last part, without signs that hide or turn others, cut in the middle.

    >>> label("../../etc/pass\u202ewd\x00.xlsx"), label("C:\\Users\\ana\\oct.csv"), label("")
    ('passwd.xlsx', 'oct.csv', 'file')
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    visible = "".join(sign for sign in last if sign.isprintable()).strip() or "file"
    if len(visible) <= LONGEST_NAME:
        return visible
    ending = Path(visible).suffix[:12]
    return f"{visible[: LONGEST_NAME - len(ending) - 1]}…{ending}"


async def receive_form(request: Request, process: Process, known: Collection[str]) -> Received:
    """Take a form with files in. process: acting as who sends it. known: the fields it may have, beside token and files.

    Raises NotAllowed for a wrong token, Usage for what is no such form, Invalid (TOO_LARGE, TOO_SLOW, CUT_OFF), Unavailable
    (DISK_FULL); nothing is stored then.
    """
    limit = process.settings.max_upload_mb * MEGABYTE
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > WHOLE * limit:
        message = f"this is more than {WHOLE * process.settings.max_upload_mb} MB at once: send fewer files, or smaller ones, at a time"
        raise Invalid("TOO_LARGE", message)
    form = _Form(process, {*known, FIELD}, limit, request.headers.get(HEADER))
    try:
        parser = MultipartParser(_boundary(request), form.callbacks())
        await _feed(request, parser)
        if not form.ended:
            raise Invalid("CUT_OFF", "the upload ended before it was whole; nothing was stored: send it again")  # noqa: TRY301 - dropped below, as all
        return await run_in_threadpool(form.kept)
    except FormParserError as error:
        form.drop()
        raise Usage("FORM", f"the form cannot be read: {error}") from None
    except (ClientDisconnect, TimeoutError) as error:
        form.drop()
        slow = isinstance(error, TimeoutError)
        message = f"nothing came for {SILENCE_SECONDS} seconds" if slow else "the sender is gone"
        raise Invalid("TOO_SLOW" if slow else "CUT_OFF", f"{message}; nothing was stored: send it again") from None
    except BaseException:
        form.drop()
        raise


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise Usage("FORM", "files come as multipart/form-data, in the field files")
    return boundary


async def _feed(request: Request, parser: MultipartParser) -> None:
    stream = request.stream()
    while True:
        block = await asyncio.wait_for(anext(stream, None), SILENCE_SECONDS)
        if block is None:
            return
        if block:
            await run_in_threadpool(parser.write, block)


@dataclass
class _Form:
    """The parts of one form as they come. carried: the form token that came in a header, if any."""

    process: Process
    known: set[str]
    limit: int
    carried: str | None
    ended: bool = False
    fields: dict[str, list[str]] = field(default_factory=dict)
    files: list[tuple[str, Arriving]] = field(default_factory=list)
    total: int = 0
    _header: tuple[bytearray, bytearray] = field(default_factory=lambda: (bytearray(), bytearray()))
    _headers: dict[bytes, bytes] = field(default_factory=dict)
    _name: str = ""
    _text: bytearray | None = None
    _file: Arriving | None = None
    _trusted: bool = False

    def callbacks(self) -> MultipartCallbacks:
        """What the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._more_header(0, data[start:end]),
            "on_header_value": lambda data, start, end: self._more_header(1, data[start:end]),
            "on_header_end": self._end_header,
            "on_headers_finished": self._open,
            "on_part_data": lambda data, start, end: self._data(data[start:end]),
            "on_part_end": self._close,
            "on_end": self._end,
        }

    def kept(self) -> Received:
        """Store the files, now that all have come."""
        self._trust()
        return Received(self.fields, [(name, arriving.keep()) for name, arriving in self.files])

    def drop(self) -> None:
        """Leave nothing behind."""
        for _, arriving in self.files:
            arriving.drop()

    def _begin(self) -> None:
        self._headers = {}

    def _more_header(self, which: int, data: bytes) -> None:
        self._header[which].extend(data)
        if sum(map(len, self._header)) > LONGEST_HEADER:
            raise Usage("FORM", "the head of a part of the form is too long")

    def _end_header(self) -> None:
        self._headers[bytes(self._header[0]).lower()] = bytes(self._header[1])
        self._header = (bytearray(), bytearray())

    def _open(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._text = self._file = None
        if b"filename" not in options:
            if self._name not in self.known or sum(map(len, self.fields.values())) >= MOST_FIELDS:
                raise Usage("UNKNOWN_FIELD", f"this form has no field {self._name[:40]!r}, or too many of them")
            self._text = bytearray()
            return
        if self._name != FILES:
            raise Usage("UNKNOWN_FIELD", f"files come in the field {FILES}, not in {self._name[:40]!r}")
        name = options[b"filename"].decode("utf-8", "replace")
        if name:  # a file field that nothing was chosen for has no name
            self._trust()
            if len(self.files) >= MOST_FILES:
                raise Invalid("TOO_LARGE", f"these are more than {MOST_FILES} files: send fewer at a time")
            self._file = Arriving(self.process.settings.files, self.limit)
            self.files.append((label(name), self._file))

    def _trust(self) -> None:
        """Refuse a form that does not come from a page of ours, before anything of it is stored."""
        if not self._trusted:
            check_form_token(self.process, self.carried if self.carried is not None else (self.fields.get(FIELD) or [""])[0])
            self._trusted = True

    def _data(self, data: bytes) -> None:
        if self._text is not None:
            self._text.extend(data)
            if len(self._text) > LONGEST_FIELD:
                raise Usage("FORM", f"the field {self._name[:40]!r} is longer than {LONGEST_FIELD} characters")
        elif self._file is not None:
            self.total += len(data)
            if self.total > WHOLE * self.limit:
                raise Invalid("TOO_LARGE", f"this is more than {WHOLE * self.limit // MEGABYTE} MB at once: send fewer files at a time")
            self._write(data)

    def _write(self, data: bytes) -> None:
        try:
            self.files[-1][1].write(data)
        except Refusal as refused:
            raise type(refused)(refused.code, f"{self.files[-1][0]}: {refused.message[:1].lower()}{refused.message[1:]}") from None

    def _close(self) -> None:
        if self._text is not None:
            self.fields.setdefault(self._name, []).append(self._text.decode("utf-8", "replace"))

    def _end(self) -> None:
        self.ended = True
