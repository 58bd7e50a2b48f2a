"""What figures are computed from, and what was expected."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from scorecards.tally import Counts
from scorecards.workings import arrange, level_of, sampled_state
from tests.scorecards.values import expected, tally

NEEDS = {"performance": ("handle_seconds",)}


def test_strata_are_queue_by_language_where_both_stand() -> None:
    level = level_of([tally("decisions", 1), tally("decisions", 1, queue="Q2", language="")])
    assert level.key(tally("audits", 1)) == ("Q1", "en")
    assert level.key(tally("audits", 1, queue="Q2", language="de")) == ("Q2", "")
    assert level.key(tally("audits", 1, queue="Q3", language="")) == ("Q3", "")


def test_a_row_that_names_less_than_its_stratum_has_none() -> None:
    level = level_of([tally("decisions", 1)])
    assert level.key(tally("production_hours", 1, language="")) is None
    assert level.key(tally("production_hours", 1, queue="")) is None


def test_decisions_without_any_queue_leave_one_stratum() -> None:
    assert level_of([tally("decisions", 2, queue="")]).key(tally("audits", 1)) == ("", "")


def test_decisions_that_name_less_than_the_others_are_a_stratum_of_their_own() -> None:
    level = level_of([tally("decisions", 9), tally("decisions", 2, queue=""), tally("decisions", 1, language="")])
    assert level.key(tally("decisions", 2, queue="", language="en")) == ("", "en")
    assert level.key(tally("decisions", 1, language="")) == ("Q1", "")
    assert level.key(tally("decisions", 9)) == ("Q1", "en")


def test_audits_that_name_less_make_the_stratum_coarser_unless_they_are_zero() -> None:
    decisions = [tally("decisions", 9), tally("decisions", 9, queue="Q2")]
    level = level_of(decisions, [tally("audits", 1, language="")])
    assert [level.key(row) for row in decisions] == [("Q1", ""), ("Q2", "en")]
    assert level_of(decisions, [tally("audits", 1, queue="")]).blurred
    assert not level_of(decisions, [tally("audits", 0, queue="")]).blurred


def test_an_expected_kind_that_has_not_come_is_unsent_unless_something_supplies_its_facts() -> None:
    lacking = arrange(Counts([]), ("vendor",), [expected("performance"), expected("workforce")])
    assert lacking.unsent(NEEDS, [])
    assert not lacking.unsent(NEEDS, [tally("handle_seconds", 1, site="S1")])
    assert not lacking.unsent({"plan": ("committed_fte_days",)}, [])
    assert not arrange(Counts([]), ("vendor",), [expected("performance", received=date(2026, 11, 9))]).unsent(NEEDS, [])


def test_an_expectation_of_one_site_is_supplied_by_counts_of_that_site_or_of_none() -> None:
    lacking = arrange(Counts([]), ("vendor",), [expected("performance", "S2")])
    assert lacking.unsent(NEEDS, [tally("handle_seconds", 1, site="S1")])
    assert not lacking.unsent(NEEDS, [tally("handle_seconds", 1, site="S2")])
    assert not lacking.unsent(NEEDS, [tally("handle_seconds", 1, site="")])


def test_a_sample_scores_from_a_hundred_and_is_judged_from_thirty() -> None:
    assert sampled_state(Fraction(29)) == ("small_sample", False)
    assert sampled_state(Fraction(99)) == ("small_sample", True)
    assert sampled_state(Fraction(100), Fraction(4, 5)) == ("scored", True)
    assert sampled_state(Fraction(1000), Fraction(799, 1000)) == ("small_sample", True)
