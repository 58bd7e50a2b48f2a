"""A backup is proven by restoring it and checking everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.settings import Settings
from tests.web.command_line import Shell


@pytest.fixture
def archive(demo: Path, shell_of_demo: Shell, tmp_path: Path) -> Path:
    """An archive of a small demo."""
    del demo
    path = tmp_path / "archive.zip"
    shell_of_demo.json("backup", str(path))
    return path


@pytest.fixture
def shell_of_demo(demo: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Commands reach the demo."""
    del demo
    return Shell(capsys)


def test_a_rehearsal_proves_an_archive_and_leaves_nothing(archive: Path, shell_of_demo: Shell, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    ran = shell_of_demo("restore", str(archive), "--rehearse")
    assert (ran.code, ran.out.splitlines()[0].split(":")[0]) == (0, "Restored on trial")
    assert "Everything agrees." in ran.out
    found = shell_of_demo.json("restore", str(archive), "--rehearse")
    assert (found["restored"], found["deep"], found["notes"], found["check"]["ok"]) == (True, True, [], True)
    assert sorted(tmp_path.iterdir()) == before


def test_a_restored_demo_gives_the_same_answers_and_says_what_is_missing(
    archive: Path, shell_of_demo: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = (("rank", "2026-10"), ("invoice", "list"), ("status", "2026-10"))
    before = [shell_of_demo(*question, "--json").out for question in questions]
    monkeypatch.setenv("SCORELINE_DATA", str(tmp_path / "there"))
    ran = shell_of_demo("restore", str(archive))
    assert ran.code == 0
    assert "The key of the pseudonyms is not in this archive" in ran.out
    assert [shell_of_demo(*question, "--json").out for question in questions] == before
    assert "is restored here already" in shell_of_demo("restore", str(archive)).out


def test_an_archive_of_damaged_figures_is_restored_and_the_damage_named(
    demo: Path, shell_of_demo: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = next((demo / "evidence").iterdir())
    evidence.write_bytes(b"PAR1 damaged")
    shell_of_demo.json("backup", str(tmp_path / "archive.zip"))
    found = shell_of_demo.json("restore", str(tmp_path / "archive.zip"), "--rehearse", code=1)
    assert "evidence is as it was written" in {one["name"] for one in found["check"]["checks"] if not one["ok"]}
    monkeypatch.setenv("SCORELINE_DATA", str(tmp_path / "there"))
    assert shell_of_demo.json("restore", str(tmp_path / "archive.zip"), code=1)["restored"] is True


def test_the_answers_say_what_a_backup_without_the_key_means(shell_of_demo: Shell, tmp_path: Path) -> None:
    without = shell_of_demo("backup", str(tmp_path / "a.zip"))
    assert "key of the agents' pseudonyms is not in it" in without.out
    assert "scoreline restore" in without.out
    assert "is in it" in shell_of_demo("backup", str(tmp_path / "b.zip"), "--with-secret").out
    assert "files are written" in without.err


@pytest.mark.parametrize("arguments", [("backup",), ("restore",), ("restore", "none.zip")])
def test_wrong_calls_are_refused(shell: Shell, arguments: tuple[str, ...], settings: Settings) -> None:
    del settings
    assert shell(*arguments).code == (1 if len(arguments) > 1 else 2)
