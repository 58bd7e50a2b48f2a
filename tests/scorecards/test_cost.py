"""Charges: split over months, spread over strata, tied out."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from kernel.period import Period
from scorecards.cost import TieOut, Weight, month_amounts, month_cost, spread
from scorecards.tally import Only
from tests.scorecards.values import OCTOBER, charge


def weight(amount: str, queue: str = "Q1", language: str = "en", site: str = "S1", *, known: bool = True) -> Weight:
    return Weight(site, queue, language, (queue, language) if known else None, Decimal(amount))


def test_a_line_over_two_months_is_split_by_calendar_days_with_the_odd_cent_to_the_earlier() -> None:
    parts = month_amounts(Decimal("100.01"), "USD", date(2026, 9, 16), date(2026, 10, 15))
    assert parts == {Period(2026, 9): Decimal("50.01"), Period(2026, 10): Decimal("50.00")}


def test_both_ends_of_a_line_count() -> None:
    parts = month_amounts(Decimal(31), "JPY", date(2026, 9, 30), date(2026, 10, 30))
    assert parts == {Period(2026, 9): Decimal(1), Period(2026, 10): Decimal(30)}


def test_what_an_amount_has_beyond_the_minor_unit_stays_with_the_first_month() -> None:
    parts = month_amounts(Decimal("0.001"), "USD", date(2026, 9, 30), date(2026, 10, 1))
    assert parts == {Period(2026, 9): Decimal("0.001"), Period(2026, 10): Decimal(0)}


def test_the_zeros_that_a_database_adds_do_not_change_a_split() -> None:
    parts = month_amounts(Decimal("68775.370000"), "USD", date(2026, 9, 16), date(2026, 10, 15))
    assert parts == {Period(2026, 9): Decimal("34387.69"), Period(2026, 10): Decimal("34387.68")}


@given(st.integers(-(10**9), 10**9), st.integers(0, 120))
def test_the_parts_of_a_line_add_up(cents: int, days: int) -> None:
    first = date(2026, 8, 20)
    amount = Decimal(cents).scaleb(-2)
    parts = month_amounts(amount, "USD", first, first + timedelta(days=days))
    assert sum(parts.values()) == amount


def test_a_line_is_spread_by_hours_in_minor_units_with_ties_to_the_first() -> None:
    hours = [weight("1", "Q2"), weight("1", "Q1", "fr"), weight("1", "Q1", "en")]
    parts = spread(charge("100.00"), Decimal("100.00"), [hours, []])
    assert parts == {("Q1", "en"): Decimal("33.34"), ("Q1", "fr"): Decimal("33.33"), ("Q2", "en"): Decimal("33.33")}


def test_a_line_is_spread_within_the_keys_it_names() -> None:
    hours = [weight("3"), weight("1", site="S2"), weight("1", "Q2", site="S2"), weight("5", "Q2", "de")]
    whole = Decimal("10.00")
    assert spread(charge("10.00", site="S2"), whole, [hours]) == {("Q1", "en"): Decimal(5), ("Q2", "en"): Decimal(5)}
    assert spread(charge("10.00", queue="Q2", language="de"), whole, [hours]) == {("Q2", "de"): whole}


def test_the_next_basis_is_used_where_one_has_nothing_in_scope_or_does_not_name_the_strata() -> None:
    hours = [weight("3", "Q2"), weight("2", "Q1", "", known=False)]
    seconds = [weight("0", "Q1")]
    decisions = [weight("4", "Q1"), weight("4", "Q2")]
    parts = spread(charge("8.00", queue="Q1"), Decimal(8), [hours, seconds, decisions])
    assert parts == {("Q1", "en"): Decimal(8)}
    assert set(spread(charge("8.00"), Decimal(8), [hours, seconds, decisions])) == {("Q1", "en"), ("Q2", "en")}


def test_a_line_with_nothing_in_scope_counts_in_raw_only() -> None:
    assert spread(charge("8.00", site="S9"), Decimal(8), [[weight("1")]]) == {None: Decimal(8)}


@given(st.integers(-(10**7), 10**7), st.lists(st.integers(1, 10**6), min_size=1, max_size=9))
def test_spreading_neither_makes_nor_loses_a_cent(cents: int, hours: list[int]) -> None:
    amount = Decimal(cents).scaleb(-2)
    weights = [weight(str(one), f"Q{n}") for n, one in enumerate(hours)]
    assert sum(spread(charge("1"), amount, [weights]).values()) == amount


def test_a_month_ties_out_in_reporting_currency() -> None:
    charges = [
        charge("100.00", currency="EUR", rate="1.1"),
        charge("50.00", held=True),
        charge("7.00", line_type="pass_through"),
        charge("9.00", line_type="pass_through", held=True),
        charge("-10.00", line_type="credit"),
        charge("5.00", line_type="bonus"),
        charge("45.00", estimated=True),
        charge("999.00", first=date(2026, 9, 1), last=date(2026, 9, 30)),
        charge("999.00", first=date(2026, 11, 1), last=date(2026, 11, 30)),
    ]
    cost = month_cost(charges, OCTOBER, [[weight("1")]])
    assert cost.tie_out == TieOut(Fraction(171), Fraction(59), Fraction(7), Fraction(45), Fraction(150))
    assert cost.money == 150
    assert cost.strata == {("Q1", "en"): 150}
    assert (cost.billed, cost.estimated, cost.rate_missing) == (True, True, False)
    assert {share.charge.source for share in cost.shares} == {(0, "", 0, 0)}


def test_money_that_cannot_be_spread_is_kept_apart_and_leaves_a_cut() -> None:
    charges = [charge("60.00", queue="Q1"), charge("40.00", site="S9")]
    bases = [[weight("1", "Q1", "en"), weight("1", "Q1", "de")]]
    whole = month_cost(charges, OCTOBER, bases)
    assert (whole.money, whole.unspread) == (100, 40)
    cut = month_cost(charges, OCTOBER, bases, Only(language="de"))
    assert (cut.money, cut.unspread, cut.tie_out.invoiced) == (30, 0, 30)


def test_a_month_of_credits_alone_does_not_tell_what_the_work_cost() -> None:
    assert month_cost([charge("-5.00", line_type="credit")], OCTOBER, []).money is None
    assert month_cost([], OCTOBER, []).money is None


def test_a_missing_exchange_rate_leaves_the_cost_unknown() -> None:
    cost = month_cost([charge("5.00", rate=None)], OCTOBER, [])
    assert (cost.rate_missing, cost.money) == (True, None)
