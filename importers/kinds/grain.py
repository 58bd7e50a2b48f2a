"""Grain: the same count given twice counts once, and the finest counts.

Owns: duplicates within a file, and rows that repeat at a coarser level what finer rows hold (they become controls).
Must not know: names, files, the database. Amounts that do not count move from column `fact` to `fact__control`.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from importers.checks import Findings, amount_text
from importers.evidence import BOUND, CONTROL, row_key
from importers.kinds.amounts import printed_unit
from scorecards.metrics import FACTS

BREAKDOWN = ("site", "queue", "language", "role", "agent")
"""What makes a row finer, beside its day."""
OWNER = ("vendor", "side", "sample")
"""Rows of different owners are never compared."""
DAY_BIT = 1 << len(BREAKDOWN)


def set_aside(frame: pl.DataFrame, fact: str, rows: pl.Series) -> pl.DataFrame:
    """Move a fact's amounts of some rows (by position) to its control column."""
    if rows.is_empty():
        return frame
    mask = pl.Series([False]).new_from_index(0, frame.height).scatter(rows, values=True)
    control = pl.col(fact + CONTROL) if fact + CONTROL in frame.columns else pl.lit(None, pl.Int64)
    changes = [
        pl.when(mask).then(pl.col(fact)).otherwise(control).alias(fact + CONTROL),
        pl.when(mask).then(None).otherwise(pl.col(fact)).alias(fact),
    ]
    if fact + BOUND in frame.columns:
        changes.append(pl.when(mask).then(None).otherwise(pl.col(fact + BOUND)).alias(fact + BOUND))
    return frame.with_columns(changes)


def counted_once(frame: pl.DataFrame, facts: Sequence[str], findings: Findings) -> pl.DataFrame:
    """Of equal rows one counts; rows with one key and other amounts are reported.

    frame has the key columns of OWNER, BREAKDOWN, day, month and, for shifts, shift_start; `at` is the file's row.
    """
    names = [*OWNER, *BREAKDOWN, "day", "month", *(["shift_start"] if "shift_start" in frame.columns else [])]
    key = row_key(frame, names)
    if key.n_unique() == frame.height:
        return frame
    place = pl.DataFrame({"place": pl.Series(range(frame.height), dtype=pl.UInt32), "key": key, "at": frame["at"], "sheet": frame["sheet"]})
    twice = place.filter(key.is_duplicated())
    repeated: dict[bool, set[int]] = {True: set(), False: set()}
    for fact in facts:
        rows = twice.with_columns(frame[fact].gather(twice["place"]).alias("amount")).drop_nulls("amount").sort("place")
        groups = rows.group_by("key").agg(
            pl.col("amount").n_unique().alias("kinds"),
            pl.col("place").first().alias("first"),
            pl.col("sheet").first().alias("first_sheet"),
        )
        rows = rows.join(groups, on="key", maintain_order="left")
        _conflicts(rows.filter(pl.col("kinds") > 1), fact, findings)
        again = rows.filter((pl.col("kinds") == 1) & (pl.col("place") > pl.col("first")))
        for same in (True, False):
            repeated[same].update(again.filter((pl.col("sheet") == pl.col("first_sheet")) == same)["at"].to_list())
        frame = set_aside(frame, fact, again["place"])
    message = "the row repeats an earlier one with the same values: it was counted once; take it out if it is a slip."
    findings.add("warning", "DUPLICATE_ROW", message, None, sorted(repeated[True] - findings.rejected))
    message = "the row holds the same counts as one on another sheet: they were counted once."
    findings.add("info", "SAME_FACTS", message, None, sorted(repeated[False] - findings.rejected))
    return frame


def _conflicts(rows: pl.DataFrame, fact: str, findings: Findings) -> None:
    if rows.is_empty():
        return
    first = rows.filter(pl.col("key") == rows["key"][0])
    one, other = first.row(0, named=True), first.filter(pl.col("amount") != first["amount"][0]).row(0, named=True)
    table, _ = findings.place(one["at"])
    message = (
        f"{fact} is {amount_text(other['amount'])} here and {amount_text(one['amount'])} in {findings.cell(one['at'], fact)}"
        f" of sheet {table.sheet}, for the same key and day: keep one of the rows, or add them up."
    )
    order = [other["at"], *(at for at in rows["at"].to_list() if at != other["at"])]
    findings.add("error", "DUPLICATE_KEY", message, fact, order)


def finest_first(frame: pl.DataFrame, facts: Sequence[str], findings: Findings) -> pl.DataFrame:
    """Rows that give coarsely what finer rows of the same scope give become controls, compared with their sum."""
    bits = [(pl.col(name) != "").cast(pl.UInt8) * (1 << index) for index, name in enumerate(BREAKDOWN)]
    pattern = frame.select(
        (pl.sum_horizontal(bits) + (~pl.col("month")).cast(pl.UInt8) * DAY_BIT).cast(pl.UInt8).alias("pattern")
    ).to_series()
    if pattern.n_unique() == 1:
        return frame
    controls: set[int] = set()
    for fact in facts:
        aside = _controls_of(frame, fact, pattern, findings)
        controls.update(frame["at"].gather(aside))
        frame = set_aside(frame, fact, aside)
    message = "the row gives at a coarser level what other rows give: the finer rows count, this one was compared with them."
    findings.add("info", "CONTROL_ROW", message, None, sorted(controls))
    return frame


def _controls_of(frame: pl.DataFrame, fact: str, pattern: pl.Series, findings: Findings) -> pl.Series:
    """Positions of the rows whose amount of a fact is repeated by finer rows; differences are reported."""
    aside = pl.Series([], dtype=pl.UInt32)
    rows = pl.DataFrame({"place": pl.Series(range(frame.height), dtype=pl.UInt32), "pattern": pattern}).with_columns(
        frame.select("at", *OWNER, *BREAKDOWN, "day", pl.col(fact).alias("amount")).get_columns()
    )
    rows = rows.drop_nulls("amount").with_columns(month_start=pl.col("day").dt.month_start())
    patterns = sorted(rows["pattern"].unique().to_list(), key=int.bit_count, reverse=True)
    for coarse in patterns:
        finer = [other for other in patterns if other != coarse and other & coarse == coarse]
        if not finer:
            continue
        shared = [
            *OWNER,
            *(name for index, name in enumerate(BREAKDOWN) if coarse >> index & 1),
            "day" if coarse & DAY_BIT else "month_start",
        ]
        fine = rows.filter(pl.col("pattern").is_in(finer)).group_by(shared).agg(pl.col("amount").sum().alias("sum"))
        controls = rows.filter(pl.col("pattern") == coarse).join(fine, on=shared, maintain_order="left")
        if controls.is_empty():
            continue
        _compare(controls, fact, findings)
        aside = aside.append(controls["place"])
        rows = rows.join(controls.select("place"), on="place", how="anti")
    return aside


def _compare(controls: pl.DataFrame, fact: str, findings: Findings) -> None:
    if fact in FACTS and FACTS[fact].kind == "stock":
        return
    unit = printed_unit(controls["amount"])
    unequal = controls.filter((pl.col("amount") - pl.col("sum")).abs() * 2 > unit)
    if unequal.is_empty():
        return
    first = unequal.row(0, named=True)
    here, there = amount_text(first["amount"]), amount_text(first["sum"])
    message = f"{fact} is {here} here, the finer rows add up to {there}: the finer rows count; ask which is right."
    findings.add("warning", "CONTROL_DIFFERS", message, fact, unequal["at"].to_list())
