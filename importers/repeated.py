"""Repeated: counts that uploads of two kinds both hold, such as the agreed staff of a plan and of a workforce file.

Owns: finding them. Must not know: superseding within one kind (importers.batches), two grains of one fact (the counts
of a scorecard take the finest). The same fact under the very same keys would be added up, and nothing tells which of two
files of different kinds is right: a person must.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlmodel import Session

from importers import store
from importers.evidence import KEYS
from importers.kinds.registry import COUNTS
from importers.models import Batch
from importers.scopes import ScopeKey, Shared, shared_in_words
from kernel.errors import Problem
from kernel.period import Period
from scorecards import store as scorecards

SAME = [*KEYS, "fact", "grain"]


@dataclass(frozen=True, slots=True)
class Repeated:
    """A fact that an earlier upload of another kind holds for some of the same; where: sites, queues and days in words."""

    upload: Batch
    fact: str
    where: str


def repeated(session: Session, kind: str, counts: pl.DataFrame | None) -> Iterator[Repeated]:
    """What live uploads of other kinds hold of these counts (columns of importers.evidence); None = no file of counts."""
    counted = counts.filter(pl.col("origin") != "reported") if counts is not None else pl.DataFrame()
    if counted.is_empty():
        return
    days = counted["day"].unique().sort().to_list()
    vendors, months = counted["vendor"].unique().to_list(), {str(Period.of(day)) for day in days}
    for other in store.live_of_kinds(session, vendors, months, COUNTS - {kind}):
        facts = sorted(set(counted["fact"].unique()) & json.loads(other.control).keys())
        if facts:
            theirs = stored(session, other.id or 0, vendors, days[0], days[-1])
            both = counted.join(theirs, on=SAME, how="semi")
            for fact in facts:
                rows = both.filter(pl.col("fact") == fact)
                if not rows.is_empty():
                    yield Repeated(other, fact, _in_words(rows))


def repeated_problems(session: Session, kind: str, counts: pl.DataFrame | None, file_name: str) -> list[Problem]:
    """Why a file may not count beside those of other kinds; value names the fact."""
    problems = []
    for one in repeated(session, kind, counts):
        message = (
            f"{file_name} and {one.upload.file_name} (upload {one.upload.id}, {one.upload.kind}) both hold {one.fact} of {one.where}, "
            f'which would count twice: leave that column out of one of them (--map "HEADER=ignore"), or count both with --add.'
        )
        problems.append(Problem("error", "OVERLAP", message, value=one.fact))
    return problems


def stored(session: Session, number: int, vendors: list[str], first: date, last: date) -> pl.DataFrame:
    """One upload's counts of some vendors and days, as importers.evidence gives them."""
    rows = scorecards.batch_tallies(session, number, vendors, first, last)
    whole = dict.fromkeys(("amount", "bound"), pl.Int64)
    return pl.DataFrame(
        rows, schema={name: whole.get(name, pl.Date if name == "day" else pl.String) for name in scorecards.COUNT_COLUMNS}, orient="row"
    )


def _in_words(rows: pl.DataFrame) -> str:
    shared: dict[ScopeKey, list[date]] = {}
    for row in rows.iter_rows(named=True):
        month = Period.of(row["day"])
        key = ScopeKey(row["vendor"], str(month), "", row["side"], row["sample"], row["site"], row["queue"])
        shared.setdefault(key, []).extend(month.days() if row["grain"] == "month" else [row["day"]])
    return shared_in_words(Shared(key, tuple(days)) for key, days in shared.items())
