"""Money by document: what a month should cost, and each invoice beside what the contract says.

Owns: reading the record that a price or an invoice is held against, and the answers of `contract price` and
`invoice`. Must not know: how a clause is priced or a finding is made (contracts), scores.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from contracts import service as contracts
from contracts import store as contract_store
from contracts.bearing import ClaimHead, bearing, touching
from contracts.claims import InvoiceValue, LineValue
from contracts.findings import Calculation
from contracts.invoices import InvoiceCheck, LineCheck, check_invoices, named_claim, related
from contracts.pricing.values import Quantities, shown
from contracts.terms import Terms
from kernel.audit import AuditEntry
from kernel.errors import NotFound
from kernel.money import EXACT, Money, plain
from kernel.period import Period, months_between
from kernel.scope import Scope
from scorecards import store
from scorecards.charging import facts_of, months_of, precedence_of, recorded
from scorecards.gather import clipped, codes_of, gather, heads_near, joined, references
from scorecards.readiness import SETTLED
from scorecards.store import Covered, Span
from scorecards.tally import Counts, Tally
from vendors import store as vendor_store

ONE_DAY = timedelta(days=1)


def contract_price(session: Session, scope: Scope, vendor: str, period: Period, currency: str) -> dict[str, Any]:
    """The JSON of `contract price`, on what is recorded now.

    Raises NotFound for an unknown or foreign vendor, and when no contract of it is in force in the month.
    """
    if not scope.sees(vendor) or not store.knows_vendor(session, vendor):
        raise NotFound("UNKNOWN_VENDOR", f"there is no vendor {vendor}; see: scoreline vendor list")
    priced = gather(session, references(session, period, currency, [vendor])[vendor]).priced
    if priced is None:
        raise NotFound("NO_CONTRACT", f"no contract of {vendor} is in force in {period}; add one with: scoreline contract add FILE")
    return priced.json(vendor, str(period))


def invoice_list(session: Session, scope: Scope, period: Period | None, currency: str) -> list[dict[str, Any]]:
    """Every invoice in scope as `invoice show` gives it, most money in question first; of one month or all.

    Amounts in several currencies are ordered by what they are worth in the reporting currency; those without a rate
    follow, by their own amount.
    """
    found: list[dict[str, Any]] = invoice_month(session, scope, period, currency)["invoices"]
    return found


def invoice_month(session: Session, scope: Scope, period: Period | None, currency: str) -> dict[str, Any]:
    """The invoices of a month (None: of all), in order, with the rates into the reporting currency that order them.

    The number of queries grows with vendors, not with months or invoices.
    """
    claims_of = _claims_of(session, scope, period)
    months = {claim.id: claim_months(claim, claims) for claims in claims_of.values() for claim in claims}
    wanted = {number for number, served in months.items() if period is None or period in served}
    checked = _checked(session, claims_of, wanted)
    last = max((served[-1].last for number, served in months.items() if number in wanted and served), default=None)
    quotes = {} if last is None else contract_store.quotes_on(session, currency, last)
    rates = {currency: Decimal(1)} | {code: rate for code, (rate, _, _) in quotes.items()}

    def place(one: tuple[InvoiceValue, InvoiceCheck]) -> tuple[bool, bool, Decimal, str, int]:
        claim, check = one
        rate = rates.get(claim.currency)
        return (not check.at_stake, rate is None, -EXACT.multiply(check.at_stake, rate or Decimal(1)), claim.vendor, claim.id)

    ordered = sorted(checked, key=place)
    used = {claim.currency for claim, _ in ordered}
    return {
        "invoices": [invoice_json(claim, check, months[claim.id]) for claim, check in ordered],
        "currency": currency,
        "rates": [
            {"currency": code, "rate": plain(rate), "day": day.isoformat(), "source": source}
            for code, (rate, day, source) in sorted(quotes.items())
            if code in used
        ],
    }


def disputed_elsewhere(session: Session, scope: Scope, shown: Collection[int]) -> list[dict[str, Any]]:
    """Disputes in scope that are open on documents other than those shown, the oldest first."""
    claims = contract_store.invoices(session, ids=set(contract_store.disputed_claims(session)) - set(shown))
    found = []
    for claim in claims:
        if scope.sees(claim.vendor):
            lines = [] if claim.state == "disputed" else [line for line in claim.lines if line.held]
            asked = [one for one in claim.decisions if one.state == "disputed" and not one.code]
            held = claim.net if not lines else sum((line.amount for line in lines), Decimal(0))
            found.append(
                {
                    "id": claim.id,
                    "number": claim.number,
                    "vendor": claim.vendor,
                    "periods": [str(month) for month in claim_months(claim, claims)],
                    "lines": [line.line for line in lines],
                    "held": _money(held, claim.currency),
                    "since": max(one.at for one in asked).isoformat() if asked else None,
                    "reason": max(asked, key=lambda one: one.at).reason if asked else "",
                }
            )
    return sorted(found, key=lambda one: (one["since"] or "", one["id"]))


def invoice_months(session: Session, scope: Scope) -> list[str]:
    """The months that any live invoice in scope serves, oldest first."""
    days = [(first, last) for vendor, first, last in contract_store.served_days(session) if scope.sees(vendor)]
    return sorted({str(month) for first, last in days for month in months_between(first, last)})


def invoice_show(session: Session, scope: Scope, number: str, vendor: str | None = None) -> dict[str, Any]:
    """The JSON of `invoice show`. Raises as contracts.service.find_invoice does."""
    return _shown(session, contracts.find_invoice(session, scope, number, vendor))[2]


def invoice_page(session: Session, scope: Scope, number: int) -> dict[str, Any]:
    """The JSON of `invoice show` by id, with what a reader needs beside it.

    prices: the clauses behind its lines with what held before and after; related: documents that belong to it;
    history: its upload and every decision, from the audit log; settled: its months whose figures no longer change.
    A vendor is not told which of the client's people decided. Raises NotFound as contracts.service.claim_by_id does.
    """
    claim, claims, found = _shown(session, contracts.claim_by_id(session, scope, number))
    terms = contract_store.terms_in_force(session, claim.vendor)
    states = {month: store.month(session, month) for month in claim_months(claim, claims)}
    return {
        **found,
        "tax": _money(claim.tax, claim.currency),
        "file": store.file_names(session, [claim.batch]).get(claim.batch, ""),
        "submitter": contract_store.submitter(session, claim.batch) if scope.vendors is None else "",
        "tolerance": next((plain(one.quantity_tolerance) for one in terms if _in_force(one, claim)), None),
        "unpriced": [str(clause) for one in terms if _in_force(one, claim) for clause in one.unpriced],
        "contracts": [one.number for one in terms if _in_force(one, claim)],
        "prices": _prices(terms, {line["clause"] for line in found["lines"] if line["clause"]}),
        "related": [_related_json(how, other) for how, other in related(claim, claims)],
        "settled": [str(month) for month, row in states.items() if row is not None and row.status in SETTLED],
        "history": [_told(entry, scope) for entry in contract_store.history(session, claim)],
    }


def _shown(session: Session, chosen: InvoiceValue) -> tuple[InvoiceValue, Sequence[InvoiceValue], dict[str, Any]]:
    claims = contract_store.invoices(session, chosen.vendor)
    claim, check = _checked(session, {chosen.vendor: claims}, {chosen.id})[0]
    return claim, claims, invoice_json(claim, check, claim_months(claim, claims))


def _in_force(terms: Terms, claim: InvoiceValue) -> bool:
    days = claim.service_days
    return days is not None and terms.currency == claim.currency and terms.touches(days[0], days[1] + ONE_DAY)


def _prices(terms: Sequence[Terms], clauses: Collection[str]) -> list[dict[str, Any]]:
    """The clauses of these ids, and every clause of the same basis and scope before and after them."""
    named = {part for clause in clauses for part in clause.split(", ")}
    kept = {(price.family, *price.scope) for one in terms for price in one.prices if price.id in named}
    return [
        {
            "id": price.id,
            "contract": one.number,
            "basis": price.basis,
            "rate": plain(price.rate),
            "currency": one.currency,
            "site": price.site or None,
            "queue": price.queue or None,
            "language": price.language or None,
            "valid_from": price.valid_from.isoformat(),
            "valid_to": price.valid_to.isoformat(),
        }
        for one in terms
        for price in sorted(one.prices, key=lambda price: (price.valid_from, price.id))
        if (price.family, *price.scope) in kept
    ]


def _related_json(how: str, other: InvoiceValue) -> dict[str, Any]:
    return {
        "how": how,
        "id": other.id,
        "number": other.number,
        "document": other.document,
        "issued_on": other.issued_on.isoformat(),
        "state": other.state,
        "billed": _money(other.net, other.currency),
    }


def _told(entry: AuditEntry, scope: Scope) -> dict[str, Any]:
    """An entry of the audit log; a vendor reads of the client's decisions only what is meant for it."""
    body = json.loads(entry.body)
    state, ours = body.get("state", "received"), scope.vendors is None
    return {
        "at": entry.at.isoformat(),
        "by": entry.actor if ours else None,
        "code": body.get("code") or None,
        "line": body.get("line") or None,
        "state": state,
        "reason": body.get("reason", "") if ours or state in ("disputed", "recovered") else "",
    }


