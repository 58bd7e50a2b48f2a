"""The schema: the same on both databases, and what it refuses by itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import SQLModel

from kernel.db import open_engine
from tests.conftest import ROOT
from web.migrations import HERE, current, differences, draft, migrate


def test_the_migrated_schema_is_what_the_models_say(engine: Engine) -> None:
    assert differences(engine) == []


def test_every_check_of_the_models_stands_in_the_database(engine: Engine) -> None:
    found = inspect(engine)
    for table in SQLModel.metadata.sorted_tables:
        wanted = {str(c.name) for c in table.constraints if c.__visit_name__ == "check_constraint"}
        assert wanted <= {c["name"] for c in found.get_check_constraints(table.name)}, table.name


def test_an_empty_database_is_not_current_until_it_is_migrated(bare_engine: Engine) -> None:
    assert not current(bare_engine)
    migrate(bare_engine)
    assert current(bare_engine)
    migrate(bare_engine)
    assert current(bare_engine)


def test_two_processes_may_migrate_at_the_same_time(bare_engine: Engine) -> None:
    url = bare_engine.url.render_as_string(hide_password=False)

    program = "import sys; from kernel.db import open_engine; from web.migrations import migrate; migrate(open_engine(sys.argv[1]))"
    both = [subprocess.Popen([sys.executable, "-c", program, url], cwd=ROOT) for _ in range(2)]
    assert [process.wait(30) for process in both] == [0, 0]
    assert differences(bare_engine) == []


def test_a_table_that_no_model_knows_is_a_difference(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE stray (id INTEGER PRIMARY KEY)"))
    assert len(differences(engine)) == 1


ENTRY = "(seq, at, actor, action, subject, body, previous, hash) VALUES (1, '2026-11-01', 'a', 'b', 'c', '{}', '', 'h')"


@pytest.mark.parametrize("act", ["UPDATE audit_entry SET actor = 'somebody else'", "DELETE FROM audit_entry"])
def test_the_audit_log_can_be_neither_changed_nor_deleted(engine: Engine, act: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO audit_entry {ENTRY}"))
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(act))


def test_the_audit_log_cannot_be_replaced_on_sqlite(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        connection.execute(text(f"INSERT INTO audit_entry {ENTRY}"))
    with pytest.raises(DBAPIError, match="append-only"), sqlite_engine.begin() as connection:
        connection.execute(text(f"INSERT OR REPLACE INTO audit_entry {ENTRY}"))


@pytest.mark.parametrize(
    "act",
    [
        f"INSERT INTO audit_entry {ENTRY} ON CONFLICT (seq) DO UPDATE SET actor = 'x'",
        "TRUNCATE audit_entry",
    ],
)
def test_the_audit_log_cannot_be_replaced_or_emptied_on_postgresql(postgres_engine: Engine, act: str) -> None:
    with postgres_engine.begin() as connection:
        connection.execute(text(f"INSERT INTO audit_entry {ENTRY}"))
    with pytest.raises(DBAPIError, match="append-only"), postgres_engine.begin() as connection:
        connection.execute(text(act))


@pytest.mark.parametrize("amount", ["much", 1.5])
def test_an_amount_that_is_no_whole_number_is_refused_by_sqlite(sqlite_engine: Engine, amount: object) -> None:
    insert = text("INSERT INTO network_target (metric, weight, direction, gate) VALUES ('a', :amount, 'up', '')")
    with pytest.raises(IntegrityError, match="ck_network_target_weight_whole"), sqlite_engine.begin() as connection:
        connection.execute(insert, {"amount": amount})


def test_the_next_migration_is_drafted_from_what_the_models_have_more(sqlite_engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(HERE, folder)
    with sqlite_engine.begin() as connection:
        connection.execute(text("ALTER TABLE site DROP COLUMN country"))
        connection.execute(text("DROP TABLE holiday"))
    path = draft(sqlite_engine, "Countries and holidays", folder)
    newest = max(file.name for file in (HERE / "versions").glob("[0-9]*.py"))
    assert path.name == f"{int(newest[:4]) + 1:04d}_countries_and_holidays.py"
    source = path.read_text(encoding="utf-8")
    assert "sa.Column('country', sa.String(), nullable=False)" in source
    assert "op.create_table('holiday'" in source
    compile(source, str(path), "exec")


def test_a_folder_with_a_percent_sign_can_be_migrated(tmp_path: Path) -> None:
    own = open_engine(f"sqlite:///{tmp_path / '100%s'}/scoreline.db")
    migrate(own)
    assert current(own)
    own.dispose()
