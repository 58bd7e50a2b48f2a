"""Cells: which cells of which files make a count.

Owns: the way from (upload, fact, keys) to cells. Must not know: what a figure is. The amounts of all cells of a count
sum to it exactly; agents are never shown.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
from sqlmodel import Session

from contracts import store as contracts
from importers import store
from importers.checks import amount_text, shown
from importers.evidence import BOUND, REPORTED, SAMPLED, TEXT, path_of
from importers.kinds.fields import ERRORS, RATES
from importers.models import Batch
from importers.rates import place_of_rate
from kernel.money import EXACT, NANO, from_scaled, plain
from kernel.settings import Settings

if TYPE_CHECKING:
    from scorecards.trace import LinePart, RateKey, TraceInput

MONEY_FIELD = "amount"
"""The field of invoices and cost files that carries a line's money."""
RATE_FIELD = "rate"
"""The field of files of exchange rates that carries the rate."""


@dataclass(frozen=True)
class CellPage:
    """Some of the cells of an input in the file's order; total: how many there are; amount: what all of them sum to."""

    cells: list[dict[str, Any]]
    total: int
    amount: Decimal


NOTHING = CellPage([], 0, Decimal(0))


def cells(session: Session, settings: Settings, wanted: TraceInput, *, limit: int = 100, offset: int = 0) -> CellPage:
    """The cells behind one input of a figure, from offset, at most limit; none where nothing was uploaded."""
    row = store.batch(session, wanted.batch) if wanted.batch is not None else None
    if row is None:
        return NOTHING
    if wanted.lines:
        return _lines(session, row, wanted, limit, offset)
    if wanted.rate is not None:
        return _rate(settings, row, wanted, wanted.rate, limit, offset)
    path = path_of(settings.evidence, row.id or 0)
    columns = _columns(row)
    parts = _parts(pl.scan_parquet(path), wanted, {sheet for sheet, field in columns if field == "correct"}) if path.exists() else []
    if not parts:
        return NOTHING
    found = pl.concat(parts).sort("place", "part").select("sheet", "row", "field", "amount", "said", "weight").collect()
    return CellPage(
        [_cell(row.file_name, columns, one) for one in found.slice(offset, limit).iter_rows(named=True)],
        found.height,
        from_scaled(int(found["amount"].cast(pl.Int128).sum()), NANO),
    )


def _lines(session: Session, row: Batch, wanted: TraceInput, limit: int, offset: int) -> CellPage:
    """The cells of an invoice's or cost file's lines, each with its part in the figure."""
    number = row.id or 0
    said: dict[tuple[str, int], Decimal] = {
        (line.sheet, line.row): line.amount for claim in contracts.invoices(session, batch=number) for line in claim.lines
    }
    said |= {(line.sheet, line.row): line.amount for line in contracts.cost_lines(session, batch=number)}
    columns = _columns(row)
    amount = Decimal(0)
    for part in wanted.lines:
        amount = EXACT.add(amount, part.amount)
    page = sorted(wanted.lines, key=lambda part: (part.sheet, part.row))[offset : offset + limit]
    return CellPage([_line(row.file_name, columns, part, said.get((part.sheet, part.row))) for part in page], len(wanted.lines), amount)


def _rate(settings: Settings, row: Batch, wanted: TraceInput, rate: RateKey, limit: int, offset: int) -> CellPage:
    """The one cell of an exchange rate."""
    place = place_of_rate(settings, row, rate.day, (rate.source, rate.target))
    if place is None:
        return NOTHING
    letter, header = _columns(row).get((place[0], RATE_FIELD), ("", ""))
    cell = {
        "file": row.file_name,
        "sheet": place[0],
        "row": place[1],
        "column": letter,
        "header": header,
        "cell": f"{letter}{place[1]}" if letter else "",
        "text": plain(wanted.amount),
        "amount": plain(wanted.amount),
    }
    return CellPage([cell][offset : offset + limit], 1, wanted.amount)


def _line(file_name: str, columns: Mapping[tuple[str, str], tuple[str, str]], part: LinePart, said: Decimal | None) -> dict[str, Any]:
    letter, header = columns.get((part.sheet, MONEY_FIELD), ("", ""))
    return {
        "file": file_name,
        "sheet": part.sheet,
        "row": part.row,
        "column": letter,
        "header": header,
        "cell": f"{letter}{part.row}" if letter else "",
        "text": plain(said) if said is not None else "",
        "amount": plain(part.amount),
    }


