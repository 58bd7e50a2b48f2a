"""The inputs of a vendor's month: named by reference first, read only when figures must be computed.

Owns: which uploads, contracts, claims, rates and days a month rests on, their hash, and reading exactly those. Must
not know: formulas, other rooms' files. References are cheap and cover everything; equal references are equal
figures, so a stored vendor-month is found without reading a count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from contracts import store as contract_store
from contracts.bearing import ClaimHead, bearing, touching
from contracts.claims import CostValue, Decision, InvoiceValue, number_key
from contracts.invoices import InvoiceCheck, check_invoices
from contracts.pricing.values import Priced, Quantities
from contracts.terms import Terms
from kernel.calendar import calendar_of, due_on
from kernel.money import plain
from kernel.period import Period, months_between
from scorecards import store
from scorecards.charging import accruals_of, charges_of, contract_month, facts_of, precedence_of, priced_facts, recorded, ruling_terms
from scorecards.figures import FORMULA_VERSION, VendorInputs
from scorecards.references import References
from scorecards.store import Covered, Span
from scorecards.tally import Counts
from scorecards.workings import Expectation
from vendors import store as vendor_store
from vendors.models import Vendor

COUNT_KINDS = ("performance", "quality", "workforce", "plan")
"""Kinds of uploads that bring counts."""
OTHERS = ("platform", "client")
"""Sides that fulfil no expectation: those are the vendor's to meet."""
ONE_DAY = timedelta(days=1)
MOST_BUSINESS_DAYS = 60
"""The latest deadline that a contract may set, business days after the month's end."""
LAST_DAY = date(9999, 12, 31)


def references(session: Session, period: Period, currency: str, only: Collection[str] | None = None) -> dict[str, References]:
    """The references of all vendors' months, or of some, by vendor code; a handful of queries whatever their number."""
    vendors = vendor_store.vendors(session)
    terms = _terms_by_vendor(session)
    heads: dict[str, list[ClaimHead]] = {}
    for head in heads_near(session, period):
        heads.setdefault(head.vendor, []).append(head)
    chosen = [row.code for row in vendors if only is None or row.code in only]
    billing = {code: touching(heads.get(code, ()), period) for code in chosen}
    served = {code: _served(period, heads.get(code, ()), billing[code], terms.get(code, ())) for code in chosen}
    merged = [row for row in vendors if row.merged_into is not None]
    codes = {code: codes_of(code, merged) for code in chosen}
    live = _Live(
        vendors={row.code: row for row in vendors},
        terms=terms,
        heads=heads,
        held=contract_store.held_lines(session),
        decided=contract_store.finding_decisions(session),
        covered=_covered_by_code(session, served),
        costs=contract_store.cost_batches(session, period),
        quotes=contract_store.quotes_on(session, currency, period.last),
        holidays=[day.isoformat() for day in _deadline_holidays(period, store.holidays(session))],
        active=store.active_before(session, period.first),
    )
    return {code: _reference(live, code, period, currency, codes[code], billing[code], served[code]) for code in chosen}


def heads_near(session: Session, period: Period) -> list[ClaimHead]:
    """The claims among which those that bear on the month are: near it in days, or of the same numbers.

    Days are widened twice, as `bearing` takes two steps; where every claim is for one month, the month is enough.
    """
    first, end = period.first, period.end
    found: dict[int, ClaimHead] = {}
    for _ in range(3):
        found |= {head.id: head for head in contract_store.claim_heads(session, first, end)}
        near = [(head.first, head.last) for head in found.values() if head.first and head.last and head.first < end and head.last >= first]
        reach = min([first, *(one for one, _ in near)]), max([end, *(last + ONE_DAY for _, last in near)])
        if reach == (first, end):
            break
        first, end = reach
    keys = {head.number_key for head in found.values()} | {number_key(head.relates_to) for head in found.values() if head.relates_to}
    found |= {head.id: head for head in contract_store.claims_numbered(session, keys)}
    return sorted(found.values())


@dataclass(frozen=True, slots=True)
class _Live:
    """What holds now, of all vendors."""

    vendors: Mapping[str, Vendor]
    terms: Mapping[str, Sequence[tuple[int, int, Terms]]]
    heads: Mapping[str, Sequence[ClaimHead]]
    held: Mapping[int, Sequence[int]]
    decided: Mapping[int, Sequence[Sequence[str]]]
    covered: Mapping[str, Sequence[Covered]]
    costs: Mapping[str, Sequence[int]]
    quotes: Mapping[str, tuple[Decimal, date, str]]
    holidays: Sequence[str]
    active: Collection[str]


def _terms_by_vendor(session: Session) -> dict[str, list[tuple[int, int, Terms]]]:
    """Live contracts by vendor: id, upload, terms."""
    found: dict[str, list[tuple[int, int, Terms]]] = {}
    for row in contract_store.contracts(session):
        terms = contract_store.terms_of(row)
        if terms is not None:
            found.setdefault(row.vendor, []).append((row.id or 0, row.batch, terms))
    return found


