"""Contracts as pages show them: what is in force, every version, each rate over time, a month worked out.

Owns: which of it is read for the list and for one vendor. Must not know: how a clause is priced, HTML.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from contracts import service as contracts
from contracts import store as contract_store
from contracts.models import Contract
from contracts.terms import Terms
from contracts.versions import Card, cards, clashes
from kernel.errors import NotFound
from kernel.money import plain
from kernel.period import Period
from kernel.scope import Scope
from scorecards import store
from scorecards.billing import contract_price
from scorecards.status import month_status
from vendors import store as vendor_store
from vendors.models import Delivery


def contract_list(session: Session, scope: Scope, today: date) -> dict[str, Any]:
    """Every live contract in scope, and the vendors that have none in force; a handful of queries whatever their number.

    renewal: days until the end and the notice it is within, where nothing follows; None otherwise.
    """
    names = {row.code: row for row in vendor_store.vendors(session) if scope.sees(row.code)}
    rows = [(row, terms) for row in contract_store.contracts(session) if row.vendor in names and (terms := contract_store.terms_of(row))]
    ending = {(one.vendor, one.number, one.ends): one for one in contracts.coming_renewals(session, scope, today)}
    found = [
        {
            "vendor": row.vendor,
            "name": names[row.vendor].name,
            "number": terms.number,
            "currency": terms.currency,
            "valid_from": terms.valid_from.isoformat(),
            "valid_to": terms.valid_to.isoformat(),
            "state": "in force" if terms.holds_on(today) else "ended" if terms.valid_to <= today else "to come",
            "followed_by": _follower(terms, [other for _, other in rows]),
            "renewal": None if renewal is None else {"days": renewal.days, "notice": renewal.notice},
            "bases": list(dict.fromkeys(price.basis for price in terms.prices)),
            "prices": len(terms.prices),
            "unpriced": [str(clause) for clause in terms.unpriced],
            "clashes": len(clashes([other for _, other in rows if other.vendor == row.vendor])),
            "batch": row.batch,
        }
        for row, terms in rows
        for renewal in [ending.get((terms.vendor, terms.number, terms.valid_to))]
    ]
    held = {row["vendor"] for row in found if row["state"] == "in force"}
    lacking = [{"vendor": one.code, "name": one.name} for one in names.values() if one.kind == "vendor" and one.merged_into is None]
    return {"today": today.isoformat(), "contracts": found, "without": [one for one in lacking if one["vendor"] not in held]}


def _follower(terms: Terms, others: Sequence[Terms]) -> str | None:
    """The contract of the same vendor that holds on the day after the last one of this, if another does."""
    return next((one.number for one in others if one.vendor == terms.vendor and one is not terms and one.holds_on(terms.valid_to)), None)


def contract_page(session: Session, scope: Scope, vendor: str, on: date, period: Period, currency: str) -> dict[str, Any]:
    """One vendor's contracts: terms on a day, every version ever accepted, rates over time, one month worked out.

    contracts: as `contract show`; price: as `contract price`, None with no_price saying why. Raises NotFound for an
    unknown or foreign vendor.
    """
    if not scope.sees(vendor) or not store.knows_vendor(session, vendor):
        raise NotFound("UNKNOWN_VENDOR", f"there is no vendor {vendor}; see: scoreline vendor list")
    live = contract_store.contracts(session, vendor)
    terms = [found for row in live if (found := contract_store.terms_of(row)) is not None]
    stored = contract_store.contract_versions(session, vendor)
    uploads = contract_store.uploads(session, {row.batch for row in stored})
    priced, why = _price(session, scope, vendor, period, currency)
    return {
        "vendor": vendor,
        "on": on.isoformat(),
        "period": str(period),
        "contracts": contracts.show_contract(session, scope, vendor, on)["contracts"] if live else [],
        "versions": [_version(row, uploads, {one.id for one in live}) for row in stored],
        "clashes": [
            {"kind": one.kind, "first": one.first.isoformat(), "end": one.end.isoformat(), "message": one.message} for one in clashes(terms)
        ],
        "cards": [_card(one) for one in cards(terms)],
        "unpriced": [{"contract": one.number, "family": clause.family, "id": clause.id} for one in terms for clause in one.unpriced],
        "expected": _expected(session, scope, vendor, period, currency),
        "price": priced,
        "no_price": why,
    }


def _price(session: Session, scope: Scope, vendor: str, period: Period, currency: str) -> tuple[dict[str, Any] | None, str]:
    try:
        return contract_price(session, scope, vendor, period, currency), ""
    except NotFound as refusal:
        return None, refusal.message


def _expected(session: Session, scope: Scope, vendor: str, period: Period, currency: str) -> list[dict[str, Any]]:
    only = Scope(scope.actor, scope.roles, frozenset({vendor}))
    rows = month_status(session, only, period, currency, period.last)["vendors"]
    return [item for row in rows for item in row["expected"]]


def _version(row: Contract, uploads: Mapping[tuple[int, str], Delivery], live: set[int | None]) -> dict[str, Any]:
    upload = uploads.get((row.batch, row.vendor))
    return {
        "number": row.number,
        "currency": row.currency,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat(),
        "recorded_at": row.recorded_at.isoformat(),
        "batch": row.batch,
        "file": upload.file_name if upload else None,
        "counts": row.id in live,
    }


def _card(card: Card) -> dict[str, Any]:
    return {
        "basis": card.basis,
        "site": card.site or None,
        "queue": card.queue or None,
        "language": card.language or None,
        "currency": card.currency,
        "steps": [
            {
                "id": step.price.id,
                "contract": step.contract,
                "rate": plain(step.price.rate),
                "quantity": step.price.quantity or None,
                "proration": step.price.proration or None,
                "valid_from": step.price.valid_from.isoformat(),
                "valid_to": step.price.valid_to.isoformat(),
            }
            for step in card.steps
        ],
    }
