"""What a person is shown of an upload: its sheets with their marks, what it would change, and a token over all of it.

Owns: that value, made at the reading so that looking costs nothing and shows exactly what was read. Must not know: pages.
Agents are masked, columns that are not stored say only that something stands there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from importers.mapping import SheetMapping
from importers.pipeline import Gathered
from importers.reading import RawSheet
from importers.sheets import drawn_rows
from kernel import audit
from kernel.errors import Problem

FIRST_ROWS = 5
MOST_ROWS = 12
"""Troublesome rows of one sheet that are drawn."""
MOST_SHEETS = 4
STOPS, REMARK = "stops", "remark"
_ALSO = re.compile(r" Also in ((?:[A-Z]{1,3}|row )\d+(?:, (?:[A-Z]{1,3}|row )\d+)*)")
_CELL = re.compile(r"([A-Z]{1,3}|row )(\d+)")


def view_of(gathered: Gathered, sheets: Sequence[RawSheet], changes: Mapping[str, Any] | None) -> dict[str, Any]:
    """The body of an upload's view: {"sheets": [...], "changes": {...} or None}."""
    mappings = {mapping.sheet: mapping for mapping in gathered.recognised.mappings}
    troubled = {problem.sheet for problem in gathered.problems if problem.row is not None}
    read = {chosen.raw.name for chosen in gathered.recognised.sheets}
    shown = sorted(sheets, key=lambda raw: (raw.name not in troubled, raw.name not in read))[:MOST_SHEETS]
    drawn = [_sheet(raw, mappings.get(raw.name), gathered.problems, several=len(sheets) > 1) for raw in shown if not raw.hidden]
    return {"sheets": drawn, "changes": changes}


def _sheet(raw: RawSheet, mapping: SheetMapping | None, problems: Iterable[Problem], *, several: bool) -> dict[str, Any]:
    marks: dict[tuple[int, str], str] = {}
    for problem in problems:
        if problem.severity == "info" or (several and problem.sheet != raw.name):
            continue
        for letter, row in places(problem):
            if marks.get((row, letter)) != STOPS:
                marks[row, letter] = STOPS if problem.severity == "error" else REMARK
    columns = {} if mapping is None else {column.letter: column for column in mapping.columns}
    first = [int(row) for row in raw.rows.head(FIRST_ROWS)]
    marked = sorted({row for row, _ in marks})
    wanted = [int(row) for row in raw.rows.filter(raw.rows.is_in(marked)).head(MOST_ROWS)]
    found = drawn_rows(raw, {letter: column.field or "" for letter, column in columns.items()}, {*first, *wanted})
    errors = {(row, letter): text for row, letter, text in raw.error_cells}
    return {
        "sheet": found.sheet,
        "titles": list(found.titles),
        "header_row": found.header_row,
        "first_row": found.first_row,
        "last_row": found.last_row,
        "columns": [
            {
                "letter": one.letter,
                "header": one.header,
                "field": one.field,
                "numeric": one.numeric,
                "why": columns[one.letter].why if one.letter in columns else "",
                "confidence": columns[one.letter].confidence if one.letter in columns else 0.0,
            }
            for one in found.columns
        ],
        "rows": [
            {
                "row": line.row,
                "texts": [errors.get((line.row, column.letter), text) for column, text in zip(found.columns, line.texts, strict=True)],
            }
            for line in found.rows
        ],
        "marks": [[row, letter, mark] for (row, letter), mark in sorted(marks.items())],
    }


def places(problem: Problem) -> list[tuple[str, int]]:
    """The cells that a problem names, as (letters, row); letters '' for a whole row.

    >>> places(Problem("error", "NEGATIVE", "it is -5. Also in G5, G9 and 3 more.", row=3, column="G", cell="G3", count=6))
    [('G', 3), ('G', 5), ('G', 9)]
    """
    if problem.row is None:
        return []
    found = [(problem.column or "", problem.row)]
    also = _ALSO.search(problem.message)
    if also:
        found += [(letters.removeprefix("row "), int(row)) for letters, row in _CELL.findall(also[1])]
    return found


def token_of(gathered: Gathered, values: Mapping[str, object], supersedes: Collection[int], changes: Mapping[str, Any] | None) -> str:
    """SHA-256 over everything that accepting would store and replace: two readings of one token are the same upload."""
    result = gathered.result
    told = ("kind", "vendor", "side", "rows_read", "rows_accepted", "rows_rejected", "rows_skipped", "periods", "mapping", "control")
    counts = "" if result.tallies is None else hashlib.sha256(result.tallies.write_csv().encode()).hexdigest()
    compared = {name: value for name, value in (changes or {}).items() if name in {"new", "changed", "gone", "same", "against"}}
    return audit.digest([[values[name] for name in told], sorted(result.coverage), counts, sorted(supersedes), compared])
