"""Restoring an archive: into an empty database and a data folder without files, all of it or nothing.

Owns: what must be empty, the order, and how a restore that was killed goes on. Must not know: what any table means.
Files come first, the tables in one transaction after them: until that is committed nothing points to a file.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session

from kernel import audit
from kernel.db import open_engine
from kernel.errors import Conflict, Invalid, Unavailable
from kernel.faults import reached
from kernel.files import safely_written, sweep
from kernel.settings import Settings
from web.archive import store
from web.archive.files import files_of, mode_of, place_of, secret_mark
from web.archive.manifest import SECRET, Manifest, damaged
from web.archive.reading import Archive, opened
from web.database import EMPTY, VERSIONS, newest_version, usable_version
from web.migrations import bring, changing
from web.migrations.loading import loading
from web.process import acting, clock_of

FAULT_POINTS = ("restore.verified", "restore.file_written", "restore.files_written", "restore.loaded", "restore.committed")
ACTION = "archive.restore"
MEGABYTE = 1_000_000
Progress = Callable[[str], None]


def restore_archive(path: Path, settings: Settings, user: str, progress: Progress) -> tuple[Manifest, bool]:
    """Fill the settings' database and data folder from an archive.

    Returns its manifest, and whether anything was done: False when this very archive was restored here before and
    nothing has happened since. Raises Invalid when the archive is not sound or something is there already, Conflict
    when the database is not empty, Unavailable when the disk has no room.
    """
    with opened(path) as archive:
        manifest = archive.manifest
        _known(manifest)
        progress("Reading the archive through, against its manifest ...")
        archive.verify()
        reached("restore.verified")
        engine = open_engine(settings.url)
        try:
            if usable_version(engine) != EMPTY:
                return manifest, _was_restored(engine, manifest)
            _write_files(archive, settings, progress)
            reached("restore.files_written")
            progress(f"Loading {manifest.rows:,} rows ...")
            _load(engine, archive, settings, user)
        finally:
            engine.dispose()
    reached("restore.committed")
    return manifest, True


def _known(manifest: Manifest) -> None:
    """Refuse an archive of a schema that this version has no way from."""
    known = {file.stem.partition("_")[0] for file in VERSIONS.glob("[0-9]*.py")}
    if manifest.schema_version > newest_version():
        message = (
            f"the archive has schema {manifest.schema_version}, newer than this version knows ({newest_version()}); "
            f"restore it with version {manifest.version} or later"
        )
        raise Invalid("ARCHIVE_NEW", message)
    if manifest.schema_version not in known:
        damaged("its manifest", f"names a schema {manifest.schema_version} that never was")


def _was_restored(engine: Engine, manifest: Manifest) -> bool:
    """False when this archive is what the database holds. Raises Conflict when it is not."""
    with engine.connect().execution_options(reading=True) as connection:
        action, body = store.last_action(connection)
    if (action, body) != (ACTION, audit.canonical(_told(manifest))):
        raise Conflict("NOT_EMPTY", "the database is not empty; restore fills only an empty one: give it another DATA or DATABASE_URL")
    return False


def _told(manifest: Manifest) -> dict[str, object]:
    """What the audit log says of a restore."""
    return {
        "manifest": hashlib.sha256(manifest.model_dump_json().encode()).hexdigest(),
        "created_at": manifest.created_at,
        "head": manifest.audit.model_dump(),
    }


# --- files ---------------------------------------------------------------------------------------------------------


def _write_files(archive: Archive, settings: Settings, progress: Progress) -> None:
    manifest = archive.manifest
    for folder in (settings.data, settings.files, settings.evidence, settings.secret.parent):
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)
    _refuse_others(settings, manifest)
    missing = [file for file in manifest.files if not place_of(settings, file.name).exists()]
    _refuse_small_disk(settings, sum(file.size for file in missing))
    for number, file in enumerate(missing, start=1):
        with safely_written(place_of(settings, file.name), mode_of(file.name)) as target:
            archive.copy(file, target.write)
        reached("restore.file_written")
        if number % 500 == 0 or number == len(missing):
            progress(f"{number:,} of {len(missing):,} files are written.")


def _refuse_others(settings: Settings, manifest: Manifest) -> None:
    """Refuse files that are there already, but for the archive's own: those a killed restore has left."""
    own = {file.name: file for file in manifest.files}
    there = files_of(settings, with_secret=SECRET in own)
    others = [name for name in there if name not in own or _digest(place_of(settings, name)) != own[name].sha256]
    if others:
        shown = ", ".join(others[:3]) + (f" and {len(others) - 3} more" if len(others) > 3 else "")  # noqa: PLR2004 - what fits one line
        raise Invalid("FILES_THERE", f"the folder {settings.data} holds files already ({shown}); restore into an empty folder")
    mark = secret_mark(settings)
    if mark and manifest.secret_mark and mark != manifest.secret_mark:
        message = f"{settings.secret} holds another key of the pseudonyms than the archive's; put the right one there or take it away"
        raise Invalid("OTHER_SECRET", message)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refuse_small_disk(settings: Settings, needed: int) -> None:
    free = shutil.disk_usage(settings.data).free
    if needed > free:
        told = f"the archive's files take {needed / MEGABYTE:,.1f} MB, {free / MEGABYTE:,.1f} MB are free"
        raise Unavailable("DISK_FULL", f"the disk has no room: {told}; nothing was changed")


# --- tables --------------------------------------------------------------------------------------------------------


def _load(engine: Engine, archive: Archive, settings: Settings, user: str) -> None:
    manifest = archive.manifest
    with changing(engine) as connection:
        bring(connection, manifest.schema_version)
        try:
            with loading(connection):
                load_tables(connection, archive)
        except (IntegrityError, DataError) as error:
            reason = " ".join(str(error.orig).split())[:160]
            damaged("its tables", f"hold rows that do not fit together ({reason})")
        bring(connection, "head")
        with Session(connection) as session:  # the transaction stays ours: closing a session in it ends nothing
            audit.record(session, clock_of(settings).now(), acting(settings, user).actor, ACTION, "archive", _told(manifest))
        reached("restore.loaded")


def load_tables(connection: Connection, archive: Archive) -> None:
    """Fill the tables of the archive's schema in the caller's transaction. Raises Invalid when they are not what the manifest says."""
    manifest = archive.manifest
    tables = store.kept_tables(connection)
    for name in sorted(tables.keys() ^ manifest.tables.keys()):
        damaged(f"the table {name[:60]}", "is missing" if name in tables else "is none of its schema")
    for name, table in tables.items():
        for part in manifest.tables[name].parts:
            store.fill(connection, table, archive.frame(part))
    if store.rows_in(connection, tables) != {name: stored.rows for name, stored in manifest.tables.items()}:
        damaged("its tables", "hold other rows than its manifest says")
    if store.audit_head(connection) != manifest.audit:
        damaged("its audit log", "ends otherwise than its manifest says")
