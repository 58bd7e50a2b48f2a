"""Reads and bulk writes of the scorecards room: the only file of it that selects.

Owns: the queries behind a close, a ranking, a status and a trace. Must not know: what the figures mean. Rows that
feed a figure are read as plain columns: building objects for them would cost more than the figures.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Date, Text, and_, exists, func, insert, or_, type_coerce
from sqlalchemy import column as plain_column
from sqlalchemy import select as select_columns
from sqlalchemy import table as plain_table
from sqlmodel import Session, col, select

from kernel.audit import AuditEntry
from kernel.db import insert_spread
from kernel.money import NANO
from kernel.period import Period
from scorecards.models import Holiday, Month, NetworkTarget, Note, Revision, RevisionVendor, TallyRow, VendorMonth
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
"""Order of the values that a count is read and compared by; amount and bound as whole numbers of 10^-9."""
SIDE_BY_SIDE = tuple(name for name in TALLY_COLUMNS if name not in {"fact", "amount"})
"""Order of the values that the counts of one key share."""
COUNT_COLUMNS = tuple(name for name in TALLY_COLUMNS if name != "batch")
"""Order of the values of one upload's counts, as the check compares them."""
TALLY_KEYS = ("side", "sample", "site", "queue", "language", "role", "day", "grain", "fact")
"""What tells two counts apart; their order is that of scorecards.tally.Tally."""
CHUNK = 5_000
"""Rows per statement of a bulk insert."""
ROWS_AT_A_TIME = 10_000
"""Rows that are held of the answer to a question about all counts."""

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


def insert_tallies(session: Session, facts: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """Write counts in the caller's transaction, those of one key side by side; returns how many.

    rows: values in the order of SIDE_BY_SIDE, then one amount per fact. The day as ISO text, amounts and bound as whole
    numbers of 10^-9.
    """
    for start in range(0, len(rows), CHUNK):
        insert_spread(session, "tally", SIDE_BY_SIDE, ("fact", "amount"), facts, rows[start : start + CHUNK])
    return len(facts) * len(rows)


def batch_tallies(session: Session, batch: int, vendors: Collection[str], first: date, last: date) -> list[tuple[Any, ...]]:
    """One upload's counts as stored: vendor, day, side, sample, site, queue, language, role, fact, grain, amount, origin, bound.

    amount and bound in 10^-9. vendors, first, last (included) bound the search by the table's key.
    """
    tally = _TALLY.c
    within = and_(tally.vendor.in_(vendors), tally.day.between(first, last), tally.batch == batch)
    return [tuple(row) for row in session.connection().execute(select_columns(*(tally[name] for name in COUNT_COLUMNS)).where(within))]


def counts_by_batch(session: Session) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    """All counts, one upload after the other in order of their numbers, each as `batch_tallies` gives it.

    One question to the database, of whose answer one upload is held at a time.
    """
    columns = [_TALLY.c[name] for name in COUNT_COLUMNS]
    asked = select_columns(_TALLY.c.batch, *columns).order_by(_TALLY.c.batch).execution_options(yield_per=ROWS_AT_A_TIME)
    rows = session.connection().execute(asked)
    for batch, part in groupby(rows, key=lambda row: int(row[0])):
        yield batch, [tuple(row[1:]) for row in part]


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


def delivered_periods(session: Session) -> list[str]:
    """The months that live deliveries hold rows of, in order; contracts, which hold terms, aside."""
    rows = and_(col(Delivery.live).is_(True), col(Delivery.kind) != "contract")
    query = select_columns(col(DeliveryCoverage.period)).join(Delivery, _same_delivery()).where(rows).distinct()
    return sorted(row[0] for row in session.connection().execute(query))


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


def revision_numbers(session: Session, periods: Collection[str]) -> dict[str, list[int]]:
    """Numbers of the closes of some months, by month; a month never closed is left out."""
    query = select_columns(col(Revision.period), col(Revision.number)).where(col(Revision.period).in_(sorted(periods)))
    found: dict[str, list[int]] = {}
    for period, number in session.connection().execute(query):
        found.setdefault(period, []).append(number)
    return found


def newest_bodies(session: Session, periods: Collection[str]) -> list[tuple[str, str, str]]:
    """What stands behind the newest closes of some months: (month, vendor, body), by month and vendor."""
    newest = (
        select_columns(col(Revision.period).label("period"), func.max(Revision.number).label("number"))
        .group_by(col(Revision.period))
        .subquery()
    )
    query = (
        select_columns(col(VendorMonth.period), col(VendorMonth.vendor), col(VendorMonth.body))
        .join(RevisionVendor, col(RevisionVendor.vendor_month) == col(VendorMonth.id))
        .join(Revision, col(Revision.id) == col(RevisionVendor.revision))
        .join(newest, and_(newest.c.period == col(Revision.period), newest.c.number == col(Revision.number)))
        .where(col(Revision.period).in_(sorted(periods)))
    )
    return sorted((period, vendor, body) for period, vendor, body in session.connection().execute(query))


def revisions_numbered(session: Session, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], Revision]:
    """Closes by month and number; what is not there is left out."""
    if not wanted:
        return {}
    query = select(Revision).where(or_(*(and_(col(Revision.period) == period, col(Revision.number) == n) for period, n in sorted(wanted))))
    return {(row.period, row.number): row for row in session.exec(query)}


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


def links(session: Session) -> list[tuple[int, str, int]]:
    """Which vendor-month stands behind which revision for which vendor: (revision, vendor, vendor-month), sorted."""
    return sorted((row.revision, row.vendor, row.vendor_month) for row in session.exec(select(RevisionVendor)))


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


def uploads_named(session: Session, batches: Collection[int]) -> list[Delivery]:
    """What is kept of these uploads, live or not, a row per vendor that they hold rows of, by number and vendor."""
    rows = session.exec(select(Delivery).where(col(Delivery.batch).in_(sorted(batches))))
    return sorted(rows, key=lambda row: (row.batch, row.vendor))


def link_vendor_months(session: Session, rows: Sequence[RevisionVendor]) -> None:
    """Say which vendor-months stand behind a revision, in the caller's transaction."""
    if rows:
        session.connection().execute(insert(RevisionVendor), [row.model_dump() for row in rows])


def newest_revisions(session: Session, periods: Collection[str] | None = None) -> list[Revision]:
    """The newest close of every month, or of some, by month."""
    newest = (
        select_columns(col(Revision.period).label("period"), func.max(Revision.number).label("number"))
        .group_by(col(Revision.period))
        .subquery()
    )
    query = select(Revision).join(newest, and_(newest.c.period == col(Revision.period), newest.c.number == col(Revision.number)))
    if periods is not None:
        query = query.where(col(Revision.period).in_(sorted(periods)))
    return sorted(session.exec(query), key=lambda row: row.period)


def note(session: Session, number: int) -> Note | None:
    """One note; None when there is no such number."""
    return session.get(Note, number)


def notes(session: Session, *, vendor: str | None = None, period: str | None = None, subjects: Collection[str] | None = None) -> list[Note]:
    """Notes, oldest first: all, or of one vendor, one month's figures, some subjects."""
    query = select(Note).order_by(col(Note.id))
    if vendor is not None:
        query = query.where(col(Note.vendor) == vendor)
    if period is not None:
        query = query.where(col(Note.period) == period)
    if subjects is not None:
        query = query.where(col(Note.subject).in_(sorted(subjects)))
    return list(session.exec(query))
