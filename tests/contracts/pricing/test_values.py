"""The values of pricing: rows by fact, drafts that grow, money and quantities as they are printed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from contracts.pricing.values import Draft, Priced, Quantities, exact, shown
from tests.contracts.factories import month


def test_rows_are_found_by_their_fact_and_an_absent_fact_is_empty() -> None:
    hours, work = month("billable_hours", 5), month("decisions", 7)
    quantities = Quantities((hours, work))
    assert quantities.of("decisions") == (work,)
    assert quantities.of("paid_hours") == ()


def test_a_draft_grows_without_changing() -> None:
    empty = Draft()
    grown = empty.plus(missing=["a"]).plus(missing=["b"], trace=["t"])
    assert (grown.missing, grown.trace, empty.missing) == (("a", "b"), ("t",), ())


def test_a_total_is_complete_only_when_nothing_is_missing() -> None:
    amounts = (Decimal("1.50"), Decimal(0), Decimal("1.50"))
    assert Priced("USD", (), (), *amounts, ()).complete
    named = Priced("JPY", (), ("credit 8.3",), *amounts, ()).json("NOVA", "2026-10")
    assert (named["complete"], named["missing"]) == (False, ["credit 8.3"])


def test_quantities_are_printed_with_ten_places_at_most() -> None:
    assert shown(exact(Fraction(1, 3))) == "0.3333333333"
    assert shown(Decimal("2.50")) == "2.5"
