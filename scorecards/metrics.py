"""The catalogue: what can be counted, what is measured, and the shape of a measured figure.

Owns: names, units, formulas and versions of facts and metrics; the Figure. Must not know: how a figure is scored
or where its counts came from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from scorecards.tally import Tally

STATES = ("no_data", "not_sent", "excused", "not_comparable", "informative", "small_sample", "estimated", "scored")
"""States of a figure in order: the first that holds is its state (figures section 2)."""
GATE_SAMPLE = 30
"""Audits (or due items) from which a gate is judged."""
SCORE_SAMPLE = 100
"""Audits (or due items) from which a figure carries points."""
SAMPLES = ("random", "stratified")
"""Samples of the client that a quality figure may rest on."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A countable thing. kind: flow (sums over time) or stock (never summed: closing = last, opening = first)."""

    name: str
    unit: str
    kind: str
    group: str

    def json(self) -> dict[str, object]:
        """The JSON of `scoreline facts`."""
        return {"fact": self.name, "unit": self.unit, "kind": self.kind, "group": self.group}


@dataclass(frozen=True, slots=True)
class Metric:
    """A named ratio over facts and money.

    unit: share, money, seconds or per_hour. direction: up, down or none (a healthy band). sampled: its n is a
    sample, so small_sample may hold. absolute: points fall on the absolute value.
    """

    name: str
    unit: str
    direction: str
    formula: str
    facts: tuple[str, ...]
    source: str
    sampled: bool = False
    absolute: bool = False
    formula_version: int = 1

    def json(self) -> dict[str, object]:
        """The JSON of `scoreline metrics`."""
        return {
            "metric": self.name,
            "unit": self.unit,
            "direction": self.direction,
            "formula": self.formula,
            "formula_version": self.formula_version,
            "facts": list(self.facts),
            "min_sample": SCORE_SAMPLE if self.sampled else None,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Figure:
    """One vendor's own value of one metric in one month, before vendors are compared.

    value: None without one, the state says why; low, high: ends of its 95 % interval, None
    where there is none; numerator, denominator:
    the plain sums (money in reporting currency); n: the sample or the denominator; side: whose counts, '+' between
    several; raw: the unadjusted value; covered: share of the work that the figure speaks for, None where that is
    no question; judged: a gate may look at it; basis: what it rests on, in words; marks: remarks for the reader
    (derived, oversampled, incomplete).
    """

    metric: str
    state: str = "no_data"
    value: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    n: Fraction | None = None
    side: str = ""
    raw: Fraction | None = None
    covered: Fraction | None = None
    judged: bool = False
    basis: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure with the counted rows that it was computed from (for the trace)."""

    figure: Figure
    rows: tuple[Tally, ...] = ()


def sides_of(rows: Iterable[Tally]) -> str:
    """Whose counts the rows are, in the order met, '+' between several."""
    return "+".join(dict.fromkeys(row.side for row in rows))


def marks_of(rows: Iterable[Tally]) -> tuple[str, ...]:
    """`derived` when some amount was worked out from a rate and its weight."""
    return ("derived",) if any(row.origin == "derived" for row in rows) else ()


def _facts(group: str, unit: str, names: str, kind: str = "flow") -> list[Fact]:
    return [Fact(name, unit, kind, group) for name in names.split()]


_WORK = """received decisions actioned_decisions billable_decisions cancelled_items rework_items escalated_items
    due_items in_sla_items excused_due_items excused_in_sla_items forecast_items tat_histogram"""
_HOURS = """scheduled_hours paid_hours worked_hours production_hours billable_hours payable_hours break_hours
    training_hours coaching_hours meeting_hours client_downtime_hours vendor_downtime_hours absent_planned_hours
    absent_unplanned_hours premium_hours"""
_PEOPLE = """joiners leavers transfers_in transfers_out certified_agents required_agents"""
_WELLNESS = "wellness_due_agent_weeks wellness_met_agent_weeks wellness_offered_agent_weeks"
_QUALITY = """audits correct label_correct units_with_critical_error units_customer_critical units_business_critical
    units_compliance_critical true_positives true_negatives false_positives false_negatives wrong_action
    technical_errors overlap_items overlap_vendor_correct overlap_client_correct overlap_both_correct"""
_APPEALS = "appeals_filed appeals_decided appeals_overturned appeals_overturned_policy_change"

FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in [
        *_facts("work", "items", _WORK),
        *_facts("work", "seconds", "handle_seconds"),
        *_facts("hours", "hours", _HOURS),
        *_facts("people", "days", "committed_fte_days delivered_fte_days"),
        *_facts("people", "persons", _PEOPLE),
        *_facts("people", "agent weeks", _WELLNESS),
        *_facts("quality", "items", _QUALITY),
        *_facts("appeals", "items", _APPEALS),
        *_facts("deliveries", "files", "files_due files_on_time"),
        *_facts("stocks", "items", "opening_backlog closing_backlog", "stock"),
        *_facts("stocks", "persons", "headcount_opening headcount_closing", "stock"),
    ]
}
"""Every countable fact by name (interface section 5)."""

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in [
        Metric(
            "critical_accuracy",
            "share",
            "up",
            "1 - units_with_critical_error / audits, weighted by decisions per queue x language",
            ("audits", "units_with_critical_error", "decisions"),
            "domain M-42 and section 1.5; Cochran 1977; Wilson 1927",
            sampled=True,
        ),
        Metric(
            "accuracy",
            "share",
            "up",
            "correct / audits, weighted by decisions per queue x language",
            ("audits", "correct", "decisions"),
            "domain M-40 and section 1.5; Cochran 1977; Wilson 1927",
            sampled=True,
        ),
        Metric(
            "in_sla_share",
            "share",
            "up",
            "(in_sla_items - excused_in_sla_items) / (due_items - excused_due_items)",
            ("in_sla_items", "due_items", "excused_in_sla_items", "excused_due_items"),
            "domain M-11; Wilson 1927",
            sampled=True,
        ),
        Metric(
            "cost_per_decision",
            "money",
            "down",
            "C* x sum(W_s c_vs) / sum(W_s c_s) over comparable queue x language; raw: cost / decisions",
            ("decisions", "production_hours", "handle_seconds"),
            "domain M-60 and section 1.8 (direct standardisation)",
        ),
        Metric(
            "staffing_share",
            "share",
            "up",
            "delivered_fte_days / committed_fte_days",
            ("delivered_fte_days", "committed_fte_days"),
            "domain M-17",
        ),
        Metric(
            "qa_gap",
            "share",
            "down",
            "(overlap_vendor_correct - overlap_client_correct) / overlap_items",
            ("overlap_vendor_correct", "overlap_client_correct", "overlap_both_correct", "overlap_items"),
            "domain M-54; Newcombe 1998, paired method 10",
            sampled=True,
            absolute=True,
        ),
        Metric(
            "count_discrepancy",
            "share",
            "down",
            "sum(vendor decisions - platform decisions) / sum(platform decisions), queue-days both counted",
            ("decisions",),
            "domain M-52",
            absolute=True,
        ),
        Metric(
            "data_timeliness",
            "share",
            "up",
            "files_on_time / files_due, per kind and site expected",
            ("files_on_time", "files_due"),
            "figures section 3",
        ),
        Metric(
            "cost_per_correct_decision",
            "money",
            "down",
            "raw cost per decision / accuracy",
            ("decisions", "audits", "correct"),
            "domain M-62",
        ),
        Metric(
            "aht_seconds",
            "seconds",
            "none",
            "handle_seconds / decisions",
            ("handle_seconds", "decisions"),
            "domain M-03",
        ),
        Metric(
            "throughput",
            "per_hour",
            "none",
            "decisions of the chosen side / the vendor's production_hours",
            ("decisions", "production_hours"),
            "domain M-04",
        ),
    ]
}
"""Every metric that is computed, by name, in the order they are shown."""
