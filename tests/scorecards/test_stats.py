"""Statistics of shares against published and worked figures."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.stats import (
    Interval,
    Paired,
    Stratum,
    exact_sum,
    joined,
    paired_difference,
    stratified,
    surely_above,
    wilson,
)


def stratum(queue: str, size: int, audited: int, good: int, language: str = "en") -> Stratum:
    return Stratum(queue, language, Fraction(size), Fraction(audited), Fraction(good))


def ends(interval: Interval, places: int = 5) -> tuple[str, str]:
    return format(Decimal(round(interval.low * 10**places)).scaleb(-places), "f"), format(
        Decimal(round(interval.high * 10**places)).scaleb(-places), "f"
    )


@pytest.mark.parametrize(
    ("good", "size", "low", "high"),
    [
        (188, 200, "0.89807", "0.96535"),
        (19, 20, "0.76387", "0.99112"),
        (20, 20, "0.83887", "1.00000"),
        (0, 30, "0.00000", "0.11351"),
        (49, 50, "0.89505", "0.99646"),
        (970, 1000, "0.95750", "0.97891"),
    ],
)
def test_wilson_gives_the_worked_figures_of_the_domain(good: int, size: int, low: str, high: str) -> None:
    assert ends(wilson(Fraction(good, size), Fraction(size))) == (low, high)


def test_wilson_agrees_with_newcombes_published_table(corpus: Path) -> None:
    table = json.loads((corpus / "reference/wilson/newcombe1998.json").read_text())
    for case in table["cases"]:
        seen = wilson(Fraction(case["k"], case["n"]), Fraction(case["n"]))
        assert abs(seen.low - Fraction(str(case["lo"]))) <= Fraction(5, 100000)
        assert abs(seen.high - Fraction(str(case["hi"]))) <= Fraction(5, 100000)


def test_wilson_is_exact_at_the_bounds_and_holds_contradicting_counts_there() -> None:
    assert wilson(Fraction(1), Fraction(7)).high == 1
    assert wilson(Fraction(0), Fraction(7)).low == 0
    assert wilson(Fraction(9, 5), Fraction(5)) == wilson(Fraction(1), Fraction(5))


@given(st.integers(1, 500), st.integers(0, 500))
def test_wilson_contains_its_share_and_mirrors(size: int, good: int) -> None:
    share = Fraction(min(good, size), size)
    seen, mirrored = wilson(share, Fraction(size)), wilson(1 - share, Fraction(size))
    assert 0 <= seen.low <= share <= seen.high <= 1
    assert abs(seen.low - (1 - mirrored.high)) < Fraction(1, 10**45)


def test_a_stratified_sample_is_weighted_by_the_work() -> None:
    found = stratified([stratum("Q1", 800_000, 300, 291), stratum("Q2", 200_000, 300, 264)])
    assert found is not None
    assert found.value == Fraction("0.952")
    assert (found.numerator, found.denominator) == (555, 600)
    assert round(found.n_eff, 2) == Fraction("599.35")
    assert ends(found.interval, 4) == ("0.9318", "0.9664")
    assert found.covered == 1


def test_strata_without_audits_are_left_out_and_lower_the_covered_share() -> None:
    found = stratified([stratum("Q1", 900, 100, 90), stratum("Q2", 100, 0, 0), stratum("Q3", 0, 50, 0)])
    assert found is not None
    assert (found.value, found.covered) == (Fraction("0.9"), Fraction("0.9"))
    assert (found.numerator, found.denominator) == (90, 100)


def test_no_stratum_with_work_and_audits_has_no_share() -> None:
    assert stratified([stratum("Q1", 900, 0, 0), stratum("Q3", 0, 50, 40)]) is None


def test_a_census_has_no_doubt_even_where_strata_are_small() -> None:
    found = stratified([stratum("Q1", 4, 4, 3), stratum("Q2", 60, 60, 60)])
    assert found is not None
    assert found.interval == Interval(Fraction(63, 64), Fraction(63, 64))
    assert found.value == Fraction(63, 64)


def test_a_left_out_stratum_breaks_the_census() -> None:
    found = stratified([stratum("Q2", 60, 60, 30), stratum("Q3", 5, 0, 0)])
    assert found is not None
    assert found.n_eff == 60
    assert found.interval == wilson(Fraction(1, 2), Fraction(60))


def test_more_audits_than_decisions_is_marked_and_gets_wilson_on_n() -> None:
    found = stratified([stratum("Q1", 50, 60, 54), stratum("Q2", 1000, 100, 80)])
    assert found is not None
    assert found.oversampled
    assert found.n_eff == 160


def test_a_single_audit_is_its_own_effective_size() -> None:
    found = stratified([stratum("Q1", 50, 1, 1)])
    assert found is not None
    assert found.n_eff == 1


def test_a_sample_without_variance_keeps_its_size() -> None:
    found = stratified([stratum("Q1", 500, 20, 20)])
    assert found is not None
    assert (found.n_eff, found.interval.high) == (20, 1)
    assert ends(found.interval, 3) == ("0.839", "1.000")


def test_an_effective_size_never_exceeds_the_audits() -> None:
    found = stratified([stratum("Q1", 500, 50, 50), stratum("Q2", 500, 50, 40)])
    assert found is not None
    assert found.n_eff == 100


def test_a_small_stratum_joins_the_largest_of_its_queue_first() -> None:
    merged = joined([stratum("Q1", 10, 3, 3, "de"), stratum("Q1", 20, 30, 30), stratum("Q2", 900, 50, 50)])
    assert [(one.queue, one.size, one.audited, one.good) for one in merged] == [("Q1", 30, 33, 33), ("Q2", 900, 50, 50)]


def test_a_small_stratum_alone_in_its_queue_joins_the_largest_of_the_vendor_and_ties_go_to_the_first() -> None:
    merged = joined([stratum("Q2", 90, 50, 50), stratum("Q3", 90, 40, 40), stratum("Q1", 10, 9, 9)])
    assert [(one.queue, one.audited) for one in merged] == [("Q2", 59), ("Q3", 40)]


def test_joining_counts_sizes_as_merged_so_far() -> None:
    merged = joined([stratum("Q1", 10, 4, 4, "a"), stratum("Q1", 30, 4, 4, "b"), stratum("Q1", 35, 20, 20, "c")])
    # a joins c (35), which then weighs 45; b joins it too.
    assert [(one.language, one.size, one.audited) for one in merged] == [("c", 75, 28)]


def test_small_strata_that_are_all_there_is_end_as_one() -> None:
    assert [one.audited for one in joined([stratum("Q1", 10, 3, 3), stratum("Q2", 10, 4, 4)])] == [7]


STRATA = st.lists(
    st.tuples(st.integers(0, 2000), st.integers(0, 60), st.integers(0, 60)).map(lambda one: (one[0], one[1], min(one[1], one[2]))),
    min_size=1,
    max_size=6,
)


@given(STRATA)
def test_joining_never_loses_work_or_audits(parts: list[tuple[int, int, int]]) -> None:
    strata = [stratum(f"Q{n % 2}", size, audits, good, f"l{n}") for n, (size, audits, good) in enumerate(parts) if audits]
    merged = joined(strata)
    assert sum(one.size for one in merged) == sum(one.size for one in strata)
    assert sum(one.audited for one in merged) == sum(one.audited for one in strata)
    assert all(one.audited >= 10 for one in merged) or len(merged) <= 1


@given(STRATA)
def test_a_stratified_share_lies_in_its_interval(parts: list[tuple[int, int, int]]) -> None:
    found = stratified([stratum("Q1", size, audits, good, f"l{n}") for n, (size, audits, good) in enumerate(parts)])
    if found:
        assert 0 <= found.interval.low <= found.value <= found.interval.high <= 1
        assert 0 < found.n_eff <= found.denominator


def test_paired_difference_gives_newcombes_published_interval() -> None:
    gap, interval = paired_difference(Paired(Fraction(36), Fraction(12), Fraction(2), Fraction(0)))
    assert gap == Fraction(1, 5)
    assert ends(interval, 4) == ("0.0569", "0.3404")


def test_paired_difference_corrects_phi_where_the_parties_agree() -> None:
    agreed = paired_difference(Paired(Fraction(80), Fraction(6), Fraction(2), Fraction(12)))[1]
    # ad - bc - n/2 = 960 - 12 - 50 = 898, positive: narrower than unpaired, wider than without the correction.
    one, two = wilson(Fraction(86, 100), Fraction(100)), wilson(Fraction(82, 100), Fraction(100))
    unpaired = Fraction(4, 100) - (one.high - one.low)
    assert agreed.low > unpaired
    assert agreed.low < Fraction(4, 100) < agreed.high < two.high


def test_paired_difference_of_parties_that_always_agree_on_right_is_zero() -> None:
    gap, interval = paired_difference(Paired(Fraction(40), Fraction(0), Fraction(0), Fraction(0)))
    assert gap == 0
    assert interval.low < 0 < interval.high


def test_paired_difference_of_parties_that_always_agree_has_hardly_any_width() -> None:
    _, interval = paired_difference(Paired(Fraction(50000), Fraction(0), Fraction(0), Fraction(50000)))
    assert interval.high - interval.low < Fraction(1, 1000)


@given(st.tuples(*[st.integers(0, 40)] * 4).filter(any))
def test_paired_difference_turns_sign_with_its_parties(cells: tuple[int, int, int, int]) -> None:
    both, one, two, neither = map(Fraction, cells)
    gap, interval = paired_difference(Paired(both, one, two, neither))
    turned, other = paired_difference(Paired(both, two, one, neither))
    assert gap == -turned
    assert abs(interval.low + other.high) < Fraction(1, 10**20)
    assert interval.low <= gap <= interval.high


@given(st.lists(st.fractions(), max_size=8))
def test_exact_sum_is_the_sum(values: list[Fraction]) -> None:
    assert exact_sum(values) == sum(values)


def test_equal_estimates_without_doubt_are_not_above_each_other() -> None:
    assert not surely_above(Decimal(0), Decimal(0), Decimal(0))
    assert surely_above(Decimal("0.0000001"), Decimal(0), Decimal(0))
    assert not surely_above(Decimal(-5), Decimal(0), Decimal(0))
