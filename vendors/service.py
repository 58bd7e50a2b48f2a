"""Changes to master data. Every change leaves an audit row; the caller commits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from sqlmodel import Session

from kernel import audit
from kernel.errors import Conflict, Invalid, NotFound
from kernel.scope import Scope
from vendors import store
from vendors.aliases import FIRST_DAY, LAST_DAY, QUEUE, SITE, VENDOR, match_key
from vendors.checking import self_check
from vendors.models import Alias, Delivery, DeliveryCoverage, Queue, QueueAttribute, Site, Vendor

__all__ = [
    "add_queue",
    "add_site",
    "add_vendor",
    "alias_queue",
    "alias_site",
    "alias_vendor",
    "list_queues",
    "list_sites",
    "list_vendors",
    "merge_vendor",
    "queue_history",
    "queue_object",
    "record_delivery",
    "retire_delivery",
    "revive_delivery",
    "self_check",
    "site_object",
    "vendor_object",
]

SEVERITIES = ("", "P0", "P1", "P2", "P3")
VENDOR_KINDS = ("vendor", "in_house")
MOST_CODE = 40
"""Longest code, characters."""


def add_vendor(
    session: Session,
    scope: Scope,
    code: str,
    name: str,
    *,
    at: datetime,
    currency: str = "USD",
    tier: str = "",
    kind: str = "vendor",
) -> dict[str, object]:
    """Add a vendor, or an in-house team; the same again changes nothing.

    Raises Conflict when the code is taken by something else, Invalid for a bad code, kind or currency.
    """
    _require_staff(scope)
    _require_code(code)
    if kind not in VENDOR_KINDS:
        raise Invalid("VENDOR_KIND", f"{kind!r} is no kind of vendor: use vendor or in_house")
    if len(currency) != 3 or not (currency.isascii() and currency.isupper()):  # noqa: PLR2004 - ISO 4217
        raise Invalid("CURRENCY", f"{currency!r} is no currency: use its ISO 4217 code, e.g. USD")
    wanted = Vendor(code=code, name=name, kind=kind, currency=currency, tier=tier)
    existing = session.get(Vendor, code)
    if existing is not None:
        same = (existing.name, existing.kind, existing.currency, existing.tier) == (name, kind, currency, tier)
        if not same:
            raise Conflict("VENDOR_EXISTS", f"the vendor code {code} is taken by {existing.name}; choose another code")
        return vendor_object(existing)
    session.add(wanted)
    session.flush()
    audit.record(session, at, scope.actor, "vendor.add", f"vendor:{code}", vendor_object(wanted))
    return vendor_object(wanted)


def alias_vendor(
    session: Session, scope: Scope, code: str, text: str, *, at: datetime, start: date = FIRST_DAY, end: date = LAST_DAY
) -> dict[str, object]:
    """Let a text in files mean a vendor, optionally from a day and until before another."""
    _vendor(session, scope, code)
    return _add_alias(
        session, scope, Alias(kind=VENDOR, code=code, text=text, match_key=match_key(text), valid_from=start, valid_to=end), at
    )


def merge_vendor(session: Session, scope: Scope, code: str, into: str, *, on: date, at: datetime) -> dict[str, object]:
    """From a day on, rows of one vendor count under another; earlier ones stay where they are."""
    _require_staff(scope)
    gone, kept = _vendor(session, scope, code), _vendor(session, scope, into)
    if store.names(session).merged(into, on) == code:
        raise Invalid("MERGE_CIRCLE", f"{into} is already part of {code}: a vendor cannot become part of itself")
    gone.merged_into, gone.merged_on = kept.code, on
    session.add(gone)
    session.flush()
    audit.record(session, at, scope.actor, "vendor.merge", f"vendor:{code}", {"into": into, "on": on.isoformat()})
    return vendor_object(gone)


def add_site(
    session: Session, scope: Scope, vendor: str, code: str, name: str, *, timezone: str, at: datetime, country: str = ""
) -> dict[str, object]:
    """Add a site of a vendor; the same again changes nothing."""
    _vendor(session, scope, vendor)
    _require_code(code)
    if timezone not in available_timezones():
        raise Invalid("TIMEZONE", f"{timezone!r} is no time zone: use an IANA name, e.g. Asia/Manila")
    existing = session.get(Site, (vendor, code))
    if existing is not None:
        if (existing.name, existing.timezone, existing.country) != (name, timezone, country):
            raise Conflict("SITE_EXISTS", f"{vendor} already has a site {code}, {existing.name}; choose another code")
        return site_object(existing)
    site = Site(vendor=vendor, code=code, name=name, timezone=ZoneInfo(timezone).key, country=country)
    session.add(site)
    session.flush()
    audit.record(session, at, scope.actor, "site.add", f"site:{vendor}/{code}", site_object(site))
    return site_object(site)


def alias_site(session: Session, scope: Scope, vendor: str, code: str, text: str, *, at: datetime) -> dict[str, object]:
    """Let a text in a vendor's files mean one of its sites."""
    _vendor(session, scope, vendor)
    if session.get(Site, (vendor, code)) is None:
        known = ", ".join(site.code for site in store.sites(session, vendor)) or "none"
        raise NotFound("UNKNOWN_SITE", f"{vendor} has no site {code!r}; its sites: {known}")
    return _add_alias(session, scope, Alias(kind=SITE, vendor=vendor, code=code, text=text, match_key=match_key(text)), at)


