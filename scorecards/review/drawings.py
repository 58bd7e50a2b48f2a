"""The workbook's native charts, each over cells of its own sheet.

Owns: how they look. Must not know: what their figures mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.axis import ChartLines, DateAxis
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun

from scorecards.review.cells import Grid

HEIGHT = 7.5
"""Centimetres."""
CHART_ROWS = 17
"""So many rows lie under a chart."""
INKS = ("1A1A18", "808993", "B0B6BC")
"""The first series is the figure, the others are its company."""
BAR = "55606B"


def line_chart(title: str, grid: Grid, columns: Sequence[int], head: int, last: int) -> LineChart:
    """Lines over the months of the first column; a month without a figure is a gap."""
    chart = LineChart()
    for column in columns:
        chart.add_data(Reference(grid.sheet, min_col=column, min_row=head, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(grid.sheet, min_col=1, min_row=head + 1, max_row=last))
    chart.x_axis = DateAxis(crossAx=100)
    chart.x_axis.number_format, chart.x_axis.majorTimeUnit = "mmm yy", "months"
    chart.y_axis.crossAx = 500
    chart.display_blanks = "gap"
    chart.legend.position = "b"
    for series, ink in zip(chart.series, INKS, strict=False):
        series.graphicalProperties.line.solidFill = ink
        series.graphicalProperties.line.dashStyle = "solid" if ink == INKS[0] else "sysDash"
        series.smooth = False
    return _titled(chart, title)


def bar_chart(title: str, grid: Grid, column: int, head: int, last: int) -> BarChart:
    """Bars of one column, by the names or months of the first."""
    chart = BarChart()
    chart.add_data(Reference(grid.sheet, min_col=column, min_row=head, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(grid.sheet, min_col=1, min_row=head + 1, max_row=last))
    chart.legend = None
    chart.gapWidth = 60
    for series in chart.series:
        series.graphicalProperties.solidFill = BAR
        series.graphicalProperties.line.noFill = True
    return _titled(chart, title)


def _titled(chart: Any, title: str) -> Any:
    """A quiet title, hairlines, axes that are drawn (openpyxl leaves them out unless told)."""
    words = CharacterProperties(sz=1100, b=True, solidFill=INKS[0])
    run = RegularTextRun(rPr=words, t=title)
    chart.title = Title(overlay=False, layout=Layout(manualLayout=ManualLayout(xMode="edge", yMode="edge", x=0.02, y=0.03)))
    chart.title.tx = _text(run)
    chart.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill="E0DDD5")))
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill="BDB9AF"))
        small = ParagraphProperties(defRPr=CharacterProperties(sz=900))
        axis.txPr = RichText(p=[Paragraph(pPr=small, endParaRPr=CharacterProperties(sz=900))])
    return chart


def _text(run: RegularTextRun) -> Any:
    return Text(rich=RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=run.rPr), r=[run])]))


def place(chart: Any, grid: Grid, column: str, width: float) -> None:
    """Put a chart under what is written; width in centimetres. The caller leaves room for it."""
    chart.width, chart.height = width, HEIGHT
    grid.sheet.add_chart(chart, f"{column}{grid.row + 1}")
