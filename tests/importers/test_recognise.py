"""Titles and file names speak only where they say one thing."""

from __future__ import annotations

from datetime import date

import pytest

from importers.recognise import MOST_COLUMNS, months_in, vendors_in
from tests.importers.conftest import Office, row
from vendors.aliases import VENDOR, Name, Names

NAMES = Names(
    (
        Name(VENDOR, "", "NOVA", "NOVA"),
        Name(VENDOR, "", "NOVA", "Nova Trust"),
        Name(VENDOR, "", "VEGA", "Vega GmbH"),
        Name(VENDOR, "", "X", "X"),
    )
)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("October 2026", ["2026-10"]),
        ("MBR Oct-2026 v2", ["2026-10"]),
        ("KPI 2026_10", ["2026-10"]),
        ("sept 2026", []),
        ("Sep 2026 and 2026-11", ["2026-09", "2026-11"]),
        ("20261005", []),
        ("2026-13", []),
    ],
)
def test_months_are_read_from_titles(text: str, months: list[str]) -> None:
    assert sorted(str(month) for month in months_in(text)) == months


def test_vendors_are_read_as_whole_words() -> None:
    assert vendors_in("NOVA_performance_2026-10", NAMES) == {"NOVA"}
    assert vendors_in("Report of Nova Trust and Vega GmbH", NAMES) == {"NOVA", "VEGA"}
    assert vendors_in("Innovation X", NAMES) == set()


def test_a_file_that_names_two_vendors_or_months_asks(small_office: Office) -> None:
    head, line = ["site", "day", "decisions"], ["MNL", "2026-10-01", 5]
    both = small_office.bring(small_office.csv("NOVA_and_VEGA.csv", [head, line]))
    assert [problem["code"] for problem in both["problems"]] == ["VENDOR_UNKNOWN"]
    months = small_office.bring(small_office.csv("NOVA 2026-09 to 2026-10.csv", [["site", "decisions"], ["MNL", 5]]))
    assert [problem["code"] for problem in months["problems"]] == ["MISSING_COLUMN"]


def test_a_vendor_named_by_the_file_is_taken(small_office: Office) -> None:
    result = small_office.bring(small_office.csv("NOVA_october.csv", [["site", "day", "decisions"], ["MNL", "2026-10-01", 5]]), side="")
    assert (result["state"], result["vendor"], result["side"]) == ("accepted", "NOVA", "vendor")


def test_a_vendor_told_by_its_name_is_known_by_its_code(small_office: Office) -> None:
    result = small_office.bring(small_office.csv("c.csv", [["site", "day", "decisions"], ["MNL", "2026-10-01", 5]]), vendor="nova trust")
    assert (result["state"], result["vendor"]) == ("accepted", "NOVA")


def test_two_corrections_follow_each_other(office: Office) -> None:
    numbers = [office.counts(f"{count}.csv", rows=[row(1, decisions=count)])["batch"] for count in (1, 2, 3)]
    last = office.counts("4.csv", rows=[row(1, decisions=4)], received_on=date(2026, 11, 5))
    assert last["superseded"] == [numbers[-1]]


def test_a_table_wider_than_any_workbook_is_refused_at_once(small_office: Office) -> None:
    head = ["day", *(f"c{number}" for number in range(MOST_COLUMNS))]
    result = small_office.bring(small_office.csv("wide.csv", [head, ["2026-10-01", *([""] * MOST_COLUMNS)]]))
    assert (result["state"], [problem["code"] for problem in result["problems"]]) == ("refused", ["TOO_WIDE"])
