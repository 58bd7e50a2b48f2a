"""Percentages as exact shares (domain 4.4, figures section 2: a percent column is decided per column).

Owns: `parse_percent`. Must not know: which share is legal for which metric.
"""

from __future__ import annotations

import polars as pl

from importers.columns.numbers import parse_numbers
from importers.columns.texts import clean
from importers.columns.values import Note, Parsed
from importers.reading.sheet import Cells
from kernel.money import NANO

ONE = 10**NANO
MOST_RATIO = 3 * ONE // 2
"""A bare number up to 1.5 may be a ratio; above it is points."""
SAME = 2
"""Medians of both scales that differ by no more than this factor are the same figure, written in two ways."""
FAR = 10
"""Medians that differ by this factor are not: the small numbers are small percentages."""


def parse_percent(cells: Cells, *, decimal: str = "") -> Parsed:
    """Shares (0..1) as Int64 of 10^-9: 97 %, 0.97 with a percent format, 0.97 and 97 give the same.

    Cells with a percent format are ratios, texts with % are points. Bare numbers are decided together: all up to 1.5 are
    ratios, all above are points; a column that switches between both scales is read on each with one warning
    (SCALE_SWITCH); ones and zeros alone ask (AMBIGUOUS_SCALE).

    >>> parse_percent(Cells(pl.Series(["97%", "0.97"]))).values.to_list()
    [970000000, 970000000]
    """
    signed, cells = _without_signs(cells.spelled())
    parsed = parse_numbers(cells, places=NANO, decimal=decimal)
    values = parsed.values
    formatted = cells.percent if cells.percent is not None else _none(values)
    formatted = formatted & ~signed
    bare = values.set(signed | formatted, None)
    points, notes = _decide(bare, decided=bool(signed.any() or formatted.any()))
    divided = signed | points
    values = values.zip_with(~divided, _hundredth(values)) if divided.any() else values
    return Parsed(values, parsed.faults, (*parsed.notes, *notes), texts=parsed.texts)


def _none(values: pl.Series) -> pl.Series:
    return pl.repeat(False, len(values), dtype=pl.Boolean, eager=True)  # noqa: FBT003 - a column of False


def _without_signs(cells: Cells) -> tuple[pl.Series, Cells]:
    """Which texts carry a percent sign, and the cells without it."""
    if cells.values.dtype != pl.String:
        return _none(cells.values), cells
    texts = clean(cells.values)
    signed = texts.str.contains(r"%\)?$|^%").fill_null(value=False)
    bare = texts.zip_with(~signed, texts.str.replace_all("%", "", literal=True).str.replace(r" \)$", ")"))
    return signed, Cells(bare, cells.numbers, cells.instants, cells.spans, cells.percent, cells.epoch_1904, cells.decimal)


def _hundredth(values: pl.Series) -> pl.Series:
    """A hundredth, rounded half-even to the unit."""
    whole, rest = values // 100, values % 100
    up = (rest > 50) | ((rest == 50) & (whole % 2 == 1))  # noqa: PLR2004 - half of the hundred
    return whole + up.cast(pl.Int64)


def _decide(bare: pl.Series, *, decided: bool) -> tuple[pl.Series, tuple[Note, ...]]:
    """Which bare numbers are points. decided: other cells of the column show their scale."""
    large = (bare.abs() > MOST_RATIO).fill_null(value=False)
    small = (bare.is_not_null() & ~large & (bare != 0)).fill_null(value=False)
    if not large.any():
        if not decided and small.any() and bare.filter(small).is_in([ONE]).all():
            message = "holds only ones and zeros, which may be 1 or 100 percent; write them as 1% or 100%"
            return large, (Note("error", "AMBIGUOUS_SCALE", message),)
        return large, ()
    if not small.any():
        return large, ()
    written, ratios = _middle(bare.filter(large)), _middle(bare.filter(small))
    if written <= SAME * 100 * ratios and 100 * ratios <= SAME * written:
        first, then = ("0.97", "97") if _first(small) < _first(large) else ("97", "0.97")
        message = f"changes its scale from here on (like {first} to {then}); each value is read on its own scale"
        return large, (Note("warning", "SCALE_SWITCH", message, max(_first(small), _first(large))),)
    if 100 * ratios >= FAR * written:
        return large | small, ()
    message = "mixes ratios like 0.97 and points like 97 in a way that fits both; write all values with a percent sign"
    return large, (Note("error", "AMBIGUOUS_SCALE", message, _first(small)),)


def _middle(values: pl.Series) -> int:
    """The (upper) median of the sizes."""
    return int(values.abs().sort()[len(values) // 2])


def _first(mask: pl.Series) -> int:
    return int(mask.arg_true()[0])
