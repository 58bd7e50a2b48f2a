"""A small demo, made once by the real command and shared by the tests of a run; each test works on a copy."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from web.cli import main

MONTHS = 3
"""Enough for every planted case: the last two months and one before them."""
SEED = 7


def shared_folder(worker_id: str, name: str) -> Path:
    """A folder that all processes of one test run share."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") if worker_id != "master" else None
    return Path(tempfile.gettempdir()) / f"scoreline-{name}-{run or uuid.uuid4().hex}"


@contextmanager
def made_once(folder: Path) -> Iterator[bool]:
    """Lets one process at a time in; True for the first, who makes what is shared."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / "made"
        yield not done.exists()
        done.touch()


def make(folder: Path, database_url: str = "") -> None:
    """Make a demo with the command, as a user would."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("SCORELINE_")]:
            patch.delenv(name)
        if database_url:
            patch.setenv("SCORELINE_DATABASE_URL", database_url)
        code = main(["demo", "--months", str(MONTHS), "--seed", str(SEED), "--into", str(folder), "--no-serve"])
    assert code == 0, "the demo could not be made"


def copy(template: Path, folder: Path) -> None:
    """A test's own copy; what another process that reads the template keeps beside its database is not the demo's."""
    shutil.copytree(template, folder, ignore=shutil.ignore_patterns("*.db-shm", "*.db-wal"))


def forget(folder: Path, worker_id: str) -> None:
    """Remove the shared folder; with several processes only their last leaves, and nobody knows who that is."""
    if worker_id == "master":
        shutil.rmtree(folder, ignore_errors=True)
