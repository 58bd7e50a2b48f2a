"""Base lines: a line per clause with activity, a name for each clause whose quantity is missing."""

from __future__ import annotations

from decimal import Decimal

from contracts.pricing.base import base_lines, named
from contracts.pricing.values import Draft, Quantities, QuantityRow
from tests.contracts.factories import BEGIN, OCTOBER, month, price, terms


def lines(*rows: QuantityRow, basis: str = "billable_hour", **changes: str) -> Draft:
    return base_lines(terms(price(basis=basis, **changes)), OCTOBER, Quantities(rows), Draft())


def test_a_clause_with_activity_gives_one_line_rounded_once() -> None:
    draft = lines(month("billable_hours", "10.5"))
    assert [(line.clause, line.quantity, line.amount) for line in draft.lines] == [("4.2", Decimal("10.5"), Decimal("154.88"))]
    assert draft.trace == (
        "4.2: 10.5 billable_hours from 2026-10-01 until before 2026-11-01 = 10.5 hour x 14.75 = 154.875, rounded half_up to 154.88 USD",
    )


def test_a_clause_without_activity_gives_no_line() -> None:
    assert lines(month("billable_hours", 0)) == Draft()
    assert lines() == Draft()


def test_a_quantity_that_is_absent_beside_decisions_is_named_and_never_zero() -> None:
    draft = lines(month("decisions", 100, queue="Q7"), queue="Q7")
    assert draft.lines == ()
    assert draft.missing == ("4.2: no billable_hours for queue Q7 from 2026-10-01 until before 2026-11-01, although decisions stand there",)


def test_what_was_drafted_before_stays() -> None:
    before = Draft(missing=("credit 8.3",))
    assert base_lines(terms(price()), OCTOBER, Quantities(()), before).missing == ("credit 8.3",)


def test_a_clause_without_keys_is_named_by_nothing() -> None:
    assert (named(price()), BEGIN.year) == ("", 2025)
    assert named(price(site="MNL")) == "for site MNL "
