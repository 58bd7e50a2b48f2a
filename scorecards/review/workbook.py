"""The workbook of a review: its sheets put together, the same bytes for the same review.

Owns: the order of the sheets, the document's dates, the bytes. Must not know: what stands on a sheet.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook

from scorecards.review.arrange import review_object
from scorecards.review.cells import Grid, rounded
from scorecards.review.cover import write_cover
from scorecards.review.sheets import write_changes, write_files, write_history, write_scorecard
from scorecards.review.sheets_money import write_cost, write_findings
from scorecards.review.values import Row, Snapshot
from scorecards.wording import long_month, words

SHEETS = ("Review", "Scorecard", "Cost", "Findings", "History", "Files", "Changes")
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The date of every part inside: the packing knows none before."""
FORMULA_CELL = re.compile(r'<c r="([A-Z]+[0-9]+)"([^>]*)><f>(.*?)</f><v ?/?>(?:</v>)?</c>')


def review_workbook(found: Snapshot) -> bytes:
    """The review as an Excel workbook.

    Money and counts keep every digit up to fifteen, which is what Excel keeps; no link leads outside.
    """
    page = review_object(found)
    book = Workbook()
    book.remove(book.active)
    grids = {name: Grid(book.create_sheet(name)) for name in SHEETS}
    heading = f"Scoreline. Review, {page['name']}, {long_month(page['period'])}, revision {page['revision']}, {words(page['status'])}"
    foot = f"Formula version {page['formula_version']}. {_sides(page)}. Cost like for like; money in {page['currency']} unless said."
    cost = write_cost(grids["Cost"], page, heading, foot)
    scorecard = write_scorecard(grids["Scorecard"], page, found.exact, cost, heading, foot)
    findings = write_findings(grids["Findings"], page, found.rates, heading, foot)
    write_history(grids["History"], page, heading, foot)
    write_files(grids["Files"], page, heading, foot)
    write_changes(grids["Changes"], page, heading, foot)
    write_cover(grids["Review"], page, {**cost, **scorecard, **findings}, heading, foot)
    book.calculation.fullCalcOnLoad = True
    for name, value in (("title", heading), ("creator", "Scoreline"), ("lastModifiedBy", "Scoreline")):
        setattr(book.properties, name, value)
    at = found.at.replace(tzinfo=None, microsecond=0)
    book.properties.created = at
    return _sealed(book, at, {name: grid.known for name, grid in grids.items()})


def _sides(page: Row) -> str:
    """Whose counts the figures are."""
    sides = sorted({side for row in page["metrics"] for side in row["side"].split("+") if side})
    return f"Counts of {', '.join(sides)}" if sides else "No counts"


def _sealed(book: Workbook, at: datetime, known: Mapping[str, Mapping[str, Any]]) -> bytes:
    """The workbook's bytes with fixed dates, and in each formula's cell the value that the product has for it."""
    raw, sealed = io.BytesIO(), io.BytesIO()
    book.save(raw)
    sheets = {f"xl/worksheets/sheet{number}.xml": known[name] for number, name in enumerate(SHEETS, start=1)}
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(sealed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "docProps/core.xml":
                stamp = f"{at.isoformat(timespec='seconds')}Z".encode()
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            elif part.filename in sheets:
                content = _with_values(content.decode(), sheets[part.filename]).encode()
            entry = zipfile.ZipInfo(part.filename, EARLIEST)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            target.writestr(entry, content)
    return sealed.getvalue()


def _with_values(xml: str, known: Mapping[str, Any]) -> str:
    def filled(cell: re.Match[str]) -> str:
        address, attributes, formula = cell.groups()
        value = known[address]
        if isinstance(value, str):
            return f'<c r="{address}"{attributes} t="str"><f>{formula}</f><v>{escape(value)}</v></c>'
        shown = "" if value is None else f"{rounded(Decimal(value)) if isinstance(value, (int, Decimal)) else rounded(value)}"
        return f'<c r="{address}"{attributes}><f>{formula}</f><v>{shown}</v></c>'

    return FORMULA_CELL.sub(filled, xml)
