"""Figures of delivery: deadlines, pace, staffing, agreement of counts, punctual uploads.

Owns: how work, hours and uploads become figures. Must not know: weights, points, other vendors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from scorecards.metrics import Figure, Measured, marks_of, sides_of
from scorecards.stats import wilson
from scorecards.tally import Tally, both_counted, choose, excuses, total
from scorecards.workings import Workings, sampled_state

EXCUSED = ("excused_due_items", "excused_in_sla_items")


def in_sla_share(workings: Workings) -> Measured:
    """Share of the items due that were decided in time, without the excused.

    Source: figures section 3; domain M-11.
    """
    facts = ("in_sla_items", "due_items")
    picks = workings.chosen(*facts)
    counted = workings.rows(picks, *facts)
    excused = [row for row in excuses(workings.counts, picks, EXCUSED) if workings.only.holds(row.queue, row.language)]
    rows = [*counted, *excused]
    met, due, excused_due, excused_met = (_sum(rows, fact) for fact in (*facts, *EXCUSED))
    size = due - excused_due
    lacking = _lacking(workings, facts, {"performance": facts}, counted, size)
    if lacking:
        return Measured(Figure("in_sla_share", lacking))
    state, judged = sampled_state(size)
    share = (met - excused_met) / size
    interval = wilson(share, size)
    figure = Figure(
        "in_sla_share",
        state,
        share,
        interval.low,
        interval.high,
        met - excused_met,
        size,
        n=size,
        side=sides_of(counted),
        raw=share,
        judged=judged,
        basis="items due less excused",
        marks=marks_of(rows),
    )
    return Measured(figure, tuple(rows))


def aht_seconds(workings: Workings) -> Measured:
    """Mean handling time of a decision in seconds.

    Source: figures section 3; domain M-03.
    """
    rows = workings.rows(workings.chosen("handle_seconds", "decisions"), "handle_seconds", "decisions")
    return _ratio("aht_seconds", workings, ("handle_seconds", "decisions"), rows, {"performance": ("handle_seconds",)})


def throughput(workings: Workings) -> Measured:
    """Decisions of the chosen side per production hour of the vendor.

    Source: figures section 3 and section 9; domain M-04.
    """
    picks = choose(workings.counts, workings.precedence, ("decisions",), borrowed={"production_hours": "vendor"})
    rows = workings.rows(picks, "decisions", "production_hours")
    return _ratio("throughput", workings, ("decisions", "production_hours"), rows, {"performance": ("production_hours",)})


def staffing_share(workings: Workings) -> Measured:
    """Working days of full-time equivalents delivered, of those committed.

    Commitments usually come from one party and deliveries from another: where no side has both, each is taken from
    the first side of the precedence that has it.

    Source: figures section 3; domain M-17.
    """
    facts = ("delivered_fte_days", "committed_fte_days")
    rows = workings.rows(workings.chosen(*facts), *facts)
    if not rows:
        apart = [workings.rows(workings.chosen(fact), fact) for fact in facts]
        rows = [row for part in apart for row in part]
    needs = {"workforce": ("delivered_fte_days",), "plan": ("committed_fte_days",)}
    return _ratio("staffing_share", workings, facts, rows, needs)


def count_discrepancy(workings: Workings) -> Measured:
    """By how much the vendor counts more decisions than the platform, where both counted; signed.

    Source: figures section 3; domain M-52.
    """
    vendor, platform = both_counted(workings.counts, "decisions", "vendor", "platform")
    rows = [row for row in (*vendor, *platform) if workings.only.holds(row.queue, row.language)]
    ours = total(row for row in rows if row.side == "platform")
    if ours <= 0:
        return Measured(Figure("count_discrepancy"))
    excess = total(row for row in rows if row.side == "vendor") - ours
    figure = Figure(
        "count_discrepancy",
        "scored",
        excess / ours,
        numerator=excess,
        denominator=ours,
        n=ours,
        side="vendor+platform",
        raw=excess / ours,
        judged=True,
        basis="queue-days that both counted",
        marks=marks_of(rows),
    )
    return Measured(figure, tuple(rows))


def data_timeliness(workings: Workings) -> Measured:
    """Share of the expected uploads that came by their deadline.

    An upload whose deadline lies ahead and that has not come is not counted yet.

    Source: figures section 3.
    """
    due = [wanted for wanted in workings.expectations if wanted.is_due or wanted.fulfilled]
    if not due:
        return Measured(Figure("data_timeliness"))
    on_time = Fraction(sum(wanted.received_on is not None and wanted.received_on <= wanted.due_on for wanted in due))
    files = Fraction(len(due))
    figure = Figure(
        "data_timeliness",
        "scored",
        on_time / files,
        numerator=on_time,
        denominator=files,
        n=files,
        side="client",
        raw=on_time / files,
        judged=True,
        basis="expected uploads per kind and site",
    )
    return Measured(figure)


def _sum(rows: Sequence[Tally], fact: str) -> Fraction:
    return total(row for row in rows if row.fact == fact)


def _lacking(
    workings: Workings,
    facts: tuple[str, str],
    needs: Mapping[str, Sequence[str]],
    rows: Sequence[Tally],
    denominator: Fraction,
) -> str:
    """The state of a ratio that cannot be: a denominator of 0, then what was expected; '' when it can be.

    A fact without a row is absent, never 0.
    """
    have = {row.fact for row in rows}
    if facts[1] in have and denominator <= 0:
        return "no_data"
    if workings.unsent(needs, rows):
        return "not_sent"
    return "" if have.issuperset(facts) else "no_data"


def _ratio(
    metric: str,
    workings: Workings,
    facts: tuple[str, str],
    rows: Sequence[Tally],
    needs: Mapping[str, Sequence[str]],
) -> Measured:
    """A quotient of two sums, without an interval."""
    over, under = facts
    numerator, denominator = _sum(rows, over), _sum(rows, under)
    lacking = _lacking(workings, facts, needs, rows, denominator)
    if lacking:
        return Measured(Figure(metric, lacking))
    figure = Figure(
        metric,
        "scored",
        numerator / denominator,
        numerator=numerator,
        denominator=denominator,
        n=denominator,
        side=sides_of(rows),
        raw=numerator / denominator,
        judged=True,
        basis=f"{over} / {under}",
        marks=marks_of(rows),
    )
    return Measured(figure, tuple(rows))
