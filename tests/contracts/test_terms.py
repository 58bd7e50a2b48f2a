"""Terms: the most specific clause, and contracts read together."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.terms import Expect, Unpriced, price_on, together, uncovered, winner
from tests.contracts.factories import BEGIN, END, price, terms

DAY = date(2026, 10, 5)


def test_the_clause_that_names_most_wins() -> None:
    general, queue, both = price("1"), price("2", queue="Q1"), price("3", queue="Q1", site="MNL")
    agreed = terms(general, queue, both)
    assert price_on(agreed, "billable_hour", "MNL", "Q1", "", DAY) == both
    assert price_on(agreed, "billable_hour", "CEB", "Q1", "", DAY) == queue
    assert price_on(agreed, "billable_hour", "CEB", "Q2", "", DAY) == general


def test_a_clause_holds_from_its_first_day_until_before_its_last() -> None:
    agreed = terms(price(valid_from=date(2026, 10, 5), valid_to=date(2026, 10, 6)))
    assert price_on(agreed, "billable_hour", "", "", "", DAY) is not None
    assert price_on(agreed, "billable_hour", "", "", "", DAY + timedelta(days=1)) is None
    assert price_on(agreed, "billable_hour", "", "", "", DAY - timedelta(days=1)) is None


def test_bases_do_not_compete_with_each_other() -> None:
    agreed = terms(price("1", "fte_month"), price("2", "billable_hour", queue="Q1"))
    found = price_on(agreed, "fte_month", "", "Q1", "", DAY)
    assert found is not None
    assert found.id == "1"


def test_contracts_read_together_keep_each_clause_on_its_days_and_the_later_rules() -> None:
    old = terms(price("3.1", valid_to=date(2026, 10, 1)), valid_to=date(2026, 10, 1), expects=(Expect("invoice", 3),))
    new = terms(
        price("3.1", rate="14.00", valid_from=date(2026, 10, 1)),
        number="MSA-2",
        valid_from=date(2026, 10, 1),
        rounding="half_even",
        expects=(Expect("invoice", 3),),
        unpriced=(Unpriced("credit", "8.3"),),
    )
    both = together([new, old])
    assert (both.number, both.rounding, both.valid_from, both.valid_to) == ("MSA-1 + MSA-2", "half_even", BEGIN, END)
    assert [one.rate for one in both.prices] == [Decimal("14.75"), Decimal("14.00")]
    assert both.expects == (Expect("invoice", 3),)
    assert [str(clause) for clause in both.unpriced] == ["credit 8.3"]
    assert together([old]) is old


@pytest.mark.parametrize("contracts", [[], [terms(), terms(currency="EUR")], [terms(), terms(vendor="ORBI")]])
def test_contracts_that_do_not_belong_together_are_not_read_as_one(contracts: list[object]) -> None:
    with pytest.raises(ValueError, match="contract"):
        together(contracts)  # type: ignore[arg-type]


def test_terms_touch_a_month_that_they_hold_in_part_of() -> None:
    agreed = terms(valid_to=date(2026, 10, 2))
    assert agreed.touches(date(2026, 10, 1), date(2026, 11, 1))
    assert not agreed.touches(date(2026, 10, 2), date(2026, 11, 1))
    assert agreed.holds_on(date(2026, 10, 1))
    assert not agreed.holds_on(date(2026, 10, 2))


spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 30)).map(lambda pair: (BEGIN + timedelta(pair[0]), BEGIN + timedelta(sum(pair)))),
    max_size=6,
)


@given(spans)
def test_days_are_either_covered_or_in_a_gap_never_both(covering: list[tuple[date, date]]) -> None:
    end = BEGIN + timedelta(days=50)
    gaps = uncovered(BEGIN, end, covering)
    for number in range(50):
        day = BEGIN + timedelta(days=number)
        covered = any(first <= day < last for first, last in covering)
        assert covered != any(first <= day < last for first, last in gaps)


@given(st.lists(st.sampled_from([("", ""), ("Q1", ""), ("", "es"), ("Q1", "es")]), max_size=4), st.sampled_from(["Q1", "Q2"]))
def test_the_winner_fits_and_none_that_fits_is_more_specific(scopes: list[tuple[str, str]], queue: str) -> None:
    prices = [price(str(n), queue=of, language=language) for n, (of, language) in enumerate(scopes)]
    found = winner(prices, "MNL", queue, "es", DAY)
    fitting = [one for one in prices if one.fits("MNL", queue, "es")]
    assert (found is None) == (not fitting)
    assert found is None or found.specificity == max(one.specificity for one in fitting)
