"""Reads and bulk writes of the scorecards room: the only file of it that selects.

Owns: the queries behind a close, a ranking, a status and a trace. Must not know: what the figures mean. Rows that
feed a figure are read as plain columns: building objects for them would cost more than the figures.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Date, Text, and_, exists, func, insert, or_, true, type_coerce
from sqlalchemy import column as plain_column
from sqlalchemy import select as select_columns
from sqlalchemy import table as plain_table
from sqlmodel import Session, col, select

from contracts.claims import CostValue, InvoiceValue
from contracts.models import Contract, CostLine, FindingDecision, FxRate, Invoice, InvoiceLine
from contracts.store import claim_of, cost_of
from kernel.audit import AuditEntry
from kernel.money import NANO
from kernel.period import Period
from scorecards.models import Holiday, Month, NetworkTarget, Revision, RevisionVendor, TallyRow, VendorMonth
from scorecards.tally import Tally
from scorecards.template import NETWORK, Target
from vendors.models import Delivery, DeliveryCoverage, Vendor

TALLY_COLUMNS = (
    "vendor",
    "day",
    "batch",
    "side",
    "sample",
    "site",
    "queue",
    "language",
    "role",
    "fact",
    "grain",
    "amount",
    "origin",
    "bound",
)
"""Order of the values that insert_tallies takes; amount and bound as whole numbers of 10^-9."""
TALLY_KEYS = ("side", "sample", "site", "queue", "language", "role", "day", "grain", "fact")
"""What tells two counts apart; their order is that of scorecards.tally.Tally."""
CHUNK = 20_000
"""Rows per statement of a bulk insert."""

_TYPES: dict[str, Any] = {"day": Date(), "batch": BigInteger(), "amount": BigInteger(), "bound": BigInteger()}
_TALLY = plain_table("tally", *(plain_column(name, _TYPES.get(name, Text())) for name in TALLY_COLUMNS))


class Span(NamedTuple):
    """Rows of a vendor code from a day until before another: a merged vendor's month has several."""

    vendor: str
    first: date
    end: date


class Covered(NamedTuple):
    """A live delivery that holds rows of a month, for one site ('' = not by site)."""

    vendor: str
    batch: int
    kind: str
    side: str
    file_name: str
    sha256: str
    received_on: date
    period: str
    site: str


def insert_tallies(session: Session, rows: Iterable[Sequence[Any]]) -> int:
    """Write counts in the caller's transaction, values in the order of TALLY_COLUMNS; returns how many.

    From a polars frame: `insert_tallies(session, frame.select(TALLY_COLUMNS).iter_rows())`, with day as a date
    and amount and bound as whole numbers of 10^-9.
    """
    count = 0
    chunk: list[dict[str, Any]] = []
    connection = session.connection()
    for row in rows:
        chunk.append(dict(zip(TALLY_COLUMNS, row, strict=True)))
        if len(chunk) == CHUNK:
            connection.execute(_TALLY.insert(), chunk)
            count += len(chunk)
            chunk = []
    if chunk:
        connection.execute(_TALLY.insert(), chunk)
        count += len(chunk)
    return count


def batch_tallies(session: Session, batch: int, vendors: Collection[str], first: date, last: date) -> list[tuple[Any, ...]]:
    """One upload's counts as stored: vendor, day, side, sample, site, queue, language, role, fact, grain, amount, origin, bound.

    amount and bound in 10^-9. vendors, first, last (included) bound the search by the table's key.
    """
    names = ("vendor", "day", "side", "sample", "site", "queue", "language", "role", "fact", "grain", "amount", "origin", "bound")
    tally = _TALLY.c
    within = and_(tally.vendor.in_(vendors), tally.day.between(first, last), tally.batch == batch)
    return [tuple(row) for row in session.connection().execute(select_columns(*(tally[name] for name in names)).where(within))]


def tally_sizes(session: Session) -> dict[int, int]:
    """How many counts each upload has stored."""
    query = select_columns(_TALLY.c.batch, func.count()).group_by(_TALLY.c.batch)
    return {int(batch): int(count) for batch, count in session.connection().execute(query)}


