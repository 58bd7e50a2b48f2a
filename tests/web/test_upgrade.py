"""The migrate command."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from kernel.db import open_engine
from kernel.settings import Settings
from tests.web.command_line import Shell
from web.database import newest_version
from web.migrations import bring, changing


@pytest.fixture
def old(settings: Settings) -> Settings:
    """A data folder whose database has the first schema, and rows."""
    engine = open_engine(settings.url)
    with changing(engine) as connection:
        bring(connection, "0001")
        connection.execute(text("INSERT INTO vendor (code, name, kind, tier, currency) VALUES ('NOVA', 'Nova', 'vendor', '', 'USD')"))
        connection.execute(
            text(
                "INSERT INTO job (kind, key, payload, state, fence, attempts, created_at, last_error)"
                " VALUES ('close', 'k', '{}', 'waiting', 0, 0, '2026-11-06T09:00:00.000000+00:00', '')"
            )
        )
    engine.dispose()
    return settings


def test_an_empty_database_gets_the_schema_and_a_second_run_changes_nothing(shell: Shell) -> None:
    assert shell.json("migrate") == {"schema": newest_version(), "changed": True, "backup": None}
    assert shell.json("migrate")["changed"] is False
    assert "Nothing to do." in shell("migrate").out


def test_an_older_database_is_refused_until_it_is_migrated_and_backed_up_before(shell: Shell, old: Settings) -> None:
    refused = shell.json("vendor", "list", code=3)
    assert "scoreline migrate" in refused["error"]["message"]
    found = shell.json("migrate")
    assert (found["schema"], found["changed"]) == (newest_version(), True)
    assert [one["code"] for one in shell.json("vendor", "list")] == ["NOVA"]
    [archive] = (old.data / "backups").iterdir()
    assert found["backup"] == str(archive)
    assert archive.name.startswith("before-migrate-0001-")
    assert zipfile.is_zipfile(archive)


def test_the_backup_of_before_leads_back_and_forth_again(
    shell: Shell, old: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = shell.json("migrate")["backup"]
    monkeypatch.setenv("SCORELINE_DATA", str(tmp_path / "there"))
    found = shell.json("restore", archive, code=1)
    assert (found["schema"], found["rows"], found["check"]["ok"]) == ("0001", 2, False)  # the vendor was never told to the audit log
    assert [one["code"] for one in shell.json("vendor", "list")] == ["NOVA"]
    assert old.data.exists()


def test_when_the_migration_fails_the_backup_is_there_and_the_database_as_it_was(shell: Shell, data_folder: Path) -> None:
    shell.json("vendor", "add", "NOVA", "Nova")
    with closing(sqlite3.connect(data_folder / "scoreline.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
        connection.commit()
    assert shell("migrate").code == 70  # 0000 never existed
    assert len(list((data_folder / "backups").iterdir())) == 1
    with closing(sqlite3.connect(data_folder / "scoreline.db")) as connection:
        assert connection.execute("SELECT code FROM vendor").fetchall() == [("NOVA",)]


def test_a_later_database_is_left_to_its_version(shell: Shell, data_folder: Path) -> None:
    shell.json("migrate")
    with closing(sqlite3.connect(data_folder / "scoreline.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    assert shell.json("migrate", code=3)["error"]["code"] == "SCHEMA_NEW"
    assert not (data_folder / "backups").exists()


def test_somebody_elses_database_is_not_migrated(shell: Shell, data_folder: Path) -> None:
    with closing(sqlite3.connect(data_folder / "scoreline.db")) as connection:
        connection.execute("CREATE TABLE theirs (id INTEGER)")
    assert shell.json("migrate", code=3)["error"]["code"] == "DATABASE_TAKEN"
