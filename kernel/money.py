"""Money and exact decimals.

Owns: the Money value, rounding to a currency's minor unit, exact splits, and the scaled integers that stand in
the database. Must not know: what is being paid for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal

MICRO = 6
"""Decimal places of money and rates in the database (integers of 10^-6)."""
NANO = 9
"""Decimal places of counted amounts in the database (integers of 10^-9)."""
EXACT = Context(prec=50, rounding=ROUND_HALF_EVEN)
"""Arithmetic of every figure: 50 digits, rounded once, at output (design figures, formula version 1)."""
ROUNDINGS = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "half_down": ROUND_HALF_DOWN,
    "up": ROUND_UP,
    "down": ROUND_DOWN,
}
"""Names a contract may give to its rounding."""
LARGEST_STORED = 2**63 - 1
LARGEST_DIGITS = len(str(LARGEST_STORED))

_NO_MINOR = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
_THREE_MINOR = frozenset("BHD IQD JOD KWD LYD OMR TND".split())


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies met; there is no arithmetic across currencies without a dated rate."""


def minor_places(currency: str) -> int:
    """Decimal places of a currency's minor unit.

    Source: ISO 4217 list one.

    >>> minor_places("USD"), minor_places("JPY"), minor_places("KWD")
    (2, 0, 3)
    """
    if currency in _NO_MINOR:
        return 0
    return 3 if currency in _THREE_MINOR else 2


def minor_unit(currency: str) -> Decimal:
    """One minor unit of a currency, e.g. Decimal('0.01')."""
    return Decimal(1).scaleb(-minor_places(currency))


def round_money(amount: Decimal, currency: str, rounding: str = "half_up") -> Decimal:
    """Round an amount to the currency's minor unit by a named rounding.

    >>> round_money(Decimal("2.345"), "USD")
    Decimal('2.35')
    >>> round_money(Decimal("2.345"), "USD", "half_even")
    Decimal('2.34')
    """
    return amount.quantize(minor_unit(currency), rounding=ROUNDINGS[rounding], context=EXACT)


def to_scaled(amount: Decimal, places: int) -> int:
    """The integer of 10^-places that equals amount exactly.

    Raises ValueError when amount has more places, is not finite or does not fit 64 bits: nothing is rounded
    on its way into the database.

    >>> to_scaled(Decimal("1.25"), MICRO)
    1250000
    """
    if not isinstance(amount, Decimal):
        message = f"expected a Decimal, got {type(amount).__name__}"
        raise TypeError(message)
    if not amount.is_finite():
        message = f"{amount} is not a finite number"
        raise ValueError(message)
    if amount and amount.adjusted() + places >= LARGEST_DIGITS:  # before it is written out: 1E+999999 is a short text
        message = f"{amount} is too large to store"
        raise ValueError(message)
    whole = int(amount.scaleb(places, context=EXACT))
    if from_scaled(whole, places) != amount:
        message = f"{amount} has more than {places} decimal places"
        raise ValueError(message)
    if abs(whole) > LARGEST_STORED:
        message = f"{amount} is too large to store"
        raise ValueError(message)
    return whole


def from_scaled(whole: int, places: int) -> Decimal:
    """The Decimal that an integer of 10^-places stands for.

    >>> from_scaled(1250000, MICRO)
    Decimal('1.250000')
    """
    return Decimal(whole).scaleb(-places, context=EXACT)


def plain(amount: Decimal) -> str:
    """A decimal as digits, without exponent or trailing zeros.

    >>> plain(Decimal("1250.500000")), plain(Decimal("1E+3")), plain(Decimal("-0.0"))
    ('1250.5', '1000', '0')
    """
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def split_largest_remainder(total: int, weights: Sequence[Decimal]) -> list[int]:
    """Split a whole number of units by weights so that the parts add up exactly.

    Each part first gets the floor of its share towards zero; the units left go to the largest remainders, ties
    to the first. Args: total in whole units (may be negative); weights not negative, not all zero.

    Source: largest-remainder (Hamilton) method.

    >>> split_largest_remainder(100, [Decimal(1), Decimal(1), Decimal(1)])
    [34, 33, 33]
    >>> split_largest_remainder(-5, [Decimal(1), Decimal(1)])
    [-3, -2]
    """
    whole = sum(weights, Decimal(0))
    if whole <= 0 or any(weight < 0 for weight in weights):
        message = "weights must not be negative and must not all be zero"
        raise ValueError(message)
    sign = -1 if total < 0 else 1
    # Compare remainders as integers over one common denominator: exact whatever the weights' places.
    places = max(0, *(-_exponent(weight) for weight in weights))
    parts = [int(weight.scaleb(places, context=EXACT)) for weight in weights]
    denominator = sum(parts)
    floors = [abs(total) * part // denominator for part in parts]
    rests = [abs(total) * part % denominator for part in parts]
    left = abs(total) - sum(floors)
    for index in sorted(range(len(parts)), key=lambda i: (-rests[i], i))[:left]:
        floors[index] += 1
    return [sign * part for part in floors]


def _exponent(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def split_money(amount: Decimal, currency: str, weights: Sequence[Decimal]) -> list[Decimal]:
    """Split an amount by weights in minor units of its currency, by largest remainder, ties to the first.

    The parts add up exactly: what the amount has beyond its minor unit stays with the first part.

    >>> [str(part) for part in split_money(Decimal("68775.370000"), "USD", [Decimal(15), Decimal(15)])]
    ['34387.69', '34387.68']
    """
    places = minor_places(currency)
    units = int(amount.scaleb(places, context=EXACT))
    parts = [Decimal(part).scaleb(-places, context=EXACT) for part in split_largest_remainder(units, weights)]
    rest = EXACT.subtract(amount, Decimal(units).scaleb(-places, context=EXACT))
    return [EXACT.add(parts[0], rest), *parts[1:]] if rest else parts


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency. Floats are refused; currencies never mix."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        """Refuse floats and anything that is no three-letter code."""
        if not isinstance(self.amount, Decimal):
            message = f"money is a Decimal, got {type(self.amount).__name__}"
            raise TypeError(message)
        if len(self.currency) != 3 or not self.currency.isupper():  # noqa: PLR2004 - ISO 4217 codes have three letters
            message = f"{self.currency!r} is not an ISO 4217 code"
            raise ValueError(message)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            message = f"{self.currency} and {other.currency} cannot be added without a dated rate"
            raise CurrencyMismatch(message)

    def __add__(self, other: Money) -> Money:
        """Add an amount of the same currency."""
        self._same(other)
        return Money(EXACT.add(self.amount, other.amount), self.currency)

    def __sub__(self, other: Money) -> Money:
        """Subtract an amount of the same currency."""
        self._same(other)
        return Money(EXACT.subtract(self.amount, other.amount), self.currency)

    def __neg__(self) -> Money:
        """Turn the sign."""
        return Money(EXACT.minus(self.amount), self.currency)

    def json(self) -> dict[str, str]:
        """The JSON of interface section 2: amount with at least the minor unit's places."""
        places = minor_places(self.currency)
        text = plain(self.amount)
        have = len(text.partition(".")[2])
        if have < places:
            text = format(Decimal(text), f".{places}f")
        return {"amount": text, "currency": self.currency}
