"""Records: rows of small kinds (invoices, costs, rates) as values, each with its place.

Owns: taking a row's cells out of the parsed columns, and naming its vendor, site, queue and language. Must not know:
what a kind makes of them. Counts go by whole columns instead (importers.kinds.grain); a file of invoices has few rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from importers.checks import Findings
from importers.columns import Table
from importers.kinds import Context
from importers.kinds.dimensions import language_tag, unknown_name
from kernel.money import EXACT, MICRO, NANO, from_scaled, plain
from vendors.aliases import QUEUE, SITE, VENDOR, Resolution

EARLIEST = date(2000, 1, 1)
LATEST_AFTER_RECEIPT = 400
"""Days after receipt up to which an agreed or billed day is believed."""


@dataclass(frozen=True)
class Record:
    """One row: index as Findings numbers it, sheet and row as the spreadsheet shows them."""

    index: int
    sheet: str
    row: int
    cells: Mapping[str, object]
    texts: Mapping[str, str | None]

    def text(self, name: str) -> str:
        """A text without outer spaces; '' when blank or no column holds it."""
        value = self.cells.get(name)
        return "" if value is None else str(value).strip()

    def day(self, name: str) -> date | None:
        """A day; None when blank."""
        value = self.cells.get(name)
        return value if isinstance(value, date) else None

    def money(self, name: str) -> Decimal | None:
        """An amount of money or a rate; None when blank."""
        value = self.cells.get(name)
        return from_scaled(value, MICRO) if isinstance(value, int) else None

    def number(self, name: str) -> Decimal | None:
        """A counted amount; None when blank."""
        value = self.cells.get(name)
        return from_scaled(value, NANO) if isinstance(value, int) else None

    def places(self, name: str) -> int:
        """How many decimal places are printed with a counted amount: as in its text, else as its value needs."""
        number = self.number(name)
        if number is None:
            return 0
        needed = len(plain(number).partition(".")[2])
        return max(needed, _printed_places(self.texts.get(name) or "", number))


def _printed_places(text: str, number: Decimal) -> int:
    """Digits after the last separator of a printed number, when the separator is a decimal one; else 0.

    >>> _printed_places("10.00", Decimal(10)), _printed_places("1,234", Decimal(1234)), _printed_places("1.250,5", Decimal("1250.5"))
    (2, 0, 1)
    """
    digits = "".join(sign for sign in text if sign.isdecimal())
    places = len(text) - 1 - max(text.rfind("."), text.rfind(",")) if "." in text or "," in text else 0
    tail = text[-places:] if places else ""
    if not tail.isdecimal() or not digits:
        return 0
    return places if Decimal(int(digits)) == abs(EXACT.scaleb(number, Decimal(places))) else 0


def records(tables: Sequence[Table], names: Collection[str]) -> list[Record]:
    """Every row of the tables, with the cells of the named fields."""
    found: list[Record] = []
    for table in tables:
        columns = {name: table.columns[name] for name in names if name in table.columns}
        cells = {name: column.values.to_list() for name, column in columns.items()}
        texts = {name: column.texts.to_list() for name, column in columns.items() if column.texts is not None}
        for position, row in enumerate(table.rows.to_list()):
            values = {name: series[position] for name, series in cells.items()}
            printed = {name: series[position] for name, series in texts.items()}
            found.append(Record(len(found), table.sheet, row, values, printed))
    return found


@dataclass
class Naming:
    """Names of one file: each is resolved as on its day; what is not known is reported once per text."""

    context: Context
    findings: Findings
    unknown: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)

    def vendor(self, record: Record, on: date | None) -> str | None:
        """The vendor that a row names, else the one told, else the only one that has the row's site.

        None when it is not known; then it is reported.
        """
        text, told = record.text("vendor"), self.context.vendor
        if text:
            code = self._code(VENDOR, text, "", self.context.names.vendor(text, on), record)
            if code is not None and told and code != told:
                message = f'"{{value}}" is not {told}, the vendor that --vendor names: leave --vendor out, or take the row out of the file.'
                self.findings.add("error", "OTHER_VENDOR", message, "vendor", [record.index])
                return None
            return code
        if told:
            return told
        site = record.text("site")
        owners = {name.vendor for name in self.context.names.names if name.kind == SITE and name.vendor}
        having = [owner for owner in sorted(owners) if site and self.context.names.site(owner, site, on).code is not None]
        if len(having) == 1:
            return having[0]
        self.unknown.setdefault((VENDOR, "", ""), []).append(record.index)
        return None

    def site(self, record: Record, vendor: str, on: date | None) -> str | None:
        """The code of the row's site; '' when it names none, None when it is not known."""
        text = record.text("site")
        return self._code(SITE, text, vendor, self.context.names.site(vendor, text, on), record) if text else ""

    def queue(self, record: Record, on: date | None) -> str | None:
        """The code of the row's queue; '' when it names none, None when it is not known."""
        text = record.text("queue")
        return self._code(QUEUE, text, "", self.context.names.queue(text, on), record) if text else ""

    def language(self, record: Record) -> str | None:
        """The row's language as BCP-47; '' when it names none, None when it is no language."""
        tag = language_tag(record.text("language"))
        if tag is None:
            message = '"{value}" is no language: write its BCP-47 code, e.g. es or pt-BR.'
            self.findings.add("error", "UNKNOWN_LANGUAGE", message, "language", [record.index])
        return tag

    def report(self) -> None:
        """Report every text that was not resolved, one problem per text."""
        for (kind, text, vendor), rows in self.unknown.items():
            if kind == VENDOR and not text:
                message = "whose rows these are cannot be told: add --vendor CODE, or a column vendor."
                self.findings.add("error", "MISSING_VENDOR", message, "vendor", rows)
            else:
                code, message = unknown_name(self.context.names, kind, text, vendor)
                self.findings.add("error", code, message, kind, rows)

    def _code(self, kind: str, text: str, vendor: str, found: Resolution, record: Record) -> str | None:
        if found.code is None:
            self.unknown.setdefault((kind, text, vendor), []).append(record.index)
        return found.code


def believable(findings: Findings, record: Record, name: str, received_on: date) -> date | None:
    """A day that lies between 2000 and LATEST_AFTER_RECEIPT days after receipt; any other is reported, None stays."""
    day = record.day(name)
    if day is not None and not (day >= EARLIEST and (day - received_on).days <= LATEST_AFTER_RECEIPT):
        message = (
            f"{{value}} is not believed: {name} must lie between 2000 and {LATEST_AFTER_RECEIPT} days after receipt; correct the date."
        )
        findings.add("error", "DAY_OUT_OF_RANGE", message, name, [record.index])
        return None
    return day


def control_sum(amounts: Sequence[Decimal]) -> str:
    """The sum of amounts in plain digits, for the control totals of a file."""
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return plain(total)
