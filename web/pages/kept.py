"""Pages kept as they were last rendered, for as long as nothing changed that they tell of.

Owns: which answer may be given again, and to whom. Must not know: what stands on a page. An answer is kept for one
session and one address; the audit log says whether anything changed, because every change writes an entry in its own
transaction. Only uploads that are under way change without one: they are looked at themselves.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from fastapi import Request, Response
from sqlmodel import Session

from importers import service as importers
from kernel import audit
from web.process import Process

FIGURES = ("month.", "note.", "queue.", "site.", "vendor.")
"""What a page of closed months depends on: closes and states, names, notes."""
RECORD = (*FIGURES, "batch.", "contracts.", "holidays.", "invoice.", "template.")
"""What a page of the record as it stands depends on besides: uploads, contracts, bills, rates, decisions, days off."""
MOST_KEPT = 128
MOST_BYTES = 64_000_000

Key = tuple[object, ...]


class Kept:
    """The answers kept by one process; the oldest go first."""

    def __init__(self) -> None:
        """Empty."""
        self._lock = threading.Lock()
        self._answers: OrderedDict[Key, tuple[object, Response]] = OrderedDict()
        self._making: dict[Key, threading.Lock] = {}
        self._bytes = 0

    def get(self, key: Key, version: object, make: Callable[[], Response]) -> Response:
        """The kept answer of this version, else a new one; of several that ask at once one makes it, the others wait."""
        found = self._find(key, version)
        if found is not None:
            return found
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        try:
            with making:
                found = self._find(key, version)
                if found is None:
                    found = make()
                    self._keep(key, version, found)
                return found
        finally:
            with self._lock:
                self._making.pop(key, None)

    def _find(self, key: Key, version: object) -> Response | None:
        with self._lock:
            kept = self._answers.get(key)
            if kept is None or kept[0] != version:
                return None
            self._answers.move_to_end(key)
            return kept[1]

    def _keep(self, key: Key, version: object, answer: Response) -> None:
        with self._lock:
            before = self._answers.pop(key, None)
            self._answers[key] = (version, answer)
            self._bytes += len(answer.body) - (len(before[1].body) if before else 0)
            while len(self._answers) > MOST_KEPT or self._bytes > MOST_BYTES:
                _, (_, oldest) = self._answers.popitem(last=False)
                self._bytes -= len(oldest.body)


def of_figures(session: Session) -> object:
    """The version of a page of closed months."""
    return audit.newest_of(session, FIGURES)


def of_record(session: Session) -> object:
    """The version of a page that also tells of uploads, contracts or bills as they stand now."""
    return audit.newest_of(session, RECORD), importers.under_way(session)


def kept(request: Request, asking: Process, make: Callable[[], Response], version_of: Callable[[Session], object] = of_figures) -> Response:
    """The page of this address for whoever asks, rendered again only when what it tells of has another version."""
    version = (asking.read(version_of), asking.today())
    key = (request.url.path, request.url.query, asking.scope, asking.form_token, asking.seen_as)
    pages: Kept = request.app.state.kept
    answer = pages.get(key, version, make)
    # a copy: what stands before the app adds its headers to every answer
    return Response(answer.body, answer.status_code, media_type=answer.media_type)
