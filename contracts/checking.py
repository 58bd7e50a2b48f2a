"""The self-check of the contracts room: every stored row is what was accepted, and says what it says consistently.

Owns: which tables of this room are covered, all of them. Must not know: how rows came in; files are re-read above.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal

from sqlmodel import Session

from contracts import store
from contracts.claims import InvoiceValue, named_claim, number_key
from contracts.document import read_terms
from contracts.fingerprints import DECIDED, STORED, claim_mark, contract_mark, cost_mark, fingerprint, rate_mark
from contracts.models import Contract, FindingDecision, FxRate, Invoice, InvoiceLine
from kernel.money import EXACT
from kernel.selfcheck import Checked

MOST_NAMED = 20
"""So many of what differs are named; the rest is counted."""


def self_check(session: Session) -> list[Checked]:
    """All checks of this room; each names what differs."""
    contracts, heads, lines, costs, rates, decisions = store.everything(session)
    of_claim: dict[int, list[InvoiceLine]] = {}
    for line in lines:
        of_claim.setdefault(line.invoice, []).append(line)
    claims = [store.claim_of(head, of_claim.get(head.id or 0, [])) for head in heads]
    marks: dict[int, list[list[object]]] = {}
    for contract in contracts:
        marks.setdefault(contract.batch, []).append(contract_mark(contract))
    for claim in claims:
        marks.setdefault(claim.batch, []).append(claim_mark(claim))
    for cost in costs:
        marks.setdefault(cost.batch, []).append(cost_mark(cost.position, store.cost_of(cost)))
    for rate in rates:
        marks.setdefault(rate.batch, []).append(rate_mark(rate))
    return [
        _checked("contracts, invoices, costs and rates are as accepted", _changed(session, marks)),
        _checked("invoice lines sum to their net", _sums(claims)),
        _checked("invoice numbers are normalised as rule I-01 says", (c.number for c in claims if c.number_key != number_key(c.number))),
        _checked("credit notes without service days name an invoice", _lost(store.invoices(session))),
        _checked("contracts read as they did", _unread(contracts)),
        _checked("decisions on invoices are as audited", [*_decisions(session, decisions, heads), *_held(decisions, heads, lines)]),
        _checked("live exchange rates agree with each other", _disagreeing(rates)),
    ]


def _checked(name: str, faults: Iterable[str]) -> Checked:
    listed = list(faults)
    more = f"; and {len(listed) - MOST_NAMED} more" if len(listed) > MOST_NAMED else ""
    return Checked(name, not listed, f"{len(listed)} differ", "0 differ", "; ".join(listed[:MOST_NAMED]) + more)


def _changed(session: Session, marks: dict[int, list[list[object]]]) -> list[str]:
    kept: dict[str, tuple[int, str]] = {}
    for entry in store.audited(session, STORED):
        body = json.loads(entry.body)
        kept[entry.subject] = (body["rows"], body["sha256"])
    found = {f"batch:{batch}": (len(rows), fingerprint(rows)) for batch, rows in marks.items()}
    faults = []
    for subject in sorted(kept.keys() | found.keys()):
        if kept.get(subject) != found.get(subject):
            kinds = sorted({str(mark[0]) for mark in marks.get(int(subject.partition(":")[2]), [])}) or ["rows"]
            faults.append(f"{', '.join(kinds)} of {subject} differ from what was accepted")
    return faults


def _sums(claims: Iterable[InvoiceValue]) -> list[str]:
    faults = []
    for claim in claims:
        total = Decimal(0)
        for line in claim.lines:
            total = EXACT.add(total, line.amount)
        if total != claim.net:
            faults.append(f"{claim.vendor} {claim.number}: lines sum to {total}, net is {claim.net}")
    return faults


def _lost(claims: list[InvoiceValue]) -> list[str]:
    return [
        f"{claim.vendor} {claim.number} names {claim.relates_to!r}"
        for claim in claims
        if any(line.days is None for line in claim.lines)
        and named_claim(claim, [one for one in claims if one.vendor == claim.vendor]) is None
    ]


def _unread(contracts: Iterable[Contract]) -> list[str]:
    faults = []
    for row in contracts:
        terms, problems = read_terms(json.loads(row.body))
        if terms is None:
            faults.append(f"{row.vendor} {row.number}: {problems[0].message}")
        elif (terms.vendor, terms.number, terms.currency, terms.valid_from, terms.valid_to) != (
            row.vendor,
            row.number,
            row.currency,
            row.valid_from,
            row.valid_to,
        ):
            faults.append(f"{row.vendor} {row.number}: the row and its document differ")
    return faults


def _decisions(session: Session, decisions: list[FindingDecision], heads: list[Invoice]) -> list[str]:
    audited = sorted(
        [entry.subject, body["code"], body["line"], body["state"], body["reason"], entry.actor, entry.at.isoformat()]
        for entry in store.audited(session, DECIDED)
        for body in [json.loads(entry.body)]
    )
    stored = sorted(
        [f"invoice:{one.invoice}", one.code, one.line, one.state, one.reason, one.actor, one.at.isoformat()] for one in decisions
    )
    faults = [f"{one[0]} {one[3]} by {one[5]} is not audited" for one in stored if one not in audited]
    faults += [f"{one[0]} {one[3]} by {one[5]} is not stored" for one in audited if one not in stored]
    last: dict[int, str] = {one.invoice: one.state for one in decisions if not one.code and not one.line}
    told = {"approved": "approved", "disputed": "disputed"}
    for head in heads:
        expected = told.get(last.get(head.id or 0, ""), "received")
        if head.state != expected:
            faults.append(f"{head.vendor} {head.number} is {head.state}, decided was {expected}")
    return faults


def _held(decisions: Iterable[FindingDecision], heads: Iterable[Invoice], lines: Iterable[InvoiceLine]) -> list[str]:
    """Lines that are held though nobody disputes them, or the other way round; decisions that changed their order."""
    held: dict[int, set[str]] = {}
    latest: dict[int, FindingDecision] = {}
    faults = []
    for one in decisions:
        if (before := latest.get(one.invoice)) is not None and one.at <= before.at:
            faults.append(f"invoice:{one.invoice}: decision {one.id} is not in the order of its instant")
        latest[one.invoice] = one
        if one.code:
            continue
        if not one.line:
            held[one.invoice] = set()
        elif one.state == "disputed":
            held.setdefault(one.invoice, set()).add(one.line)
        else:
            held.setdefault(one.invoice, set()).discard(one.line)
    numbers = {head.id: f"{head.vendor} {head.number}" for head in heads}
    return faults + [
        f"{numbers.get(line.invoice)} line {line.line} is {'held' if line.held else 'not held'}, decided was otherwise"
        for line in lines
        if line.held != (line.line in held.get(line.invoice, ()))
    ]


def _disagreeing(rates: Iterable[FxRate]) -> list[str]:
    seen: dict[tuple[str, str, str], FxRate] = {}
    faults = []
    for row in rates:
        if not row.live:
            continue
        other = seen.setdefault((row.from_currency, row.to_currency, row.day.isoformat()), row)
        if other.rate != row.rate:
            faults.append(f"{row.from_currency} to {row.to_currency} on {row.day}: {other.rate} and {row.rate}")
    return faults
