"""Total rows: rows of a long table that add up others, found by their label and held to their arithmetic.

Owns: the labels and what a total may add up. Must not know: kinds, files. A row that says "Total" and is none of its
sums is refused: counting it would double the file, dropping it could lose a row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from importers.checks import Findings, amount_text
from importers.columns import Column, Table
from importers.kinds import HOURS, MONEY, NUMBER, SECONDS, TEXT, FieldSpec
from importers.mapping import Assignment
from importers.reading.sheet import RawSheet, spelled
from importers.synonyms import TOTAL_WORDS
from kernel.money import MICRO, NANO
from vendors.aliases import match_key

ADDITIVE = frozenset({NUMBER, SECONDS, HOURS, MONEY})
STOCKS = frozenset({"opening_backlog", "closing_backlog", "headcount_opening", "headcount_closing", "aht_seconds", "rate"})
"""Fields whose total says nothing about a sum."""
AVERAGES = ("average", "avg")
_LABEL = re.compile(
    r"(?:{words})\b.*|.*\b(?:total|subtotal|gesamt|suma|razem|totale)[: ]*".format(words="|".join(re.escape(word) for word in TOTAL_WORDS))
)


@dataclass(frozen=True)
class Totals:
    """A table with its total rows marked. bad: rows that are rejected already."""

    table: Table
    specs: Mapping[str, FieldSpec]
    labels: pl.Series
    bad: pl.Series


def is_label(text: str) -> bool:
    """Whether a text labels a total.

    >>> [is_label(text) for text in ("Grand Total", "Total MNL:", "Gesamt", "Manila total", "Totality")]
    [True, True, True, True, False]
    """
    folded = match_key(text).rstrip(": ")
    return folded in TOTAL_WORDS or bool(_LABEL.fullmatch(folded))


def label_mask(
    raw: RawSheet, assigned: Mapping[str, Assignment], specs: Mapping[str, FieldSpec], is_name: Callable[[str, str], bool]
) -> pl.Series:
    """Rows that a text in a key column, or in the sheet's first column, labels as totals."""
    mask = pl.Series([False]).new_from_index(0, len(raw.rows))
    fields = {assignment.letter: name for name, assignment in assigned.items() if specs[name].key}
    for letter in dict.fromkeys([*raw.letters[:1], *fields]):
        values = raw.frame[letter]
        if values.dtype not in (pl.String, pl.Enum):
            continue
        name = fields.get(letter, "")
        distinct = values.drop_nulls().unique().to_list()
        found = [text for text in distinct if is_label(text) and not is_name(name, text)]
        if name and specs[name].person:
            found = [text for text in found if match_key(text).rstrip(": ") in TOTAL_WORDS]
        if found:
            mask |= spelled(values).is_in(found).fill_null(value=False)
    return mask


def check_totals(totals: Totals, printed: Mapping[str, Column], findings: Findings) -> None:
    """Report every total row: as information when it adds up, else as an error."""
    rows = totals.labels.arg_true().to_list()
    if not rows:
        return
    names = [
        name
        for name, column in totals.table.columns.items()
        if name in totals.specs and totals.specs[name].parse in ADDITIVE and name not in STOCKS and column.values.dtype == pl.Int64
    ]
    detail = ~(totals.labels | totals.bad)
    fitting, previous = [], -1
    for row in rows:
        misfit = None if totals.bad.any() else _misfit(totals, names, detail, row, previous)  # a sum needs every row
        previous = row
        if misfit is None:
            fitting.append(row)
            continue
        name, value, summed = misfit
        message = (
            f"the row is labelled as a total, but its {name} {value} is not the sum of the rows it could add up ({summed}): "
            "correct it or take the row out."
        )
        findings.add("error", "TOTAL_DIFFERS", message, name, [row])
    label = next(
        (
            name
            for name, column in printed.items()
            if totals.specs[name].parse == TEXT and fitting and column.texts is not None and is_label(str(column.texts[fitting[0]]))
        ),
        None,
    )
    findings.add("info", "TOTAL_ROW", "the row adds up other rows: it was compared with them and not counted.", label, fitting)


def _misfit(totals: Totals, names: list[str], detail: pl.Series, row: int, previous: int) -> tuple[str, str, str] | None:
    """The first field in which a total row fits none of its possible sums; None when one of them fits in all fields."""
    values = {name: totals.table.columns[name].values[row] for name in names}
    given = {name: int(value) for name, value in values.items() if value is not None}
    worst: tuple[str, str, str] | None = None
    for members in _groups(totals, detail, row, previous):
        off = None
        for name, value in given.items():
            column = totals.table.columns[name].values.filter(members).drop_nulls()
            summed = int(column.cast(pl.Int128).sum())
            average = summed // len(column) if len(column) else 0
            averaged = any(word in _label_text(totals, row) for word in AVERAGES)
            target = average if averaged else summed
            if abs(value - target) * 2 > max(_printed(value, totals.specs[name].parse), 2 if averaged else 0):
                off = (name, _text(value, totals.specs[name].parse), _text(target, totals.specs[name].parse))
                break
        if off is None:
            return None
        worst = worst or off
    return worst


def _groups(totals: Totals, detail: pl.Series, row: int, previous: int) -> Iterator[pl.Series]:
    """The rows that a total may add up: all, those since the total before, those that share its other keys."""
    yield detail
    place = pl.Series(range(len(detail)))
    yield detail & (place > previous) & (place < row)
    shared = detail
    for name, column in totals.table.columns.items():
        value = column.values[row]
        if name in totals.specs and totals.specs[name].key and value is not None and not (isinstance(value, str) and is_label(value)):
            shared = shared & (column.values == value).fill_null(value=False)
    yield shared


def _label_text(totals: Totals, row: int) -> str:
    return " ".join(
        match_key(str(c.values[row]))
        for n, c in totals.table.columns.items()
        if n in totals.specs and totals.specs[n].parse == TEXT and c.values[row] is not None
    )


def _printed(value: int, parse: str) -> int:
    """One unit of the last place that a value prints: its sum may differ by half of it."""
    unit: int = 10 ** (MICRO if parse == MONEY else NANO)
    while unit > 1 and value % unit:
        unit //= 10
    return unit


def _text(value: int, parse: str) -> str:
    return amount_text(value * 10 ** (NANO - MICRO)) if parse == MONEY else amount_text(value)
