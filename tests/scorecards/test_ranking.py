"""Order, ties, and what may be said beyond doubt."""

from __future__ import annotations

import json
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from scorecards.fairness import LIKE_FOR_LIKE, RAW
from scorecards.figures import VendorFigures
from scorecards.metrics import Figure
from scorecards.quality import accuracy
from scorecards.ranking import Earlier, Place, Ranking, earlier_from_json, earlier_json, rank_bases, rank_month
from scorecards.tally import SIDES, Counts
from scorecards.template import NETWORK
from scorecards.workings import arrange
from tests.scorecards.values import audited, figure, good, month, tally


def order(ranking: Ranking) -> list[tuple[str, int | None]]:
    return [(place.score.vendor, place.rank) for place in ranking.places]


def place(ranking: Ranking, vendor: str) -> Place:
    return next(one for one in ranking.places if one.score.vendor == vendor)


def rated(vendor: str, *other: Figure, **values: str) -> VendorFigures:
    return month(vendor, [*good(**values), *other])


def test_the_cheaper_vendor_everywhere_wins_like_for_like_and_loses_raw() -> None:
    a = month("A", good(), strata={"Q1": ("800000", "48000"), "Q2": ("200000", "32000")})
    b = month("B", good(), strata={"Q1": ("300000", "17400"), "Q2": ("300000", "45000")})
    both = rank_bases([a, b])
    assert order(both[LIKE_FOR_LIKE]) == [("B", 1), ("A", 2)]
    assert order(both[RAW]) == [("A", 1), ("B", 2)]
    assert both[LIKE_FOR_LIKE].fairness.comparable_share == 1
    assert order(rank_month([a, b], basis=RAW)) == order(both[RAW])


def test_scores_order_and_doubt_free_figures_leave_no_tie() -> None:
    ranking = rank_month([rated("A", accuracy="0.93"), rated("B"), rated("C", accuracy="0.94")])
    assert order(ranking) == [("B", 1), ("C", 2), ("A", 3)]
    middle = place(ranking, "C")
    assert (middle.rank_low, middle.rank_high, middle.tied_with) == (2, 2, ())


def _audits(vendor: str, audits: int, correct: int) -> VendorFigures:
    rows = [tally("decisions", 100_000), *audited(audits, correct)]
    return rated(vendor, accuracy(arrange(Counts(rows), SIDES)).figure)


def test_98_of_100_does_not_outrank_970_of_1000_beyond_doubt() -> None:
    ranking = rank_month([_audits("FEW", 100, 98), _audits("MANY", 1000, 970)])
    few, many = place(ranking, "FEW"), place(ranking, "MANY")
    assert (few.tied_with, many.tied_with) == (("MANY",), ("FEW",))
    assert [(one.rank_low, one.rank_high) for one in (few, many)] == [(1, 2), (1, 2)]


def test_a_difference_beyond_the_intervals_is_no_tie() -> None:
    ranking = rank_month([_audits("GOOD", 4000, 3960), _audits("BAD", 4000, 3600)])
    assert place(ranking, "GOOD").tied_with == ()
    assert place(ranking, "BAD").rank_low == 2


def test_an_unrated_vendor_comes_last_without_rank_but_with_its_score() -> None:
    new = month("AAA", good(), first_month=True)
    few = month("ABC", [figure("accuracy", "1", state="small_sample", judged=False)])
    ranking = rank_month([new, rated("Z"), few])
    assert order(ranking) == [("Z", 1), ("AAA", None), ("ABC", None)]
    last = place(ranking, "AAA")
    assert (last.score.score, last.rank_low, last.score.rating) == (100, None, None)


def _best_but_gated(low: str, high: str) -> VendorFigures:
    gated = figure("critical_accuracy", "0.93", low=low, high=high)
    return month("TOP", [*good(accuracy="0.97", in_sla_share="0.99", staffing_share="1"), gated])


def _weak(vendor: str) -> VendorFigures:
    return rated(vendor, in_sla_share="0.91", accuracy="0.91", critical_accuracy="0.95")


def test_a_must_meet_limit_not_met_ranks_the_would_be_first_after_the_uncapped() -> None:
    ranking = rank_month([_best_but_gated("0.91", "0.939"), _weak("W1"), _weak("W2")])
    top = place(ranking, "TOP")
    assert order(ranking)[-1] == ("TOP", 3)
    assert top.score.score is not None
    assert all(top.score.score > (one.score.score or 0) for one in ranking.places[:2])
    assert (top.score.rating, top.score.proven) == ("inadequate", True)
    assert (top.rank_low, top.rank_high, top.tied_with) == (3, 3, ())
    assert place(ranking, "W1").tied_with == ("W2",)


