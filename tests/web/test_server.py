"""Finding a port; the site's processes: who starts, replaces and ends whom."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError

import pytest

from kernel.errors import Unavailable
from kernel.settings import Settings, load_settings
from tests.conftest import ROOT
from web.server import RUN, environment_of, listen


def test_a_taken_port_moves_to_the_next_free_one() -> None:
    first = listen("127.0.0.1", 0)
    port = first.getsockname()[1]
    second = listen("127.0.0.1", port)
    assert port < second.getsockname()[1] < port + 50
    first.close()
    second.close()


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(Unavailable, match="use --host"):
        listen("192.0.2.1", 8000)


def test_a_process_beside_gets_the_same_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCORELINE_DATA", "elsewhere")
    monkeypatch.setenv("SCORELINE_SECRET_FILE", "elsewhere.key")
    wanted = Settings(data=tmp_path, secret_file=None, timezone="Europe/Lisbon", max_upload_mb=7)
    told = environment_of(wanted)
    for name in [name for name in os.environ if name.startswith("SCORELINE_")]:
        monkeypatch.delenv(name)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert load_settings() == wanted


@contextmanager
def _served(data: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A site over a data folder, with its address."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCORELINE_")}
    environment = {**kept, "SCORELINE_DATA": str(data), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", RUN, "serve", "--port", "0", "--json", *arguments]
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())["url"].rstrip("/")
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def _children(process: subprocess.Popen[str], word: str) -> list[int]:
    """The processes that a site started, by a word of their command."""
    found = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not found.exists():
        pytest.skip("this machine does not tell a process's children")
    threads = Path(f"/proc/{process.pid}/task").glob("*/children")
    return [int(pid) for file in threads for pid in file.read_text().split() if word in _command(int(pid))]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def _until(what: str, true: object, seconds: float = 60) -> None:
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def _ready(url: str) -> dict[str, object]:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=60) as answer:  # noqa: S310 - our own site
            found: dict[str, object] = json.loads(answer.read())
    except HTTPError as error:
        found = json.loads(error.read())
    return found


def _ticked(data: Path) -> bool:
    import sqlite3  # noqa: PLC0415 - a look past the product

    with sqlite3.connect(data / "scoreline.db") as connection:
        return bool(connection.execute("SELECT count(*) FROM scheduler_tick").fetchone()[0])


def test_the_scheduler_beside_a_site_is_replaced_when_it_dies_and_ends_with_the_site(data_folder: Path) -> None:
    with _served(data_folder) as (site, url):
        _until("it should tick", lambda: _ticked(data_folder))
        assert _ready(url)["ready"] is True
        (first,) = _children(site, "schedule")
        os.kill(first, signal.SIGKILL)
        _until("it should be replaced", lambda: _children(site, "schedule") not in ([], [first]))
        (second,) = _children(site, "schedule")
        site.send_signal(signal.SIGINT)
        site.wait(30)
    assert not Path(f"/proc/{second}").exists()


def test_the_scheduler_beside_a_site_ends_also_when_the_site_is_killed(data_folder: Path) -> None:
    with _served(data_folder) as (site, _):
        _until("it should tick", lambda: _ticked(data_folder))
        (scheduler,) = _children(site, "schedule")
        site.kill()
        site.wait(30)
        _until("it should end", lambda: "schedule" not in _command(scheduler))


def test_several_server_processes_answer_on_one_port_without_a_scheduler(data_folder: Path) -> None:
    with _served(data_folder, "--workers", "2", "--no-scheduler") as (site, url):
        _until("both should run", lambda: len(_children(site, "spawn_main")) == 2)
        assert _ready(url)["database"] is True
        assert _children(site, "schedule") == []
