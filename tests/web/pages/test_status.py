"""The status page: what came, what is late, and what the month does next."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from kernel.errors import NotAllowed
from kernel.period import Period
from kernel.scope import Scope
from web.database import open_process
from web.pages import status
from web.pages.frame import base_page, render
from web.process import Process

OCTOBER = Period.parse("2026-10")


@pytest.fixture
def asking(demo: Path) -> Process:
    """Who looks at the demo."""
    assert demo.is_dir()
    return open_process("ana")


def html(asking: Process, period: Period = OCTOBER) -> str:
    found = status.status_page(asking, period)
    return bytes(render("status.html", status.drawn(found, base_page(asking, "/status"), asking)).body).decode()


def page(*expected: dict[str, Any], state: str = "open") -> dict[str, Any]:
    items = [{"kind": "performance", "site": "", "due": "2026-11-04", "received_on": None, "batch": None, **one} for one in expected]
    vendors = [{"vendor": "NOVA", "status": state, "expected": items, "waiting_for": []}] if items else []
    return {
        "period": "2026-10",
        "status": state,
        "vendors": vendors,
        "today": "2026-11-06",
        "cut_off": "2026-11-09",
        "ending": [],
        "names": {"NOVA": "Nova"},
    }


CAME = {"state": "came", "received_on": "2026-11-03", "batch": 7}
MISSING = {"state": "missing"}
AHEAD = {"state": "missing", "due": "2026-11-20", "kind": "invoice"}


@pytest.mark.parametrize(
    ("expected", "sentence"),
    [
        ([], "No file is expected for October 2026."),
        ([CAME], "Everything has come for October 2026."),
        ([CAME, MISSING], "One of 2 files has not come for October 2026: performance of Nova."),
        ([{**MISSING, "site": "MNL"}, CAME], "One of 2 files has not come for October 2026: performance of site MNL of Nova."),
        ([MISSING, MISSING, CAME], "Two files of 3 have not come for October 2026."),
        ([CAME, AHEAD], "One file is still to come for October 2026."),
        ([AHEAD, AHEAD], "All 2 files are still to come for October 2026."),
        ([AHEAD, AHEAD, CAME], "Two files are still to come for October 2026."),
    ],
)
def test_the_first_sentence_is_what_is_lacking(expected: list[dict[str, Any]], sentence: str) -> None:
    assert status.headline(page(*expected)) == sentence


def test_what_happens_by_itself_is_said() -> None:
    assert "closes by itself" in status.story(page(CAME))
    assert status.story(page(CAME, state="provisional")) == "A file that comes now makes a new revision by itself."
    assert status.story(page({**CAME, "state": "late"}, state="locked")) == "One file came after the deadline."
    assert "none in force does so" in status.story(page())


def test_the_demo_waits_for_one_file_and_shows_where_the_others_are(asking: Process) -> None:
    text = html(asking)
    assert "One of 17 files has not come for October 2026: performance of Kite Review Operations." in text
    assert "<b>Kite Review Operations</b>: performance, deadline 4 Nov 2026" in text
    assert text.count('is-off"') == 1
    assert '<li aria-current="step">Provisional</li>' in text
    assert "Open the review of October 2026" in text


def test_a_contract_that_ends_is_named_with_its_last_day(asking: Process) -> None:
    ending = [{"vendor": "NOVA", "number": "MSA-1", "ends": "2027-01-01", "days": 56}]
    found = {**status.status_page(asking, OCTOBER), "ending": ending}
    text = bytes(render("status.html", status.drawn(found, base_page(asking, "/status"), asking)).body).decode()
    sentence = "MSA-1 with Nova Trust Services holds until 31 Dec 2026, 56 more days, and nothing follows it."
    assert f'<a href="/contracts/NOVA">{sentence}</a>' in text
    assert "Contracts that end" not in html(asking)


def test_the_latest_day_of_closing_is_told_of_an_open_month_only(asking: Process) -> None:
    assert "Closes at the latest" not in html(asking)
    assert "Closes at the latest" in html(asking, Period.parse("2026-11"))


def test_the_table_has_a_line_per_file(asking: Process) -> None:
    answer = bytes(status.status_csv(asking, "2026-10").body).decode()
    rows = list(csv.DictReader(io.StringIO(answer)))
    assert len(rows) == 17
    assert [row["vendor"] for row in rows if row["state"] == "missing"] == ["KITE"]


def test_a_month_that_is_not_over_is_not_computed(asking: Process) -> None:
    assert "Compute November 2026 now" not in html(asking, Period.parse("2026-11"))


def test_who_may_not_close_sees_no_button_and_is_refused(asking: Process) -> None:
    auditor = asking.acting_as(Scope("eve", frozenset({"auditor"})))
    assert "<button" not in html(auditor)
    with pytest.raises(NotAllowed):
        status.close(auditor, "2026-10")
    with pytest.raises(NotAllowed):
        status.advance(auditor, "2026-10", "in_review")


def test_a_vendor_sees_its_own_files_only(asking: Process) -> None:
    text = html(asking.acting_as(Scope("lead", frozenset({"vendor"}), frozenset({"NOVA"}))))
    assert "Everything has come for October 2026." in text
    assert "Kite" not in text


def test_the_review_is_opened_from_the_page(asking: Process) -> None:
    assert status.advance(asking, "2026-10", "in_review").headers["location"] == "/status/2026-10"
    assert status.status_page(asking, OCTOBER)["status"] == "in_review"


def test_computing_again_is_a_job_and_asked_for_once_per_click(asking: Process) -> None:
    status.close(asking, "2026-10")
    status.close(asking, "2026-10")
    with asking.engine.connect() as connection:
        waiting = connection.exec_driver_sql("SELECT count(*) FROM job WHERE state = 'waiting' AND kind = 'close'").scalar()
    assert waiting == 2


def test_only_finance_locks_an_agreed_month(asking: Process) -> None:
    for to in ("in_review", "agreed"):
        status.advance(asking, "2026-10", to)
    partner = asking.acting_as(Scope("pat", frozenset({"partnership"})))
    assert "Lock October 2026" not in html(partner)
    with pytest.raises(NotAllowed, match="may not lock months; who may: administrator, finance"):
        status.advance(partner, "2026-10", "locked")
    finance = asking.acting_as(Scope("fay", frozenset({"finance"})))
    assert "Lock October 2026" in html(finance)
    status.advance(finance, "2026-10", "locked")
    assert status.status_page(asking, OCTOBER)["status"] == "locked"


def test_the_number_of_queries_does_not_grow_with_the_vendors(asking: Process) -> None:
    counted: list[str] = []
    event.listen(asking.engine, "before_cursor_execute", lambda *args: counted.append(args[2]))
    status.status_page(asking, OCTOBER)
    all_vendors = len(counted)
    counted.clear()
    status.status_page(asking.acting_as(Scope("lead", frozenset({"vendor"}), frozenset({"NOVA"}))), OCTOBER)
    assert all_vendors <= 22
    assert all_vendors - len(counted) <= 1
