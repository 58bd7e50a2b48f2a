"""The ranking page under load: 50 vendors, 12 months, requests at a steady rate whatever the answers take (open loop).

python -m bench.pages FOLDER [--seconds 30] [--vendors 50] [--rows 1000000]

First 100 requests a second of `/rankings/2026-10` on a quiet site; then 50 a second while a file of a million rows is
uploaded to the same site, read, and accepted. A latency counts from the moment at which the request was due, so that a stall
is felt by all that were due in it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import httpx2

from bench import fixture, measure
from bench.import_big import written
from bench.reclose import CLOCK, LAST, ME, Filling
from kernel.db import open_engine
from kernel.period import months_between
from kernel.settings import Settings
from scorecards import service
from web.migrations import migrate

PATH = f"/rankings/{LAST}"
CONNECTIONS = 16
QUIET_RATE, BUSY_RATE = 100, 50


def main() -> None:
    """Fill a store, serve it, ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--vendors", type=int, default=50)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    fill(options.folder / "data", options.vendors)
    big, _ = written(options.folder, options.rows)
    setup = options.folder / "setup.toml"
    fixture.write_setup(setup)
    token = str(told(options.folder / "data", "token", "add", f"bench-{os.getpid()}", "--role", "partnership")["token"])
    told(options.folder / "data", "setup", str(setup))
    with Site(options.folder / "data") as site:
        seconds = asyncio.run(load(site.address, token, QUIET_RATE, lambda passed: passed < options.seconds))
        say(f"ranking page, {options.vendors} vendors x 12 months, {QUIET_RATE} requests a second", "p99 < 20 ms", seconds)
        upload = Upload(site.address, token, big)
        upload.start()
        seconds = asyncio.run(load(site.address, token, BUSY_RATE, lambda _: upload.is_alive()))
        say(f"the same, {BUSY_RATE} requests a second, while {options.rows:,} rows are imported", "p99 < 50 ms", seconds)
        print(f"  the upload took {upload.seconds:.1f} s to be {upload.state}", flush=True)


def fill(folder: Path, vendors: int) -> None:
    """A closed year of so many vendors, unless the folder holds it already."""
    if (folder / "filled").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    settings = Settings(data=folder)
    engine = open_engine(settings.url)
    migrate(engine)
    months = months_between(date(2025, 11, 1), LAST.first)
    Filling(engine, [f"V{number:02d}" for number in range(vendors)], months).fill()
    for month in months:
        service.close_month(engine, ME, CLOCK, settings, month)
    engine.dispose()
    (folder / "as_of.txt").write_text("2026-11-06\n", encoding="utf-8")
    (folder / "filled").touch()


def environment(folder: Path) -> dict[str, str]:
    """What a command is told of the store."""
    return {**os.environ, "SCORELINE_DATA": str(folder), "PYTHONPYCACHEPREFIX": str(measure.COMPILED)}


def told(folder: Path, *arguments: str) -> dict[str, object]:
    """The answer of a command."""
    done = subprocess.run(command(*arguments, "--json"), env=environment(folder), capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def command(*arguments: str) -> list[str]:
    """A command of the product."""
    return [sys.executable, "-c", "from web.cli import main; raise SystemExit(main())", *arguments]


class Site:
    """The running site."""

    def __init__(self, folder: Path) -> None:
        """Over a filled store."""
        self.folder = folder

    def __enter__(self) -> Self:
        """Start it, and wait until it says where it is."""
        self.process = subprocess.Popen(
            command("serve", "--port", "0", "--json"), env=environment(self.folder), stdout=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline() if self.process.stdout else ""
        self.address = str(json.loads(line)["url"]).rstrip("/")
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.process.terminate()
        self.process.wait()


class Upload(threading.Thread):
    """A big file on its way through the site, until it counts."""

    def __init__(self, address: str, token: str, file: Path) -> None:
        """Not started yet."""
        super().__init__(daemon=True)
        self.address, self.token, self.file = address, token, file
        self.seconds, self.state = 0.0, ""

    def run(self) -> None:
        """Send it, wait until it is read, accept it."""
        began = time.perf_counter()
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        with httpx2.Client(base_url=self.address, headers=headers, timeout=300) as client, self.file.open("rb") as content:
            sent = client.post("/imports", files={"files": (self.file.name, content)}).raise_for_status().json()
            number = sent["batches"][0]["batch"]
            self.state = self._settled(client, number)
            if self.state == "refused":  # it asks whose counts these are
                client.post(f"/imports/{number}/read", data={"vendor": "BIGV", "side": "vendor", "kind": "performance"}).raise_for_status()
                self.state = self._settled(client, number)
            if self.state == "preview":
                client.post(f"/imports/{number}/accept").raise_for_status()
                self.state = self._settled(client, number)
        self.seconds = time.perf_counter() - began

    def _settled(self, client: httpx2.Client, number: int) -> str:
        while True:
            state = str(client.get(f"/imports/{number}.json").raise_for_status().json()["state"])
            if state not in ("received", "reading", "accepting"):
                return state
            time.sleep(0.2)


async def load(address: str, token: str, rate: int, going_on: Callable[[float], bool]) -> list[float]:
    """Ask at a steady rate; the latencies in seconds, in the order in which requests were due."""
    host, port = urlsplit(address).hostname, urlsplit(address).port
    asked = f"GET {PATH} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\nAccept: text/html\r\n\r\n".encode()
    free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await asyncio.open_connection(host, port, limit=4_000_000))
    connection = await free.get()
    await answer(connection, asked)  # the first one renders the page
    free.put_nowait(connection)
    took: list[float] = []
    asking: set[asyncio.Task[None]] = set()
    began = time.perf_counter()

    async def ask(due: float) -> None:
        connection = await free.get()
        await answer(connection, asked)
        free.put_nowait(connection)
        took.append(time.perf_counter() - due)

    number = 0
    while going_on(time.perf_counter() - began):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        task = asyncio.create_task(ask(due))
        asking.add(task)
        task.add_done_callback(asking.discard)
        number += 1
    await asyncio.gather(*asking)
    return took


async def answer(connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], asked: bytes) -> None:
    """Ask once over a kept connection and read the whole answer; anything but 200 ends the measurement."""
    reader, writer = connection
    writer.write(asked)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    if not head.startswith("http/1.1 200"):
        sys.exit(f"the page answered {head.splitlines()[0]}")
    length = next(int(line.partition(":")[2]) for line in head.splitlines() if line.startswith("content-length:"))
    await reader.readexactly(length)


def say(yardstick: str, reach: str, seconds: Sequence[float]) -> None:
    """Keep a result: the latencies in milliseconds."""
    ordered = sorted(seconds)
    at = {name: 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] for name, share in (("p50", 0.5), ("p99", 0.99))}
    measure.report(yardstick, reach, {"requests": len(ordered), "p50 ms": at["p50"], "p99 ms": at["p99"], "most ms": 1000 * ordered[-1]})


if __name__ == "__main__":
    main()
