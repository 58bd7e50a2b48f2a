"""Statistics of shares: Wilson intervals, stratified samples, paired differences, differences beyond doubt.

Owns: pure arithmetic in exact fractions, with 50-digit decimals where a square root is needed. Must not know: what
is being counted, or who counts it. Formula version 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction
from math import lcm

from kernel.money import EXACT

Z = Decimal("1.959963984540054")
"""Normal quantile of the two-sided 95 % interval, as formula version 1 writes it."""
SMALL_STRATUM = 10
"""A stratum with fewer audits than this joins a larger one."""
ZERO = Fraction(0)
ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval; low <= high, in the unit of its value."""

    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of the work that is sampled on its own.

    size: decisions in it (N_h, not negative); audited: audits of them (n_h); good: audits without the error in
    question (0..audited). None is ever None; derived counts may be fractions.
    """

    queue: str
    language: str
    size: Fraction
    audited: Fraction
    good: Fraction


@dataclass(frozen=True, slots=True)
class Stratified:
    """A share estimated from strata.

    value: 0..1, weighted by size; numerator, denominator: plain counts behind it; covered: share of the work whose
    strata have audits; n_eff: audits of a simple random sample as telling as this one; oversampled: some stratum
    has more audits than decisions, which deserves a warning.
    """

    value: Fraction
    interval: Interval
    numerator: Fraction
    denominator: Fraction
    covered: Fraction
    n_eff: Fraction
    oversampled: bool


@dataclass(frozen=True, slots=True)
class Paired:
    """Items that two parties judged: counts of both right, only the first, only the second, neither."""

    both: Fraction
    first_only: Fraction
    second_only: Fraction
    neither: Fraction


def as_decimal(value: Fraction) -> Decimal:
    """A fraction in 50 digits: the same fraction always gives the same decimal.

    >>> as_decimal(Fraction(1, 8))
    Decimal('0.125')
    """
    return EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))


def exact_sum(values: Iterable[Fraction]) -> Fraction:
    """The exact sum, over one common denominator: many times faster than adding fractions one by one.

    >>> exact_sum([Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)]), exact_sum([])
    (Fraction(1, 1), Fraction(0, 1))
    """
    return sum_of_ratios([value.as_integer_ratio() for value in values])


def sum_of_ratios(ratios: Sequence[tuple[int, int]]) -> Fraction:
    """The exact sum of ratios (over, under) of whole numbers, reduced once at the end; under is positive."""
    unders = {under for _, under in ratios}
    if len(unders) == 1:
        return Fraction(sum([over for over, _ in ratios]), unders.pop())
    common = lcm(*unders)
    return Fraction(sum([over * (common // under) for over, under in ratios]), common)


def wilson(share: Fraction, size: Fraction) -> Interval:
    """Wilson's score interval of a share, without continuity correction.

    Args: share 0..1 (contradicting counts beyond it are held at the bound); size > 0, may be an effective size
    and therefore no whole number.

    Source: Wilson 1927; Newcombe 1998, Stat Med 17:857, method 3.

    >>> seen = wilson(Fraction(20, 20), Fraction(20))
    >>> round(seen.low, 5) == Fraction("0.83887"), seen.high == 1
    (True, True)
    """
    held = min(max(share, ZERO), ONE)
    with localcontext(EXACT):
        p = as_decimal(held)
        spread = Z * Z / as_decimal(size)
        centre = p + spread / 2
        half = (p * (1 - p) * spread + spread * spread / 4).sqrt()
        low = (centre - half) / (1 + spread)
        high = (centre + half) / (1 + spread)
    return Interval(ZERO if held == 0 else Fraction(low), ONE if held == 1 else Fraction(high))


def joined(strata: Sequence[Stratum]) -> list[Stratum]:
    """Join strata with fewer than ten audits to larger ones, so that each has a variance worth the name.

    Each small stratum, taken in (queue, language) order, joins the largest other stratum with audits of the same
    queue, else of all; ties go to the first; sizes count as merged so far. Args: strata with audits > 0.

    Source: figures section 3 and section 9.

    >>> few, many = Stratum("Q1", "de", Fraction(50), Fraction(4), Fraction(4)), Stratum("Q1", "en", *[Fraction(90)] * 3)
    >>> [(s.language, int(s.size), int(s.audited)) for s in joined([few, many])]
    [('en', 140, 94)]
    """
    left = {(stratum.queue, stratum.language): stratum for stratum in strata}
    for key in sorted(left):
        small = left[key]
        if small.audited >= SMALL_STRATUM or len(left) == 1:
            continue
        others = [other for other in left if other != key]
        near = [other for other in others if other[0] == key[0]] or others
        into = min(near, key=lambda other: (-left[other].size, other))
        host = left[into]
        left[into] = replace(host, size=host.size + small.size, audited=host.audited + small.audited, good=host.good + small.good)
        del left[key]
    return [left[key] for key in sorted(left)]


def stratified(strata: Sequence[Stratum]) -> Stratified | None:
    """The share of good decisions from a stratified sample, with its interval.

    Strata without decisions enter nothing; strata with decisions but without audits are left out and lower
    `covered`. Returns None when no stratum has both. A census (every decision audited, nothing left out, judged
    before joining) has no doubt: low = high = value.

    Source: Cochran 1977, section 5.3 to 5.4; figures section 3: Var = sum (N_h/N)^2 (1 - n_h/N_h)+
    p_h(1-p_h)/(n_h-1), deff = Var / [p(1-p)/(n-1)], Wilson on min(n, n/deff).

    >>> worked = stratified([
    ...     Stratum("Q1", "en", Fraction(800000), Fraction(300), Fraction(291)),
    ...     Stratum("Q2", "en", Fraction(200000), Fraction(300), Fraction(264)),
    ... ])
    >>> str(worked.value), round(worked.n_eff, 2) == Fraction("599.35")
    ('119/125', True)
    """
    working = [stratum for stratum in strata if stratum.size > 0]
    seen = [stratum for stratum in working if stratum.audited > 0]
    if not seen:
        return None
    volume = sum((stratum.size for stratum in working), ZERO)
    reached = sum((stratum.size for stratum in seen), ZERO)
    audits = sum((stratum.audited for stratum in seen), ZERO)
    good = sum((stratum.good for stratum in seen), ZERO)
    oversampled = any(stratum.audited > stratum.size for stratum in seen)
    merged = joined(seen)
    value = sum((stratum.size / reached * (stratum.good / stratum.audited) for stratum in merged), ZERO)
    if len(seen) == len(working) and all(stratum.audited == stratum.size for stratum in seen):
        return Stratified(value, Interval(value, value), good, audits, ONE, audits, oversampled)
    size = audits if oversampled else _effective_size(merged, reached, value, audits)
    return Stratified(value, wilson(value, size), good, audits, reached / volume, size, oversampled)


def _effective_size(strata: Sequence[Stratum], volume: Fraction, value: Fraction, audits: Fraction) -> Fraction:
    if audits <= 1:
        return audits
    variance = ZERO
    for stratum in strata:
        share = stratum.good / stratum.audited
        unseen = max(1 - stratum.audited / stratum.size, ZERO)
        variance += (stratum.size / volume) ** 2 * unseen * share * (1 - share) / (stratum.audited - 1)
    if variance <= 0:
        return audits
    design_effect = variance / (value * (1 - value) / (audits - 1))
    return min(audits, audits / design_effect)


def paired_difference(counts: Paired) -> tuple[Fraction, Interval]:
    """The first party's share minus the second's on the same items, signed, with its interval.

    Args: counts that sum to more than 0. Returns: difference -1..1 and interval.

    Source: Newcombe 1998, Stat Med 17:2635, method 10 (hybrid score with a corrected phi).

    >>> gap, doubt = paired_difference(Paired(Fraction(36), Fraction(12), Fraction(2), Fraction(0)))
    >>> str(gap), round(doubt.low, 4) == Fraction("0.0569"), round(doubt.high, 4) == Fraction("0.3404")
    ('1/5', True, True)
    """
    both, first, second, neither = counts.both, counts.first_only, counts.second_only, counts.neither
    items = both + first + second + neither
    one, two = (both + first) / items, (both + second) / items
    of_one, of_two = wilson(one, items), wilson(two, items)
    gap = one - two
    with localcontext(EXACT):
        phi = _phi(counts, items)
        down_one, up_one = as_decimal(one - of_one.low), as_decimal(of_one.high - one)
        down_two, up_two = as_decimal(two - of_two.low), as_decimal(of_two.high - two)
        below = _root(down_one * down_one - 2 * phi * down_one * up_two + up_two * up_two)
        above = _root(up_one * up_one - 2 * phi * up_one * down_two + down_two * down_two)
        return gap, Interval(gap - Fraction(below), gap + Fraction(above))


def _phi(counts: Paired, items: Fraction) -> Decimal:
    both, first, second, neither = counts.both, counts.first_only, counts.second_only, counts.neither
    product = (both + first) * (second + neither) * (both + second) * (first + neither)
    if product <= 0:
        return Decimal(0)
    cross = both * neither - first * second
    corrected = max(cross - items / 2, ZERO) if cross > 0 else cross
    return as_decimal(corrected) / as_decimal(product).sqrt()


def _root(square: Decimal) -> Decimal:
    # At the ends of the range the square is 0 and 50 digits may leave it a hair below.
    return max(square, Decimal(0)).sqrt()


def surely_above(gap: Decimal, down_squared: Decimal, up_squared: Decimal) -> bool:
    """Whether one estimate is above another beyond doubt: the interval of their difference lies above 0.

    Args: gap = first minus second; down_squared = (first - its low end)^2; up_squared = (second's high end -
    second)^2. The lower limit gap - sqrt(down^2 + up^2) is compared without taking the root.

    Source: MOVER, Zou and Donner 2008, Stat Med 27:1693.

    >>> surely_above(Decimal(5), Decimal(9), Decimal(9)), surely_above(Decimal(5), Decimal(16), Decimal(9))
    (True, False)
    """
    return gap > 0 and EXACT.multiply(gap, gap) > EXACT.add(down_squared, up_squared)
