"""When a month closes by itself: the states of months and the rule, without a database.

Owns: what is known of a month that may close, and whether it should. Must not know: how that was found, jobs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from kernel.calendar import due_on
from kernel.period import Period
from scorecards.workings import Expectation

CUT_OFF_BUSINESS_DAY = 6
"""A month closes with what is there once so many business days after its end are over."""
SETTLED = ("agreed", "locked")
"""States in which a changed input makes no revision by itself."""
COMPLETE, CUT_OFF, CHANGED = "complete", "cut-off", "changed"
"""Why a month closes: a vendor's last expected file came; its cut-off is over; its inputs are no longer those it was closed with."""


@dataclass(frozen=True, slots=True)
class MonthState:
    """A month as it stands. vendors: of whom something is known in it, with what their contracts expect.

    revision: the number of its newest revision, 0 = never closed; closed_with: the hash of that one's inputs, '' = none;
    inputs: the hash of what counts now.
    """

    period: Period
    status: str
    cut_off: date
    revision: int
    closed_with: str
    inputs: str
    vendors: Sequence[tuple[str, Sequence[Expectation]]]

    @property
    def open_expectations(self) -> list[tuple[str, Expectation]]:
        """Vendor and upload for all that is expected and has not come."""
        return [(vendor, one) for vendor, expected in self.vendors for one in expected if not one.fulfilled]


def cut_off_of(period: Period, holidays: Collection[date]) -> date:
    """The day at whose end a month closes with what is there.

    >>> cut_off_of(Period(2026, 10), [])
    datetime.date(2026, 11, 9)
    """
    return due_on(period, CUT_OFF_BUSINESS_DAY, holidays)


def complete_vendors(state: MonthState) -> list[str]:
    """Vendors whose expected files have all come.

    A vendor of whom nothing is expected tells nothing about the month; it is complete when nobody's file is waited for.
    """
    waiting = {vendor for vendor, _ in state.open_expectations}
    return [vendor for vendor, expected in state.vendors if vendor not in waiting and (expected or not waiting)]


def close_reason(state: MonthState, today: date) -> str | None:
    """Why the month should be closed now, by whatever clock asks; None when it should not.

    A month that was never closed is left alone until it is over; one that is agreed or locked for ever.
    """
    if state.status in SETTLED or not state.vendors:
        return None
    if state.revision:
        return CHANGED if state.closed_with != state.inputs else None
    if today < state.period.end:
        return None
    if today > state.cut_off:
        return CUT_OFF
    return COMPLETE if complete_vendors(state) else None


def late_uploads(state: MonthState, today: date) -> list[tuple[str, Expectation]]:
    """Vendor and upload for all whose deadline is over and that have not come; none of a month that is agreed or locked."""
    if state.status in SETTLED:
        return []
    return [(vendor, one) for vendor, one in state.open_expectations if one.due_on < today]
