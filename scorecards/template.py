"""The network template: what each metric weighs, from where to where it scores, and its must-meet limit.

Owns: the template of formula version 1 as data. Must not know: vendors, contracts (whose targets drive credits
and colours only), how figures are measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

RATINGS = ("inadequate", "requires_improvement", "approaching_target", "good")
"""Ratings of a month, worst first."""


@dataclass(frozen=True, slots=True)
class Target:
    """One metric of the template.

    weight: not negative; 0 = informative. direction: up or down (none for a healthy band). floor scores 0 points,
    target 100; None for cost_per_decision means 1.25 C* and C*, for others that it cannot score. gate_floor: value
    beyond which the rating is capped at `gate`; None = no gate.
    """

    metric: str
    weight: Decimal
    direction: str
    floor: Decimal | None = None
    target: Decimal | None = None
    gate_floor: Decimal | None = None
    gate: str = ""


def _target(metric: str, weight: str, direction: str, floor: str, target: str) -> Target:
    return Target(metric, Decimal(weight), direction, Decimal(floor), Decimal(target))


NETWORK: tuple[Target, ...] = (
    Target("critical_accuracy", Decimal("0.20"), "up", Decimal("0.94"), Decimal("0.98"), Decimal("0.94"), "inadequate"),
    _target("accuracy", "0.15", "up", "0.90", "0.95"),
    _target("in_sla_share", "0.20", "up", "0.90", "0.95"),
    Target("cost_per_decision", Decimal("0.20"), "down"),
    _target("staffing_share", "0.10", "up", "0.90", "0.98"),
    _target("qa_gap", "0.05", "down", "0.05", "0.02"),
    _target("count_discrepancy", "0.05", "down", "0.03", "0.005"),
    _target("data_timeliness", "0.05", "up", "0.80", "1.00"),
    Target("cost_per_correct_decision", Decimal(0), "down"),
    Target("aht_seconds", Decimal(0), "none"),
    Target("throughput", Decimal(0), "none"),
)
"""The default, in force while no `[[network_target]]` is set (figures section 1)."""
