"""Figures as they are shown."""

from __future__ import annotations

import json
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from scorecards.cost import TieOut
from scorecards.printing import (
    contributions_json,
    money,
    number,
    quantity,
    ranking_json,
    rankings_json,
    rounded,
    tie_out_json,
)
from scorecards.ranking import rank_bases, rank_month
from tests.scorecards.values import figure, good, month

KEYS = """vendor name rank rank_low rank_high tied_with score score_low score_high coverage rating not_rated gates
    change metrics"""
METRIC_KEYS = """metric value low high numerator denominator unit n side raw floor target direction gate min_sample
    covered points weight state basis marks formula_version"""
A = month("A", good(), strata={"Q1": ("800000", "48000"), "Q2": ("200000", "32000")})
B = month("B", good(critical_accuracy="0.93"), strata={"Q1": ("300000", "17400"), "Q2": ("300000", "45000")})


@given(st.fractions(), st.integers(0, 12))
def test_rounding_is_half_even(value: Fraction, places: int) -> None:
    assert rounded(value, places) == round(value * 10**places)


def test_no_value_prints_as_null() -> None:
    assert (number(None), quantity(None), money(None, "USD")) == (None, None, None)


def test_shares_are_numbers_quantities_and_money_are_decimal_strings() -> None:
    assert number(Fraction(2, 3)) == 0.6666666667
    assert quantity(Fraction("258669.80823")) == "258669.80823"
    assert money(Fraction("0.0804505"), "USD") == {"value": "0.080450", "currency": "USD"}


def test_a_ranking_prints_the_promised_keys_and_recomputable_points() -> None:
    printed = ranking_json(rank_month([A, B]), {"A": "Aurora"})
    assert json.loads(json.dumps(printed)) == printed
    assert (printed["basis"], printed["comparable_share"]) == ("like_for_like", 1.0)
    first, second = printed["vendors"]
    assert list(first) == KEYS.split()
    assert (first["name"], second["name"]) == ("Aurora", "B")
    assert second["gates"] == [{"metric": "critical_accuracy", "proven": True}]
    metrics = {one["metric"]: one for one in first["metrics"]}
    assert list(metrics["accuracy"]) == METRIC_KEYS.split()
    assert metrics["critical_accuracy"]["gate"] == {"floor": 0.94, "cap": "inadequate", "min_sample": 30}
    cost = metrics["cost_per_decision"]
    assert cost["value"] == {"value": "0.091250", "currency": "USD"}
    assert cost["target"] == {"value": "0.089000", "currency": "USD"}
    assert cost["floor"] == {"value": "0.111250", "currency": "USD"}
    assert (cost["numerator"], cost["denominator"], cost["gate"]) == ("80000", "1000000", None)
    assert cost["points"] == 89.8876404494


def test_both_bases_share_their_printed_figures() -> None:
    both = rankings_json(rank_bases([A, B]), {})
    assert both["raw"] == ranking_json(rank_month([A, B], basis="raw"), {})
    assert both["like_for_like"] == ranking_json(rank_month([A, B]), {})


def test_a_score_prints_with_its_ends_and_without_points_there_is_none() -> None:
    wide = month("W", [*good(), figure("accuracy", "0.95", low="0.90", high="0.95")])
    printed = ranking_json(rank_month([wide, month("N")]), {})["vendors"]
    # accuracy weighs 0.15 of 0.80 that carry points: 100 x 0.15 / 0.80 below.
    assert (printed[0]["score"], printed[0]["score_low"], printed[0]["score_high"]) == (100.0, 81.25, 100.0)
    assert (printed[1]["score"], printed[1]["score_low"], printed[1]["not_rated"]) == (None, None, "coverage")


def test_contributions_add_up_to_the_score() -> None:
    place = rank_month([A, B]).places[0]
    assert round(sum(one or 0 for one in contributions_json(place).values()), 6) == number(round(place.score.score or Fraction(0), 6))


def test_the_tie_outs_of_several_vendors_print_as_one_sum() -> None:
    parts = [TieOut(Fraction(100), Fraction(10), Fraction(5), Fraction(0), Fraction(85)), TieOut(shown=Fraction("0.125"))]
    shown = {name: part["amount"] for name, part in tie_out_json(parts, "USD").items()}
    assert shown == {"invoiced": "100", "held": "10", "passed_through": "5", "estimated": "0", "shown": "85.125"}
