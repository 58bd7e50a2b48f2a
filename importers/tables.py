"""Tables: a sheet's mapped columns parsed, total rows taken out, faulty rows told and taken out.

Owns: which parser a field needs, what a faulty cell costs, what a total row is. Must not know: kinds' rules, names'
meaning beyond "this is a known name", the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from importers.checks import MASK, Findings, shown
from importers.columns import (
    Column,
    Fault,
    Parsed,
    Table,
    decimal_evidence,
    parse_days,
    parse_durations,
    parse_money,
    parse_months,
    parse_numbers,
    parse_percent,
    parse_text,
)
from importers.kinds import DAY, HOURS, MOMENT, MONEY, NUMBER, SECONDS, SHARE, TEXT, FieldSpec
from importers.kinds.amounts import FINE, ONE, printed_unit
from importers.kinds.fields import RATES
from importers.mapping import Assignment, SheetMapping
from importers.reading.sheet import Cells, RawSheet, holds_texts, spelled
from importers.totals import Totals, check_totals, label_mask
from kernel.errors import Problem
from kernel.period import Period

FACTORS = {"thousand": 1_000, "million": 1_000_000}
"""Units of a header that multiply what stands below."""
CLOCKS = {"h:mm": "h:mm", "h:mm:ss": "h:mm", "mm:ss": "m:ss"}
SCALES = (1, 0.01, 60, 3600, 86400)
"""What a printed number may be multiplied by to give a share or seconds."""
MOMENT_FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S")
NOT_A_MOMENT = "is no date and time; write it like 2026-10-31 22:00"
RATIO, POINTS, MARKED = "ratio", "points", "marked"
"""How a column writes shares: 0.97, 97, or with a percent sign or format."""


@dataclass(frozen=True)
class Wanted:
    """How one sheet is to be read.

    constants: field -> text that holds for every row (a site that names the sheet). window: first and last day that is
    believed. is_name: whether a text is a known name of a field, and so no label of a total. month: the month that a
    person or the file's titles tell; None = none, or several.
    """

    raw: RawSheet
    mapping: SheetMapping
    specs: Mapping[str, FieldSpec]
    window: tuple[date, date]
    is_name: Callable[[str, str], bool]
    constants: Mapping[str, str] = field(default_factory=dict)
    month: Period | None = None


@dataclass(frozen=True)
class Built:
    """A sheet as a table of good rows. rejected, skipped: rows left out. scales: share field -> how it is written.

    blocking: problems of whole columns; problems: of single cells, whose rows are rejected, and remarks.
    """

    table: Table
    problems: tuple[Problem, ...]
    blocking: tuple[Problem, ...]
    rejected: int
    skipped: int
    scales: Mapping[str, str]


def build_table(wanted: Wanted) -> Built:
    """Parse the mapped columns of a sheet and leave out blank, total and faulty rows."""
    raw = wanted.raw
    assigned = wanted.mapping.fields
    mark = _decimal(wanted)
    with ThreadPoolExecutor() as pool:  # each parser works on one core, and holds no other up
        parsing = {name: pool.submit(_parse, wanted, name, assignment, mark) for name, assignment in assigned.items()}
        parsed = {name: one.result() for name, one in parsing.items()}
    columns = {name: _column(raw, wanted.specs[name], assigned[name], one) for name, one in parsed.items()}
    columns = _months_apart(columns, parsed) | _fine_rates(raw, columns)
    table = Table(raw.name, raw.rows, columns)
    labels = label_mask(raw, assigned, wanted.specs, wanted.is_name)
    told = {name for name, one in parsed.items() if one.faults or one.notes or labels.any()} | _faulty(raw, assigned)
    printed = {
        name: replace(columns[name], texts=_as_text(raw.frame[assignment.letter])) for name, assignment in assigned.items() if name in told
    }
    findings = Findings(
        [Table(raw.name, raw.rows, columns | printed)], persons=frozenset(n for n, spec in wanted.specs.items() if spec.person)
    )
    blocking = [problem for name, one in parsed.items() for problem in _notes(one, columns[name], wanted, findings)]
    _cell_faults(raw, assigned, findings, labels)
    for name, one in parsed.items():
        for fault in one.faults:
            findings.add("error", fault.code, _sentence(name, fault), name, fault.mask & ~labels)
    totals = Totals(table, wanted.specs, labels, findings.mask(len(raw.rows)))
    check_totals(totals, printed, findings)
    out = labels | findings.mask(len(raw.rows))
    kept = _without(table, out)
    constant = {name: _constant(name, text, len(kept.rows)) for name, text in wanted.constants.items()}
    _footnotes(raw, findings)
    return Built(
        Table(kept.sheet, kept.rows, {**kept.columns, **constant}),
        tuple(findings.problems),
        tuple(blocking),
        len(findings.rejected),
        int(out.sum()) - len(findings.rejected) + raw.blank_rows + len(raw.footnotes),
        {name: scale for name, one in parsed.items() if (scale := _scale(wanted.specs[name], raw, assigned[name], one))},
    )


def _parse(wanted: Wanted, name: str, assignment: Assignment, mark: str) -> Parsed:
    spec, cells, unit = wanted.specs[name], wanted.raw.cells(assignment.letter), assignment.unit
    first, last = wanted.window
    if spec.name == "period":
        return parse_months(cells, first, last)
    parsers: dict[str, Callable[[], Parsed]] = {
        TEXT: lambda: parse_text(cells),
        DAY: lambda: parse_days(cells, first, last, told=wanted.month),
        MOMENT: lambda: parse_moments(cells),
        MONEY: lambda: parse_money(cells, decimal=mark),
        NUMBER: lambda: parse_numbers(cells, decimal=mark),
        SHARE: lambda: parse_percent(cells, decimal=mark),
        SECONDS: lambda: parse_durations(
            cells, unit=_time_unit(unit, "seconds"), into="seconds", colon=CLOCKS.get(unit, "m:ss"), decimal=mark
        ),
        HOURS: lambda: parse_durations(cells, unit=_time_unit(unit, "hours"), into="hours", colon=CLOCKS.get(unit, "h:mm"), decimal=mark),
    }
    parsed = parsers[spec.parse]()
    factor = FACTORS.get(unit)
    return parsed if factor is None else replace(parsed, values=parsed.values * factor)


def _time_unit(unit: str, default: str) -> str:
    return unit if unit in {"seconds", "minutes", "hours"} else default


def _decimal(wanted: Wanted) -> str:
    """The decimal mark that the sheet's number columns agree on; '' where the file tells itself, none tells, or they differ."""
    if wanted.raw.decimal:
        return ""
    kinds = {MONEY, NUMBER, SHARE, SECONDS, HOURS}
    letters = [a.letter for name, a in wanted.mapping.fields.items() if wanted.specs[name].parse in kinds]
    marks = {decimal_evidence(wanted.raw.cells(letter).spelled()) for letter in letters if holds_texts(wanted.raw.frame.schema[letter])}
    sure = marks & {".", ","}
    return sure.pop() if len(sure) == 1 else ""


