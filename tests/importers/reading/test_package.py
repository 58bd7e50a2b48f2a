"""The parts beside the cells: what forbids to read a workbook, and what its styles and texts say."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from importers.reading.package import guard_parts, read_book, strings_at
from importers.reading.scan import Scanner
from importers.reading.sheet import Refused
from importers.reading.xlsx import read_workbook
from tests.importers.reading.books import OFFICE, book, header, number, row, sheet, text

PLAIN = {"Data": sheet(header(1, "Queue", "Jobs"), row(2, text("A2", "x"), number("B2", "1")))}
CHART = f'<Relationship Id="c9" Type="{OFFICE}/chartsheet" Target="chartsheets/sheet1.xml"/>'
LAUGHS = '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>'


def refusal(path: Path) -> Refused:
    with pytest.raises(Refused) as refused:
        read_workbook(path, 1024)
    return refused.value


@pytest.mark.parametrize(
    "part", ["xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml", "docProps/app.xml", "xl/_rels/workbook.xml.rels", "xl/odd.vml"]
)
def test_a_doctype_anywhere_is_refused(tmp_path: Path, part: str) -> None:
    assert refusal(book(tmp_path / "a.xlsx", PLAIN, parts={part: f"{LAUGHS}<x/>"})).code == "DOCTYPE"


def test_a_doctype_in_a_sheet_is_refused(tmp_path: Path) -> None:
    hostile = PLAIN["Data"].replace("<worksheet", LAUGHS + "<worksheet")
    assert refusal(book(tmp_path / "a.xlsx", {"Data": hostile})).code == "DOCTYPE"


def test_a_doctype_does_not_hide_in_utf_16(tmp_path: Path) -> None:
    hidden = f"{LAUGHS}<x/>".encode("utf-16")
    assert refusal(book(tmp_path / "a.xlsx", PLAIN, parts={"xl/styles.xml": hidden})).code == "UNREADABLE"
    assert refusal(book(tmp_path / "b.xlsx", PLAIN, parts={"customXml/item1.xml": hidden})).code == "DOCTYPE"
    fine = book(tmp_path / "c.xlsx", PLAIN, parts={"customXml/item1.xml": "<x/>".encode("utf-16")})
    assert read_workbook(fine, 1024).sheets


def test_a_doctype_does_not_hide_behind_a_long_comment(tmp_path: Path) -> None:
    long = "<!-- " + "x" * ((1 << 20) - 12) + " -->" + LAUGHS + "<x/>"
    assert refusal(book(tmp_path / "a.xlsx", PLAIN, parts={"xl/theme.xml": long})).code == "DOCTYPE"


@pytest.mark.parametrize(
    "parts",
    [
        {"xl/workbook.xml": "<workbook"},
        {"xl/_rels/workbook.xml.rels": "<Relationships"},
        {"xl/styles.xml": '<styleSheet><cellXfs><xf numFmtId="x"/></cellXfs></styleSheet>'},
        {"xl/worksheets/sheet1.xml": "<worksheet><sheetData><row"},
        {"xl/worksheets/sheet1.xml": '<worksheet><sheetData><row r="x"/></sheetData></worksheet>'},
    ],
)
def test_damaged_parts_are_named(tmp_path: Path, parts: dict[str, str]) -> None:
    assert refusal(book(tmp_path / "a.xlsx", PLAIN, parts=parts)).code == "DAMAGED"


def test_damaged_texts_are_named(tmp_path: Path) -> None:
    shared = {"Data": sheet(row(1, '<c r="A1" t="s"><v>5</v></c>'))}
    assert refusal(book(tmp_path / "a.xlsx", shared, parts={"xl/sharedStrings.xml": "<sst><si></sst>"})).code == "DAMAGED"


def test_a_part_whose_checksum_lies_is_damaged(tmp_path: Path) -> None:
    content = bytearray(book(tmp_path / "a.xlsx", PLAIN).read_bytes())
    for part in (b"xl/styles.xml", b"xl/worksheets/sheet1.xml"):
        broken = bytearray(content)
        entry = broken.rfind(b"PK\x01\x02", 0, broken.rfind(part))
        broken[entry + 16] ^= 255
        path = tmp_path / "broken.xlsx"
        path.write_bytes(broken)
        assert refusal(path).code == "DAMAGED"


def test_sizes_that_lie_are_damaged_before_they_are_inflated(tmp_path: Path) -> None:
    content = bytearray(
        book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue"), *(row(i, text(f"A{i}", "x")) for i in range(2, 999)))}).read_bytes()
    )
    entry = content.rfind(b"PK\x01\x02", 0, content.rfind(b"xl/worksheets/sheet1.xml"))
    content[entry + 24 : entry + 28] = (200).to_bytes(4, "little")
    path = tmp_path / "lying.xlsx"
    path.write_bytes(content)
    assert refusal(path).code == "DAMAGED"


def test_impossibly_large_parts_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importers.reading.package.MOST_SMALL_PART", 100)
    assert refusal(book(tmp_path / "a.xlsx", PLAIN)).code == "ZIP_BOMB"


def test_a_workbook_without_styles_strings_and_root_relations_is_read(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", PLAIN)
    bare = tmp_path / "bare.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bare, "w") as target:
        for name in source.namelist():
            if name not in {"_rels/.rels", "xl/styles.xml", "xl/sharedStrings.xml"}:
                target.writestr(name, source.read(name))
    with zipfile.ZipFile(bare) as package:
        guard_parts(package)
        workbook = read_book(package)
        assert workbook.percent == frozenset()
        assert strings_at(package, workbook, {0}) == {}
        assert Scanner(workbook, workbook.sheets[0].part).run(package).cells == 4


def test_strings_are_read_with_runs_and_without_phonetics(tmp_path: Path) -> None:
    strings = "<sst><si><r><t>Ar</t></r><r><t>beit</t></r><rPh><t>x</t></rPh></si><si><t>b</t></si><si><t>c</t></si></sst>"
    with zipfile.ZipFile(book(tmp_path / "a.xlsx", PLAIN, parts={"xl/sharedStrings.xml": strings})) as package:
        workbook = read_book(package)
        assert strings_at(package, workbook, {0, 1}) == {0: "Arbeit", 1: "b"}
        assert strings_at(package, workbook, {2, 9}) == {2: "c"}
        assert strings_at(package, workbook, set()) == {}


def test_sheets_that_are_no_tables_are_not_listed(tmp_path: Path) -> None:
    parts: dict[str, str | bytes] = {"xl/chartsheets/sheet1.xml": "<chartsheet/>"}
    with zipfile.ZipFile(book(tmp_path / "a.xlsx", PLAIN)) as source:
        for name, mark, more in (
            ("xl/workbook.xml", "</sheets>", '<sheet name="Chart" sheetId="9" r:id="c9"/></sheets>'),
            ("xl/_rels/workbook.xml.rels", "</Relationships>", CHART + "</Relationships>"),
        ):
            parts[name] = source.read(name).decode().replace(mark, more)
    assert [table.name for table in read_workbook(book(tmp_path / "chart.xlsx", PLAIN, parts=parts), 1024).sheets] == ["Data"]
