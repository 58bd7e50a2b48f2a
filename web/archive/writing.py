"""Writing an archive: the tables of one snapshot, then the files, then the manifest; whole under its name or not there.

Owns: the order and the zip. Must not know: today's models: an archive of an older schema is written just so.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, Engine

from kernel.db import reading
from kernel.errors import Conflict, Invalid
from kernel.faults import reached
from kernel.files import PRIVATE, safely_written, sweep
from kernel.settings import Settings
from web.archive import store
from web.archive.files import BLOCK, files_of, place_of, secret_mark
from web.archive.manifest import FORMAT, MANIFEST, Head, Manifest, Part, StoredFile, StoredTable, part_name
from web.database import EMPTY, FOREIGN, newest_version, other_schema, usable_version

FAULT_POINTS = ("backup.begun", "backup.tables_written", "backup.files_written", "backup.whole", "backup.named")
PACKED = (b"PK\x03\x04", b"PAR1")
"""How files begin that packing again would not make smaller: workbooks and Parquet."""
FILES_TOLD = 500
"""A word about progress after so many files."""
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Written:
    """An archive that stands. size: bytes of the file."""

    path: Path
    size: int
    manifest: Manifest

    def json(self) -> dict[str, object]:
        """The JSON of `backup`."""
        told = self.manifest
        return {
            "file": str(self.path),
            "size": self.size,
            "schema": told.schema_version,
            "created_at": told.created_at,
            "tables": len(told.tables),
            "rows": told.rows,
            "files": len(told.files),
            "secret": told.has_secret,
            "audit": told.audit.model_dump(),
        }


def write_archive(engine: Engine, settings: Settings, target: Path, at: datetime, progress: Progress, *, with_secret: bool) -> Written:
    """Write everything that an installation knows into one file; others may go on reading and writing meanwhile.

    at: the instant that the archive tells. An archive of that name is replaced once the new one is whole. Raises
    Conflict when the database is not ours or of a later version, Invalid when there is nothing to back up or the
    target is another kind of file.
    """
    schema = usable_version(engine)
    if schema == EMPTY:
        raise Invalid("NOTHING_THERE", "there is nothing to back up: the database is empty")
    if schema == FOREIGN or schema > newest_version():
        raise Conflict(*other_schema(schema))
    if target.exists() and not _is_archive(target):
        raise Invalid("TARGET_TAKEN", f"{target} is there and is no archive of Scoreline; give another name")
    target.parent.mkdir(parents=True, exist_ok=True)
    sweep(target.parent)
    with safely_written(target, PRIVATE) as file:
        reached("backup.begun")
        with zipfile.ZipFile(file, "w", allowZip64=True) as archive:
            with reading(engine) as session:
                tables, audit = _write_tables(archive, session.connection(), progress)
            reached("backup.tables_written")
            # A row's file is there before the row: the files listed after the snapshot hold all of its own.
            files = _write_files(archive, settings, files_of(settings, with_secret=with_secret), progress)
            reached("backup.files_written")
            manifest = Manifest(
                format=FORMAT,
                schema_version=schema,
                version=version("scoreline"),
                created_at=at.isoformat(),
                database=engine.dialect.name,
                audit=audit,
                secret_mark=secret_mark(settings),
                tables=tables,
                files=files,
            )
            archive.writestr(MANIFEST, manifest.model_dump_json(indent=1), zipfile.ZIP_DEFLATED)
        reached("backup.whole")
    reached("backup.named")
    return Written(target, target.stat().st_size, manifest)


def _is_archive(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return MANIFEST in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False


def _write_tables(archive: zipfile.ZipFile, connection: Connection, progress: Progress) -> tuple[dict[str, StoredTable], Head]:
    found = {}
    for name, table in store.kept_tables(connection).items():
        parts: list[Part] = []
        for frame in store.blocks(connection, table):
            content = io.BytesIO()
            frame.write_parquet(content, compression="zstd", compression_level=3)
            part = part_name(name, len(parts))
            archive.writestr(part, content.getbuffer().tobytes())
            digest = hashlib.sha256(content.getbuffer()).hexdigest()
            parts.append(Part(name=part, rows=frame.height, size=content.getbuffer().nbytes, sha256=digest))
            if len(parts) > 1:
                progress(f"{name}: {sum(one.rows for one in parts):,} rows")
        found[name] = StoredTable(rows=sum(part.rows for part in parts), parts=tuple(parts))
    progress(f"{len(found)} tables with {sum(table.rows for table in found.values()):,} rows are written.")
    return found, store.audit_head(connection)


def _write_files(archive: zipfile.ZipFile, settings: Settings, names: list[str], progress: Progress) -> tuple[StoredFile, ...]:
    found = []
    for number, name in enumerate(names, start=1):
        with place_of(settings, name).open("rb") as source, _part(archive, name, source) as target:
            digest, size = hashlib.sha256(), 0
            while block := source.read(BLOCK):
                target.write(block)
                digest.update(block)
                size += len(block)
        found.append(StoredFile(name=name, size=size, sha256=digest.hexdigest()))
        if number % FILES_TOLD == 0 or number == len(names):
            progress(f"{number:,} of {len(names):,} files are written.")
    return tuple(found)


@contextmanager
def _part(archive: zipfile.ZipFile, name: str, source: BinaryIO) -> Iterator[BinaryIO]:
    """A part of the archive to write into: packed when that makes it smaller."""
    head = source.read(len(PACKED[0]))
    source.seek(0)
    part = zipfile.ZipInfo(name)
    part.compress_type = zipfile.ZIP_STORED if head in PACKED else zipfile.ZIP_DEFLATED
    with archive.open(part, "w", force_zip64=True) as target:
        yield target  # type: ignore[misc]
