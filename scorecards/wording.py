"""How figures are written for people: digits, signs, units, dates, and the words of the house.

Owns: the text of a single figure or name, alike on pages, in workbooks and in sentences. Must not know: what a figure
means. A missing figure is an en dash, never 0. Rounding for the eye is half-even on the decimal that the JSON prints.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from kernel.period import Period

MINUS = "\N{MINUS SIGN}"
NO_FIGURE = "\N{EN DASH}"
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
SPOKEN = {
    "in_sla_share": "in-SLA share",
    "in_sla_items": "in-SLA items",
    "excused_in_sla_items": "excused in-SLA items",
    "qa_gap": "QA gap",
    "aht_seconds": "AHT, seconds",
    "fx": "exchange rates",
    "committed_fte_days": "committed FTE days",
    "delivered_fte_days": "delivered FTE days",
}
"""Names whose words are not the name with spaces."""
SMALLEST_PLACES = 4
"""A cost per decision is shown with at least this many places..."""
LEADING_DIGITS = 3
"""... and with this many digits that are not leading zeros."""


def number(value: object, places: int = 0) -> str:
    """A number with its thousands parted and a real minus sign.

    >>> number("1307500"), number(-5.62, 1), number(None)
    ('1,307,500', '−5.6', '–')
    """
    if value is None:
        return NO_FIGURE
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    if rounded == 0:
        rounded = abs(rounded)
    return f"{rounded:,f}".replace("-", MINUS)


def signed(value: object, places: int = 1) -> str:
    """A change with its sign; nothing is '0.0', without one.

    >>> signed(6.54), signed(-0.62), signed(0)
    ('+6.5', '−0.6', '0.0')
    """
    text = number(value, places)
    return f"+{text}" if value is not None and not text.startswith(MINUS) and text.strip("0.,") else text


def percent(value: object, places: int = 1) -> str:
    """A share 0..1 in percent, without the sign of it.

    >>> percent("0.9766"), percent(None)
    ('97.7', '–')
    """
    return NO_FIGURE if value is None else number(Decimal(str(value)) * 100, places)


def unit_cost(value: object) -> str:
    """A cost per decision: four places, more when it is very small, two from 10 on.

    >>> unit_cost("0.080451"), unit_cost("0.00080451"), unit_cost("12.5"), unit_cost(None)
    ('0.0805', '0.000805', '12.50', '–')
    """
    if value is None:
        return NO_FIGURE
    amount = Decimal(str(value))
    if abs(amount) >= 10:  # noqa: PLR2004 - from here on it reads as money
        return number(amount, 2)
    places = SMALLEST_PLACES if amount == 0 else max(SMALLEST_PLACES, LEADING_DIGITS - 1 - amount.adjusted())
    return number(amount, places)


def amount(value: object) -> str:
    """Money's digits as JSON gives them (the currency stands in the head), thousands parted.

    >>> amount("238456.35"), amount("-18477.4"), amount(None)
    ('238,456.35', '−18,477.40', '–')
    """
    if value is None:
        return NO_FIGURE
    exact = Decimal(str(value))
    exponent = exact.as_tuple().exponent
    return number(exact, max(2, -exponent if isinstance(exponent, int) else 2))


def exact(value: object) -> str:
    """A counted amount with all the digits it has.

    >>> exact("1307500.25"), exact("9.000000000"), exact(None)
    ('1,307,500.25', '9', '–')
    """
    if value is None:
        return NO_FIGURE
    whole, _, rest = f"{Decimal(str(value)):,f}".partition(".")
    rest = rest.rstrip("0")
    return f"{whole}.{rest}".removesuffix(".").replace("-", MINUS)


def long_month(period: str) -> str:
    """A month in words.

    >>> long_month("2026-10")
    'October 2026'
    """
    month = Period.parse(period)
    return f"{MONTHS[month.month - 1]} {month.year}"


def short_month(period: str) -> str:
    """A month's first three letters.

    >>> short_month("2026-09")
    'Sep'
    """
    return MONTHS[Period.parse(period).month - 1][:3]


def long_day(day: str) -> str:
    """A day in words.

    >>> long_day("2026-11-09")
    '9 Nov 2026'
    """
    found = date.fromisoformat(day[:10])
    return f"{found.day} {MONTHS[found.month - 1][:3]} {found.year}"


def short_day(day: str) -> str:
    """A day of a month that is known.

    >>> short_day("2026-11-09")
    '9 Nov'
    """
    return long_day(day).rpartition(" ")[0]


def words(name: object) -> str:
    """A name of the catalogue as words.

    >>> words("approaching_target"), words("in_sla_share")
    ('approaching target', 'in-SLA share')
    """
    text = str(name)
    return SPOKEN.get(text) or text.replace("_", " ")


def sentence(name: object) -> str:
    """A name of the catalogue as words that begin a sentence.

    >>> sentence("requires_improvement")
    'Requires improvement'
    """
    text = words(name)
    return text[:1].upper() + text[1:]


def counted(count: int, one: str, many: str = "") -> str:
    """A small number in words with its noun.

    >>> counted(2, "vendor"), counted(1, "vendor"), counted(14, "invoice")
    ('two vendors', 'one vendor', '14 invoices')
    """
    said = NUMBERS[count] if 0 <= count < len(NUMBERS) else f"{count:,}"
    return f"{said} {one if count == 1 else many or one + 's'}"


def listed(names: list[str]) -> str:
    """Names in a sentence.

    >>> listed(["Nova", "Orbit", "Pico"]), listed(["Nova"])
    ('Nova, Orbit and Pico', 'Nova')
    """
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
