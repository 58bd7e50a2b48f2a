"""Values that the tests of this room are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from kernel.period import Period
from scorecards.cost import Charge, TieOut
from scorecards.figures import StratumCost, VendorFigures, VendorInputs
from scorecards.metrics import METRICS, Figure
from scorecards.tally import Counts, Tally
from scorecards.workings import Expectation

OCTOBER = Period(2026, 10)
DUE = date(2026, 11, 4)


def tally(
    fact: str,
    amount: str | int,
    *,
    side: str = "platform",
    queue: str = "Q1",
    language: str = "en",
    site: str = "",
    role: str = "",
    sample: str = "",
    day: int = 1,
    grain: str = "day",
    origin: str = "counted",
) -> Tally:
    on = date(2026, 10, day)
    return Tally(side, sample, site, queue, language, role, on, grain, fact, Decimal(amount), origin)


def audited(
    audits: int, correct: int, *, critical: int = 0, queue: str = "Q1", language: str = "en", sample: str = "random"
) -> list[Tally]:
    amounts = {"audits": audits, "correct": correct, "units_with_critical_error": critical}
    return [tally(fact, amount, side="client", queue=queue, language=language, sample=sample) for fact, amount in amounts.items()]


def charge(
    amount: str,
    *,
    first: date = OCTOBER.first,
    last: date = OCTOBER.last,
    site: str = "",
    queue: str = "",
    language: str = "",
    currency: str = "USD",
    rate: str | None = "1",
    line_type: str = "service",
    held: bool = False,
    estimated: bool = False,
) -> Charge:
    fx = None if rate is None else Decimal(rate)
    return Charge(first, last, site, queue, language, Decimal(amount), currency, fx, line_type, held, estimated)


def expected(kind: str, site: str = "", received: date | None = None, *, is_due: bool = True) -> Expectation:
    return Expectation(kind, site, DUE, received, is_due)


def inputs(
    tallies: Iterable[Tally] = (),
    *,
    vendor: str = "NOVA",
    charges: Iterable[Charge] = (),
    accruals: Iterable[Charge] = (),
    expectations: Iterable[Expectation] = (),
    priced_on: Iterable[str] = (),
    complete: bool = True,
) -> VendorInputs:
    return VendorInputs(
        vendor,
        "vendor",
        OCTOBER,
        "USD",
        Counts(tallies),
        expectations=tuple(expectations),
        charges=tuple(charges),
        accruals=tuple(accruals),
        accruals_complete=complete,
        priced_on=frozenset(priced_on),
    )


def figure(
    metric: str,
    value: str | None,
    *,
    low: str | None = None,
    high: str | None = None,
    state: str = "scored",
    judged: bool = True,
) -> Figure:
    at, below, above = (None if end is None else Fraction(end) for end in (value, low, high))
    return Figure(metric, state, at, below, above, raw=at, judged=judged)


def month(
    vendor: str,
    figures: Iterable[Figure] = (),
    *,
    strata: Mapping[str, tuple[str, str]] | None = None,
    cost_state: str = "scored",
    first_month: bool = False,
    listed: bool = True,
) -> VendorFigures:
    """A vendor's month; strata: per 'queue' or 'queue/language' its decisions and money."""
    parts = []
    for name, (decisions, money) in (strata or {}).items():
        queue, _, language = name.partition("/")
        parts.append(StratumCost(queue, language, Fraction(decisions), Fraction(money)))
    work = sum((one.decisions for one in parts), Fraction(0))
    spent = sum((one.money for one in parts), Fraction(0))
    known = {name: Figure(name) for name in METRICS}
    if work:
        known["cost_per_decision"] = Figure(
            "cost_per_decision", cost_state, spent / work, numerator=spent, denominator=work, raw=spent / work, judged=True
        )
    known.update({one.metric: one for one in figures})
    return VendorFigures(vendor, "vendor", "2026-10", "USD", first_month, listed, work, known, tuple(parts), TieOut())


GOOD = {
    "critical_accuracy": "0.98",
    "accuracy": "0.95",
    "in_sla_share": "0.95",
    "staffing_share": "0.98",
    "qa_gap": "0.02",
    "count_discrepancy": "0.005",
    "data_timeliness": "1",
}
"""Values that reach their targets exactly."""


def good(**other: str) -> list[Figure]:
    """Figures at their targets, some replaced."""
    return [figure(metric, value) for metric, value in {**GOOD, **other}.items()]
