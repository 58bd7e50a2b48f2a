"""A file that is read while the program is still loaded comes to what it would have come to."""

from __future__ import annotations

import os
import signal
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from importers import reader_process, service
from importers.ahead import Ahead, read_ahead
from importers.service import ImportOptions
from tests.importers.conftest import HEAD, Office, row

MANY = 400_000
"""Rows, each with a quote, that take the reader a second or two."""


@pytest.fixture(autouse=True)
def _template() -> Iterator[None]:
    yield
    reader_process.cool()


def bring(office: Office, path: Path) -> dict[str, Any]:
    """Import a file that is read ahead."""
    with read_ahead(path, office.environment.settings) as ahead:
        return imported(office, path, ahead)


def imported(office: Office, path: Path, ahead: Ahead | None) -> dict[str, Any]:
    return service.import_file(office.environment, path, ImportOptions(side="vendor"), ahead)


def limited(office: Office, **settings: int) -> Office:
    """The same office with other settings."""
    changed = office.environment.settings.model_copy(update=settings)
    return replace(office, environment=replace(office.environment, settings=changed))


def scratch(office: Office) -> list[Path]:
    return list((office.environment.settings.data / "scratch").glob("*"))


def children() -> list[int]:
    """The readings under way."""
    template = reader_process._running[0].process.pid  # noqa: SLF001 - whose children they are
    return [int(pid) for pid in Path(f"/proc/{template}/task/{template}/children").read_text(encoding="ascii").split()]


def slow(office: Office) -> Path:
    path = office.folder / "slow.csv"
    line = ",".join(f'"{cell}"' for cell in row()) + "\n"
    path.write_text(",".join(HEAD) + "\n" + line * MANY, encoding="utf-8")
    return path


def test_a_table_counts_as_if_it_had_been_read_later(small_office: Office) -> None:
    rows = [HEAD, row(1), row(2), row(3, decisions="x")]
    for path in (small_office.csv("ahead.csv", rows), small_office.xlsx("ahead.xlsx", {"Data": rows})):
        ahead, later = bring(small_office, path), small_office.bring(path)
        assert ahead["state"] == "refused"
        assert {**ahead, "batch": later["batch"]} == later
    assert bring(small_office, small_office.csv("good.csv", rows[:3]))["control"] == {"decisions": "200", "production_hours": "15"}
    assert scratch(small_office) == []


def test_a_file_that_changes_meanwhile_counts_as_it_was_stored(small_office: Office) -> None:
    path = small_office.csv("new.csv", [HEAD, row(1), row(2)])
    with read_ahead(path, small_office.environment.settings) as ahead:
        small_office.csv("new.csv", [HEAD, row(1, decisions=999), row(2)])
        result = imported(small_office, path, ahead)
    assert (result["state"], result["control"]) == ("accepted", {"decisions": "200", "production_hours": "15"})
    assert small_office.bring(path)["control"] == {"decisions": "1099", "production_hours": "15"}
    assert all(check.ok for check in small_office.read(lambda s: service.self_check(s, small_office.environment.settings, deep=True)))


def test_a_reader_that_dies_ahead_is_replaced(small_office: Office) -> None:
    path = small_office.csv("new.csv", [HEAD, row(1)])
    with read_ahead(path, small_office.environment.settings) as ahead:
        os.kill(reader_process._running[0].process.pid, signal.SIGKILL)  # noqa: SLF001 - the fault that is tried
        result = imported(small_office, path, ahead)
    assert result["state"] == "accepted"
    assert scratch(small_office) == []


def test_a_child_that_is_killed_ahead_is_told_like_one_that_is_killed_later(small_office: Office) -> None:
    path = slow(small_office)
    with read_ahead(path, small_office.environment.settings) as ahead:
        while not children():  # the template is still starting
            pass
        for pid in children():
            os.kill(pid, signal.SIGKILL)
        result = imported(small_office, path, ahead)
    assert result["state"] == "refused"
    assert "slow.csv needs more than 2048 MB of memory to read" in result["problems"][0]["message"]
    assert scratch(small_office) == []


def test_the_limits_hold_ahead(small_office: Office) -> None:
    small = limited(small_office, read_memory_mb=24)
    path = slow(small)
    result, later = bring(small, path), small.bring(path)
    assert {**result, "batch": later["batch"]} == later
    assert "slow.csv needs more than 24 MB of memory to read" in result["problems"][0]["message"]


def test_what_came_before_is_not_read_ahead(small_office: Office) -> None:
    path = small_office.csv("new.csv", [HEAD, row(1)])
    assert bring(small_office, path)["state"] == "accepted"
    with read_ahead(path, small_office.environment.settings) as ahead:
        assert ahead is not None
        assert ahead.begun is None
    assert bring(small_office, path)["state"] == "unchanged"


def test_a_reading_that_nobody_waits_for_ends_with_the_process_and_leaves_nothing(small_office: Office) -> None:
    with read_ahead(slow(small_office), small_office.environment.settings):
        while not children():  # the template is still starting
            pass
        (child,) = children()
    assert len(scratch(small_office)) == 1
    reader_process.cool()
    assert scratch(small_office) == []
    assert not Path(f"/proc/{child}").exists()


def test_what_is_no_table_is_stored_and_not_read(small_office: Office) -> None:
    bomb = small_office.folder / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "spreadsheetml.sheet.main+xml")
        package.writestr("xl/worksheets/sheet1.xml", b" " * 60_000_000)
    terms = small_office.folder / "terms.toml"
    terms.write_text("[contract]\n", encoding="utf-8")
    for path in (bomb, terms):
        with read_ahead(path, small_office.environment.settings) as ahead:
            assert ahead is not None
            assert ahead.begun is None
        result, later = bring(small_office, path), small_office.bring(path)
        assert {**result, "batch": later["batch"]} == later
    assert small_office.bring(bomb)["problems"][0]["code"] == "ZIP_BOMB"


def test_what_cannot_be_stored_is_left_to_the_import(small_office: Office) -> None:
    small = limited(small_office, max_upload_mb=1)
    large = small_office.folder / "large.csv"
    large.write_bytes(b"a,b\n" * 300_000)
    for path in (large, small_office.folder, small_office.folder / "none.csv"):
        with read_ahead(path, small.environment.settings) as ahead:
            assert ahead is None
    assert list(small_office.environment.settings.files.glob("*")) == []
    assert bring(small_office, small_office.folder)["problems"][0]["code"] == "NO_FILE"


def test_a_pipe_is_read_once(small_office: Office) -> None:
    content = small_office.csv("new.csv", [HEAD, row(1)]).read_bytes()
    pipe = small_office.folder / "pipe.csv"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(content))
    writer.start()
    assert bring(small_office, pipe)["state"] == "accepted"
    writer.join()
