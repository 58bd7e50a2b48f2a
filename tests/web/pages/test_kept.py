"""Answers kept for as long as nothing changed."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from fastapi import Response

from kernel import audit
from kernel.period import Period
from scorecards import service as scorecards
from web.database import open_process
from web.pages import kept as module
from web.pages.kept import FIGURES, Kept
from web.process import Process


@pytest.fixture
def asking(demo: Path) -> Process:
    """Who looks at the demo."""
    assert demo.is_dir()
    return open_process("ana")


def test_an_answer_stands_until_its_version_changes() -> None:
    kept = Kept()
    made: list[int] = []

    def make() -> Response:
        made.append(len(made))
        return Response(str(len(made)))

    assert [kept.get(("a",), version, make).body for version in (1, 1, 2, 2)] == [b"1", b"1", b"2", b"2"]
    assert kept.get(("b",), 2, make).body == b"3"


def test_of_many_that_ask_at_once_one_makes_the_answer() -> None:
    kept, begun = Kept(), threading.Barrier(8)
    made: list[int] = []

    def make() -> Response:
        made.append(1)
        return Response("x")

    def ask() -> None:
        begun.wait(timeout=10)
        kept.get(("a",), 1, make)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert made == [1]


def test_what_could_not_be_made_is_not_kept() -> None:
    kept = Kept()

    def fail() -> Response:
        raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            kept.get(("a",), 1, fail)
    assert kept.get(("a",), 1, lambda: Response("x")).body == b"x"


@pytest.mark.parametrize(("most", "size"), [("MOST_KEPT", 2), ("MOST_BYTES", 20)])
def test_the_answers_that_nobody_asked_for_longest_go(monkeypatch: pytest.MonkeyPatch, most: str, size: int) -> None:
    monkeypatch.setattr(module, most, size)
    kept = Kept()
    made: list[int] = []

    def make() -> Response:
        made.append(1)
        return Response("0123456789")

    for key in "aba":
        kept.get((key,), 1, make)
    assert len(made) == 2
    kept.get(("c",), 1, make)
    kept.get(("a",), 1, make)
    assert len(made) == 3
    kept.get(("b",), 1, make)
    assert len(made) == 4


def test_a_close_and_a_name_change_the_version_and_an_upload_does_not(asking: Process) -> None:
    def version() -> int:
        return asking.read(lambda session: audit.newest_of(session, FIGURES))

    def note(action: str) -> None:
        asking.write(lambda session: audit.record(session, asking.clock.now(), "ana", action, "x", {}))

    first = version()
    assert first > 0
    note("batch.receive")
    note("monthly.letter")
    assert version() == first
    asking.write(lambda session: scorecards.advance_month(session, asking.scope, Period.parse("2026-10"), "in_review", asking.clock.now()))
    second = version()
    assert second > first
    note("vendor.add")
    assert version() > second
    assert asking.read(lambda session: audit.newest_of(session, ())) == 0
