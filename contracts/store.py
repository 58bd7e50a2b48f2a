"""Reads of the contracts room: the only file of it that selects.

What counts is told by vendors.Delivery: rows of a superseded or undone batch are never given out. Rates belong to no
vendor and carry their own mark.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import and_, func, or_, true
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from contracts.bearing import ClaimHead
from contracts.claims import CostValue, Decision, InvoiceValue, LineValue
from contracts.document import read_terms
from contracts.fingerprints import DECIDED, STORED
from contracts.fx import FxQuote, Rates
from contracts.models import Contract, CostLine, FindingDecision, FxRate, Invoice, InvoiceLine
from contracts.terms import Terms
from kernel.audit import AuditEntry
from kernel.period import Period
from vendors.models import Delivery


@lru_cache(maxsize=512)
def _terms_of(body: str) -> Terms | None:
    return read_terms(json.loads(body))[0]


def contracts(session: Session, vendor: str | None = None) -> list[Contract]:
    """Live contract documents, optionally of one vendor, by vendor, first day and number."""
    live = and_(col(Delivery.batch) == col(Contract.batch), col(Delivery.vendor) == col(Contract.vendor), col(Delivery.live).is_(True))
    query = select(Contract).join(Delivery, live)
    if vendor is not None:
        query = query.where(col(Contract.vendor) == vendor)
    return sorted(session.exec(query), key=lambda row: (row.vendor, row.valid_from, row.number, row.batch))


def terms_of(row: Contract) -> Terms | None:
    """The terms of a stored contract; None when its body no longer reads, which the self-check names."""
    return _terms_of(row.body)


def terms_in_force(session: Session, vendor: str) -> list[Terms]:
    """The terms of all live contracts of a vendor, whatever their days, by first day and number."""
    found = [terms_of(row) for row in contracts(session, vendor)]
    return [terms for terms in found if terms is not None]


def invoices(
    session: Session,
    vendor: str | None = None,
    number: str | None = None,
    batch: int | None = None,
    ids: Collection[int] | None = None,
) -> list[InvoiceValue]:
    """Live claims with their lines and decisions, optionally of one vendor, exact number, batch or of some ids, in order of upload."""
    live = and_(col(Delivery.batch) == col(Invoice.batch), col(Delivery.vendor) == col(Invoice.vendor), col(Delivery.live).is_(True))
    chosen = select(col(Invoice.id)).join(Delivery, live)
    if vendor is not None:
        chosen = chosen.where(col(Invoice.vendor) == vendor)
    if number is not None:
        chosen = chosen.where(col(Invoice.number) == number)
    if batch is not None:
        chosen = chosen.where(col(Invoice.batch) == batch)
    if ids is not None:
        chosen = chosen.where(col(Invoice.id).in_(sorted(ids)))
    lines: dict[int, list[InvoiceLine]] = {}
    for line in session.exec(select(InvoiceLine).where(col(InvoiceLine.invoice).in_(chosen))):
        lines.setdefault(line.invoice, []).append(line)
    decisions: dict[int, list[FindingDecision]] = {}
    for decision in session.exec(select(FindingDecision).where(col(FindingDecision.invoice).in_(chosen))):
        decisions.setdefault(decision.invoice, []).append(decision)
    rows = session.exec(select(Invoice).where(col(Invoice.id).in_(chosen)))
    return [claim_of(row, lines.get(row.id or 0, []), decisions.get(row.id or 0, [])) for row in sorted(rows, key=lambda one: one.id or 0)]


def earlier_claims(session: Session, vendor: str, number: str) -> list[InvoiceValue]:
    """Every claim ever stored under exactly this number, live or not, the newest first."""
    rows = session.exec(select(Invoice).where(col(Invoice.vendor) == vendor, col(Invoice.number) == number))
    found = []
    for row in sorted(rows, key=lambda one: -(one.id or 0)):
        decisions = session.exec(select(FindingDecision).where(col(FindingDecision.invoice) == row.id)).all()
        found.append(claim_of(row, line_rows(session, row.id or 0), decisions))
    return found


def claim_of(row: Invoice, lines: Iterable[InvoiceLine], decisions: Iterable[FindingDecision] = ()) -> InvoiceValue:
    """A stored claim as the value that the rules take."""
    return InvoiceValue(
        id=row.id or 0,
        batch=row.batch,
        vendor=row.vendor,
        number=row.number,
        number_key=row.number_key,
        document=row.document,
        issued_on=row.issued_on,
        currency=row.currency,
        net=row.net,
        tax=row.tax,
        relates_to=row.relates_to,
        state=row.state,
        lines=tuple(_line_of(line) for line in sorted(lines, key=lambda one: one.position)),
        decisions=tuple(
            Decision(one.code, one.line, one.state, one.reason, one.actor, one.at)
            for one in sorted(decisions, key=lambda each: each.id or 0)
        ),
    )


def _line_of(line: InvoiceLine) -> LineValue:
    return LineValue(
        position=line.position,
        line=line.line,
        text=line.text,
        site=line.site,
        queue=line.queue,
        language=line.language,
        service_from=line.service_from,
        service_to=line.service_to,
        quantity=line.quantity,
        quantity_places=line.quantity_places,
        unit=line.unit,
        rate=line.rate,
        amount=line.amount,
        line_type=line.line_type,
        held=line.held,
        sheet=line.sheet,
        row=line.row,
    )


def invoice_row(session: Session, number: int) -> Invoice | None:
    """One stored claim by its id, to be changed."""
    return session.get(Invoice, number)


def last_decision_at(session: Session, invoice: int) -> datetime | None:
    """When the last decision about a claim was taken; None when there is none."""
    query = select(FindingDecision.at).where(col(FindingDecision.invoice) == invoice).order_by(col(FindingDecision.at).desc()).limit(1)
    return session.exec(query).first()


def line_rows(session: Session, invoice: int) -> list[InvoiceLine]:
    """The stored lines of a claim, to be changed, in order."""
    return sorted(session.exec(select(InvoiceLine).where(col(InvoiceLine.invoice) == invoice)), key=lambda row: row.position)


def cost_lines(session: Session, vendor: str | None = None, period: str | None = None, batch: int | None = None) -> list[CostValue]:
    """Live costs that no vendor bills, optionally of one vendor, month or batch, by batch and position."""
    live = and_(col(Delivery.batch) == col(CostLine.batch), col(Delivery.vendor) == col(CostLine.vendor), col(Delivery.live).is_(True))
    query = select(CostLine).join(Delivery, live)
    if vendor is not None:
        query = query.where(col(CostLine.vendor) == vendor)
    if period is not None:
        query = query.where(col(CostLine.period) == period)
    if batch is not None:
        query = query.where(col(CostLine.batch) == batch)
    return [cost_of(row) for row in sorted(session.exec(query), key=lambda row: (row.batch, row.position))]


def cost_of(row: CostLine) -> CostValue:
    """A stored cost as a value."""
    return CostValue(
        row.vendor, row.period, row.item, row.site, row.queue, row.language, row.amount, row.currency, row.sheet, row.row, row.batch
    )


def rate_rows(session: Session, batch: int | None = None) -> list[FxRate]:
    """Live rates (of a batch: live or not), by currencies, day and batch."""
    query = select(FxRate).where(col(FxRate.live).is_(True) if batch is None else col(FxRate.batch) == batch)
    return sorted(session.exec(query), key=_rate_order)


def all_rates(session: Session) -> list[FxRate]:
    """All rates, live or not, by currencies, day and batch."""
    return sorted(session.exec(select(FxRate)), key=_rate_order)


def _rate_order(row: FxRate) -> tuple[str, str, date, int]:
    return row.from_currency, row.to_currency, row.day, row.batch


def rates(session: Session) -> Rates:
    """All live rates, ready to look up."""
    return Rates.of((row.from_currency, row.to_currency, FxQuote(row.rate, row.day, row.source)) for row in rate_rows(session))


def rates_on(session: Session, days: Iterable[date]) -> list[FxRate]:
    """Live rates of these days."""
    query = select(FxRate).where(col(FxRate.live).is_(True), col(FxRate.day).in_(sorted(set(days))))
    return sorted(session.exec(query), key=lambda row: (row.from_currency, row.to_currency, row.day, row.batch))


def rates_of_day(session: Session, day: date, pair: tuple[str, str]) -> list[FxRate]:
    """What uploads say of a rate on a day, live ones last and among alike the newest last."""
    query = select(FxRate).where(col(FxRate.day) == day, col(FxRate.from_currency) == pair[0], col(FxRate.to_currency) == pair[1])
    return sorted(session.exec(query), key=lambda row: (row.live, row.batch))


def claim_heads(session: Session, first: date, end: date) -> list[ClaimHead]:
    """Live claims that serve any of the days first <= day < end, and all that print no days or name another."""
    lines = (
        columns(
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
    wanted = columns(col(Invoice.id)).where(col(Invoice.number_key).in_(sorted(keys)))
    lines = (
        columns(
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
    query = columns(*keys, lines.c.first, lines.c.last).join(Delivery, live).join(lines, lines.c.id == col(Invoice.id)).where(condition)
    return sorted((ClaimHead(*row) for row in session.connection().execute(query).all()), key=lambda head: head.id)


def held_lines(session: Session) -> dict[int, list[int]]:
    """Positions of the disputed lines, by claim."""
    query = columns(col(InvoiceLine.invoice), col(InvoiceLine.position)).where(col(InvoiceLine.held).is_(True))
    found: dict[int, list[int]] = {}
    for claim, position in sorted(session.connection().execute(query)):
        found.setdefault(claim, []).append(position)
    return found


def finding_decisions(session: Session) -> dict[int, list[list[str]]]:
    """What people decided about claims, by claim in order: code, line, state, instant; as JSON gives it back."""
    found: dict[int, list[list[str]]] = {}
    for row in sorted(session.exec(select(FindingDecision)), key=lambda row: row.id or 0):
        found.setdefault(row.invoice, []).append([row.code, row.line, row.state, row.at.isoformat(timespec="microseconds")])
    return found


def claims_by_id(session: Session, ids: Collection[int]) -> list[InvoiceValue]:
    """Claims by id, live or not, without what people decided, in order of upload."""
    lines: dict[int, list[InvoiceLine]] = {}
    for line in session.exec(select(InvoiceLine).where(col(InvoiceLine.invoice).in_(sorted(ids)))):
        lines.setdefault(line.invoice, []).append(line)
    rows = session.exec(select(Invoice).where(col(Invoice.id).in_(sorted(ids))))
    return [claim_of(row, lines.get(row.id or 0, ())) for row in sorted(rows, key=lambda row: row.id or 0)]


def contracts_by_id(session: Session, ids: Collection[int]) -> list[Contract]:
    """Contract documents by id, live or not, in order of their days."""
    rows = session.exec(select(Contract).where(col(Contract.id).in_(sorted(ids))))
    return sorted(rows, key=lambda row: (row.valid_from, row.number, row.id or 0))


def cost_batches(session: Session, period: Period) -> dict[str, list[int]]:
    """Uploads with live costs of a month that no vendor bills, by the vendor they belong to."""
    live = and_(col(Delivery.batch) == col(CostLine.batch), col(Delivery.vendor) == col(CostLine.vendor), col(Delivery.live).is_(True))
    query = columns(col(CostLine.vendor), col(CostLine.batch)).join(Delivery, live).where(col(CostLine.period) == str(period))
    found: dict[str, list[int]] = {}
    for vendor, batch in sorted(set(session.connection().execute(query))):
        found.setdefault(vendor, []).append(batch)
    return found


def costs_of(session: Session, vendor: str, period: Period, batches: Collection[int]) -> list[CostValue]:
    """Costs of a vendor's month from the named uploads, in the order of their files."""
    query = select(CostLine).where(
        col(CostLine.vendor) == vendor, col(CostLine.period) == str(period), col(CostLine.batch).in_(sorted(batches))
    )
    return [cost_of(row) for row in sorted(session.exec(query), key=lambda row: (row.batch, row.position))]


