"""Figures of cost per decision, of one vendor alone: raw cost, and cost per correct decision.

Owns: their states and marks. Must not know: other vendors (fairness makes costs comparable), weights.
"""

from __future__ import annotations

from collections.abc import Collection

from scorecards.cost import MonthCost
from scorecards.metrics import Figure, Measured, marks_of, sides_of
from scorecards.tally import total
from scorecards.workings import Workings

QUANTITY_KINDS = {
    "production_hours": "performance",
    "billable_hours": "performance",
    "delivered_fte_days": "workforce",
}
"""Kind of upload that brings the quantity a contract is priced on; decisions the platform counts itself."""


def cost_per_decision(workings: Workings, cost: MonthCost, priced_on: Collection[str], *, complete: bool = True) -> Measured:
    """Money of the vendor-month per decision, unadjusted, in reporting currency.

    Args: priced_on = quantity facts of the contract's clauses; complete = False when the contract amount that
    stands in is incomplete (then the figure is marked).

    Source: figures sections 2 and 4; domain M-60.
    """
    rows = workings.rows(workings.decisions, "decisions")
    decisions = total(rows)
    if cost.rate_missing or (rows and decisions <= 0):
        return Measured(Figure("cost_per_decision", basis="exchange rate missing" if cost.rate_missing else ""))
    if not cost.billed and _unsent(workings, priced_on):
        return Measured(Figure("cost_per_decision", "not_sent"))
    if cost.money is None or not rows:
        return Measured(Figure("cost_per_decision"))
    estimated = ("incomplete",) if cost.estimated and not complete else ()
    figure = Figure(
        "cost_per_decision",
        "estimated" if cost.estimated else "scored",
        cost.money / decisions,
        numerator=cost.money,
        denominator=decisions,
        n=decisions,
        side=sides_of(rows),
        raw=cost.money / decisions,
        judged=True,
        basis="invoices and contract amount" if cost.estimated else "invoices",
        marks=marks_of(rows) + estimated,
    )
    return Measured(figure, tuple(rows))


def _unsent(workings: Workings, priced_on: Collection[str]) -> bool:
    facts = sorted(fact for fact in priced_on if fact in QUANTITY_KINDS)
    return any(workings.unsent({QUANTITY_KINDS[fact]: (fact,)}, workings.rows(workings.chosen(fact), fact)) for fact in facts)


def cost_per_correct_decision(cost: Figure, accuracy: Figure) -> Measured:
    """Raw cost per decision over accuracy; its ends divide by accuracy's other end, None where that is 0.

    Source: figures section 4; domain M-62.

    >>> from fractions import Fraction
    >>> cost = Figure("cost_per_decision", "scored", raw=Fraction("0.0946368"), denominator=Fraction(100))
    >>> sure = Figure("accuracy", "scored", Fraction("0.952"), Fraction(0), Fraction(1))
    >>> figure = cost_per_correct_decision(cost, sure).figure
    >>> round(figure.value, 6) == Fraction("0.099408"), figure.low == cost.raw, figure.high
    (True, True, None)
    """
    name = "cost_per_correct_decision"
    if cost.raw is None or cost.denominator is None:
        return Measured(Figure(name, cost.state))
    if not accuracy.value or accuracy.low is None or accuracy.high is None:
        return Measured(Figure(name))
    value = cost.raw / accuracy.value
    figure = Figure(
        name,
        cost.state,
        value,
        cost.raw / accuracy.high,
        cost.raw / accuracy.low if accuracy.low else None,
        cost.numerator,
        cost.denominator * accuracy.value,
        n=accuracy.n,
        side=cost.side,
        raw=value,
        covered=accuracy.covered,
        judged=True,
        basis="raw cost per decision / accuracy",
        marks=cost.marks,
    )
    return Measured(figure)
