"""A client with two vendors, three sites and two queues, on each kind of database, and files for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine
from sqlmodel import Session

from importers import reading, service
from importers.service import Environment, ImportOptions
from kernel.clock import FixedDayClock
from kernel.db import reading as snapshot
from kernel.db import unit_of_work
from kernel.scope import staff
from kernel.settings import Settings
from vendors import service as vendors

TODAY = date(2026, 11, 6)
HEAD = ("vendor", "site", "queue", "language", "day", "agent_id", "decisions", "production_hours")
Rows = Sequence[Any]


def row(day: int = 1, agent: str = "1042", decisions: Any = 100, hours: Any = 7.5, site: str = "MNL", queue: str = "Q1") -> list[Any]:
    """One good row of HEAD in October 2026."""
    return ["NOVA", site, queue, "en", date(2026, 10, day), agent, decisions, hours]


@dataclass(frozen=True)
class Office:
    """The client's office: where files are written and imported."""

    environment: Environment
    folder: Path

    def xlsx(self, name: str, sheets: Mapping[str, Rows]) -> Path:
        """Write a workbook; rows as they are, the first one the header."""
        book = Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for cells in rows:
                sheet.append(list(cells))
        path = self.folder / name
        book.save(path)
        return path

    def csv(self, name: str, rows: Rows) -> Path:
        """Write a CSV file with commas."""
        path = self.folder / name
        path.write_text("\n".join(",".join("" if cell is None else str(cell) for cell in cells) for cells in rows) + "\n", encoding="utf-8")
        return path

    def bring(self, path: Path, **options: Any) -> dict[str, Any]:
        """Import a file; side vendor unless told."""
        told = {"side": "vendor"} | options
        return service.import_file(self.environment, path, ImportOptions(**told))

    def counts(self, name: str = "counts.csv", rows: Rows = (), **options: Any) -> dict[str, Any]:
        """Write rows under HEAD and import them."""
        return self.bring(self.csv(name, [HEAD, *rows]), **options)

    def read(self, work: Callable[[Session], Any]) -> Any:
        """Run work on a snapshot."""
        with snapshot(self.environment.engine) as session:
            return work(session)

    def write(self, work: Callable[[Session], Any]) -> Any:
        """Run work in a transaction."""
        return unit_of_work(self.environment.engine, work)

    def seen_by(self, *codes: str) -> Office:
        """The same office with an actor who may see some vendors only."""
        scope = replace(self.environment.scope, roles=frozenset({"vendor"}), vendors=frozenset(codes))
        return Office(replace(self.environment, scope=scope), self.folder)

    @property
    def at(self) -> Any:
        """The instant of the office's clock."""
        return self.environment.clock.now()


def open_office(engine: Engine, settings: Settings, folder: Path) -> Office:
    """Make the client's master data."""
    office = Office(Environment(engine, settings, staff("tester"), FixedDayClock(TODAY)), folder)
    office.write(lambda session: _master_data(session, office))
    return office


def _master_data(session: Session, office: Office) -> None:
    scope, at = office.environment.scope, office.at
    vendors.add_vendor(session, scope, "NOVA", "Nova Trust", at=at)
    vendors.add_vendor(session, scope, "VEGA", "Vega GmbH", at=at, currency="EUR")
    for vendor, code, name, zone in (
        ("NOVA", "MNL", "Manila", "Asia/Manila"),
        ("NOVA", "CHI", "Chicago", "America/Chicago"),
        ("VEGA", "BER", "Berlin", "Europe/Berlin"),
    ):
        vendors.add_site(session, scope, vendor, code, name, timezone=zone, at=at)
    vendors.add_queue(session, scope, "Q1", "Text", at=at)
    vendors.add_queue(session, scope, "Q7", "Video Live", at=at)


@pytest.fixture
def office(engine: Engine, settings: Settings, tmp_path: Path) -> Office:
    """The office, once on each kind of database."""
    return open_office(engine, settings, tmp_path)


@pytest.fixture
def small_office(sqlite_engine: Engine, settings: Settings, tmp_path: Path) -> Office:
    """The office on SQLite, for what no database can change."""
    return open_office(sqlite_engine, settings, tmp_path)


@pytest.fixture(scope="session", autouse=True)
def _reader() -> Iterator[None]:
    """One warm reading process for all tests of this room."""
    yield
    reading.cool()
