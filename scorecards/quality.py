"""Figures of quality: accuracy, critical accuracy and the gap between two reviewers.

Owns: how audits become figures. Must not know: weights, points, other vendors. Only the client's random and
stratified samples are scored, pooled per stratum.
"""

from __future__ import annotations

from fractions import Fraction

from scorecards.metrics import SAMPLES, Figure, Measured, marks_of
from scorecards.stats import Paired, Stratum, paired_difference, stratified
from scorecards.tally import Tally, total
from scorecards.workings import Workings, level_of, sampled_state

CLIENT = ("client",)
ZERO = Fraction(0)
OVERLAP = ("overlap_items", "overlap_vendor_correct", "overlap_client_correct", "overlap_both_correct")


def accuracy(workings: Workings) -> Measured:
    """Share of decisions that were right, weighted by the decisions of each stratum."""
    return _audited(workings, "accuracy", "correct")


def critical_accuracy(workings: Workings) -> Measured:
    """Share of decisions without a critical error, weighted by the decisions of each stratum."""
    return _audited(workings, "critical_accuracy", "units_with_critical_error")


def _audited(workings: Workings, metric: str, fact: str) -> Measured:
    """An audited share.

    Source: figures section 3; domain section 1.5.
    """
    picks = [pick for sample in SAMPLES for pick in workings.chosen("audits", fact, sample=sample, sides=CLIENT)]
    audits = workings.rows(picks, "audits", fact)
    decisions = workings.rows(workings.decisions, "decisions")
    level = level_of(decisions, audits)
    sums: dict[tuple[str, str] | None, dict[str, list[Tally]]] = {}
    for row in (*decisions, *audits):
        sums.setdefault(level.key(row), {}).setdefault(row.fact, []).append(row)
    strata: list[Stratum] = []
    used: list[Tally] = []
    for key, rows in sums.items():
        size, audited, counted = (total(rows.get(name, ())) for name in ("decisions", "audits", fact))
        good = counted if fact == "correct" else audited - counted
        if key is not None and size > 0:
            strata.append(Stratum(*key, size, audited, good))
            used += [row for name in ("audits", fact, "decisions") for row in rows.get(name, ())]
    found = stratified(strata)
    if found is None:
        return Measured(Figure(metric))
    state, judged = sampled_state(found.denominator, found.covered)
    figure = Figure(
        metric,
        state,
        found.value,
        found.interval.low,
        found.interval.high,
        found.numerator,
        found.denominator,
        n=found.denominator,
        side="client",
        raw=found.numerator / found.denominator,
        covered=found.covered,
        judged=judged,
        basis="client's random and stratified samples, weighted by decisions",
        marks=marks_of(used) + (("oversampled",) if found.oversampled else ()),
    )
    return Measured(figure, tuple(used))


def qa_gap(workings: Workings) -> Measured:
    """How much kinder the vendor's reviewers are than the client's, on items that both reviewed; signed.

    Source: figures section 3; domain M-54.
    """
    picks = [pick for sample in SAMPLES for pick in workings.chosen(*OVERLAP, sample=sample, sides=CLIENT)]
    rows = workings.rows(picks, *OVERLAP)
    items, vendor, client, both = (total(row for row in rows if row.fact == fact) for fact in OVERLAP)
    if items <= 0:
        return Measured(Figure("qa_gap"))
    gap, interval = paired_difference(Paired(both, vendor - both, client - both, items - vendor - client + both))
    state, judged = sampled_state(items)
    figure = Figure(
        "qa_gap",
        state,
        gap,
        interval.low,
        interval.high,
        vendor - client,
        items,
        n=items,
        side="client",
        raw=gap,
        judged=judged,
        basis="items reviewed by both",
        marks=marks_of(rows),
    )
    return Measured(figure, tuple(rows))
