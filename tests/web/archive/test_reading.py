"""Reading an archive: what is not what the manifest says is refused in one sentence, before anything is made of it."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from kernel.errors import Invalid, NotFound
from tests.web.archive.conftest import DELIMITED, NAMES, WORKBOOK, Contents, forged
from web.archive.manifest import part_name
from web.archive.reading import opened
from web.archive.writing import Written

VENDORS = part_name("vendor", 0)


def verify(path: Path) -> None:
    with opened(path) as archive:
        archive.verify()
        for table in archive.manifest.tables.values():
            for part in table.parts:
                archive.frame(part)


def test_a_sound_archive_is_read_through(written: Written) -> None:
    verify(written.path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no file"), opened(tmp_path / "none.zip"):
        pass


def other_bytes(name: str) -> Callable[[Contents], object]:
    """Other bytes of the same size under a name, of which the manifest does not know."""
    return lambda contents: contents.parts.update({name: bytes(len(contents.parts[name]))})


def frame(rows: int) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame({"code": ["X"] * rows}).write_parquet(buffer)
    return buffer.getvalue()


FORGERIES: dict[str, tuple[Callable[[Contents], object], str]] = {
    "a part that leads out": (lambda one: one.parts.update({"../../evil.sh": b"rm"}), r"\.\./\.\./evil\.sh is not in its manifest"),
    "a part that nobody asked for": (lambda one: one.parts.update({"files/" + "b" * 64: b"x"}), "is not in its manifest"),
    "a missing file": (lambda one: one.parts.pop(NAMES[WORKBOOK]), "is missing"),
    "a missing part of a table": (lambda one: one.parts.pop(VENDORS), "tables/vendor-0.parquet is missing"),
    "another size": (lambda one: one.manifest["files"][0].update(size=1), "has another size"),
    "other bytes of a file": (other_bytes(NAMES[DELIMITED]), "holds other bytes"),
    "other bytes of a table": (other_bytes(VENDORS), "holds other bytes"),
    "no table where one should be": (lambda one: one.replace(VENDORS, b"no table"), "is no table"),
    "other rows": (lambda one: one.replace(VENDORS, frame(2)), "holds other rows"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_an_archive_that_was_changed_is_refused_in_one_sentence(written: Written, tmp_path: Path, name: str) -> None:
    change, reason = FORGERIES[name]
    path = forged(written.path, tmp_path / "forged.zip", change)
    with pytest.raises(Invalid, match=reason) as refused:
        verify(path)
    assert refused.value.code == "ARCHIVE_DAMAGED"
    assert "\n" not in refused.value.message


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.zip"
    for content in (b"", b"PK\x03\x04", b"SQLite format 3" * 99):
        path.write_bytes(content)
        with pytest.raises(Invalid, match="is no archive"), opened(path):
            pass
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("something.txt", "else")
    with pytest.raises(Invalid, match="no archive that `scoreline backup` wrote"), opened(path):
        pass


def test_an_archive_that_is_cut_off_anywhere_is_refused(written: Written, tmp_path: Path) -> None:
    whole = written.path.read_bytes()
    path = tmp_path / "cut.zip"
    for end in range(0, len(whole), max(1, len(whole) // 40)):
        path.write_bytes(whole[:end])
        with pytest.raises(Invalid):
            verify(path)


def test_a_changed_byte_anywhere_is_found_or_changes_nothing(written: Written, tmp_path: Path) -> None:
    whole = bytearray(written.path.read_bytes())
    path = tmp_path / "flipped.zip"
    for place in range(0, len(whole), max(1, len(whole) // 150)):
        whole[place] ^= 0x10
        path.write_bytes(whole)
        try:
            verify(path)  # a date or an attribute of the zip may change: no content does
        except Invalid as refusal:
            assert refusal.code in {"ARCHIVE_DAMAGED", "ARCHIVE_NEW", "NO_ARCHIVE"}  # noqa: PT017 - both ends are right
        whole[place] ^= 0x10


def test_a_part_that_is_there_twice_is_refused(written: Written, tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    path.write_bytes(written.path.read_bytes())
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(VENDORS, b"x")
    with pytest.raises(Invalid, match="is there twice"), opened(path):
        pass


def test_an_encrypted_part_is_refused(written: Written, tmp_path: Path) -> None:
    path = tmp_path / "encrypted.zip"
    content = bytearray(written.path.read_bytes())
    entry = content.index(b"PK\x01\x02")
    content[entry + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(Invalid, match="is encrypted"), opened(path):
        pass


def test_a_part_that_unpacks_to_more_than_it_says_is_stopped_there(written: Written, tmp_path: Path) -> None:
    """A bomb: the directory and the manifest say 1000 bytes, the packed bytes hold ten million."""
    bomb = b"\0" * 10_000_000
    said = 1000

    def change(contents: Contents) -> None:
        contents.parts.pop(NAMES[DELIMITED])
        next(one for one in contents.manifest["files"] if one["name"] == NAMES[DELIMITED])["size"] = said

    path = forged(written.path, tmp_path / "bomb.zip", change)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NAMES[DELIMITED], bomb)
    content = path.read_bytes().replace(struct.pack("<I", len(bomb)), struct.pack("<I", said))
    path.write_bytes(content)
    with pytest.raises(Invalid, match=r"cannot be unpacked|other bytes|another size"):
        verify(path)


def test_an_impossibly_large_manifest_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.zip"
    monkeypatch.setattr("web.archive.reading.LARGEST_MANIFEST", 10)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", " " * 11)
    with pytest.raises(Invalid, match="impossibly large"), opened(path):
        pass
