"""Files to try an upload with: right ones, faulty ones, and the faulty ones put right.

Owns: these files, the tour that goes with them, and where the faults are. Must not know: what the product says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from importers.samples.dice import Dice
from importers.samples.invoice_files import HEAD as INVOICE_HEAD
from importers.samples.network import Network, role_of
from importers.samples.performance_files import KITE_HEAD, kite_day, kite_rows, write_kite
from importers.samples.workbooks import Cell, Sheet, address, write_csv, write_workbook
from importers.samples.written import Month
from kernel.period import Period

HEAD = ["vendor", "site", "queue", "language", "day", "agent_id", "decisions", "handle_seconds", "production_hours"]
CLEAN = "1_clean_ORBI_first_days.csv"
FAULTY, CORRECTED = "2_faulty_KITE_performance_{period}.xlsx", "3_corrected_KITE_performance_{period}.xlsx"
LOOSE_NOTE = "4_credit_note_without_reference_VEGA.xlsx"
BAD_CELLS, MENDED = "5_bad_cells_VEGA_first_days.xlsx", "6_mended_VEGA_first_days.xlsx"
SHEET = "Daily"
AGENTS = 3
UNKNOWN_QUEUE = "Vid Livee"
TEXT_NUMBER = "about 900"
FAR_DAYS = 30


QUEUE_ROWS, FAR_ROWS, TEXT_ROWS = 12, 5, 3
"""How many of Kite's rows have each fault."""


@dataclass(frozen=True)
class Uploads:
    """folder; faults: cell of the bad cells' file -> what is wrong there; decisions of the right files."""

    folder: Path
    faults: dict[str, str]
    clean_decisions: int
    mended_decisions: int


def write_uploads(network: Network, folder: Path, last: Month) -> Uploads:
    """Write the files and the tour."""
    folder.mkdir(exist_ok=True)
    clean = _rows(network, "ORBI", "SOF", "text", "en")
    write_csv(folder / CLEAN, [HEAD, *clean])
    right = _rows(network, "VEGA", "BER", "ads", "de")
    faulty = [list(row) for row in right]
    spoilt: list[tuple[int, str, Cell, str]] = [
        (0, "decisions", -12, "negative count"),
        (1, "day", network.as_of + timedelta(days=FAR_DAYS), "work date after receipt"),
        (2, "queue", UNKNOWN_QUEUE, "unknown queue"),
        (min(3, len(right) - 1), "handle_seconds", TEXT_NUMBER, "text in a number"),
    ]
    faults = {}
    for row, name, value, what in spoilt:
        column = HEAD.index(name)
        faulty[row][column] = value
        faults[address(column, row + 2)] = what
    for name, rows in ((BAD_CELLS, faulty), (MENDED, right)):
        write_workbook(folder / name, [Sheet(SHEET, [HEAD, *rows], {4: "yyyy-mm-dd"})])
    _write_loose_note(network, folder / LOOSE_NOTE)
    _write_late_file(network, folder, last)
    _write_tour(folder, last.period)
    decisions = HEAD.index("decisions")
    return Uploads(folder, faults, *(sum(int(str(row[decisions])) for row in rows) for rows in (clean, right)))


def _rows(network: Network, vendor: str, site: str, role: str, language: str) -> list[list[Cell]]:
    """A few people's days of the running month: no other file of the samples has them."""
    dice = Dice(network.seed, f"uploads/{vendor}")
    first = network.last.end
    days = [first + timedelta(days=n) for n in range(max(2, min(5, (network.as_of - first).days)))]
    rows: list[list[Cell]] = []
    for day in days:
        for number in range(AGENTS):
            count = dice.between(300, 500)
            seconds = count * role_of(role).aht * dice.between(95, 105) // 100
            shown: Cell = day.isoformat() if vendor == "ORBI" else day
            hours = dice.between(600, 700) / 100
            rows.append([vendor, site, network.queue_of[role], language, shown, f"{site}N{number:03d}", count, seconds, hours])
    return rows


def _write_late_file(network: Network, folder: Path, last: Month) -> None:
    """Kite's file of the last month, which has not come: first with three kinds of faults, then as it should be."""
    right = kite_rows(network, last.period, last.as_sent or last.work)
    faulty = [list(row) for row in right]
    queue, day, reviewed = (KITE_HEAD.index(name) for name in ("Queue", "Date", "Total Reviewed"))
    far = kite_day(network.as_of + timedelta(days=FAR_DAYS))
    step = len(right) // 3
    for first, count, column, value in (
        (0, QUEUE_ROWS, queue, UNKNOWN_QUEUE),
        (step, FAR_ROWS, day, far),
        (2 * step, TEXT_ROWS, reviewed, TEXT_NUMBER),
    ):
        for row in faulty[first : first + count]:
            row[column] = value
    write_kite(folder / FAULTY.format(period=last.period), last.period, faulty, right)
    write_kite(folder / CORRECTED.format(period=last.period), last.period, right)


def _write_loose_note(network: Network, path: Path) -> None:
    """A credit note that says neither which invoice nor which days it is for."""
    cells: dict[str, Cell] = {
        "invoice_number": f"GS{network.last.year}X9",
        "document": "credit_note",
        "issued_on": network.as_of,
        "currency": "EUR",
        "line": 1,
        "text": "Goodwill",
        "amount": -480.0,
        "line_type": "credit",
        "invoice_net": -480.0,
    }
    rows: Sequence[Sequence[Cell]] = [INVOICE_HEAD, [cells.get(name) for name in INVOICE_HEAD]]
    write_workbook(path, [Sheet("Invoice", rows, {INVOICE_HEAD.index("issued_on"): "yyyy-mm-dd"})])


def _write_tour(folder: Path, period: Period) -> None:
    faulty, corrected = FAULTY.format(period=period), CORRECTED.format(period=period)
    tour = (
        f"Upload {CLEAN}: it is without a fault; say that it is the vendor's count, and accept it "
        f"(scoreline import to-upload/{CLEAN} --as performance --side vendor).\n"
        f"Upload {faulty}, the file that {period} waits for: three causes stop it, each with its remedy; then {corrected}, and {period} "
        f"has another figure (scoreline import to-upload/{corrected} --as performance --side vendor; scoreline close {period}).\n"
    )
    (folder / "TOUR.txt").write_text(tour, encoding="utf-8", newline="\n")