def covered(session: Session, periods: Collection[str], vendors: Collection[str] | None = None) -> list[Covered]:
    """Live deliveries that hold rows of any of the months, sorted; of all vendors, or of some."""
    query = (
        select_columns(
            col(Delivery.vendor),
            col(Delivery.batch),
            col(Delivery.kind),
            col(Delivery.side),
            col(Delivery.file_name),
            col(Delivery.sha256),
            col(Delivery.received_on),
            col(DeliveryCoverage.period),
            col(DeliveryCoverage.site),
        )
        .join(DeliveryCoverage, _same_delivery())
        .where(col(Delivery.live).is_(True), col(DeliveryCoverage.period).in_(periods))
    )
    if vendors is not None:
        query = query.where(col(Delivery.vendor).in_(vendors))
    return sorted(Covered(*row) for row in session.connection().execute(query).all())


def _same_delivery() -> Any:
    return and_(col(DeliveryCoverage.batch) == col(Delivery.batch), col(DeliveryCoverage.vendor) == col(Delivery.vendor))


def tallies(session: Session, spans: Sequence[Span], batches: Collection[int], facts: Collection[str] | None = None) -> list[Tally]:
    """Counts of the named uploads within the spans, of all facts or some.

    Rates without a weight (origin reported) never count and are left out. In the order of the table's key: the same
    on both databases as far as figures go, which are sums.
    """
    if not spans or not batches:
        return []
    keys = [col(getattr(TallyRow, name)) for name in TALLY_KEYS]
    amount = type_coerce(col(TallyRow.amount), BigInteger)
    within = or_(*(and_(col(TallyRow.vendor) == s.vendor, col(TallyRow.day) >= s.first, col(TallyRow.day) < s.end) for s in spans))
    query = select_columns(*keys, amount, col(TallyRow.origin), col(TallyRow.batch)).where(
        within, col(TallyRow.batch).in_(sorted(batches)), col(TallyRow.origin) != "reported"
    )
    if facts is not None:
        query = query.where(col(TallyRow.fact).in_(sorted(facts)))
    rows = session.connection().execute(query).all()
    zero = Decimal(0)
    return [Tally._make((*row[:9], Decimal(row[9]).scaleb(-NANO), row[10], zero, row[11])) for row in rows]


def active_before(session: Session, day: date) -> set[str]:
    """Vendor codes with live decisions above zero before a day.

    One index walk per vendor that stops at the first hit, whatever the history.
    """
    live = exists().where(
        col(Delivery.batch) == col(TallyRow.batch), col(Delivery.vendor) == col(TallyRow.vendor), col(Delivery.live).is_(True)
    )
    first = (
        select_columns(col(TallyRow.day))
        .where(
            col(TallyRow.vendor) == col(Vendor.code),
            col(TallyRow.day) < day,
            col(TallyRow.fact) == "decisions",
            type_coerce(col(TallyRow.amount), BigInteger) > 0,
            live,
        )
        .order_by(col(TallyRow.day))
        .limit(1)
        .correlate(Vendor)
        .scalar_subquery()
    )
    rows = session.connection().execute(select_columns(col(Vendor.code), first))
    return {code for code, found in rows if found is not None}


class ClaimHead(NamedTuple):
    """What of a live claim tells which other claims bear on it. first, last: service days, None when not printed."""

    id: int
    batch: int
    vendor: str
    number: str
    number_key: str
    document: str
    currency: str
    relates_to: str
    state: str
    first: date | None
    last: date | None


def claim_heads(session: Session, first: date, end: date) -> list[ClaimHead]:
    """Live claims that serve any of the days first <= day < end, and all that print no days or name another."""
    lines = (
        select_columns(
            col(InvoiceLine.invoice).label("id"),
            func.min(InvoiceLine.service_from).label("first"),
            func.max(InvoiceLine.service_to).label("last"),
        )
        .group_by(col(InvoiceLine.invoice))
        .subquery()
    )
    near = and_(lines.c.first < end, lines.c.last >= first)
    return _heads(session, lines, or_(near, lines.c.first.is_(None), col(Invoice.relates_to) != ""))


def claims_numbered(session: Session, keys: Collection[str]) -> list[ClaimHead]:
    """Live claims with one of these normalised numbers."""
    wanted = select_columns(col(Invoice.id)).where(col(Invoice.number_key).in_(sorted(keys)))
    lines = (
        select_columns(
            col(InvoiceLine.invoice).label("id"),
            func.min(InvoiceLine.service_from).label("first"),
            func.max(InvoiceLine.service_to).label("last"),
        )
        .where(col(InvoiceLine.invoice).in_(wanted))
        .group_by(col(InvoiceLine.invoice))
        .subquery()
    )
    return _heads(session, lines, true())


