"""Writing an archive: exact, whole, of one snapshot, and of whatever schema there is."""

from __future__ import annotations

import io
import json
import stat
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from kernel.errors import Conflict, Invalid
from kernel.settings import Settings
from tests.web.archive.conftest import AT, DELIMITED, NAMES, WORKBOOK
from vendors.models import Vendor
from web.archive import store
from web.archive.manifest import part_name
from web.archive.writing import write_archive
from web.migrations import bring, changing

MANY_ROWS = (
    "INSERT INTO many (story) SELECT hex(randomblob(10000)) FROM"
    " (WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows) SELECT i FROM n)"
)


def write(engine: Engine, settings: Settings, target: Path, **options: Any) -> dict[str, Any]:
    return write_archive(engine, settings, target, AT, lambda _: None, **({"with_secret": False} | options)).json()


def test_an_archive_tells_what_it_holds(furnished: Engine, settings: Settings, tmp_path: Path) -> None:
    target = tmp_path / "new" / "archive.zip"
    found = write(furnished, settings, target)
    assert (found["file"], found["size"], found["files"], found["rows"]) == (str(target), target.stat().st_size, 4, 4)
    assert (found["secret"], found["created_at"], found["audit"]["seq"]) == (False, "2026-11-06T09:30:00+00:00", 1)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["archive.zip"]
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
        assert {name: table["rows"] for name, table in manifest["tables"].items() if table["rows"]} == {
            "audit_entry": 1,
            "batch": 2,
            "vendor": 1,
        }
        assert manifest["database"] == furnished.dialect.name
        rows = pl.read_parquet(io.BytesIO(archive.read(part_name("vendor", 0))))
        assert (rows["name"].to_list(), rows["tier"].dtype) == (["Nová ✓"], pl.String)


def test_what_is_packed_already_is_not_packed_again(furnished: Engine, settings: Settings, tmp_path: Path) -> None:
    write(furnished, settings, tmp_path / "archive.zip")
    with zipfile.ZipFile(tmp_path / "archive.zip") as archive:
        parts = {part.filename: part for part in archive.infolist()}
    stored = {name for name, part in parts.items() if part.compress_type == zipfile.ZIP_STORED}
    assert {NAMES[WORKBOOK], "evidence/3.parquet", part_name("vendor", 0)} <= stored
    assert parts[NAMES[DELIMITED]].compress_size < len(DELIMITED) / 10


def test_the_key_is_in_it_only_when_asked_for(furnished: Engine, settings: Settings, tmp_path: Path) -> None:
    for with_secret in (False, True):
        target = tmp_path / f"{with_secret}.zip"
        assert write(furnished, settings, target, with_secret=with_secret)["secret"] is with_secret
        with zipfile.ZipFile(target) as archive:
            assert ("secret.key" in archive.namelist()) is with_secret
            assert (b"ab" * 32 in b"".join(archive.read(name) for name in archive.namelist())) is with_secret


def test_an_older_archive_of_the_name_is_replaced_and_nothing_else_is(furnished: Engine, settings: Settings, tmp_path: Path) -> None:
    target = tmp_path / "archive.zip"
    write(furnished, settings, target)
    write(furnished, settings, target, with_secret=True)
    with zipfile.ZipFile(target) as archive:
        assert "secret.key" in archive.namelist()
    for other in (tmp_path / "a.xlsx", tmp_path / "b.db"):
        other.write_bytes(b"SQLite format 3")
        with pytest.raises(Invalid, match="is no archive of Scoreline"):
            write(furnished, settings, other)
        assert other.read_bytes() == b"SQLite format 3"
    with pytest.raises(Invalid, match="is no archive"):
        write(furnished, settings, tmp_path)


def test_an_empty_database_and_somebody_elses_are_not_backed_up(bare_engine: Engine, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="nothing to back up"):
        write(bare_engine, settings, tmp_path / "archive.zip")
    with bare_engine.begin() as connection:
        connection.execute(text("CREATE TABLE theirs (id INTEGER)"))
    with pytest.raises(Conflict, match="something else"):
        write(bare_engine, settings, tmp_path / "archive.zip")
    assert not (tmp_path / "archive.zip").exists()


def test_a_later_schema_is_left_to_its_version(furnished: Engine, settings: Settings, tmp_path: Path) -> None:
    with furnished.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict, match="newer than this version knows"):
        write(furnished, settings, tmp_path / "archive.zip")


def test_an_older_schema_is_written_as_it_is(bare_engine: Engine, settings: Settings, tmp_path: Path) -> None:
    with changing(bare_engine) as connection:
        bring(connection, "0001")
    found = write(bare_engine, settings, tmp_path / "archive.zip")
    assert found["schema"] == "0001"
    with zipfile.ZipFile(tmp_path / "archive.zip") as archive:
        assert "account" not in json.loads(archive.read("manifest.json"))["tables"]


def test_what_changes_while_it_is_read_is_not_in_it(furnished: Engine, settings: Settings, tmp_path: Path) -> None:
    told: list[str] = []

    def interfere(line: str) -> None:
        told.append(line)
        if len(told) == 1:
            with Session(furnished) as session:
                session.add(Vendor(code="LATE", name="Late"))
                session.commit()

    target = tmp_path / "archive.zip"
    for code in ("A", "B"):
        with Session(furnished) as session:
            session.add(Vendor(code=code, name=code))
            session.commit()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "PART_ROWS", 1)
        patch.setattr(store, "FETCHED_ROWS", 1)
        written = write_archive(furnished, settings, target, AT, interfere, with_secret=False)
    assert told[0] == "batch: 2 rows"
    assert [part.rows for part in written.manifest.tables["vendor"].parts] == [1, 1, 1]


def test_a_value_that_its_column_cannot_hold_stops_the_backup(sqlite_engine: Engine, settings: Settings, tmp_path: Path) -> None:
    with sqlite_engine.begin() as connection:
        connection.execute(text("CREATE TABLE damaged (amount BIGINT)"))
        connection.execute(text("INSERT INTO damaged VALUES ('much')"))
    with pytest.raises(Invalid, match="the table damaged holds a row that cannot be"):
        write(sqlite_engine, settings, tmp_path / "archive.zip")
    assert list(tmp_path.glob("*.zip")) + list(tmp_path.glob(".*")) == []


def test_memory_stays_flat_however_many_rows_there_are(sqlite_engine: Engine, settings: Settings, tmp_path: Path) -> None:
    with sqlite_engine.begin() as connection:
        connection.execute(text("CREATE TABLE many (id INTEGER PRIMARY KEY, story VARCHAR NOT NULL)"))
    peaks = []
    for rows in (100, 3000):  # of 20 kB: 60 MB more
        with sqlite_engine.begin() as connection:
            connection.execute(text(MANY_ROWS), {"rows": rows})
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store, "PART_BYTES", 1_000_000)
            patch.setattr(store, "FETCHED_ROWS", 20)
            tracemalloc.start()
            written = write_archive(sqlite_engine, settings, tmp_path / "archive.zip", AT, lambda _: None, with_secret=False)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert len(written.manifest.tables["many"].parts) > 50
    assert peaks[1] < peaks[0] + 5_000_000
