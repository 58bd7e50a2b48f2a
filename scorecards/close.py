"""The close of a month: the inputs of every vendor become a revision, once per set of inputs.

Owns: what is computed anew, the revision, the month's first state. Must not know: formulas, files. Everything
happens in one transaction; closing again with the same inputs changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from contracts import store as contract_store
from kernel import audit
from kernel.errors import Invalid, NotFound
from kernel.faults import reached
from kernel.period import Period
from kernel.scope import Scope
from scorecards import store
from scorecards.comparison import body_text, compare, month_hash
from scorecards.figures import vendor_figures
from scorecards.gather import Gathered, gather, references
from scorecards.models import Month, Revision, RevisionVendor, VendorMonth
from scorecards.readiness import SETTLED
from scorecards.reasons import claims_of, reasons, uploads_of
from scorecards.references import References

FAULT_POINTS = ("close.begun", "close.vendor_computed", "close.written", "close.committed")
"""Where a test makes the process die: before, between and after the writes, and after the commit."""


@dataclass(frozen=True, slots=True)
class _Close:
    """One close under way."""

    session: Session
    scope: Scope
    period: Period
    currency: str
    today: date
    at: datetime


def close(
    session: Session, scope: Scope, period: Period, currency: str, *, today: date, at: datetime, vendor: str | None = None
) -> dict[str, Any]:
    """Compute a month in the caller's transaction; the JSON of `close`.

    A new revision is made only when the hash of all inputs changed. vendor: recompute this one only, the others
    stay by reference. Raises Invalid MONTH_LOCKED when the inputs of an agreed or locked month changed, MONTH_AHEAD for
    a month that has not begun, NotFound for an unknown or foreign vendor.
    """
    reached("close.begun")
    _require(session, scope, vendor)
    if today < period.first:
        raise Invalid("MONTH_AHEAD", f"{period} begins on {period.first}; a month can be closed from its first day on")
    one = _Close(session, scope, period, currency, today, at)
    state = store.month(session, period)
    status = state.status if state else "open"
    latest = store.latest_revision(session, period)
    kept = {} if latest is None or latest.id is None else store.vendor_months(session, latest.id)
    named = references(session, period, currency, [vendor] if vendor and latest else None)
    wanted = {code: refs for code, refs in named.items() if not refs.idle}
    rows = {code: row for code, row in kept.items() if code not in named}
    hashes = {code: refs.hash for code, refs in wanted.items()} | {code: row.input_hash for code, row in rows.items()}
    template = store.template(session)
    whole = month_hash(period, currency, template, hashes)
    changed = {code: code not in kept or kept[code].input_hash != found for code, found in hashes.items()}
    if latest is not None and latest.input_hash == whole:
        body = json.loads(latest.body)
        return _answer(one, latest.number, status, [], dict.fromkeys(hashes, False), body["waiting_for"], changed=False)
    why = [f"first close of {period}"] if latest is None else _why(one, kept, wanted, changed, hashes)
    if status in SETTLED:
        raise Invalid("MONTH_LOCKED", _locked(period, status, why))
    for code, refs in wanted.items():
        rows[code] = kept[code] if not changed[code] else _vendor_month(one, refs)
    body = {**compare([row.body for row in rows.values()], template), "currency": currency}
    number = 1 if latest is None else latest.number + 1
    _write(one, number, whole, body, why, rows)
    if status == "open":
        status = "provisional"
        _set_state(one, state, status)
    reached("close.written")
    return _answer(one, number, status, why, changed, body["waiting_for"], changed=True)


def _require(session: Session, scope: Scope, vendor: str | None) -> None:
    if scope.vendors is not None:
        raise Invalid("NOT_ALLOWED", "a month is closed by the client's staff; ask them to close it")
    if vendor is not None and not store.knows_vendor(session, vendor):
        raise NotFound("UNKNOWN_VENDOR", f"there is no vendor {vendor}; see: scoreline vendor list")


def _vendor_month(one: _Close, refs: References) -> VendorMonth:
    """The stored figures for exactly these inputs, or new ones."""
    found = store.vendor_month(one.session, one.period, refs.vendor, refs.hash)
    if found is None:
        text = vendor_body(gather(one.session, refs))
        found = VendorMonth(period=str(one.period), vendor=refs.vendor, input_hash=refs.hash, inputs=refs.text, body=text)
        one.session.add(found)
        one.session.flush()
        reached("close.vendor_computed")
    return found


def vendor_body(gathered: Gathered) -> str:
    """The body of a vendor-month: its figures, and per expected upload when it was due and came."""
    expected = [
        (wanted.kind, wanted.site, wanted.due_on.isoformat(), wanted.received_on.isoformat() if wanted.received_on else None)
        for wanted in gathered.inputs.expectations
    ]
    return body_text(vendor_figures(gathered.inputs), expected)


def _why(
    one: _Close, kept: Mapping[str, VendorMonth], wanted: Mapping[str, References], changed: Mapping[str, bool], hashes: Mapping[str, str]
) -> list[str]:
    """What changed since the revision before, vendor by vendor."""
    pairs = [(References.parse(kept[code].inputs), wanted[code]) for code in sorted(wanted) if changed[code] and code in kept]
    uploads = {batch for pair in pairs for refs in pair for batch in uploads_of(refs)}
    files = store.file_names(one.session, uploads)
    numbers = contract_store.claim_numbers(one.session, claims_of(refs for pair in pairs for refs in pair))
    found = [sentence for old, new in pairs for sentence in reasons(old, new, files, numbers)]
    found += [f"{code}: its first data of the month came" for code in sorted(hashes) if code not in kept]
    found += [f"{code}: nothing of it is left in the month" for code in sorted(kept) if code not in hashes]
    return found or ["the network template or its currency changed"]


def _locked(period: Period, status: str, why: list[str]) -> str:
    more = f" (and {len(why) - 1} more)" if len(why) > 1 else ""
    return (
        f"{period} is {status} and its inputs changed: {why[0]}{more}; nothing was computed. Take the upload back with "
        f"scoreline batch undo, or post the difference to the open month with relates_to"
    )


def _write(one: _Close, number: int, whole: str, body: Mapping[str, Any], why: list[str], rows: Mapping[str, VendorMonth]) -> None:
    text = audit.canonical(body)
    revision = Revision(
        period=str(one.period),
        number=number,
        input_hash=whole,
        as_of=one.today,
        body=text,
        why=audit.canonical(why),
        at=one.at,
        actor=one.scope.actor,
    )
    one.session.add(revision)
    one.session.flush()
    links = [RevisionVendor(revision=revision.id or 0, vendor=code, vendor_month=row.id or 0) for code, row in rows.items()]
    store.link_vendor_months(one.session, links)
    details: dict[str, object] = {
        "revision": number,
        "input_hash": whole,
        "body_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "why": why,
        "as_of": one.today.isoformat(),
        "vendors": {code: hashlib.sha256(row.body.encode()).hexdigest() for code, row in rows.items()},
    }
    audit.record(one.session, one.at, one.scope.actor, "month.close", f"month:{one.period}", details)


def _set_state(one: _Close, state: Month | None, status: str) -> None:
    row = state or Month(period=str(one.period), changed_at=one.at)
    row.status, row.changed_at = status, one.at
    one.session.add(row)
    one.session.flush()


def _answer(
    one: _Close,
    number: int,
    status: str,
    why: list[str],
    vendors: Mapping[str, bool],
    waiting: list[dict[str, Any]],
    *,
    changed: bool,
) -> dict[str, Any]:
    return {
        "period": str(one.period),
        "revision": number,
        "status": status,
        "changed": changed,
        "why": why,
        "vendors": [{"vendor": code, "changed": vendors[code]} for code in sorted(vendors)],
        "waiting_for": waiting,
    }
