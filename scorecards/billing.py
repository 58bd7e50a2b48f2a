"""Money by document: what a month should cost, and each invoice beside what the contract says.

Owns: reading the record that a price or an invoice is held against, and the answers of `contract price` and
`invoice`. Must not know: how a clause is priced or a finding is made (contracts), scores.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from contracts import service as contracts
from contracts import store as contract_store
from contracts.claims import InvoiceValue
from contracts.invoices import InvoiceCheck, check_invoices, named_claim
from contracts.pricing.values import Quantities
from contracts.terms import Terms
from kernel.errors import NotFound
from kernel.money import Money
from kernel.period import Period
from kernel.scope import Scope
from scorecards import store
from scorecards.charging import facts_of, months_of, precedence_of, recorded
from scorecards.gather import clipped, codes_of, gather, references
from scorecards.tally import Counts
from vendors import store as vendor_store


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


def invoice_list(session: Session, scope: Scope, period: Period | None = None) -> list[dict[str, Any]]:
    """Every invoice in scope as `invoice show` gives it, most money at stake first; of one month or all."""
    by_vendor: dict[str, list[InvoiceValue]] = {}
    for claim in contract_store.invoices(session):
        if scope.sees(claim.vendor):
            by_vendor.setdefault(claim.vendor, []).append(claim)
    found: list[tuple[Decimal, str, int, dict[str, Any]]] = []
    for vendor, claims in by_vendor.items():
        wanted = {claim.id for claim in claims if period is None or period in claim_months(claim, claims)}
        for claim, check in _checked(session, vendor, claims, wanted):
            found.append((-check.at_stake, vendor, claim.id, invoice_json(claim, check, claim_months(claim, claims))))
    return [row for *_, row in sorted(found, key=lambda one: one[:3])]


def invoice_show(session: Session, scope: Scope, number: str, vendor: str | None = None) -> dict[str, Any]:
    """The JSON of `invoice show`. Raises as contracts.service.find_invoice does."""
    chosen = contracts.find_invoice(session, scope, number, vendor)
    claims = contract_store.invoices(session, chosen.vendor)
    claim, check = _checked(session, chosen.vendor, claims, {chosen.id})[0]
    return invoice_json(claim, check, claim_months(claim, claims))


def claim_months(claim: InvoiceValue, claims: Sequence[InvoiceValue]) -> list[Period]:
    """The months a claim is for: those of its service days, else those of the invoice it names."""
    found = months_of([claim], {claim.id})
    if not found:
        named = named_claim(claim, claims)
        found = months_of([named], {named.id}) if named else set()
    return sorted(found)


def _checked(
    session: Session, vendor: str, claims: Sequence[InvoiceValue], wanted: Collection[int]
) -> list[tuple[InvoiceValue, InvoiceCheck]]:
    """The wanted claims with their checks, against what is recorded now."""
    terms = contract_store.terms_in_force(session, vendor)
    record = _record(session, vendor, terms, claims, months_of(claims, wanted))
    checks = check_invoices(claims, terms, record, wanted)
    return [(claim, checks[claim.id]) for claim in claims if claim.id in wanted]


def _record(
    session: Session, vendor: str, terms: Sequence[Terms], claims: Sequence[InvoiceValue], months: Collection[Period]
) -> Mapping[Period, Quantities]:
    spans = codes_of(vendor, [row for row in vendor_store.vendors(session) if row.merged_into is not None])
    uploads = store.covered(session, sorted(map(str, months)), sorted({span.vendor for span in spans}))
    found = {}
    for month in sorted(months):
        batches = {row.batch for row in uploads if row.period == str(month)}
        counts = Counts(store.tallies(session, clipped(spans, month), batches, facts_of(terms)))
        found[month] = recorded(counts, precedence_of(terms, month), terms, claims)
    return found


def invoice_json(claim: InvoiceValue, check: InvoiceCheck, months: Sequence[Period]) -> dict[str, Any]:
    """An invoice beside its contract amount. period: its first month; periods: all of them."""

    def money(amount: Decimal | None) -> dict[str, str] | None:
        return None if amount is None else Money(amount, claim.currency).json()

    return {
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
        "billed": money(claim.net),
        "contract_amount": money(check.contract_amount),
        "complete": check.complete,
        "at_stake": money(check.at_stake),
        "lines": [
            {
                "line": line.line,
                "text": line.text,
                "billed": money(line.billed),
                "contract_amount": money(line.contract_amount),
                "difference": money(line.difference),
                "clause": line.clause or None,
                "calculation": line.calculation,
                "held": line.held,
            }
            for line in check.lines
        ],
        "findings": [
            {
                "code": finding.code,
                "severity": finding.severity,
                "line": finding.line or None,
                "message": finding.message,
                "at_stake": money(finding.at_stake),
                "in_favour_of": finding.in_favour_of,
                "state": finding.state,
            }
            for finding in check.findings
        ],
    }
