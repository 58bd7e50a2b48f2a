"""The files of a data folder: only ours, and none by half."""

from __future__ import annotations

import fcntl
import stat
from pathlib import Path

import pytest

from kernel.settings import Settings
from web.archive.files import TEMPORARY, files_of, mode_of, place_of, safely_written, secret_mark, sweep


def test_only_files_of_ours_are_named_and_the_key_only_when_asked_for(settings: Settings) -> None:
    names = [f"files/{'a' * 64}", "evidence/12.parquet", "as_of.txt", "secret.key"]
    others = ["files/.tmp-1", "files/notes.txt", "evidence/.12.77.tmp", "evidence/x.parquet", "scoreline.db", "samples/a.csv"]
    for name in (*names, *others):
        (settings.data / name).parent.mkdir(exist_ok=True)
        (settings.data / name).write_bytes(b"x")
    assert files_of(settings, with_secret=True) == sorted(names)
    assert files_of(settings, with_secret=False) == sorted(names[:3])


def test_a_folder_that_is_not_there_has_no_files(empty: Settings) -> None:
    assert files_of(empty, with_secret=True) == []


def test_the_key_stands_where_the_setting_says_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, secret_file=tmp_path / "elsewhere" / "key")
    assert place_of(settings, "secret.key") == tmp_path / "elsewhere" / "key"
    assert (mode_of("secret.key"), mode_of(f"files/{'a' * 64}"), mode_of("as_of.txt")) == (0o600, 0o444, 0o644)


def test_a_key_is_told_apart_from_another_but_not_told(settings: Settings) -> None:
    assert secret_mark(settings) == ""
    settings.secret.write_text("ab" * 32 + "\n", encoding="ascii")
    first = secret_mark(settings)
    settings.secret.write_text("ab" * 32, encoding="ascii")
    assert secret_mark(settings) == first
    settings.secret.write_text("cd" * 32, encoding="ascii")
    assert secret_mark(settings) != first
    assert "ab" * 8 not in first


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
        sweep(tmp_path)
        assert sorted(path.name for path in tmp_path.iterdir()) == [TEMPORARY + "held", "other"]
