"""A small installation, its archive, and archives that somebody changed."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from importers.models import Batch
from kernel import audit
from kernel.settings import Settings
from vendors.models import Vendor
from web.archive.store import kept_tables
from web.archive.writing import Written, write_archive

AT = datetime(2026, 11, 6, 9, 30, tzinfo=UTC)
WORKBOOK = b"PK\x03\x04 a workbook"
DELIMITED = b"day,vendor,decisions\n" * 500
NAMES = {content: f"files/{hashlib.sha256(content).hexdigest()}" for content in (WORKBOOK, DELIMITED)}


def furnish(engine: Engine, settings: Settings) -> None:
    """A vendor, two uploads of which the first points to the second, an entry in the audit log, and files."""
    with Session(engine) as session:
        session.add(Vendor(code="NOVA", name="Nová ✓"))
        session.commit()
        usual: dict[str, Any] = {"sha256": "0" * 64, "received_on": date(2026, 11, 3), "at": AT, "actor": "ana"}
        session.add(Batch(id=7, file_name="second.csv", **usual))
        session.commit()
        session.add(Batch(id=3, file_name="first.csv", superseded_by=7, **usual))
        audit.record(session, AT, "ana", "vendor.add", "vendor:NOVA", {"code": "NOVA"})
        session.commit()
    for content, name in NAMES.items():
        (settings.data / name).parent.mkdir(exist_ok=True)
        (settings.data / name).write_bytes(content)
    settings.evidence.mkdir()
    (settings.evidence / "3.parquet").write_bytes(b"PAR1 rows PAR1")
    (settings.files / ".tmp-left-over").write_bytes(b"not whole")
    (settings.data / "as_of.txt").write_text("2026-11-06\n", encoding="utf-8")
    settings.secret.write_text("ab" * 32, encoding="ascii")


@pytest.fixture
def furnished(engine: Engine, settings: Settings) -> Engine:
    """The small installation's database, on each kind; its data folder is that of the settings."""
    furnish(engine, settings)
    return engine


@pytest.fixture
def written(sqlite_engine: Engine, settings: Settings, tmp_path: Path) -> Written:
    """The small installation's archive, without the key."""
    furnish(sqlite_engine, settings)
    return write_archive(sqlite_engine, settings, tmp_path / "archive.zip", AT, lambda _: None, with_secret=False)


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    """A data folder that is not there yet."""
    return Settings(data=tmp_path / "restored")


@dataclass
class Contents:
    """What an archive holds, to be changed: parts by name, and the manifest."""

    parts: dict[str, bytes]
    manifest: dict[str, Any]

    def replace(self, name: str, content: bytes) -> None:
        """Put other bytes under a name, and say so in the manifest."""
        self.parts[name] = content
        told = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for one in (*self.manifest["files"], *(part for table in self.manifest["tables"].values() for part in table["parts"])):
            if one["name"] == name:
                one.update(told)


def forged(path: Path, target: Path, change: Callable[[Contents], object]) -> Path:
    """An archive as somebody changed it."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    contents = Contents(parts, json.loads(parts.pop("manifest.json")))
    change(contents)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in contents.parts.items():
            archive.writestr(name, content)
        archive.writestr("manifest.json", json.dumps(contents.manifest))
    return target


def everything(engine: Engine) -> Mapping[str, list[tuple[Any, ...]]]:
    """Every row of every table that an archive holds."""
    with engine.connect().execution_options(reading=True) as connection:
        tables = kept_tables(connection)
        return {name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr) for name, table in tables.items()}