def _covered_by_code(session: Session, served: Mapping[str, Collection[Period]]) -> dict[str, list[Covered]]:
    periods = {str(month) for months in served.values() for month in months}
    found: dict[str, list[Covered]] = {}
    for row in store.covered(session, sorted(periods)):
        found.setdefault(row.vendor, []).append(row)
    return found


def _reference(
    live: _Live, code: str, period: Period, currency: str, codes: Sequence[Span], billing: Sequence[int], served: Collection[Period]
) -> References:
    heads = {head.id: head for head in live.heads.get(code, ())}
    claims = bearing(list(heads.values()), billing)
    first, end = min(served).first, max(served).end
    contracts = [(number, batch, terms) for number, batch, terms in live.terms.get(code, ()) if terms.touches(first, end)]
    covered = [row for span in codes for row in live.covered.get(span.vendor, ()) if _within(row, span)]
    currencies = {heads[number].currency for number in billing} | {terms.currency for _, _, terms in contracts}
    currencies |= set(live.quotes) if live.costs.get(code) else set()
    return References(
        formula_version=FORMULA_VERSION,
        period=str(period),
        vendor=code,
        kind=live.vendors[code].kind,
        currency=currency,
        codes=[[span.vendor, span.first.isoformat(), span.end.isoformat()] for span in codes],
        counts={str(month): _uploads(covered, month) for month in sorted(served)},
        received=_received(covered, period),
        contracts=[[number, batch] for number, batch, _ in contracts],
        claims=[[number, heads[number].state, live.held.get(number, []), live.decided.get(number, [])] for number in claims],
        billing=list(billing),
        costs=list(live.costs.get(code, ())),
        rates={
            one: [plain(rate), day.isoformat(), source] for one, (rate, day, source) in sorted(live.quotes.items()) if one in currencies
        },
        holidays=live.holidays if contracts else [],
        first_month=not any(span.vendor in live.active for span in codes),
    )


def _deadline_holidays(period: Period, days: Sequence[date]) -> list[date]:
    """The days off that can move a deadline of the month."""
    latest = due_on(period, MOST_BUSINESS_DAYS, days)
    return [day for day in days if period.end <= day <= latest]


def codes_of(code: str, merged: Sequence[Vendor]) -> list[Span]:
    """The codes whose rows count as a vendor's: its own until it became part of another, others' since they joined.

    merged: the vendors that became part of another.
    """
    left = next((row.merged_on for row in merged if row.code == code), None)
    joined = [Span(row.code, row.merged_on, LAST_DAY) for row in merged if row.merged_into == code and row.merged_on is not None]
    return sorted([Span(code, date.min, left or LAST_DAY), *joined])


def _within(row: Covered, span: Span) -> bool:
    month = Period.parse(row.period)
    return span.first < month.end and month.first < span.end


def _uploads(covered: Iterable[Covered], month: Period) -> list[list[Any]]:
    found = {(row.batch, row.kind, row.side, row.sha256) for row in covered if row.period == str(month) and row.kind in COUNT_KINDS}
    return [list(row) for row in sorted(found)]


def _received(covered: Iterable[Covered], period: Period) -> list[list[Any]]:
    """First receipt per (kind, site) of what the vendor sent."""
    found: dict[tuple[str, str], tuple[date, int]] = {}
    for row in covered:
        if row.period == str(period) and row.side not in OTHERS:
            receipt = (row.received_on, row.batch)
            found[row.kind, row.site] = min(found.get((row.kind, row.site), receipt), receipt)
    return [[kind, site, day.isoformat(), batch] for (kind, site), (day, batch) in sorted(found.items())]


def _served(
    period: Period, heads: Sequence[ClaimHead], billing: Collection[int], contracts: Iterable[tuple[int, int, Terms]]
) -> set[Period]:
    """The months whose counts are needed: this one, those its claims serve, those its contract month touches."""
    found = {period}
    for head in heads:
        if head.id in billing and head.first is not None and head.last is not None:
            found |= set(months_between(head.first, head.last))
    for _, _, terms in contracts:
        if terms.touches(period.first, period.end):
            first, end = calendar_of(terms.calendar).bounds(period)
            found |= set(months_between(first, end - ONE_DAY))
    return found


@dataclass(frozen=True)
class Gathered:
    """A vendor's month, read. priced: what it should cost, None without a contract; inputs: what is measured."""

    references: References
    terms: tuple[Terms, ...]
    claims: tuple[InvoiceValue, ...]
    checks: Mapping[int, InvoiceCheck]
    quantities: Mapping[Period, Quantities]
    priced: Priced | None
    inputs: VendorInputs


