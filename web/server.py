"""Running the site: a free port, the web server or several, and the scheduler beside it.

Owns: sockets, processes, who ends with whom. Must not know: what stands on a page or what a job does.

The scheduler is a process of its own, because reading and computing keep an interpreter to themselves and pages would
wait for it.
"""

from __future__ import annotations

import errno
import logging
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from kernel.errors import Unavailable
from kernel.settings import Settings
from web.app import create_app
from web.database import open_process
from web.measuring.requests import SHARED_FOLDER
from web.process import Process
from web.progress import Progress

log = logging.getLogger("scoreline")

PORTS_TRIED = 50
"""A taken port moves to the next free one, so far and no further."""
BACKLOG = 128
STOP_SECONDS = 12.0
"""How long that scheduler may take to end before it is killed; killed anywhere, its work is done again."""
PAUSES = (1.0, 5.0, 30.0)
"""Seconds before a scheduler that died is started again: after its first, second, ... death."""
RUN = "import sys; from web.cli import main; sys.exit(main())"


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on the port or the next free one after it.

    Raises Unavailable when the address is not this machine's, or none of the ports is free.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, min(port + PORTS_TRIED, 65536)) if port else (0,):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(BACKLOG)
        except OSError as error:
            listener.close()
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                continue
            raise Unavailable("ADDRESS", f"cannot listen on {host}: {error.strerror}; use --host 127.0.0.1") from error
        return listener
    raise Unavailable("PORT", f"no port from {port} to {port + PORTS_TRIED - 1} is free; give another one with --port")


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment of a process that is to have these settings."""
    told = {f"SCORELINE_{name.upper()}": str(value) for name, value in settings.model_dump().items() if value is not None}
    names = {f"SCORELINE_{name.upper()}" for name in Settings.model_fields}
    return {name: value for name, value in os.environ.items() if name not in names} | told


class SchedulerBeside:
    """The scheduler of a site, in a process that is started again when it dies and ends when the site ends, however that ends."""

    def __init__(self, settings: Settings) -> None:
        """Nothing runs yet. settings: whose database and folder it works on."""
        self._environment = environment_of(settings)
        self._stop = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep, name="scheduler", daemon=True)

    def start(self) -> None:
        """Start it, and keep it running."""
        self._keeper.start()

    def stop(self) -> None:
        """Let it end, and wait for that."""
        self._stop.set()
        if self._keeper.ident is None:
            return
        self._let_go()
        self._keeper.join(STOP_SECONDS)
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _keep(self) -> None:
        deaths = 0
        while not self._stop.is_set():
            self._process = self._spawn()
            if self._stop.is_set():  # told while it was being started
                self._let_go()
            code = self._process.wait()
            if not self._stop.is_set():
                log.warning("the scheduler ended with %s; it is started again", code)
                self._stop.wait(PAUSES[min(deaths, len(PAUSES) - 1)])
                deaths += 1

    def _spawn(self) -> subprocess.Popen[bytes]:
        """It reads a pipe that nobody writes to: its end says that the site is gone, whatever killed it."""
        command = [sys.executable, "-c", RUN, "schedule", "--beside"]
        return subprocess.Popen(command, env=self._environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command

    def _let_go(self) -> None:
        process = self._process
        if process is not None and process.stdin is not None:
            process.stdin.close()


def site_of_environment() -> FastAPI:
    """The site of one of several server processes: everything comes from the environment."""
    return create_app(open_process())


def serve_site(
    process: Process,
    host: str,
    port: int,
    started: Callable[[str], None],
    *,
    jobs: bool,
    workers: int = 1,
    progress: Progress | None = None,
    beside: Callable[[], None] | None = None,
) -> None:
    """Serve until stopped; started is told the address.

    jobs: with a scheduler beside it, which starts once beside is done: work that a thread of its own does meanwhile.
    workers: server processes; more than one open the database of the environment anew.
    """
    listener = listen(host, port)
    name = f"[{host}]" if ":" in host else host
    scheduler = SchedulerBeside(process.settings)

    def meanwhile() -> None:
        if beside is not None:
            beside()
        if jobs:
            scheduler.start()

    threading.Thread(target=meanwhile, name="beside", daemon=True).start()
    started(f"http://{name}:{listener.getsockname()[1]}/")
    try:
        _serve(process, progress, listener, workers)
    except KeyboardInterrupt:
        pass
    finally:
        scheduler.stop()
        listener.close()


def _serve(process: Process, progress: Progress | None, listener: socket.socket, workers: int) -> None:
    proxies = process.settings.trusted_proxies
    options: dict[str, Any] = {
        "log_level": "warning",
        "access_log": False,  # web.measuring writes its own line per request
        "server_header": False,
        "proxy_headers": bool(proxies),
        "forwarded_allow_ips": proxies,
    }
    if workers == 1:
        uvicorn.Server(uvicorn.Config(create_app(process, progress), **options)).run(sockets=[listener])
        return
    os.environ.update(environment_of(process.settings))
    os.environ["SCORELINE_USER"] = process.scope.actor
    with tempfile.TemporaryDirectory(prefix="scoreline-measured-") as folder:
        os.environ[SHARED_FOLDER] = folder
        config = uvicorn.Config("web.server:site_of_environment", factory=True, workers=workers, **options)
        Multiprocess(config, sockets=[listener]).run()