def parse_moments(cells: Cells) -> Parsed:
    """Local dates and times, from real ones or texts like 2026-10-31 22:00.

    >>> parse_moments(Cells(pl.Series(["2026-10-31 22:00"]))).values.to_list()
    [datetime.datetime(2026, 10, 31, 22, 0)]
    """
    values = spelled(cells.values)
    if values.dtype == pl.Datetime:
        return Parsed(values.cast(pl.Datetime("us")))
    if values.dtype != pl.String:
        nothing = pl.Series(values.name, [None], dtype=pl.Datetime("us")).new_from_index(0, len(values))
        wrong = values.is_not_null()
        return Parsed(nothing, (Fault("NOT_A_MOMENT", NOT_A_MOMENT, wrong),) if wrong.any() else ())
    texts = parse_text(cells.spelled()).values
    tries = [texts.str.to_datetime(form, time_unit="us", strict=False) for form in MOMENT_FORMATS]
    if cells.instants is not None:
        tries.insert(0, cells.instants.cast(pl.Datetime("us")))
    found = pl.select(pl.coalesce(tries)).to_series().alias(values.name)
    wrong = texts.is_not_null() & found.is_null()
    return Parsed(found, (Fault("NOT_A_MOMENT", NOT_A_MOMENT, wrong),) if wrong.any() else (), texts=texts)


def _months_apart(columns: dict[str, Column], parsed: Mapping[str, Parsed]) -> dict[str, Column]:
    """Cells of a column of days that name a month only are periods."""
    months = parsed["day"].months if "day" in parsed else None
    if months is None or not months.any() or "period" in columns:
        return columns
    day = columns["day"]
    nothing = pl.Series(day.field, [None], dtype=pl.Date).new_from_index(0, len(day.values))
    period = replace(day, field="period", values=day.values.zip_with(months, nothing))
    return columns | {"day": replace(day, values=day.values.zip_with(~months, nothing)), "period": period}


def _fine_rates(raw: RawSheet, columns: Mapping[str, Column]) -> dict[str, Column]:
    """Rates that the sheet holds with more digits than 10^-9, as floats: the third of a share times 300 is 100."""
    found = {}
    for name, column in columns.items():
        values = raw.frame[column.letter]
        if name not in RATES or values.dtype != pl.Float64 or printed_unit(column.values) > 1:
            continue
        rate = column.values / ONE
        scales = [pl.when(((values * scale) - rate).abs() <= rate.abs() * 1e-6 + 1e-9).then(values * scale) for scale in SCALES]
        fine = pl.select(pl.coalesce(scales)).to_series()
        found[name + FINE] = Column(column.letter, column.header, name + FINE, fine)
    return found


def _column(raw: RawSheet, spec: FieldSpec, assignment: Assignment, parsed: Parsed) -> Column:
    """A parsed column; shares keep their percent sign as text."""
    texts = raw.frame[assignment.letter] if spec.parse == SHARE else None
    texts = spelled(texts) if texts is not None and holds_texts(texts.dtype) else parsed.texts
    return Column(assignment.letter, assignment.header, spec.name, parsed.values, texts)