def _heads(session: Session, lines: Any, condition: Any) -> list[ClaimHead]:
    live = and_(col(Delivery.batch) == col(Invoice.batch), col(Delivery.vendor) == col(Invoice.vendor), col(Delivery.live).is_(True))
    keys = [col(getattr(Invoice, name)) for name in ClaimHead._fields[:-2]]
    query = (
        select_columns(*keys, lines.c.first, lines.c.last).join(Delivery, live).join(lines, lines.c.id == col(Invoice.id)).where(condition)
    )
    return sorted((ClaimHead(*row) for row in session.connection().execute(query).all()), key=lambda head: head.id)


def held_lines(session: Session) -> dict[int, list[int]]:
    """Positions of the disputed lines, by claim."""
    query = select_columns(col(InvoiceLine.invoice), col(InvoiceLine.position)).where(col(InvoiceLine.held).is_(True))
    found: dict[int, list[int]] = {}
    for claim, position in sorted(session.connection().execute(query)):
        found.setdefault(claim, []).append(position)
    return found


def decisions(session: Session) -> dict[int, list[tuple[str, str, str, str]]]:
    """What people decided about claims, by claim in order: (code, line, state, instant)."""
    found: dict[int, list[tuple[str, str, str, str]]] = {}
    for row in sorted(session.exec(select(FindingDecision)), key=lambda row: row.id or 0):
        found.setdefault(row.invoice, []).append((row.code, row.line, row.state, row.at.isoformat(timespec="microseconds")))
    return found


def claims(session: Session, ids: Collection[int]) -> list[InvoiceValue]:
    """Claims by id, live or not, without what people decided, in order of upload."""
    lines: dict[int, list[InvoiceLine]] = {}
    for line in session.exec(select(InvoiceLine).where(col(InvoiceLine.invoice).in_(sorted(ids)))):
        lines.setdefault(line.invoice, []).append(line)
    rows = session.exec(select(Invoice).where(col(Invoice.id).in_(sorted(ids))))
    return [claim_of(row, lines.get(row.id or 0, ())) for row in sorted(rows, key=lambda row: row.id or 0)]


def contracts(session: Session, ids: Collection[int]) -> list[Contract]:
    """Contract documents by id, live or not, in order of their days."""
    rows = session.exec(select(Contract).where(col(Contract.id).in_(sorted(ids))))
    return sorted(rows, key=lambda row: (row.valid_from, row.number, row.id or 0))


def cost_batches(session: Session, period: Period) -> dict[str, list[int]]:
    """Uploads with live costs of a month that no vendor bills, by the vendor they belong to."""
    live = and_(col(Delivery.batch) == col(CostLine.batch), col(Delivery.vendor) == col(CostLine.vendor), col(Delivery.live).is_(True))
    query = select_columns(col(CostLine.vendor), col(CostLine.batch)).join(Delivery, live).where(col(CostLine.period) == str(period))
    found: dict[str, list[int]] = {}
    for vendor, batch in sorted(set(session.connection().execute(query))):
        found.setdefault(vendor, []).append(batch)
    return found


def costs(session: Session, vendor: str, period: Period, batches: Collection[int]) -> list[CostValue]:
    """Costs of a vendor's month from the named uploads, in the order of their files."""
    query = select(CostLine).where(
        col(CostLine.vendor) == vendor, col(CostLine.period) == str(period), col(CostLine.batch).in_(sorted(batches))
    )
    return [cost_of(row) for row in sorted(session.exec(query), key=lambda row: (row.batch, row.position))]


def quotes(session: Session, currency: str, day: date) -> dict[str, tuple[Decimal, date, str]]:
    """Per currency the last live rate into a currency on or before a day: (rate, its day, source).

    Of several uploads with a rate for that day the latest counts, as in contracts.fx.
    """
    usable = (col(FxRate.to_currency) == currency, col(FxRate.day) <= day, col(FxRate.live).is_(True))
    newest = (
        select_columns(col(FxRate.from_currency).label("currency"), func.max(FxRate.day).label("day"))
        .where(*usable)
        .group_by(col(FxRate.from_currency))
        .subquery()
    )
    query = select(FxRate).join(newest, and_(newest.c.currency == col(FxRate.from_currency), newest.c.day == col(FxRate.day)))
    rows = sorted(session.exec(query.where(*usable)), key=lambda row: row.batch)
    return {row.from_currency: (row.rate, row.day, row.source) for row in rows}


def holiday_rows(session: Session) -> list[Holiday]:
    """The client's days off with their names, in order."""
    return sorted(session.exec(select(Holiday)), key=lambda row: row.day)


