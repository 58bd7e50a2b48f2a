"""Fingerprints: one hash over what a batch stored, kept in the audit log and compared by the self-check.

Owns: what goes into the hash of each kind of row. What people decide later is left out. Must not know: the database's
sessions, when it is computed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC
from decimal import Decimal

from contracts.claims import CostValue, InvoiceValue
from contracts.models import Contract, FxRate
from kernel import audit
from kernel.money import plain

STORED = "contracts.store"
"""Action of the audit entry that keeps the fingerprint of what a batch stored."""
DECIDED = "invoice.decide"
"""Action of the audit entry of a decision about an invoice."""


def contract_mark(row: Contract) -> list[object]:
    """What the fingerprint of a contract is taken over."""
    head = ["contract", row.id, row.vendor, row.number, row.currency, str(row.valid_from), str(row.valid_to)]
    return [*head, row.body, row.recorded_at.astimezone(UTC).isoformat(timespec="microseconds")]


def claim_mark(claim: InvoiceValue) -> list[object]:
    """What the fingerprint of a claim is taken over: all of it but what people decided."""
    head: list[object] = ["invoice", claim.vendor, claim.number, claim.number_key, claim.document, str(claim.issued_on), claim.currency]
    head += [plain(claim.net), digits(claim.tax), claim.relates_to]
    lines = [
        [
            *(line.position, line.line, line.text, *line.keys, str(line.service_from), str(line.service_to)),
            *(digits(line.quantity), line.quantity_places, line.unit, digits(line.rate), plain(line.amount)),
            *(line.line_type, line.sheet, line.row),
        ]
        for line in claim.lines
    ]
    return [*head, lines]


def content_mark(claim: InvoiceValue) -> list[object]:
    """What a claim says, wherever it stands in a file: the same mark is the same claim again."""
    return claim_mark(replace(claim, lines=tuple(replace(line, sheet="", row=0) for line in claim.lines)))


def cost_mark(position: int, cost: CostValue) -> list[object]:
    """What the fingerprint of a cost is taken over. position: 1.. in the order of the file."""
    keys = [cost.vendor, cost.period, cost.item, cost.site, cost.queue, cost.language]
    return ["cost", position, *keys, plain(cost.amount), cost.currency, cost.sheet, cost.row]


def rate_mark(rate: FxRate) -> list[object]:
    """What the fingerprint of a rate is taken over."""
    return ["fx", str(rate.day), rate.from_currency, rate.to_currency, plain(rate.rate), rate.source]


def fingerprint(marks: Iterable[list[object]]) -> str:
    """SHA-256 over the marks of a batch, in whatever order they come."""
    return audit.digest(sorted(audit.canonical(mark) for mark in marks))


def digits(number: Decimal | None) -> str | None:
    """A number as plain digits; None stays None."""
    return None if number is None else plain(number)
