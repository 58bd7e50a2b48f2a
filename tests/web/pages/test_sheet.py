"""A vendor's sheet on a page."""

from __future__ import annotations

from importers.service import SheetView
from importers.sheets import SheetColumn, SheetRow
from web.pages.sheet import drawn_sheet, with_neighbours

COLUMNS = (
    SheetColumn("A", "Day", "day", numeric=False),
    SheetColumn("B", "Done", "decisions", numeric=True),
    SheetColumn("C", "Note", "", numeric=False),
)


def view(*rows: int, last: int = 20) -> SheetView:
    lines = tuple(SheetRow(row, ("2026-10-01", "5", "••••••")) for row in rows)
    return SheetView("Daily", ("Weekly report",), 2, COLUMNS, lines, 3, last)


def test_rows_left_out_are_torn_and_named() -> None:
    lines = drawn_sheet(view(4, 5, 9), {})["lines"]
    assert [line.get("tear") or line["row"] for line in lines] == ["row 3", 4, 5, "rows 6 to 8", 9, "rows 10 to 20"]


def test_a_sheet_drawn_to_its_end_is_not_torn() -> None:
    assert [line["row"] for line in drawn_sheet(view(3, 4, last=4), {})["lines"]] == [3, 4]


def test_a_run_of_marked_cells_has_one_outline() -> None:
    marks = {(4, "B"): "hit", (5, "B"): "hit", (9, "B"): "hit", (9, "A"): "stops"}
    lines = [line for line in drawn_sheet(view(4, 5, 9), marks)["lines"] if "row" in line]
    assert [line["cells"][1]["classes"] for line in lines] == ["hit first num", "hit last num", "hit first last num"]
    assert lines[2]["cells"][0]["classes"] == "stops"
    assert lines[0]["cells"][2]["classes"] == "gone"


def test_neighbours_are_the_rows_beside() -> None:
    assert with_neighbours([4, 5]) == {3, 4, 5, 6}
