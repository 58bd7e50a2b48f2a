"""A disk that is full, for one part at a time: one sentence, nothing changed, reading goes on, and all works again after."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, make_url, text

from kernel.clock import SystemClock
from kernel.db import open_engine
from kernel.settings import Settings
from tests.faults.conftest import Builder, Copy, fill
from tests.faults.house import MONTH, OWN, House, own_rows, write
from tests.faults.warm import Warm
from tests.web.sign_in import ORIGIN, client_of
from web.app import create_app
from web.database import open_process
from web.incoming import FILES

ROOMY = 64_000
"""Bytes that SQLite needs to be opened at all: its shared memory is a file."""
LONG = 20_000
"""Rows that need more of PostgreSQL's pages than are left."""


def refused(house: House, *command: str) -> None:
    """A command ends with exit code 4 and one sentence that says why."""
    code, out, err = house.run(*command)
    assert code == 4, out + err
    sentence = err.strip().splitlines()[-1]
    assert "full" in sentence or "no room" in sentence, err
    assert "Traceback" not in err


def new_file(house: House) -> str:
    return str(write(house.files / "nova.csv", [OWN, *own_rows()]))


@pytest.fixture
def full_database(small_copy: Copy, small_disk: Path) -> House:
    """A house whose SQLite database alone is on a small disk that is nearly full; it has news for a close."""
    house = small_copy("corrected")
    shutil.move(house.data / "scoreline.db", small_disk / "scoreline.db")
    fill(small_disk, ROOMY)
    return House(house.data, house.files, f"sqlite:///{small_disk / 'scoreline.db'}")


def test_a_database_without_room_takes_nothing_and_answers(full_database: House, small_disk: Path) -> None:
    house = full_database
    before = house.run("rank", MONTH, "--json")
    for command in (("import", "--side", "vendor", new_file(house)), ("close", MONTH), ("vendor", "add", "X", "X" * 50_000)):
        refused(house, *command)
        assert house.run("rank", MONTH, "--json") == before
    (small_disk / "filling").unlink()
    assert house.faults(deep=True) == {}
    assert house.json("close", MONTH)["changed"] is True
    assert house.faults() == {}


def test_a_database_that_is_open_answers_even_without_a_single_byte_of_room(full_database: House, small_disk: Path) -> None:
    house = full_database
    engine = open_engine(house.address)
    with engine.connect().execution_options(reading=True) as connection:  # as a site has it open
        connection.execute(text("SELECT count(*) FROM vendor"))
        fill(small_disk, 0)
        assert house.run("rank", MONTH, "--json")[0] == 0
        refused(house, "close", MONTH)
    engine.dispose()


@dataclass(frozen=True)
class Later:
    """The machine's clock, so many minutes on: a session must be noted as used then."""

    minutes: int

    def now(self) -> datetime:
        return SystemClock().now() + timedelta(minutes=self.minutes)

    def today(self, zone: str) -> date:
        return SystemClock().today(zone)


def test_a_site_whose_database_has_no_room_shows_its_pages_and_says_what_to_do(full_database: House, small_disk: Path) -> None:
    house = full_database
    (small_disk / "filling").unlink()
    process = open_process("ana", Settings(data=house.data, database_url=house.url))
    browser = client_of(process)
    site = create_app(replace(process, machine=Later(10)))
    with TestClient(site, base_url=ORIGIN, follow_redirects=False, raise_server_exceptions=False) as client:
        client.headers.update(browser.headers)
        client.cookies = browser.cookies
        fill(small_disk, 0)
        assert client.get(f"/rankings/{MONTH}").status_code == 200
        refusal = client.post(f"/status/{MONTH}/close", headers={"accept": "application/json"})
        assert (refusal.status_code, refusal.json()["error"]["code"]) in ((507, "DISK_FULL"), (503, "DISK_FULL"))
        assert client.get(f"/rankings/{MONTH}").status_code == 200
        (small_disk / "filling").unlink()
        assert client.post(f"/status/{MONTH}/close", headers={"accept": "application/json"}).status_code < 400
    process.engine.dispose()


@pytest.mark.parametrize("part", ["files", "evidence"])
def test_a_folder_without_room_takes_no_upload(small_copy: Copy, small_disk: Path, part: str) -> None:
    house = small_copy("furnished")
    shutil.move(house.data / part, small_disk / part)
    (house.data / part).symlink_to(small_disk / part)
    path = new_file(house)
    fill(small_disk, 0)
    refused(house, "import", "--side", "vendor", path)
    assert house.json("close", MONTH)["changed"] is True  # figures need no room there
    assert house.run("rank", MONTH)[0] == 0
    (small_disk / "filling").unlink()
    assert house.faults(deep=True) == {}
    (found,) = house.json("import", "--side", "vendor", path)
    assert found["state"] == "accepted"
    assert house.faults() == {}


