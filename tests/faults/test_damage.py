"""One value, row or byte is changed behind the product's back, in every table and kind of file: `check` names it."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, Integer, Table
from sqlmodel import SQLModel

from kernel.settings import Settings
from tests.faults.conftest import Copy
from tests.faults.house import House
from web.check import VOLATILE, check_everything
from web.database import open_process
from web.process import Process

TABLES: dict[str, Table] = {name: table for name, table in SQLModel.metadata.tables.items() if name not in VOLATILE}
NUMBERS_ONLY = {
    ("alias", "id"): "nothing refers to it",
    ("finding_decision", "id"): "only its order counts, and that is checked",
    ("layout", "id"): "nothing refers to it",
}
"""Columns whose value says nothing, with the reason."""
BETWEEN = re.compile(r"(\d{4}-\d\d-\d\d).(\d\d:\d\d:\d\d\.\d{6}\+00:00)", re.DOTALL)
"""Whatever letter stands between day and time, it is the same instant."""
FLIPS = 30
"""Bytes of the database that are flipped, one at a time."""


class Store:
    """A filled house whose database can be changed and put back."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.path = house.data / "scoreline.db"
        self.process: Process = open_process("", Settings(data=house.data))
        self.whole = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(self.path)) as stored:
            stored.backup(self.whole)

    def keys(self, table: Table) -> list[tuple[Any, ...]]:
        """The keys of a table's rows, in order."""
        names = ", ".join(f'"{column.name}"' for column in table.primary_key)
        return self.whole.execute(f'SELECT {names} FROM "{table.name}" ORDER BY {names}').fetchall()  # noqa: S608 - names of the schema

    def value(self, table: Table, column: Column[Any], key: tuple[Any, ...]) -> Any:
        """What stands in a row's column."""
        return self.whole.execute(f'SELECT "{column.name}" FROM "{table.name}" WHERE {where(table)}', key).fetchone()[0]  # noqa: S608 - names of the schema

    def answer(self, statement: str, *values: Any) -> dict[str, Any]:
        """What `check` says after one statement that nothing guards; the next call begins with the whole store again."""
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            self.whole.backup(connection)
            for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {trigger}")
            connection.execute("PRAGMA ignore_check_constraints = ON")
            assert connection.execute(statement, values).rowcount == 1
        self.process.engine.dispose()
        return check_everything(self.process, deep=False)

    def close(self) -> None:
        """Give everything back."""
        self.process.engine.dispose()
        self.whole.close()


def where(table: Table) -> str:
    """A condition on the key."""
    return " AND ".join(f'"{column.name}" = ?' for column in table.primary_key)


@pytest.fixture
def store(small_copy: Copy) -> Iterator[Store]:
    """The store of a filled house."""
    found = Store(small_copy("filled"))
    yield found
    found.close()


def test_the_whole_store_passes_and_every_table_is_checked_or_named(store: Store) -> None:
    assert store.house.faults(deep=True) == {}
    answer = check_everything(store.process, deep=False)
    assert answer["ok"]
    assert set(answer["not_checked"]) | TABLES.keys() == SQLModel.metadata.tables.keys()
    assert [name for name, table in TABLES.items() if not store.keys(table)] == [], "fill them in tests/faults/house.py"


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_changed_value_in_any_column_is_named(store: Store, name: str) -> None:
    table = TABLES[name]
    keys = store.keys(table)
    missed = []
    for number, column in enumerate(table.columns):
        key = keys[(number * 7) % len(keys)]  # another row for each
        old = store.value(table, column, key)
        new = other(column, old)
        try:
            answer = store.answer(f'UPDATE "{name}" SET "{column.name}" = ? WHERE {where(table)}', new, *key)  # noqa: S608 - names of the schema
        except sqlite3.IntegrityError:
            continue  # the schema refuses it
        failed = [one for one in answer["checks"] if not one["ok"]]
        if (name, column.name) not in NUMBERS_ONLY and not any(one["detail"] for one in failed):
            missed.append(f"{column.name} of {key}: {old!r} -> {new!r}")
    assert missed == []


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_row_that_vanished_is_named(store: Store, name: str) -> None:
    table = TABLES[name]
    answer = store.answer(f'DELETE FROM "{name}" WHERE {where(table)}', *store.keys(table)[0])  # noqa: S608 - names of the schema
    assert [one["detail"] for one in answer["checks"] if not one["ok"]] not in ([], [""])


