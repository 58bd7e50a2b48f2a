"""Cells of the workbook that is written: numbers as numbers, text that stays text, formulas with their value.

Owns: how a value becomes a cell, and how cells look. Must not know: what a review says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

DIGITS = Context(prec=15)
"""A spreadsheet keeps fifteen digits of a number; more would be dropped by it, so they are rounded here, half-even."""
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
MOST_TEXT = 32_767
FACE = "Arial"
LINE_POINTS = 13.5
"""Height of a line of text."""
THIN, STRONG = Side(style="thin", color="D9D5CC"), Side(style="thin", color="7A776F")
FORMATS = {
    "integer": "#,##0",
    "money": "#,##0.00",
    "exact": "#,##0.00########",
    "unit": "0.0000##",
    "share": "0.0%",
    "points": "0.0",
    "weight": "0%",
    "seconds": "#,##0.0",
    "per_hour": "#,##0.0",
    "day": "d mmm yyyy",
    "month": "mmm yyyy",
    "quantity": "#,##0.00##",
}
"""Number formats by what a figure is."""
FONTS = {
    "title": Font(name=FACE, size=16, bold=True),
    "lead": Font(name=FACE, size=12, bold=True),
    "section": Font(name=FACE, size=12, bold=True),
    "head": Font(name=FACE, size=9, color="4A4944"),
    "faint": Font(name=FACE, size=9, color="66645D"),
    "strong": Font(name=FACE, size=10, bold=True),
    "text": Font(name=FACE, size=10),
    "on": Font(name=FACE, size=10, color="1B5A9C"),
    "watch": Font(name=FACE, size=10, color="875200"),
    "off": Font(name=FACE, size=10, color="96172C"),
    "none": Font(name=FACE, size=10, color="66645D"),
}

HEIGHTS = {"title": 24.0, "section": 18.0}
"""Points of the lines that are higher than others."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A live formula (without its `=`) and the value that the product has for it: programs that do not compute show it."""

    text: str
    value: Any


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its head, width in characters, the format of its figures, and whether its text is broken."""

    head: str
    width: float
    format: str = ""
    wrap: bool = False


@dataclass
class Grid:
    """A sheet that is written from the top down. row: the next free one; known: values of its formulas by cell."""

    sheet: Worksheet
    row: int = 1
    known: dict[str, Any] = field(default_factory=dict)

    def put(self, column: int, value: Any, look: str = "text", format_name: str = "", *, row: int = 0, wrap: bool = False) -> str:
        """Write one value; returns the cell's address. None leaves the cell empty: no data is never 0."""
        cell = self.sheet.cell(row or self.row, column)
        cell.font = FONTS[look]
        texts = isinstance(value, str)
        cell.alignment = Alignment(
            horizontal="left" if texts else None, vertical="top", wrap_text=wrap, indent=1 if texts and column > 1 else 0
        )
        if format_name and not texts:
            whole = format_name == "quantity" and not isinstance(value, Formula) and value == int(value or 0)
            cell.number_format = FORMATS["integer" if whole else format_name]
        if isinstance(value, Formula):
            cell.value = f"={value.text}"
            self.known[cell.coordinate] = value.value
        elif isinstance(value, str):
            cell.value = clean(value)
            cell.data_type = "s"  # a text that begins with = stays a text
            if value.startswith(STARTS_A_FORMULA):
                cell.quotePrefix = True  # and still does when somebody edits the cell
        elif value is not None:
            cell.value = rounded(value) if isinstance(value, (Decimal, Fraction)) else value
        return str(cell.coordinate)

    def line(self, text: str, look: str = "text", across: int = 0, height: float = 0) -> None:
        """A line of text from the first column on; across: how many columns it is broken over; height in points."""
        self.put(1, text, look, wrap=bool(across))
        if across:
            self.sheet.merge_cells(start_row=self.row, end_row=self.row, start_column=1, end_column=across)
        if height or look in HEIGHTS:
            self.sheet.row_dimensions[self.row].height = height or HEIGHTS[look]
        self.row += 1

    def section(self, text: str, note: str = "") -> None:
        """A heading with an empty line before it, and a note below."""
        self.row += 1
        self.line(text, "section")
        if note:
            self.line(note, "faint")

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> tuple[int, int]:
        """Heads and rows; returns the first and last row of the figures (last < first: there are none)."""
        for number, column in enumerate(columns, start=1):
            cell = self.sheet[self.put(number, column.head, "head", wrap=True)]
            cell.border = Border(bottom=STRONG)
            right = bool(column.format)
            cell.alignment = Alignment(
                horizontal="right" if right else "left", vertical="bottom", wrap_text=True, indent=0 if right or number == 1 else 1
            )
        self._grow([(column.head, column.width) for column in columns])
        self.row += 1
        first = self.row
        for values in rows:
            for number, (column, value) in enumerate(zip(columns, values, strict=True), start=1):
                look, shown = value if isinstance(value, tuple) else ("text", value)
                address = self.put(number, shown, look, column.format, wrap=column.wrap)
                self.sheet[address].border = Border(bottom=THIN)
            self._grow([(value, column.width) for column, value in zip(columns, values, strict=True) if column.wrap])
            self.row += 1
        return first, self.row - 1

    def _grow(self, texts: Sequence[tuple[Any, float]]) -> None:
        """Make the row as high as its broken texts need."""
        lines = max((lines_of(text, width) for text, width in texts if isinstance(text, str)), default=1)
        if lines > 1:
            self.sheet.row_dimensions[self.row].height = LINE_POINTS * lines

    def total(self, values: Sequence[tuple[int, Any, str]]) -> None:
        """A row of sums under a table: (column, value, format)."""
        for column, value, format_name in values:
            self.sheet[self.put(column, value, "strong", format_name)].border = Border(top=STRONG)
        self.row += 1

    def widths(self, columns: Sequence[Column]) -> None:
        """Set the columns' widths."""
        for number, column in enumerate(columns, start=1):
            self.sheet.column_dimensions[get_column_letter(number)].width = column.width

    def printed(self, heading: str, foot: str, *, titles: int = 0, portrait: bool = False, columns: int) -> None:
        """How the sheet is printed: its width on one page, with heading, foot and the rows that repeat; and its frozen rows."""
        sheet = self.sheet
        sheet.page_setup.orientation = "portrait" if portrait else "landscape"
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_margins.left = sheet.page_margins.right = 0.5
        sheet.oddHeader.left.text = heading.replace("&", "&&")
        sheet.oddFooter.left.text = foot.replace("&", "&&")
        sheet.oddFooter.right.text = "&P of &N"
        sheet.print_area = f"A1:{get_column_letter(columns)}{max(self.row, sheet.max_row)}"
        if titles:
            sheet.print_title_rows = f"{titles}:{titles}"
            sheet.freeze_panes = f"B{titles + 1}"
        sheet.sheet_view.showGridLines = False


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column of so many characters, by words.

    >>> lines_of("one two three", 8), lines_of("", 8), lines_of("a-word-longer-than-the-column", 8)
    (2, 1, 4)
    """
    lines, used = 1, 0
    for word in text.split():
        if used and used + 1 + len(word) > width:
            lines, used = lines + 1, 0
        used += len(word) + bool(used)
        extra = max(int((used - 1) // width), 0)
        lines, used = lines + extra, used - int(extra * width)
    return lines


def clean(text: str) -> str:
    """A text without what a workbook cannot hold, and not longer than a cell.

    >>> clean("=1+1"), clean("a" + chr(0) + "b")
    ('=1+1', 'ab')
    """
    return CONTROLS.sub("", text)[:MOST_TEXT]


def rounded(value: Decimal | Fraction) -> Decimal:
    """A number with the digits that a spreadsheet keeps.

    >>> rounded(Fraction(2, 3)), rounded(Decimal("1234567890123.45"))
    (Decimal('0.666666666666667'), Decimal('1234567890123.45'))
    """
    return DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator)) if isinstance(value, Fraction) else DIGITS.plus(value)


def day(text: str | None) -> date | None:
    """A day of an answer as a day of a spreadsheet; None for none."""
    return None if text is None else date.fromisoformat(text[:10])
