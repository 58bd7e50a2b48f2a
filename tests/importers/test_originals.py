"""Originals are stored under their hash, whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import io
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from importers.originals import Arriving, store_original
from kernel.errors import Invalid, Unavailable
from kernel.files import TEMPORARY
from tests.importers.test_intake import CONTENT, MB, written


def test_an_original_stands_under_its_hash_and_is_read_only(tmp_path: Path) -> None:
    original = store_original(written(tmp_path, "a.csv", CONTENT), tmp_path / "files", MB)
    assert original.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert original.path == tmp_path / "files" / original.sha256
    assert original.path.read_bytes() == CONTENT
    assert original.size == len(CONTENT)
    assert stat.S_IMODE(original.path.stat().st_mode) == 0o444


def test_the_same_content_twice_is_the_same_file(tmp_path: Path) -> None:
    files = tmp_path / "files"
    first = store_original(io.BytesIO(CONTENT), files, MB)
    assert not first.known
    assert store_original(io.BytesIO(CONTENT), files, MB) == replace(first, known=True)
    assert [path.name for path in files.iterdir()] == [first.sha256]


def test_a_torn_original_is_healed_by_uploading_it_again(tmp_path: Path) -> None:
    original = store_original(io.BytesIO(CONTENT), tmp_path, MB)
    original.path.chmod(0o644)
    original.path.write_bytes(CONTENT[:5])
    store_original(io.BytesIO(CONTENT), tmp_path, MB)
    assert original.path.read_bytes() == CONTENT


def test_a_file_above_the_limit_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="larger than 1 MB") as refused:
        store_original(io.BytesIO(b"x" * (MB + 1)), tmp_path, MB)
    assert refused.value.code == "TOO_LARGE"
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_not_the_fault_of_the_file(tmp_path: Path) -> None:
    class Full(io.RawIOBase):
        def read(self, _: int = -1) -> bytes:
            raise OSError(errno.ENOSPC, "no space")

    with pytest.raises(Unavailable, match="no room"):
        store_original(Full(), tmp_path, MB)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_read_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        store_original(tmp_path / "gone.csv", tmp_path / "files", MB)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_upload_left_is_swept_by_the_next(tmp_path: Path) -> None:
    written(tmp_path, f"{TEMPORARY}stale", b"half")
    kept = store_original(io.BytesIO(CONTENT), tmp_path, MB)
    assert list(tmp_path.iterdir()) == [kept.path]


def test_a_file_comes_in_block_by_block_and_stands_nowhere_until_it_is_kept(tmp_path: Path) -> None:
    arriving = Arriving(tmp_path, MB)
    arriving.write(CONTENT[:7])
    arriving.write(CONTENT[7:])
    name = hashlib.sha256(CONTENT).hexdigest()
    assert not (tmp_path / name).exists()
    assert arriving.keep().path == tmp_path / name
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_file_that_is_dropped_leaves_nothing_behind(tmp_path: Path) -> None:
    arriving = Arriving(tmp_path, MB)
    arriving.write(CONTENT)
    arriving.drop()
    arriving.drop()
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_dropped_as_soon_as_it_is_too_large(tmp_path: Path) -> None:
    arriving = Arriving(tmp_path, MB)
    arriving.write(bytes(MB))
    with pytest.raises(Invalid, match="larger than 1 MB"):
        arriving.write(b"x")
    assert list(tmp_path.iterdir()) == []