def test_a_breach_that_is_not_proven_leaves_the_capped_tied_with_those_its_score_beats() -> None:
    top = place(rank_month([_best_but_gated("0.91", "0.95"), _weak("W1"), _weak("W2")]), "TOP")
    assert (top.rank, top.rank_low, top.rank_high) == (3, 1, 3)
    assert top.tied_with == ("W1", "W2")


def test_two_capped_vendors_are_compared_by_their_scores() -> None:
    other = figure("critical_accuracy", "0.90", low="0.88", high="0.92")
    ranking = rank_month([_best_but_gated("0.925", "0.935"), rated("LOW", other, in_sla_share="0.90")])
    assert order(ranking) == [("TOP", 1), ("LOW", 2)]
    assert place(ranking, "LOW").rank_low == 2


def test_equal_scores_go_by_critical_accuracy_then_like_for_like_cost_then_code() -> None:
    # Points are held at 110, so both score alike.
    higher = rated("B", critical_accuracy="0.999")
    lower = rated("A", critical_accuracy="0.99")
    assert order(rank_month([lower, higher])) == [("B", 1), ("A", 2)]
    cheap = {"cheap": {"Q1": ("100", "1")}, "dear": {"Q1": ("100", "2")}, "level": {"Q1": ("100", "90")}}
    priced = [month(name, good(), strata=strata) for name, strata in cheap.items()]
    assert order(rank_month(priced)) == [("cheap", 1), ("dear", 2), ("level", 3)]
    twins = rank_month([rated("Y"), rated("X")])
    assert order(twins) == [("X", 1), ("Y", 2)]
    assert place(twins, "X").tied_with == ("Y",)


def test_a_template_without_critical_accuracy_ranks_all_the_same() -> None:
    lacking = [one for one in good() if one.metric not in {"critical_accuracy", "cost_per_decision"}]
    template = [one for one in NETWORK if one.metric not in {"critical_accuracy", "cost_per_decision"}]
    assert order(rank_month([month("B", lacking), month("A", lacking)], template)) == [("A", 1), ("B", 2)]


def test_change_is_positive_when_moved_up_and_null_beside_an_unrated_month() -> None:
    earlier = {"A": Earlier(3, Fraction(90)), "B": Earlier(None, None)}
    ranking = rank_month([rated("A"), rated("B"), rated("C")], previous=earlier)
    assert (place(ranking, "A").rank_change, place(ranking, "A").score_change) == (2, 10)
    assert (place(ranking, "B").rank_change, place(ranking, "C").score_change) == (None, None)


def test_places_are_handed_to_the_next_month_exactly() -> None:
    ranking = rank_month([rated("A", accuracy="0.9333"), month("N", good(), first_month=True)])
    body = json.loads(json.dumps(earlier_json(ranking)))
    assert earlier_from_json(body) == ranking.earlier()
    assert ranking.earlier()["N"] == Earlier(None, None)


def test_vendors_without_activity_or_expectations_are_not_named_and_nobody_is_fine() -> None:
    assert order(rank_month([month("GONE", listed=False)])) == []
    assert rank_month([]).currency == ""


SHARES = st.integers(900, 1000).map(lambda one: str(Fraction(one, 1000)))


@given(st.lists(st.tuples(SHARES, SHARES, st.integers(0, 30)), min_size=1, max_size=6))
def test_every_rank_lies_in_its_range_and_ties_are_mutual(vendors: list[tuple[str, str, int]]) -> None:
    months = []
    for n, (right, critical, width) in enumerate(vendors):
        value = Fraction(critical)
        ends = (value - Fraction(width, 1000), min(value + Fraction(width, 1000), Fraction(1)))
        own = Figure("critical_accuracy", "scored", value, *ends, judged=True)
        months.append(rated(f"V{n}", own, accuracy=right))
    ranking = rank_month(months)
    assert order(rank_month(list(reversed(months)))) == order(ranking)
    assert [one.rank for one in ranking.places] == list(range(1, len(months) + 1))
    for one in ranking.places:
        assert one.rank is not None
        assert one.rank_low is not None
        assert one.rank_high is not None
        assert one.rank_low <= one.rank_high
        for other in one.tied_with:
            assert one.score.vendor in place(ranking, other).tied_with
        if not any(capped.score.capped for capped in ranking.places):
            assert one.rank_low <= one.rank <= one.rank_high
