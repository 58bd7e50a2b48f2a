"""The room's own check: every figure computed again from what it names, every hash again from what it covers.

Owns: finding what differs and saying where. Must not know: files and evidence (the importers check counts against
those), how a difference came about.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from kernel import audit
from kernel.money import plain
from kernel.period import Period
from kernel.selfcheck import Checked
from scorecards import store
from scorecards.close import vendor_body
from scorecards.comparison import compare, month_hash, template_from
from scorecards.figures import FORMULA_VERSION
from scorecards.gather import gather, references
from scorecards.models import Revision, VendorMonth
from scorecards.references import References

TABLES = ("tally", "month", "network_target", "holiday", "vendor_month", "revision", "revision_vendor")
"""Every table of this room; each feeds a figure or says which figures stand."""
Audited = list[tuple[str, dict[str, Any]]]
"""Subject and details of audit entries of one action, in order."""


def checks(session: Session) -> list[Checked]:
    """All checks of this room; one that differs names the month and vendor."""
    newest = store.newest_revisions(session)
    every = [one for period in sorted({one.period for one in newest}) for one in store.revisions(session, Period.parse(period))]
    standing = {one.id: store.vendor_months(session, one.id or 0) for one in every}
    return [
        _tables(),
        _checked("inputs of vendor-months match their hash", _broken_inputs(standing.values())),
        _checked("revisions stand on the vendor-months they name", _broken_links(session, standing)),
        _checked("figures of the newest revisions, computed again from their inputs", _wrong_figures(session, newest, standing)),
        _checked("revisions, compared again from their vendor-months", _wrong_revisions(every, standing)),
        _checked("revisions match what the audit log says of them", _unlike_audit(session, every, standing)),
        _checked("states of months match the audit log", _wrong_states(session)),
        _checked("network template and holidays match the audit log", _wrong_settings(session)),
        _up_to_date(session, newest, standing),
    ]


def _checked(name: str, faults: Iterable[str]) -> Checked:
    found = list(faults)
    return Checked(name, not found, f"{len(found)} differ", "0 differ", "; ".join(found[:10]))


def _tables() -> Checked:
    listed = ", ".join(TABLES)
    return Checked(
        "tables of figures that are covered", ok=True, seen=listed, expected=listed, detail="not covered, as it feeds no figure: job"
    )


def _broken_inputs(standing: Iterable[Mapping[str, VendorMonth]]) -> Iterable[str]:
    for row in {row.id: row for rows in standing for row in rows.values()}.values():
        if hashlib.sha256(row.inputs.encode()).hexdigest() != row.input_hash:
            yield f"vendor_month {row.id}: inputs of {row.vendor} {row.period}"
        elif (row.vendor, row.period) != ((told := References.parse(row.inputs)).vendor, told.period):
            yield f"vendor_month {row.id}: its inputs are of {told.vendor} {told.period}, not of {row.vendor} {row.period}"


def _broken_links(session: Session, standing: Mapping[int | None, Mapping[str, VendorMonth]]) -> Iterable[str]:
    known = {(revision, row.vendor, row.id) for revision, rows in standing.items() for row in rows.values()}
    for revision, vendor, number in store.links(session):
        if (revision, vendor, number) not in known:
            yield f"revision_vendor {revision} {vendor}: vendor_month {number} is not there or not of {vendor}"


def _wrong_figures(session: Session, newest: Iterable[Revision], standing: Mapping[int | None, Mapping[str, VendorMonth]]) -> Iterable[str]:
    for revision in newest:
        for row in standing[revision.id].values():
            try:
                named = References.parse(row.inputs)
                if named.formula_version == FORMULA_VERSION and vendor_body(gather(session, named)) != row.body:
                    yield f"vendor_month {row.id}: figures of {row.vendor} {row.period}"
            except (ValueError, KeyError, TypeError, ArithmeticError) as error:
                yield f"vendor_month {row.id}: {row.vendor} {row.period} cannot be computed again ({type(error).__name__}: {error})"


def _wrong_revisions(every: Iterable[Revision], standing: Mapping[int | None, Mapping[str, VendorMonth]]) -> Iterable[str]:
    for one in every:
        rows = standing[one.id]
        try:
            body = store.body_of(one)
            if body["formula_version"] != FORMULA_VERSION:
                continue
            template = template_from(body["template"])
            again = {**compare([row.body for row in rows.values()], template), "currency": body["currency"]}
            hashes = {code: row.input_hash for code, row in rows.items()}
            if month_hash(Period.parse(one.period), body["currency"], template, hashes) != one.input_hash:
                yield f"revision {one.number} of {one.period}: its hash is not that of its vendor-months"
            elif audit.canonical(again) != one.body:
                yield f"revision {one.number} of {one.period}: its figures are not those of its vendor-months"
        except (ValueError, KeyError, TypeError, ArithmeticError) as error:
            yield f"revision {one.number} of {one.period}: it cannot be read ({type(error).__name__}: {error})"


def _unlike_audit(session: Session, every: Iterable[Revision], standing: Mapping[int | None, Mapping[str, VendorMonth]]) -> Iterable[str]:
    told = {
        (entry.subject, body["revision"]): (body, entry.at, entry.actor)
        for entry in store.audited(session, "month.close")
        for body in [json.loads(entry.body)]
    }
    known = {(f"month:{one.period}", one.number): one for one in every}
    for place in sorted(told.keys() | known.keys()):
        entry, one = told.get(place), known.get(place)
        name = f"revision {place[1]} of {place[0].removeprefix('month:')}"
        if one is None or entry is None:
            yield f"{name} is {'gone' if one is None else 'not in the audit log'}"
        elif entry != (_told_of(one, standing[one.id]), one.at, one.actor):
            yield f"{name} was changed"


def _told_of(one: Revision, rows: Mapping[str, VendorMonth]) -> dict[str, Any]:
    """What the audit log says of a revision that stands on these vendor-months."""
    return {
        "revision": one.number,
        "input_hash": one.input_hash,
        "body_sha256": hashlib.sha256(one.body.encode()).hexdigest(),
        "why": _listed(one.why),
        "as_of": one.as_of.isoformat(),
        "vendors": {code: hashlib.sha256(row.body.encode()).hexdigest() for code, row in rows.items()},
    }


def _listed(text: str) -> object:
    """JSON as it was stored; text that is none stands for itself, so that it differs."""
    try:
        found: object = json.loads(text)
    except ValueError:
        return text
    return found if audit.canonical(found) == text else text


def _wrong_states(session: Session) -> Iterable[str]:
    told: dict[str, tuple[str, datetime]] = {}
    for entry in store.audited(session, "month.close"):
        told.setdefault(entry.subject, ("provisional", entry.at))
    told |= {entry.subject: (json.loads(entry.body)["to"], entry.at) for entry in store.audited(session, "month.advance")}
    known = {f"month:{row.period}": (row.status, row.changed_at) for row in store.months(session)}
    for subject in sorted(told.keys() | known.keys()):
        if told.get(subject) != known.get(subject):
            seen, wanted = (" since ".join(map(str, one)) if one else "not there" for one in (known.get(subject), told.get(subject)))
            yield f"{subject.removeprefix('month:')} is {seen} instead of {wanted}"


def _wrong_settings(session: Session) -> Iterable[str]:
    days = [body["days"] for _, body in _entries(session, "holidays.set")]
    if (days[-1] if days else {}) != {row.day.isoformat(): row.name for row in store.holiday_rows(session)}:
        yield "the holidays are not those that were set"
    targets = [body["targets"] for _, body in _entries(session, "template.set")]
    wanted = {row["metric"]: row for row in (targets[-1] if targets else [])}
    for row in store.network_targets(session):
        numbers = {
            name: None if (value := getattr(row, name)) is None else plain(value) for name in ("weight", "floor", "target", "gate_floor")
        }
        if wanted.pop(row.metric, None) != {"metric": row.metric, "direction": row.direction, "gate": row.gate, **numbers}:
            yield f"the network target of {row.metric} is not the one that was set"
    for metric in wanted:
        yield f"the network target of {metric} is gone"


def _entries(session: Session, action: str) -> Audited:
    return [(entry.subject, json.loads(entry.body)) for entry in store.audited(session, action)]


def _up_to_date(session: Session, newest: Iterable[Revision], standing: Mapping[int | None, Mapping[str, VendorMonth]]) -> Checked:
    """Not a fault: months whose inputs changed since their newest revision, so that a close would make another."""
    behind = []
    for one in newest:
        rows = standing[one.id]
        try:
            currency = store.body_of(one)["currency"]
        except (ValueError, KeyError):
            continue  # named above
        live = {code: refs.hash for code, refs in references(session, Period.parse(one.period), currency).items() if not refs.idle}
        if live != {code: row.input_hash for code, row in rows.items()}:
            behind.append(one.period)
    detail = f"a close would make another revision of {', '.join(behind)}" if behind else ""
    return Checked(
        "months rest on what counts today (for information)", ok=True, seen=f"{len(behind)} behind", expected="any", detail=detail
    )
