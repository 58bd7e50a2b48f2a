"""Restoring: everything is there again, or nothing is; only into an empty place; across databases."""

from __future__ import annotations

import io
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from kernel import audit
from kernel.errors import Conflict, Invalid, Unavailable
from kernel.files import TEMPORARY
from kernel.settings import Settings
from tests.web.archive.conftest import AT, DELIMITED, NAMES, WORKBOOK, Contents, everything, forged
from vendors.models import Alias
from web.archive.manifest import part_name
from web.archive.restoring import restore_archive
from web.archive.writing import Written, write_archive
from web.database import EMPTY, found_version, newest_version
from web.migrations import bring, changing, current

BATCHES, VENDORS = part_name("batch", 0), part_name("vendor", 0)


def restore(path: Path, settings: Settings) -> bool:
    return restore_archive(path, settings, "ana", lambda _: None)[1]


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file() and "scoreline.db" not in path.name
    }


@pytest.fixture
def target(bare_engine: Engine, empty: Settings) -> Settings:
    """An empty database of each kind, and a data folder that is not there yet."""
    return empty.model_copy(update={"database_url": bare_engine.url.render_as_string(hide_password=False)})


def test_everything_is_there_again_whatever_the_two_databases(
    furnished: Engine, settings: Settings, bare_engine: Engine, target: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "archive.zip"
    write_archive(furnished, settings, path, AT, lambda _: None, with_secret=True)
    assert restore(path, target) is True
    assert current(bare_engine)
    before, after = everything(furnished), dict(everything(bare_engine))
    added = after["audit_entry"].pop()
    assert after == before
    assert added[3:5] == ("archive.restore", "archive")
    assert files_in(target.data) == {name: content for name, content in files_in(settings.data).items() if ".tmp" not in name}
    assert stat.S_IMODE(target.secret.stat().st_mode) == 0o600
    assert stat.S_IMODE((target.data / NAMES[WORKBOOK]).stat().st_mode) == 0o444
    with Session(bare_engine) as session:  # the log is whole, and counters go on after the last row
        assert audit.broken_at(session) is None
        session.add(Alias(kind="vendor", match_key="nova", text="Nova", code="NOVA"))
        session.commit()
    if bare_engine.dialect.name == "postgresql":
        with bare_engine.connect() as connection:
            assert connection.execute(text("SELECT nextval(pg_get_serial_sequence('batch', 'id'))")).scalar() == 8


def test_restoring_again_changes_nothing_until_something_happened(written: Written, bare_engine: Engine, target: Settings) -> None:
    assert [restore(written.path, target), restore(written.path, target)] == [True, False]
    with Session(bare_engine) as session:
        audit.record(session, AT, "ana", "vendor.add", "vendor:X", {})
        session.commit()
    with pytest.raises(Conflict, match="the database is not empty"):
        restore(written.path, target)


def test_an_older_schema_is_loaded_then_migrated(tmp_path: Path, bare_engine: Engine, settings: Settings, empty: Settings) -> None:
    with changing(bare_engine) as connection:
        bring(connection, "0001")
        connection.execute(text("INSERT INTO vendor (code, name, kind, tier, currency) VALUES ('NOVA', 'Nova', 'vendor', '', 'USD')"))
    path = tmp_path / "archive.zip"
    write_archive(bare_engine, settings, path, AT, lambda _: None, with_secret=False)
    there = empty.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'there.db'}"})
    found, _ = restore_archive(path, there, "ana", lambda _: None)
    assert (found.schema_version, found.rows) == ("0001", 1)


def test_a_later_schema_names_the_version_that_reads_it(written: Written, target: Settings, tmp_path: Path) -> None:
    path = forged(written.path, tmp_path / "later.zip", lambda one: one.manifest.update(schema_version="9999", version="7.0.0"))
    with pytest.raises(Invalid, match=r"restore it with version 7\.0\.0 or later") as refused:
        restore(path, target)
    assert refused.value.code == "ARCHIVE_NEW"
    path = forged(written.path, tmp_path / "never.zip", lambda one: one.manifest.update(schema_version="0000"))
    with pytest.raises(Invalid, match="that never was"):
        restore(path, target)


def test_a_database_that_is_not_empty_is_left_alone(written: Written, engine: Engine, empty: Settings) -> None:
    target = empty.model_copy(update={"database_url": engine.url.render_as_string(hide_password=False)})
    with pytest.raises(Conflict, match="the database is not empty") as refused:
        restore(written.path, target)
    assert refused.value.code == "NOT_EMPTY"
    assert not empty.data.exists()