@pytest.mark.parametrize("part", ["files", "temporary folder"])
def test_an_upload_to_a_site_without_room_is_answered_and_taken_once_there_is_some(
    small_copy: Copy, small_disk: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    house = small_copy("furnished")
    if part == "files":
        shutil.move(house.data / "files", small_disk / "files")
        (house.data / "files").symlink_to(small_disk / "files")
    else:
        monkeypatch.setattr(tempfile, "tempdir", str(small_disk))
    sent = Path(new_file(house)).read_bytes() + b"\n" * 2_000_000  # more than any spool keeps in memory
    process = open_process("ana", Settings(data=house.data))
    with client_of(process, follow_redirects=False) as client:

        def bring() -> tuple[int, str]:
            form = {"side": "vendor"}
            answer = client.post("/imports", data=form, files={FILES: ("nova.csv", sent)}, headers={"accept": "application/json"})
            return answer.status_code, answer.text

        fill(small_disk, 0)
        status, body = bring()
        if part == "files":
            assert (status, "DISK_FULL" in body) == (507, True), body
            (small_disk / "filling").unlink()
            status, body = bring()
        assert status == 202, body  # nothing waits in a temporary folder
    process.engine.dispose()
    assert house.faults() == {}


@pytest.mark.parametrize("free", [0, 20_000, 60_000])
def test_a_backup_without_room_leaves_the_one_before(small_copy: Copy, small_disk: Path, free: int) -> None:
    house = small_copy("closed")
    target = small_disk / "house.zip"
    house.json("backup", str(target))
    before = target.read_bytes()
    fill(small_disk, free)
    refused(house, "backup", str(target))
    assert target.read_bytes() == before
    assert sorted(path.name for path in small_disk.iterdir()) == ["filling", "house.zip"]
    (small_disk / "filling").unlink()
    assert house.json("backup", str(target))["rows"] > 0


@pytest.mark.parametrize("free", [4_000, ROOMY, 400_000])
def test_a_restore_without_room_is_finished_once_there_is_some(small_copy: Copy, small_disk: Path, tmp_path: Path, free: int) -> None:
    archive = tmp_path / "house.zip"
    small_copy("closed").json("backup", str(archive), "--with-secret")
    house = House(small_disk / "data", tmp_path)
    fill(small_disk, free)
    refused(house, "restore", str(archive))
    (small_disk / "filling").unlink()
    assert house.json("restore", str(archive))["check"]["ok"] is True


def test_a_migration_without_room_for_its_backup_changes_nothing(small_copy: Copy, small_disk: Path) -> None:
    house = small_copy("closed")
    (house.data / "backups").symlink_to(small_disk)
    engine = open_engine(house.address)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    fill(small_disk, 1000)
    refused(house, "migrate")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
    engine.dispose()
    assert house.faults() == {}


@pytest.mark.parametrize(
    ("command", "most_bytes"),
    [(("backup", "house.zip"), 30_000), (("close", MONTH), 40_000), (("restore", "whole.zip"), 30_000)],
    ids=str,
)
def test_a_file_that_may_not_grow_is_a_full_disk_too(
    small_copy: Copy, warm: Warm, tmp_path: Path, command: tuple[str, ...], most_bytes: int
) -> None:
    """As test_limits, without a disk of its own: works where nothing may be mounted."""
    house = small_copy("corrected")
    before = house.run("rank", MONTH, "--json")
    name, file = command
    if name == "restore":
        house.json("backup", str(tmp_path / file))
    place = House(tmp_path / "there", house.files) if name == "restore" else house
    ended = warm.run(place.environment, name, file if name == "close" else str(tmp_path / file), most_bytes=most_bytes)
    assert ended.code == 4, ended.err
    assert not (tmp_path / "house.zip").exists()
    assert house.run("rank", MONTH, "--json") == before
    assert place.run(name, file if name == "close" else str(tmp_path / file))[0] == 0


@pytest.fixture
def full_postgres(postgres_builder: Builder, postgres_url: str, small_disk: Path, tmp_path: Path) -> Iterator[House]:
    """A house whose PostgreSQL database alone is on the small disk."""
    administrator = create_engine(postgres_url.format("postgres"), isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        server = Path(connection.execute(text("SHOW data_directory")).scalar_one())
        space = small_disk / "space"
        space.mkdir(mode=0o700)
        shutil.chown(space, server.stat().st_uid)
        for folder in (small_disk, *small_disk.parents):
            if folder.stat().st_uid == small_disk.stat().st_uid and folder != Path("/"):
                folder.chmod(folder.stat().st_mode | 0o111)
        stage = postgres_builder.stage("corrected")
        connection.execute(text(f"CREATE TABLESPACE small LOCATION '{space}'"))
        try:
            connection.execute(text(f"CREATE DATABASE small TEMPLATE {make_url(stage.url).database} TABLESPACE small"))
            shutil.copytree(stage.data, tmp_path / "data")
            shutil.copytree(stage.files, tmp_path / "sent")
            yield House(tmp_path / "data", tmp_path / "sent", postgres_url.format("small"))
        finally:
            connection.execute(text("DROP DATABASE IF EXISTS small WITH (FORCE)"))
            connection.execute(text("DROP TABLESPACE small"))
    administrator.dispose()


def test_a_postgresql_database_without_room_takes_nothing_and_answers(full_postgres: House, small_disk: Path) -> None:
    house = full_postgres
    before = house.run("rank", MONTH, "--json")
    days = [f"2026-{1 + number // 28 % 9:02}-{1 + number % 28:02}" for number in range(LONG)]
    rows = [["NOVA", "MNL", "Q1", "en", day, f"agent-{number}", 500, "7.25"] for number, day in enumerate(days)]
    path = write(house.files / "long.csv", [OWN, *rows])
    fill(small_disk, 0)
    refused(house, "import", "--side", "vendor", str(path))
    assert house.run("rank", MONTH, "--json") == before
    (small_disk / "filling").unlink()
    assert house.faults() == {}
    (found,) = house.json("import", "--side", "vendor", str(path))
    assert found["state"] == "accepted"
