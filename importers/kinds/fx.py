"""Kind `fx`: exchange rates, `day, from, to, rate, source`.

Owns: its fields, and that a pair has one rate a day. Must not know: which rate a figure uses (contracts.fx).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlmodel import Session

from contracts import service, store
from contracts.models import FxRate
from importers.checks import Findings
from importers.kinds import DAY, NUMBER, TEXT, Context, FieldSpec, KindResult, Source, Succession
from importers.kinds.records import Record, believable, control_sum, records
from kernel.errors import Problem
from kernel.money import plain
from kernel.scope import Scope

CURRENCY_LETTERS = 3
FIELDS: dict[str, FieldSpec] = {
    spec.name: spec
    for spec in (
        FieldSpec("day", DAY, key=True),
        FieldSpec("from", TEXT, key=True),
        FieldSpec("to", TEXT, key=True),
        FieldSpec("rate", NUMBER),
        FieldSpec("source", TEXT, key=True),
    )
}


class FxKind:
    """The kind itself."""

    name = "fx"
    fields: Mapping[str, FieldSpec] = FIELDS
    needed: tuple[tuple[str, ...], ...] = (("day",), ("from",), ("to",), ("rate",))

    def evidence_for(self, mapped: Collection[str]) -> int:
        """Only rates go from one currency to another."""
        return len({"from", "to"} & set(mapped)) if {"from", "to", "rate"} <= set(mapped) else 0

    def read(self, source: Source, context: Context) -> KindResult:
        """Check every row; the same pair and day twice counts once, with other values it is refused."""
        findings = Findings(source.tables)
        rows = records(source.tables, FIELDS)
        kept: dict[tuple[str, str, str], tuple[FxRate, Record]] = {}
        skipped = 0
        for record in rows:
            rate = _rate(record, context, findings)
            if rate is None:
                continue
            first, where = kept.setdefault((rate.from_currency, rate.to_currency, rate.day.isoformat()), (rate, record))
            if first is rate:
                continue
            if first.rate == rate.rate:
                skipped += 1
                continue
            message = (
                f"{rate.from_currency} to {rate.to_currency} on {rate.day} is {{value}} here and {plain(first.rate)} in "
                f"{findings.cell(where.index, 'rate')}: keep one of them."
            )
            findings.add("error", "DUPLICATE_KEY", message, "rate", [record.index])
        rates = tuple(rate for rate, record in kept.values() if record.index not in findings.rejected)
        return KindResult(
            problems=tuple(findings.problems),
            accepted=len(rates),
            rejected=len(rows) - len(rates) - skipped,
            skipped=skipped,
            control={"rate": control_sum([rate.rate for rate in rates])},
            values=rates,
        )

    def succession(self, session: Session, result: KindResult, *, supersede: int | None, add: bool) -> Succession | None:
        """Rates add up; one that is stored with another value needs --supersede."""
        del add
        rates = _rates(result)
        stored = {(row.from_currency, row.to_currency, row.day): row for row in store.rates_on(session, (rate.day for rate in rates))}
        problems: list[Problem] = []
        for rate in rates:
            old = stored.get((rate.from_currency, rate.to_currency, rate.day))
            if old is not None and old.batch != supersede and old.rate != rate.rate:
                message = (
                    f"{rate.from_currency} to {rate.to_currency} on {rate.day} is {plain(rate.rate)} here and {plain(old.rate)} in upload "
                    f"{old.batch}: correct it, or take that upload's place with --supersede {old.batch}"
                )
                problems.append(Problem("error", "FX_CHANGED", message, value=plain(rate.rate)))
        return Succession(frozenset() if supersede is None else frozenset({supersede}), tuple(problems))

    def promote(self, session: Session, scope: Scope, batch: int, result: KindResult, at: datetime) -> None:
        """Store the rates."""
        service.store_rates(session, scope, batch, _rates(result), at)

    def set_live(self, session: Session, batch: int, *, live: bool) -> None:
        """Rates belong to no vendor, so they carry their own mark."""
        service.set_rates_live(session, batch, live=live)


def _rates(result: KindResult) -> tuple[FxRate, ...]:
    return result.values if isinstance(result.values, tuple) else ()


def _rate(record: Record, context: Context, findings: Findings) -> FxRate | None:
    day = believable(findings, record, "day", context.received_on)
    if record.day("day") is None:
        findings.add("error", "MISSING_DAY", "the day is missing: fill it in.", "day", [record.index])
    pair = []
    for name in ("from", "to"):
        code = record.text(name).upper()
        if not (len(code) == CURRENCY_LETTERS and code.isascii() and code.isalpha()):
            message = '"{value}" is no currency: write its ISO 4217 code, e.g. USD.'
            findings.add("error", "UNKNOWN_CURRENCY", message, name, [record.index])
        pair.append(code)
    rate = record.number("rate")
    if rate is None or rate <= 0:
        findings.add("error", "NO_RATE", f"the rate from {pair[0]} to {pair[1]} must be above zero: correct it.", "rate", [record.index])
    elif pair[0] == pair[1] and rate != 1:
        findings.add(
            "error", "NO_RATE", f"{pair[0]} to itself is 1, not {{value}}: correct the currencies or the rate.", "rate", [record.index]
        )
    if day is None or rate is None or record.index in findings.rejected:
        return None
    return FxRate(batch=0, day=day, from_currency=pair[0], to_currency=pair[1], rate=rate, source=record.text("source"))
