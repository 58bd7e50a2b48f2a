"""Reads of the vendors room: the only file of it that selects."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import Session, col, select

from kernel.audit import AuditEntry
from vendors.aliases import QUEUE, SITE, VENDOR, Name, Names
from vendors.models import Alias, Delivery, DeliveryCoverage, Queue, QueueAttribute, Site, Vendor


def vendors(session: Session) -> list[Vendor]:
    """All vendors, by code."""
    return sorted(session.exec(select(Vendor)), key=lambda row: row.code)


def vendor(session: Session, code: str) -> Vendor | None:
    """One vendor; None when there is no such code."""
    return session.get(Vendor, code)


def sites(session: Session, vendor_code: str | None = None) -> list[Site]:
    """All sites, or one vendor's, by vendor and code."""
    query = select(Site) if vendor_code is None else select(Site).where(col(Site.vendor) == vendor_code)
    return sorted(session.exec(query), key=lambda row: (row.vendor, row.code))


def queues(session: Session) -> list[Queue]:
    """All queues, by code."""
    return sorted(session.exec(select(Queue)), key=lambda row: row.code)


def queue_attributes(session: Session) -> list[QueueAttribute]:
    """Severity and format of all queues over time, by queue and day."""
    return sorted(session.exec(select(QueueAttribute)), key=lambda row: (row.queue, row.valid_from))


def aliases(session: Session) -> list[Alias]:
    """All aliases, by kind, code and text."""
    return sorted(session.exec(select(Alias)), key=lambda row: (row.kind, row.vendor, row.code, row.text))


def names(session: Session) -> Names:
    """Every code, name and alias, ready to resolve."""
    known: list[Name] = []
    merges = {}
    for row in vendors(session):
        known += [Name(VENDOR, "", row.code, text) for text in {row.code, row.name}]
        if row.merged_into is not None and row.merged_on is not None:
            merges[row.code] = (row.merged_into, row.merged_on)
    for site in sites(session):
        known += [Name(SITE, site.vendor, site.code, text) for text in {site.code, site.name}]
    for queue in queues(session):
        known += [Name(QUEUE, "", queue.code, text) for text in {queue.code, queue.name}]
    known += [Name(a.kind, a.vendor, a.code, a.text, a.valid_from, a.valid_to) for a in aliases(session)]
    return Names(tuple(known), merges)


def deliveries(session: Session, batch: int) -> list[Delivery]:
    """What one upload delivered, by vendor."""
    rows = session.exec(select(Delivery).where(col(Delivery.batch) == batch))
    return sorted(rows, key=lambda row: row.vendor)


def all_deliveries(session: Session) -> dict[int, list[Delivery]]:
    """What every upload delivered, by upload and vendor."""
    found: dict[int, list[Delivery]] = {}
    for row in sorted(session.exec(select(Delivery)), key=lambda row: row.vendor):
        found.setdefault(row.batch, []).append(row)
    return found


def by_hand(session: Session) -> set[int]:
    """The uploads in which a person entered figures instead of sending a file."""
    return set(session.exec(select(Delivery.batch).where(col(Delivery.by_hand).is_(True))))


def live_deliveries(session: Session, vendor_code: str | None = None, period: str | None = None) -> list[Delivery]:
    """Accepted uploads whose rows count, optionally of one vendor and touching one month, by batch and vendor."""
    query = select(Delivery).where(col(Delivery.live).is_(True))
    if vendor_code is not None:
        query = query.where(col(Delivery.vendor) == vendor_code)
    if period is not None:
        covered = select(DeliveryCoverage.batch).where(
            col(DeliveryCoverage.vendor) == col(Delivery.vendor),
            col(DeliveryCoverage.batch) == col(Delivery.batch),
            col(DeliveryCoverage.period) == period,
        )
        query = query.where(covered.exists())
    return sorted(session.exec(query), key=lambda row: (row.batch, row.vendor))


def coverage(session: Session, vendor_code: str, period: str) -> list[tuple[Delivery, str]]:
    """Live deliveries of a vendor that hold rows of a month, with each site ('' = not by site), by batch and site."""
    query = (
        select(Delivery, DeliveryCoverage.site)
        .join(
            DeliveryCoverage,
            (col(DeliveryCoverage.batch) == col(Delivery.batch)) & (col(DeliveryCoverage.vendor) == col(Delivery.vendor)),
        )
        .where(
            col(Delivery.live).is_(True),
            col(DeliveryCoverage.vendor) == vendor_code,
            col(DeliveryCoverage.period) == period,
        )
    )
    return sorted(session.exec(query), key=lambda pair: (pair[0].batch, pair[1]))


def coverage_of(session: Session, batch: int) -> list[DeliveryCoverage]:
    """The months and sites of one upload, live or not, by vendor, month and site."""
    rows = session.exec(select(DeliveryCoverage).where(col(DeliveryCoverage.batch) == batch))
    return sorted(rows, key=lambda row: (row.vendor, row.period, row.site))


def all_coverage(session: Session) -> dict[int, list[DeliveryCoverage]]:
    """The months and sites of every upload, live or not, by upload."""
    found: dict[int, list[DeliveryCoverage]] = {}
    for row in session.exec(select(DeliveryCoverage)):
        found.setdefault(row.batch, []).append(row)
    return found


def audited(session: Session, actions: Collection[str]) -> list[AuditEntry]:
    """Audit entries of some actions, in order."""
    return list(session.exec(select(AuditEntry).where(col(AuditEntry.action).in_(sorted(actions))).order_by(col(AuditEntry.seq))))
