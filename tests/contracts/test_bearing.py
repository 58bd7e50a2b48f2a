"""Which claims bear on a month."""

from __future__ import annotations

from datetime import date

from contracts.bearing import ClaimHead, bearing, touching
from kernel.period import Period

OCTOBER = Period(2026, 10)


def head(
    number: int, first: date | None, last: date | None, *, key: str = "", relates_to: str = "", document: str = "invoice"
) -> ClaimHead:
    return ClaimHead(number, number, "NOVA", f"INV-{number}", key or str(number), document, "USD", relates_to, "received", first, last)


def month(number: int, month_number: int, **more: str) -> ClaimHead:
    period = Period(2026, month_number)
    return head(number, period.first, period.last, **more)


def test_a_claim_serves_a_month_when_it_shares_a_day_with_it() -> None:
    over = head(1, date(2026, 9, 16), date(2026, 10, 15))
    last_day = head(2, date(2026, 10, 31), date(2026, 10, 31))
    before = month(3, 9)
    assert touching([over, last_day, before], OCTOBER) == [1, 2]


def test_an_undated_credit_note_goes_with_what_it_names() -> None:
    bill = month(1, 10)
    by_number = head(2, None, None, relates_to="INV-1", document="credit_note")
    by_key = head(3, None, None, relates_to="inv 0001", document="credit_note")
    of_nothing = head(4, None, None, document="credit_note")
    assert touching([bill, by_number, by_key, of_nothing], OCTOBER) == [1, 2, 3]


def test_the_same_number_bears_whatever_its_month_and_brings_no_more_than_itself() -> None:
    assert bearing([month(1, 10), month(2, 3, key="1"), month(3, 3)], [1]) == [1, 2]


def test_days_in_common_bear_and_so_does_what_bears_on_those() -> None:
    heads = [month(1, 10), head(2, date(2026, 9, 16), date(2026, 10, 15)), month(3, 9), month(4, 8), head(5, None, None)]
    assert bearing(heads, [1]) == [1, 2, 3]


def test_naming_and_being_named_bear() -> None:
    replacement = month(2, 6, relates_to="INV-1", document="replacement")
    named = month(3, 5)
    naming = month(4, 10, relates_to="INV-3", document="credit_note")
    assert bearing([month(1, 10), replacement, named, naming], [1, 4]) == [1, 2, 3, 4]
