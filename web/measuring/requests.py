"""Every request measured: how long it took, how it ended, one log line.

Owns: the middleware and its counters. Must not know: pages, or the database. Paths are counted by their route, so that
no stranger can make counters; of addresses what follows the question mark is never logged.
"""

from __future__ import annotations

import logging
import os
import time

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.process_collector import ProcessCollector
from starlette.datastructures import MutableHeaders
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.errors import BUG_STATUS, as_refusal, new_reference
from web.errors import status as status_of
from web.logs import REQUEST

log = logging.getLogger("scoreline")

SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNROUTED = "(none)"
"""The route of what was answered before any page was chosen: unknown addresses, strangers, refused origins."""
LONGEST_PATH = 200
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Environment variable of prometheus_client: a folder in which several server processes add up what they measure."""


class Requests:
    """The counters of one site."""

    def __init__(self) -> None:
        """Start at nothing."""
        self.registry = CollectorRegistry()
        self.seconds = Histogram(
            "scoreline_request_seconds",
            "How long requests took, by route and status.",
            ("method", "route", "status"),
            buckets=SECONDS,
            registry=self.registry,
        )
        if SHARED_FOLDER not in os.environ:
            ProcessCollector(registry=self.registry)

    def gathered(self) -> CollectorRegistry:
        """What this process measured, or all server processes together where there are several."""
        if SHARED_FOLDER not in os.environ:
            return self.registry
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        return shared


class Measuring:
    """Measures and logs every request (ASGI); stands outside of everything else."""

    def __init__(self, app: ASGIApp, requests: Requests) -> None:
        """Before an app."""
        self.app = app
        self.requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status, number = time.perf_counter(), BUG_STATUS, new_reference()
        REQUEST.set(number)  # for this request's own task; what is logged of a bug after us has it too

        async def watching(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = number
            await send(message)

        try:
            await self.app(scope, receive, watching)
        except Exception as error:
            refusal = as_refusal(error)  # answered outside of us, as web.app says
            status = BUG_STATUS if refusal is None else status_of(refusal)
            raise
        finally:
            self._note(scope, status, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        route = _route(scope)
        self.requests.seconds.labels(method, route, str(status)).observe(seconds)
        visitor = scope.get("state", {}).get("visitor")
        fields = {
            "method": method,
            "path": _path(scope),
            "route": route,
            "status": status,
            "milliseconds": round(seconds * 1000, 1),
            "actor": visitor.scope.actor if visitor is not None else None,
        }
        shown = fields | {"actor": fields["actor"] or "-"}
        log.info("%(method)s %(path)s %(status)s %(milliseconds)s ms %(actor)s", shown, extra={"fields": fields})


def _route(scope: Scope) -> str:
    route: BaseRoute | None = scope.get("route")
    if route is not None:
        return str(getattr(route, "path", UNROUTED))
    return "/static" if scope["path"].startswith("/static/") else UNROUTED


def _path(scope: Scope) -> str:
    """The address as it came, still encoded (so that it stays on its line), without what follows the question mark."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.split(b"?")[0].decode("ascii", errors="replace")[:LONGEST_PATH]
