"""Terms: what a contract says, and which price holds on a day.

Owns: the value of a contract and the choice of the most specific clause. Must not know: files, databases, the
clock, what was delivered. How a TOML document becomes terms is contracts.document.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

BASES = ("decision", "thousand_decisions", "production_hour", "billable_hour", "fte_month")
"""What a price can be per."""
FAMILIES = {
    "decision": "decision",
    "thousand_decisions": "decision",
    "production_hour": "production_hour",
    "billable_hour": "billable_hour",
    "fte_month": "fte_month",
}
"""Bases among which the most specific clause wins: a price per decision and one per thousand are one basis."""
PRORATIONS = ("working_day", "calendar_day")
"""How delivered FTE days become FTE-months."""
UNPRICED = ("credit", "tier", "minimum", "indexation", "premium")
"""Clause families that are kept and named, and not priced yet."""
SIDES = ("platform", "client", "vendor")
"""Whose count it is, in the default order of precedence."""
KEYS = ("site", "queue", "language")
"""What a clause may be limited to."""
QUANTITY_TOLERANCE = Decimal("0.005")
"""Share by which a billed quantity may exceed the record before rule I-07 speaks."""


@dataclass(frozen=True, slots=True)
class Price:
    """One price clause over one stretch of days; an index step is two of them.

    rate: money per unit of basis. site, queue, language: '' = the clause does not name one. proration: for
    fte_month, else ''. quantity: name of the fact that is counted; '' = the default of the basis. valid_to is
    half-open.
    """

    id: str
    basis: str
    rate: Decimal
    valid_from: date
    valid_to: date
    site: str = ""
    queue: str = ""
    language: str = ""
    proration: str = ""
    quantity: str = ""

    @property
    def family(self) -> str:
        """The basis among whose clauses the most specific wins."""
        return FAMILIES[self.basis]

    @property
    def scope(self) -> tuple[str, str, str]:
        """Site, queue and language, '' where none is named."""
        return self.site, self.queue, self.language

    @property
    def specificity(self) -> int:
        """How many of site, queue and language it names."""
        return sum(bool(key) for key in self.scope)

    def fits(self, site: str, queue: str, language: str) -> bool:
        """Whether every key that the clause names stands in a scope with the same value.

        >>> price = Price("4.2", "decision", Decimal("0.08"), date(2026, 1, 1), date(2027, 1, 1), queue="Q7")
        >>> price.fits("", "Q7", "es"), price.fits("", "", "es")
        (True, False)
        """
        return all(not mine or mine == theirs for mine, theirs in zip(self.scope, (site, queue, language), strict=True))

    def holds_on(self, day: date) -> bool:
        """Whether the clause is in force on a day."""
        return self.valid_from <= day < self.valid_to


@dataclass(frozen=True, slots=True)
class Target:
    """A level that the contract itself sets: credits and colours, never the ranking. None = not told."""

    id: str
    metric: str
    valid_from: date
    valid_to: date
    floor: Decimal | None = None
    target: Decimal | None = None
    site: str = ""
    queue: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Expect:
    """A file that the vendor owes every month: due at the end of business day n after the month's end."""

    kind: str
    due_business_day: int
    site: str = ""


@dataclass(frozen=True, slots=True)
class Unpriced:
    """A clause that is kept and named, and not priced yet."""

    family: str
    id: str

    def __str__(self) -> str:
        """Its name in answers, e.g. `credit 8.3`."""
        return f"{self.family} {self.id}"


@dataclass(frozen=True, slots=True)
class Terms:
    """A contract as agreed, in force on valid_from <= day < valid_to.

    holidays: days that are no working days for proration; empty = Monday to Friday count. quantity_tolerance:
    share of the record, 0..1.
    """

    vendor: str
    number: str
    currency: str
    valid_from: date
    valid_to: date
    rounding: str = "half_up"
    calendar: str = "month"
    fx: str = "month_end"
    side_precedence: tuple[str, ...] = SIDES
    date_rule: str = "event_day"
    prices: tuple[Price, ...] = ()
    targets: tuple[Target, ...] = ()
    expects: tuple[Expect, ...] = ()
    unpriced: tuple[Unpriced, ...] = ()
    holidays: frozenset[date] = frozenset()
    quantity_tolerance: Decimal = QUANTITY_TOLERANCE

    def holds_on(self, day: date) -> bool:
        """Whether the contract is in force on a day."""
        return self.valid_from <= day < self.valid_to

    def touches(self, first: date, end: date) -> bool:
        """Whether the contract is in force on any day of first <= day < end."""
        return self.valid_from < end and first < self.valid_to


