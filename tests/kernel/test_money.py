"""Money: exact, never mixed, split without loss."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import (
    LARGEST_STORED,
    MICRO,
    NANO,
    CurrencyMismatch,
    Money,
    from_scaled,
    minor_places,
    minor_unit,
    plain,
    round_money,
    split_largest_remainder,
    to_scaled,
)

decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6)
weights = st.lists(st.decimals(min_value=0, max_value=10**6, allow_nan=False, places=4), min_size=1, max_size=12)


@given(st.integers(-LARGEST_STORED, LARGEST_STORED), st.sampled_from([MICRO, NANO]))
def test_every_stored_integer_comes_back_as_itself(whole: int, places: int) -> None:
    assert to_scaled(from_scaled(whole, places), places) == whole


@pytest.mark.parametrize("text", ["0.0000001", "1.0000005", "1.25" + "0" * 55 + "1", "1E-999999"])
def test_an_amount_with_more_places_than_are_kept_is_refused_and_not_rounded(text: str) -> None:
    with pytest.raises(ValueError, match="more than 6 decimal places"):
        to_scaled(Decimal(text), MICRO)


@pytest.mark.parametrize("text", ["9223372036854.775808", "-9223372036854.775808", "1E+999999", "1E+13"])
def test_an_amount_too_large_for_the_database_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="too large to store"):
        to_scaled(Decimal(text), MICRO)


def test_the_largest_amount_is_kept_and_so_is_a_zero_of_any_size() -> None:
    assert to_scaled(Decimal("9223372036854.775807"), MICRO) == LARGEST_STORED
    assert to_scaled(Decimal("0E+999"), MICRO) == 0
    assert to_scaled(Decimal("-0.0"), MICRO) == 0


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        to_scaled(Decimal(text), MICRO)


def test_a_float_is_refused_everywhere() -> None:
    with pytest.raises(TypeError, match="got float"):
        to_scaled(1.5, MICRO)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="got float"):
        Money(1.5, "USD")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("currency", "rounding", "amount", "rounded"),
    [
        ("USD", "half_up", "0.005", "0.01"),
        ("USD", "half_up", "-0.005", "-0.01"),
        ("USD", "half_even", "0.005", "0.00"),
        ("USD", "half_down", "0.005", "0.00"),
        ("USD", "up", "0.001", "0.01"),
        ("USD", "down", "0.009", "0.00"),
        ("JPY", "half_up", "0.5", "1"),
        ("KWD", "half_up", "1.0005", "1.001"),
    ],
)
def test_money_is_rounded_to_its_minor_unit_by_the_named_rule(currency: str, rounding: str, amount: str, rounded: str) -> None:
    assert str(round_money(Decimal(amount), currency, rounding)) == rounded


def test_an_unknown_rounding_is_an_error() -> None:
    with pytest.raises(KeyError):
        round_money(Decimal(1), "USD", "banker")


@given(decimals, st.sampled_from(["USD", "JPY", "KWD"]), st.sampled_from(["half_up", "half_even", "half_down", "up", "down"]))
def test_rounding_moves_an_amount_by_less_than_a_minor_unit_and_only_once(amount: Decimal, currency: str, rounding: str) -> None:
    rounded = round_money(amount, currency, rounding)
    assert abs(rounded - amount) < minor_unit(currency)
    assert round_money(rounded, currency, rounding) == rounded
    assert -rounded.as_tuple().exponent == minor_places(currency)  # type: ignore[operator]


@given(st.integers(-(10**12), 10**12), weights)
def test_the_parts_of_a_split_add_up_and_lie_within_one_unit_of_their_share(total: int, weight: list[Decimal]) -> None:
    whole = sum(weight)
    if whole == 0:
        with pytest.raises(ValueError, match="must not all be zero"):
            split_largest_remainder(total, weight)
        return
    parts = split_largest_remainder(total, weight)
    assert sum(parts) == total
    assert all(abs(part - total * w / whole) < 1 for part, w in zip(parts, weight, strict=True))
    assert all(part == 0 for part, w in zip(parts, weight, strict=True) if w == 0)


@given(st.integers(0, 10**9), weights)
def test_a_split_has_no_side(total: int, weight: list[Decimal]) -> None:
    if sum(weight):
        assert split_largest_remainder(-total, weight) == [-part for part in split_largest_remainder(total, weight)]


@pytest.mark.parametrize("weight", [[], [Decimal(0)], [Decimal(2), Decimal(-1)]])
def test_weights_that_cannot_be_are_refused(weight: list[Decimal]) -> None:
    with pytest.raises(ValueError, match="weights must not be negative"):
        split_largest_remainder(10, weight)


def test_weights_of_different_sizes_are_compared_exactly() -> None:
    assert split_largest_remainder(3, [Decimal("1E+2"), Decimal("0.0001")]) == [3, 0]


@given(decimals)
def test_a_printed_amount_reads_back_as_itself(amount: Decimal) -> None:
    assert Decimal(plain(amount)) == amount
    assert "E" not in plain(amount)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("238456.35", "USD", "238456.35"),
        ("238456.350000", "USD", "238456.35"),
        ("0.080451", "USD", "0.080451"),
        ("1000", "USD", "1000.00"),
        ("-0.000000", "USD", "0.00"),
        ("1E+3", "JPY", "1000"),
        ("1.5", "KWD", "1.500"),
    ],
)
def test_money_is_printed_with_at_least_its_minor_unit(amount: str, currency: str, text: str) -> None:
    assert Money(Decimal(amount), currency).json() == {"amount": text, "currency": currency}


@given(decimals, decimals)
def test_adding_and_subtracting_undo_each_other(a: Decimal, b: Decimal) -> None:
    left, right = Money(a, "EUR"), Money(b, "EUR")
    assert left + right - right == left
    assert left - right == left + -right


def test_an_amount_of_forty_digits_keeps_its_last_when_the_sign_turns() -> None:
    amount = Decimal("1234567890123456789012345678901234567.89")
    assert (-Money(amount, "USD")).amount == amount.copy_negate()


def test_currencies_never_mix() -> None:
    with pytest.raises(CurrencyMismatch, match="USD and EUR cannot be added without a dated rate"):
        Money(Decimal(1), "USD") + Money(Decimal(1), "EUR")
    with pytest.raises(CurrencyMismatch):
        Money(Decimal(1), "USD") - Money(Decimal(1), "EUR")


@pytest.mark.parametrize("currency", ["", "US", "usd", "EURO"])
def test_a_currency_is_a_code_of_three_capitals(currency: str) -> None:
    with pytest.raises(ValueError, match="not an ISO 4217 code"):
        Money(Decimal(1), currency)
