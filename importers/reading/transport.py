"""How a reading crosses from the child to its parent: one Arrow file per table, the rest as JSON.

Owns: `dump`, `load`. Must not know: how files are read, nor how processes are run.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from importers.reading.sheet import RawSheet, Reading, Refused
from kernel.errors import Problem

ANSWER = "answer.json"
_ROWS = "#rows"
_KINDS = ("numbers", "instants", "spans", "percent")


def dump(folder: Path, reading: Reading) -> None:
    """Write a reading into a folder."""
    sheets = []
    for place, sheet in enumerate(reading.sheets):
        beside = [series.alias(f"{kind}:{letters}") for kind in _KINDS for letters, series in getattr(sheet, kind).items()]
        frame = pl.DataFrame([sheet.rows.alias(_ROWS), *sheet.frame.get_columns(), *beside])
        frame.write_ipc(folder / f"{place}.arrow", compression="uncompressed", compat_level=pl.CompatLevel.oldest())  # the smallest
        sheets.append(
            {
                "name": sheet.name,
                "hidden": sheet.hidden,
                "title_texts": sheet.title_texts,
                "header_row": sheet.header_row,
                "headers": sheet.headers,
                "letters": sheet.letters,
                "first_row": sheet.first_row,
                "error_cells": sheet.error_cells,
                "empty_formulas": sheet.empty_formulas,
                "footnotes": sheet.footnotes,
                "blank_rows": sheet.blank_rows,
                "epoch_1904": sheet.epoch_1904,
                "decimal": sheet.decimal,
            }
        )
    _answer(folder, {"sheets": sheets, "problems": [asdict(problem) for problem in reading.problems]})


def dump_refusal(folder: Path, refused: Refused) -> None:
    """Write that the file as a whole was not read, and why."""
    _answer(folder, {"refused": {"code": refused.code, "what": refused.what, "sheet": refused.sheet, "cell": refused.cell}})


def dump_bug(folder: Path, traceback: str) -> None:
    """Write that reading failed in a way nobody foresaw."""
    _answer(folder, {"bug": traceback})


def _answer(folder: Path, answer: dict[str, Any]) -> None:
    (folder / ANSWER).write_text(json.dumps(answer), encoding="utf-8")


def load(folder: Path) -> Reading | Refused | str:
    """What the child wrote: a reading, a refusal, or the traceback of a failure; '' when it wrote nothing."""
    path = folder / ANSWER
    if not path.exists():
        return ""
    answer = json.loads(path.read_text(encoding="utf-8"))
    if "bug" in answer:
        return str(answer["bug"])
    if "refused" in answer:
        told = answer["refused"]
        return Refused(told["code"], told["what"], told["sheet"], told["cell"])
    sheets = tuple(_sheet(folder / f"{place}.arrow", told) for place, told in enumerate(answer["sheets"]))
    return Reading(sheets, tuple(Problem(**problem) for problem in answer["problems"]))


def _sheet(path: Path, told: dict[str, Any]) -> RawSheet:
    frame = pl.read_ipc(path)
    beside: dict[str, dict[str, pl.Series]] = {kind: {} for kind in _KINDS}
    for name in frame.columns:
        kind, colon, letters = name.partition(":")
        if colon:
            beside[kind][letters] = frame[name].alias(letters)
    return RawSheet(
        name=told["name"],
        hidden=told["hidden"],
        title_texts=tuple(told["title_texts"]),
        header_row=told["header_row"],
        headers=tuple(told["headers"]),
        letters=tuple(told["letters"]),
        first_row=told["first_row"],
        frame=frame.select(told["letters"]),
        rows=frame[_ROWS],
        error_cells=tuple((row, letters, text) for row, letters, text in told["error_cells"]),
        empty_formulas=tuple((row, letters) for row, letters in told["empty_formulas"]),
        footnotes=tuple((row, text) for row, text in told["footnotes"]),
        blank_rows=told["blank_rows"],
        epoch_1904=told["epoch_1904"],
        decimal=told["decimal"],
        **beside,
    )