def test_files_that_are_there_are_named_and_left_alone(written: Written, bare_engine: Engine, target: Settings) -> None:
    other = target.data / "evidence" / "9.parquet"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"mine")
    (target.data / "as_of.txt").write_text("2030-01-01", encoding="utf-8")
    with pytest.raises(Invalid, match=r"holds files already \(as_of\.txt, evidence/9\.parquet\)"):
        restore(written.path, target)
    assert files_in(target.data) == {"evidence/9.parquet": b"mine", "as_of.txt": b"2030-01-01"}
    assert found_version(bare_engine) == EMPTY


def test_the_archives_own_files_may_be_there(written: Written, target: Settings) -> None:
    place = target.data / NAMES[DELIMITED]
    place.parent.mkdir(parents=True)
    place.write_bytes(DELIMITED)
    (place.parent / f"{TEMPORARY}of-a-killed-run").write_bytes(DELIMITED[:7])
    before = place.stat().st_ino
    assert restore(written.path, target) is True
    assert place.stat().st_ino == before
    assert not list(target.data.rglob(f"{TEMPORARY}*"))


def test_another_key_than_the_archives_is_not_mixed_in(written: Written, target: Settings) -> None:
    target.data.mkdir()
    target.secret.write_text("cd" * 32, encoding="ascii")
    with pytest.raises(Invalid, match="holds another key of the pseudonyms") as refused:
        restore(written.path, target)
    assert refused.value.code == "OTHER_SECRET"
    target.secret.write_text("ab" * 32, encoding="ascii")
    assert restore(written.path, target) is True


def test_a_disk_without_room_for_the_files_is_told_before_anything_is_written(
    written: Written, target: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(written.path.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10))
    with pytest.raises(Unavailable, match="the disk has no room"):
        restore(written.path, target)
    assert files_in(target.data) == {}


def rows(contents: Contents, name: str) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(contents.parts[name]))


def put(contents: Contents, name: str, frame: pl.DataFrame) -> None:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    contents.replace(name, buffer.getvalue())


def forget(contents: Contents) -> None:
    contents.manifest["tables"].pop("holiday")


def invent(contents: Contents) -> None:
    contents.manifest["tables"]["pg_authid"] = {"rows": 0, "parts": []}


def another_head(contents: Contents) -> None:
    contents.manifest["audit"]["seq"] = 2


FORGERIES: dict[str, tuple[Callable[[Contents], object], str]] = {
    "a missing table": (forget, "the table holiday is missing"),
    "a table of somebody else's": (invent, "the table pg_authid is none of its schema"),
    "an audit log that ends otherwise": (another_head, "its audit log ends otherwise"),
    "a column too few": (lambda one: put(one, VENDORS, rows(one, VENDORS).drop("name")), "the table vendor has other columns"),
    "a column of another kind": (
        lambda one: put(one, VENDORS, rows(one, VENDORS).with_columns(name=pl.lit(5))),
        "the table vendor has other columns",
    ),
    "the same row twice": (
        lambda one: put(one, BATCHES, rows(one, BATCHES).with_columns(id=pl.lit(7, pl.Int64))),
        "its tables hold rows that do not fit together",
    ),
    "a state that is none": (
        lambda one: put(one, BATCHES, rows(one, BATCHES).with_columns(state=pl.lit("hacked"))),
        "its tables hold rows that do not fit together",
    ),
    "a reference that leads nowhere": (
        lambda one: put(one, BATCHES, rows(one, BATCHES).with_columns(superseded_by=pl.lit(99, pl.Int64))),
        "do not fit together|points to a missing batch",
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_an_archive_whose_tables_cannot_be_leaves_the_database_empty(
    written: Written, bare_engine: Engine, target: Settings, tmp_path: Path, name: str
) -> None:
    change, reason = FORGERIES[name]
    path = forged(written.path, tmp_path / "forged.zip", change)
    with pytest.raises(Invalid, match=reason) as refused:
        restore(path, target)
    assert "\n" not in refused.value.message
    assert found_version(bare_engine) == EMPTY
    assert restore(written.path, target) is True  # the true one takes its place
    assert found_version(bare_engine) == newest_version()


def test_a_damaged_file_is_found_before_anything_is_written(written: Written, target: Settings, tmp_path: Path) -> None:
    path = forged(written.path, tmp_path / "forged.zip", lambda one: one.parts.update({NAMES[WORKBOOK]: os.urandom(len(WORKBOOK))}))
    with pytest.raises(Invalid, match="holds other bytes"):
        restore(path, target)
    assert not target.data.exists()
