"""The self-check of the vendors room: master data is what the audit log tells, and no name means two things.

Owns: which tables of this room are covered: vendor, site, queue, queue_attribute, alias. Must not know: deliveries,
which the room that takes uploads in compares with its own log entries.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlmodel import Session, SQLModel

from kernel.selfcheck import Checked
from vendors import store
from vendors.aliases import QUEUE, SITE, VENDOR, Name, Names, match_key

ADDED = {"vendor.add": "vendor", "site.add": "site", "queue.add": "queue_attribute"}
"""Actions whose entry tells a whole row of a table."""
ALIASES = ("vendor.alias", "site.alias", "queue.alias")
MERGED = "vendor.merge"
COLUMNS: dict[str, Mapping[str, str]] = {
    "vendor": {name: name for name in ("code", "name", "kind", "currency", "tier", "merged_into", "merged_on")},
    "site": {name: name for name in ("vendor", "code", "name", "timezone", "country")},
    "queue": {name: name for name in ("code", "name")},
    "queue_attribute": {"code": "queue", "from": "valid_from", "severity": "severity", "format": "format"},
    "alias": {"kind": "kind", "vendor": "vendor", "code": "code", "text": "text", "from": "valid_from", "to": "valid_to"},
}
"""Per table: the name in log entries -> the column."""
Key = tuple[str, ...]
Told = dict[Key, Mapping[str, Any]]


def self_check(session: Session) -> list[Checked]:
    """All checks of this room; each names what differs."""
    names = store.names(session)
    known = {(VENDOR, "", row.code) for row in store.vendors(session)}
    known |= {(SITE, row.vendor, row.code) for row in store.sites(session)}
    known |= {(QUEUE, "", row.code) for row in store.queues(session)}
    aliases = store.aliases(session)
    return [
        _checked("aliases point to something", (a.text for a in aliases if (a.kind, a.vendor, a.code) not in known)),
        _checked("aliases are folded as told", (a.text for a in aliases if a.match_key != match_key(a.text))),
        _checked("names mean one thing", (n.text for n in names.names if _twofold(names, n))),
        _checked("vendors, sites, queues and aliases are as the audit log tells", _unlike_log(session)),
    ]


def _checked(name: str, faults: Iterable[str]) -> Checked:
    found = list(faults)
    return Checked(name, not found, f"{len(found)} differ", "0 differ", "; ".join(found))


def _twofold(names: Names, name: Name) -> bool:
    return len(names.resolve_many(name.kind, [name.text], name.vendor, name.valid_from)[name.text].candidates) > 1


def _unlike_log(session: Session) -> list[str]:
    told = _told(session)
    stored: dict[str, list[SQLModel]] = {
        "vendor": [*store.vendors(session)],
        "site": [*store.sites(session)],
        "queue": [*store.queues(session)],
        "queue_attribute": [*store.queue_attributes(session)],
        "alias": [*store.aliases(session)],
    }
    faults = []
    for table, rows in stored.items():
        seen = {_key(table, values): values for values in (_values(table, row) for row in rows)}
        for key in sorted(told[table].keys() | seen.keys()):
            name = f"{table} {' '.join(part for part in key if part)}"
            wanted, found = told[table].get(key), seen.get(key)
            if wanted is None or found is None:
                faults.append(f"{name} is {'gone' if found is None else 'not in the audit log'}")
                continue
            faults += [
                f"{name}: {column} is {found[column]!r}, told was {wanted[column]!r}" for column in found if found[column] != wanted[column]
            ]
    return faults


def _told(session: Session) -> dict[str, Told]:
    """Per table the rows that the log entries come to."""
    told: dict[str, Told] = {table: {} for table in COLUMNS}
    for entry in store.audited(session, (*ADDED, *ALIASES, MERGED)):
        body = json.loads(entry.body)
        if entry.action == MERGED:
            key = (entry.subject.partition(":")[2],)
            told["vendor"][key] = {**told["vendor"].get(key, {}), "merged_into": body["into"], "merged_on": body["on"]}
            continue
        tables = (ADDED[entry.action],) if entry.action in ADDED else ("alias",)
        for table in ("queue", *tables) if entry.action == "queue.add" else tables:
            told[table][_key(table, body)] = {name: body[name] for name in COLUMNS[table]}
    return told


def _values(table: str, row: SQLModel) -> dict[str, Any]:
    found = {name: getattr(row, column) for name, column in COLUMNS[table].items()}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items()}


def _key(table: str, values: Mapping[str, Any]) -> Key:
    names = {"site": ("vendor", "code"), "queue_attribute": ("code", "from"), "alias": ("kind", "vendor", "code", "text", "from")}
    return tuple(str(values[name]) for name in names.get(table, ("code",)))
