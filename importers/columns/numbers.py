"""Numbers as exact scaled integers (domain 4.4).

Owns: `parse_numbers`, `parse_money`, and which mark a column uses for decimals. Must not know: percentages, units.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal

import polars as pl

from importers.columns.packed import by_label
from importers.columns.texts import clean, is_missing
from importers.columns.values import Fault, Note, Parsed
from importers.reading.sheet import Cells
from kernel.money import LARGEST_STORED, MICRO, NANO

NOT_A_NUMBER = "is not a number; write digits only, like 1234.56"
OUT_OF_RANGE = "is too large to be a count or an amount; check the cell"
_MOST_DIGITS = 15
_SMALL = 1_000_000
"""Below this a float times 10^9 stays exact to less than half a unit."""
_POINT = r"^[+-]?(?:[0-9]{1,15}(?:\.[0-9]*)?|\.[0-9]+)$"
_COMMA = r"^[+-]?(?:[0-9]{1,15}(?:,[0-9]*)?|,[0-9]+)$"
_GROUPS = re.compile(r"\d{1,3}(?:(?P<mark>[,.' \u2019])\d{3})(?:(?P=mark)\d{3})*|\d{1,3}(?P<indian>,)(?:\d{2},)+\d{3}", re.ASCII)
_SYMBOLS = "$\u20ac\u00a3\u00a5\u20b1\u20b9"
_EXACT_UNITS = Context(prec=60, rounding=ROUND_HALF_EVEN)


def parse_money(cells: Cells, *, decimal: str = "") -> Parsed:
    """Amounts of money and rates as integers of 10^-6; a currency sign before or after the digits is ignored, with a note."""
    return parse_numbers(cells, places=MICRO, decimal=decimal, signs=True)


def parse_numbers(cells: Cells, *, places: int = NANO, decimal: str = "", signs: bool = False) -> Parsed:
    """Numbers as Int64 of 10^-places, exact: floats by their shortest decimal spelling, rounded half-even beyond places.

    decimal: '.' or ',' where a person or the rest of the file has decided; '' decides from this column, and a column that
    fits both ways asks (note AMBIGUOUS_NUMBERS). Thousands marks, (1,234), 1234- and U+2212 are understood; 1e5, 1.2k,
    1_000, full-width digits, inf and nan are not.

    >>> parse_numbers(Cells(pl.Series(["1.234,5", "(12)"])), places=2).values.to_list()
    [123450, -1200]
    >>> parse_numbers(Cells(pl.Series([0.1, 3.0])), places=9).values.to_list()
    [100000000, 3000000000]
    """
    values = cells.values
    if values.dtype == pl.Enum:
        return by_label(cells, lambda labels: parse_numbers(labels, places=places, decimal=decimal, signs=signs))
    if values.dtype == pl.String:
        return _from_texts(cells, places, decimal or cells.decimal, signs=signs)
    if values.dtype == pl.Null:
        return Parsed(values.cast(pl.Int64))
    if values.dtype == pl.Int32:
        return Parsed(values.cast(pl.Int64) * 10**places)
    if values.dtype.is_numeric():
        return _of_numbers(values, places)
    bad = values.is_not_null()
    what = "is a yes or no" if values.dtype == pl.Boolean else "is a date or a time"
    faults = (Fault("NOT_A_NUMBER", f"{what}, not a number; format the column as a number and enter the value again", bad),)
    return Parsed(pl.repeat(None, len(values), dtype=pl.Int64, eager=True), faults if bad.any() else ())


def _of_numbers(values: pl.Series, places: int) -> Parsed:
    scaled = _scaled(values, places)
    beyond = values.is_not_null() & scaled.is_null()
    return Parsed(scaled, (Fault("OUT_OF_RANGE", OUT_OF_RANGE, beyond),) if beyond.any() else ())


def _scaled(values: pl.Series, places: int) -> pl.Series:
    """Floats or integers times 10^places as Int64; null where that does not fit."""
    scale = 10**places
    most = LARGEST_STORED // scale
    table = pl.DataFrame({"x": values.cast(pl.Float64)})
    x = pl.col("x")
    whole = x.is_finite() & (x.abs() <= most) & (x.floor() == x)
    units = x * scale
    # A product within its own error of a tie cannot tell which way its decimal spelling rounds.
    unsure = ((units - units.floor()) - 0.5).abs() <= units.abs() * 1e-15 + 1e-9
    near = x.is_finite() & (x.abs() < min(_SMALL, most)) & ~whole & ~unsure
    exact = pl.when(whole).then(x.cast(pl.Int64, strict=False) * scale)
    table = table.select(x, exact.when(near).then(units.round().cast(pl.Int64, strict=False)).alias("scaled"))
    scaled = table["scaled"]
    left = table.filter(x.is_finite() & pl.col("scaled").is_null() & (x.abs() <= most))["x"].unique()
    if len(left):
        spelled = {number: _units(Decimal(repr(number)), places) for number in left}
        rest = table["x"].replace_strict(spelled, default=None, return_dtype=pl.Int64)
        scaled = scaled.zip_with(scaled.is_not_null(), rest)
    return scaled.alias(values.name)


def _units(number: Decimal, places: int) -> int | None:
    """The number in units of 10^-places, rounded half-even; None when 64 bits do not hold it."""
    units = int(number.scaleb(places, context=_EXACT_UNITS).to_integral_value(rounding=ROUND_HALF_EVEN))
    return units if abs(units) <= LARGEST_STORED else None


# --- texts ---------------------------------------------------------------------------------------------------------


def _plain_texts(cells: Cells, places: int, decimal: str) -> Parsed | None:
    """A column of digits only; None when any cell needs a closer look. Most columns are such.

    Whole numbers written as numbers are (no sign, no leading zero) keep no texts: the values say the same.
    """
    values = cells.values
    if cells.numbers is not None or cells.instants is not None or cells.spans is not None:
        return None
    whole = values.cast(pl.Int64, strict=False)
    if whole.null_count() == values.null_count():
        if not (whole.abs() <= LARGEST_STORED // 10**places).all():
            return None
        padded = (values.str.starts_with("0") & (values != "0")) | values.str.starts_with("+") | values.str.starts_with("-0")
        return Parsed((whole * 10**places).alias(values.name), texts=values if padded.any() else None)
    if decimal != "." or values.str.contains("[eE]").any():
        return None
    units = values.cast(pl.Decimal(38, places), strict=False).to_physical().cast(pl.Int64, strict=False)
    return Parsed(units.alias(values.name), texts=values) if units.null_count() == values.null_count() else None


def _from_texts(cells: Cells, places: int, decimal: str, *, signs: bool) -> Parsed:
    plain = _plain_texts(cells, places, decimal)
    if plain is not None:
        return plain
    texts = clean(cells.values)
    typed = cells.numbers.is_not_null() if cells.numbers is not None else pl.repeat(False, len(texts), dtype=pl.Boolean, eager=True)  # noqa: FBT003 - no cell is
    dates = [series.is_not_null() for series in (cells.instants, cells.spans) if series is not None]
    missing = is_missing(texts)
    open_texts = texts.set(typed | missing, None)
    decided, notes = _decide(open_texts, decimal)
    scaled, odd_notes = _scaled_texts(open_texts, places, decided, signs=signs)
    in_range = scaled.cast(pl.Int64, strict=False)
    if cells.numbers is not None:
        numbers = _of_numbers(cells.numbers, places)
        in_range = in_range.zip_with(~typed, numbers.values)
    beyond = (scaled.is_not_null() | typed) & in_range.is_null()
    bad = open_texts.is_not_null() & scaled.is_null()
    for other in dates:
        bad = bad | other
        in_range = in_range.set(other, None)
    faults = [Fault("NOT_A_NUMBER", NOT_A_NUMBER, bad), Fault("OUT_OF_RANGE", OUT_OF_RANGE, beyond)]
    return Parsed(in_range, tuple(fault for fault in faults if fault.mask.any()), (*notes, *odd_notes), texts=cells.values)


def decimal_evidence(cells: Cells) -> str:
    """Which mark a column uses for decimals: '.', ',', '' (nothing to tell from), '?' (fits both), '!' (uses both).

    >>> decimal_evidence(Cells(pl.Series(["1.234,5"]))), decimal_evidence(Cells(pl.Series(["1.234"])))
    (',', '?')
    """
    if cells.values.dtype != pl.String:
        return ""
    texts = clean(cells.values)
    if cells.numbers is not None:
        texts = texts.set(cells.numbers.is_not_null(), None)
    return _evidence(texts)


def _evidence(texts: pl.Series) -> str:
    marked = texts.filter(texts.str.contains("[.,]").fill_null(value=False)).str.replace_all(r"^[^0-9.,]+|[^0-9.,]+$", "")
    marked = marked.filter(marked.str.contains(r"^[0-9][0-9.,' ]*$|^[.,][0-9]+$"))
    if not len(marked):
        return ""

    def decimals(mark: str, other: str) -> bool:
        sure = (
            rf"^(0|[0-9]{{4,}})?\{mark}[0-9]+$|^[0-9]*\{mark}([0-9]{{1,2}}|[0-9]{{4,}})?$"
            rf"|\{other}[0-9]{{3}}\{mark}|\{other}[0-9]+\{other}[0-9]+|[' ][0-9]{{3}}\{mark}"
        )
        return bool(marked.str.contains(sure).any())

    point, comma = decimals(".", ","), decimals(",", ".")
    if point and comma:
        return "!"
    if point or comma:
        return "." if point else ","
    return "?"


def _decide(texts: pl.Series, decimal: str) -> tuple[str, tuple[Note, ...]]:
    if decimal:
        return decimal, ()
    evidence = _evidence(texts)
    if evidence == "!":
        return ".", (Note("error", "MIXED_DECIMALS", "writes decimals with a point and with a comma; use one of them throughout"),)
    if evidence == "?":
        message = "fits two ways (is 1.234 about one or about a thousand?); write at least one value with other than three decimals"
        return ".", (Note("error", "AMBIGUOUS_NUMBERS", message),)
    return evidence or ".", ()


def _scaled_texts(texts: pl.Series, places: int, decimal: str, *, signs: bool) -> tuple[pl.Series, tuple[Note, ...]]:
    """Texts in units of 10^-places as Int128; null where a text is no number."""
    simple = texts.str.contains(_COMMA if decimal == "," else _POINT).fill_null(value=False)
    plain = texts.str.replace(",", ".", literal=True) if decimal == "," else texts
    plain = plain.set(~simple, None) if not simple.all() else plain
    scaled = plain.cast(pl.Decimal(38, places), strict=False).to_physical()
    odd = texts.filter(~simple).drop_nulls().unique()
    if not len(odd):
        return scaled, ()
    spelled = {text: _units_of_text(text, places, decimal, signs=signs) for text in odd}
    rest = texts.replace_strict(spelled, default=None, return_dtype=pl.Int128)
    found = next((text for text, units in sorted(spelled.items()) if units is not None and any(sign in text for sign in _SYMBOLS)), None)
    notes = (Note("info", "CURRENCY_SIGN", f"holds currency signs ({found}), which are ignored"),) if found else ()
    return scaled.zip_with(simple, rest), notes


def _units_of_text(text: str, places: int, decimal: str, *, signs: bool) -> int | None:
    """One odd text in units of 10^-places: thousands marks, brackets, trailing minus; None when it is no number."""
    digits = text.removeprefix("'").replace("\u2212", "-")
    if signs:
        digits = digits.strip(_SYMBOLS + " ") if digits[:1] != "(" else "(" + digits[1:].strip(_SYMBOLS + " ")
    negative = digits.startswith("(") and digits.endswith(")")
    digits = digits[1:-1].strip() if negative else digits
    if digits.endswith("-") and not negative:
        negative, digits = True, digits[:-1].strip()
    elif digits[:1] in {"-", "+"} and not negative:
        negative, digits = digits[0] == "-", digits[1:].strip(_SYMBOLS + " " if signs else " ")
    whole, _, fraction = digits.partition(decimal)
    groups = _GROUPS.fullmatch(whole)
    if groups and decimal not in {groups["mark"], groups["indian"]}:
        whole = re.sub(r"\D", "", whole)
    if not re.fullmatch(r"[0-9]{1,15}", whole or "0") or not re.fullmatch(r"[0-9]*", fraction) or not (whole or fraction):
        return None
    units = _units(Decimal(f"{whole or 0}.{fraction or 0}"), places)
    return units if units is None or not negative else -units
