"""Templates: a file to fill in for each kind, with headers that need no mapping.

Owns: which columns a template shows, its example and its notes. Must not know: how a file is read back; a test reads
every template with its example.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from importers.kinds import DAY, HOURS, MOMENT, MONEY, NUMBER, SECONDS, SHARE
from importers.kinds.registry import KINDS
from importers.reading import letters_of
from kernel.errors import Invalid

if TYPE_CHECKING:
    from openpyxl import Workbook

Cell = str | int | float | date
_DAY = date(2026, 10, 1)
_KEYS: dict[str, Cell] = {"vendor": "NOVA", "site": "MNL", "queue": "Q1", "language": "en", "day": _DAY, "side": "vendor"}
EXAMPLES: dict[str, dict[str, Cell]] = {
    "performance": _KEYS
    | {
        "agent_id": "1042",
        "received": 130,
        "decisions": 120,
        "handle_seconds": 5400,
        "due_items": 120,
        "in_sla_items": 117,
        "worked_hours": 8,
        "production_hours": 7.5,
        "billable_hours": 8,
    },
    "quality": _KEYS
    | {
        "side": "client",
        "sample": "random",
        "audits": 20,
        "correct": 19,
        "units_with_critical_error": 0,
        "overlap_items": 10,
        "overlap_vendor_correct": 10,
        "overlap_client_correct": 9,
        "overlap_both_correct": 9,
    },
    "workforce": {
        "vendor": "NOVA",
        "site": "MNL",
        "day": _DAY,
        "side": "vendor",
        "delivered_fte_days": 48.5,
        "headcount_closing": 52,
        "joiners": 1,
        "leavers": 0,
    },
    "plan": {"vendor": "NOVA", "site": "MNL", "period": "2026-10", "side": "vendor", "committed_fte_days": 1100, "forecast_items": 240000},
    "invoice": {
        "invoice_number": "INV-000123",
        "document": "invoice",
        "issued_on": date(2026, 11, 2),
        "service_from": _DAY,
        "service_to": date(2026, 10, 31),
        "currency": "USD",
        "line": 1,
        "text": "Moderation hours",
        "site": "MNL",
        "queue": "Q1",
        "language": "en",
        "quantity": 160.5,
        "unit": "hour",
        "rate": 14.75,
        "amount": 2367.38,
        "line_type": "service",
        "invoice_net": 2367.38,
        "vendor": "NOVA",
    },
    "cost": {"vendor": "HOME", "period": "2026-10", "item": "Salaries", "site": "DUB", "amount": 48250.4, "currency": "USD"},
    "fx": {"day": _DAY, "from": "EUR", "to": "USD", "rate": 1.0845, "source": "treasury"},
}
"""Kind -> the columns of its template in order, with an example."""
WORDS = {
    DAY: "a day, e.g. 2026-10-01",
    MOMENT: "local date and time, e.g. 2026-10-31 22:00",
    NUMBER: "a number",
    MONEY: "an amount of money, without currency sign",
    SHARE: "a share, e.g. 97%",
    SECONDS: "seconds in all",
    HOURS: "hours, e.g. 7.5",
}
NOTES = (
    "Replace the example row. One row per key; a blank cell means: not known, never zero.",
    "Columns that you do not need can be deleted. Further columns that may be added are listed below.",
    "Names of vendors, sites and queues: our codes, or any name that is registered as an alias.",
)
CONTRACT = """vendor = "NOVA"
number = "MSA-1"
currency = "USD"
valid_from = 2025-11-01
valid_to = 2027-11-01           # half-open: the last day is 2027-10-31
rounding = "half_up"
calendar = "month"
fx = "month_end"
side_precedence = ["platform", "client", "vendor"]

[[price]]                       # basis: decision, thousand_decisions, production_hour, billable_hour, fte_month
id = "4.2"
basis = "billable_hour"
rate = "14.75"

[[target]]
id = "7.1"
metric = "critical_accuracy"
floor = "0.94"
target = "0.98"

[[expect]]
kind = "performance"
due_business_day = 3
"""
"""A contract document to fill in."""


def write_template(kind: str, path: Path) -> None:
    """Write the template of a kind into a new file.

    Raises Invalid for an unknown kind, a name with another ending, a file that is there already, or a path that cannot be written.
    """
    if kind not in {*EXAMPLES, "contract"}:
        raise Invalid("UNKNOWN_KIND", f"{kind!r} is no kind: use one of {', '.join((*EXAMPLES, 'contract'))}")
    ending = ".toml" if kind == "contract" else ".xlsx"
    if path.suffix.lower() != ending:
        raise Invalid("WRONG_EXTENSION", f"the template of {kind} is a {ending} file: call it {path.stem}{ending}")
    try:
        with path.open("xb") as file:
            if kind == "contract":
                file.write(CONTRACT.encode())
            else:
                _workbook(kind).save(file)
    except FileExistsError:
        raise Invalid("FILE_EXISTS", f"{path} is there already, and nothing is written over it: choose another name") from None
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}"
        raise Invalid("CANNOT_WRITE", message) from error


def _workbook(kind: str) -> Workbook:
    from openpyxl import Workbook  # noqa: PLC0415 - a quarter of a second that only templates need wait
    from openpyxl.styles import Font  # noqa: PLC0415 - the same

    book = Workbook()
    sheet = book.active
    sheet.title = kind.capitalize()
    example = EXAMPLES[kind]
    sheet.append(list(example))
    sheet.append(list(example.values()))
    for index, value in enumerate(example.values()):
        letter = letters_of(index)
        sheet[f"{letter}1"].font = Font(bold=True)
        sheet.column_dimensions[letter].width = max(12, len(str(sheet[f"{letter}1"].value)) + 2)
        if isinstance(value, date):
            sheet[f"{letter}2"].number_format = "yyyy-mm-dd"
    sheet.freeze_panes = "A2"
    _notes(book, kind, example)
    return book


def _notes(book: Workbook, kind: str, example: Mapping[str, Cell]) -> None:
    notes = book.create_sheet("Notes")
    for note in NOTES:
        notes.append([note])
    notes.append([])
    for name, spec in KINDS[kind].fields.items():
        shown = "in the template" if name in example else "may be added"
        notes.append([f"{name}: {WORDS.get(spec.parse, 'text')} ({shown})"])
    notes.column_dimensions["A"].width = 100
