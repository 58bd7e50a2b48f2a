"""Workbooks written by hand, part by part, so that a test says exactly what stands in them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
STYLES = (
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="0.0%"/></numFmts>'
    '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf numFmtId="0"/>'
    '<xf numFmtId="14"/><xf numFmtId="10"/><xf numFmtId="46"/><xf numFmtId="164"/></cellXfs>'
)
"""Style 1 is a date, 2 and 4 are percentages, 3 is a duration ([h]:mm:ss)."""
GENERAL, DAY, PERCENT, SPAN, PERCENT_TOO = range(5)


def text(address: str, words: str) -> str:
    """A cell with text of its own."""
    return f'<c r="{address}" t="inlineStr"><is><t>{escape(words)}</t></is></c>'


def number(address: str, value: str, style: int = GENERAL) -> str:
    """A cell with a number as written."""
    return f'<c r="{address}" s="{style}"><v>{value}</v></c>'


def row(number_: int, *cells: str, more: str = "") -> str:
    """A row with its number."""
    return f'<row r="{number_}"{more}>{"".join(cells)}</row>'


def header(number_: int, *names: str) -> str:
    """A row of headers from column A on."""
    return row(number_, *(text(f"{chr(65 + place)}{number_}", name) for place, name in enumerate(names)))


def sheet(*rows: str, before: str = "", after: str = "") -> str:
    """The XML of a sheet."""
    inside = f"{before}<sheetData>{''.join(rows)}</sheetData>{after}"
    return f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{SPREADSHEET}">{inside}</worksheet>'


def book(
    path: Path,
    sheets: Mapping[str, str],
    *,
    strings: Sequence[str] = (),
    properties: str = "",
    states: Mapping[str, str] | None = None,
    after_sheets: str = "",
    parts: Mapping[str, str | bytes] | None = None,
) -> Path:
    """A workbook of the given sheets."""
    states = states or {}
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{place}" r:id="rId{place}" state="{states.get(name, "visible")}"/>'
        for place, name in enumerate(sheets, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{place}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{place}.xml"/>'
        for place in range(1, len(sheets) + 1)
    )
    beside = "".join(
        f'<Relationship Id="{place}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for place, kind, target in (("s", "styles", "styles.xml"), ("t", "sharedStrings", "/xl/sharedStrings.xml"))
    )
    root = f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    main = f"<workbookPr {properties}/><sheets>{listed}</sheets>{after_sheets}"
    written: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types><Override ContentType="{MAIN}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">{root}</Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{OFFICE}">{main}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{relations}{beside}</Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{SPREADSHEET}">{STYLES}</styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{SPREADSHEET}">{"".join(f"<si><t>{escape(words)}</t></si>" for words in strings)}</sst>',
    }
    written |= {f"xl/worksheets/sheet{place}.xml": xml for place, xml in enumerate(sheets.values(), 1)}
    written |= parts or {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in written.items():
            package.writestr(name, content)
    return path