def _faulty(raw: RawSheet, assigned: Mapping[str, Assignment]) -> set[str]:
    """The fields with an error cell or a formula without a value."""
    letters = {letter for _, letter, _ in raw.error_cells} | {letter for _, letter in raw.empty_formulas}
    return {name for name, assignment in assigned.items() if assignment.letter in letters}


def _as_text(values: pl.Series) -> pl.Series:
    """What cells say, for a sentence about one of them."""
    if values.dtype in (pl.String, pl.Null):
        return values.cast(pl.String)
    if values.dtype.is_float():
        whole = values.cast(pl.Int64, strict=False)
        return whole.cast(pl.String).zip_with((whole == values).fill_null(value=False), values.cast(pl.String))
    if values.dtype == pl.Datetime:
        return values.dt.to_string("%Y-%m-%d %H:%M:%S").str.replace(" 00:00:00", "", literal=True)
    return values.cast(pl.String)


def _sentence(name: str, fault: Fault) -> str:
    return f'{name}: "{{value}}" {fault.message}.'


def _notes(parsed: Parsed, column: Column, wanted: Wanted, findings: Findings) -> list[Problem]:
    """Problems of a whole column; remarks go to the findings."""
    blocking: list[Problem] = []
    for note in parsed.notes:
        header = shown(column.header.strip())
        row = wanted.raw.header_row if note.place is None else int(wanted.raw.rows[note.place])
        value = None if note.place is None else MASK if wanted.specs[column.field].person else findings.value(note.place, column.field)
        message = f'the column "{header}" ({column.field}) {note.message}.'
        problem = Problem(note.severity, note.code, message, wanted.raw.name, row, column.letter, f"{column.letter}{row}", value)
        (blocking if note.severity == "error" else findings.problems).append(problem)
    return blocking


def _cell_faults(raw: RawSheet, assigned: Mapping[str, Assignment], findings: Findings, labels: pl.Series) -> None:
    """Error cells and formulas without a value, in the columns that are read."""
    fields = {assignment.letter: name for name, assignment in assigned.items()}
    places = {int(row): place for place, row in enumerate(raw.rows)} if raw.error_cells or raw.empty_formulas else {}
    total = set(labels.arg_true().to_list())
    for row, letter, text in raw.error_cells:
        place = places.get(row)
        if letter in fields and place is not None and place not in total:
            message = f'{fields[letter]}: the cell holds the error "{shown(text)}": correct the formula or type the value.'
            findings.add("error", "ERROR_CELL", message, fields[letter], [place])
            findings.problems[-1] = replace(findings.problems[-1], value=shown(text))
    by_field: dict[str, list[int]] = {}
    for row, letter in raw.empty_formulas:
        place = places.get(row)
        if letter in fields and place is not None and place not in total:
            by_field.setdefault(fields[letter], []).append(place)
    for name, rows in by_field.items():
        message = f"{name}: the cell holds a formula without a value: open the file in Excel, save it, and import it again."
        findings.add("error", "FORMULA_WITHOUT_VALUE", message, name, rows)


def _without(table: Table, out: pl.Series) -> Table:
    if not out.any():
        return table
    keep = ~out
    columns = {
        name: replace(column, values=column.values.filter(keep), texts=None if column.texts is None else column.texts.filter(keep))
        for name, column in table.columns.items()
    }
    return Table(table.sheet, table.rows.filter(keep), columns)


def _constant(name: str, text: str, height: int) -> Column:
    values = pl.Series([text]).new_from_index(0, height)
    if name == "period":
        values = values.str.to_date("%Y-%m-%d")
    return Column("", "", name, values)


def _footnotes(raw: RawSheet, findings: Findings) -> None:
    if raw.footnotes:
        row, _ = raw.footnotes[0]
        message = "the rows under the table hold remarks and no counts: they were not read."
        findings.problems.append(Problem("info", "FOOTNOTE", message, raw.name, row, count=len(raw.footnotes)))


def _scale(spec: FieldSpec, raw: RawSheet, assignment: Assignment, parsed: Parsed) -> str:
    """How a column of shares is written; '' when it is none, or nothing tells."""
    if spec.parse != SHARE:
        return ""
    cells = raw.cells(assignment.letter).spelled()
    if cells.percent is not None and cells.percent.any():
        return MARKED
    if cells.values.dtype == pl.String and cells.values.str.contains("%", literal=True).any():
        return MARKED
    plain = parse_numbers(cells, decimal=_only_mark(cells)).values
    points = (plain > parsed.values).fill_null(value=False).any()
    return POINTS if points else RATIO if len(parsed.values.drop_nulls()) else ""


def _only_mark(cells: Cells) -> str:
    mark = decimal_evidence(cells)
    return mark if mark in {".", ","} else "."


def rows_of(sheets: Sequence[RawSheet]) -> int:
    """Rows that a file holds, blank ones and remarks between and under them included."""
    return sum(len(raw.rows) + raw.blank_rows + len(raw.footnotes) for raw in sheets)
