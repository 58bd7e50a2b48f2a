"""Invoices as workbooks, one row per line.

Owns: the layout of invoice files and where a line's cells stand. Must not know: whether a bill is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from importers.samples.bills import Bill, Line
from importers.samples.network import Network
from importers.samples.workbooks import Cell, Sheet, address, write_workbook

HEAD = (
    "invoice_number document issued_on service_from service_to currency line text site queue language quantity unit rate amount "
    "line_type invoice_net relates_to"
).split()
SHEET = "Invoice"


def write_bills(network: Network, path: Path, bills: Sequence[Bill]) -> None:
    """Write documents of one vendor into one workbook."""
    rows: list[Sequence[Cell]] = [HEAD]
    for bill in bills:
        rows.extend(_row(network, bill, number, line) for number, line in enumerate(bill.lines, 1))
    dates = {HEAD.index(name): "yyyy-mm-dd" for name in ("issued_on", "service_from", "service_to")}
    money = {HEAD.index(name): "#,##0.00" for name in ("amount", "invoice_net")}
    write_workbook(path, [Sheet(SHEET, rows, dates | money)])


def _row(network: Network, bill: Bill, number: int, line: Line) -> list[Cell]:
    queue = network.queue_of[line.role] if line.role else None
    return [
        bill.number,
        bill.document,
        bill.issued_on,
        line.first,
        line.last,
        bill.currency,
        number,
        line.text,
        line.site or None,
        queue,
        line.language or None,
        printed(line),
        line.unit,
        float(line.rate),
        line.amount / 100,
        line.line_type,
        bill.net / 100,
        bill.relates_to or None,
    ]


def printed(line: Line) -> int | float:
    """A line's quantity as its cell holds it."""
    return int(line.quantity) if line.quantity.denominator == 1 else float(line.quantity)


def cell_of(field: str, line: int, earlier_lines: int = 0) -> str:
    """Where a field of a line stands; lines count from 1, after those of earlier documents in the same file."""
    return address(HEAD.index(field), 1 + earlier_lines + line)
