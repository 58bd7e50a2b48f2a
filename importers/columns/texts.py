"""Texts, ids and yes/no (domain 4.4: text noise, missing, ids).

Owns: `parse_text`, `parse_booleans`, what counts as missing. Must not know: numbers and dates.
"""

from __future__ import annotations

import polars as pl

from importers.columns.packed import by_label
from importers.columns.values import Fault, Parsed
from importers.reading.sheet import Cells

MISSING = frozenset(
    ["", "-", "--", "\u2013", "\u2014", ".", "n/a", "na", "n.a.", "n.a", "#n/a", "nil", "null", "none", "tbd", "tba", "?", "not available"]
)
"""Texts that stand for no value, folded to lower case."""
MOST_EXACT = 10**15
"""Numbers from here on may have lost digits in the spreadsheet, which keeps fifteen."""
_NOISE = "[\u200b\u200c\u200d\u2060\ufeff\u00ad]"
_SPACES = r"[\s\u00a0\u2007\u202f\u2009]+"
_YES = frozenset(["y", "yes", "true", "1", "x", "\u2713", "\u2714", "ja", "si", "oui"])
_NO = frozenset(["n", "no", "false", "0", "\u2717", "\u2718", "nein", "non"])


def clean(texts: pl.Series) -> pl.Series:
    """Texts without noise: no zero-width characters, white space of any kind folded to one space, none at the ends."""
    noisy = texts.str.contains(_NOISE + "|[^\\x20-\\x7e]| {2}").any()
    folded = texts.str.replace_all(_NOISE, "").str.replace_all(_SPACES, " ") if noisy else texts
    return folded.str.strip_chars()


def is_missing(texts: pl.Series) -> pl.Series:
    """True where a cleaned text stands for no value, or there is none.

    >>> is_missing(pl.Series(["n/a", "-", "7", None])).to_list()
    [True, True, False, True]
    """
    return texts.is_null() | texts.str.to_lowercase().is_in(MISSING).fill_null(value=True)


def parse_text(cells: Cells) -> Parsed:
    """Names, codes and ids: cleaned text; missing is null.

    A number becomes its digits without '.0'. Numbers of more than fifteen digits are refused, because the spreadsheet has
    lost the rest; dates are spelled as ISO.

    >>> parse_text(Cells(pl.Series([12345.0, None]))).values.to_list()
    ['12345', None]
    """
    if cells.values.dtype == pl.Enum:
        return by_label(cells, parse_text)
    cells = cells.spelled()
    values = cells.values
    if values.dtype == pl.String:
        return _from_texts(cells)
    if values.dtype.is_numeric():
        return Parsed(_digits(values), _lost_digits(values))
    if values.dtype == pl.Datetime:
        midnight = values.dt.truncate("1d") == values
        spelled = values.dt.date().cast(pl.String) if midnight.all() else values.dt.to_string("%Y-%m-%d %H:%M:%S")
        return Parsed(spelled)
    if values.dtype == pl.Boolean:
        return Parsed(values.cast(pl.String).str.to_uppercase())
    return Parsed(values.cast(pl.String))


def _from_texts(cells: Cells) -> Parsed:
    values, numbers = cells.values, cells.numbers
    if numbers is None and cells.instants is None and _tidy(values):
        return Parsed(values, texts=values)
    texts = clean(values)
    parsed = texts.set(is_missing(texts), None)
    if cells.instants is not None:
        parsed = _either(cells.instants.dt.date().cast(pl.String), parsed)
    if numbers is None:
        return Parsed(parsed, texts=values)
    return Parsed(_either(_digits(numbers), parsed), _lost_digits(numbers), texts=values)


def _tidy(values: pl.Series) -> bool:
    """Whether a column needs no cleaning; told from its distinct texts, which are few where names repeat."""
    distinct = values.drop_nulls().unique()
    return bool((clean(distinct) == distinct).all()) and not is_missing(distinct).any()


def _either(first: pl.Series, second: pl.Series) -> pl.Series:
    return pl.select(pl.coalesce(first, second)).to_series().alias(second.name)


def _digits(numbers: pl.Series) -> pl.Series:
    """Numbers as text: whole ones without decimals, the large and the lost as null."""
    kept = numbers.set((numbers.abs() >= MOST_EXACT).fill_null(value=False), None)
    whole = kept.cast(pl.Int64, strict=False)
    integral = (whole == kept).fill_null(value=True)
    return whole.cast(pl.String) if integral.all() else whole.cast(pl.String).zip_with(integral, kept.cast(pl.String))


def _lost_digits(numbers: pl.Series) -> tuple[Fault, ...]:
    lost = (numbers.abs() >= MOST_EXACT).fill_null(value=False)
    if not lost.any():
        return ()
    message = "has more than 15 digits and lost some in the spreadsheet; format the column as text and enter the ids again"
    return (Fault("LOST_DIGITS", message, lost),)


def parse_booleans(cells: Cells) -> Parsed:
    """Yes and no in their usual spellings; missing is null.

    >>> parse_booleans(Cells(pl.Series(["Y", "no", "", "x"]))).values.to_list()
    [True, False, None, True]
    """
    if cells.values.dtype == pl.Boolean:
        return Parsed(cells.values)
    spelled = parse_text(cells.spelled())
    folded = spelled.values.str.to_lowercase()
    yes, no = (folded.is_in(words).fill_null(value=False) for words in (_YES, _NO))
    values = pl.select(pl.when(yes).then(True).when(no).then(False)).to_series().alias(cells.values.name)  # noqa: FBT003 - values of cells
    bad = folded.is_not_null() & ~yes & ~no
    faults = (Fault("NOT_YES_OR_NO", "is neither yes nor no; write yes or no", bad),) if bad.any() else ()
    return Parsed(values, faults, texts=spelled.texts)
