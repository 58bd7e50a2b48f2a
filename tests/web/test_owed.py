"""The newest entries of the audit log cannot be cut off unnoticed where what they tell of is still there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from importers import batches
from kernel.clock import FixedDayClock
from kernel.scope import staff
from kernel.settings import Settings
from scorecards import notes
from vendors import service as vendors
from web.accounts import entry, service, store
from web.check import check_everything
from web.process import Process

AT = datetime(2026, 11, 6, 12, tzinfo=UTC)
ME = staff("anna")
NEWEST_AWAY = "DELETE FROM audit_entry WHERE seq = (SELECT max(seq) FROM audit_entry)"
Act = Callable[[Session], Any]


@pytest.fixture
def process(sqlite_engine: Engine, settings: Settings) -> Process:
    """A house with a vendor, an upload on its way, a note, two people and a token."""
    found = Process(settings, sqlite_engine, FixedDayClock(date(2026, 11, 6)), ME)

    def fill(session: Session) -> None:
        vendors.add_vendor(session, ME, "NOVA", "Nova", at=AT)
        batches.receive(session, ME, "a.csv", "0" * 64, date(2026, 11, 6), AT)
        notes.add_note(session, ME, "upload:NOVA:1", "Why?", AT)
        service.add_account(session, ME, "boss", ["administrator"], [], AT)
        service.add_account(session, ME, "ana", ["finance"], [], AT)
        service.add_token(session, ME, "robot", ["finance"], [], AT)

    found.write(fill)
    return found


def cut(process: Process) -> str:
    """Take the newest entry off the log, whatever guards it; returns its action."""

    def work(session: Session) -> str:
        connection = session.connection()
        connection.execute(text("DROP TRIGGER IF EXISTS audit_entry_no_delete"))
        action = connection.execute(text("SELECT action FROM audit_entry ORDER BY seq DESC LIMIT 1")).scalar()
        connection.execute(text(NEWEST_AWAY))
        return str(action)

    return process.write(work)


def faults(process: Process) -> dict[str, str]:
    """The checks that fail, with what they name; no file lies behind these uploads, which is not the matter here."""
    failed = {one["name"]: one["detail"] for one in check_everything(process, deep=False)["checks"] if not one["ok"]}
    return {name: detail for name, detail in failed.items() if name != "originals are as they came"}


def _sign_in(session: Session) -> None:
    account = store.account_named(session, "ana")
    assert account is not None
    entry.open_session(session, account, "a browser", AT, "account.sign_in")


ACTS: dict[str, tuple[Act, str]] = {
    "batch.receive": (lambda s: batches.receive(s, ME, "b.csv", "1" * 64, date(2026, 11, 6), AT), "upload 2 (b.csv) was received"),
    "batch.preview": (lambda s: batches.preview(s, ME, 1, {"problems": "[]"}, AT), "upload 1 (a.csv) was shown"),
    "note.add": (lambda s: notes.add_note(s, ME, "upload:NOVA:1", "Because.", AT), "note 2 was left"),
    "note.withdraw": (lambda s: notes.withdraw_note(s, ME, 1, AT), "note 1 was withdrawn"),
    "account.add": (lambda s: service.add_account(s, ME, "eve", ["finance"], [], AT), "account eve was made"),
    "account.roles": (lambda s: service.set_roles(s, ME, "ana", ["approver"], [], AT), "account ana has these roles"),
    "account.disable": (lambda s: service.disable_account(s, ME, "ana", AT), "account ana was disabled"),
    "account.sign_in": (_sign_in, "ana signed in"),
    "token.add": (lambda s: service.add_token(s, ME, "second", ["finance"], [], AT), "token second was made"),
    "token.revoke": (lambda s: service.revoke_token(s, ME, "robot", AT), "token robot was revoked"),
}


@pytest.mark.parametrize("action", ACTS)
def test_an_entry_that_was_cut_off_the_end_is_named(process: Process, action: str) -> None:
    act, words = ACTS[action]
    process.write(act)
    assert faults(process) == {}
    assert cut(process) == action
    assert faults(process) == {"what was done stands in the audit log": f"that {words}"}


def test_the_rooms_name_what_was_cut_off_of_their_own(process: Process) -> None:
    process.write(lambda s: vendors.add_queue(s, ME, "Q1", "Text", at=AT))
    assert cut(process) == "queue.add"
    assert list(faults(process)) == ["vendors, sites, queues and aliases are as the audit log tells"]


def test_many_rows_without_entries_are_counted(process: Process) -> None:
    for number in range(1, 13):
        process.write(lambda s, n=number: batches.receive(s, ME, f"{n}.csv", f"{n:064x}", date(2026, 11, 6), AT))  # type: ignore[misc]
    assert {cut(process) for _ in range(12)} == {"batch.receive"}
    assert faults(process)["what was done stands in the audit log"].endswith("; and 2 more")