def winner(prices: Iterable[Price], site: str, queue: str, language: str, day: date) -> Price | None:
    """The most specific of some clauses of one family that fits a scope on a day; None when none does.

    Two equally specific ones are refused where contracts are read; should they meet all the same, the later
    in force and then the later id wins, so that the answer is one.
    """
    fitting = [price for price in prices if price.holds_on(day) and price.fits(site, queue, language)]
    return max(fitting, key=lambda price: (price.specificity, price.valid_from, price.id), default=None)


def price_on(terms: Terms, basis: str, site: str, queue: str, language: str, day: date) -> Price | None:
    """The price per basis (or per its family) that holds for a scope on a day; None when none does.

    >>> year = (date(2026, 1, 1), date(2027, 1, 1))
    >>> terms = Terms("NOVA", "MSA-1", "USD", *year, prices=(
    ...     Price("4.1", "decision", Decimal("0.08"), *year),
    ...     Price("4.2", "thousand_decisions", Decimal("95"), *year, language="ja")))
    >>> price_on(terms, "decision", "MNL", "Q7", "ja", date(2026, 5, 1)).id
    '4.2'
    >>> price_on(terms, "decision", "MNL", "Q7", "es", date(2026, 5, 1)).id
    '4.1'
    """
    return winner(of_family(terms.prices, FAMILIES[basis]), site, queue, language, day)


def of_family(prices: Iterable[Price], family: str) -> list[Price]:
    """The clauses of one family, in their order."""
    return [price for price in prices if price.family == family]


def together(contracts: Sequence[Terms]) -> Terms:
    """Several contracts of one vendor in one currency, read as one: a renewal, or one per statement of work.

    Each clause keeps its own days. Where the contracts differ in how they round or count, the one that began
    last rules. Raises ValueError when there is none, or when vendors or currencies differ.
    """
    if not contracts:
        message = "no contract is no terms"
        raise ValueError(message)
    if len({(terms.vendor, terms.currency) for terms in contracts}) > 1:
        message = "contracts of different vendors or currencies cannot be read as one"
        raise ValueError(message)
    if len(contracts) == 1:
        return contracts[0]
    ordered = sorted(contracts, key=lambda terms: (terms.valid_from, terms.number))
    return replace(
        ordered[-1],
        number=" + ".join(terms.number for terms in ordered),
        valid_from=ordered[0].valid_from,
        valid_to=max(terms.valid_to for terms in ordered),
        prices=tuple(price for terms in ordered for price in terms.prices),
        targets=tuple(target for terms in ordered for target in terms.targets),
        expects=tuple(dict.fromkeys(expect for terms in ordered for expect in terms.expects)),
        unpriced=tuple(clause for terms in ordered for clause in terms.unpriced),
        holidays=frozenset(day for terms in ordered for day in terms.holidays),
    )


Span = tuple[date, date]
"""Half-open days: first, end."""


def uncovered(first: date, end: date, spans: Iterable[Span]) -> list[Span]:
    """What of first <= day < end no span covers, in order.

    >>> uncovered(date(2026, 1, 1), date(2026, 4, 1), [(date(2026, 2, 1), date(2026, 3, 1))])
    [(datetime.date(2026, 1, 1), datetime.date(2026, 2, 1)), (datetime.date(2026, 3, 1), datetime.date(2026, 4, 1))]
    """
    gaps: list[Span] = []
    reached = first
    for span_first, span_end in sorted(spans):
        if reached >= end:
            break
        if span_first > reached:
            gaps.append((reached, min(span_first, end)))
        reached = max(reached, span_end)
    if reached < end:
        gaps.append((reached, end))
    return gaps
