"""The intervals of the truth against published ones."""

from __future__ import annotations

from fractions import Fraction

import pytest

from importers.samples.intervals import Part, paired_difference, plain_share, stratified
from importers.samples.quality import Overlap


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [
        (188, 200, 0.89807, 0.96535),
        (19, 20, 0.76387, 0.99112),
        (0, 30, 0.0, 0.11351),
        (49, 50, 0.89505, 0.99646),
        (970, 1000, 0.95750, 0.97891),
    ],
)
def test_wilson_gives_the_published_ends(right: int, count: int, low: float, high: float) -> None:
    found = plain_share(right, count)
    assert (round(float(found.low), 5), round(float(found.high), 5)) == (low, high)


def test_strata_without_faults_keep_every_audit() -> None:
    found = stratified([Part(1000, 10, 10), Part(3000, 10, 10)])
    assert (float(found.value), round(float(found.low), 5), float(found.high)) == (1.0, 0.83887, 1.0)


@pytest.mark.parametrize("part", [Part(1000, 9, 9), Part(20, 20, 19)])
def test_a_stratum_that_needs_more_than_the_plain_formula_is_refused(part: Part) -> None:
    with pytest.raises(ValueError, match="too small or too large"):
        stratified([part])


def test_newcombes_paired_difference_gives_the_published_ends() -> None:
    """Newcombe 1998, table II: 36, 12, 2, 0 of 50 gives 0.20 with 0.0569 to 0.3404."""
    found = paired_difference(Overlap(items=50, vendor_right=48, client_right=38, both_right=36))
    assert found.value == Fraction(1, 5)
    assert (round(float(found.low), 4), round(float(found.high), 4)) == (0.0569, 0.3404)


def test_newcombes_difference_of_all_right_has_no_root() -> None:
    found = paired_difference(Overlap(items=50, vendor_right=50, client_right=50, both_right=50))
    assert found.value == 0
    assert found.low < 0 < found.high
