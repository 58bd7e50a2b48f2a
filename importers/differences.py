"""What an upload of counts would change against the ones that it replaces or stands beside.

Owns: the comparison of two sets of rows: how many are new, changed, gone or the same, which values change, and what the
counts come to. Must not know: files, the database. Who did the work is compared and never told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from importers.checks import amount_text
from importers.evidence import KEYS, WHO, facts_in
from scorecards.metrics import FACTS

SHOWN = 40
"""So many changed values are kept to be shown; the rest is counted."""
PLACES = ("vendor", "site", "queue", "language", "role", "side", "sample", "day")
"""What of a row's key is told."""
ROW = (*KEYS, *WHO, "grain")


def differences(new: pl.DataFrame, older: Sequence[pl.DataFrame]) -> dict[str, Any]:
    """Rows of a new upload against older ones, by everything that names a row.

    Returns new, changed, gone, same: rows; values: [{fact, old, new, and the row's places}], at most SHOWN; facts:
    [{fact, old, new}], sums of all rows. Amounts are decimal texts; old is None where the older uploads lack it.
    """
    before = pl.concat([_long(frame) for frame in older], how="diagonal")
    facts = [fact for fact in FACTS if fact in new.columns or fact in before.columns]
    mine, theirs = _summed(_long(new), facts), _summed(before, facts)
    pairs = mine.join(theirs, on=ROW, how="full", suffix="__old", coalesce=True)
    there, then = pl.col("there").fill_null(value=False), pl.col("there__old").fill_null(value=False)
    differs = [pl.col(fact).ne_missing(pl.col(f"{fact}__old")) for fact in facts]
    changed = there & then & (pl.any_horizontal(differs) if differs else pl.lit(value=False))
    counted = pairs.select(
        new=(there & ~then).sum(), changed=changed.sum(), gone=(then & ~there).sum(), same=(there & then & ~changed).sum()
    ).row(0, named=True)
    return {
        **{name: int(count) for name, count in counted.items()},
        "values": _values(pairs.filter(changed).sort(ROW), facts),
        "facts": [{"fact": fact, "old": _sum(theirs, fact), "new": _sum(mine, fact)} for fact in facts],
    }


def _long(frame: pl.DataFrame) -> pl.DataFrame:
    """Keys as texts and facts as they are, so that frames of several uploads stand on each other."""
    facts = [fact for fact in facts_in(frame) if frame.schema[fact] == pl.Int64]
    return frame.select(
        *(pl.col(name) if name == "day" else pl.col(name).cast(pl.String).fill_null("") for name in ROW), *(pl.col(fact) for fact in facts)
    )


def _summed(rows: pl.DataFrame, facts: Sequence[str]) -> pl.DataFrame:
    missing = [pl.lit(None, pl.Int64).alias(fact) for fact in facts if fact not in rows.columns]
    sums = [pl.when(pl.col(fact).count() > 0).then(pl.col(fact).sum()).alias(fact) for fact in facts]
    return rows.with_columns(missing).group_by(ROW).agg(*sums, pl.lit(value=True).alias("there"))


def _values(pairs: pl.DataFrame, facts: Sequence[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for row in pairs.head(SHOWN).iter_rows(named=True):
        place = {name: str(row[name]) for name in PLACES}
        found += [
            {**place, "fact": fact, "old": _text(row[f"{fact}__old"]), "new": _text(row[fact])}
            for fact in facts
            if row[fact] != row[f"{fact}__old"]
        ]
    return found[:SHOWN]


def _sum(rows: pl.DataFrame, fact: str) -> str | None:
    return amount_text(int(rows[fact].cast(pl.Int128).sum())) if rows[fact].count() else None


def _text(amount: int | None) -> str | None:
    return None if amount is None else amount_text(amount)