def gather(session: Session, named: References) -> Gathered:
    """Read exactly what the references name, whether or not it still counts today."""
    period = Period.parse(named.period)
    terms = terms_of(session, named)
    claims = _claims(session, named)
    spans = [Span(code, date.fromisoformat(first), date.fromisoformat(end)) for code, first, end in named.codes]
    quantities: dict[Period, Quantities] = {}
    counts = Counts(())
    for text, uploads in named.counts.items():
        month = Period.parse(text)
        here = month == period
        batches = [upload[0] for upload in uploads]
        found = store.tallies(session, clipped(spans, month), batches, None if here else facts_of(terms))
        arranged = Counts(found)
        counts = arranged if here else counts
        quantities[month] = recorded(arranged, precedence_of(terms, month), terms, claims)
    checks = check_invoices(claims, terms, quantities, named.billing)
    costs = contract_store.costs_of(session, named.vendor, period, named.costs)
    priced = contract_month(ruling_terms(terms, period), period, quantities)
    inputs = _inputs(named, period, terms, claims, checks, costs, priced, quantities[period], counts)
    return Gathered(named, terms, claims, checks, quantities, priced, inputs)


def terms_of(session: Session, named: References) -> tuple[Terms, ...]:
    """The contracts that the references name, in order of their days."""
    rows = contract_store.contracts_by_id(session, [row[0] for row in named.contracts])
    return tuple(terms for row in rows if (terms := contract_store.terms_of(row)) is not None)


def terms_of_all(session: Session, named: Iterable[References]) -> dict[str, tuple[Terms, ...]]:
    """The same for many vendors, in one question to the database: vendor -> its contracts in order of their days."""
    every = list(named)
    rows = contract_store.contracts_by_id(session, sorted({row[0] for refs in every for row in refs.contracts}))
    known = {row.id: terms for row in rows if (terms := contract_store.terms_of(row)) is not None}
    order = {number: place for place, number in enumerate(known)}
    return {
        refs.vendor: tuple(known[number] for number in sorted({row[0] for row in refs.contracts} & known.keys(), key=order.__getitem__))
        for refs in every
    }


def _claims(session: Session, named: References) -> tuple[InvoiceValue, ...]:
    """The claims with what people had decided."""
    decided = {number: (state, held, decisions) for number, state, held, decisions in named.claims}
    found = []
    for claim in contract_store.claims_by_id(session, decided):
        state, held, decisions = decided[claim.id]
        lines = tuple(replace(line, held=line.position in held) for line in claim.lines)
        kept = tuple(Decision(code, line, what, "", "", datetime.fromisoformat(at)) for code, line, what, at in decisions)
        found.append(replace(claim, state=state, lines=lines, decisions=kept))
    return tuple(found)


def clipped(spans: Iterable[Span], month: Period) -> list[Span]:
    """The spans' part in a month."""
    parts = [Span(span.vendor, max(span.first, month.first), min(span.end, month.end)) for span in spans]
    return [part for part in parts if part.first < part.end]


def joined(parts: Iterable[Span]) -> list[Span]:
    """Spans of the same days, those of one vendor that touch made one.

    >>> january, february, april = (Span("A", date(2026, month, 1), date(2026, month + 1, 1)) for month in (1, 2, 4))
    >>> joined([january, april, february]) == [Span("A", january.first, february.end), april]
    True
    """
    found: list[Span] = []
    for part in sorted(parts):
        if found and found[-1].vendor == part.vendor and part.first <= found[-1].end:
            found[-1] = found[-1]._replace(end=max(found[-1].end, part.end))
        else:
            found.append(part)
    return found


def _inputs(
    named: References,
    period: Period,
    terms: Sequence[Terms],
    claims: Sequence[InvoiceValue],
    checks: Mapping[int, InvoiceCheck],
    costs: Sequence[CostValue],
    priced: Priced | None,
    quantities: Quantities,
    counts: Counts,
) -> VendorInputs:
    rates = {currency: Decimal(rate) for currency, (rate, _, _) in named.rates.items()} | {named.currency: Decimal(1)}
    charges = charges_of(claims, checks, costs, rates, period)
    accruals = accruals_of(claims, checks, charges, priced, rates, period)
    return VendorInputs(
        vendor=named.vendor,
        kind=named.kind,
        period=period,
        currency=named.currency,
        counts=counts,
        precedence=precedence_of(terms, period),
        expectations=expectations(named, terms),
        first_month=named.first_month,
        charges=charges,
        accruals=accruals.charges,
        accruals_complete=accruals.complete,
        priced_on=priced_facts(ruling_terms(terms, period), period, quantities),
    )


def expectations(named: References, terms: Sequence[Terms]) -> tuple[Expectation, ...]:
    """What the contract in force at the month's end expects of the vendor, and when it first came.

    An upload that is not broken down by site fulfils the expectation of any site, and one of any site that of the
    vendor as a whole.
    """
    period = Period.parse(named.period)
    ruling = ruling_terms(terms, period)
    holidays = {date.fromisoformat(day) for day in named.holidays}
    found = []
    for wanted in dict.fromkeys(ruling.expects if ruling else ()):
        receipts = [date.fromisoformat(day) for kind, site, day, _ in named.received if kind == wanted.kind and _fits(wanted.site, site)]
        due = due_on(period, wanted.due_business_day, holidays)
        found.append(Expectation(wanted.kind, wanted.site, due, min(receipts, default=None)))
    return tuple(found)


def _fits(wanted: str, site: str) -> bool:
    return not wanted or site in ("", wanted)
