"""Promoting an upload into a store with a long history, against an empty one.

python -m bench.promote_history FOLDER [--rounds 5] [--months 20] [--rows 1000000]

The history is as many earlier uploads of the same vendor, sites and queues, each of as many rows, accepted by the product
itself; their evidence files are there as well. Measured is what follows the reading and checking: comparing with earlier
uploads, the evidence file, and the one transaction that lets the upload count.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
from sqlmodel import Session

from bench import import_big, measure
from importers import batches
from importers.evidence import path_of, write_evidence
from importers.intake import Format
from importers.kinds import KindResult
from importers.kinds.counts import scope_of
from importers.originals import store_original
from importers.pipeline import gather, open_file, recognised_in
from importers.reading import Limits, cool
from importers.recognise import Told
from importers.surroundings import context_for
from kernel.db import open_engine, reading, unit_of_work
from kernel.scope import staff
from kernel.settings import Settings
from vendors.store import names

ME = staff("bench")
AT = datetime(2026, 11, 3, 12, tzinfo=UTC)
RECEIVED = date(2026, 11, 3)
SPAN = timedelta(days=31)
"""Days of the fixture; an earlier upload holds as many days before the next."""


def main() -> None:
    """Build both stores and promote into each in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--months", type=int, default=20)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    _, csv = import_big.written(options.folder, options.rows)
    fresh = import_big.prepared(options.folder)
    empty, full = (Store.made(fresh, options.folder / name) for name in ("empty", "full"))
    result = gathered(empty.settings, csv)
    for months in range(options.months, 0, -1):
        full.remember(result, months)
    for store in (empty, full):
        store.keep()
    medians = measure.rounds({"empty": lambda: empty.promote(result), "full": lambda: full.promote(result)}, options.rounds)
    measure.report(
        f"promote into {options.months * options.rows:,} earlier rows / into none",
        "<= 1.2",
        {
            "ratio": medians["full"].wall / medians["empty"].wall,
            "full s": medians["full"].wall,
            "empty s": medians["empty"].wall,
            "cpu ratio": medians["full"].cpu / medians["empty"].cpu,
            "earlier counts": options.months * frames(result)[1].height,
        },
    )


def gathered(settings: Settings, path: Path) -> KindResult:
    """What the file comes to."""
    original = store_original(path, settings.files, 10**9)
    tables = open_file(original, path.name, Format.CSV, Limits.of(settings), settings.data / "scratch")
    cool()
    engine = open_engine(settings.url)
    with reading(engine) as session:
        known = names(session)
        recognised = recognised_in(tables, Format.CSV, Told(path.name, "BIGV", "performance", "vendor"), known)
        context = context_for(session, settings, path.name, RECEIVED, known, recognised, without_bad_rows=False)
        found = gather(original, Format.CSV, tables, recognised, context)
    engine.dispose()
    if not found.acceptable:
        raise ValueError(found.problems)
    return found.result


def frames(result: KindResult) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Its evidence and its counts."""
    if result.evidence is None or result.tallies is None:
        raise ValueError(result)
    return result.evidence, result.tallies


@dataclass(frozen=True)
class Store:
    """A data folder and a copy of its database as it stands before each promotion."""

    settings: Settings
    copy: Path

    @classmethod
    def made(cls, fresh: Path, folder: Path) -> Store:
        """A copy of the prepared folder."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(fresh, folder)
        return cls(Settings(data=folder), folder / "before.db")

    def remember(self, result: KindResult, months: int) -> None:
        """Accept what the file comes to as if it were of so many spans before."""
        evidence, tallies = frames(result)
        earlier = pl.col("day") - SPAN * months
        rows = evidence.select("vendor", "side", "sample", "site", "queue", earlier, month=pl.lit(value=False))
        scope, coverage = scope_of(rows, "performance")
        self._accept(replace(result, tallies=tallies.with_columns(earlier), scope=scope, coverage=coverage), f"{months:064x}")
        first = path_of(self.settings.evidence, 1)
        if first.exists():
            shutil.copy(first, path_of(self.settings.evidence, len(list(self.settings.evidence.iterdir())) + 1))
        else:
            write_evidence(self.settings.evidence, 1, evidence)

    def keep(self) -> None:
        """Remember the database as it stands."""
        shutil.copy(self._database, self.copy)

    def promote(self, result: KindResult) -> measure.Took:
        """Promote into the database as it stood."""
        for left in self.settings.data.glob("scoreline.db*"):
            left.unlink()
        shutil.copy(self.copy, self._database)
        os.sync()  # else the commit would wait for the copy to reach the disk, too
        return self._accept(result, "f" * 64, evidence=True)

    @property
    def _database(self) -> Path:
        return self.settings.data / "scoreline.db"

    def _accept(self, result: KindResult, sha256: str, *, evidence: bool = False) -> measure.Took:
        engine = open_engine(self.settings.url)
        try:
            number = unit_of_work(engine, lambda s: batches.receive(s, ME, "big.csv", sha256, RECEIVED, AT))

            def accept(session: Session) -> batches.Outcome:
                return batches.accept(session, ME, number, "performance", result, batches.Order(), values, placed, AT)

            def placed() -> str:
                return write_evidence(self.settings.evidence, number, frames(result)[0]) if evidence else ""

            values: dict[str, object] = {
                "vendor": "BIGV",
                "side": "vendor",
                "rows_read": result.accepted,
                "rows_accepted": result.accepted,
                "periods": json.dumps(sorted({period for _, period, _ in result.coverage})),
            }

            def work() -> None:
                if evidence:
                    with reading(engine) as session:
                        batches.partly_covered(session, "performance", result)
                outcome = unit_of_work(engine, accept)
                if outcome.state != "accepted":
                    raise ValueError(outcome)

            return measure.call(work)
        finally:
            engine.dispose()


if __name__ == "__main__":
    main()
