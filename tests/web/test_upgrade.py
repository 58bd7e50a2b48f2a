"""The migrate command."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.web.command_line import Shell
from web.database import newest_version


def test_an_empty_database_gets_the_schema_and_a_second_run_changes_nothing(shell: Shell) -> None:
    assert shell.json("migrate") == {"schema": newest_version(), "changed": True, "backup": None}
    assert shell.json("migrate")["changed"] is False
    assert "Nothing to do." in shell("migrate").out


def test_an_older_database_is_copied_first(shell: Shell, data_folder: Path, monkeypatch: object) -> None:
    del monkeypatch
    shell.json("vendor", "add", "NOVA", "Nova")
    database = data_folder / "scoreline.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
        connection.commit()
    refused = shell.json("vendor", "list", code=3)
    assert "scoreline migrate" in refused["error"]["message"]
    shell("migrate")  # 0000 never existed, so the migration itself fails; the copy is there before it
    [copy] = (data_folder / "backups").iterdir()
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT code FROM vendor").fetchall() == [("NOVA",)]


def test_somebody_elses_database_is_not_migrated(shell: Shell, data_folder: Path) -> None:
    with closing(sqlite3.connect(data_folder / "scoreline.db")) as connection:
        connection.execute("CREATE TABLE theirs (id INTEGER)")
    assert shell.json("migrate", code=3)["error"]["code"] == "DATABASE_TAKEN"
