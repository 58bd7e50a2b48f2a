"""Tallies: additive counts, which of them count, and whose count is taken.

Owns: the finest of several grains, the choice of one side per queue-day (or queue-month), sums of what was chosen.
Must not know: metrics, weights, money, the database. Only input of scoring.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple

from kernel.money import EXACT

SIDES = ("platform", "client", "vendor")
"""Whose count it is, in the default order of precedence."""
MONTH = "month"
"""Grain of a count for a whole month; it stands on the month's first day."""
REPORTED = "reported"
"""Origin of a rate without its weight: shown, never scored, never rolled up."""


class Tally(NamedTuple):
    """One fact at one scope from one upload; as frozen as a dataclass and a quarter of its cost to make.

    An empty key means "not broken down". day: work day, or first of the month at grain month. amount: in the
    fact's unit; origin: counted, derived or reported; bound: rounding bound of a derived amount.
    """

    side: str
    sample: str
    site: str
    queue: str
    language: str
    role: str
    day: date
    grain: str
    fact: str
    amount: Decimal
    origin: str = "counted"
    bound: Decimal = Decimal(0)
    batch: int = 0


@dataclass(frozen=True, slots=True)
class Only:
    """A cut of a month: '' = everything."""

    queue: str = ""
    language: str = ""

    def holds(self, queue: str, language: str) -> bool:
        """Whether a scope lies in the cut."""
        return self.queue in ("", queue) and self.language in ("", language)


WHOLE = Only()
"""No cut."""


_Grain = tuple[bool, bool, bool, bool, bool]
"""What a row does not break down: day, queue, language, site, role."""


def finest(tallies: Iterable[Tally]) -> tuple[list[Tally], list[Tally]]:
    """Keep each fact once per scope, at its finest grain; the rest only controls it.

    Within one side, sample and fact, a row is a control when a row of a finer grain shares its scope: equal where
    both are broken down, on the same day (or in the same month when one is monthly). Days are finer than months;
    then more keys; then queue, language, site, role.

    Returns: (counted, control), each in the order given within a grain.

    Source: interface section 5 ("the same fact for the same scope at two grains counts once").
    """
    groups: dict[tuple[str, str, str], dict[_Grain, list[Tally]]] = {}
    for tally in tallies:
        grain = (tally.grain == MONTH, not tally.queue, not tally.language, not tally.site, not tally.role)
        groups.setdefault((tally.fact, tally.side, tally.sample), {}).setdefault(grain, []).append(tally)
    counted: list[Tally] = []
    control: list[Tally] = []
    for grains in groups.values():
        kept: list[tuple[_Grain, list[Tally]]] = []
        for grain in sorted(grains, key=lambda one: (one[0], sum(one), one)):
            rows = grains[grain]
            for finer, fine_rows in kept:
                scopes = {_scope(row, finer, grain) for row in fine_rows}
                control += [row for row in rows if _scope(row, finer, grain) in scopes]
                rows = [row for row in rows if _scope(row, finer, grain) not in scopes]
            kept.append((grain, rows))
            counted += rows
    return counted, control


def _scope(row: Tally, one: _Grain, other: _Grain) -> tuple[object, ...]:
    """What two grains can both tell of a row."""
    time = (row.day.year, row.day.month) if one[0] or other[0] else row.day
    return (
        time,
        one[1] or other[1] or row.queue,
        one[2] or other[2] or row.language,
        one[3] or other[3] or row.site,
        one[4] or other[4] or row.role,
    )


@dataclass(slots=True)
class _Stretch:
    """The rows of one fact, side, sample and queue by day; monthly when any row stands for the whole month."""

    monthly: bool = False
    days: dict[date, list[Tally]] = field(default_factory=dict)

    def add(self, row: Tally) -> None:
        self.days.setdefault(row.day, []).append(row)
        self.monthly = self.monthly or row.grain == MONTH

    def rows(self, days: Collection[date] | None) -> list[Tally]:
        """Rows of these days; None = all."""
        wanted = self.days if days is None else [day for day in self.days if day in days]
        return [row for day in wanted for row in self.days[day]]


class Counts:
    """The counted tallies of one vendor-month, arranged for choosing; reported rates stay out."""

    def __init__(self, tallies: Iterable[Tally]) -> None:
        """Keep the finest and group it once."""
        self.counted, self.control = finest(row for row in tallies if row.origin != REPORTED)
        self._by_fact: dict[tuple[str, str], dict[tuple[str, str], _Stretch]] = {}
        for row in self.counted:
            stretches = self._by_fact.setdefault((row.fact, row.sample), {})
            key = (row.side, row.queue)
            stretch = stretches.get(key)
            if stretch is None:
                stretch = stretches[key] = _Stretch()
            stretch.add(row)

    def stretches(self, fact: str, sample: str, side: str, *, merged: bool) -> dict[str, _Stretch]:
        """Per queue the rows of one side; merged = all queues as one, named ''."""
        found = {queue: s for (whose, queue), s in self._by_fact.get((fact, sample), {}).items() if whose == side}
        if not merged:
            return found
        whole = _Stretch()
        for stretch in found.values():
            for row in stretch.rows(None):
                whole.add(row)
        return {"": whole} if found else {}

    def blurred(self, wanted: Collection[tuple[str, str]], sample: str) -> bool:
        """Whether, over these (side, fact), some rows name their queue and others do not.

        A count that names no queue stands for all of them, so it cannot be told apart from the others queue by
        queue: then one side is chosen per day for all queues, and sides are never added.
        """
        queues = {
            queue
            for fact in {fact for _side, fact in wanted}
            for side, queue in self._by_fact.get((fact, sample), {})
            if (side, fact) in wanted
        }
        return "" in queues and len(queues) > 1


