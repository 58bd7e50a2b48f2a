"""Acts on contracts, invoices, costs and rates. Every change leaves an audit row; the caller commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlmodel import Session

from contracts import store
from contracts.checking import self_check
from contracts.claims import CostValue, InvoiceValue, named_claim
from contracts.findings import DUPLICATE
from contracts.fingerprints import DECIDED, STORED, claim_mark, content_mark, contract_mark, cost_mark, digits, fingerprint, rate_mark
from contracts.models import Contract, CostLine, FindingDecision, FxRate, Invoice, InvoiceLine
from contracts.renewals import Renewal, renewals
from contracts.terms import Price, Target, Terms
from kernel import audit
from kernel.errors import Invalid, NotFound, Usage
from kernel.money import LARGEST_STORED, plain
from kernel.scope import Scope

DECISIONS = ("approved", "disputed", "recovered")
"""What a person can decide about an invoice."""
FINDING_STATES = ("confirmed", "cleared", "disputed", "recovered", "lost")
"""What a person can say about a finding; until then it is suspected."""

__all__ = [
    "claim_by_id",
    "coming_renewals",
    "decide_finding",
    "decide_invoice",
    "document_json",
    "find_invoice",
    "self_check",
    "set_rates_live",
    "show_contract",
    "store_contract",
    "store_costs",
    "store_invoices",
    "store_rates",
    "terms_object",
]


def document_json(document: Mapping[str, object]) -> str:
    """The canonical JSON of a TOML document: days as ISO texts, numbers of clauses that are kept only as their digits."""

    def lowered(value: object) -> object:
        if isinstance(value, Mapping):
            return {str(key): lowered(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [lowered(inner) for inner in value]
        if isinstance(value, Decimal):
            return plain(value)
        return value if value is None or isinstance(value, (str, bool, int, float)) else str(value)

    return audit.canonical(lowered(document))


def store_contract(session: Session, scope: Scope, batch: int, document: Mapping[str, object], terms: Terms, at: datetime) -> None:
    """Keep an accepted contract document whose terms were read from it."""
    row = Contract(
        batch=batch,
        vendor=terms.vendor,
        number=terms.number,
        currency=terms.currency,
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        body=document_json(document),
        recorded_at=at,
    )
    session.add(row)
    session.flush()
    _keep_fingerprint(session, scope, batch, [contract_mark(row)], at)


def store_invoices(session: Session, scope: Scope, batch: int, claims: Sequence[InvoiceValue], at: datetime) -> None:
    """Keep accepted claims. A claim that comes again unchanged keeps what people decided about it."""
    marks = []
    for claim in claims:
        before = [old for old in store.earlier_claims(session, claim.vendor, claim.number) if content_mark(old) == content_mark(claim)]
        row = Invoice(
            batch=batch,
            vendor=claim.vendor,
            number=claim.number,
            number_key=claim.number_key,
            document=claim.document,
            issued_on=claim.issued_on,
            currency=claim.currency,
            net=claim.net,
            tax=claim.tax,
            relates_to=claim.relates_to,
        )
        session.add(row)
        session.flush()
        lines = [
            InvoiceLine(
                invoice=row.id or 0,
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
                sheet=line.sheet,
                row=line.row,
            )
            for line in claim.lines
        ]
        session.add_all(lines)
        session.flush()
        marks.append(claim_mark(claim))
        if before and before[0].decisions:
            _carry_over(session, scope, before[0], row, lines, at)
    _keep_fingerprint(session, scope, batch, marks, at)


def _carry_over(session: Session, scope: Scope, old: InvoiceValue, row: Invoice, lines: Sequence[InvoiceLine], at: datetime) -> None:
    row.state = old.state
    session.add(row)
    held = {line.position for line in old.lines if line.held}
    for line in lines:
        line.held = line.position in held
        session.add(line)
    session.flush()
    claim = store.claim_of(row, lines)
    last = {(decision.code, decision.line): decision for decision in old.decisions}
    for decision in sorted(last.values(), key=lambda one: one.at):
        reason = f"{decision.reason} (by {decision.actor}, carried over from upload {old.batch})"
        _decide(session, scope, claim, decision.code, decision.line, decision.state, reason, at)


def store_costs(session: Session, scope: Scope, batch: int, costs: Sequence[CostValue], at: datetime) -> None:
    """Keep accepted costs that no vendor bills, in the order of the file."""
    session.add_all(
        CostLine(
            batch=batch,
            position=position,
            vendor=cost.vendor,
            period=cost.period,
            item=cost.item,
            site=cost.site,
            queue=cost.queue,
            language=cost.language,
            amount=cost.amount,
            currency=cost.currency,
            sheet=cost.sheet,
            row=cost.row,
        )
        for position, cost in enumerate(costs, start=1)
    )
    session.flush()
    _keep_fingerprint(session, scope, batch, [cost_mark(position, cost) for position, cost in enumerate(costs, start=1)], at)


def store_rates(session: Session, scope: Scope, batch: int, rates: Sequence[FxRate], at: datetime) -> None:
    """Keep accepted exchange rates."""
    for rate in rates:
        rate.batch = batch
        session.add(rate)
    session.flush()
    _keep_fingerprint(session, scope, batch, [rate_mark(rate) for rate in rates], at)


def set_rates_live(session: Session, batch: int, *, live: bool) -> None:
    """Take the rates of a batch out of, or back into, force."""
    for row in store.rate_rows(session, batch):
        row.live = live
        session.add(row)
    session.flush()


def _keep_fingerprint(session: Session, scope: Scope, batch: int, marks: Sequence[list[object]], at: datetime) -> None:
    body: dict[str, object] = {"rows": len(marks), "sha256": fingerprint(marks)}
    audit.record(session, at, scope.actor, STORED, f"batch:{batch}", body)


def show_contract(session: Session, scope: Scope, vendor: str, on: date) -> dict[str, object]:
    """The contracts of a vendor that are in force on a day, with the clauses that hold then.

    Raises NotFound when the vendor has no contract at all, or is not in scope.
    """
    rows = store.contracts(session, vendor) if scope.sees(vendor) else []
    if not rows:
        raise NotFound("NO_CONTRACT", f"there is no contract with {vendor!r}: `contract add FILE` takes one in")
    return {
        "vendor": vendor,
        "on": on.isoformat(),
        "contracts": [
            terms_object(terms, on) | {"batch": row.batch}
            for row in rows
            if (terms := store.terms_of(row)) is not None and terms.holds_on(on)
        ],
    }


def coming_renewals(session: Session, scope: Scope, today: date) -> list[Renewal]:
    """Contracts that end within 90 days and that nothing follows, soonest first."""
    rows = [row for row in store.contracts(session) if scope.sees(row.vendor)]
    return renewals([terms for row in rows if (terms := store.terms_of(row)) is not None], today)


def terms_object(terms: Terms, on: date) -> dict[str, object]:
    """Terms as JSON, with the clauses that hold on a day."""
    return {
        "number": terms.number,
        "currency": terms.currency,
        "valid_from": terms.valid_from.isoformat(),
        "valid_to": terms.valid_to.isoformat(),
        "rounding": terms.rounding,
        "calendar": terms.calendar,
        "fx": terms.fx,
        "side_precedence": list(terms.side_precedence),
        "date_rule": terms.date_rule,
        "quantity_tolerance": plain(terms.quantity_tolerance),
        "holidays": [day.isoformat() for day in sorted(terms.holidays)],
        "prices": [
            {"id": price.id, "basis": price.basis, "rate": plain(price.rate), "quantity": price.quantity or None}
            | {"proration": price.proration or None}
            | _scope_object(price)
            for price in terms.prices
            if price.holds_on(on)
        ],
        "targets": [
            {"id": target.id, "metric": target.metric, "floor": digits(target.floor), "target": digits(target.target)}
            | _scope_object(target)
            for target in terms.targets
            if target.valid_from <= on < target.valid_to
        ],
        "expects": [{"kind": one.kind, "due_business_day": one.due_business_day, "site": one.site or None} for one in terms.expects],
        "unpriced": [{"family": clause.family, "id": clause.id} for clause in terms.unpriced],
    }


def _scope_object(clause: Price | Target) -> dict[str, object]:
    return {
        "site": clause.site or None,
        "queue": clause.queue or None,
        "language": clause.language or None,
        "valid_from": clause.valid_from.isoformat(),
        "valid_to": clause.valid_to.isoformat(),
    }


def find_invoice(session: Session, scope: Scope, number: str, vendor: str | None = None) -> InvoiceValue:
    """The live claim with exactly this number.

    Raises NotFound when there is none in scope, Usage when several vendors use the number and none is told.
    """
    found = [claim for claim in store.invoices(session, vendor, number) if scope.sees(claim.vendor)]
    if not found:
        raise NotFound("UNKNOWN_INVOICE", f"there is no invoice {number!r}: `invoice list` shows them")
    if len(found) > 1:
        vendors = ", ".join(sorted({claim.vendor for claim in found}))
        raise Usage("SEVERAL_INVOICES", f"{number!r} is a number of several vendors: add --vendor with one of {vendors}")
    return found[0]


def claim_by_id(session: Session, scope: Scope, number: int) -> InvoiceValue:
    """The live claim of this id; of one whose upload counts no longer, the live one under the same exact number.

    Raises NotFound when there is none in scope.
    """
    stored = store.invoice_row(session, number) if 0 < number <= LARGEST_STORED else None
    if stored is None or not scope.sees(stored.vendor):
        raise NotFound("UNKNOWN_INVOICE", f"there is no invoice {number}: `invoice list` shows them")
    found = store.invoices(session, stored.vendor, stored.number)
    return next((claim for claim in found if claim.id == number), None) or find_invoice(session, scope, stored.number, stored.vendor)


def decide_invoice(
    session: Session,
    scope: Scope,
    number: str,
    vendor: str | None,
    state: str,
    reason: str,
    at: datetime,
    line: str | None = None,
    submitter: str = "",
) -> dict[str, object]:
    """Approve or dispute an invoice or one line of it, or note that the vendor has credited what was disputed.

    Approving ends the dispute of the same invoice or line and clears a suspicion of being a duplicate; who submitted
    the invoice may not do it, and an invoice with a disputed line waits until that is settled. Recovering needs a
    credit note that names the invoice: the hold ends, because the credit note now corrects the cost.
    Args: submitter: who brought the invoice in ('' = whoever the audit log names).

    Raises Invalid with code SAME_PERSON, LINE_DISPUTED, NO_REASON or NO_CREDIT_NOTE; NotFound for an unknown invoice
    or line.
    """
    if scope.vendors is not None:
        raise NotFound("UNKNOWN_INVOICE", f"there is no invoice {number!r}: `invoice list` shows them")
    if state not in DECISIONS:
        raise Usage("DECISION", f"{state!r} is no decision: use one of {', '.join(DECISIONS)}")
    claim = find_invoice(session, scope, number, vendor)
    if state == "approved":
        _require_another_person(session, scope, claim, submitter)
        _require_lines_settled(claim, line)
    if state == "disputed" and not reason.strip():
        raise Invalid("NO_REASON", f"a dispute needs a reason that the vendor can answer: add --reason to the dispute of {number}")
    if state == "recovered":
        _require_credit_note(session, claim)
    _set_state(session, claim, state, line)
    _decide(session, scope, claim, "", line or "", state, reason, at)
    if state == "approved" and line is None:
        _decide(session, scope, claim, DUPLICATE, "", "cleared", reason, at)
    return {"number": claim.number, "vendor": claim.vendor, "state": state, "line": line, "reason": reason, "by": scope.actor}


def decide_finding(
    session: Session, scope: Scope, number: str, vendor: str | None, code: str, state: str, reason: str, at: datetime, line: str = ""
) -> dict[str, object]:
    """Say of one finding that it is confirmed, cleared, disputed, recovered or lost.

    Clearing gives up money, so it needs a reason and another person than who submitted the invoice.
    Raises Invalid with code NO_REASON or SAME_PERSON, NotFound for an unknown invoice.
    """
    if scope.vendors is not None:
        raise NotFound("UNKNOWN_INVOICE", f"there is no invoice {number!r}: `invoice list` shows them")
    if state not in FINDING_STATES:
        raise Usage("DECISION", f"{state!r} is no state of a finding: use one of {', '.join(FINDING_STATES)}")
    claim = find_invoice(session, scope, number, vendor)
    if state == "cleared":
        if not reason.strip():
            raise Invalid("NO_REASON", f"clearing a finding needs a reason that an auditor can follow: add --reason to {code} of {number}")
        _require_another_person(session, scope, claim)
    _decide(session, scope, claim, code, line, state, reason, at)
    return {"number": claim.number, "vendor": claim.vendor, "code": code, "line": line, "state": state, "by": scope.actor}


def _require_another_person(session: Session, scope: Scope, claim: InvoiceValue, submitter: str = "") -> None:
    if (submitter or store.submitter(session, claim.batch)) == scope.actor:
        raise Invalid("SAME_PERSON", f"{scope.actor} submitted {claim.number}, so another person must approve it: use --user NAME")


def _require_lines_settled(claim: InvoiceValue, line: str | None) -> None:
    held = [one.line for one in claim.lines if one.held]
    if line is None and held:
        what = f"line {held[0]} of {claim.number} is" if len(held) == 1 else f"lines {', '.join(held)} of {claim.number} are"
        remedy = f"credit or approve line {held[0]} alone (--line {held[0]})"
        raise Invalid("LINE_DISPUTED", f"{what} disputed, and approving the invoice would lift that silently: first {remedy}")


def _require_credit_note(session: Session, claim: InvoiceValue) -> None:
    claims = store.invoices(session, claim.vendor)
    notes = [
        other for other in claims if other.document == "credit_note" and (named := named_claim(other, claims)) and named.id == claim.id
    ]
    if not notes:
        raise Invalid("NO_CREDIT_NOTE", f"no credit note names {claim.number} yet: import the vendor's credit note first")


def _set_state(session: Session, claim: InvoiceValue, state: str, line: str | None) -> None:
    row = store.invoice_row(session, claim.id)
    if row is None:
        raise NotFound("UNKNOWN_INVOICE", f"there is no invoice {claim.number!r}: `invoice list` shows them")
    rows = store.line_rows(session, claim.id)
    if line is not None:
        rows = [one for one in rows if one.line == line]
        if not rows:
            known = ", ".join(one.line for one in claim.lines)
            raise NotFound("UNKNOWN_LINE", f"{claim.number} has no line {line!r}; its lines: {known}")
    else:
        row.state = {"approved": "approved", "disputed": "disputed", "recovered": "received"}[state]
        session.add(row)
    for one in rows:
        one.held = state == "disputed" and line is not None
        session.add(one)
    session.flush()


def _decide(session: Session, scope: Scope, claim: InvoiceValue, code: str, line: str, state: str, reason: str, at: datetime) -> None:
    # Decisions of one instant keep their order: two answers to one question never share it.
    last = store.last_decision_at(session, claim.id)
    at = at if last is None or last < at else last + timedelta(microseconds=1)
    session.add(FindingDecision(invoice=claim.id, code=code, line=line, state=state, reason=reason, actor=scope.actor, at=at))
    session.flush()
    body: dict[str, object] = {"number": claim.number, "code": code, "line": line, "state": state, "reason": reason}
    audit.record(session, at, scope.actor, DECIDED, f"invoice:{claim.id}", body)
