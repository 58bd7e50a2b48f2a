"""Scopes: what an upload of counts owns, and how two uploads stand to each other.

Owns: the arithmetic of days as bits. Must not know: the database, files. Days of a month are bits of an integer:
bit n-1 stands for day n; counts given per month own all days of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kernel.period import Period


class ScopeKey(NamedTuple):
    """Everything a scope names beside its days; '' = not broken down."""

    vendor: str
    period: str
    kind: str
    side: str
    sample: str
    site: str
    queue: str


class ScopeRow(NamedTuple):
    """The days of a month that an upload owns under one key."""

    key: ScopeKey
    days: int


DISJOINT, COVERS, PARTIAL = "disjoint", "covers", "partial"
"""How a new upload stands to an older one: no day in common; every day of the older; some only."""


def day_bit(day: date) -> int:
    """The bit of a day in its month.

    >>> day_bit(date(2026, 10, 1)), day_bit(date(2026, 10, 4))
    (1, 8)
    """
    return 1 << (day.day - 1)


def whole_month(period: Period) -> int:
    """The bits of all days of a month.

    >>> bin(whole_month(Period(2026, 2))).count("1")
    28
    """
    return (1 << period.length) - 1


def days_of(period: Period, bits: int) -> list[date]:
    """The days that the bits stand for, in order.

    >>> days_of(Period(2026, 10), 0b101)
    [datetime.date(2026, 10, 1), datetime.date(2026, 10, 3)]
    """
    return [day for day in period.days() if bits & day_bit(day)]


def gathered(rows: Iterable[ScopeRow]) -> dict[ScopeKey, int]:
    """Rows as one set of days per key."""
    found: dict[ScopeKey, int] = {}
    for key, days in rows:
        found[key] = found.get(key, 0) | days
    return found


@dataclass(frozen=True, slots=True)
class Shared:
    """The days that two uploads have in common under one key."""

    key: ScopeKey
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """How a new upload stands to one older batch; shared names what both hold when it is partial."""

    batch: int
    relation: str
    shared: tuple[Shared, ...] = ()


def relate(new: Mapping[ScopeKey, int], batch: int, old: Mapping[ScopeKey, int]) -> Relation:
    """Compare a new scope with an older batch's.

    Returns: covers when every day of the older is in the new, disjoint when none is, else partial.

    >>> key = ScopeKey("NOVA", "2026-10", "performance", "vendor", "", "MNL", "Q1")
    >>> relate({key: 0b111}, 1, {key: 0b011}).relation, relate({key: 0b1}, 1, {key: 0b11}).relation
    ('covers', 'partial')
    """
    common = {key: days & new.get(key, 0) for key, days in old.items()}
    if not any(common.values()):
        return Relation(batch, DISJOINT)
    if common == old:
        return Relation(batch, COVERS)
    shared = [Shared(key, tuple(days_of(Period.parse(key.period), days))) for key, days in sorted(common.items()) if days]
    return Relation(batch, PARTIAL, tuple(shared))


def days_in_words(days: Iterable[date]) -> str:
    """Days as short ranges, for a sentence.

    >>> days_in_words([date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 3), date(2026, 10, 5)])
    '2026-10-01 to 2026-10-03, 2026-10-05'
    """
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(f"{run[0]}" if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def shared_in_words(shared: Iterable[Shared]) -> str:
    """Which queues, sites and days two uploads share, grouped by the days.

    >>> key = ScopeKey("NOVA", "2026-10", "performance", "vendor", "", "MNL", "Q1")
    >>> shared_in_words([Shared(key, (date(2026, 10, 1),))])
    'MNL Q1 on 2026-10-01'
    """
    by_days: dict[tuple[date, ...], list[str]] = {}
    by_place: dict[str, set[date]] = {}
    for part in shared:
        place = " ".join(word for word in (part.key.site, part.key.queue, part.key.sample) if word) or part.key.vendor
        by_place.setdefault(place, set()).update(part.days)
    for place, days in sorted(by_place.items()):
        by_days.setdefault(tuple(sorted(days)), []).append(place)
    return "; ".join(f"{', '.join(places)} on {days_in_words(days)}" for days, places in sorted(by_days.items()))