def claim_months(claim: InvoiceValue, claims: Sequence[InvoiceValue]) -> list[Period]:
    """The months a claim is for: those of its service days, else those of the invoice it names."""
    found = months_of([claim], {claim.id})
    if not found:
        named = named_claim(claim, claims)
        found = months_of([named], {named.id}) if named else set()
    return sorted(found)


def _claims_of(session: Session, scope: Scope, period: Period | None) -> dict[str, list[InvoiceValue]]:
    """The claims in scope by vendor: all, or those of a month with those that can change what they come to."""
    if period is None:
        claims = contract_store.invoices(session)
    else:
        heads: dict[str, list[ClaimHead]] = {}
        for head in heads_near(session, period):
            if scope.sees(head.vendor):
                heads.setdefault(head.vendor, []).append(head)
        claims = contract_store.invoices(session, ids={one for mine in heads.values() for one in bearing(mine, touching(mine, period))})
    found: dict[str, list[InvoiceValue]] = {}
    for claim in claims:
        if scope.sees(claim.vendor):
            found.setdefault(claim.vendor, []).append(claim)
    return found


def _checked(
    session: Session, claims_of: Mapping[str, Sequence[InvoiceValue]], wanted: Collection[int]
) -> list[tuple[InvoiceValue, InvoiceCheck]]:
    """The wanted claims with their checks, against what is recorded now. claims_of: by vendor, all that could matter."""
    terms_of: dict[str, list[Terms]] = {}
    for row in contract_store.contracts(session, next(iter(claims_of)) if len(claims_of) == 1 else None):
        if (terms := contract_store.terms_of(row)) is not None:
            terms_of.setdefault(row.vendor, []).append(terms)
    merged = [row for row in vendor_store.vendors(session) if row.merged_into is not None]
    months = {vendor: months_of(claims, wanted) for vendor, claims in claims_of.items()}
    uploads: dict[str, list[Covered]] = {}
    for upload in store.covered(session, sorted({str(month) for served in months.values() for month in served})):
        uploads.setdefault(upload.period, []).append(upload)
    found = []
    for vendor, claims in claims_of.items():
        agreed = terms_of.get(vendor, [])
        record = _record(session, codes_of(vendor, merged), uploads, agreed, claims, months[vendor])
        checks = check_invoices(claims, agreed, record, wanted)
        found += [(claim, checks[claim.id]) for claim in claims if claim.id in wanted]
    return found


