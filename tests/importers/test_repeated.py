"""The same fact from files of two kinds counts once, or a person says otherwise."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from importers import service
from kernel.errors import Conflict
from tests.importers.conftest import Office

PLAN = ("vendor", "site", "day", "committed_fte_days")
STAFF = ("vendor", "site", "day", "delivered_fte_days", "Committed")


def plan(office: Office, *days: int, name: str = "plan.csv", amount: int = 20, **options: Any) -> dict[str, Any]:
    rows = [["NOVA", "MNL", date(2026, 10, day), amount] for day in days]
    return office.bring(office.csv(name, [PLAN, *rows]), kind="plan", **options)


def staff(office: Office, *days: int, site: str = "MNL", name: str = "staff.csv", **options: Any) -> dict[str, Any]:
    rows = [["NOVA", site, date(2026, 10, day), 18, 20] for day in days]
    told = {"map": {"Committed": "committed_fte_days"}} | options
    return office.bring(office.csv(name, [STAFF, *rows]), kind="workforce", **told)


def told(result: dict[str, Any]) -> tuple[str, list[str]]:
    return result["state"], [problem["code"] for problem in result["problems"]]


def test_a_fact_that_a_file_of_another_kind_holds_for_the_same_days_is_refused_naming_both(office: Office) -> None:
    plan(office, 1, 2, 3)
    result = staff(office, 2, 3, 4)
    assert told(result) == ("refused", ["OVERLAP"])
    assert result["problems"][0]["message"] == (
        "staff.csv and plan.csv (upload 1, plan) both hold committed_fte_days of MNL on 2026-10-02 to 2026-10-03, which would count "
        'twice: leave that column out of one of them (--map "HEADER=ignore"), or count both with --add.'
    )
    assert result["problems"][0]["value"] == "committed_fte_days"
    assert told(staff(office, 2, 3, 4, map={"Committed": "ignore"})) == ("accepted", [])


def test_a_person_may_let_both_count(small_office: Office) -> None:
    plan(small_office, 1)
    assert told(staff(small_office, 1, add=True)) == ("accepted", [])


def test_other_days_other_sites_and_other_grains_stand_side_by_side(small_office: Office) -> None:
    plan(small_office, 1, 2)
    assert told(staff(small_office, 3)) == ("accepted", [])
    assert told(staff(small_office, 1, site="CHI", name="chicago.csv")) == ("accepted", [])
    monthly = [["vendor", "period", "committed_fte_days"], ["NOVA", "2026-10", 40]]
    assert told(small_office.bring(small_office.csv("month.csv", monthly), kind="workforce")) == ("accepted", [])


def test_a_count_for_a_whole_month_is_named_with_its_days(small_office: Office) -> None:
    monthly = [["vendor", "period", "committed_fte_days"], ["NOVA", "2026-10", 40]]
    small_office.bring(small_office.csv("month.csv", monthly), kind="plan")
    result = small_office.bring(small_office.csv("again.csv", [*monthly[:1], ["NOVA", "2026-10", 41]]), kind="workforce")
    assert "both hold committed_fte_days of NOVA on 2026-10-01 to 2026-10-31" in result["problems"][0]["message"]


def test_taking_back_is_refused_where_a_fact_would_come_to_count_twice(small_office: Office) -> None:
    plan(small_office, 1, 2)
    empty = [["vendor", "site", "day", "committed_fte_days", "forecast_items"]]
    rows = [["NOVA", "MNL", date(2026, 10, day), None, 100] for day in (1, 2)]
    later = small_office.bring(small_office.csv("forecast.csv", [*empty, *rows]), kind="plan")
    assert (later["state"], later["superseded"]) == ("accepted", [1])
    assert told(staff(small_office, 2)) == ("accepted", [])
    with pytest.raises(Conflict, match=r"upload 3 holds committed_fte_days of MNL on 2026-10-02 too; take upload 3 back first"):
        service.undo(small_office.environment, later["batch"])
