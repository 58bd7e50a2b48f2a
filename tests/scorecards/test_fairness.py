"""Like for like: cheaper everywhere, dearer in total."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from scorecards.fairness import LIKE_FOR_LIKE, RAW, compared_cost, equal_work, like_for_like
from tests.scorecards.values import month

A = month("A", strata={"Q1": ("800000", "48000"), "Q2": ("200000", "32000")})
B = month("B", strata={"Q1": ("300000", "17400"), "Q2": ("300000", "45000")})


def test_the_worked_example_is_standardised_directly() -> None:
    fair = like_for_like([A, B])
    assert fair.standings["A"].value == Fraction("0.09125")
    assert fair.standings["B"].value == Fraction("0.08675")
    assert fair.level == Fraction("0.089")
    assert fair.raw_level == Fraction("0.089")
    assert fair.comparable_share == 1
    assert compared_cost(A, fair, RAW).value == Fraction("0.08")
    assert compared_cost(B, fair, RAW).value == Fraction("0.104")


def test_only_strata_of_two_vendors_with_known_cost_are_compared() -> None:
    a = month("A", strata={"Q1/en": ("100", "10"), "Q3/en": ("100", "90")})
    b = month("B", strata={"Q1/en": ("100", "20")})
    unknown = month("C", strata={"Q3/en": ("100", "5"), "Q1/en": ("200", "1")}, cost_state="no_data")
    fair = like_for_like([a, b, unknown])
    assert fair.level == Fraction("0.15")
    assert fair.standings["A"].value == Fraction("0.10")
    assert fair.standings["A"].covered == Fraction(1, 2)
    assert fair.comparable_share == Fraction(200, 600)
    assert fair.raw_level == Fraction(120, 300)
    assert "C" not in fair.standings


def test_a_vendor_without_a_comparable_stratum_is_not_comparable_and_keeps_its_raw_cost() -> None:
    lone = month("L", strata={"Q9": ("100", "10")})
    fair = like_for_like([A, B, lone])
    figure = compared_cost(lone, fair, LIKE_FOR_LIKE)
    assert (figure.state, figure.value, figure.raw, figure.covered) == ("not_comparable", None, Fraction("0.1"), 0)
    assert compared_cost(lone, fair, RAW).state == "scored"


def test_a_cost_that_is_not_known_stays_as_it_is() -> None:
    lacking = month("N")
    assert compared_cost(lacking, like_for_like([A, B, lacking]), LIKE_FOR_LIKE).state == "no_data"


def test_estimated_costs_are_compared_too() -> None:
    estimated = month("B", strata={"Q1": ("300000", "17400"), "Q2": ("300000", "45000")}, cost_state="estimated")
    fair = like_for_like([A, estimated])
    assert compared_cost(estimated, fair, LIKE_FOR_LIKE).state == "estimated"


def test_work_that_names_no_queue_is_in_no_stratum() -> None:
    fair = like_for_like([month("A", strata={"": ("10", "1")}), month("B", strata={"": ("10", "2")})])
    assert (fair.level, fair.standings, fair.comparable_share) == (None, {}, 0)


def test_money_without_decisions_makes_no_stratum() -> None:
    a = month("A", strata={"Q1": ("10", "1"), "Q2": ("0", "5")})
    b = month("B", strata={"Q1": ("10", "2"), "Q2": ("10", "2")})
    assert like_for_like([a, b]).level == Fraction(3, 20)


def test_a_level_that_is_not_positive_compares_nothing() -> None:
    credits_only = [month("A", strata={"Q1": ("10", "-1")}), month("B", strata={"Q1": ("10", "1")})]
    assert like_for_like(credits_only).standings == {}


def test_strata_that_cost_nothing_in_all_compare_nothing_for_their_vendor() -> None:
    a = month("A", strata={"Q1": ("10", "1")})
    b = month("B", strata={"Q1": ("10", "1"), "Q2": ("10", "0")})
    free = month("F", strata={"Q2": ("10", "0")})
    assert set(like_for_like([a, b, free]).standings) == {"A", "B"}


def test_a_month_without_vendors_has_nothing_to_compare() -> None:
    fair = like_for_like([])
    assert (fair.level, fair.raw_level, fair.comparable_share) == (None, None, None)


CELL = st.tuples(st.integers(1, 10**6), st.integers(1, 10**6))


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=2, max_size=5))
def test_where_all_serve_all_it_is_direct_standardisation_and_averages_to_the_level(cells: list[list[tuple[int, int]]]) -> None:
    months = [
        month(f"V{n}", strata={f"Q{q}": (str(work), str(money)) for q, (work, money) in enumerate(row)}) for n, row in enumerate(cells)
    ]
    fair = like_for_like(months)
    weights = [sum(row[q][0] for row in cells) for q in range(3)]
    for n, row in enumerate(cells):
        direct = sum(weights[q] * Fraction(row[q][1], row[q][0]) for q in range(3)) / sum(weights)
        assert fair.standings[f"V{n}"].value == direct


@given(st.lists(CELL, min_size=2, max_size=4), st.integers(2, 9))
def test_twice_the_money_is_twice_the_cost_whatever_the_mix(cells: list[tuple[int, int]], factor: int) -> None:
    cheap = {f"Q{n}": (str(work), str(money)) for n, (work, money) in enumerate(cells)}
    dear = {f"Q{n}": (str(work * (n + 1)), str(money * (n + 1) * factor)) for n, (work, money) in enumerate(cells)}
    fair = like_for_like([month("A", strata=cheap), month("B", strata=dear)])
    assert fair.standings["B"].value == factor * fair.standings["A"].value


def test_the_rows_behind_the_like_for_like_cost_give_it() -> None:
    rows = equal_work([A, B], "A")
    assert [(row.queue, row.decisions, row.own_share, row.others) for row in rows] == [
        ("Q1", 800000, Fraction(4, 5), 1),
        ("Q2", 200000, Fraction(1, 5), 1),
    ]
    fair = like_for_like([A, B])
    known = [(row.network_share or 0, row.cost, row.network_cost or 0) for row in rows]
    expected = sum(share * cost for share, _, cost in known)
    assert sum(share * cost for share, cost, _ in known) * (fair.level or 0) / expected == fair.standings["A"].value
    assert sum(row.own_share * row.cost for row in rows) == compared_cost(A, fair, RAW).value


def test_work_that_nobody_else_does_has_no_network_beside_it() -> None:
    a = month("A", strata={"Q1/en": ("100", "10"), "Q3/en": ("300", "90"), "Q4/en": ("0", "5")})
    b = month("B", strata={"Q1/en": ("100", "20")})
    rows = equal_work([a, b], "A")
    assert [(row.queue, row.network_share, row.network_cost, row.others) for row in rows] == [
        ("Q3", None, None, 0),
        ("Q1", 1, Fraction(15, 100), 1),
    ]


def test_without_a_known_cost_nothing_stands_beside_the_network() -> None:
    unknown = month("C", strata={"Q1/en": ("200", "1")}, cost_state="no_data")
    assert equal_work([A, unknown], "C") == []
    assert equal_work([A, B], "D") == []
    assert equal_work([month("E", strata={})], "E") == []
