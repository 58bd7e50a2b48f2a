"""Days and months (domain 4.4): real dates, day numbers and texts, the order of day and month decided per column.

Owns: `parse_days`, `parse_months`. Must not know: time zones, which day is today (the window is an argument).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from importers.columns.packed import by_label
from importers.columns.texts import clean, is_missing
from importers.columns.values import Fault, Note, Parsed
from importers.reading.sheet import Cells
from kernel.period import Period

NOT_A_DATE = "is not a date; write it like 2026-10-31"
NOT_A_MONTH = "is not a month; write it like 2026-10"
TIME_OF_DAY = "carries a time of day; give the day only, like 2026-10-31"
ENOUGH_TO_RISE = 4
"""Distinct days from which an ascending order is no accident."""
_EPOCH = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)
_WRITTEN_NUMBERS = range(36_526, 73_051)
"""Day numbers from 2000 to 2099; as a text of digits none of them is a day or month in any other way."""
_MONTHS = {
    name: place
    for place, names in enumerate(
        (
            "jan january januar enero janvier ene janv",
            "feb february februar febrero fevrier fev fevr",
            "mar march marz maerz marzo mars mrz",
            "apr april abril avril abr avr",
            "may mai mayo maio",
            "jun june juni junio juin junho",
            "jul july juli julio juillet julho juil",
            "aug august agosto aout ago",
            "sep sept september septiembre septembre setembro set",
            "oct october oktober octubre octobre outubro okt out",
            "nov november noviembre novembre novembro",
            "dec december dezember diciembre decembre dezembro dez dic",
        ),
        1,
    )
    for name in names.split()
}
_MIDNIGHT = r"(?:[T ]0{1,2}:00(?::00(?:\.0+)?)?(?: ?Z)?)?"
_CLOCK = re.compile(r"(.+?)[T ,]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?( ?Z|[+-]\d{2}:?\d{2})?")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _MIDNIGHT, re.ASCII)
_NUMBER = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
_COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})", re.ASCII)
_TWO_ORDERS = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})\.?" + _MIDNIGHT, re.ASCII)
_DAY_NAMED = re.compile(
    r"(?:[A-Za-z]+,? )?(\d{1,2})(?:st|nd|rd|th|\.)?[-/ ]?(?:de |of )?([^\W\d_]{3,10})\.?,?[-/ ]?(?:de )?(\d{4}|\d{2})" + _MIDNIGHT
)
_NAMED_DAY = re.compile(r"(?:[A-Za-z]+,? )?([^\W\d_]{3,10})\.?[-/ ](\d{1,2})(?:st|nd|rd|th)?,? ?[-/ ](\d{4})" + _MIDNIGHT)
_YEAR_MONTH = re.compile(r"(\d{4})[-/. ]?(?:M)?(\d{1,2})", re.ASCII)
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})", re.ASCII)
_NAMED_MONTH = re.compile(r"([^\W\d_]{3,10})\.?[-/ ,']*(\d{4})|(\d{4})[-/ ]([^\W\d_]{3,10})")
_SHORT_MONTH = re.compile(r"([^\W\d_]{3,10})\.?[-/ ']+(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one text may mean: days by order ('dmy', 'mdy'; one entry '' when the text itself tells).

    ordered: the order must be decided. month: no day is given. timed: a day with a time of day. numbered: a spreadsheet's
    day number, written as a text.
    """

    days: dict[str, date]
    ordered: bool = False
    month: bool = False
    timed: bool = False
    numbered: bool = False


def parse_days(cells: Cells, first: date, last: date, *, order: str = "", told: Period | None = None) -> Parsed:
    """Days as Date; first..last is the window outside which a day is a fault (DATE_OUTSIDE).

    order: 'dmy' or 'mdy' where a person has decided; '' decides from the column: a number above 12, else the only order that
    keeps to the window, to the month told (None: none is) or that ascends, else it asks (AMBIGUOUS_DAYS). A column of real
    dates and of texts that fit both orders is refused (MIXED_DATES): a spreadsheet has swapped some silently. So is one with
    a spreadsheet's day numbers as texts (DAY_NUMBER). A month without a day gives its first day and is marked.

    >>> cells = Cells(pl.Series(["31/10/2026", "01/11/2026"]))
    >>> parse_days(cells, date(2000, 1, 1), date(2026, 12, 31)).values.to_list()
    [datetime.date(2026, 10, 31), datetime.date(2026, 11, 1)]
    """
    return _parse(cells, first, last, order, told, months=False)


