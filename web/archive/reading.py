"""Reading an archive, as suspiciously as a stranger's: nothing is believed that was not counted and hashed.

Owns: the zip's guards and the parts' hashes. Must not know: where what is read goes. No name from the zip becomes a path.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from kernel.errors import Invalid, NotFound
from web.archive.files import BLOCK
from web.archive.manifest import LARGEST_MANIFEST, LARGEST_PART, MANIFEST, Manifest, Part, StoredFile, damaged, parse_manifest

ENCRYPTED = 1
"""Bit of a zip part's flags."""
BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, UnicodeError)
"""What the zip library raises for damage."""


class Archive:
    """An open archive whose manifest and directory agree."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        """Read the manifest and hold it against the zip's directory. Raises Invalid."""
        self._package = package
        self.manifest = self._read_manifest()
        self._compare()

    def _read_manifest(self) -> Manifest:
        try:
            told = self._package.getinfo(MANIFEST)
        except KeyError:
            raise Invalid("NO_ARCHIVE", "this file is no archive that `scoreline backup` wrote") from None
        if told.file_size > LARGEST_MANIFEST:
            damaged("its manifest", "is impossibly large")
        return parse_manifest(b"".join(self._blocks(MANIFEST, told.file_size)))

    def _compare(self) -> None:
        there = self._package.infolist()
        sizes = {part.filename: part.file_size for part in there if part.filename != MANIFEST}
        if len(sizes) + 1 != len(there):
            damaged("a part of it", "is there twice")
        wanted = self.manifest.sizes()
        for name in sorted(sizes.keys() ^ wanted.keys()):
            damaged(name, "is missing" if name in wanted else "is not in its manifest")
        for part in there:
            if part.flag_bits & ENCRYPTED:
                damaged(part.filename, "is encrypted")
            if part.filename != MANIFEST and part.file_size != wanted[part.filename]:
                damaged(part.filename, "has another size than its manifest says")

    def _blocks(self, name: str, size: int) -> Iterator[bytes]:
        """A part's bytes, never more than size of them: what a directory says of sizes may be a lie."""
        seen = 0
        try:
            with self._package.open(name) as part:
                while block := part.read(BLOCK):
                    seen += len(block)
                    if seen > size:
                        break
                    yield block
        except BROKEN:
            damaged(name, "cannot be unpacked")
        if seen != size:
            damaged(name, "has another size than its manifest says")

    def copy(self, file: StoredFile, write: Callable[[bytes], object]) -> None:
        """Hand a file's bytes over, block by block. Raises Invalid when they are not the manifest's, after the last one."""
        digest = hashlib.sha256()
        for block in self._blocks(file.name, file.size):
            digest.update(block)
            write(block)
        if digest.hexdigest() != file.sha256:
            damaged(file.name, "holds other bytes than its manifest says")

    def frame(self, part: Part) -> pl.DataFrame:
        """The rows of a table's part. Raises Invalid when they are not the manifest's."""
        content = self._content(part)
        try:
            frame = pl.read_parquet(io.BytesIO(content))
        except (pl.exceptions.PolarsError, OSError, ValueError):
            damaged(part.name, "is no table")
        texts = frame.select(pl.sum_horizontal(pl.lit(0), *(pl.col(name).str.len_bytes().sum() for name in _texts(frame)))).item()
        if frame.height != part.rows or texts > LARGEST_PART:
            damaged(part.name, "holds other rows than its manifest says")
        return frame

    def _content(self, part: Part) -> bytes:
        content = b"".join(self._blocks(part.name, part.size))
        if hashlib.sha256(content).hexdigest() != part.sha256:
            damaged(part.name, "holds other bytes than its manifest says")
        return content

    def verify(self) -> None:
        """Read every part once and hold it against the manifest. Raises Invalid for the first that differs."""
        for table in self.manifest.tables.values():
            for part in table.parts:
                self._content(part)
        for file in self.manifest.files:
            self.copy(file, len)


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """An archive to read.

    Raises NotFound when there is no such file, Invalid (NO_ARCHIVE, ARCHIVE_NEW, ARCHIVE_DAMAGED) when it is none, of a
    later version, or not what it says.
    """
    if not path.is_file():
        raise NotFound("NO_FILE", f"there is no file {path}")
    with path.open("rb") as file:
        try:
            package = zipfile.ZipFile(file)
        except BROKEN as error:
            raise Invalid("NO_ARCHIVE", f"{path.name} is no archive that `scoreline backup` wrote, or it is cut off") from error
        with package:
            yield Archive(package)


def _texts(frame: pl.DataFrame) -> list[str]:
    return [name for name, dtype in frame.schema.items() if dtype == pl.String]
