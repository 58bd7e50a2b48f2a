"""The demo's folder: made, gone on with, left alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.web.command_line import Shell

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 60


def _start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """The command as a process of its own."""
    code = "import sys; from web.cli import main; sys.exit(main())"
    told = [sys.executable, "-c", code, "demo", "--months", "2", "--into", str(folder), *arguments]
    return subprocess.Popen(told, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ})


def _steps_done(folder: Path) -> int:
    note = folder / "demo.json"
    return int(json.loads(note.read_text(encoding="utf-8"))["steps_done"]) if note.exists() else 0


def _wait_for(folder: Path, steps: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while _steps_done(folder) < steps and time.monotonic() < until:
        time.sleep(0.02)


def test_a_demo_that_was_killed_goes_on_where_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "demo"
    with _start(folder, "--no-serve") as first:
        _wait_for(folder, 12)
        first.kill()
    done = _steps_done(folder)
    assert done >= 12
    shell = Shell(capsys)
    made = shell.json("demo", "--months", "2", "--into", str(folder), "--no-serve")
    assert made["done"] is True
    note = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
    assert note["complete"] is True
    assert note["steps_done"] == len(note["steps"]) > done
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCORELINE_DATA", str(folder))
        assert shell.json("check")["ok"] is True
        states = [row["state"] for row in shell.json("batch", "list")]
        assert set(states) <= {"accepted", "superseded", "received"}


def test_a_second_start_serves_what_is_there_at_once(demo: Path) -> None:
    started = time.monotonic()
    with _start(demo, "--months", "3", "--port", "0", "--json") as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        seconds = time.monotonic() - started
        process.send_signal(signal.SIGINT)
        process.wait(timeout=PATIENCE_SECONDS)
    made = json.loads(line)
    assert made["url"].startswith("http://127.0.0.1:")
    assert seconds < 10
    assert process.returncode == 0


def test_a_folder_with_something_else_is_never_touched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    shell = Shell(capsys)
    for reset in ((), ("--reset",)):
        refused = shell.json("demo", "--into", str(tmp_path), "--no-serve", *reset, code=1)
        assert refused["error"]["code"] == "NOT_A_DEMO"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_demo_of_another_seed_is_kept_unless_reset_is_asked(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused = Shell(capsys).json("demo", "--months", "3", "--seed", "8", "--into", str(demo), "--no-serve", code=1)
    assert refused["error"]["code"] == "OTHER_DEMO"
    assert "--reset" in refused["error"]["message"]


def test_two_runs_never_fill_one_folder_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "demo"
    with _start(folder, "--no-serve") as first:
        _wait_for(folder, 1)
        refused = Shell(capsys).json("demo", "--months", "2", "--into", str(folder), "--no-serve", code=3)
        first.kill()
    assert refused["error"]["code"] == "DEMO_BUSY"


def test_a_database_with_data_is_not_taken_for_a_demo(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = Shell(capsys)
    monkeypatch.setenv("SCORELINE_DATABASE_URL", f"sqlite:///{tmp_path / 'theirs.db'}")
    shell.json("vendor", "add", "NOVA", "Nova")
    refused = shell.json("demo", "--months", "2", "--into", str(tmp_path / "demo"), "--no-serve", code=3)
    assert refused["error"]["code"] == "NOT_A_DEMO"
    reset = shell.json("demo", "--months", "2", "--into", str(tmp_path / "demo"), "--no-serve", "--reset", code=1)
    assert reset["error"]["code"] == "DEMO_DATABASE"