def other(column: Column[Any], old: Any) -> Any:
    """A value that differs in one character, or by one."""
    if isinstance(old, int):
        return 1 - old if old in (0, 1) else old + 1
    if old is None:
        whole = isinstance(column.type, Integer | BigInteger) or isinstance(getattr(column.type, "impl", None), BigInteger)
        return 5 if whole else "2026-11-07"
    if not old:
        return "x"
    place = next((place for place, letter in enumerate(old) if letter.isdigit()), 0)
    return old[:place] + ("7" if old[place] != "7" else "3") + old[place + 1 :]


def flip(path: Path, place: int, bit: int = 1) -> None:
    """Change one bit of a file."""
    content = bytearray(path.read_bytes())
    content[place % len(content)] ^= bit
    path.chmod(0o644)
    path.write_bytes(bytes(content))


def newest(folder: Path) -> Path:
    """The file that was written last."""
    return max(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)


@pytest.mark.parametrize("place", [0, 77, -1])
@pytest.mark.parametrize(
    ("chosen", "name"),
    [
        (lambda data: newest(data / "files"), "originals are as they came"),
        (lambda data: newest(data / "evidence"), "evidence is as it was written"),
    ],
)
def test_a_flipped_byte_of_a_file_is_named(small_copy: Copy, chosen: Callable[[Path], Path], name: str, place: int) -> None:
    house = small_copy("filled")
    flip(chosen(house.data), place)
    assert "bytes have changed" in house.faults()[name]


def test_another_key_of_the_pseudonyms_is_found_deeply(small_copy: Copy) -> None:
    house = small_copy("filled")
    key = house.data / "secret.key"
    digits = key.read_text(encoding="ascii")
    key.write_text(("1" if digits[0] == "0" else "0") + digits[1:], encoding="ascii")
    assert "agent in row" in house.faults(deep=True)["evidence follows from originals"]


def test_a_flipped_byte_anywhere_in_the_database_is_found_or_changes_nothing(small_copy: Copy) -> None:
    house = small_copy("filled")
    path = house.data / "scoreline.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole, told = path.read_bytes(), contents(path)
    dice = random.Random(7)  # noqa: S311 - the same flips every time
    for _ in range(FLIPS):
        damaged = bytearray(whole)
        place, bit = dice.randrange(len(whole)), 1 << dice.randrange(8)
        damaged[place] ^= bit
        restore(path, damaged)
        seen = contents(path)
        restore(path, damaged)
        code, out, err = house.run("check", "--json")
        assert code in (0, 1), f"byte {place}: {out} {err}"
        assert code == 1 or seen == told, f"byte {place}, bit {bit}"


def restore(path: Path, content: bytearray) -> None:
    """Put a database in place, without what a connection left beside it."""
    for beside in ("-wal", "-shm"):
        Path(f"{path}{beside}").unlink(missing_ok=True)
    path.write_bytes(bytes(content))


def contents(path: Path) -> list[str] | None:
    """Every row of the tables that are checked, as statements; None when the database cannot be read."""
    with closing(sqlite3.connect(path)) as connection:
        try:
            rows = [BETWEEN.sub(r"\1T\2", line) for line in connection.iterdump() if line.startswith("INSERT")]
            return [row for row in rows if not row.startswith(tuple(f'INSERT INTO "{name}"' for name in VOLATILE))]
        except (sqlite3.Error, UnicodeDecodeError):
            return None