def _record(
    session: Session,
    spans: Sequence[Span],
    uploads: Mapping[str, Sequence[Covered]],
    terms: Sequence[Terms],
    claims: Sequence[InvoiceValue],
    months: Collection[Period],
) -> Mapping[Period, Quantities]:
    """What is recorded of a vendor in each of the months, read at once. uploads: by month, of all vendors."""
    codes = {span.vendor for span in spans}
    batches = {month: {row.batch for row in uploads.get(str(month), ()) if row.vendor in codes} for month in sorted(months)}
    parts = [part for month in batches for part in clipped(spans, month)]
    days: dict[date, list[Tally]] = {}
    for row in store.tallies(session, joined(parts), {batch for mine in batches.values() for batch in mine}, facts_of(terms)):
        days.setdefault(row.day, []).append(row)
    rows: dict[Period, list[Tally]] = {month: [] for month in batches}
    for day, found in days.items():
        month = Period.of(day)
        rows[month] += [row for row in found if row.batch in batches[month]]
    return {month: recorded(Counts(rows[month]), precedence_of(terms, month), terms, claims) for month in batches}


def _money(amount: Decimal | None, currency: str) -> dict[str, str] | None:
    return None if amount is None else Money(amount, currency).json()


def invoice_json(claim: InvoiceValue, check: InvoiceCheck, months: Sequence[Period]) -> dict[str, Any]:
    """An invoice beside its contract amount. period: its first month; periods: all of them; costs: whether it counts."""

    def money(amount: Decimal | None) -> dict[str, str] | None:
        return _money(amount, claim.currency)

    return {
        "id": claim.id,
        "number": claim.number,
        "vendor": claim.vendor,
        "period": str(months[0]) if months else None,
        "periods": [str(month) for month in months],
        "document": claim.document,
        "issued_on": claim.issued_on.isoformat(),
        "relates_to": claim.relates_to or None,
        "state": claim.state,
        "replaced_by": check.replaced_by or None,
        "held": check.held,
        "costs": check.costs,
        "batch": claim.batch,
        "billed": money(claim.net),
        "contract_amount": money(check.contract_amount),
        "complete": check.complete,
        "at_stake": money(check.at_stake),
        "lines": [_line_json(line, checked, claim.currency) for line, checked in zip(claim.lines, check.lines, strict=True)],
        "findings": [
            {
                "code": finding.code,
                "severity": finding.severity,
                "line": finding.line or None,
                "message": finding.message,
                "clause": finding.clause or None,
                "calculations": {"billed": _calculation(finding.billed), "contract": _calculation(finding.agreed)},
                "at_stake": money(finding.at_stake),
                "in_favour_of": finding.in_favour_of,
                "state": finding.state,
            }
            for finding in check.findings
        ],
    }


