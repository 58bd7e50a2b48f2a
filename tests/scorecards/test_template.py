"""The default template says what figures section 1 says."""

from __future__ import annotations

from decimal import Decimal

from scorecards.metrics import METRICS
from scorecards.template import NETWORK, RATINGS


def test_the_weights_of_the_default_add_up_to_one_and_cover_every_figure() -> None:
    assert sum(target.weight for target in NETWORK) == 1
    assert [target.metric for target in NETWORK] == list(METRICS)


def test_only_critical_accuracy_caps_and_at_the_worst_rating() -> None:
    gated = [(target.metric, target.gate_floor, target.gate) for target in NETWORK if target.gate]
    assert gated == [("critical_accuracy", Decimal("0.94"), RATINGS[0])]


def test_levels_point_the_way_of_their_direction() -> None:
    for target in NETWORK:
        if target.floor is not None and target.target is not None:
            assert (target.floor < target.target) == (target.direction == "up")
