"""Workbooks: every value as written, every oddity named with its place."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from importers.reading.sheet import RawSheet, Reading, Refused
from importers.reading.xlsx import explain_workbook, read_workbook
from kernel.errors import Problem
from tests.importers.reading.books import DAY, PERCENT, SPAN, book, header, number, row, sheet, text

MEMORY_MB = 1024
at = datetime.fromisoformat


def read(path: Path) -> Reading:
    return read_workbook(path, MEMORY_MB)


def one(path: Path) -> RawSheet:
    reading = read(path)
    assert [problem for problem in reading.problems if problem.severity == "error"] == []
    return reading.sheets[0]


def codes(reading: Reading) -> list[tuple[str, str]]:
    return [(problem.severity, problem.code) for problem in reading.problems]


def the(reading: Reading, code: str) -> Problem:
    return next(problem for problem in reading.problems if problem.code == code)


def data(first: int, count: int, *more: str) -> list[str]:
    """Rows of a name and a whole number."""
    return [row(first + i, text(f"A{first + i}", f"Q{i}"), number(f"B{first + i}", str(i)), *more) for i in range(count)]


def test_rows_and_columns_keep_the_numbers_and_letters_of_the_sheet(tmp_path: Path) -> None:
    rows = [
        row(3, text("B3", "Queue"), text("D3", "Jobs")),
        row(5, text("B5", "Q1"), number("D5", "7")),
        row(6, text("B6", "Q2"), number("D6", "8")),
    ]
    table = one(book(tmp_path / "a.xlsx", {"Data": sheet(*rows)}))
    assert table.letters == ("B", "D")
    assert table.headers == ("Queue", "Jobs")
    assert table.rows.to_list() == [5, 6]
    assert (table.header_row, table.first_row, table.blank_rows) == (3, 5, 1)
    assert table.frame["D"].to_list() == [7.0, 8.0]


def test_a_lying_dimension_tag_loses_no_row(tmp_path: Path) -> None:
    table = one(book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Jobs"), *data(2, 30), before='<dimension ref="A1:A1"/>')}))
    assert table.frame.height == 30
    assert table.letters == ("A", "B")


def test_numbers_are_the_floats_of_the_text(tmp_path: Path) -> None:
    written = ["0.1", "1.2067933913960154", "9007199254740993", "1E-7", "0.30000000000000004", "123456789012.345"]
    rows = [row(i, text(f"A{i}", "x"), number(f"B{i}", value)) for i, value in enumerate(written, 2)]
    table = one(book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Hours"), *rows)}))
    assert table.frame["B"].to_list() == [float(value) for value in written]


def test_numbers_in_a_column_with_text_keep_all_their_digits(tmp_path: Path) -> None:
    rows = [
        row(2, text("A2", "x"), number("B2", "0.9032514613925278")),
        row(3, text("A3", "x"), text("B3", "1.234")),
        row(4, text("A4", "x"), number("B4", "5")),
    ]
    table = one(book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Share"), *rows)}))
    cells = table.cells("B")
    assert cells.values.to_list() == ["0.9032514613925278", "1.234", "5"]
    assert cells.numbers is not None
    assert cells.numbers.to_list() == [0.9032514613925278, None, 5.0]


def test_a_column_is_numbers_again_when_only_a_footnote_was_text(tmp_path: Path) -> None:
    rows = [
        *(row(i, number(f"A{i}", str(46296 + i), DAY), number(f"B{i}", "1"), text(f"C{i}", "x")) for i in range(2, 5)),
        row(6, text("A6", "Source: WFM")),
    ]
    table = one(book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Day", "Jobs", "Note"), *rows)}))
    assert table.frame["A"].to_list() == [at("2026-10-03"), at("2026-10-04"), at("2026-10-05")]
    assert table.footnotes == ((6, "Source: WFM"),)


def test_text_ids_keep_their_zeros(tmp_path: Path) -> None:
    rows = [row(2, text("A2", "00123"), number("B2", "1")), row(3, text("A3", "00124"), number("B3", "1"))]
    table = one(book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Agent", "Jobs"), *rows)}))
    assert table.frame["A"].to_list() == ["00123", "00124"]
    assert table.numbers == {}


def test_shared_strings_are_resolved(tmp_path: Path) -> None:
    rows = [
        row(1, '<c r="A1" t="s"><v>1</v></c>', '<c r="B1" t="s"><v>0</v></c>'),
        row(2, '<c r="A2" t="s"><v>2</v></c>', number("B2", "1")),
    ]
    table = one(book(tmp_path / "a.xlsx", {"Data": sheet(*rows)}, strings=["Jobs & more", "Queue_x000A_name", "Q1"]))
    assert table.headers == ("Queue name", "Jobs & more")
    assert table.frame["A"].to_list() == ["Q1"]


@pytest.mark.parametrize(
    ("properties", "after"),
    [
        ("", ""),
        ('date1904="1"', ""),
        ('date1904="true"', ""),
        ('date1904="1"', '<extLst><ext uri="{7}" xmlns:x14="urn:x"><x14:workbookPr defaultImageDpi="1"/></ext></extLst>'),
    ],
)
def test_dates_follow_the_calendar_of_the_workbook(tmp_path: Path, properties: str, after: str) -> None:
    serial = 46327 - (1462 if properties else 0)
    rows = [
        row(
            2,
            text("A2", "x"),
            number("B2", str(serial), DAY),
            number("C2", str(serial), DAY),
            number("D2", "1.5", SPAN),
            number("E2", "0.25", 20),
        ),
        row(3, text("A3", "x"), number("B3", f"{serial}.5", DAY), text("C3", "soon"), number("D3", "0.5", SPAN), number("E3", "0.5", 20)),
    ]
    rows = [line.replace('s="20"', 's="5"') for line in rows]
    formats = "".join(f'<xf numFmtId="{kind}"/>' for kind in (0, 14, 10, 46, 9, 20))
    styles = f'<styleSheet><cellXfs count="6">{formats}</cellXfs></styleSheet>'
    path = book(
        tmp_path / "a.xlsx",
        {"Data": sheet(header(1, "Queue", "Day", "Due", "Time", "Start"), *rows)},
        properties=properties,
        after_sheets=after,
        parts={"xl/styles.xml": styles},
    )
    table = one(path)
    assert table.frame["B"].to_list() == [at("2026-11-01"), at("2026-11-01T12:00")]
    assert table.instants["C"].to_list() == [at("2026-11-01"), None]
    assert table.frame["C"].to_list() == ["2026-11-01 00:00:00", "soon"]
    assert table.frame["D"].to_list() == [timedelta(hours=36), timedelta(hours=12)]
    assert table.frame["E"].to_list() == [timedelta(hours=6), timedelta(hours=12)]


def test_durations_beside_text_are_kept_apart(tmp_path: Path) -> None:
    rows = [
        row(2, text("A2", "x"), number("B2", "0.5", SPAN)),
        row(3, text("A3", "x"), text("B3", "n.n.")),
        row(4, text("A4", "x"), number("B4", "1.5", SPAN)),
    ]
    table = one(book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "AHT"), *rows)}))
    assert table.spans["B"].to_list() == [timedelta(hours=12), None, timedelta(hours=36)]


def test_percent_formats_are_noted_cell_by_cell(tmp_path: Path) -> None:
    rows = [
        row(2, text("A2", "x"), number("B2", "0.97", PERCENT)),
        row(3, text("A3", "x"), number("B3", "97")),
        row(4, text("A4", "x"), number("B4", "0.5", 4)),
    ]
    table = one(book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Accuracy"), *rows)}))
    assert table.percent_letters == ("B",)
    assert table.percent["B"].to_list() == [True, False, True]


def test_error_cells_and_formulas_without_value_are_named(tmp_path: Path) -> None:
    rows = [
        row(2, text("A2", "x"), '<c r="B2" t="e"><v>#N/A</v></c>', '<c r="C2"><f>B2*2</f></c>'),
        row(3, text("A3", "x"), '<c r="B3" t="e"><f>1/0</f><v>#DIV/0!</v></c>', '<c r="C3"><f>1+1</f><v>2</v></c>'),
        row(4, text("A4", "x"), '<c r="B4" t="e"><v>#NAME?</v></c>', '<c r="C4" t="str"><f>""</f><v></v></c>'),
        row(5, text("A5", "x"), number("B5", "5"), "<c r='C5'><f>1+1</f><v/></c>"),
    ]
    table = one(book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Jobs", "Twice"), *rows)}))
    assert table.error_cells == ((2, "B", "#N/A"), (3, "B", "#DIV/0!"), (4, "B", "#NAME?"))
    assert table.empty_formulas == ((2, "C"), (5, "C"))
    assert table.frame.height == 4


def test_truths_among_numbers_are_no_numbers(tmp_path: Path) -> None:
    rows = [
        row(2, text("A2", "x"), '<c r="B2" t="b"><v>1</v></c>'),
        row(3, text("A3", "x"), number("B3", "2.5")),
        row(4, text("A4", "x"), number("B4", "3")),
    ]
    table = one(book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Jobs"), *rows)}))
    assert table.frame["B"].to_list() == ["TRUE", "2.5", "3"]
    assert table.numbers["B"].to_list() == [None, 2.5, 3.0]


def test_a_column_of_truths_stays_one(tmp_path: Path) -> None:
    rows = [row(i, text(f"A{i}", "x"), f'<c r="B{i}" t="b"><v>1</v></c>') for i in (2, 3)]
    assert one(book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Done"), *rows)})).frame["B"].to_list() == [True, True]


def test_hidden_rows_with_data_are_refused_and_named(tmp_path: Path) -> None:
    rows = data(2, 20)
    for place in (3, 4, 7, 8, 9, 11):
        rows[place] = rows[place].replace("<row ", '<row hidden="1" ')
    reading = read(book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Jobs"), *rows)}))
    problem = the(reading, "HIDDEN_ROWS")
    assert (problem.severity, problem.row, problem.count) == ("error", 5, 6)
    assert "rows 5, 6, 9, 10, 11 and 1 more are hidden" in problem.message


def test_one_hidden_row_is_named_alone(tmp_path: Path) -> None:
    rows = data(2, 3)
    rows[1] = rows[1].replace("<row ", '<row hidden="1" ')
    assert (
        "row 3 is hidden" in the(read(book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Jobs"), *rows)})), "HIDDEN_ROWS").message
    )


def test_hidden_sheets_are_left_out_and_said(tmp_path: Path) -> None:
    plain = sheet(header(1, "Queue", "Jobs"), *data(2, 3))
    reading = read(book(tmp_path / "a.xlsx", {"Data": plain, "Lookup": plain}, states={"Lookup": "veryHidden"}))
    assert [table.name for table in reading.sheets] == ["Data"]
    assert codes(reading) == [("info", "HIDDEN_SHEET")]


def test_hidden_columns_are_read_with_a_warning(tmp_path: Path) -> None:
    reading = read(
        book(
            tmp_path / "a.xlsx",
            {"Data": sheet(header(1, "Queue", "Jobs"), *data(2, 3), before='<cols><col min="2" max="2" hidden="1"/></cols>')},
        )
    )
    assert codes(reading) == [("warning", "HIDDEN_COLUMNS")]


def test_merged_group_headers_are_joined(tmp_path: Path) -> None:
    rows = [
        row(1, text("A1", "Report of October")),
        row(2, text("A2", "Queue"), text("B2", "Week 1"), text("D2", "Week 2")),
        row(3, text("B3", "Jobs"), text("C3", "AHT"), text("D3", "Jobs"), text("E3", "AHT")),
        *(row(i, text(f"A{i}", "x"), *(number(f"{letter}{i}", "1") for letter in "BCDE")) for i in (4, 5)),
    ]
    merges = '<mergeCells><mergeCell ref="A1:E1"/><mergeCell ref="A2:A3"/><mergeCell ref="B2:C2"/><mergeCell ref="D2:E2"/></mergeCells>'
    table = one(book(tmp_path / "a.xlsx", {"Data": sheet(*rows, after=merges)}))
    assert table.headers == ("Queue", "Week 1 / Jobs", "Week 1 / AHT", "Week 2 / Jobs", "Week 2 / AHT")
    assert table.title_texts == ("Report of October",)


def test_merged_data_is_said(tmp_path: Path) -> None:
    merges = '<mergeCells><mergeCell ref="A2:A3"/><mergeCell ref="B9"/></mergeCells>'
    reading = read(book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Jobs"), *data(2, 3), after=merges)}))
    assert "A2:A3" in the(reading, "MERGED_CELLS").message


def test_dates_as_headers_are_spelled(tmp_path: Path) -> None:
    rows = [
        row(1, text("A1", "Queue"), number("B1", "46327", DAY), number("C1", "46328", DAY)),
        *(row(i, text(f"A{i}", "x"), number(f"B{i}", "1"), number(f"C{i}", "2")) for i in (2, 3)),
    ]
    assert one(book(tmp_path / "a.xlsx", {"Data": sheet(*rows)})).headers == ("Queue", "2026-11-01", "2026-11-02")


def test_a_second_table_asks(tmp_path: Path) -> None:
    below = sheet(
        header(1, "Queue", "Jobs"),
        *data(2, 3),
        row(7, text("A7", "Agent"), text("B7", "Hours")),
        row(8, text("A8", "x"), number("B8", "1")),
    )
    assert the(read(book(tmp_path / "a.xlsx", {"Data": below})), "MANY_TABLES").row == 7
    beside = [
        row(i, text(f"A{i}", "x"), number(f"B{i}", "1"), *((text(f"E{i}", "y"), number(f"F{i}", "1")) if i < 5 else ()))
        for i in range(2, 9)
    ]
    headers = row(1, text("A1", "Queue"), text("B1", "Jobs"), text("E1", "Agent"), text("F1", "Age"))
    assert the(read(book(tmp_path / "b.xlsx", {"Data": sheet(headers, *beside)})), "MANY_TABLES").column == "E"


def test_empty_sheets_prose_and_headerless_numbers_are_left_out(tmp_path: Path) -> None:
    plain = sheet(header(1, "Queue", "Jobs"), *data(2, 3))
    prose = sheet(row(1, text("A1", "Read me")), row(2, text("A2", "All hours are local.")))
    numbers = sheet(row(1, number("A1", "1"), number("B1", "2")), row(2, number("A2", "3"), number("B2", "4")))
    reading = read(book(tmp_path / "a.xlsx", {"Data": plain, "Empty": sheet(), "Prose": prose, "Numbers": numbers}))
    assert [table.name for table in reading.sheets] == ["Data"]
    assert codes(reading) == [("info", "EMPTY_SHEET"), ("info", "NOT_A_TABLE"), ("warning", "NO_HEADERS")]
    assert codes(read(book(tmp_path / "b.xlsx", {"Empty": sheet()}))) == [("error", "EMPTY_SHEET")]
    assert codes(read(book(tmp_path / "c.xlsx", {"Numbers": numbers}))) == [("error", "NO_HEADERS")]


def test_headers_without_rows_are_a_table_without_rows(tmp_path: Path) -> None:
    table = one(book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Jobs"))}))
    assert table.frame.height == 0
    assert table.headers == ("Queue", "Jobs")
    assert table.first_row == 2


def test_a_far_cell_is_refused_with_its_address(tmp_path: Path) -> None:
    lone = row(1048576, text("XFD1048576", "x"))
    path = book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Jobs"), *data(2, 3), lone)})
    with pytest.raises(Refused) as refused:
        read(path)
    assert (refused.value.code, refused.value.cell) == ("FAR_CELL", "XFD1048576")
    with pytest.raises(Refused, match="XFD1048576"):
        explain_workbook(path, MEMORY_MB)
    deep = book(
        tmp_path / "b.xlsx", {"Data": sheet(header(1, "Queue", "Jobs", "C", "D"), *data(2, 3), row(1048576, text("A1048576", "x")))}
    )
    with pytest.raises(Refused, match="A1048576"):
        read(deep)


def test_too_many_cells_for_the_memory_are_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Jobs"), *data(2, 30_000))})
    with pytest.raises(Refused) as refused:
        read_workbook(path, 1)
    assert refused.value.code == "TOO_LARGE_TO_READ"
    explain_workbook(path, MEMORY_MB)


def test_formatted_but_empty_cells_make_no_cell_far(tmp_path: Path) -> None:
    table = one(
        book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Jobs"), *data(2, 3), row(1048576, '<c r="XFD1048576" s="2"/>'))})
    )
    assert table.frame.height == 3


def test_unreadable_headers_of_odd_kinds_do_not_stop_reading(tmp_path: Path) -> None:
    rows = [
        row(
            1,
            '<c r="A1" t="s"><v>99</v></c>',
            '<c r="B1" t="s"><v>x</v></c>',
            text("C1", "Queue"),
            number("D1", "1e999", DAY),
            '<c r="E1" t="str"><v>Jobs</v></c>',
        ),
        *(
            row(i, number(f"A{i}", "1"), number(f"B{i}", "1"), text(f"C{i}", "x"), number(f"D{i}", "1"), number(f"E{i}", "1"))
            for i in (2, 3)
        ),
    ]
    with pytest.raises(Refused):
        read(book(tmp_path / "a.xlsx", {"Data": sheet(*rows)}))
    fine = book(
        tmp_path / "b.xlsx",
        {"Data": sheet(row(1, *[text("C1", "Queue"), number("D1", "1e999", DAY), '<c r="E1" t="str"><v>Jobs</v></c>']), *rows[1:])},
    )
    assert one(fine).headers == ("", "", "Queue", "1e999", "Jobs")


def test_a_large_sheet_reads_like_a_small_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row(i, text(f"A{i}", f"Q{i % 7}"), number(f"B{i}", f"{i}.25"), number(f"C{i}", "0.97", PERCENT)) for i in range(2, 60_000)]
    rows[50_000] = row(50_002, text("A50002", "x"), text("B50002", "n.n."), number("C50002", "97"))
    path = book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Jobs", "Accuracy"), *rows)})
    small = one(path)
    monkeypatch.setattr("importers.reading.xlsx.BIG_PART", 1)
    large = one(path)
    assert large.frame.equals(small.frame)
    assert large.percent["C"].to_list() == small.percent["C"].to_list()
    assert large.percent["C"].sum() == len(rows) - 1
    assert large.numbers["B"].to_list() == small.numbers["B"].to_list()
    assert large.numbers["B"][49_999] == 50001.25
    assert isinstance(large.rows, pl.Series)
    monkeypatch.setattr("importers.reading.xlsx.BIG_PART", 1)
    assert codes(read(book(tmp_path / "b.xlsx", {"Empty": sheet()}))) == [("error", "EMPTY_SHEET")]
