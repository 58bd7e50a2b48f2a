"""A backup, a restore or a migration dies at every named point; the same command again ends as if nothing had been."""

from __future__ import annotations

import signal
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kernel.faults import CRASH_VARIABLE
from kernel.settings import Settings
from tests.faults.conftest import Builder, Copy
from tests.faults.house import MONTH, House
from tests.faults.warm import Warm
from tests.web.archive.old import FIRST_SCHEMA, unpack_as_it_was
from web import migrations, upgrade
from web.archive import restoring, writing

BACKUP, RESTORE = writing.FAULT_POINTS, restoring.FAULT_POINTS
MIGRATE = (*upgrade.FAULT_POINTS, *migrations.FAULT_POINTS)
TRIED = {*BACKUP, *RESTORE, *MIGRATE}
KILLED = -signal.SIGKILL
QUESTIONS = (("rank", MONTH), ("scorecard", "NOVA", MONTH), ("invoice", "list"), ("status", MONTH), ("batch", "list"))

Empty = Callable[[], House]
"""Gives an empty database and a data folder that is not there yet."""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Empty]:
    """Empty places of this test's own, once on each kind of database."""
    builder: Builder = request.getfixturevalue("sqlite_builder" if request.param == "sqlite" else "postgres_builder")
    made: list[House] = []

    def found() -> House:
        made.append(builder.bare(tmp_path / f"bare{len(made)}"))
        return made[-1]

    yield found
    for house in made:
        builder.drop(house)


