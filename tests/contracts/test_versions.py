"""Contracts beside each other: gaps, overlaps and rates over time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from contracts.terms import Terms
from contracts.versions import cards, clashes
from tests.contracts.factories import price, terms

JAN, APR, JUL, NEXT = date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1), date(2027, 1, 1)


def contract(number: str, first: date, end: date, **more: object) -> Terms:
    return terms(number=number, valid_from=first, valid_to=end, **more)


def test_contracts_that_follow_each_other_clash_nowhere() -> None:
    assert clashes([]) == []
    assert clashes([contract("A", JAN, JUL)]) == []
    assert clashes([contract("B", JUL, NEXT), contract("A", JAN, JUL)]) == []


def test_days_that_no_contract_covers_are_a_gap() -> None:
    (gap,) = clashes([contract("A", JAN, APR), contract("B", JUL, NEXT)])
    assert (gap.kind, gap.first, gap.end) == ("gap", APR, JUL)
    assert gap.message == "no contract is in force from 2026-04-01 to 2026-06-30"


def test_days_on_which_several_hold_are_an_overlap_and_currencies_are_told() -> None:
    (same,) = clashes([contract("B", APR, NEXT), contract("A", JAN, JUL)])
    assert (same.kind, same.first, same.end) == ("overlap", APR, JUL)
    assert same.message.startswith("A and B are both in force from 2026-04-01 to 2026-06-30: their clauses are read as one, and B rules")
    (other,) = clashes([contract("A", JAN, JUL), contract("B", APR, NEXT, currency="EUR")])
    assert (other.kind, "only B, which began last" in other.message) == ("currencies", True)


def test_a_rate_is_one_card_over_all_versions_in_order_of_its_days() -> None:
    old = terms(
        price("4.1", rate="14.75", valid_from=JAN, valid_to=JUL),
        price("4.2", queue="Q1", valid_from=JAN, valid_to=JUL),
        number="A",
        valid_from=JAN,
        valid_to=JUL,
    )
    new = terms(price("4.1", rate="15.00", valid_from=JUL, valid_to=NEXT), number="B", valid_from=JUL, valid_to=NEXT)
    general, special = cards([new, old])
    assert [(step.contract, step.price.rate) for step in general.steps] == [("A", Decimal("14.75")), ("B", Decimal("15.00"))]
    assert (general.basis, general.queue, special.queue, special.currency) == ("billable_hour", "", "Q1", "USD")
