"""A close that is killed at any point leaves the month as it was, or closed; the same command then finishes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kernel.db import open_engine
from kernel.faults import CRASH_VARIABLE
from kernel.settings import Settings
from scorecards.close import FAULT_POINTS
from tests.scorecards.world import World, two_vendors
from web.migrations import migrate

ROOT = Path(__file__).parents[2]
PROGRAM = "import sys; from web.cli import main; sys.exit(main(['close', '2026-10', '--json']))"


@pytest.fixture
def world(tmp_path: Path) -> World:
    settings = Settings(data=tmp_path / "data")
    engine = open_engine(settings.url)
    migrate(engine)
    (settings.data / "as_of.txt").write_text("2026-11-06", encoding="utf-8")
    built = two_vendors(engine)
    built.settings = settings
    return built


@pytest.mark.parametrize("point", FAULT_POINTS)
def test_a_killed_close_is_all_or_nothing_and_the_next_one_finishes_it(world: World, point: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SCORELINE_")}
    environment |= {"SCORELINE_DATA": str(world.settings.data), CRASH_VARIABLE: point, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, cwd=ROOT, capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    answer = world.close()
    assert (answer["revision"], answer["changed"]) == (1, point != "close.committed")
    assert len(world.card("NOVA")["revisions"]) == 1
