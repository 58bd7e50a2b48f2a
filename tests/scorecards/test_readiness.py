"""When a month closes by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from kernel.period import Period
from scorecards.readiness import (
    CHANGED,
    COMPLETE,
    CUT_OFF,
    MonthState,
    close_reason,
    complete_vendors,
    cut_off_of,
    late_uploads,
)
from scorecards.workings import Expectation

OCTOBER = Period(2026, 10)
CAME, MISSING = date(2026, 11, 3), None
AFTER, CUT = date(2026, 11, 1), date(2026, 11, 9)


def _month(*vendors: tuple[str, Sequence[date | None]], status: str = "open", revision: int = 0, closed_with: str = "") -> MonthState:
    """A month with vendors of whom one upload per day is expected by 4 November; None = it has not come."""
    expected = [
        (code, [Expectation("performance", f"S{n}", date(2026, 11, 4), day) for n, day in enumerate(days)]) for code, days in vendors
    ]
    return MonthState(OCTOBER, status, CUT, revision, closed_with, "now", expected)


def test_the_cut_off_is_the_sixth_business_day_after_the_month() -> None:
    assert cut_off_of(OCTOBER, []) == CUT
    assert cut_off_of(OCTOBER, [date(2026, 11, 2)]) == date(2026, 11, 10)


def test_a_month_closes_when_the_last_expected_upload_of_one_vendor_is_there() -> None:
    assert close_reason(_month(("NOVA", [CAME, CAME]), ("VEGA", [MISSING])), AFTER) == COMPLETE
    assert close_reason(_month(("NOVA", [CAME, MISSING]), ("VEGA", [MISSING])), AFTER) is None


def test_a_vendor_of_whom_nothing_is_expected_closes_a_month_only_when_nobody_is_waited_for() -> None:
    assert close_reason(_month(("NOVA", [MISSING]), ("HOME", [])), AFTER) is None
    assert close_reason(_month(("HOME", []), ("KITE", [])), AFTER) == COMPLETE
    assert complete_vendors(_month(("NOVA", [CAME]), ("VEGA", [MISSING]), ("HOME", []))) == ["NOVA"]


def test_a_month_that_is_not_over_is_left_alone() -> None:
    assert close_reason(_month(("NOVA", [CAME])), date(2026, 10, 31)) is None
    assert close_reason(_month(("NOVA", [CAME])), date(2026, 11, 1)) == COMPLETE


def test_a_month_closes_with_what_is_there_once_its_cut_off_is_over() -> None:
    assert close_reason(_month(("NOVA", [MISSING])), CUT) is None
    assert close_reason(_month(("NOVA", [MISSING])), date(2026, 11, 10)) == CUT_OFF


def test_a_month_of_which_nothing_is_known_is_never_closed() -> None:
    assert close_reason(_month(), date(2027, 1, 1)) is None


@pytest.mark.parametrize("today", [date(2026, 10, 20), AFTER, date(2027, 1, 1)])
def test_a_closed_month_is_closed_again_only_when_its_inputs_changed(today: date) -> None:
    closed = _month(("NOVA", [MISSING]), status="provisional", revision=1, closed_with="now")
    assert close_reason(closed, today) is None
    assert close_reason(replace(closed, closed_with="before"), today) == CHANGED


@pytest.mark.parametrize("status", ["agreed", "locked"])
def test_a_settled_month_is_left_alone_for_ever(status: str) -> None:
    state = _month(("NOVA", [MISSING]), status=status, revision=1, closed_with="before")
    assert close_reason(state, date(2027, 1, 1)) is None
    assert late_uploads(state, date(2027, 1, 1)) == []


def test_an_upload_is_late_from_the_day_after_its_deadline() -> None:
    state = _month(("NOVA", [MISSING, CAME]), ("VEGA", [MISSING]))
    assert late_uploads(state, date(2026, 11, 4)) == []
    assert [(vendor, one.site) for vendor, one in late_uploads(state, date(2026, 11, 5))] == [("NOVA", "S0"), ("VEGA", "S0")]
