"""Running the site: a free port, the web server, and the jobs beside it."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable

import uvicorn

from kernel.errors import Unavailable
from web.app import create_app
from web.jobs import keep_working
from web.process import Process
from web.progress import Progress

PORTS_TRIED = 50
"""A taken port moves to the next free one, so far and no further."""
BACKLOG = 128


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


def serve_site(
    process: Process,
    host: str,
    port: int,
    started: Callable[[str], None],
    *,
    jobs: bool,
    progress: Progress | None = None,
    beside: Callable[[], None] | None = None,
) -> None:
    """Serve until stopped; started is told the address; beside is work that a thread of its own does meanwhile."""
    listener = listen(host, port)
    name = f"[{host}]" if ":" in host else host
    config = uvicorn.Config(create_app(process, progress), log_level="warning", access_log=False, server_header=False)
    server = uvicorn.Server(config)
    stop = threading.Event()
    if beside is not None:
        threading.Thread(target=beside, name="beside", daemon=True).start()
    if jobs:
        threading.Thread(target=keep_working, args=(process, stop), name="jobs", daemon=True).start()
    started(f"http://{name}:{listener.getsockname()[1]}/")
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        listener.close()