def quotes_on(session: Session, currency: str, day: date) -> dict[str, tuple[Decimal, date, str]]:
    """Per currency the last live rate into a currency on or before a day: (rate, its day, source).

    Of several uploads with a rate for that day the latest counts, as in contracts.fx.
    """
    usable = (col(FxRate.to_currency) == currency, col(FxRate.day) <= day, col(FxRate.live).is_(True))
    newest = (
        columns(col(FxRate.from_currency).label("currency"), func.max(FxRate.day).label("day"))
        .where(*usable)
        .group_by(col(FxRate.from_currency))
        .subquery()
    )
    query = select(FxRate).join(newest, and_(newest.c.currency == col(FxRate.from_currency), newest.c.day == col(FxRate.day)))
    rows = sorted(session.exec(query.where(*usable)), key=lambda row: row.batch)
    return {row.from_currency: (row.rate, row.day, row.source) for row in rows}


def claim_numbers(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Printed numbers of claims by id."""
    query = columns(col(Invoice.id), col(Invoice.number)).where(col(Invoice.id).in_(sorted(ids)))
    return {row[0] or 0: row[1] for row in session.connection().execute(query)}


def everything(
    session: Session,
) -> tuple[list[Contract], list[Invoice], list[InvoiceLine], list[CostLine], list[FxRate], list[FindingDecision]]:
    """Every row of this room, live or not, for its self-check."""
    return (
        sorted(session.exec(select(Contract)), key=lambda row: row.id or 0),
        sorted(session.exec(select(Invoice)), key=lambda row: row.id or 0),
        sorted(session.exec(select(InvoiceLine)), key=lambda row: (row.invoice, row.position)),
        sorted(session.exec(select(CostLine)), key=lambda row: (row.batch, row.position)),
        sorted(session.exec(select(FxRate)), key=lambda row: (row.batch, row.from_currency, row.to_currency, row.day)),
        sorted(session.exec(select(FindingDecision)), key=lambda row: row.id or 0),
    )


def disputed_claims(session: Session) -> list[int]:
    """Ids of the live claims that are disputed, whole or in a line."""
    live = and_(col(Delivery.batch) == col(Invoice.batch), col(Delivery.vendor) == col(Invoice.vendor), col(Delivery.live).is_(True))
    lines = columns(col(InvoiceLine.invoice)).where(col(InvoiceLine.held).is_(True))
    query = columns(col(Invoice.id)).join(Delivery, live).where(or_(col(Invoice.state) == "disputed", col(Invoice.id).in_(lines)))
    return sorted(number for (number,) in session.connection().execute(query) if number is not None)


def served_days(session: Session) -> list[tuple[str, date, date]]:
    """Vendor, first and last service day of every live line, each once."""
    live = and_(col(Delivery.batch) == col(Invoice.batch), col(Delivery.vendor) == col(Invoice.vendor), col(Delivery.live).is_(True))
    query = (
        columns(col(Invoice.vendor), col(InvoiceLine.service_from), col(InvoiceLine.service_to))
        .join(Invoice, col(Invoice.id) == col(InvoiceLine.invoice))
        .join(Delivery, live)
        .where(col(InvoiceLine.service_from).is_not(None), col(InvoiceLine.service_to).is_not(None))
        .distinct()
    )
    return sorted((vendor, first, last) for vendor, first, last in session.connection().execute(query) if first and last)


def uploads(session: Session, batches: Collection[int]) -> dict[tuple[int, str], Delivery]:
    """What is known of some uploads, by number and vendor."""
    rows = session.exec(select(Delivery).where(col(Delivery.batch).in_(sorted(batches))))
    return {(row.batch, row.vendor): row for row in rows}


def contract_versions(session: Session, vendor: str) -> list[Contract]:
    """Every contract document ever accepted of a vendor, live or not, in order of its days and its recording."""
    rows = session.exec(select(Contract).where(col(Contract.vendor) == vendor))
    return sorted(rows, key=lambda row: (row.valid_from, row.number, row.recorded_at, row.id or 0))


def history(session: Session, claim: InvoiceValue) -> list[AuditEntry]:
    """The audit entries of a claim's upload and of every decision about it, in order."""
    subjects = (f"invoice:{claim.id}", f"batch:{claim.batch}")
    query = select(AuditEntry).where(col(AuditEntry.subject).in_(subjects), col(AuditEntry.action).in_((STORED, DECIDED)))
    return list(session.exec(query.order_by(col(AuditEntry.seq))))


def submitter(session: Session, batch: int) -> str:
    """Who stored a batch of this room, as the audit log says; '' when it does not."""
    query = select(AuditEntry.actor).where(col(AuditEntry.action) == STORED, col(AuditEntry.subject) == f"batch:{batch}")
    return session.exec(query).first() or ""


def audited(session: Session, action: str) -> list[AuditEntry]:
    """Audit entries of an action, in order."""
    return list(session.exec(select(AuditEntry).where(col(AuditEntry.action) == action).order_by(col(AuditEntry.seq))))