def parse_months(cells: Cells, first: date, last: date) -> Parsed:
    """Months as the Date of their first day: 2026-10, Oct 2026, Oct-26, 10/2026, or any day of the month.

    >>> parse_months(Cells(pl.Series(["Oct-26"])), date(2000, 1, 1), date(2027, 1, 1)).values.to_list()
    [datetime.date(2026, 10, 1)]
    """
    return _parse(cells, first, last, "", None, months=True)


def _parse(cells: Cells, first: date, last: date, order: str, told: Period | None, *, months: bool) -> Parsed:
    if cells.values.dtype == pl.Enum:
        return by_label(cells, lambda labels: _parse(labels, first, last, order, told, months=months))
    cells = cells.spelled()
    values = cells.values
    if values.dtype == pl.String:
        parsed = _of_texts(cells, first, last, order, told, months=months)
    elif values.dtype == pl.Datetime:
        parsed = _of_instants(values, months=months)
    elif values.dtype == pl.Date:
        parsed = Parsed(values)
    elif values.dtype.is_numeric():
        parsed = _of_numbers(values, epoch_1904=cells.epoch_1904, months=months)
    else:
        bad = values.is_not_null()
        fault = Fault("NOT_A_DATE", NOT_A_MONTH if months else NOT_A_DATE, bad)
        parsed = Parsed(pl.repeat(None, len(values), dtype=pl.Date, eager=True), (fault,) if bad.any() else ())
    days = parsed.values.dt.truncate("1mo") if months else parsed.values
    outside = ~days.is_between(first.replace(day=1) if months else first, last).fill_null(value=True)
    faults = parsed.faults
    if outside.any():
        faults = (*faults, Fault("DATE_OUTSIDE", f"is outside {first} to {last}; check the year and the order of day and month", outside))
        days = days.set(outside, None)
    return Parsed(days.alias(values.name), faults, parsed.notes, parsed.texts, parsed.months)


def _of_instants(values: pl.Series, *, months: bool) -> Parsed:
    days = values.dt.date()
    timed = (values.dt.truncate("1d") != values).fill_null(value=False)
    if months or not timed.any():
        return Parsed(days)
    return Parsed(days.set(timed, None), (Fault("TIME_OF_DAY", TIME_OF_DAY, timed),))


def _of_numbers(values: pl.Series, *, epoch_1904: bool, months: bool) -> Parsed:
    """Day numbers of the workbook's calendar, or whole numbers like 20261031 (20261 or 202610 for months)."""
    distinct = values.drop_nulls().unique()
    meant = {number: _day_of_number(number, epoch_1904=epoch_1904, months=months) for number in distinct}
    days = values.replace_strict(meant, default=None, return_dtype=pl.Date) if meant else values.cast(pl.Date)
    bad = values.is_not_null() & days.is_null()
    fault = Fault("NOT_A_DATE", NOT_A_MONTH if months else NOT_A_DATE, bad)
    return Parsed(days, (fault,) if bad.any() else ())


