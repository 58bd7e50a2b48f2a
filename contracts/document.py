"""The contract document: a parsed TOML file becomes terms, or problems with their remedy.

Owns: which keys a contract may have and what is wrong with one. Must not know: files, databases, which vendors
or queues exist. Rates and shares are texts, so that every digit stays as agreed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import combinations, pairwise

from contracts.terms import (
    BASES,
    KEYS,
    PRORATIONS,
    QUANTITY_TOLERANCE,
    SIDES,
    UNPRICED,
    Expect,
    Price,
    Span,
    Target,
    Terms,
    Unpriced,
    uncovered,
)
from kernel.calendar import DATE_RULES, calendar_of
from kernel.errors import Problem
from kernel.money import ROUNDINGS

HEAD_KEYS = (
    "vendor",
    "number",
    "currency",
    "valid_from",
    "valid_to",
    "rounding",
    "calendar",
    "fx",
    "side_precedence",
    "date_rule",
    "holidays",
    "quantity_tolerance",
)
PRICE_KEYS = ("id", "basis", "rate", "quantity", "proration", *KEYS, "valid_from", "valid_to")
TARGET_KEYS = ("id", "metric", "floor", "target", *KEYS, "valid_from", "valid_to")
EXPECT_KEYS = ("kind", "due_business_day", "site")
EXPECTED_KINDS = ("performance", "quality", "workforce", "plan", "invoice", "cost")
FX_RULES = ("month_end",)
MOST_BUSINESS_DAYS = 60
LONG_AGO, FAR_AHEAD = date(1, 1, 1), date(9999, 12, 31)


class Reader:
    """One table of a TOML document: reads keys, collects problems, never raises."""

    def __init__(self, table: Mapping[str, object], place: str, allowed: Sequence[str], problems: list[Problem]) -> None:
        """Name every key that is not allowed."""
        self.table, self.place, self.problems = table, place, problems
        for key in table:
            if key not in allowed:
                self.fault("UNKNOWN_KEY", key, f"the key is unknown here: remove it or use one of {', '.join(allowed)}")

    def path(self, key: str) -> str:
        """The key's place in the document, e.g. price[2].rate (tables are counted from 1)."""
        return f"{self.place}.{key}" if self.place else key

    def fault(self, code: str, key: str, why: str) -> None:
        """Note a problem of a key."""
        value = self.table.get(key)
        shown = None if value is None or isinstance(value, (list, dict)) else str(value)
        self.problems.append(Problem("error", code, f"{self.path(key)}: {why}", cell=self.path(key), value=shown))

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a default the key is required."""
        value = self.table.get(key, default)
        if value is None:
            self.fault("KEY_MISSING", key, f'the key is missing: add {key} = "..."')
        elif not isinstance(value, str):
            self.fault("NOT_TEXT", key, f'a text is needed: write it in quotes, {key} = "{value}"')
        elif not value.strip() and default is None:
            self.fault("KEY_MISSING", key, "the text is empty: fill it in")
        else:
            return value.strip()
        return ""

    def choice(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        """A text out of a list."""
        value = self.text(key, default)
        if value and value not in allowed:
            self.fault("UNKNOWN_VALUE", key, f"{value!r} is not known: use one of {', '.join(allowed)}")
        return value

    def day(self, key: str, default: date | None = None) -> date | None:
        """A day, as a TOML date or as ISO text; None after a problem."""
        value = self.table.get(key, default)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        code, why = ("KEY_MISSING", "the key is missing") if value is None else ("NOT_A_DAY", "this is no day")
        self.fault(code, key, f"{why}: write {key} = 2026-01-31, without quotes")
        return None

    def digits(self, key: str, default: Decimal | None = None, *, required: bool = False) -> Decimal | None:
        """A number that is written as text, not negative; None when it is absent or a problem."""
        value = self.table.get(key)
        if value is None:
            if required:
                self.fault("KEY_MISSING", key, f'the key is missing: add {key} = "14.75"')
            return default
        if not isinstance(value, str):
            self.fault("RATE_NOT_TEXT", key, f'numbers of a contract are texts, so that no digit is lost: write {key} = "{value}"')
            return None
        try:
            number = Decimal(value.strip())
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or number < 0:
            self.fault("NOT_A_NUMBER", key, f'{value!r} is no number of zero or more: write it like "14.75", with a decimal point')
            return None
        return number

    def tables(self, key: str) -> list[Mapping[str, object]]:
        """The [[key]] tables; none when absent."""
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
            self.fault("NOT_TABLES", key, f"a list of tables is needed: begin each with [[{key}]]")
            return []
        return value


def read_terms(document: Mapping[str, object]) -> tuple[Terms | None, list[Problem]]:
    """Terms of a parsed contract document, or None with every problem found.

    Args: document as tomllib gives it (days may also be ISO texts). Each problem carries the key's path in
    `cell` and one sentence with the remedy.

    >>> from datetime import date
    >>> terms, problems = read_terms({"vendor": "NOVA", "number": "MSA-1", "currency": "USD",
    ...     "valid_from": date(2026, 1, 1), "valid_to": date(2027, 1, 1),
    ...     "price": [{"id": "4.2", "basis": "decision", "rate": 0.08}]})
    >>> print(problems[0].message)
    price[1].rate: numbers of a contract are texts, so that no digit is lost: write rate = "0.08"
    """
    problems: list[Problem] = []
    head = Reader(document, "", (*HEAD_KEYS, "price", "target", "expect", *UNPRICED), problems)
    term = _term(head)
    prices = [_price(Reader(row, f"price[{n}]", PRICE_KEYS, problems), term) for n, row in _numbered(head, "price")]
    targets = [_target(Reader(row, f"target[{n}]", TARGET_KEYS, problems), term) for n, row in _numbered(head, "target")]
    expects = [_expect(Reader(row, f"expect[{n}]", EXPECT_KEYS, problems)) for n, row in _numbered(head, "expect")]
    currency = head.text("currency")
    if currency and not (len(currency) == 3 and currency.isascii() and currency.isupper()):  # noqa: PLR2004 - ISO 4217
        head.fault("CURRENCY", "currency", f'{currency!r} is no currency: write its ISO 4217 code, currency = "USD"')
    terms = Terms(
        vendor=head.text("vendor"),
        number=head.text("number"),
        currency=currency,
        valid_from=term[0],
        valid_to=term[1],
        rounding=head.choice("rounding", ROUNDINGS, "half_up"),
        calendar=_calendar(head),
        fx=head.choice("fx", FX_RULES, "month_end"),
        side_precedence=_sides(head),
        date_rule=head.choice("date_rule", DATE_RULES, "event_day"),
        prices=tuple(prices),
        targets=tuple(targets),
        expects=tuple(expects),
        unpriced=tuple(_unpriced(head)),
        holidays=_holidays(head),
        quantity_tolerance=_tolerance(head),
    )
    if not problems:
        problems = clause_faults(terms.prices, term)
    return (None if problems else terms), problems


def _numbered(head: Reader, key: str) -> list[tuple[int, Mapping[str, object]]]:
    return list(enumerate(head.tables(key), start=1))


def _term(head: Reader) -> Span:
    first, end = head.day("valid_from"), head.day("valid_to")
    if first is not None and end is not None and end <= first:
        head.fault("DAYS_REVERSED", "valid_to", f"the contract would end before it begins: give a day after {first}")
    return first or LONG_AGO, end or FAR_AHEAD


def _span(row: Reader, term: Span) -> Span:
    first, end = row.day("valid_from", term[0]), row.day("valid_to", term[1])
    if first is None or end is None:
        return term
    if end <= first:
        row.fault(
            "DAYS_REVERSED", "valid_to", f"the clause would end before it begins: give a day after {first} (valid_to is not included)"
        )
    if first < term[0] or end > term[1]:
        key = "valid_from" if first < term[0] else "valid_to"
        row.fault("OUTSIDE_TERM", key, f"the contract itself runs from {term[0]} until before {term[1]}: stay within it")
    return first, end


def _price(row: Reader, term: Span) -> Price:
    first, end = _span(row, term)
    basis = row.choice("basis", BASES)
    proration = row.choice("proration", PRORATIONS, "working_day" if basis == "fte_month" else "")
    if proration and basis != "fte_month":
        row.fault("PRORATION", "proration", "only a price per fte_month is prorated: remove the key")
    return Price(
        id=row.text("id"),
        basis=basis,
        rate=row.digits("rate", required=True) or Decimal(0),
        valid_from=first,
        valid_to=end,
        site=row.text("site", ""),
        queue=row.text("queue", ""),
        language=row.text("language", ""),
        proration=proration,
        quantity=row.text("quantity", ""),
    )


def _target(row: Reader, term: Span) -> Target:
    first, end = _span(row, term)
    return Target(
        id=row.text("id"),
        metric=row.text("metric"),
        valid_from=first,
        valid_to=end,
        floor=row.digits("floor"),
        target=row.digits("target"),
        site=row.text("site", ""),
        queue=row.text("queue", ""),
        language=row.text("language", ""),
    )


def _expect(row: Reader) -> Expect:
    due = row.table.get("due_business_day")
    if isinstance(due, bool) or not isinstance(due, int) or not 1 <= due <= MOST_BUSINESS_DAYS:
        row.fault("DUE_DAY", "due_business_day", f"a whole number from 1 to {MOST_BUSINESS_DAYS} is needed: write due_business_day = 3")
        due = 1
    return Expect(kind=row.choice("kind", EXPECTED_KINDS), due_business_day=due, site=row.text("site", ""))


def _unpriced(head: Reader) -> list[Unpriced]:
    return [Unpriced(family, str(row.get("id", f"number {n}"))) for family in UNPRICED for n, row in _numbered(head, family)]


def _calendar(head: Reader) -> str:
    name = head.text("calendar", "month")
    try:
        calendar_of(name)
    except ValueError as error:
        head.fault("UNKNOWN_VALUE", "calendar", str(error))
    return name


def _sides(head: Reader) -> tuple[str, ...]:
    sides = head.table.get("side_precedence", list(SIDES))
    if not isinstance(sides, list) or not sides or any(side not in SIDES for side in sides) or len(set(sides)) < len(sides):
        head.fault("SIDES", "side_precedence", f"a list of different sides is needed, out of {', '.join(SIDES)}")
        return SIDES
    return tuple(sides)


def _holidays(head: Reader) -> frozenset[date]:
    listed = head.table.get("holidays", [])
    if not isinstance(listed, list):
        head.fault("NOT_A_DAY", "holidays", "a list of days is needed: write holidays = [2026-12-25]")
        return frozenset()
    rows = [Reader({"day": day}, f"holidays[{n}]", ("day",), head.problems) for n, day in enumerate(listed, start=1)]
    return frozenset(day for day in (row.day("day") for row in rows) if day is not None)


def _tolerance(head: Reader) -> Decimal:
    share = head.digits("quantity_tolerance", QUANTITY_TOLERANCE)
    if share is not None and share >= 1:
        head.fault("NOT_A_SHARE", "quantity_tolerance", 'a share of the record below 1 is needed: half a percent is "0.005"')
    return share or Decimal(0)


def clause_faults(prices: Sequence[Price], term: Span) -> list[Problem]:
    """Problems of clauses among each other: two that could both win, and days that no price covers.

    A day is uncovered where a scope that is priced before and after it has no price of its own or a more general
    one, or where no price of the contract holds at all.
    """
    problems = [fault for one, other in combinations(prices, 2) if (fault := _rivals(one, other, prices)) is not None]
    scopes = dict.fromkeys((price.family, price.scope) for price in prices)
    for family, scope in scopes:
        spans = sorted((p.valid_from, p.valid_to) for p in prices if (p.family, p.scope) == (family, scope))
        general = [(p.valid_from, p.valid_to) for p in prices if p.family == family and p.scope != scope and p.fits(*scope)]
        for before, after in pairwise(spans):
            problems += [_gap(gap, _named(scope) + f"the price per {family}") for gap in uncovered(before[1], after[0], general)]
    if prices:
        everything = [(price.valid_from, price.valid_to) for price in prices]
        known = {problem.value for problem in problems}
        rest = [_gap(gap, "the contract") for gap in uncovered(*term, everything)]
        problems += [problem for problem in rest if problem.value not in known]
    return problems


def _rivals(one: Price, other: Price, prices: Sequence[Price]) -> Problem | None:
    first, end = max(one.valid_from, other.valid_from), min(one.valid_to, other.valid_to)
    pairs = list(zip(one.scope, other.scope, strict=True))
    apart = one.family != other.family or one.specificity != other.specificity or any(a and b and a != b for a, b in pairs)
    if apart or first >= end:
        return None
    joint = tuple(a or b for a, b in pairs)
    if one.scope != other.scope:
        settled = [
            (p.valid_from, p.valid_to) for p in prices if p.family == one.family and p.specificity > one.specificity and p.fits(*joint)
        ]
        if not uncovered(first, end, settled):
            return None
    message = (
        f"the prices {one.id} and {other.id} are equally specific for {_named(joint) or 'the same work, '}from {first} until before {end}: "
        f"end one before the other begins, or add a price for exactly that work"
    )
    return Problem("error", "PRICE_OVERLAP", message, cell="price", value=f"{one.id}, {other.id}")


def _gap(gap: Span, whose: str) -> Problem:
    message = f"{whose} has no rate from {gap[0]} until before {gap[1]}: let the earlier price end where the next begins, or add one"
    return Problem("error", "PRICE_GAP", message, cell="price", value=f"{gap[0]}..{gap[1]}")


def _named(scope: Iterable[str]) -> str:
    return "".join(f"{key} {value}, " for key, value in zip(KEYS, scope, strict=True) if value)
