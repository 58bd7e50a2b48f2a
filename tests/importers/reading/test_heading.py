"""Where headers stand, whatever stands above and below them."""

from __future__ import annotations

import pytest

from importers.reading.heading import Entry, Merge, Row, entry_of, find_heading


def grid(*lines: str) -> list[Row]:
    """Rows of cells cut at |, numbered from 1; blank cells are not filled."""
    return [
        (place, {column: entry_of(cell) for column, cell in enumerate(line.split("|")) if cell.strip()})
        for place, line in enumerate(lines, 1)
    ]


@pytest.mark.parametrize(
    ("lines", "row"),
    [
        (("Queue|Jobs|AHT", "Q1|5|40", "Q2|6|41"), 1),
        (("Nova October 2026", "", "Queue|Jobs|AHT", "Q1|5|40", "Q2|6|41"), 3),
        (("Vendor|Nova", "Month|2026-10", "Queue|Jobs|AHT", "Q1|5|40", "Q2|6|41"), 3),
        (("Name|Role|Team", "Ana|Agent|A", "Ben|Lead|B"), 1),
        (("Queue|Jobs|AHT", "Total|11|81", "Q1|5|40"), 1),
        (("Week 1|Week 1|Week 2", "Queue|Jobs|AHT", "Q1|5|40", "Q2|6|41"), 2),
        (("Queue|2026-10-01|2026-10-02|2026-10-03", "Q1|5|6|7", "Q2|6|7|8"), 1),
        (("Day|Jobs", "2026-10-01|5", "2026-10-02|6"), 1),
        (("Queue|Jobs",), 1),
    ],
)
def test_the_row_that_names_the_columns_is_found(lines: tuple[str, ...], row: int) -> None:
    heading = find_heading(grid(*lines))
    assert heading is not None
    assert heading.row == row


def test_what_stands_above_is_kept_as_titles() -> None:
    heading = find_heading(grid("Nova  October", "", "Queue|Jobs", "Q1|5"))
    assert heading is not None
    assert heading.titles == ("Nova October",)
    assert heading.headers == {0: "Queue", 1: "Jobs"}


@pytest.mark.parametrize("lines", [(), ("", ""), ("1|2|3", "4|5|6")])
def test_numbers_alone_have_no_headers(lines: tuple[str, ...]) -> None:
    assert find_heading(grid(*lines)) is None


def test_a_title_merged_over_the_table_is_no_group() -> None:
    merges: list[Merge] = [(1, 0, 1, 2)]
    heading = find_heading(grid("Nova", "Queue|Jobs|AHT", "Q1|5|40"), merges)
    assert heading is not None
    assert heading.headers == {0: "Queue", 1: "Jobs", 2: "AHT"}
    assert heading.titles == ("Nova",)


def test_group_headers_are_joined_downwards() -> None:
    merges: list[Merge] = [(1, 0, 3, 0), (1, 1, 1, 4), (2, 1, 2, 2), (2, 3, 2, 4)]
    lines = ("Queue|October", "|Week 1||Week 2", "|Jobs|AHT|Jobs|AHT", "Q1|5|40|6|41")
    heading = find_heading(grid(*lines), merges)
    assert heading is not None
    assert heading.headers == {
        0: "Queue",
        1: "October / Week 1 / Jobs",
        2: "October / Week 1 / AHT",
        3: "October / Week 2 / Jobs",
        4: "October / Week 2 / AHT",
    }


def test_long_cells_are_text() -> None:
    assert entry_of("1" * 60) == Entry(text=True, shown="1" * 60)
