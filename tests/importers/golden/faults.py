"""The faulty files: how each is made, and with which options it is imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from importers.samples.workbooks import Sheet, write_csv, write_workbook
from tests.importers.conftest import HEAD, TODAY, row
from tests.importers.reading import books

QUALITY = ("vendor", "queue", "day", "side", "sample", "audits", "correct", "errors", "units_with_critical_error")
INVOICE = (
    "vendor",
    "invoice_number",
    "issued_on",
    "service_from",
    "service_to",
    "currency",
    "line",
    "site",
    "quantity",
    "unit",
    "rate",
    "amount",
    "invoice_net",
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
Make = Callable[[Path], object]


@dataclass(frozen=True)
class Fault:
    """A file to make, the options of its import, and a file that is imported before it."""

    ending: str
    make: Make
    options: Mapping[str, Any] = field(default_factory=lambda: {"side": "vendor"})
    before: Sequence[Sequence[Any]] = ()


def _book(*rows: Sequence[Any], head: Sequence[str] = HEAD, name: str = "Daily") -> Make:
    days = {index: "yyyy-mm-dd" for index, title in enumerate(head) if title in {"day", "issued_on", "service_from", "service_to"}}
    return lambda path: write_workbook(path, [Sheet(name, [list(head), *map(list, rows)], days)])


def _csv(*rows: Sequence[Any], head: Sequence[str] = HEAD) -> Make:
    return lambda path: write_csv(
        path, [list(head), *([str(cell) if isinstance(cell, date) else cell for cell in cells] for cells in rows)]
    )


def _bytes(content: bytes) -> Make:
    return lambda path: path.write_bytes(content)


def _raw_sheet(*rows: str, **more: Any) -> Make:
    def make(path: Path) -> None:
        books.book(path, {"Daily": books.sheet(books.header(1, "vendor", "site", "day", "decisions"), *rows)}, **more)

    return make


def _raw_row(number: int, last: str) -> str:
    words = [books.text(f"{letter}{number}", word) for letter, word in zip("ABC", ("NOVA", "MNL", "2026-10-01"), strict=True)]
    return books.row(number, *words, last)


def _audits(**changes: Any) -> list[Any]:
    values = {
        "vendor": "NOVA",
        "queue": "Q1",
        "day": date(2026, 10, 1),
        "side": "client",
        "sample": "random",
        "audits": 20,
        "correct": 19,
    } | changes
    return [values.get(name) for name in QUALITY]


def _line(**changes: Any) -> list[Any]:
    values = {
        "vendor": "NOVA", "invoice_number": "INV-7", "issued_on": date(2026, 11, 2), "service_from": date(2026, 10, 1),
        "service_to": date(2026, 10, 31), "currency": "USD", "line": 1, "site": "MNL", "quantity": 10, "unit": "hour", "rate": 14.75,
        "amount": 147.5, "invoice_net": 147.5,
    }  # fmt: skip
    return [(values | changes).get(name) for name in INVOICE]


def _undated(*rows: Sequence[Any]) -> Make:
    return _book(*rows, head=("vendor", "site", "decisions"), name="Data")


LATE = TODAY + timedelta(days=2)
FAULTS: dict[str, Fault] = {
    "empty_file": Fault("csv", _bytes(b"")),
    "headers_only": Fault("xlsx", _book()),
    "missing_day_column": Fault("xlsx", _undated(["NOVA", "MNL", 5])),
    "missing_count_column": Fault(
        "xlsx", _book(["NOVA", "MNL", "x"], head=("vendor", "site", "day")), {"side": "vendor", "kind": "performance"}
    ),
    "missing_vendor": Fault("xlsx", _book(["MNL", date(2026, 10, 1), 5], head=("site", "day", "decisions"))),
    "unknown_kind": Fault("csv", _csv(["a", "b"], head=("Alpha", "Beta"))),
    "ambiguous_kind": Fault("csv", _csv(["NOVA", "2026-10-01", 5, 6], head=("vendor", "day", "decisions", "delivered_fte_days"))),
    "unknown_vendor": Fault("xlsx", _book(["NOVAA", *row()[1:]])),
    "unknown_site": Fault("xlsx", _book(row(), row(2, site="Manilla"), row(3, site="Manilla"))),
    "unknown_queue": Fault("xlsx", _book(row(), row(2, queue="Vid Live"))),
    "unknown_queue_like_none": Fault("csv", _csv(row(2, queue="Ads"))),
    "unknown_language": Fault("csv", _csv(["NOVA", "MNL", "Q1", "Klingonese", date(2026, 10, 1), "1", 5, 1])),
    "unknown_side": Fault("csv", _csv(row()), {}),
    "side_not_allowed": Fault("csv", _csv(_audits(side="platform"), head=QUALITY), {}),
    "unknown_sample": Fault("csv", _csv(_audits(sample="blind"), head=QUALITY), {}),
    "text_in_a_number": Fault("xlsx", _book(row(), row(2, decisions="about 900"))),
    "negative_count": Fault("xlsx", _book(row(), row(2, decisions=-5), row(3, decisions=-6))),
    "day_after_receipt": Fault("xlsx", _book(["NOVA", "MNL", "Q1", "en", LATE, "1", 5, 1])),
    "day_before_2000": Fault("xlsx", _book(["NOVA", "MNL", "Q1", "en", date(1999, 12, 31), "1", 5, 1])),
    "plan_too_far_ahead": Fault(
        "csv",
        _csv(
            ["NOVA", "MNL", TODAY + timedelta(days=401), 5],
            ["NOVA", "MNL", TODAY + timedelta(days=400), 5],
            head=("vendor", "site", "day", "committed_fte_days"),
        ),
    ),
    "missing_day": Fault("csv", _csv(["NOVA", "MNL", "Q1", "en", None, "1", 5, 1])),
    "ambiguous_days": Fault("csv", _csv(["NOVA", "MNL", "Q1", "en", "03/04/2026", "1", 5, 1])),
    "day_number_in_csv": Fault(
        "csv", _csv(["NOVA", "MNL", "Q1", "en", "46300", "1", 5, 1], ["NOVA", "MNL", "Q1", "en", "46301", "1", 5, 1])
    ),
    "more_errors_than_audits": Fault("xlsx", _book(_audits(correct=None, errors=21), head=QUALITY), {}),
    "more_correct_than_audits": Fault("xlsx", _book(_audits(correct=21), head=QUALITY), {}),
    "share_above_one": Fault(
        "csv",
        _csv(["NOVA", "2026-10-01", "client", "random", 100, "104%"], head=("vendor", "day", "side", "sample", "audits", "accuracy")),
        {},
    ),
    "duplicate_key_other_value": Fault("xlsx", _book(row(), row(2), row(1, decisions=90))),
    "duplicate_row": Fault("xlsx", _book(row(), row(2), row(1))),
    "control_differs": Fault("xlsx", _book(row(), row(1, "1043"), row(1, "", 190))),
    "total_differs": Fault("xlsx", _book(row(), row(2), ["Total", None, None, None, None, None, 250, 15])),
    "invoice_sum": Fault(
        "xlsx", _book(_line(), _line(line=2, amount=10.0, quantity=None, rate=None, invoice_net=None), head=INVOICE, name="Invoice"), {}
    ),
    "wrong_currency": Fault("xlsx", _book(_line(currency="EUR"), head=INVOICE, name="Invoice"), {}),
    "formula_without_value": Fault("xlsx", _raw_sheet(_raw_row(2, '<c r="D2"><f>1+1</f></c>'))),
    "error_cell": Fault("xlsx", _raw_sheet(_raw_row(2, '<c r="D2" t="e"><v>#DIV/0!</v></c>'))),
    "far_cell": Fault("xlsx", _raw_sheet(_raw_row(2, books.number("D2", "5")), books.row(1048576, books.text("XFD1048576", "x")))),
    "zip_bomb": Fault("xlsx", _raw_sheet(_raw_row(2, books.number("D2", "5")), parts={"xl/bomb.xml": "0" * 60_000_000})),
    "doctype": Fault(
        "xlsx",
        _raw_sheet(_raw_row(2, books.number("D2", "5")), parts={"xl/worksheets/sheet1.xml": '<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'}),
    ),
    "password": Fault("xlsx", _bytes(OLE + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"))),
    "nul_in_csv": Fault("csv", _bytes(b"vendor,day,decisions\nNOVA,2026-10-01,5\nNOVA,2026-10-02,\x00\n")),
    "utf16_without_bom": Fault("csv", _bytes("vendor,day,decisions\nNOVA,2026-10-01,5\n".encode("utf-16-le"))),
    "lone_quote": Fault("csv", _bytes(b'vendor,day,decisions\nNOVA,2026-10-01,5\n"NOVA,2026-10-02,5\nNOVA,2026-10-03,5\n')),
    "partial_overlap": Fault("csv", _csv(row(2), row(3)), before=[row(1), row(2)]),
    "ambiguous_header": Fault("csv", _csv(["NOVA", "2026-10-01", "Text", 5], head=("vendor", "day", "Workflow", "decisions"))),
    "two_columns_for_one_field": Fault("csv", _csv(["NOVA", "2026-10-01", 5, 6], head=("vendor", "day", "Handled", "Resolved"))),
    "days_side_by_side": Fault(
        "xlsx", _book(["Q1", 5, 6, 7], head=("queue", "2026-10-01", "2026-10-02", "2026-10-03")), {"side": "vendor", "kind": "performance"}
    ),
    "unknown_map_field": Fault("csv", _csv(row()), {"side": "vendor", "map": {"decisions": "points", "Nope": "decisions"}}),
    "shift_ends_before_it_starts": Fault(
        "csv",
        _csv(["NOVA", "CHI", "1", "2026-10-31 22:00", "2026-10-31 06:00"], head=("vendor", "site", "agent_id", "shift_start", "shift_end")),
    ),
}
"""Name -> fault. `before` are rows of HEAD that were accepted earlier."""
