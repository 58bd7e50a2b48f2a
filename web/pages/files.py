"""CSV of a page's main table."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
"""A figure as the JSON prints it: below zero it begins like a formula and is none."""


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Lines of a CSV file. A text that begins like a formula gets an apostrophe, so that no spreadsheet runs it.

    A number stays a number, also where it comes as text: figures and money are printed exactly.
    """
    out = io.StringIO()
    csv.writer(out).writerows([[_harmless(cell) for cell in row] for row in rows])
    return out.getvalue()


def _harmless(cell: object) -> object:
    formula = isinstance(cell, str) and cell[:1] in FORMULA_SIGNS and not NUMBER.fullmatch(cell)
    return f"'{cell}" if formula else cell
