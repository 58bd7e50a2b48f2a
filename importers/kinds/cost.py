"""Kind `cost`: what no vendor bills - an in-house team's or client-side costs, one row per line.

Owns: the fields `vendor, period, item, site, queue, language, amount, currency`. Must not know: how costs are spread.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from contracts import service
from contracts.claims import CostValue
from importers.checks import Findings
from importers.kinds import DAY, MONEY, TEXT, Context, FieldSpec, KindResult, Source, Succession
from importers.kinds.records import Naming, Record, believable, control_sum, records
from importers.scopes import ScopeKey, ScopeRow, whole_month
from kernel.period import Period
from kernel.scope import Scope

CURRENCY_LETTERS = 3
FIELDS: dict[str, FieldSpec] = {
    spec.name: spec
    for spec in (
        FieldSpec("vendor", TEXT, key=True),
        FieldSpec("period", DAY, key=True),
        FieldSpec("item", TEXT, key=True),
        FieldSpec("site", TEXT, key=True),
        FieldSpec("queue", TEXT, key=True),
        FieldSpec("language", TEXT, key=True),
        FieldSpec("amount", MONEY, signed=True),
        FieldSpec("currency", TEXT, key=True),
    )
}


class CostKind:
    """The kind itself."""

    name = "cost"
    fields: Mapping[str, FieldSpec] = FIELDS
    needed: tuple[tuple[str, ...], ...] = (("item",), ("period",), ("amount",), ("currency",))

    def evidence_for(self, mapped: Collection[str]) -> int:
        """Only costs have items."""
        return int("item" in mapped)

    def read(self, source: Source, context: Context) -> KindResult:
        """Check every row; a faulty one is rejected alone."""
        findings = Findings(source.tables, money=frozenset({"amount"}))
        rows = records(source.tables, FIELDS)
        naming = Naming(context, findings)
        read = [(record, _cost(record, context, naming, findings)) for record in rows]
        naming.report()
        costs = tuple(cost for record, cost in read if cost is not None and record.index not in findings.rejected)
        side = context.side or "vendor"
        keys = {ScopeKey(cost.vendor, cost.period, self.name, side, "", cost.site, cost.queue) for cost in costs}
        return KindResult(
            problems=tuple(findings.problems),
            accepted=len(costs),
            rejected=len(rows) - len(costs),
            vendors=frozenset(cost.vendor for cost in costs),
            side=side,
            coverage=frozenset((cost.vendor, cost.period, cost.site) for cost in costs),
            control={"amount": control_sum([cost.amount for cost in costs])},
            scope=tuple(ScopeRow(key, whole_month(Period.parse(key.period))) for key in sorted(keys)),
            values=costs,
        )

    def succession(self, session: Session, result: KindResult, *, supersede: int | None, add: bool) -> Succession | None:
        """The import compares scopes: a vendor's month of costs by site and queue."""
        del session, result, supersede, add
        return None

    def promote(self, session: Session, scope: Scope, batch: int, result: KindResult, at: datetime) -> None:
        """Store the costs."""
        costs = result.values if isinstance(result.values, tuple) else ()
        service.store_costs(session, scope, batch, costs, at)

    def set_live(self, session: Session, batch: int, *, live: bool) -> None:
        """Nothing: the delivery tells."""


def _cost(record: Record, context: Context, naming: Naming, findings: Findings) -> CostValue | None:
    day = believable(findings, record, "period", context.received_on) or (context.period.first if context.period else None)
    if day is None and record.day("period") is None:
        findings.add(
            "error", "MISSING_PERIOD", "the month is missing: fill period, e.g. 2026-10, or add --period.", "period", [record.index]
        )
    vendor = naming.vendor(record, day)
    site = naming.site(record, vendor, day) if vendor else ""
    queue, language = naming.queue(record, day), naming.language(record)
    currency = record.text("currency").upper()
    if not (len(currency) == CURRENCY_LETTERS and currency.isascii() and currency.isalpha()):
        message = '"{value}" is no currency: write its ISO 4217 code, e.g. USD.'
        findings.add("error", "UNKNOWN_CURRENCY", message, "currency", [record.index])
    amount: Decimal | None = record.money("amount")
    if amount is None:
        findings.add("error", "MISSING_AMOUNT", "the amount is missing: fill it in, 0 if there was no cost.", "amount", [record.index])
    item = record.text("item")
    if not item:
        findings.add("error", "MISSING_ITEM", "the cost has no name: fill item, e.g. Salaries.", "item", [record.index])
    if day is None or vendor is None or site is None or queue is None or language is None or amount is None:
        return None
    return CostValue(vendor, str(Period.of(day)), item, site, queue, language, amount, currency, record.sheet, record.row)
