"""A vendor's sheet on a page: letters, row numbers, marked cells, and where rows were left out.

Owns: the lines that the template prints. Must not know: why a cell is marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from importers.service import SheetView
from web.filters import number

NUMBER = re.compile(r"-?[\d., ]+%?")
HIT = "hit"
"""A cell of the figure in question; runs of them down a column share one outline."""


def with_neighbours(rows: Iterable[int]) -> set[int]:
    """The rows and those directly above and below, so that a marked cell is seen where it stands."""
    return {near for row in rows for near in (row - 1, row, row + 1)}


def drawn_sheet(view: SheetView, marks: Mapping[tuple[int, str], str]) -> dict[str, Any]:
    """A sheet for the template. marks: (row, letters) -> class of the mark.

    Lines are rows of cells, or a tear that names the rows left out.
    """
    numeric = [_all_numbers(texts) for texts in zip(*(line.texts for line in view.rows), strict=True)] or [False] * len(view.columns)
    lines: list[dict[str, Any]] = []
    before = view.header_row
    for line in view.rows:
        if line.row > before + 1:
            lines.append({"tear": _left_out(before + 1, line.row - 1)})
        lines.append({"row": line.row, "cells": _cells(view, line.row, line.texts, marks, numeric)})
        before = line.row
    if view.last_row > before:
        lines.append({"tear": _left_out(before + 1, view.last_row)})
    return {
        "sheet": view.sheet,
        "titles": list(view.titles),
        "header_row": view.header_row,
        "columns": [
            {"letter": one.letter, "header": one.header, "field": one.field, "gone": not one.field, "num": number_like}
            for one, number_like in zip(view.columns, numeric, strict=True)
        ],
        "lines": lines,
        "width": len(view.columns),
        "masked": any(one.field == "agent_id" for one in view.columns),
        "unread": sum(1 for one in view.columns if not one.field and one.header),
    }


def _left_out(first: int, last: int) -> str:
    return f"row {number(first)}" if first == last else f"rows {number(first)} to {number(last)}"


def _all_numbers(texts: Iterable[str]) -> bool:
    """Whether a column says numbers, as text or not, so that it is set to the right."""
    said = [text for text in texts if text]
    return bool(said) and all(NUMBER.fullmatch(text) for text in said)


def _cells(
    view: SheetView, row: int, texts: tuple[str, ...], marks: Mapping[tuple[int, str], str], numeric: Sequence[bool]
) -> list[dict[str, Any]]:
    cells = []
    for column, text, number_like in zip(view.columns, texts, numeric, strict=True):
        mark = marks.get((row, column.letter), "")
        classes = [mark] if mark else [] if column.field else ["gone"]
        if mark == HIT:
            classes += ["first"] * (marks.get((row - 1, column.letter)) != HIT) + ["last"] * (marks.get((row + 1, column.letter)) != HIT)
        if number_like:
            classes.append("num")
        cells.append({"text": text, "classes": " ".join(classes)})
    return cells