def add_queue(
    session: Session,
    scope: Scope,
    code: str,
    name: str,
    *,
    at: datetime,
    severity: str = "",
    form: str = "",
    valid_from: date = FIRST_DAY,
) -> dict[str, object]:
    """Add a queue, or change its severity and format from a day on; the same again changes nothing."""
    _require_staff(scope)
    _require_code(code)
    if severity not in SEVERITIES:
        raise Invalid("SEVERITY", f"{severity!r} is no severity: use P0, P1, P2 or P3")
    existing = session.get(Queue, code)
    if existing is not None and existing.name != name:
        raise Conflict("QUEUE_EXISTS", f"the queue code {code} is taken by {existing.name}; choose another code")
    queue = existing or Queue(code=code, name=name)
    attribute = session.get(QueueAttribute, (code, valid_from))
    if existing is not None and attribute is not None and (attribute.severity, attribute.format) == (severity, form):
        return queue_object(queue, attribute)
    if attribute is not None and (attribute.severity, attribute.format) != (severity, form):
        raise Conflict("QUEUE_EXISTS", f"{code} already has a severity and format from {valid_from}; name a later day")
    session.add(queue)
    session.flush()
    attribute = QueueAttribute(queue=code, valid_from=valid_from, severity=severity, format=form)
    session.add(attribute)
    session.flush()
    told = queue_object(queue, attribute) | {"from": valid_from.isoformat()}
    audit.record(session, at, scope.actor, "queue.add", f"queue:{code}", told)
    return queue_object(queue, attribute)


def alias_queue(
    session: Session, scope: Scope, code: str, text: str, *, at: datetime, start: date = FIRST_DAY, end: date = LAST_DAY
) -> dict[str, object]:
    """Let a text in files mean a queue, optionally from a day and until before another."""
    _require_staff(scope)
    if session.get(Queue, code) is None:
        raise NotFound("UNKNOWN_QUEUE", f"there is no queue {code!r}; `queue list` shows them")
    return _add_alias(
        session, scope, Alias(kind=QUEUE, code=code, text=text, match_key=match_key(text), valid_from=start, valid_to=end), at
    )


def list_vendors(session: Session, scope: Scope) -> list[dict[str, object]]:
    """The vendors in scope with their aliases."""
    known = store.aliases(session)
    return [
        vendor_object(row) | {"aliases": [a.text for a in known if a.kind == VENDOR and a.code == row.code]}
        for row in store.vendors(session)
        if scope.sees(row.code)
    ]


def list_sites(session: Session, scope: Scope) -> list[dict[str, object]]:
    """The sites of the vendors in scope with their aliases."""
    known = store.aliases(session)
    return [
        site_object(row) | {"aliases": [a.text for a in known if a.kind == SITE and (a.vendor, a.code) == (row.vendor, row.code)]}
        for row in store.sites(session)
        if scope.sees(row.vendor)
    ]


def list_queues(session: Session, scope: Scope) -> list[dict[str, object]]:
    """All queues with their aliases and the attributes that hold last."""
    del scope  # queues belong to the client; every scope may know them
    newest = {row.queue: row for row in store.queue_attributes(session)}
    known = store.aliases(session)
    return [
        queue_object(row, newest.get(row.code)) | {"aliases": [a.text for a in known if a.kind == QUEUE and a.code == row.code]}
        for row in store.queues(session)
    ]


def queue_history(session: Session, scope: Scope, code: str) -> list[dict[str, object]]:
    """A queue's severity and format over time, the newest first, each with the day it holds from."""
    del scope  # queues belong to the client; every scope may know them
    return [
        {"from": row.valid_from.isoformat(), "severity": row.severity, "format": row.format}
        for row in reversed(store.queue_attributes(session))
        if row.queue == code
    ]


