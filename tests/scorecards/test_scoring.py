"""Points, coverage, must-meet limits, rating."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.metrics import METRICS, Figure
from scorecards.scoring import Rule, VendorScore, composite, points, rating_of, rules_of, score_vendor, scored
from scorecards.template import NETWORK, Target
from tests.scorecards.values import figure, good

LEVEL = Fraction("0.10")
RULES = {rule.metric: rule for rule in rules_of(NETWORK, LEVEL)}


def score(figures: list[Figure], rules: tuple[Rule, ...] = tuple(RULES.values()), *, first_month: bool = False) -> VendorScore:
    known = {name: Figure(name) for name in METRICS} | {one.metric: one for one in figures}
    return score_vendor("V", {rule.metric: scored(known[rule.metric], rule) for rule in rules}, first_month=first_month)


def everything(**other: str) -> list[Figure]:
    return [*good(**other), figure("cost_per_decision", "0.10")]


def test_the_worked_composite_leaves_out_what_is_missing() -> None:
    gained = [
        (Fraction("0.35"), points(Fraction("97.2"), Fraction(94), Fraction(98))),
        (Fraction("0.20"), points(Fraction("96.0"), Fraction(90), Fraction(95))),
        (Fraction("0.20"), points(Fraction("0.0840"), Fraction("0.1000"), Fraction("0.0850"))),
        (Fraction("0.10"), points(Fraction("6.1"), Fraction("8.0"), Fraction("4.0"))),
        (Fraction("0.10"), points(Fraction(100), Fraction(80), Fraction(95))),
    ]
    assert [round(one, 4) for _, one in gained] == [80, 110, Fraction("106.6667"), Fraction("47.5"), 110]
    whole = composite(gained)
    assert whole is not None
    assert round(whole, 4) == Fraction("91.6667")
    assert composite([]) is None


@given(st.fractions(-1, 2), st.fractions(-1, 2), st.fractions(0, 1), st.fractions(0, 1))
def test_a_better_value_never_loses_points(one: Fraction, other: Fraction, floor: Fraction, target: Fraction) -> None:
    if floor == target:
        return
    worse, better = sorted((one, other), reverse=floor > target)
    assert 0 <= points(worse, floor, target) <= points(better, floor, target) <= 110


def test_targets_reached_exactly_score_a_hundred_and_rate_good() -> None:
    result = score(everything())
    assert (result.score, result.coverage, result.rating, result.unrated) == (100, 1, "good", "")
    assert sum(result.contributions().values()) == 100
    assert result.contributions()["accuracy"] == 15


def test_cost_scores_against_the_networks_level() -> None:
    rule = RULES["cost_per_decision"]
    assert (rule.floor, rule.target) == (Fraction("0.125"), Fraction("0.10"))
    assert scored(figure("cost_per_decision", "0.1125"), rule).points == 50


def test_a_template_may_fix_the_ends_of_cost() -> None:
    fixed = Target("cost_per_decision", Decimal("0.2"), "down", Decimal("0.2"), Decimal("0.1"))
    assert scored(figure("cost_per_decision", "0.15"), rules_of([fixed], LEVEL)[0]).points == 50


def test_metrics_outside_the_template_inform() -> None:
    rules = rules_of([NETWORK[0]], None)
    assert rules[0].metric == "critical_accuracy"
    assert {rule.weight for rule in rules[1:]} == {0}
    assert scored(figure("throughput", "60"), rules[-1]).state == "informative"


def test_what_was_not_sent_scores_at_its_floor_and_counts_as_covered() -> None:
    figures = [one for one in everything() if one.metric != "in_sla_share"] + [Figure("in_sla_share", "not_sent")]
    result = score(figures)
    assert (result.score, result.coverage) == (80, 1)
    assert result.metrics["in_sla_share"].points == 0
    assert scored(Figure("cost_per_decision", "not_sent"), rules_of(NETWORK, None)[3]).points == 0


@pytest.mark.parametrize("state", ["no_data", "small_sample", "not_comparable", "excused"])
def test_other_states_carry_no_points(state: str) -> None:
    assert scored(replace(figure("accuracy", "0.9"), state=state), RULES["accuracy"]).points is None


def test_a_metric_without_floor_and_target_cannot_score() -> None:
    assert scored(figure("cost_per_decision", "1"), rules_of(NETWORK, None)[3]).points is None
    flat = rules_of([Target("accuracy", Decimal(1), "up", Decimal("0.9"), Decimal("0.9"))], None)[0]
    assert scored(figure("accuracy", "1"), flat).points is None


def test_estimated_cost_scores() -> None:
    assert scored(figure("cost_per_decision", "0.10", state="estimated"), RULES["cost_per_decision"]).points == 100


def test_four_fifths_of_the_weight_are_rated_and_less_is_not() -> None:
    without_cost = good()
    assert score(without_cost).coverage == Fraction(4, 5)
    assert score(without_cost).rating == "good"
    fewer = [one for one in without_cost if one.metric != "qa_gap"]
    result = score(fewer)
    assert (result.rating, result.unrated, result.score) == (None, "coverage", 100)


def test_a_month_without_any_points_has_no_score() -> None:
    result = score([])
    assert (result.score, result.coverage, result.rating, result.unrated) == (None, 0, None, "coverage")
    assert result.contributions() == {}


def test_a_template_without_weights_rates_nobody() -> None:
    weightless = rules_of([Target("accuracy", Decimal(0), "up")], None)
    assert score(everything(), weightless).coverage == 0


def test_a_gate_that_was_not_judged_leaves_the_month_unrated() -> None:
    rules = rules_of([replace(NETWORK[0], weight=Decimal("0.01")), *NETWORK[1:]], LEVEL)
    unjudged = Figure("critical_accuracy", "small_sample", Fraction(1), judged=False)
    result = score([*everything(), unjudged], rules)
    assert (result.unrated, result.rating) == ("gate", None)
    assert score([*everything(), replace(unjudged, judged=True)], rules).rating == "good"


def test_the_first_month_of_activity_is_not_rated() -> None:
    assert score(everything(), first_month=True).unrated == "first_month"


def test_a_gate_caps_the_rating_and_never_the_score() -> None:
    critical = figure("critical_accuracy", "0.93", low="0.91", high="0.95")
    result = score([*everything(accuracy="0.97", in_sla_share="0.99"), critical])
    assert result.capped
    assert not result.proven
    assert result.rating == "inadequate"
    assert result.score is not None
    assert result.score > 80
    proven = score([*everything(), figure("critical_accuracy", "0.92", low="0.90", high="0.939")])
    assert proven.proven


def test_a_gate_at_its_floor_is_met() -> None:
    assert not score([*everything(), figure("critical_accuracy", "0.94", low="0.90", high="0.96")]).capped


def test_a_gate_may_stand_above_and_on_absolute_values() -> None:
    gap = Target("qa_gap", Decimal("0.05"), "down", Decimal("0.05"), Decimal("0.02"), Decimal("0.04"), "requires_improvement")
    rules = rules_of([*(one for one in NETWORK if one.metric != "qa_gap"), gap], LEVEL)
    worse = score([*everything(), figure("qa_gap", "-0.06", low="-0.08", high="-0.03")], rules)
    assert [(one.metric, one.proven) for one in worse.breaches] == [("qa_gap", False)]
    assert worse.rating == "requires_improvement"
    assert score([*everything(), figure("qa_gap", "-0.06")], rules).proven
    assert not score([*everything(), figure("qa_gap", "-0.03")], rules).capped


def test_a_judged_gate_without_a_value_is_no_breach() -> None:
    assert not score([*everything(), Figure("critical_accuracy", "no_data", judged=True)]).capped


@pytest.mark.parametrize(
    ("value", "rating"),
    [
        ("100", "good"),
        ("99.99", "approaching_target"),
        ("95", "approaching_target"),
        ("94.9", "requires_improvement"),
        ("59.9", "inadequate"),
    ],
)
def test_ratings_follow_the_score(value: str, rating: str) -> None:
    assert rating_of(Fraction(value)) == rating


def test_absolute_metrics_score_on_their_size_and_an_interval_with_zero_reaches_it() -> None:
    one = scored(figure("qa_gap", "-0.035", low="-0.065", high="0.005"), RULES["qa_gap"])
    assert one.points == 50
    assert (one.down, one.up) == (50, 60)
    apart = scored(figure("qa_gap", "-0.035", low="-0.05", high="-0.02"), RULES["qa_gap"])
    assert (apart.down, apart.up) == (50, 50)


def test_ends_that_contradict_their_value_have_no_negative_reach() -> None:
    odd = scored(figure("in_sla_share", "0.93", low="0.94", high="0.95"), RULES["in_sla_share"])
    assert odd.down == 0
    low = scored(figure("in_sla_share", "0.93", low="0.90", high="0.92"), RULES["in_sla_share"])
    assert low.up == 0


def test_shared_audits_add_linearly_and_all_others_in_quadrature() -> None:
    figures = [
        *everything(),
        figure("critical_accuracy", "0.98", low="0.97", high="0.98"),
        figure("accuracy", "0.95", low="0.94", high="0.95"),
        figure("in_sla_share", "0.95", low="0.94", high="0.95"),
    ]
    result = score(figures)
    # 25 x 0.20 + 20 x 0.15 = 8 points together; 20 x 0.20 = 4 points apart.
    assert result.down_squared == Decimal(8 * 8 + 4 * 4)
    assert result.up_squared == 0


def test_rules_tell_from_where_samples_count() -> None:
    assert (RULES["accuracy"].min_sample, RULES["throughput"].min_sample) == (100, None)
    assert RULES["critical_accuracy"].gate_min_sample == 30
