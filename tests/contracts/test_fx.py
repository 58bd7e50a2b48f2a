"""Exchange rates: the last on or before a day, and nothing inferred."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from contracts.fx import FxQuote, Rates, rate_on

RATES = Rates.of(
    [
        ("EUR", "USD", FxQuote(Decimal("1.09"), date(2026, 10, 31), "ECB")),
        ("EUR", "USD", FxQuote(Decimal("1.08"), date(2026, 9, 30), "ECB")),
        ("GBP", "EUR", FxQuote(Decimal("1.15"), date(2026, 9, 30), "ECB")),
    ]
)


def test_the_last_rate_on_or_before_the_day_holds() -> None:
    assert rate_on(RATES, "EUR", "USD", date(2026, 10, 31)) == FxQuote(Decimal("1.09"), date(2026, 10, 31), "ECB")
    assert rate_on(RATES, "EUR", "USD", date(2026, 10, 30)) == FxQuote(Decimal("1.08"), date(2026, 9, 30), "ECB")


def test_before_the_first_rate_there_is_none() -> None:
    assert rate_on(RATES, "EUR", "USD", date(2026, 9, 29)) is None


def test_inverse_and_cross_rates_are_not_inferred() -> None:
    assert rate_on(RATES, "USD", "EUR", date(2026, 10, 31)) is None
    assert rate_on(RATES, "GBP", "USD", date(2026, 10, 31)) is None


def test_a_currency_into_itself_is_one() -> None:
    quote = rate_on(RATES, "USD", "USD", date(2026, 10, 31))
    assert quote is not None
    assert quote.rate == 1
