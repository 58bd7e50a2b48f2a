"""The full self-check: every room checks its own, this runs them all.

Owns: running them so that one that breaks is itself a finding. Must not know: what a room checks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from contracts import service as contracts
from importers import service as importers
from kernel import audit
from kernel.db import integrity_faults
from kernel.errors import Unavailable
from kernel.selfcheck import Checked
from scorecards import service as scorecards
from vendors import service as vendors
from web import owed
from web.process import Process

LONGEST_REASON = 300
ACCOUNTS = ("account", "account_session", "api_token", "one_time_link", "sign_in_attempts")
"""Who may come in: feeds no figure; every change stands in the audit log."""
VOLATILE = ("job", "scheduler_tick", "note", "upload_view", *ACCOUNTS)
"""Tables that feed no figure and are therefore not checked: work that waits, notes, what was shown of an upload."""


def check_everything(process: Process, *, deep: bool) -> dict[str, Any]:
    """The JSON of `check`; deep reads the originals again. not_checked names the tables that feed no figure."""
    rooms: dict[str, Callable[[Session], list[Checked]]] = {
        "database": _database,
        "audit log": _audit_log,
        "vendors": vendors.self_check,
        "contracts": contracts.self_check,
        "uploads": lambda session: importers.self_check(session, process.settings, deep=deep),
        "figures": lambda session: scorecards.self_check(session, process.settings),
        "what was done": lambda session: [owed.check(session)],
    }
    found = [one for name, room in rooms.items() for one in _run(process, name, room)]
    return {"ok": all(one.ok for one in found), "checks": [one.json() for one in found], "not_checked": list(VOLATILE)}


def unusable(refusal: Unavailable) -> dict[str, Any]:
    """The answer of `check` when the database cannot even be opened."""
    found = Checked("database can be opened", ok=False, seen=refusal.code, expected="open", detail=refusal.message)
    return {"ok": False, "checks": [found.json()], "not_checked": list(VOLATILE)}


def _run(process: Process, name: str, room: Callable[[Session], list[Checked]]) -> list[Checked]:
    """One room's checks; damage so bad that they cannot run is what they found."""
    try:
        return process.read(room)
    except Exception as error:  # noqa: BLE001 - the check is there to name damage of any kind
        reason = f"{type(error).__name__}: {' '.join(str(error).split())}"[:LONGEST_REASON]
        return [Checked(f"{name} can be checked", ok=False, seen="damage", expected="readable", detail=reason)]


def _database(session: Session) -> list[Checked]:
    faults = integrity_faults(session)
    return [Checked("database is sound", not faults, f"{len(faults)} faults", "0 faults", "; ".join(faults)[:LONGEST_REASON])]


def _audit_log(session: Session) -> list[Checked]:
    broken = audit.broken_at(session)
    detail = "" if broken is None else f"entry {broken} does not follow from the one before"
    return [Checked("audit log is unbroken", broken is None, "whole" if broken is None else f"broken at {broken}", "whole", detail)]
