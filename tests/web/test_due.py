"""What is due: values in, jobs out."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.renewals import Renewal
from kernel.period import Period
from scorecards.readiness import MonthState, cut_off_of
from scorecards.workings import Expectation
from web.due import Due, due_jobs, upkeep

TODAY = date(2026, 11, 12)


def _month(period: Period, *, came: bool = True, status: str = "open", revision: int = 0, closed_with: str = "") -> MonthState:
    deadline = period.end + timedelta(3)
    expected = [("NOVA", [Expectation("performance", "", deadline, deadline if came else None)])]
    return MonthState(period, status, cut_off_of(period, []), revision, closed_with, "now", expected)


def _keys(found: list[Due]) -> list[str]:
    return [one.key for one in found]


def test_an_empty_house_keeps_itself_in_order() -> None:
    assert _keys(due_jobs([], [], TODAY, TODAY)) == ["check:2026-11-12", "check:2026-W46:deep", "tidy:2026-11-12"]


def test_the_week_of_the_deep_check_begins_on_monday_also_over_new_year() -> None:
    assert _keys(upkeep(date(2027, 1, 3)))[1] == "check:2026-W53:deep"
    assert _keys(upkeep(date(2027, 1, 4)))[1] == "check:2027-W01:deep"


def test_after_a_month_off_all_is_due_once_and_the_oldest_first() -> None:
    months = [_month(Period(2026, 10), came=False), _month(Period(2026, 8)), _month(Period(2026, 9), came=False)]
    found = due_jobs(months, [], TODAY, TODAY)
    assert _keys(found)[:5] == [
        "close:2026-08:cut-off",
        "close:2026-09:cut-off",
        "close:2026-10:cut-off",
        "late:2026-09:NOVA:performance:",
        "late:2026-10:NOVA:performance:",
    ]
    assert [one.about for one in found[:3]] == ["2026-08", "2026-09", "2026-10"]
    assert found[4].asked == {"vendor": "NOVA", "period": "2026-10", "upload": "performance", "site": "", "due_on": "2026-11-04"}


def test_a_change_and_its_undoing_are_two_jobs() -> None:
    first = _month(Period(2026, 10), status="provisional", revision=1, closed_with="a")
    again = _month(Period(2026, 10), status="provisional", revision=3, closed_with="a")
    assert _keys(due_jobs([first], [], TODAY, TODAY))[0] == "close:2026-10:after-1:now"
    assert _keys(due_jobs([again], [], TODAY, TODAY))[0] == "close:2026-10:after-3:now"


def test_a_contract_is_named_once_per_notice() -> None:
    ends = date(2026, 12, 31)
    keys = {
        key
        for days in range(100, 0, -1)
        for notice in (90, 60, 30)
        if days <= notice
        for key in _keys(due_jobs([], [Renewal("NOVA", "MSA-1", ends, days, notice)], TODAY, TODAY))
        if key.startswith("renewal")
    }
    assert sorted(keys) == [f"renewal:NOVA:MSA-1:2026-12-31:{notice}" for notice in (30, 60, 90)]


months = st.builds(
    _month,
    st.builds(Period, st.integers(2025, 2026), st.integers(1, 12)),
    came=st.booleans(),
    status=st.sampled_from(["open", "provisional", "in_review", "agreed", "locked"]),
    revision=st.integers(0, 3),
    closed_with=st.sampled_from(["now", "before"]),
)


@given(st.lists(months, max_size=6, unique_by=lambda state: state.period), st.dates(date(2025, 1, 1), date(2027, 1, 1)))
def test_keys_are_unique_and_nothing_is_asked_of_a_settled_month(states: list[MonthState], today: date) -> None:
    found = due_jobs(states, [], today, today)
    assert len(set(_keys(found))) == len(found)
    settled = {str(state.period) for state in states if state.status in ("agreed", "locked")}
    assert not settled & {str(one.asked.get("period")) for one in found}
