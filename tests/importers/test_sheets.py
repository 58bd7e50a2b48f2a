"""The vendor's sheet as it was drawn, with what nobody may see masked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from importers import service
from importers.service import SheetView
from kernel.errors import NotFound
from kernel.scope import Scope
from tests.importers.conftest import HEAD, Office, row

NOTED = [*HEAD, "Remarks"]


def drawn(office: Office, result: dict[str, Any], sheet: str, *rows: int, scope: Scope | None = None) -> SheetView:
    environment = office.environment if scope is None else replace(office.environment, scope=scope)
    found = service.drawn_sheet(environment, result["batch"], sheet, rows)
    assert found is not None
    return found


def test_rows_are_drawn_as_the_vendor_wrote_them(small_office: Office) -> None:
    rows = [NOTED, [*row(1), "call me"], [*row(2, decisions=101.5), None], [*row(3), ""]]
    result = small_office.bring(small_office.xlsx("a.xlsx", {"Daily": rows}))
    found = drawn(small_office, result, "Daily", 2, 3, 99)
    assert [column.letter for column in found.columns] == list("ABCDEFGHI")
    assert [(column.header, column.field) for column in found.columns][4:] == [
        ("day", "day"),
        ("agent_id", "agent_id"),
        ("decisions", "decisions"),
        ("production_hours", "production_hours"),
        ("Remarks", ""),
    ]
    assert [line.row for line in found.rows] == [2, 3]
    assert found.rows[0].texts == ("NOVA", "MNL", "Q1", "en", "2026-10-01", "••••", "100", "7.5", "••••••")
    assert found.rows[1].texts[6:] == ("101.5", "7.5", "")
    assert (found.header_row, found.first_row, found.last_row) == (1, 2, 4)


def test_a_csv_is_drawn_with_its_own_texts(small_office: Office) -> None:
    result = small_office.bring(small_office.csv("a.csv", [HEAD, row(1, queue="vid LIVE"), row(2)]))
    assert drawn(small_office, result, "", 2).rows[0].texts[2] == "vid LIVE"


def test_agents_are_shown_to_the_vendor_that_sent_them_and_to_nobody_else(small_office: Office) -> None:
    result = small_office.bring(small_office.xlsx("a.xlsx", {"Daily": [HEAD, row(1, agent="Ana")]}))
    own = Scope("lead", frozenset({"vendor"}), frozenset({"NOVA"}))
    assert drawn(small_office, result, "Daily", 2, scope=own).rows[0].texts[5] == "Ana"
    assert "Ana" not in str(drawn(small_office, result, "Daily", 2))
    foreign = Scope("rival", frozenset({"vendor"}), frozenset({"VEGA"}))
    with pytest.raises(NotFound):
        drawn(small_office, result, "Daily", 2, scope=foreign)


def test_a_sheet_that_is_not_there_is_none(small_office: Office) -> None:
    result = small_office.bring(small_office.xlsx("a.xlsx", {"Daily": [HEAD, row(1)]}))
    assert service.drawn_sheet(small_office.environment, result["batch"], "Weekly", [1]) is None


def test_the_original_is_read_once_for_many_looks(small_office: Office) -> None:
    result = small_office.bring(small_office.xlsx("a.xlsx", {"Daily": [HEAD, row(1), row(2, decisions=7)]}))
    first = drawn(small_office, result, "Daily", 2)
    original = small_office.environment.settings.files / result["sha256"]
    original.unlink()
    assert drawn(small_office, result, "Daily", 2) == first
    assert date(2026, 10, 2).isoformat() in drawn(small_office, result, "Daily", 3).rows[0].texts
