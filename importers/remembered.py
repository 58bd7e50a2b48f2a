"""What earlier files of a vendor teach about a new one: layouts that a person confirmed, and how its shares are written.

Owns: which layout holds for a file, remembering one, and whether a reading follows a remembered one throughout. Must not
know: what becomes of the file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from importers import store, trail
from importers.mapping import IGNORE, fold_header, signature
from importers.models import Layout
from importers.pipeline import Gathered
from importers.reading import RawSheet
from importers.recognise import ChosenSheet
from kernel import audit
from kernel.errors import Conflict, Problem
from kernel.scope import Scope

Layouts = dict[str, tuple[str, Mapping[str, str]]]


def layouts_of(session: Session, sheets: Sequence[RawSheet], kind: str, vendor: str) -> Layouts:
    """Signature -> (kind, folded header -> field) for the sheets: this vendor's layout, else one that is every vendor's.

    kind, vendor: '' = not known; then only a layout that is the one with these headers is taken.
    """
    found: Layouts = {}
    for mark in {signature(raw.headers) for raw in sheets}:
        rows = [row for row in store.layouts_of(session, mark) if not kind or row.kind == kind]
        own = [row for row in rows if row.vendor and row.vendor == vendor] or [row for row in rows if not row.vendor]
        rows = own or (rows if len(rows) == 1 else [])
        if len(rows) == 1:
            found[mark] = (rows[0].kind, json.loads(rows[0].fields))
    return found


def follows_layout(session: Session, gathered: Gathered, vendor: str) -> bool:
    """Whether every sheet that was read is as a layout remembered for this vendor and kind says; a document has none."""
    chosen = gathered.recognised.sheets
    for one in chosen:
        row = store.layout_for(session, vendor, gathered.recognised.kind, signature(one.raw.headers))
        if row is None or json.loads(row.fields) != _columns(one):
            return False
    return bool(chosen)


def remember(session: Session, scope: Scope, gathered: Gathered, vendor: str, name: str, at: datetime) -> None:
    """Remember what every column of the sheets that were read means, for this vendor's files of the kind.

    Raises Conflict when the name is taken by a layout of other headers.
    """
    kind = gathered.recognised.kind
    for index, chosen in enumerate(gathered.recognised.sheets):
        mark = signature(chosen.raw.headers)
        row = store.layout_for(session, vendor, kind, mark)
        if row is None:
            called = name if index == 0 else f"{name} ({chosen.raw.name})"
            if store.layout_named(session, called) is not None:
                message = f"a layout called {called!r} is remembered for other headers already: choose another name"
                raise Conflict("LAYOUT_NAME", message)
            row = Layout(name=called, vendor=vendor, kind=kind, signature=mark, fields="{}")
        row.fields = json.dumps(_columns(chosen), sort_keys=True, ensure_ascii=False)
        session.add(row)
        session.flush()
        body: dict[str, object] = {"vendor": vendor, "kind": kind, "signature": mark, "row": trail.layout_mark(row)}
        audit.record(session, at, scope.actor, "layout.save", f"layout:{row.name}", body)


def _columns(chosen: ChosenSheet) -> dict[str, str]:
    return {fold_header(c.header).key: c.field or IGNORE for c in chosen.mapping.columns if c.header.strip()}


def scale_changes(session: Session, gathered: Gathered, number: int) -> list[Problem]:
    """A column of shares that was 0.97 in the vendor's last file and is 97 in this one, or the other way round."""
    vendors = gathered.result.vendors
    if len(vendors) != 1 or not set(gathered.scales.values()) & {"ratio", "points"}:
        return []
    before = store.previous_of(session, gathered.recognised.kind, next(iter(vendors)), number)
    if before is None:
        return []
    old = {column["field"]: column.get("scale", "") for column in json.loads(before.mapping) if column["field"]}
    problems = []
    for column in gathered.mapping:
        scales = {old.get(column["field"]), column["scale"]}
        if scales == {"ratio", "points"}:
            header, letter, row = column["header"].strip(), column["letter"], column["header_row"]
            was, now = ("0.97", "97") if column["scale"] == "points" else ("97", "0.97")
            message = (
                f'the column "{header}" was written like {was} in {before.file_name} and is written like {now} here: '
                f"it was read as the same share; ask the vendor to keep to one."
            )
            problems.append(Problem("warning", "SCALE_CHANGED", message, column["sheet"], row, letter, f"{letter}{row}", header))
    return problems
