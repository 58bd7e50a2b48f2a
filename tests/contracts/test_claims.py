"""Claims: normalised numbers, what a credit note names, the split by month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.claims import month_amounts, named_claim, number_key
from kernel.period import Period
from tests.contracts.factories import claim, line

SPLIT: dict[str, Any] = {"service_from": date(2026, 9, 16), "service_to": date(2026, 10, 15)}


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("INV-000123", "123"),
        ("123", "123"),
        ("inv 123", "123"),
        ("\uff29\uff2e\uff36\uff11\uff12\uff13", "123"),  # full width
        ("2026-07/001", "2026-07/001"),
        ("INV-000", "0"),
        ("Schlussrechnung", "SCHLUSSRECHNUNG"),
        ("123-R1", "123-R1"),
    ],
)
def test_numbers_are_compared_without_their_dress(number: str, key: str) -> None:
    assert number_key(number) == key


@given(st.sampled_from(["", "INV", "inv-", "No. ", "RE/"]), st.integers(0, 6), st.integers(1, 10**8))
def test_no_prefix_of_letters_and_zeros_makes_another_number(prefix: str, zeros: int, number: int) -> None:
    assert number_key(f"{prefix}{'0' * zeros}{number}") == str(number)


def test_a_line_over_two_months_is_split_by_calendar_days_both_ends_included() -> None:
    parts = month_amounts(claim(line(None, None, "100.01", **SPLIT)))
    assert [(str(part.period), part.amount) for part in parts] == [("2026-09", Decimal("50.01")), ("2026-10", Decimal("50.00"))]
    assert [(part.first, part.end) for part in parts] == [
        (date(2026, 9, 16), date(2026, 10, 1)),
        (date(2026, 10, 1), date(2026, 10, 16)),
    ]


def test_an_amount_finer_than_the_minor_unit_adds_up_all_the_same() -> None:
    parts = month_amounts(claim(line(None, None, "100.005", **SPLIT)))
    assert sum(part.amount for part in parts) == Decimal("100.005")


@given(st.decimals(-(10**6), 10**6, places=3), st.integers(0, 80))
def test_the_parts_of_a_line_add_up_to_it(amount: Decimal, length: int) -> None:
    last = date.fromordinal(date(2026, 9, 16).toordinal() + length)
    parts = month_amounts(claim(line(None, None, str(amount), service_from=date(2026, 9, 16), service_to=last)))
    assert sum(part.amount for part in parts) == amount


def test_a_credit_note_without_days_follows_the_net_per_month_of_its_invoice() -> None:
    named = claim(line(None, None, "300", **SPLIT), line(None, None, "100", position=2))
    note = claim(line(None, None, "-40", service_from=None, service_to=None), number="CN-1", id=2, document="credit_note")
    parts = month_amounts(note, named)
    assert [(part.period, part.amount) for part in parts] == [(Period(2026, 9), Decimal("-15.00")), (Period(2026, 10), Decimal("-25.00"))]
    assert parts[1].end == date(2026, 11, 1)


def test_a_credit_note_without_days_and_invoice_belongs_to_no_month() -> None:
    note = claim(line(None, None, "-40", service_from=None, service_to=None), document="credit_note")
    assert month_amounts(note) == []
    assert month_amounts(note, claim(document="invoice")) == []
    assert note.service_days is None


def test_months_without_a_net_share_a_credit_equally() -> None:
    named = claim(line(None, None, "0", **SPLIT))
    note = claim(line(None, None, "-40", service_from=None, service_to=None), document="credit_note")
    assert [part.amount for part in month_amounts(note, named)] == [Decimal(-20), Decimal(-20)]


def test_a_credit_note_names_an_invoice_by_its_number_or_its_only_normalised_match() -> None:
    one, other = claim(number="INV-001", id=1), claim(number="INV-002", id=2)
    note = claim(number="CN-1", id=3, document="credit_note", relates_to="INV-001")
    assert named_claim(note, [one, other, note]) == one
    assert named_claim(claim(id=3, document="credit_note", relates_to="2"), [one, other]) == other
    assert named_claim(claim(id=3, document="credit_note", relates_to="9"), [one, other]) is None
    assert (
        named_claim(claim(id=3, document="credit_note", relates_to="1"), [one, claim(number="1-", id=4), claim(number="R1", id=5)]) is None
    )
    assert named_claim(claim(id=3), [one, other]) is None
