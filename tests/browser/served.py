"""A site that a real browser can open: served on a port of its own, with a person who has signed in."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn

from tests.web.sign_in import session_secret
from web.app import create_app
from web.process import Process
from web.server import listen

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

WAIT_SECONDS = 10


@dataclass(frozen=True)
class Served:
    """A site that runs, and the cookie of a session in it."""

    address: str
    cookie: str
    secret: str

    def context(self, browser: Browser, **more: object) -> BrowserContext:
        """A browser's context that has signed in; more: for new_context."""
        context = browser.new_context(**more)  # type: ignore[arg-type]
        context.add_cookies([{"name": self.cookie, "value": self.secret, "url": self.address}])
        return context


@contextmanager
def served(process: Process) -> Iterator[Served]:
    """Serve a process's site; its own actor has signed in."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(create_app(process), log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    until = time.monotonic() + WAIT_SECONDS
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    port = listener.getsockname()[1]
    try:
        yield Served(f"http://127.0.0.1:{port}", f"scoreline-{port}", session_secret(process))
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
