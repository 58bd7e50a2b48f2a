"""Durations as exact seconds or hours (domain 4.4).

Owns: `parse_durations`. Must not know: which durations are plausible for which queue.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import polars as pl

from importers.columns.numbers import parse_numbers
from importers.columns.packed import by_label
from importers.columns.texts import clean, is_missing
from importers.columns.values import Fault, Note, Parsed
from importers.reading.sheet import Cells
from kernel.money import EXACT, LARGEST_STORED, NANO

NOT_A_DURATION = "is not a duration; write seconds, or m:ss, or h:mm:ss"
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
MILLISECOND = 10 ** (NANO - 3)
DAY_FRACTION = 5 * 10**7
"""0.05 of a day in nano: seconds are never all below it, fractions of a day of handling time always are."""
_CLOCK = re.compile(r"(?:(?P<days>\d+) days?,? )?(?P<first>\d{1,5}):(?P<second>[0-5]\d)(?::(?P<third>[0-5]\d(?:[.,]\d+)?))?", re.ASCII)
_PARTS = re.compile(r"(\d+(?:[.,]\d+)?) ?(days?|d|hours?|hrs?|h|minutes?|mins?|min|m|seconds?|secs?|sec|s)\b[ ,]*", re.ASCII)
_SPELLED = "[:a-zA-Z]"
_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def parse_durations(cells: Cells, *, unit: str, into: str = "seconds", colon: str = "m:ss", decimal: str = "") -> Parsed:
    """Durations as Int64 of 10^-9 seconds (or hours).

    unit: what bare numbers count (seconds, minutes, hours, days). into: seconds or hours. colon: what `4:12` means, 'm:ss' or
    'h:mm'; the classic error is to read minutes as hours, so the caller decides by the header. Real times, `h:mm:ss`, `48s`,
    `1m 12s` need no decision. Bare numbers that are all fractions of a day under unit seconds are read as such, with a note.

    >>> parse_durations(Cells(pl.Series(["4:12", "48s", "90"])), unit="seconds").values.to_list()
    [252000000000, 48000000000, 90000000000]
    """
    values = cells.values
    if values.dtype == pl.Enum:
        return by_label(cells, lambda labels: parse_durations(labels, unit=unit, into=into, colon=colon, decimal=decimal))
    if values.dtype == pl.Duration:
        return Parsed(_converted(values.dt.total_milliseconds() * MILLISECOND, into))
    if values.dtype != pl.String:
        return _of_numbers(parse_numbers(cells, places=NANO), unit, into)
    if cells.spans is None and not values.str.contains(_SPELLED).any():
        bare = _of_numbers(parse_numbers(cells, places=NANO, decimal=decimal), unit, into)
        return replace(bare, faults=_as_durations(bare.faults))
    spelled = _of_texts(cells, into, colon)
    rest = Cells(values.set(spelled.values.is_not_null(), None), cells.numbers, cells.instants, None, None, cells.epoch_1904, cells.decimal)
    bare = _of_numbers(parse_numbers(rest, places=NANO, decimal=decimal), unit, into)
    merged = spelled.values.zip_with(spelled.values.is_not_null(), bare.values)
    return Parsed(merged, _as_durations(bare.faults), (*spelled.notes, *bare.notes), texts=values)


def _as_durations(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    return tuple(Fault("NOT_A_DURATION", NOT_A_DURATION, fault.mask) if fault.code == "NOT_A_NUMBER" else fault for fault in faults)


def _of_numbers(parsed: Parsed, unit: str, into: str) -> Parsed:
    values = parsed.values
    notes = parsed.notes
    filled = values.filter((values != 0).fill_null(value=False))
    if unit == "seconds" and len(filled) and (filled.abs() < DAY_FRACTION).all():
        unit = "days"
        notes = (*notes, Note("warning", "DAY_FRACTIONS", "holds fractions of a day like 0.00055; they were read as durations"))
    if unit == into:
        return Parsed(values, parsed.faults, notes, texts=parsed.texts)
    beyond = (values.abs() > LARGEST_STORED // SECONDS[unit]).fill_null(value=False)
    seconds = values.set(beyond, None) * SECONDS[unit]
    if unit == "days":
        seconds = _to_milliseconds(seconds)
    faults = parsed.faults
    if beyond.any():
        faults = (*faults, Fault("OUT_OF_RANGE", "is too long for a duration; check the unit", beyond))
    return Parsed(_converted(seconds, into), faults, notes, texts=parsed.texts)


def _to_milliseconds(seconds: pl.Series) -> pl.Series:
    """Rounded to the millisecond, which is as fine as a fraction of a day tells: 0.000555555556 days are 48 s."""
    rounded: pl.Series = (seconds + MILLISECOND // 2) // MILLISECOND * MILLISECOND
    return rounded


def _converted(seconds: pl.Series, into: str) -> pl.Series:
    """Seconds in the unit wanted; a part of an hour is rounded half-even to 10^-9."""
    divisor = SECONDS[into]
    if divisor == 1:
        return seconds
    whole, rest = seconds // divisor, seconds % divisor
    up = (rest * 2 > divisor) | ((rest * 2 == divisor) & (whole % 2 == 1))
    return whole + up.cast(pl.Int64)


def _of_texts(cells: Cells, into: str, colon: str) -> Parsed:
    """Texts that say their unit, and cells that were times; all else is null."""
    texts = clean(cells.values)
    if cells.numbers is not None:
        texts = texts.set(cells.numbers.is_not_null(), None)
    if cells.spans is not None:
        texts = texts.set(cells.spans.is_not_null(), None)
    spelled = texts.set(is_missing(texts) | ~texts.str.contains(_SPELLED).fill_null(value=False), None)
    meant = {text: _seconds(text, colon) for text in spelled.drop_nulls().unique()}
    seconds = spelled.replace_strict(meant, default=None, return_dtype=pl.Int64) if meant else spelled.cast(pl.Int64)
    if cells.spans is not None:
        seconds = seconds.zip_with(seconds.is_not_null(), cells.spans.dt.total_milliseconds() * MILLISECOND)
    return Parsed(_converted(seconds, into))


def _seconds(text: str, colon: str) -> int | None:
    """One text in nanoseconds; None when it names no unit.

    >>> _seconds("1m 12s", "m:ss"), _seconds("7:30", "h:mm")
    (72000000000, 27000000000000)
    """
    if match := _CLOCK.fullmatch(text):
        first, second, third = int(match["first"]), int(match["second"]), match["third"]
        if third is None:
            total = Decimal(first * 3600 + second * 60 if colon == "h:mm" else first * 60 + second)
        else:
            total = first * 3600 + second * 60 + Decimal(third.replace(",", "."))
        return int((total + int(match["days"] or 0) * 86400).scaleb(NANO, context=EXACT))
    parts = list(_PARTS.finditer(text.lower()))
    if not parts or "".join(part[0] for part in parts) != text.lower():
        return None
    total = sum((Decimal(part[1].replace(",", ".")) * _UNITS[part[2][0]] for part in parts), Decimal(0))
    return int(total.scaleb(NANO, context=EXACT))
