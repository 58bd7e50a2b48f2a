"""start.py: one environment, made once, healed when it was not finished, left alone when nothing changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import start
from tests.conftest import ROOT

QUICK_SECONDS = 0.3
"""What start.py may cost over the bare command when nothing changed."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own: the real start.py, an empty lock, and a package that cannot be built."""
    folder = tmp_path / "project"
    folder.mkdir()
    shutil.copy(ROOT / "start.py", folder)
    (folder / "requirements.lock").write_text(f"{start.MARKER}\n", encoding="utf-8")
    (folder / "pyproject.toml").write_text('[project]\nname = "scoreline"\nversion = "0"\n', encoding="utf-8")
    for name, value in {"ROOT": folder, "VENV": folder / ".venv", "BIN": folder / ".venv/bin", "STAMP": folder / ".venv/set-up"}.items():
        monkeypatch.setattr(start, name, value)
    monkeypatch.setattr(start, "LOCK", folder / "requirements.lock")
    return folder


def _program(project: Path, name: str, script: str) -> None:
    """A program of the environment, as if it had been installed."""
    path = project / ".venv" / "bin" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def _set_up(project: Path) -> None:
    """Leave the stamp of a complete set-up."""
    (project / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
    start.stamp(*start.stamps().values())


def _start(project: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run([sys.executable, project / "start.py", *arguments], check=False, capture_output=True, text=True, env=environment)


def test_arguments_go_to_scoreline_and_none_means_the_demo(project: Path) -> None:
    _program(project, "scoreline", 'echo "scoreline[$*]"; exit 3')
    _set_up(project)
    for arguments, told in ((("rank", "2026-10", "--json"), "scoreline[rank 2026-10 --json]\n"), ((), "scoreline[demo]\n")):
        ran = _start(project, *arguments)
        assert (ran.returncode, ran.stdout, ran.stderr) == (3, told, "")


def test_nothing_changed_costs_next_to_nothing(project: Path) -> None:
    _program(project, "scoreline", "exit 0")
    _set_up(project)
    costs = []
    for _ in range(3):
        before = time.monotonic()
        assert _start(project).returncode == 0
        costs.append(time.monotonic() - before)
    assert min(costs) < QUICK_SECONDS


def test_a_set_up_that_fails_says_so_in_one_sentence_and_leaves_no_stamp(project: Path) -> None:
    ran = _start(project, "rank", PATH="/usr/bin:/bin", PIP_NO_INDEX="1")
    assert (ran.returncode, ran.stdout) == (4, "")
    assert ran.stderr.splitlines()[-1] == "start.py: the project itself cannot be installed."
    assert not (project / ".venv" / "set-up").exists()


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_change_of_what_it_is_made_from_means_a_new_set_up(project: Path, changed: str) -> None:
    _set_up(project)
    assert start.done(start.stamps(), testing=True)
    with (project / changed).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert not start.done(start.stamps(), testing=True)
    assert start.done(start.stamps(), testing=False) == (changed == "requirements.lock"), "below the marker only the tests are concerned"


def test_the_set_up_for_the_program_is_not_enough_for_the_tests(project: Path) -> None:
    _set_up(project)
    start.stamp(start.stamps()["run"])
    assert start.done(start.stamps(), testing=False)
    assert not start.done(start.stamps(), testing=True)


def test_a_test_run_stops_at_the_first_check_that_finds_something(project: Path) -> None:
    _program(project, "ruff", 'echo "a fault"; exit 1')
    _program(project, "pytest", 'echo "tests ran"')
    _set_up(project)
    ran = _start(project, "test")
    assert ran.returncode == 1
    assert "a fault" in ran.stdout
    assert "tests ran" not in ran.stdout


def test_a_test_run_ends_with_what_pytest_says(project: Path) -> None:
    for name in ("ruff", "mypy", "lint-imports"):
        _program(project, name, "exit 0")
    _program(project, "pytest", 'echo "pytest[$*]"')
    _set_up(project)
    ran = _start(project, "test")
    assert ran.returncode == 0
    assert ran.stdout.splitlines()[-1].startswith("pytest[")
    assert _start(project, "test", "tests/kernel", "-q").stdout == "pytest[tests/kernel -q]\n"


def test_the_lock_holds_a_hash_for_every_package_and_the_address_of_none() -> None:
    run, test_part = start.sections()
    assert test_part
    for block in f"{run}\n{test_part}".replace(" \\\n", " ").splitlines():
        if block and not block.lstrip().startswith("#"):
            assert "--hash=sha256:" in block, block
    assert "://" not in run + test_part


def test_an_old_python_is_told_in_one_sentence(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert project.is_dir()
    monkeypatch.setattr(start, "OLDEST", (99, 0))
    assert start.main(["rank"]) == start.MISSING
    assert capsys.readouterr().err.startswith("start.py: Scoreline needs Python 99.0 or newer, this is ")
