"""Fields of counts: keys, facts, and the columns that stand in for facts.

Owns: how a column of each field is parsed, which kind a fact belongs to, what a column of rates is worth. Must not
know: headers, files. The facts themselves are scorecards.metrics'.
"""

from __future__ import annotations

from dataclasses import dataclass

from importers.kinds import DAY, HOURS, MOMENT, NUMBER, SECONDS, SHARE, TEXT, FieldSpec
from scorecards.metrics import FACTS

SIDES = ("platform", "client", "vendor")
SAMPLES = ("random", "stratified", "targeted", "golden", "calibration")
DIMENSIONS = ("vendor", "site", "queue", "language", "role", "side", "sample")
"""What a count is broken down by, beside its day."""
NOT_IN_FILES = frozenset({"tat_histogram", "files_due", "files_on_time"})
"""Facts that no column of a file holds: histograms come from logs, deliveries from the uploads themselves."""
PLAN_FACTS = frozenset({"committed_fte_days", "forecast_items"})
KIND_OF_GROUP = {
    "work": "performance",
    "hours": "performance",
    "stocks": "performance",
    "people": "workforce",
    "quality": "quality",
    "appeals": "quality",
}
_PARSE_OF_UNIT = {"hours": HOURS, "seconds": SECONDS}


@dataclass(frozen=True, slots=True)
class Rate:
    """A column of rates: fact = rate x weight of the same row, or weight x (1 - rate) when complement."""

    name: str
    fact: str
    weight: str
    parse: str = SHARE
    complement: bool = False


RATES: dict[str, Rate] = {
    rate.name: rate
    for rate in (
        Rate("aht_seconds", "handle_seconds", "decisions", SECONDS),
        Rate("in_sla_share", "in_sla_items", "due_items"),
        Rate("accuracy", "correct", "audits"),
        Rate("critical_accuracy", "units_with_critical_error", "audits", complement=True),
        Rate("label_accuracy", "label_correct", "audits"),
    )
}
ERRORS = "errors"
"""A column of errors: correct = audits - errors."""
COUNTED = tuple(name for name in FACTS if name not in NOT_IN_FILES)
"""The facts that a column can hold, in the catalogue's order."""
PARTS: tuple[tuple[str, str], ...] = (
    (ERRORS, "audits"),
    ("correct", "audits"),
    ("label_correct", "audits"),
    ("units_with_critical_error", "audits"),
    ("units_customer_critical", "audits"),
    ("units_business_critical", "audits"),
    ("units_compliance_critical", "audits"),
    ("in_sla_items", "due_items"),
    ("excused_in_sla_items", "excused_due_items"),
    ("overlap_vendor_correct", "overlap_items"),
    ("overlap_client_correct", "overlap_items"),
    ("overlap_both_correct", "overlap_items"),
    ("appeals_overturned", "appeals_decided"),
)
"""(part, whole): a row whose part is larger than its whole is refused."""
ORDERED = (("production_hours", "worked_hours"), ("worked_hours", "paid_hours"), ("actioned_decisions", "decisions"))
"""(smaller, larger): a row the other way round is worth a warning."""


def kind_of(fact: str) -> str:
    """The kind of file that a fact belongs to.

    >>> kind_of("decisions"), kind_of("committed_fte_days"), kind_of("headcount_closing")
    ('performance', 'plan', 'workforce')
    """
    if fact in PLAN_FACTS:
        return "plan"
    if fact.startswith("headcount"):
        return "workforce"
    return KIND_OF_GROUP[FACTS[fact].group]


KEYS: dict[str, FieldSpec] = {
    spec.name: spec
    for spec in (
        FieldSpec("vendor", TEXT, key=True),
        FieldSpec("site", TEXT, key=True),
        FieldSpec("queue", TEXT, key=True),
        FieldSpec("language", TEXT, key=True),
        FieldSpec("role", TEXT, key=True),
        FieldSpec("day", DAY, key=True),
        FieldSpec("period", DAY, key=True),
        FieldSpec("side", TEXT, key=True),
        FieldSpec("sample", TEXT, key=True),
        FieldSpec("agent_id", TEXT, key=True, person=True),
        FieldSpec("shift_start", MOMENT, key=True),
        FieldSpec("shift_end", MOMENT, key=True),
    )
}
"""The fields that say what a row of counts is about."""
FIELDS: dict[str, FieldSpec] = (
    KEYS
    | {name: FieldSpec(name, _PARSE_OF_UNIT.get(FACTS[name].unit, NUMBER)) for name in COUNTED}
    | {ERRORS: FieldSpec(ERRORS, NUMBER)}
    | {rate.name: FieldSpec(rate.name, rate.parse) for rate in RATES.values()}
)
"""Every field of a file of counts."""
SPEAKS_FOR: dict[str, str] = (
    {name: kind_of(name) for name in COUNTED}
    | {rate.name: kind_of(rate.fact) for rate in RATES.values()}
    | {ERRORS: "quality", "sample": "quality", "shift_start": "performance", "shift_end": "performance"}
)
"""Field -> the kind of file that it speaks for."""
