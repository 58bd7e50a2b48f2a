"""A process dies anywhere on the way of an upload of the site; the same step again, or the next worker, ends as if nothing had been."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from importers.receiving import FAULT_POINTS
from kernel.faults import CRASH_VARIABLE
from tests.conftest import ROOT
from tests.faults import uploading
from tests.faults.conftest import Builder, Copy
from tests.faults.house import OWN, House, own_rows, write
from tests.faults.test_kills import KILLED, picture
from tests.faults.uploading import REFUSED
from tests.faults.warm import Warm

TRIED = {*FAULT_POINTS, "upload.taken", "upload.shown"}
ROWS = [*own_rows(3), ["Nova T&S", "Manila 1", "Posts", "en", "2026-10-07", "agent-1", -5, "7.5"]]
"""NOVA's corrected counts with one fault that a person leaves out."""
FILE = "nova_new.csv"
WAYS = {
    "accepted": ("receive", "jobs", "answer", "jobs", "accept", "jobs"),
    "put aside": ("receive", "jobs", "answer", "jobs", "discard", "jobs"),
}
"""What people and workers do, one after the other."""
CASES = [
    *(("accepted", 0, point) for point in FAULT_POINTS if point.startswith("receive.")),
    ("accepted", 1, "upload.taken"),
    *(("accepted", 1, f"import.{point}") for point in ("read", "parsed", "gathered")),
    *(("accepted", 2, point) for point in FAULT_POINTS if point.startswith("answer.")),
    ("accepted", 3, "upload.shown"),
    *(("accepted", 4, point) for point in FAULT_POINTS if point.startswith("agree.")),
    ("accepted", 5, "upload.taken"),
    *(("accepted", 5, f"import.{point}") for point in ("evidence_written", "evidence_placed", "before_commit", "committed")),
    *(("put aside", 4, point) for point in FAULT_POINTS if point.startswith("discard.")),
]
"""Which way, the step of it that dies, and where."""


def dies(house: House, warm: Warm, what: str, point: str) -> None:
    """Take one step in a process of its own that dies at a point."""
    told = house.environment | {CRASH_VARIABLE: point}
    if what == "jobs":
        assert warm.run(told, "schedule", "--once").code == KILLED
        return
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SCORELINE_")}
    command = [sys.executable, "-m", "tests.faults.uploading", what, str(house.files / FILE)]
    ended = subprocess.run(command, env=clean | told | {"PYTHONPATH": str(ROOT)}, cwd=ROOT, capture_output=True, check=False)
    assert ended.returncode == KILLED, ended.stderr.decode()


def take(house: House, what: str) -> int:
    """Take one step; its exit code."""
    if what == "jobs":
        return house.run("schedule", "--once")[0]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in house.environment.items():
            patch.setenv(name, value)
        return uploading.main(what, str(house.files / FILE))


def go(house: House, warm: Warm, way: str, dying: int = -1, point: str = "") -> dict[str, Any]:
    """Go a way; the step that dies is taken again. What the house is like at its end."""
    write(house.files / FILE, [OWN, *ROWS])
    for place, what in enumerate(WAYS[way]):
        if place == dying:
            dies(house, warm, what, point)
            house.let_leases_lapse()
            again = take(house, what)
            assert again in ((0, REFUSED) if point.endswith(".committed") else (0,))  # it may be done already, and says so
        else:
            assert take(house, what) == 0, what
    return picture(house)


@pytest.fixture(scope="module")
def calm(sqlite_builder: Builder, warm: Warm, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, Any]]:
    """What a way comes to when nothing dies; made once, on SQLite."""
    known: dict[str, dict[str, Any]] = {}

    def found(way: str) -> dict[str, Any]:
        if way not in known:
            place: Path = tmp_path_factory.mktemp("calm-upload") / "house"
            known[way] = go(sqlite_builder.copy("closed", place), warm, way)
        return known[way]

    return found


def test_the_ways_end_as_they_say(calm: Callable[[str], dict[str, Any]]) -> None:
    ends = {way: {one["file"]: one["state"] for one in calm(way)["batches"]} for way in WAYS}
    assert (ends["accepted"][FILE], ends["accepted"]["nova.csv"]) == ("accepted", "superseded")
    assert (ends["put aside"][FILE], ends["put aside"]["nova.csv"]) == ("refused", "accepted")


@pytest.mark.parametrize(("way", "dying", "point"), CASES)
def test_a_step_that_dies_is_done_again_to_the_same_end(
    copy: Copy, warm: Warm, calm: Callable[[str], dict[str, Any]], way: str, dying: int, point: str
) -> None:
    assert go(copy("closed"), warm, way, dying, point) == calm(way)
