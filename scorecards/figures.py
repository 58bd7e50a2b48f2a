"""A vendor's month: its own inputs in, its own figures out, and their canonical JSON.

Owns: the order in which figures are measured, and what ranking needs of a vendor. Must not know: other vendors,
weights, the database. `measure` also gives the rows behind each figure, for the trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from kernel.money import EXACT
from kernel.period import Period
from scorecards.cost import BASES, Charge, MonthCost, TieOut, Weight, month_cost
from scorecards.metrics import METRICS, Figure, Measured
from scorecards.operations import (
    aht_seconds,
    count_discrepancy,
    data_timeliness,
    in_sla_share,
    staffing_share,
    throughput,
)
from scorecards.quality import accuracy, critical_accuracy, qa_gap
from scorecards.stats import ZERO
from scorecards.tally import SIDES, WHOLE, Counts, Only, Tally, total
from scorecards.unit_costs import cost_per_correct_decision, cost_per_decision
from scorecards.workings import Expectation, Level, Workings, arrange, level_of

FORMULA_VERSION = 1
"""Version of every choice behind these figures; a changed choice is a new version."""


@dataclass(frozen=True, slots=True)
class VendorInputs:
    """Everything that one vendor's figures of one month are computed from.

    kind: vendor or in_house. currency: the reporting currency, which money figures are in. counts: all live counts of
    the month, arranged. precedence: the contract's sides in order. first_month: no
    earlier month had decisions. charges: every line that touches the month, held and passed through ones too, with
    the exchange rate of this month; accruals: contract amounts that stand in (`estimated`), and whether they are
    complete. priced_on: quantity facts of the contract's clauses in force (production_hours, billable_hours,
    delivered_fte_days, decisions), for the state not_sent of a cost without an invoice.
    """

    vendor: str
    kind: str
    period: Period
    currency: str
    counts: Counts
    precedence: tuple[str, ...] = SIDES
    expectations: tuple[Expectation, ...] = ()
    first_month: bool = False
    charges: tuple[Charge, ...] = ()
    accruals: tuple[Charge, ...] = ()
    accruals_complete: bool = True
    priced_on: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StratumCost:
    """Decisions and money (reporting currency) of one queue x language."""

    queue: str
    language: str
    decisions: Fraction
    money: Fraction


@dataclass(frozen=True, slots=True)
class VendorFigures:
    """One vendor's month before it is compared with others.

    figures: by metric. decisions: of the chosen sides, 0 without any. strata: for like for like. listed: it had
    activity or expectations, so the ranking names it.
    """

    vendor: str
    kind: str
    period: str
    currency: str
    first_month: bool
    listed: bool
    decisions: Fraction
    figures: Mapping[str, Figure]
    strata: tuple[StratumCost, ...]
    tie_out: TieOut


@dataclass(frozen=True, slots=True)
class Measurement:
    """Everything measured of a vendor-month: figures with their rows, and the cost with its shares."""

    inputs: VendorInputs
    workings: Workings
    measured: Mapping[str, Measured]
    cost: MonthCost


def measure(inputs: VendorInputs, only: Only = WHOLE) -> Measurement:
    """Measure a vendor-month, whole or in a cut by queue and language.

    In a cut, counts and money of the cut are taken; uploads expected stay those of the month.
    """
    workings = arrange(inputs.counts, inputs.precedence, inputs.expectations, only)
    cost = month_cost((*inputs.charges, *inputs.accruals), inputs.period, spreading_bases(workings), only)
    per_decision = cost_per_decision(workings, cost, inputs.priced_on, complete=inputs.accruals_complete)
    right = accuracy(workings)
    measured = [
        critical_accuracy(workings),
        right,
        in_sla_share(workings),
        per_decision,
        staffing_share(workings),
        qa_gap(workings),
        count_discrepancy(workings),
        data_timeliness(workings),
        cost_per_correct_decision(per_decision.figure, right.figure),
        aht_seconds(workings),
        throughput(workings),
    ]
    return Measurement(inputs, workings, {one.figure.metric: one for one in measured}, cost)


def vendor_figures(inputs: VendorInputs, only: Only = WHOLE) -> VendorFigures:
    """The figures of a vendor-month from its own inputs alone."""
    return summary(measure(inputs, only))


def summary(measurement: Measurement) -> VendorFigures:
    """What ranking and scorecard need of a measurement."""
    inputs, workings = measurement.inputs, measurement.workings
    rows = workings.rows(workings.decisions, "decisions")
    level = level_of(rows_of_all(workings))
    per_key: dict[tuple[str, str], list[Tally]] = {}
    for row in rows:
        key = level.key(row)
        if key is not None:
            per_key.setdefault(key, []).append(row)
    money = measurement.cost.strata
    strata = [StratumCost(*key, total(per_key.get(key, ())), money.get(key, ZERO)) for key in sorted({*per_key, *money})]
    active = bool(inputs.counts.counted or inputs.charges)
    return VendorFigures(
        inputs.vendor,
        inputs.kind,
        str(inputs.period),
        inputs.currency,
        inputs.first_month,
        active or bool(inputs.expectations),
        total(rows),
        {name: measurement.measured[name].figure for name in METRICS},
        tuple(strata),
        measurement.cost.tie_out,
    )


def rows_of_all(workings: Workings) -> list[Tally]:
    """The chosen decisions of the whole month, whatever the cut."""
    return [row for pick in workings.decisions for row in pick.rows["decisions"]]


def spreading_bases(workings: Workings) -> list[list[Weight]]:
    """What each place of the vendor weighs in spreading a line, per basis in order.

    A basis that does not tell the decisions' strata apart gives weights without a key, and is passed over where
    they are in scope: money must not land where no decision can stand against it.
    """
    level = level_of(rows_of_all(workings))
    return [_weights(level, (row for pick in workings.chosen(fact) for row in pick.rows[fact])) for fact in BASES]


def _weights(level: Level, rows: Iterable[Tally]) -> list[Weight]:
    sums: dict[tuple[str, str, str], Decimal] = {}
    keys: dict[tuple[str, str, str], tuple[str, str] | None] = {}
    with localcontext(EXACT):
        for row in rows:
            place = (row.site, row.queue, row.language)
            if place not in keys:
                keys[place] = level.key(row)
            sums[place] = sums.get(place, Decimal(0)) + row.amount
    return [Weight(*place, keys[place], amount) for place, amount in sums.items()]


_NUMBERS = ("value", "low", "high", "numerator", "denominator", "n", "raw", "covered")
_TIES = ("invoiced", "held", "passed_through", "estimated", "shown")


def to_json(figures: VendorFigures) -> dict[str, Any]:
    """The figures as plain JSON, every number an exact fraction in text, so that reading gives the same ranking."""
    return {
        "formula_version": FORMULA_VERSION,
        "vendor": figures.vendor,
        "kind": figures.kind,
        "period": figures.period,
        "currency": figures.currency,
        "first_month": figures.first_month,
        "listed": figures.listed,
        "decisions": str(figures.decisions),
        "figures": [_figure_json(figure) for figure in figures.figures.values()],
        "strata": [[one.queue, one.language, str(one.decisions), str(one.money)] for one in figures.strata],
        "tie_out": {name: str(getattr(figures.tie_out, name)) for name in _TIES},
    }


def _figure_json(figure: Figure) -> dict[str, Any]:
    numbers = {name: getattr(figure, name) for name in _NUMBERS}
    return {
        "metric": figure.metric,
        "state": figure.state,
        "side": figure.side,
        "judged": figure.judged,
        "basis": figure.basis,
        "marks": list(figure.marks),
        **{name: str(number) for name, number in numbers.items() if number is not None},
    }


def from_json(body: Mapping[str, Any]) -> VendorFigures:
    """Read figures back; the exact inverse of `to_json`."""
    return VendorFigures(
        body["vendor"],
        body["kind"],
        body["period"],
        body["currency"],
        body["first_month"],
        body["listed"],
        _number(body["decisions"]),
        {one["metric"]: _figure(one) for one in body["figures"]},
        tuple(StratumCost(queue, language, _number(n), _number(m)) for queue, language, n, m in body["strata"]),
        TieOut(*(_number(body["tie_out"][name]) for name in _TIES)),
    )


def _figure(body: Mapping[str, Any]) -> Figure:
    return Figure(
        metric=body["metric"],
        state=body["state"],
        side=body["side"],
        judged=body["judged"],
        basis=body["basis"],
        marks=tuple(body["marks"]),
        **{name: _number(body[name]) for name in _NUMBERS if name in body},
    )


def _number(text: str) -> Fraction:
    over, _, under = text.partition("/")
    return Fraction(int(over), int(under or 1))
