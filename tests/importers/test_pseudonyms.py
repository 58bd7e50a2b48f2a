"""The key of pseudonyms is made once, kept secret, and never replaced in silence."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from importers.pseudonyms import pseudonym, secret_key
from kernel.errors import Unavailable


def test_a_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secret.key"
    key = secret_key(path)
    assert (len(key), secret_key(path)) == (32, key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: secret_key(path), range(16)))) == 1


@pytest.mark.parametrize("content", ["", "abc", "zz" * 32, "ab" * 16])
def test_a_damaged_key_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secret.key"
    path.write_text(content, encoding="ascii")
    with pytest.raises(Unavailable, match="restore it from the backup"):
        secret_key(path)


def test_the_same_person_has_one_pseudonym_under_one_key() -> None:
    key, other = b"k" * 32, b"l" * 32
    assert pseudonym(key, "Ana  Cruz") == pseudonym(key, " ana cruz")
    assert pseudonym(key, "Ana Cruz") != pseudonym(other, "Ana Cruz")
    assert len(pseudonym(key, "1")) == 18