def holidays(session: Session) -> list[date]:
    """The client's days off, in order."""
    return [row.day for row in holiday_rows(session)]


def network_targets(session: Session) -> list[NetworkTarget]:
    """The rows of the network template that stand in the database, by metric; empty while the default holds."""
    return sorted(session.exec(select(NetworkTarget)), key=lambda row: row.metric)


def template(session: Session) -> tuple[Target, ...]:
    """The network template in force: the rows that were set, else the default of formula version 1."""
    rows = network_targets(session)
    return tuple(Target(r.metric, r.weight, r.direction, r.floor, r.target, r.gate_floor, r.gate) for r in rows) or NETWORK


def month(session: Session, period: Period) -> Month | None:
    """The state row of a month; None while nobody touched it."""
    return session.get(Month, str(period))


def months(session: Session) -> list[Month]:
    """All months that have a state, in order."""
    return sorted(session.exec(select(Month)), key=lambda row: row.period)


def revisions(session: Session, period: Period) -> list[Revision]:
    """All closes of a month, oldest first."""
    return list(session.exec(select(Revision).where(col(Revision.period) == str(period)).order_by(col(Revision.number))))


def latest_revision(session: Session, period: Period) -> Revision | None:
    """The newest close of a month; None before the first."""
    query = select(Revision).where(col(Revision.period) == str(period)).order_by(col(Revision.number).desc()).limit(1)
    return session.exec(query).first()


def revision(session: Session, period: Period, number: int) -> Revision | None:
    """One close of a month by its number."""
    query = select(Revision).where(col(Revision.period) == str(period), col(Revision.number) == number)
    return session.exec(query).first()


def audited(session: Session, action: str) -> list[AuditEntry]:
    """Audit entries of an action, in order."""
    return list(session.exec(select(AuditEntry).where(col(AuditEntry.action) == action).order_by(col(AuditEntry.seq))))


def body_of(revision: Revision) -> dict[str, Any]:
    """What a revision keeps (scorecards.comparison.compare)."""
    found: dict[str, Any] = json.loads(revision.body)
    return found


def vendor_months(session: Session, revision: int, vendors: Collection[str] | None = None) -> dict[str, VendorMonth]:
    """What stands behind a revision, by vendor; of all vendors or some."""
    query = select(VendorMonth).join(RevisionVendor, col(RevisionVendor.vendor_month) == col(VendorMonth.id))
    query = query.where(col(RevisionVendor.revision) == revision)
    rows = session.exec(query if vendors is None else query.where(col(VendorMonth.vendor).in_(sorted(vendors))))
    return {row.vendor: row for row in sorted(rows, key=lambda row: row.vendor)}


def vendor_month(session: Session, period: Period, vendor: str, input_hash: str) -> VendorMonth | None:
    """The figures of a vendor's month for exactly these inputs; None when they were never computed."""
    query = select(VendorMonth).where(
        col(VendorMonth.period) == str(period), col(VendorMonth.vendor) == vendor, col(VendorMonth.input_hash) == input_hash
    )
    return session.exec(query).first()


def knows_vendor(session: Session, code: str) -> bool:
    """Whether a vendor of this code is registered."""
    return session.get(Vendor, code) is not None


def file_names(session: Session, batches: Collection[int]) -> dict[int, str]:
    """Names of uploaded files by upload."""
    query = select_columns(col(Delivery.batch), col(Delivery.file_name)).where(col(Delivery.batch).in_(sorted(batches)))
    return {row[0]: row[1] for row in session.connection().execute(query)}


def claim_numbers(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Printed numbers of claims by id."""
    query = select_columns(col(Invoice.id), col(Invoice.number)).where(col(Invoice.id).in_(sorted(ids)))
    return {row[0] or 0: row[1] for row in session.connection().execute(query)}


def link_vendor_months(session: Session, rows: Sequence[RevisionVendor]) -> None:
    """Say which vendor-months stand behind a revision, in the caller's transaction."""
    if rows:
        session.connection().execute(insert(RevisionVendor), [row.model_dump() for row in rows])


def newest_revisions(session: Session) -> list[Revision]:
    """The newest close of every month, by month."""
    newest = (
        select_columns(col(Revision.period).label("period"), func.max(Revision.number).label("number"))
        .group_by(col(Revision.period))
        .subquery()
    )
    query = select(Revision).join(newest, and_(newest.c.period == col(Revision.period), newest.c.number == col(Revision.number)))
    return sorted(session.exec(query), key=lambda row: row.period)
