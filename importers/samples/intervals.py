"""Intervals of the truth, from the textbook: Wilson, stratified samples, Newcombe's paired difference.

Owns: short formulas over whole numbers, written from domain.md section 1.5 and figures.md section 3 alone. Must not
know: the product's own statistics; that both agree is what the truth is for.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from importers.samples.quality import Overlap

DIGITS = Context(prec=50, rounding=ROUND_HALF_EVEN)
Z = Decimal("1.959963984540054")
SMALLEST_STRATUM = 10
TEN_PLACES = Decimal(1).scaleb(-10)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and its ends, unrounded."""

    value: Fraction
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """A stratum: decisions N, audits n, right x."""

    decisions: int
    audits: int
    right: int


def digits(amount: Fraction | int) -> Decimal:
    """A fraction with 50 digits."""
    fraction = Fraction(amount)
    return DIGITS.divide(Decimal(fraction.numerator), Decimal(fraction.denominator))


def tenth_place(amount: Decimal | Fraction | int) -> Decimal:
    """Rounded half-even to ten places, as shares are printed.

    >>> tenth_place(Fraction(1, 3))
    Decimal('0.3333333333')
    """
    exact = amount if isinstance(amount, Decimal) else digits(amount)
    return exact.quantize(TEN_PLACES, rounding=ROUND_HALF_EVEN, context=DIGITS)


def wilson(share: Fraction, count: Decimal) -> tuple[Decimal, Decimal]:
    """Ends of Wilson's interval of a share over count units.

    Source: domain.md section 1.5.

    >>> [str(round(end, 5)) for end in wilson(Fraction(20, 20), Decimal(20))]
    ['0.83887', '1.00000']
    """
    context, p = DIGITS, digits(share)
    square = context.multiply(Z, Z)
    per_unit = context.divide(square, count)
    scale = context.add(1, per_unit)
    spread = context.divide(context.multiply(p, context.subtract(1, p)), count)
    root = context.sqrt(context.add(spread, context.divide(per_unit, context.multiply(4, count))))
    centre = context.divide(context.add(p, context.divide(per_unit, 2)), scale)
    half = context.divide(context.multiply(Z, root), scale)
    return max(context.subtract(centre, half), Decimal(0)), min(context.add(centre, half), Decimal(1))


def plain_share(right: int, count: int) -> Estimate:
    """A share of counted units with Wilson's interval."""
    share = Fraction(right, count)
    return Estimate(share, *wilson(share, Decimal(count)))


def stratified(parts: Collection[Part]) -> Estimate:
    """The share right, weighted by decisions, with Wilson's interval on the effective number of audits.

    The samples have no stratum without audits, under ten of them, or audited as a whole, so that joining and
    leaving out never enter the truth; ValueError if they did.

    Source: figures.md section 3.

    >>> q1, q2 = Part(800_000, 300, 291), Part(200_000, 300, 264)
    >>> found = stratified([q1, q2])
    >>> str(round(digits(found.value), 4)), str(round(found.low, 4)), str(round(found.high, 4))
    ('0.9520', '0.9318', '0.9664')
    """
    if any(part.audits < SMALLEST_STRATUM or part.audits >= part.decisions for part in parts):
        message = "a planted sample is too small or too large for a plain stratum"
        raise ValueError(message)
    volume, audits = sum(part.decisions for part in parts), sum(part.audits for part in parts)
    value = sum((Fraction(part.decisions, volume) * Fraction(part.right, part.audits) for part in parts), Fraction(0))
    variance = Fraction(0)
    for part in parts:
        share = Fraction(part.right, part.audits)
        unseen = 1 - Fraction(part.audits, part.decisions)
        variance += Fraction(part.decisions, volume) ** 2 * unseen * share * (1 - share) / (part.audits - 1)
    count = Fraction(audits)
    if variance:
        count = min(count, value * (1 - value) / (audits - 1) * audits / variance)
    return Estimate(value, *wilson(value, digits(count)))


def paired_difference(overlap: Overlap) -> Estimate:
    """The vendor's share right less the client's over the same items, with Newcombe's interval (his method 10).

    Source: Newcombe (1998), Improved confidence intervals for the difference between binomial proportions based on
    paired data; figures.md section 3.
    """
    items, both = overlap.items, overlap.both_right
    only_vendor, only_client = overlap.vendor_right - both, overlap.client_right - both
    neither = items - both - only_vendor - only_client
    first, second = Fraction(overlap.vendor_right, items), Fraction(overlap.client_right, items)
    (low1, high1), (low2, high2) = wilson(first, Decimal(items)), wilson(second, Decimal(items))
    cross = both * neither - only_vendor * only_client
    top = max(Fraction(cross) - Fraction(items, 2), Fraction(0)) if cross > 0 else Fraction(cross)
    product = overlap.vendor_right * (items - overlap.vendor_right) * overlap.client_right * (items - overlap.client_right)
    phi = DIGITS.divide(digits(top), DIGITS.sqrt(Decimal(product))) if product else Decimal(0)
    p1, p2 = digits(first), digits(second)
    down = _hypotenuse(DIGITS.subtract(p1, low1), DIGITS.subtract(high2, p2), phi)
    up = _hypotenuse(DIGITS.subtract(p2, low2), DIGITS.subtract(high1, p1), phi)
    value = digits(first - second)
    return Estimate(first - second, DIGITS.subtract(value, down), DIGITS.add(value, up))


def _hypotenuse(one: Decimal, other: Decimal, phi: Decimal) -> Decimal:
    context = DIGITS
    squares = context.add(context.multiply(one, one), context.multiply(other, other))
    return context.sqrt(context.subtract(squares, context.multiply(context.multiply(2, phi), context.multiply(one, other))))
