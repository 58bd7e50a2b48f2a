"""The files of a data folder: only ours."""

from __future__ import annotations

from pathlib import Path

from kernel.settings import Settings
from web.archive.files import files_of, mode_of, place_of, secret_mark


def test_only_files_of_ours_are_named_and_the_key_only_when_asked_for(settings: Settings) -> None:
    names = [f"files/{'a' * 64}", "evidence/12.parquet", "as_of.txt", "secret.key"]
    others = ["files/.scoreline-1", "files/notes.txt", "evidence/.12.77.tmp", "evidence/x.parquet", "scoreline.db", "samples/a.csv"]
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
