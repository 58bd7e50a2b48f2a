"""What came, is late, is missing; what each vendor's month waits for. As things stand now, not at the last close.

Owns: the answer of `status`. Must not know: figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from contracts.terms import Terms
from kernel.period import Period
from kernel.scope import Scope
from scorecards import store
from scorecards.gather import expectations, references, terms_of_all
from scorecards.references import References
from scorecards.workings import Expectation


def month_status(session: Session, scope: Scope, period: Period, currency: str, today: date) -> dict[str, Any]:
    """The JSON of `status`: per vendor every upload that its contract expects.

    state: came (by its deadline), late (came after it) or missing. Vendors of which nothing is known or expected in
    the month are left out.
    """
    month = store.month(session, period)
    status = month.status if month else "open"
    named = references(session, period, currency, None if scope.vendors is None else scope.vendors)
    agreed = terms_of_all(session, named.values())
    rows = [_vendor(refs, agreed[refs.vendor], status, today) for _, refs in sorted(named.items()) if not refs.idle]
    return {"period": str(period), "status": status, "vendors": rows}


def _vendor(refs: References, agreed: Sequence[Terms], status: str, today: date) -> dict[str, Any]:
    wanted = expectations(refs, agreed)
    return {
        "vendor": refs.vendor,
        "status": status,
        "expected": [_expected(one, refs) for one in wanted],
        "waiting_for": [waited(one, today) for one in wanted if not one.fulfilled],
    }


def _expected(one: Expectation, refs: References) -> dict[str, Any]:
    state = "missing"
    if one.received_on is not None:
        state = "came" if one.received_on <= one.due_on else "late"
    batch = next((row[3] for row in refs.received if row[0] == one.kind and row[2] == str(one.received_on)), None)
    return {
        "kind": one.kind,
        "site": one.site,
        "due": one.due_on.isoformat(),
        "state": state,
        "received_on": one.received_on.isoformat() if one.received_on else None,
        "batch": batch,
    }


def waited(one: Expectation, today: date) -> str:
    """What is waited for, in words.

    >>> waited(Expectation("performance", "MNL", date(2026, 11, 4)), date(2026, 11, 6))
    'performance of site MNL, was due 2026-11-04'
    """
    where = f" of site {one.site}" if one.site else ""
    return f"{one.kind}{where}, {'was due' if one.due_on < today else 'due'} {one.due_on}"
