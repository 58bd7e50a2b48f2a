"""Files are whole under their name or not there."""

from __future__ import annotations

import fcntl
import stat
from pathlib import Path

import pytest

from kernel.files import TEMPORARY, safely_written, sweep


def test_a_file_takes_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "file"
    with safely_written(target, 0o600) as file:
        file.write(b"first")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600

    def broken() -> None:
        with safely_written(target, 0o600) as file:
            file.write(b"second, by half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert [path.name for path in target.parent.iterdir()] == ["file"]
    assert target.read_bytes() == b"first"


def test_what_killed_runs_left_is_swept_and_what_is_being_written_stays(tmp_path: Path) -> None:
    (tmp_path / (TEMPORARY + "left")).write_bytes(b"x")
    (tmp_path / "other").write_bytes(b"x")
    with (tmp_path / (TEMPORARY + "held")).open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert sweep(tmp_path) == 1
        assert sorted(path.name for path in tmp_path.iterdir()) == [TEMPORARY + "held", "other"]


def test_a_file_that_nobody_gives_rights_has_those_that_files_usually_have(tmp_path: Path) -> None:
    with safely_written(tmp_path / "file") as file:
        file.write(b"x")
    (tmp_path / "usual").write_bytes(b"x")
    assert (tmp_path / "file").stat().st_mode == (tmp_path / "usual").stat().st_mode
