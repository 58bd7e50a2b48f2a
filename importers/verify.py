"""The importers' self-check: uploads, evidence and counts agree; with the originals, when asked deeply.

Owns: these checks. Must not know: how a figure is made of the counts. What differs is named by upload, key and fact.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from sqlmodel import Session

from importers import batches, store
from importers.checks import amount_text
from importers.evidence import KEYS, TEXT, file_sha256, path_of, tallies_of
from importers.intake import Format, Original
from importers.kinds.counts import scope_of
from importers.kinds.registry import COUNTS
from importers.models import Batch
from importers.pipeline import Gathered, gather, open_file, recognised_again
from importers.reading import Limits
from importers.scopes import ScopeKey
from importers.surroundings import context_for
from kernel.selfcheck import Checked
from kernel.settings import Settings
from scorecards import store as scorecards
from vendors.aliases import Names
from vendors.models import Delivery
from vendors.store import all_deliveries
from vendors.store import names as names_of

LISTED = 8
"""So many differences of one check are named."""
STORED = ("accepted", "superseded", "undone")
"""States of uploads whose rows were stored."""


def self_check(session: Session, settings: Settings, *, deep: bool) -> list[Checked]:
    """All checks of this room."""
    every = store.batches(session)
    rows = [row for row in every if row.state in STORED]
    counted = [row for row in rows if row.kind in COUNTS]
    by_number = {row.id: row for row in every}
    delivered, scopes = all_deliveries(session), store.all_scopes(session)
    damaged = _each(counted, lambda row: _evidence_faults(settings, row))
    sound = [row for row in counted if not _evidence_faults(settings, row)]  # what follows from the others cannot be told
    counts = [*_wrong_counts(session, settings, sound), *_strays(session, settings, counted, sound)]
    checks = [
        _checked("originals are as they came", len(_originals(every)), _wrong_originals(every, settings)),
        _checked("uploads tell their rows", len(rows), _each(rows, _row_faults)),
        _checked("uploads and deliveries agree", len(rows), _each(rows, lambda row: _delivery_faults(row, delivered.get(row.id or 0, ())))),
        _checked("evidence is as it was written", len(counted), damaged),
        _checked("counts follow from evidence", len(sound), counts),
        _checked("scopes follow from evidence", len(sound), _each(sound, lambda row: _scope_faults(settings, row, scopes))),
        _checked("superseding is two-sided", len(rows), _each(rows, lambda row: _chain_faults(row, by_number))),
    ]
    if deep:
        faults = _each(sound, lambda row: _deep_faults(session, settings, row))
        checks.append(_checked("evidence follows from originals", len(sound), faults))
    return checks


def _checked(name: str, seen: int, faults: list[str]) -> Checked:
    detail = "; ".join(faults[:LISTED]) + (f"; and {len(faults) - LISTED} more" if len(faults) > LISTED else "")
    return Checked(name, not faults, f"{len(faults)} of {seen} differ", "none differ", detail)


def _each(rows: Iterable[Batch], check: Callable[[Batch], list[str]]) -> list[str]:
    """The faults of all uploads, each with its number; one that cannot be checked is a fault."""
    found = []
    for row in rows:
        try:
            faults = check(row)
        except Exception as error:  # noqa: BLE001 - damage of any kind is what the check is there to name
            faults = [f"cannot be checked: {' '.join(str(error).split())[:120] or type(error).__name__}"]
        found += [f"upload {row.id} ({row.file_name}): {fault}" for fault in faults]
    return found


def _originals(every: Iterable[Batch]) -> dict[str, Batch]:
    return {row.sha256: row for row in every}


def _wrong_originals(every: Iterable[Batch], settings: Settings) -> list[str]:
    found = []
    originals = _originals(every)
    for sha256, row in sorted(originals.items()):
        path = settings.files / sha256
        if not path.exists():
            found.append(f"upload {row.id} ({row.file_name}): the original is missing")
        elif file_sha256(path) != sha256:
            found.append(f"upload {row.id} ({row.file_name}): the original's bytes have changed")
    strays = [path.name for path in sorted(settings.files.glob("*")) if len(path.name) == 64 and path.name not in originals]  # noqa: PLR2004 - hex digits
    return [
        *found,
        *(f"file {name}: its bytes are not what its name says" for name in strays if file_sha256(settings.files / name) != name),
    ]


def _row_faults(row: Batch) -> list[str]:
    faults = []
    if row.rows_read != row.rows_accepted + row.rows_rejected + row.rows_skipped:
        faults.append("rows read are not rows accepted, rejected and skipped")
    for name in ("periods", "supersedes", "mapping", "problems", "control", "options"):
        try:
            json.loads(getattr(row, name))
        except json.JSONDecodeError:
            faults.append(f"{name} is no longer readable")
    return faults


def _delivery_faults(row: Batch, delivered: Iterable[Delivery]) -> list[str]:
    live = row.state == "accepted"
    faults = []
    for delivery in delivered:
        if delivery.live != live:
            faults.append(f"is {row.state}, its rows of {delivery.vendor} {'count' if delivery.live else 'do not count'}")
        if (delivery.kind, delivery.sha256, delivery.received_on) != (row.kind, row.sha256, row.received_on):
            faults.append(f"its delivery of {delivery.vendor} tells another kind, file or day of receipt")
    return faults


def _evidence_faults(settings: Settings, row: Batch) -> list[str]:
    path = path_of(settings.evidence, batches.number_of(row))
    if not path.exists():
        return ["the evidence is missing"]
    return [] if file_sha256(path) == row.evidence_sha256 else ["the evidence's bytes have changed"]


def _evidence(settings: Settings, row: Batch) -> pl.DataFrame:
    return pl.read_parquet(path_of(settings.evidence, batches.number_of(row)))


def _wrong_counts(session: Session, settings: Settings, sound: Iterable[Batch]) -> list[str]:
    """Where stored counts and those that the evidence adds up to differ; all counts are read once, an upload at a time."""
    waiting = {batches.number_of(row): row for row in sound}
    faults: list[str] = []
    for number, stored in scorecards.counts_by_batch(session):
        if (row := waiting.pop(number, None)) is not None:
            faults += _each([row], partial(_count_faults, settings, stored))
    return [*faults, *_each(waiting.values(), partial(_count_faults, settings, []))]


def _count_faults(settings: Settings, stored: Sequence[tuple[Any, ...]], row: Batch) -> list[str]:
    """Where the stored counts of one upload and those that its evidence adds up to differ."""
    names = [*KEYS, "fact"]
    values = ["grain", "amount", "origin", "bound"]
    expected = tallies_of(_evidence(settings, row))[0]
    seen = pl.DataFrame(stored, schema={name: expected.schema[name] for name in (*names, *values)}, orient="row")
    both = expected.join(seen, on=names, how="full", suffix="__stored", coalesce=True)
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}__stored")) for name in values)
    wrong = both.filter(differs).sort(names)
    control = json.loads(row.control)
    counted = expected.filter(pl.col("origin") != "reported").group_by("fact").agg(pl.col("amount").cast(pl.Int128).sum())
    sums = dict(counted.iter_rows())
    faults = [f"{fact} sums to another control total" for fact, total in sorted(sums.items()) if not _same_sum(control.get(fact), total)]
    return faults + [
        f"{one['fact']} of {one['vendor']} {one['site']} {one['queue']} {one['language']} on {one['day']} differs"
        for one in wrong.iter_rows(named=True)
    ]


def _same_sum(told: str | None, total: int) -> bool:
    return told == amount_text(int(total))


def _strays(session: Session, settings: Settings, counted: Iterable[Batch], sound: Iterable[Batch]) -> list[str]:
    """Counts beside those that evidence adds up to: of uploads without evidence, or more of them than there can be."""
    untold = {batches.number_of(row) for row in counted}
    expected = {batches.number_of(row): tallies_of(_evidence(settings, row))[0].height for row in sound}
    sizes = scorecards.tally_sizes(session)
    numbers = sorted({*expected, *sizes} - (untold - set(expected)))
    told = [(number, expected.get(number, 0), sizes.get(number, 0)) for number in numbers]
    return [f"upload {number}: {seen} counts are stored, {wanted} follow from evidence" for number, wanted, seen in told if wanted != seen]


def _scope_faults(settings: Settings, row: Batch, scopes: Mapping[int, Mapping[ScopeKey, int]]) -> list[str]:
    evidence = _evidence(settings, row)
    facts = [name for name in evidence.columns if evidence.schema[name] == pl.Int64 and "__" not in name]
    bearing = evidence.filter(pl.any_horizontal(pl.col(fact).is_not_null() for fact in facts)) if facts else evidence.clear()
    texts = bearing.with_columns(pl.col(pl.Enum).cast(pl.String), month=pl.col("grain").cast(pl.String) == "month")
    expected: dict[ScopeKey, int] = dict(scope_of(texts, row.kind)[0])
    return [] if scopes.get(batches.number_of(row), {}) == expected else ["the days it owns are not those of its rows"]


def _chain_faults(row: Batch, every: Mapping[int | None, Batch]) -> list[str]:
    if row.state == "superseded":
        by = every.get(row.superseded_by)
        if by is None or row.id not in json.loads(by.supersedes):
            return ["is superseded by an upload that does not say so"]
    return ["counts, and names an upload that took its place"] if row.state == "accepted" and row.superseded_by is not None else []


def _deep_faults(session: Session, settings: Settings, row: Batch) -> list[str]:
    """Read the original again as it was read then, and compare every column of the evidence."""
    again = _gathered_again(session, settings, row)
    if again.result.evidence is None:
        return ["the original can no longer be read as it was"]
    stored, fresh = _evidence(settings, row), again.result.evidence
    if stored.columns != fresh.columns or stored.height != fresh.height:
        return [f"{stored.height} rows of evidence, {fresh.height} in the original"]
    faults = []
    for name in stored.columns:
        one, other = (series.cast(pl.String) if isinstance(series.dtype, pl.Enum) else series for series in (stored[name], fresh[name]))
        unequal = one.ne_missing(other)
        if unequal.any():
            place = int(unequal.arg_true()[0])
            faults.append(
                f"{name.removesuffix(TEXT)} in row {stored['row'][place]} of sheet {stored['sheet'][place]} differs from the original"
            )
    return faults


def _gathered_again(session: Session, settings: Settings, row: Batch) -> Gathered:
    options = json.loads(row.options)
    path = settings.files / row.sha256
    original = Original(row.sha256, path.stat().st_size, path)
    form = Format(options["format"])
    with tempfile.TemporaryDirectory(prefix="scoreline-check-") as scratch:
        tables = open_file(original, options["file_name"], form, Limits.of(settings), Path(scratch))
        recognised = recognised_again(tables.sheets, row.kind, json.loads(row.mapping), options)
        names = Names(names_of(session).names)
        context = context_for(
            session, settings, options["file_name"], row.received_on, names, recognised, without_bad_rows=options["without_bad_rows"]
        )
        return gather(original, form, tables, recognised, context)