@pytest.fixture(scope="module")
def archive(sqlite_builder: Builder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The filled house's archive, with the key."""
    path = tmp_path_factory.mktemp("archive") / "house.zip"
    sqlite_builder.stage("filled").json("backup", str(path), "--with-secret")
    return path


def die(house: House, warm: Warm, point: str, *command: str) -> None:
    ended = warm.run(house.environment | {CRASH_VARIABLE: point}, *command)
    assert ended.code == KILLED, ended.err


@pytest.mark.parametrize("point", BACKUP)
@pytest.mark.parametrize("older", [False, True], ids=["first", "again"])
def test_a_backup_that_dies_leaves_no_half_archive_and_the_next_one_is_sound(
    copy: Copy, warm: Warm, tmp_path: Path, point: str, *, older: bool
) -> None:
    house = copy("closed")
    target = tmp_path / "archives" / "house.zip"
    if older:
        house.json("backup", str(target))
    before = target.read_bytes() if older else None
    die(house, warm, point, "backup", str(target), "--with-secret")
    if point == "backup.named":
        assert zipfile.ZipFile(target).testzip() is None
    else:
        assert (target.read_bytes() if target.exists() else None) == before
    told = house.json("backup", str(target), "--with-secret")
    assert [path.name for path in target.parent.iterdir()] == ["house.zip"]
    assert (told["secret"], told["size"]) == (True, target.stat().st_size)
    if point in {"backup.begun", "backup.whole"}:  # the parts of the others are the same
        assert house.json("restore", str(target), "--rehearse")["check"]["ok"] is True


@pytest.mark.parametrize("point", RESTORE)
def test_a_restore_that_dies_is_finished_by_the_same_command(
    empty: Empty, warm: Warm, archive: Path, sqlite_filled: House, point: str
) -> None:
    house = empty()
    die(house, warm, point, "restore", str(archive))
    found = house.json("restore", str(archive))
    assert found["restored"] is (point != "restore.committed")
    assert found["check"]["ok"] is True
    assert house.faults(deep=not house.url) == {}
    for question in QUESTIONS:
        assert house.run(*question, "--json")[1] == sqlite_filled.run(*question, "--json")[1]
    assert [path for path in house.data.rglob(".*") if path.is_file()] == []


@pytest.mark.parametrize("moment", range(4))
def test_a_restore_that_dies_at_any_moment_is_finished_by_the_same_command(empty: Empty, warm: Warm, archive: Path, moment: int) -> None:
    house = empty()
    warm.run(house.environment, "restore", str(archive), kill_after=0.1 + 0.15 * moment)
    assert house.json("restore", str(archive))["check"]["ok"] is True


@pytest.mark.parametrize("point", MIGRATE)
def test_a_migration_that_dies_is_finished_by_the_same_command_and_nothing_is_served_meanwhile(
    empty: Empty, warm: Warm, point: str
) -> None:
    house = empty()
    unpack_as_it_was(FIRST_SCHEMA, Settings(data=house.data, database_url=house.url))
    die(house, warm, point, "migrate")
    done = point == "migrate.committed"
    if not done:
        for command in (("serve", "--port", "0"), ("rank", MONTH)):
            code, _, err = house.run(*command)
            assert (code, "the database has schema 0001" in err, "run: scoreline migrate" in err) == (3, True, True), err
    assert house.json("migrate")["changed"] is not done
    assert house.faults(deep=not house.url) == {}
    assert len(list((house.data / "backups").glob("before-migrate-0001-*.zip"))) in {1, 2}
    assert not list((house.data / "backups").glob(".*"))


@pytest.mark.parametrize("command", [("backup", "x.zip"), ("migrate",), ("restore", "{archive}")], ids=lambda one: one[0])
@pytest.mark.parametrize("where", [0, 4096 * 40], ids=["head", "middle"])
def test_a_damaged_database_is_said_to_be_one(
    small_copy: Copy, archive: Path, tmp_path: Path, command: tuple[str, ...], where: int
) -> None:
    house = small_copy("filled")
    database = house.data / "scoreline.db"
    content = bytearray(database.read_bytes())
    content[where : where + 40_000] = b"\xa5" * 40_000
    database.write_bytes(content)
    arguments = [str(tmp_path / one) if one.endswith(".zip") else one.format(archive=archive) for one in command]
    code, out, err = house.run(*arguments)
    unread = (command[0], where) == ("migrate", 4096 * 40)  # it may have nothing to do, and see nothing of it
    assert code in ({0, 4} if unread else {1, 3, 4}), out + err  # 70 would call it a bug
    assert not (tmp_path / "x.zip").exists()


def test_a_backup_beside_an_import_holds_one_state_of_it(copy: Copy, warm: Warm, tmp_path: Path) -> None:
    house = copy("furnished")
    files = [house.files / f"more{number}.csv" for number in range(4)]
    for number, file in enumerate(files):
        file.write_text(
            (house.files / "platform.csv").read_text(encoding="utf-8").replace("2026-10", f"2026-0{number + 5}"), encoding="utf-8"
        )
    imports = [{"environment": house.environment, "arguments": ("import", *map(str, files))}]
    backups = [{"environment": house.environment, "arguments": ("backup", str(tmp_path / f"{number}.zip"))} for number in range(4)]
    ended = warm.together([*imports, *backups])
    assert [one.code for one in ended] == [0] * 5, [one.err for one in ended]
    for number in range(4):
        found = house.json("restore", str(tmp_path / f"{number}.zip"), "--rehearse")
        assert found["check"]["ok"] is True


def test_a_house_gives_the_same_texts_after_moving_to_the_other_database_and_back(
    archive: Path, sqlite_filled: House, sqlite_builder: Builder, postgres_builder: Builder, tmp_path: Path
) -> None:
    asked = (
        *QUESTIONS,
        ("trace", "NOVA", MONTH, "in_sla_share"),
        ("trace", "NOVA", MONTH, "cost_per_decision"),
        ("contract", "price", "NOVA", MONTH),
        ("invoice", "show", "N-1"),
        ("rank", MONTH, "--raw"),
    )
    expected = [sqlite_filled.run(*question, "--json")[1] for question in asked]
    there = postgres_builder.bare(tmp_path / "there")
    there.json("restore", str(archive))
    assert [there.run(*question, "--json")[1] for question in asked] == expected
    assert there.faults(deep=True) == {}
    there.json("backup", str(tmp_path / "back.zip"), "--with-secret")
    back = sqlite_builder.bare(tmp_path / "back")
    back.json("restore", str(tmp_path / "back.zip"))
    assert [back.run(*question, "--json")[1] for question in asked] == expected
    assert back.faults(deep=True) == {}
    postgres_builder.drop(there)