def _day_of_number(number: float, *, epoch_1904: bool, months: bool) -> date | None:
    if number != number // 1:
        return None
    whole = int(number)
    if 20_000_101 <= whole <= 20_991_231:  # noqa: PLR2004 - a day written as eight digits
        return _valid(whole // 10_000, whole // 100 % 100, whole % 100)
    if months and 200_001 <= whole <= 209_912:  # noqa: PLR2004 - a month written as six digits
        return _valid(whole // 100, whole % 100, 1)
    if 1 <= whole <= 2_958_465:  # noqa: PLR2004 - 9999-12-31, the last day a spreadsheet knows
        return (_EPOCH_1904 if epoch_1904 else _EPOCH) + timedelta(days=whole)
    return None


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


# --- texts ---------------------------------------------------------------------------------------------------------


def _of_texts(cells: Cells, first: date, last: date, order: str, told: Period | None, *, months: bool) -> Parsed:
    texts = clean(cells.values)
    typed = [series for series in (cells.instants, cells.numbers, cells.spans) if series is not None]
    open_texts = texts.set(is_missing(texts), None)
    for series in typed:
        open_texts = open_texts.set(series.is_not_null(), None)
    distinct = open_texts.drop_nulls().unique(maintain_order=True).to_list()
    meant = {text: _read(text, months=months) for text in distinct}
    ordered = [reading for reading in meant.values() if reading.ordered]
    chosen, notes = _decide(ordered, first, last, order, told, months=months)
    if ordered and cells.instants is not None:
        message = "mixes real dates and texts like 03/04/2026, some of which the spreadsheet may have swapped; use one kind throughout"
        notes = (Note("error", "MIXED_DATES", message),)
    notes = (*notes, *_numbered(open_texts, meant))
    table = {text: reading.days.get(chosen if reading.ordered else "") for text, reading in meant.items()}
    days = open_texts.replace_strict(table, default=None, return_dtype=pl.Date) if table else open_texts.cast(pl.Date)
    marked = {text for text, reading in meant.items() if reading.month}
    month_marks = open_texts.is_in(marked).fill_null(value=False) if marked else None
    faults = list(_text_faults(open_texts, days, meant, months=months))
    days, faults = _with_typed(cells, days, faults, months=months)
    return Parsed(days, tuple(faults), notes, texts=cells.values, months=month_marks)


def _numbered(texts: pl.Series, meant: dict[str, _Reading]) -> tuple[Note, ...]:
    """The column asks when a text is a day number: whoever exported it lost the date, and 46301 may as well be an id."""
    numbers = [text for text, reading in meant.items() if reading.numbered]
    if not numbers:
        return ()
    message = (
        f'holds a spreadsheet\'s day numbers ("{numbers[0]}" would be {meant[numbers[0]].days[""]}); '
        "format the column as a date in the spreadsheet and export it again"
    )
    return (Note("error", "DAY_NUMBER", message, texts.index_of(numbers[0])),)


def _text_faults(texts: pl.Series, days: pl.Series, meant: dict[str, _Reading], *, months: bool) -> list[Fault]:
    timed_texts = {text for text, reading in meant.items() if reading.timed}
    bad = texts.is_not_null() & days.is_null()
    timed = bad & texts.is_in(timed_texts).fill_null(value=False)
    faults = [Fault("NOT_A_DATE", NOT_A_MONTH if months else NOT_A_DATE, bad & ~timed), Fault("TIME_OF_DAY", TIME_OF_DAY, timed)]
    return [fault for fault in faults if fault.mask.any()]


def _with_typed(cells: Cells, days: pl.Series, faults: list[Fault], *, months: bool) -> tuple[pl.Series, list[Fault]]:
    parts = []
    if cells.instants is not None:
        parts.append(_of_instants(cells.instants, months=months))
    if cells.numbers is not None:
        parts.append(_of_numbers(cells.numbers, epoch_1904=cells.epoch_1904, months=months))
    if cells.spans is not None:
        bad = cells.spans.is_not_null()
        parts.append(Parsed(pl.repeat(None, len(bad), dtype=pl.Date, eager=True), (Fault("NOT_A_DATE", NOT_A_DATE, bad),)))
    for part in parts:
        days = days.zip_with(days.is_not_null(), part.values)
        faults = [*faults, *part.faults]
    return days, faults


def _decide(
    texts: Sequence[_Reading], first: date, last: date, order: str, told: Period | None, *, months: bool
) -> tuple[str, tuple[Note, ...]]:
    """Which order the texts with day and month in digits are in; texts: one entry per distinct text, in the column's order."""
    if order or not texts:
        return order, ()
    fits = [order for order in ("dmy", "mdy") if all(order in reading.days for reading in texts)]
    if not fits:
        return "dmy", (
            Note("error", "MIXED_DAY_ORDER", "writes some days as day/month and some as month/day; use one order, or 2026-10-31"),
        )
    days = {order: [reading.days[order] for reading in texts] for order in fits}
    if len(fits) == 1 or days["dmy"] == days["mdy"]:
        return fits[0], ()
    inside = [order for order in fits if all(first <= day <= last for day in days[order])]
    firsts = [order for order in fits if months and all(day.day == 1 for day in days[order])]
    within = [order for order in fits if told is not None and all(day in told for day in days[order])]
    rising = [order for order in fits if len(texts) >= ENOUGH_TO_RISE and days[order] == sorted(days[order])]
    for found in (inside, firsts, within, rising):
        if len(found) == 1:
            return found[0], _told_note(found[0], told) if found is within else ()
    message = "fits two ways (is 03/04 in March or in April?); write the days like 2026-04-03, or tell their month with --period"
    return "dmy", (Note("error", "AMBIGUOUS_DAYS", message),)


def _told_note(order: str, told: Period | None) -> tuple[Note, ...]:
    words = "day/month" if order == "dmy" else "month/day"
    return (Note("info", "DAY_ORDER", f"fits two ways and was read as {words}: only so all its days lie in {told}"),)


def _read(text: str, *, months: bool) -> _Reading:
    """What a text may mean as a day, or as a month."""
    reading = _read_day(text)
    if not reading.days and not reading.ordered:
        reading = _read_month(text, short=months)
    if reading.days or reading.ordered:
        return reading
    clock = _CLOCK.fullmatch(text)
    return _Reading({}, timed=bool(clock and _read_day(clock[1]).days))


def _only(day: date | None, *, month: bool = False) -> _Reading:
    return _Reading({"": day} if day else {}, month=month)


def _read_day(text: str) -> _Reading:
    for pattern in (_ISO, _COMPACT):
        if match := pattern.fullmatch(text):
            return _only(_valid(int(match[1]), int(match[2]), int(match[3])))
    if (match := _NUMBER.fullmatch(text)) and int(match[1]) in _WRITTEN_NUMBERS:
        return _Reading({"": _EPOCH + timedelta(days=int(match[1]))}, numbered=True)
    if match := _TWO_ORDERS.fullmatch(text):
        one, two, year = int(match[1]), int(match[2]), _year(match[3])
        found = {"dmy": _valid(year, two, one), "mdy": _valid(year, one, two)}
        return _Reading({order: day for order, day in found.items() if day}, ordered=True)
    if match := _DAY_NAMED.fullmatch(text):
        return _only(_valid(_year(match[3]), _month(match[2]), int(match[1])))
    if match := _NAMED_DAY.fullmatch(text):
        return _only(_valid(int(match[3]), _month(match[1]), int(match[2])))
    return _Reading({})


def _read_month(text: str, *, short: bool) -> _Reading:
    if match := _YEAR_MONTH.fullmatch(text):
        return _only(_valid(int(match[1]), int(match[2]), 1), month=True)
    if match := _MONTH_YEAR.fullmatch(text):
        return _only(_valid(int(match[2]), int(match[1]), 1), month=True)
    if match := _NAMED_MONTH.fullmatch(text):
        return _only(_valid(int(match[2] or match[3]), _month(match[1] or match[4]), 1), month=True)
    # 'Nov-26' is November 2026 in a column of months; in a column of days it may be the 26th.
    if short and (match := _SHORT_MONTH.fullmatch(text)):
        return _only(_valid(_year(match[2]), _month(match[1]), 1), month=True)
    return _Reading({})


def _year(digits: str) -> int:
    return int(digits) + 2000 if len(digits) == 2 else int(digits)  # noqa: PLR2004 - a year of two digits


def _month(name: str) -> int:
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(letter))
    return _MONTHS.get(bare, 0)
