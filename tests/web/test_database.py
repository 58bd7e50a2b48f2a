"""Opening the database: made on first use, refused when it is another one."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from kernel.errors import Conflict, Unavailable
from kernel.settings import Settings
from web.database import EMPTY, FOREIGN, found_version, newest_version, open_database
from web.migrations import current


def _settings(engine: Engine, settings: Settings) -> Settings:
    return settings.model_copy(update={"database_url": engine.url.render_as_string(hide_password=False)})


def test_an_empty_database_gets_its_tables_on_first_use(bare_engine: Engine, settings: Settings) -> None:
    assert found_version(bare_engine) == EMPTY
    opened = open_database(_settings(bare_engine, settings))
    assert current(opened)
    assert found_version(opened) == newest_version()
    opened.dispose()


def test_somebody_elses_tables_are_left_alone(bare_engine: Engine, settings: Settings) -> None:
    with bare_engine.connect() as connection:
        connection.execute(text("CREATE TABLE theirs (id INTEGER)"))
        connection.commit()
    assert found_version(bare_engine) == FOREIGN
    with pytest.raises(Conflict, match="holds tables of something else"):
        open_database(_settings(bare_engine, settings))


@pytest.mark.parametrize(("version", "code"), [("0000", "SCHEMA_OLD"), ("9999", "SCHEMA_NEW")])
def test_another_schema_says_what_to_do(engine: Engine, settings: Settings, version: str, code: str) -> None:
    with engine.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
        connection.commit()
    with pytest.raises(Conflict) as refused:
        open_database(_settings(engine, settings))
    assert refused.value.code == code


def test_a_server_that_is_away_is_a_missing_part(settings: Settings) -> None:
    away = settings.model_copy(update={"database_url": "postgresql+psycopg://nobody:secret@127.0.0.1:1/none"})
    with pytest.raises(Unavailable) as refused:
        open_database(away)
    assert "secret" not in refused.value.message


def test_a_file_that_is_no_database_is_said_in_one_sentence(settings: Settings) -> None:
    (settings.data / "scoreline.db").write_bytes(b"this is no database " * 100)
    with pytest.raises(Unavailable, match="cannot be used"):
        open_database(settings)
