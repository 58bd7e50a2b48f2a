"""The house on both databases, made once per stage and copied for each test; real processes to kill."""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from importers import reading
from tests.conftest import missing
from tests.faults.house import STAGES, House
from tests.faults.warm import Warm

Copy = Callable[[str], House]
"""Gives a house of the caller's own at a stage."""


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    """Real processes, quickly."""
    found = Warm(tmp_path_factory.mktemp("warm"))
    yield found
    found.close()


class Builder:
    """Makes each stage once on one kind of database. postgres_url: with {} for the database's name, or '' for SQLite."""

    def __init__(self, folder: Path, postgres_url: str = "") -> None:
        self.folder = folder
        self.postgres_url = postgres_url
        self.made: dict[str, House] = {}

    def stage(self, name: str) -> House:
        """The house at a stage; to be copied, never used."""
        if name not in self.made:
            before, work = STAGES[name]
            place = self.folder / name
            house = self.copy(before, place) if before else House(place / "data", place / "files", self._database("template1"))
            work(house)
            self.made[name] = house
        return self.made[name]

    def copy(self, name: str, place: Path) -> House:
        """A house of the caller's own."""
        original = self.stage(name)
        shutil.copytree(original.data, place / "data")
        shutil.copytree(original.files, place / "files")
        return House(place / "data", place / "files", self._database(str(make_url(original.url).database)) if original.url else "")

    def bare(self, place: Path) -> House:
        """A place without tables, and without a data folder."""
        return House(place / "data", place / "files", self._database("template1"))

    def _database(self, template: str) -> str:
        if not self.postgres_url:
            return ""
        name = f"house_{uuid.uuid4().hex}"
        self._administer(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.postgres_url.format(name)

    def drop(self, house: House) -> None:
        """Give a copy's database back."""
        if house.url:
            self._administer(f"DROP DATABASE {make_url(house.url).database} WITH (FORCE)")

    def _administer(self, statement: str) -> None:
        administrator = create_engine(self.postgres_url.format("postgres"), isolation_level="AUTOCOMMIT")
        with administrator.connect() as connection:
            connection.execute(text(statement))
        administrator.dispose()


@pytest.fixture(scope="session")
def sqlite_builder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Builder]:
    """Houses on SQLite."""
    yield Builder(tmp_path_factory.mktemp("house"))
    reading.cool()


@pytest.fixture(scope="session")
def postgres_builder(tmp_path_factory: pytest.TempPathFactory, postgres_url: str, sqlite_builder: Builder) -> Builder:
    """Houses on PostgreSQL."""
    del sqlite_builder  # it ends the reading process of both
    return Builder(tmp_path_factory.mktemp("house-pg"), postgres_url)


@pytest.fixture(params=["sqlite", "postgresql"])
def copy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Copy]:
    """Houses of this test's own, once on each kind of database."""
    builder: Builder = request.getfixturevalue("sqlite_builder" if request.param == "sqlite" else "postgres_builder")
    made: list[House] = []

    def found(stage: str) -> House:
        made.append(builder.copy(stage, tmp_path / f"house{len(made)}"))
        return made[-1]

    yield found
    for house in made:
        builder.drop(house)


@pytest.fixture
def small_copy(sqlite_builder: Builder, tmp_path: Path) -> Copy:
    """Houses on SQLite, for what no database can change."""
    return lambda stage: sqlite_builder.copy(stage, tmp_path / uuid.uuid4().hex)


@pytest.fixture
def sqlite_filled(sqlite_builder: Builder) -> House:
    """The filled house itself, for questions only."""
    return sqlite_builder.stage("filled")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of 20 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(place)], check=False, capture_output=True, text=True)
    if mounted.returncode:
        missing(f"a small file system cannot be mounted: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path, free: int) -> None:
    """Leave so many bytes free."""
    (disk / "filling").unlink(missing_ok=True)
    found = os.statvfs(disk)
    (disk / "filling").write_bytes(b"x" * (found.f_bavail * found.f_frsize - free))
