"""A real process dies at every point of an import and an undo; the same command again brings the same result."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from importers import service
from kernel.faults import CRASH_VARIABLE
from kernel.settings import Settings
from tests.importers.conftest import HEAD, Office, open_office, row
from web.database import open_database

ROOT = Path(__file__).parents[2]
PROGRAM = "import sys; from web.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture
def workshop(tmp_path: Path) -> Office:
    """An office whose data folder a process of its own opens too, with one accepted upload."""
    settings = Settings(data=tmp_path / "data")
    office = open_office(open_database(settings), settings, tmp_path)
    (settings.data / "as_of.txt").write_text("2026-11-06", encoding="utf-8")
    assert office.counts("old.csv", rows=[row(1), row(2)])["state"] == "accepted"
    return office


def dies(office: Office, point: str, *command: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SCORELINE_")}
    environment |= {"SCORELINE_DATA": str(office.environment.settings.data), CRASH_VARIABLE: point, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run([sys.executable, "-c", PROGRAM, *command], env=environment, cwd=ROOT, capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def picture(office: Office) -> dict[str, Any]:
    """Everything that counts, and whether it holds together."""
    found = office.read(lambda s: service.list_batches(s, office.environment.scope))
    checks = office.read(lambda s: service.self_check(s, office.environment.settings, deep=True))
    settings = office.environment.settings
    assert not [check for check in checks if not check.ok]
    leftovers = [path.name for folder in (settings.files, settings.evidence) for path in folder.glob(".*")]
    return {
        "batches": [(one["file"], one["state"], one["control"]) for one in found],
        "left": [name for name in leftovers if name.endswith(".tmp")],
    }


IMPORTS = [point for point in service.FAULT_POINTS if point.startswith("import.")]
UNDOS = [point for point in service.FAULT_POINTS if point.startswith("undo.")]


@pytest.mark.parametrize("point", IMPORTS)
def test_an_import_that_dies_anywhere_is_finished_by_the_same_command(workshop: Office, point: str) -> None:
    path = workshop.csv("new.csv", [HEAD, row(1, decisions=90), row(2), row(3)])
    dies(workshop, point, "import", str(path), "--side", "vendor")
    again = workshop.bring(path)
    assert again["state"] == ("unchanged" if point == "import.committed" else "accepted")
    new = {"decisions": "290", "production_hours": "22.5"}
    assert picture(workshop)["batches"] == [
        ("new.csv", "accepted", new),
        ("old.csv", "superseded", {"decisions": "200", "production_hours": "15"}),
    ]


@pytest.mark.parametrize("point", UNDOS)
def test_an_undo_that_dies_anywhere_is_done_or_not_done(workshop: Office, point: str) -> None:
    workshop.counts("new.csv", rows=[row(1, decisions=90), row(2), row(3)])
    dies(workshop, point, "batch", "undo", "2")
    states = [one[1] for one in picture(workshop)["batches"]]
    assert states == (["undone", "accepted"] if point == "undo.committed" else ["accepted", "superseded"])