@dataclass(frozen=True, slots=True)
class Pick:
    """One side chosen for a queue: on these days, or (None) for the whole month; its rows per fact.

    queue is '' also where all queues were chosen as one; the rows keep their own.
    """

    queue: str
    side: str
    days: frozenset[date] | None
    rows: Mapping[str, list[Tally]]


def choose(
    counts: Counts,
    precedence: Sequence[str],
    facts: Sequence[str],
    sample: str = "",
    borrowed: Mapping[str, str] | None = None,
) -> list[Pick]:
    """Choose one side per queue-day: the first of the precedence that has every fact.

    A side that has one of the facts at grain month is taken or left for the whole queue-month: the first side
    with the facts on any day decides, and a monthly side never fills another's holes. borrowed: further facts
    that are needed and always taken from a named side (the vendor's hours under platform decisions).

    Returns: picks in (queue, precedence) order; empty where no side has every fact.

    Source: figures section 3 (Side) and section 9 (Month grain).
    """
    needed = {side: [*((fact, side) for fact in facts), *(borrowed or {}).items()] for side in precedence}
    wanted = {(side, fact) for needs in needed.values() for fact, side in needs}
    merged = counts.blurred(wanted, sample)
    known = {(side, fact): counts.stretches(fact, sample, side, merged=merged) for side, fact in wanted}
    picks: list[Pick] = []
    for queue in sorted({queue for found in known.values() for queue in found}):
        complete: list[tuple[str, dict[str, _Stretch]]] = []
        for side in precedence:
            parts = {fact: known[whose, fact].get(queue) for fact, whose in needed[side]}
            present = {fact: stretch for fact, stretch in parts.items() if stretch is not None}
            if len(present) == len(parts):
                complete.append((side, present))
        picks += _picks(queue, complete)
    return picks


def _picks(queue: str, complete: Sequence[tuple[str, dict[str, _Stretch]]]) -> list[Pick]:
    """Picks of one queue from the sides that have every fact somewhere in the month."""
    picks: list[Pick] = []
    taken: set[date] = set()
    for side, stretches in complete:
        if any(stretch.monthly for stretch in stretches.values()):
            if picks:
                continue
            return [Pick(queue, side, None, {fact: stretch.rows(None) for fact, stretch in stretches.items()})]
        days = frozenset(set.intersection(*(set(stretch.days) for stretch in stretches.values())) - taken)
        if days:
            taken |= days
            picks.append(Pick(queue, side, days, {fact: stretch.rows(days) for fact, stretch in stretches.items()}))
    return picks


def rows_of(picks: Iterable[Pick], fact: str, only: Only = WHOLE) -> list[Tally]:
    """The chosen rows of one fact, in the cut."""
    rows = [row for pick in picks for row in pick.rows.get(fact, ())]
    return rows if only == WHOLE else [row for row in rows if only.holds(row.queue, row.language)]


def total(rows: Iterable[Tally]) -> Fraction:
    """The exact sum of the rows' amounts; 0 for none.

    >>> day = date(2026, 10, 1)
    >>> total([Tally("vendor", "", "", "Q1", "", "", day, "day", "decisions", Decimal(n)) for n in (3, 4)])
    Fraction(7, 1)
    """
    with localcontext(EXACT):
        return Fraction(sum((row.amount for row in rows), Decimal(0)))


def excuses(counts: Counts, picks: Sequence[Pick], facts: Sequence[str]) -> list[Tally]:
    """The excused counts that belong to the chosen counts: the side's own, blank being 0.

    The client's approved excuses replace the platform's own of that queue-day; where either is monthly, of the
    whole queue-month.

    Source: figures section 3 (Side) and section 9.
    """
    sides = {pick.side for pick in picks} | ({"client"} if any(pick.side == "platform" for pick in picks) else set())
    merged = bool(picks) and all(pick.queue == "" for pick in picks)
    known = {(side, fact): counts.stretches(fact, "", side, merged=merged) for side in sides for fact in facts}
    rows: list[Tally] = []
    for pick in picks:
        own = [known[pick.side, fact].get(pick.queue) for fact in facts]
        client = [known["client", fact].get(pick.queue) for fact in facts] if pick.side == "platform" else []
        rows += _excuses(pick, [part for part in own if part], [part for part in client if part])
    return rows


def _excuses(pick: Pick, own: Sequence[_Stretch], client: Sequence[_Stretch]) -> list[Tally]:
    if not client:
        return [row for part in own for row in part.rows(None if part.monthly else pick.days)]
    if pick.days is None or any(part.monthly for part in (*own, *client)):
        return [row for part in client for row in part.rows(None if part.monthly else pick.days)]
    approved = {day for part in client for day in part.days}
    kept = [row for part in own for row in part.rows(pick.days - approved)]
    return kept + [row for part in client for row in part.rows(pick.days & approved)]


def both_counted(counts: Counts, fact: str, first: str, second: str) -> tuple[list[Tally], list[Tally]]:
    """The rows of two sides over the queue-days that both counted; a monthly side over its whole queue-month.

    Source: figures section 3 (count_discrepancy).
    """
    ones = counts.stretches(fact, "", first, merged=False)
    twos = counts.stretches(fact, "", second, merged=False)
    left: list[Tally] = []
    right: list[Tally] = []
    for queue in sorted(ones.keys() & twos.keys()):
        one, two = ones[queue], twos[queue]
        days = None if one.monthly or two.monthly else one.days.keys() & two.days.keys()
        left += one.rows(days)
        right += two.rows(days)
    return left, right