def _parts(evidence: pl.LazyFrame, wanted: TraceInput, direct: Collection[str]) -> list[pl.LazyFrame]:
    """The rows in question, once per column that carries the fact: amount signed so that all of them sum to it.

    direct: the sheets with a column of correct audits; on the others correct is audits less errors.
    """
    names = evidence.collect_schema().names()
    fact = wanted.fact
    amount = fact if fact in names else fact + REPORTED
    if amount not in names:
        return []
    chosen = _chosen(evidence.with_row_index("place").filter(pl.col(amount).is_not_null()), wanted)
    rate = next((rate for rate in RATES.values() if rate.fact == fact and rate.name in names), None)
    derived = pl.col(fact + BOUND).is_not_null() if fact + BOUND in names else pl.lit(value=False)
    if fact == "correct" and ERRORS in names and "audits" in names:
        subtracted = ~derived & pl.col(ERRORS).is_not_null() & ~pl.col("sheet").cast(pl.String).is_in(sorted(direct))
        return [
            _part(chosen.filter(subtracted), "audits", pl.col("audits"), names, 0),
            _part(chosen.filter(subtracted), ERRORS, -pl.col(ERRORS), names, 1),
            _part(chosen.filter(~subtracted & ~derived), fact, pl.col(fact), names, 0),
            *([_part(chosen.filter(derived), rate.name, pl.col(fact), names, 0, rate.weight)] if rate else []),
        ]
    parts = [_part(chosen.filter(~derived), fact, pl.col(amount), names, 0)]
    if rate is not None:
        parts.append(_part(chosen.filter(derived), rate.name, pl.col(fact), names, 0, rate.weight))
    return parts


def _part(rows: pl.LazyFrame, field: str, amount: pl.Expr, names: list[str], order: int, weight: str = "") -> pl.LazyFrame:
    printed = pl.col(field + TEXT) if field + TEXT in names else pl.lit(None, pl.String)
    value = pl.col(field) if field in names else amount
    return rows.select(
        "place",
        pl.lit(order, pl.Int32).alias("part"),
        pl.col("sheet").cast(pl.String),
        "row",
        pl.lit(field).alias("field"),
        amount.alias("amount"),
        pl.coalesce(printed, value.cast(pl.String) + pl.lit("e-9")).alias("said"),
        (pl.col(weight) if weight in names else pl.lit(None, pl.Int64)).alias("weight"),
    )


def _chosen(rows: pl.LazyFrame, wanted: TraceInput) -> pl.LazyFrame:
    """The rows of the vendor codes, each on its days, that stand under one of the keys."""
    mine = pl.any_horizontal(
        (pl.col("vendor").cast(pl.String) == span.vendor) & (pl.col("day") >= span.first) & (pl.col("day") < span.end)
        for span in wanted.codes
    )
    keys = pl.DataFrame([key._asdict() for key in sorted(wanted.keys)], schema_overrides={"day": pl.Date})
    names = [name for name in keys.columns if name != "sample" or wanted.fact in SAMPLED]
    texts = [pl.col(name).cast(pl.String) for name in names if name != "day"]
    sided = rows.filter(mine, pl.col("side").cast(pl.String) == wanted.side)
    return sided.with_columns(texts).join(keys.select(names).unique().lazy(), on=names, how="semi")


def _columns(row: Batch) -> dict[tuple[str, str], tuple[str, str]]:
    """(sheet, field) -> letters and header."""
    mapping = json.loads(row.mapping)
    found = {(column["sheet"], column["field"]): (column["letter"], column["header"].strip()) for column in mapping if column["field"]}
    for (sheet, field), place in list(found.items()):
        if field == "shift_end":
            found.setdefault((sheet, "worked_hours"), place)
    return found


def _cell(file_name: str, columns: Mapping[tuple[str, str], tuple[str, str]], row: Mapping[str, Any]) -> dict[str, Any]:
    letter, header = columns.get((row["sheet"], row["field"]), ("", ""))
    said = row["said"]
    text = plain(Decimal(said)) if said.endswith("e-9") else shown(said)
    if row["weight"] is not None:
        text = f"{text} x {amount_text(row['weight'])}"
    return {
        "file": file_name,
        "sheet": row["sheet"],
        "row": row["row"],
        "column": letter,
        "header": header,
        "cell": f"{letter}{row['row']}" if letter else "",
        "text": text,
        "amount": amount_text(row["amount"]),
    }
