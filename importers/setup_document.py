"""The setup document: a parsed TOML file becomes rows of master data and contract documents, or problems.

Owns: its tables and keys (the shape stands in importers.setup), and writing an inline contract as a document of its own.
Must not know: the database, what exists already.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from contracts.document import Reader
from kernel.errors import Problem
from kernel.money import plain
from vendors.aliases import FIRST_DAY, LAST_DAY

KEYS: dict[str, tuple[str, ...]] = {
    "vendor": ("code", "name", "kind", "currency", "tier", "aliases"),
    "site": ("vendor", "code", "name", "timezone", "country", "aliases"),
    "queue": ("code", "name", "severity", "format", "valid_from", "aliases"),
    "holiday": ("day", "name"),
    "network_target": ("metric", "weight", "direction", "floor", "target", "gate_floor", "gate"),
}
"""The tables and their keys; [[contract]] has the keys of a contract document."""
ALIAS_KEYS = ("text", "from", "to")


@dataclass(frozen=True, slots=True)
class AliasRow:
    """Another name and the days on which it holds, half-open."""

    text: str
    start: date = FIRST_DAY
    end: date = LAST_DAY


@dataclass(frozen=True, slots=True)
class VendorRow:
    """A vendor as the document tells it."""

    code: str
    name: str
    kind: str
    currency: str
    tier: str
    aliases: tuple[AliasRow, ...]


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site as the document tells it."""

    vendor: str
    code: str
    name: str
    timezone: str
    country: str
    aliases: tuple[AliasRow, ...]


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A queue, or its severity and format from a day on, as the document tells it."""

    code: str
    name: str
    severity: str
    format: str
    valid_from: date
    aliases: tuple[AliasRow, ...]


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A row of the network template as the document tells it; None = not told."""

    metric: str
    weight: Decimal
    direction: str
    floor: Decimal | None
    target: Decimal | None
    gate_floor: Decimal | None
    gate: str


@dataclass(frozen=True)
class SetupDocument:
    """Everything in a setup file, in its order. contracts: inline documents; contract_files: paths as written."""

    vendors: tuple[VendorRow, ...] = ()
    sites: tuple[SiteRow, ...] = ()
    queues: tuple[QueueRow, ...] = ()
    holidays: Mapping[date, str] = field(default_factory=dict)
    targets: tuple[TargetRow, ...] = ()
    contracts: tuple[Mapping[str, object], ...] = ()
    contract_files: tuple[str, ...] = ()


def read_setup(document: Mapping[str, object]) -> tuple[SetupDocument, list[Problem]]:
    """The rows of a parsed setup document, and every problem found; the rows are of use only without problems.

    >>> read_setup({"vendor": [{"code": "NOVA", "name": "Nova", "colour": "red"}]})[1][0].message
    'vendor[1].colour: the key is unknown here: remove it or use one of code, name, kind, currency, tier, aliases'
    """
    problems: list[Problem] = []
    head = Reader(document, "", (*KEYS, "contract", "contracts"), problems)
    rows = {
        name: [Reader(row, f"{name}[{n}]", keys, problems) for n, row in enumerate(head.tables(name), start=1)]
        for name, keys in KEYS.items()
    }
    files = document.get("contracts", [])
    if not isinstance(files, list) or not all(isinstance(file, str) for file in files):
        head.fault("NOT_TEXT", "contracts", 'a list of file names is needed, before the first table: contracts = ["contracts/NOVA.toml"]')
        files = []
    return SetupDocument(
        vendors=tuple(_vendor(row) for row in rows["vendor"]),
        sites=tuple(_site(row) for row in rows["site"]),
        queues=tuple(_queue(row) for row in rows["queue"]),
        holidays={day: row.text("name", "") for row in rows["holiday"] if (day := row.day("day")) is not None},
        targets=tuple(_target(row) for row in rows["network_target"]),
        contracts=tuple(head.tables("contract")),
        contract_files=tuple(files),
    ), problems


def _vendor(row: Reader) -> VendorRow:
    return VendorRow(
        code=row.text("code"),
        name=row.text("name"),
        kind=row.choice("kind", ("vendor", "in_house"), "vendor"),
        currency=row.text("currency", "USD"),
        tier=row.text("tier", ""),
        aliases=_aliases(row),
    )


def _site(row: Reader) -> SiteRow:
    aliases = _aliases(row)
    if any((alias.start, alias.end) != (FIRST_DAY, LAST_DAY) for alias in aliases):
        row.fault("ALIAS_DAYS", "aliases", "an alias of a site holds at all times: write it as a text")
    return SiteRow(
        vendor=row.text("vendor"),
        code=row.text("code"),
        name=row.text("name"),
        timezone=row.text("timezone"),
        country=row.text("country", ""),
        aliases=aliases,
    )


def _queue(row: Reader) -> QueueRow:
    return QueueRow(
        code=row.text("code"),
        name=row.text("name"),
        severity=row.text("severity", ""),
        format=row.text("format", ""),
        valid_from=row.day("valid_from", FIRST_DAY) or FIRST_DAY,
        aliases=_aliases(row),
    )


def _target(row: Reader) -> TargetRow:
    return TargetRow(
        metric=row.text("metric"),
        weight=row.digits("weight", required=True) or Decimal(0),
        direction=row.choice("direction", ("up", "down")),
        floor=row.digits("floor"),
        target=row.digits("target"),
        gate_floor=row.digits("gate_floor"),
        gate=row.text("gate", ""),
    )


def _aliases(row: Reader) -> tuple[AliasRow, ...]:
    listed = row.table.get("aliases", [])
    if not isinstance(listed, list):
        row.fault("NOT_TEXT", "aliases", 'a list is needed: aliases = ["Nova Ops"]')
        return ()
    found = []
    for number, alias in enumerate(listed, start=1):
        table = alias if isinstance(alias, Mapping) else {"text": alias}
        reader = Reader(table, f"{row.path('aliases')}[{number}]", ALIAS_KEYS, row.problems)
        text, start, end = reader.text("text"), reader.day("from", FIRST_DAY), reader.day("to", LAST_DAY)
        found.append(AliasRow(text, start or FIRST_DAY, end or LAST_DAY))
    return tuple(found)


def toml_text(document: Mapping[str, object]) -> str:
    """A parsed document written as TOML again: plain keys first, then a [[table]] per list of tables.

    >>> print(toml_text({"vendor": "NOVA", "price": [{"id": "4.2", "rate": "14.75"}]}), end="")
    vendor = "NOVA"
    <BLANKLINE>
    [[price]]
    id = "4.2"
    rate = "14.75"
    """
    tables = {
        key: value for key, value in document.items() if isinstance(value, list) and value and all(isinstance(v, Mapping) for v in value)
    }
    lines = [f"{_key(key)} = {_value(value)}" for key, value in document.items() if key not in tables]
    for name, rows in tables.items():
        for row in rows:
            lines += ["", f"[[{_key(name)}]]", *(f"{_key(key)} = {_value(value)}" for key, value in row.items())]
    return "\n".join(lines) + "\n"


def _key(key: str) -> str:
    bare = key.replace("-", "").replace("_", "")
    return key if bare.isascii() and bare.isalnum() else json.dumps(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(str(key))} = {_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(inner) for inner in value) + "]"
    if isinstance(value, Decimal):
        text = plain(value) if value.is_finite() else str(value).lower().replace("infinity", "inf")
        return text if "." in text or not value.is_finite() else f"{text}.0"
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return str(value) if isinstance(value, int) else json.dumps(str(value)).replace("\x7f", "\\u007f")