def _line_json(line: LineValue, checked: LineCheck, currency: str) -> dict[str, Any]:
    return {
        "line": line.line,
        "text": line.text,
        "site": line.site or None,
        "queue": line.queue or None,
        "language": line.language or None,
        "service_from": line.service_from.isoformat() if line.service_from else None,
        "service_to": line.service_to.isoformat() if line.service_to else None,
        "line_type": line.line_type,
        "unit": line.unit,
        "quantity": _digits(line.quantity),
        "rate": _digits(line.rate),
        "billed": _money(line.amount, currency),
        "contract_quantity": _digits(checked.contract_quantity),
        "contract_rate": _digits(checked.contract_rate),
        "contract_amount": _money(checked.contract_amount, currency),
        "difference": _money(checked.difference, currency),
        "clause": checked.clause or None,
        "calculation": checked.calculation,
        "held": checked.held,
        "disputed": line.held,
        "stand_in": _money(checked.stand_in, currency),
        "sheet": line.sheet,
        "row": line.row,
    }


def _calculation(one: Calculation) -> dict[str, Any]:
    return {"quantity": _digits(one.quantity), "unit": one.unit or None, "rate": _digits(one.rate), "amount": _digits(one.amount)}


def _digits(number: Decimal | None) -> str | None:
    return None if number is None else shown(number)
