"""Answers kept for as long as nothing changed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI, Response
from sqlmodel import Session

from contracts import service as contracts
from importers import batches
from importers import service as importers
from importers.service import ImportOptions
from kernel import audit
from kernel.period import Period
from scorecards import notes
from scorecards import service as scorecards
from scorecards.note_subjects import figure_subject
from tests.web.pages.networks import questions
from tests.web.sign_in import client_of
from vendors import service as vendors
from web.database import open_process
from web.environment import environment
from web.pages import kept as module
from web.pages.kept import FIGURES, Kept
from web.process import Process

OCTOBER = Period(2026, 10)


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


Change = Callable[[Process], object]


def written(work: Callable[[Session, Process], object]) -> Change:
    return lambda process: process.write(lambda session: work(session, process))


def undone(process: Process, vendor: str, kind: str) -> None:
    """A vendor's newest upload of a kind is taken back."""
    uploads = process.read(lambda session: importers.list_of_month(session, process.scope, vendor, OCTOBER))
    importers.undo(environment(process), int(str(next(row["batch"] for row in uploads if row["kind"] == kind))))


def corrected(process: Process) -> object:
    """An upload is taken back, and the month closed again."""
    undone(process, "PALM", "performance")
    return scorecards.close_month(process.engine, process.scope, process.clock, process.settings, OCTOBER)


def rates(process: Process) -> object:
    """A rate of another day comes, by which bills are converted."""
    file = process.settings.data / "rates.csv"
    file.write_text("day,from,to,rate,source\n2026-10-31,PHP,USD,0.5,bank\n", encoding="utf-8")
    return importers.import_file(environment(process), file, ImportOptions(kind="fx"))


CHANGES: dict[str, tuple[str, Change]] = {
    "a note": (
        "/scorecards/2026-10/PALM",
        written(lambda s, p: notes.add_note(s, p.scope, figure_subject("PALM", "2026-10", "score"), "Asked them why.", p.clock.now())),
    ),
    "a month that goes on": (
        "/queues/Q1",
        written(lambda s, p: scorecards.advance_month(s, p.scope, OCTOBER, "in_review", p.clock.now())),
    ),
    "an upload taken back and a close": ("/reviews/2026-10/PALM", corrected),
    "a decision about a bill": (
        "/invoices",
        written(lambda s, p: contracts.decide_invoice(s, p.scope, "NT-202610", "NOVA", "disputed", "wrong hours", p.clock.now())),
    ),
    "a day off": (
        "/invoices",
        written(lambda s, p: scorecards.set_holidays(s, p.scope, [date(2026, 11, day) for day in (2, 3, 4, 5)], p.clock.now())),
    ),
    "a rate": ("/invoices?period=all", rates),
    "a vendor": ("/vendors", written(lambda s, p: vendors.add_vendor(s, p.scope, "ZETA", "Zeta", at=p.clock.now()))),
    "a site": (
        "/vendors/PALM",
        written(lambda s, p: vendors.add_site(s, p.scope, "PALM", "XYZ", "Far off", timezone="UTC", at=p.clock.now())),
    ),
    "a queue": ("/queues", written(lambda s, p: vendors.add_queue(s, p.scope, "Q77", "New work", at=p.clock.now()))),
    "another spelling of a queue": (
        "/queues/Q1",
        written(lambda s, p: vendors.alias_queue(s, p.scope, "Q1", "Chatter", at=p.clock.now())),
    ),
}
"""What changes -> a page that tells of it, and the change."""
PAGES = (
    "/rankings/2026-10",
    "/invoices",
    "/invoices?period=all",
    "/vendors",
    "/vendors/PALM",
    "/queues",
    "/queues/Q1",
    "/scorecards/2026-10/PALM",
    "/reviews/2026-10/PALM",
)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_any_kind_shows_at_once_on_every_page(asking: Process, name: str) -> None:
    told, change = CHANGES[name]
    undone(asking, "ORBI", "invoice")  # so that a page waits for something
    with client_of(asking) as site:
        before = {page: site.get(page).text for page in PAGES}
        assert {page: site.get(page).text for page in PAGES} == before
        change(asking)
        after = {page: site.get(page).text for page in PAGES}
        assert after[told] != before[told]
        assert isinstance(site.app, FastAPI)
        site.app.state.kept = Kept()
        assert {page: site.get(page).text for page in PAGES} == after


def test_a_kept_page_asks_the_database_only_who_asks_and_whether_anything_changed(asking: Process) -> None:
    with client_of(asking) as site:
        for page in PAGES:
            site.get(page)
            asked = questions(asking)
            site.get(page)
            assert len(asked) <= 5, (page, asked)
            asked.clear()


def test_an_upload_that_is_taken_up_changes_the_version_of_the_record_though_no_entry_tells_of_it(asking: Process) -> None:
    at = asking.clock.now()
    number = asking.write(lambda s: batches.receive(s, asking.scope, "a.csv", "ab" * 32, date(2026, 11, 6), at))
    first = asking.read(module.of_record)
    assert asking.read(module.of_record) == first
    asking.write(lambda s: batches.take(s, asking.scope, number, at))
    assert asking.read(module.of_record) != first
    assert asking.read(module.of_figures) == asking.read(module.of_figures)