def record_delivery(
    session: Session,
    scope: Scope,
    delivery: Delivery,
    coverage: Iterable[tuple[str, str]],
) -> None:
    """Keep that an accepted upload holds a vendor's rows, for which (month, site). The batch's audit row tells of it."""
    if not scope.sees(delivery.vendor):
        raise NotFound("UNKNOWN_VENDOR", f"there is no vendor {delivery.vendor!r}")
    session.add(delivery)
    session.flush()
    for period, site in sorted(set(coverage)):
        session.add(DeliveryCoverage(batch=delivery.batch, vendor=delivery.vendor, period=period, site=site))
    session.flush()


def retire_delivery(session: Session, batch: int) -> None:
    """Rows of this batch count no longer (superseded or undone)."""
    _set_live(session, batch, live=False)


def revive_delivery(session: Session, batch: int) -> None:
    """Rows of this batch count again (the batch that superseded it was undone)."""
    _set_live(session, batch, live=True)


def vendor_object(row: Vendor) -> dict[str, object]:
    """A vendor as JSON."""
    return {
        "code": row.code,
        "name": row.name,
        "kind": row.kind,
        "currency": row.currency,
        "tier": row.tier,
        "merged_into": row.merged_into,
        "merged_on": row.merged_on.isoformat() if row.merged_on else None,
    }


def site_object(row: Site) -> dict[str, object]:
    """A site as JSON."""
    return {"vendor": row.vendor, "code": row.code, "name": row.name, "timezone": row.timezone, "country": row.country}


def queue_object(row: Queue, attribute: QueueAttribute | None) -> dict[str, object]:
    """A queue as JSON, with the severity and format given."""
    return {
        "code": row.code,
        "name": row.name,
        "severity": attribute.severity if attribute else "",
        "format": attribute.format if attribute else "",
    }


def _set_live(session: Session, batch: int, *, live: bool) -> None:
    for delivery in store.deliveries(session, batch):
        delivery.live = live
        session.add(delivery)
    session.flush()


def _add_alias(session: Session, scope: Scope, wanted: Alias, at: datetime) -> dict[str, object]:
    body: dict[str, object] = {
        "kind": wanted.kind,
        "vendor": wanted.vendor,
        "code": wanted.code,
        "text": wanted.text,
        "from": wanted.valid_from.isoformat(),
        "to": wanted.valid_to.isoformat(),
    }
    if not wanted.match_key:
        raise Invalid("ALIAS_EMPTY", "an alias needs at least one visible character")
    if wanted.valid_to <= wanted.valid_from:
        raise Invalid("ALIAS_DAYS", f"the alias {wanted.text!r} would end before it begins: give --from a day before --to")
    names = store.names(session)
    for name in names.names:
        same_place = (name.kind, name.vendor, match_key(name.text)) == (wanted.kind, wanted.vendor, wanted.match_key)
        overlaps = name.valid_from < wanted.valid_to and wanted.valid_from < name.valid_to
        if same_place and overlaps and name.code != wanted.code:
            raise Conflict("ALIAS_TAKEN", f"{wanted.text!r} already means {wanted.kind} {name.code} in that time; end that alias first")
        if same_place and name.code == wanted.code and name.valid_from <= wanted.valid_from and wanted.valid_to <= name.valid_to:
            return body
    session.add(wanted)
    session.flush()
    subject = f"{wanted.kind}:{wanted.vendor + '/' if wanted.vendor else ''}{wanted.code}"
    audit.record(session, at, scope.actor, f"{wanted.kind}.alias", subject, body)
    return body


def _vendor(session: Session, scope: Scope, code: str) -> Vendor:
    row = session.get(Vendor, code)
    if row is None or not scope.sees(code):
        raise NotFound("UNKNOWN_VENDOR", f"there is no vendor {code!r}; `vendor list` shows them")
    return row


def _require_staff(scope: Scope) -> None:
    if scope.vendors is not None:
        raise NotFound("NOT_YOURS", "there is no such thing")


def _require_code(code: str) -> None:
    plain = code.replace("-", "").replace("_", "").replace(".", "")
    if not (plain.isascii() and plain.isalnum() and len(code) <= MOST_CODE):
        raise Invalid("CODE", f"{code!r} is no code: use letters, digits, dot, hyphen and underscore, at most {MOST_CODE}")
