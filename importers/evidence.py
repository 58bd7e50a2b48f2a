"""Evidence: every accepted row of a file of counts, normalised, as one Parquet file per upload.

Owns: the columns of that file, the counts that follow from it, writing it safely, finding cells in it. Must not know:
how a row was read or checked. The file is never changed once it stands; whoever reads it needs nothing else.

Columns: sheet, row (as the spreadsheet numbers it), vendor, site, queue, language, role, side, sample, agent (keyed
pseudonym), day, grain (day or month), shift_start; one Int64 column of 10^-9 per amount. `<fact>__bound`: rounding bound
where the fact was worked out from a rate (null = counted). `<fact>__control`: an amount that was compared and does not
count. `<rate>__reported`: a rate without its weight. `<field>__text`: what the cell said, where cells are text.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from importers.columns import Table
from kernel.errors import Problem, Unavailable
from kernel.faults import reached
from kernel.files import sync_folder
from scorecards.metrics import FACTS

BOUND, CONTROL, REPORTED, TEXT = "__bound", "__control", "__reported", "__text"
KEYS = ("vendor", "day", "side", "sample", "site", "queue", "language", "role")
"""What a count is kept by, in the order of the counts' key."""
WHERE = ("sheet", "row")
WHO = ("agent",)
SAMPLED = frozenset(name for name, fact in FACTS.items() if fact.group == "quality")
"""Facts that are kept by sample; of all others the sample is ''."""
NO_SPACE = "No space left"
"""How polars repeats what the system said."""
LARGEST_KEY = 1 << 62
NO_AMOUNT = pl.lit(None, pl.Int64)
UNPLACED = pl.lit(None, pl.UInt32)
"""Place of counts whose key's rank among the others is not known yet."""


def facts_in(frame: pl.DataFrame) -> list[str]:
    """The facts that a frame has a column for, in the catalogue's order."""
    return [name for name in FACTS if name in frame.columns]


def evidence_of(frame: pl.DataFrame, tables: Sequence[Table]) -> pl.DataFrame:
    """Checked rows as evidence. frame: `sheet` numbers the tables, `at` the rows of all tables in order."""
    sheets = list(dict.fromkeys(table.sheet for table in tables))
    names = pl.Series([sheets.index(table.sheet) for table in tables], dtype=pl.UInt16)
    places = names.gather(frame["sheet"]) if len(tables) > 1 else frame["sheet"]
    amounts = [name for name, dtype in frame.schema.items() if dtype == pl.Int64 and name != "at"]
    columns = [
        pl.Series(sheets, dtype=pl.Enum(sheets)).gather(places).alias("sheet"),
        frame["row"],
        *(frame[name] for name in ("vendor", "site", "queue", "language", "role", "side", "sample", "agent", "day")),
        frame.select(
            pl.when("month").then(pl.lit("month")).otherwise(pl.lit("day")).cast(pl.Enum(["day", "month"])).alias("grain")
        ).to_series(),
        *(frame[name] for name in ("shift_start",) if name in frame.columns),
        *(frame[name] for name in amounts if frame[name].null_count() < frame.height),
        *_printed(frame, tables, amounts),
    ]
    return pl.DataFrame(columns)


def _printed(frame: pl.DataFrame, tables: Sequence[Table], amounts: Sequence[str]) -> list[pl.Series]:
    """What the cells said, for the amounts whose cells are text."""
    found = []
    whole = frame.height == sum(len(table.rows) for table in tables)
    for name in amounts:
        if not any(name in table.columns and table.columns[name].texts is not None for table in tables):
            continue
        parts = []
        for table in tables:
            texts = table.columns[name].texts if name in table.columns else None
            parts.append(pl.Series([None], dtype=pl.String).new_from_index(0, len(table.rows)) if texts is None else texts.cast(pl.String))
        texts = parts[0] if len(parts) == 1 else pl.concat(parts)
        found.append((texts if whole else texts.gather(frame["at"])).alias(name + TEXT))
    return found


def tallies_of(evidence: pl.DataFrame) -> tuple[pl.DataFrame, list[Problem]]:
    """The counts that evidence adds up to: KEYS, fact, grain, amount, origin, bound; by vendor, day and the other keys.

    Amounts and bounds are Int64 of 10^-9. A rate without weight is kept only where one row stands for its key: it is
    never rolled up. Two grains of one fact under one key are a problem.
    """
    facts = sorted(name for name in facts_in(evidence) if evidence.schema[name] == pl.Int64)
    if not facts and not any(name.endswith(REPORTED) for name in evidence.columns):
        return _long([]), []
    parts = []
    if facts:
        groups = evidence.lazy().group_by(*KEYS, "grain").agg(*_sums(evidence, facts)).collect()
        groups = groups.with_columns(pl.col(name).cast(pl.String) for name in (*KEYS, "grain") if name != "day")
        groups = groups.sort(KEYS).with_row_index("place")
        parts = [_fact_rows(groups, fact) for fact in facts]
    for name in evidence.columns:
        if name.endswith(REPORTED):
            alone = evidence.drop_nulls(name).group_by(*KEYS, "grain").agg(pl.col(name).first().alias("amount"), pl.len().alias("rows"))
            reported = alone.filter(pl.col("rows") == 1).with_columns(
                place=UNPLACED,
                fact=pl.lit(name.removesuffix(REPORTED)),
                origin=pl.lit("reported"),
                bound=pl.lit(0, pl.Int64),
            )
            parts.append(reported.drop("rows"))
    counts = _long(parts)
    if counts["grain"].n_unique() < 2:  # noqa: PLR2004 - two grains
        return counts, []
    twofold = counts.group_by(*KEYS, "fact").agg(pl.col("grain").n_unique().alias("grains")).filter(pl.col("grains") > 1)
    if twofold.is_empty():
        return counts, []
    row = twofold.sort("vendor", "day", "fact").row(0, named=True)
    message = (
        f"{row['fact']} of {row['vendor']} is given for the month {row['day']:%Y-%m} and for its first day under the same key: "
        "keep one of the two, or give the month's rows the same breakdown."
    )
    return counts, [Problem("error", "MIXED_GRAIN", message, count=twofold.height)]


def _sums(evidence: pl.DataFrame, facts: Sequence[str]) -> list[pl.Expr]:
    sums = []
    for fact in facts:
        sums.append(pl.col(fact).sum())
        if evidence[fact].null_count():
            sums.append(pl.col(fact).count().alias(f"{fact}__rows"))
        if fact + BOUND in evidence.columns:
            sums += [pl.col(fact + BOUND).sum(), pl.col(fact + BOUND).count().alias(f"{fact}__derived")]
    return sums


def _fact_rows(groups: pl.DataFrame, fact: str) -> pl.DataFrame:
    if f"{fact}__rows" in groups.columns:
        groups = groups.filter(pl.col(f"{fact}__rows") > 0)
    derived = fact + BOUND in groups.columns
    rows = groups.select(
        "place",
        *KEYS,
        "grain",
        pl.col(fact).alias("amount"),
        pl.lit(fact).alias("fact"),
        (
            pl.when(pl.col(f"{fact}__derived") > 0).then(pl.lit("derived")).otherwise(pl.lit("counted")) if derived else pl.lit("counted")
        ).alias("origin"),
        (pl.col(fact + BOUND) if derived else pl.lit(0, pl.Int64)).alias("bound"),
    )
    if fact in SAMPLED or (rows["sample"] == "").all():
        return rows
    merged = rows.with_columns(sample=pl.lit("")).group_by(*KEYS, "grain", "fact")
    return merged.agg(UNPLACED.alias("place"), pl.col("amount").sum(), pl.col("origin").max(), pl.col("bound").sum())


def _long(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The parts of several facts, each in the order of its keys, as one frame by key and fact. Parts are by name of fact."""
    schema = {
        **dict.fromkeys(KEYS, pl.String),
        "day": pl.Date,
        "fact": pl.String,
        "grain": pl.String,
        "amount": pl.Int64,
        "origin": pl.String,
        "bound": pl.Int64,
    }
    if not parts:
        return pl.DataFrame(schema=schema)
    joined = pl.concat([part.select("place", *(pl.col(name).cast(dtype) for name, dtype in schema.items())) for part in parts])
    placed = joined["place"].null_count() == 0 and joined["grain"].n_unique() == 1
    joined = joined.sort("place", maintain_order=True) if placed else joined.sort(*KEYS, "fact", "grain")
    return joined.drop("place")


def side_by_side(counts: pl.DataFrame) -> Iterator[tuple[tuple[str, ...], pl.DataFrame]]:
    """Counts with the amounts of one key in one row: names of facts, and every other column followed by an amount per fact.

    Keys that hold the same facts come together.
    """
    others = [name for name in counts.columns if name not in {"fact", "amount"}]
    keys = counts.group_by(others, maintain_order=True).agg("fact", "amount")
    for part in keys.with_columns(held=pl.col("fact").list.join(" ")).partition_by("held", maintain_order=True):
        facts = tuple(part["fact"][0])
        yield facts, part.select(*others, *(pl.col("amount").list.get(place).alias(fact) for place, fact in enumerate(facts)))


def path_of(folder: Path, batch: int) -> Path:
    """Where an upload's evidence stands."""
    return folder / f"{batch}.parquet"


def write_evidence(folder: Path, batch: int, evidence: pl.DataFrame) -> str:
    """Write an upload's evidence so that it is whole or not there; returns its SHA-256.

    Raises Unavailable (DISK_FULL) when the disk has no room for it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place = path_of(folder, batch)
    for left in folder.glob(f".{batch}.*.tmp"):  # of a process that died; no other writes under this number now
        left.unlink(missing_ok=True)
    fresh = place.with_name(f".{batch}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    try:
        evidence.write_parquet(fresh, compression="zstd", compression_level=1)
        digest = file_sha256(fresh)
        descriptor = os.open(fresh, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        reached("import.evidence_written")
        fresh.replace(place)
    except pl.exceptions.PolarsError as error:
        if NO_SPACE not in str(error):
            raise
        raise Unavailable("DISK_FULL", "The disk has no room for the upload's rows; free some space and try again.") from error
    finally:
        fresh.unlink(missing_ok=True)
    sync_folder(folder)
    return digest


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def row_key(frame: pl.DataFrame, names: Sequence[str]) -> pl.Series:
    """One whole number per row for the combination of enumerations, days and flags in the named columns."""
    return packed_key([_numbered(frame[name]) for name in names], frame.height)


def packed_key(parts: Sequence[tuple[pl.Series, int]], height: int) -> pl.Series:
    """One whole number per row for the combination of parts, each given as (number from 0 per row, how many there are)."""
    key, size = pl.Series([0], dtype=pl.UInt64).new_from_index(0, height), 1
    for part, count in parts if height else ():
        if size * count > LARGEST_KEY:
            seen = key.unique()
            key = key.replace_strict(seen, pl.Series(range(len(seen)), dtype=pl.UInt64), return_dtype=pl.UInt64)
            size = len(seen)
        if count > 1:  # what is the same in every row tells nothing
            key = key * count + part.cast(pl.UInt64)
            size *= count
    return key


def _numbered(column: pl.Series) -> tuple[pl.Series, int]:
    if column.is_empty():
        return column, 1
    if isinstance(column.dtype, pl.Enum):
        return column.to_physical(), max(len(column.dtype.categories), 1)
    if column.dtype == pl.Date:
        days = column.to_physical()
        low, high = int(str(days.min())), int(str(days.max()))
        return days - low, high - low + 1
    if column.dtype == pl.Boolean:
        return column.cast(pl.UInt8), 2 if column.any() else 1
    labels = column.unique()
    places = pl.Series(range(len(labels)), dtype=pl.UInt32)
    return column.replace_strict(labels, places, return_dtype=pl.UInt32), len(labels)


def compared(new: pl.DataFrame, older: Sequence[pl.DataFrame]) -> Mapping[str, int]:
    """How many rows of a new upload are new, changed, or gone against older ones, by everything that names a row."""
    frames = [new, *older]
    facts = sorted({fact for frame in frames for fact in facts_in(frame)})
    amounts = pl.concat(
        [frame.select(pl.col(fact) if fact in frame.columns else NO_AMOUNT.alias(fact) for fact in facts) for frame in frames]
    )
    parts = [_numbered_alike([frame[name] for frame in frames]) for name in (*KEYS, *WHO, "grain")]
    late = pl.Series(range(amounts.height), dtype=pl.UInt32) < new.height
    keyed = amounts.with_columns(key=packed_key(parts, amounts.height), late=late)
    rows = keyed.group_by("key", "late").agg(pl.col(fact).sum() for fact in facts)
    pairs = rows.filter("late").join(rows.filter(~pl.col("late")), on="key", how="full", suffix="__old")
    there, before = pl.col("late").is_not_null(), pl.col("late__old").is_not_null()
    differs = pl.any_horizontal([pl.col(fact) != pl.col(f"{fact}__old") for fact in facts]) if facts else pl.lit(value=False)
    counted = pairs.select(new=(there & ~before).sum(), changed=(there & before & differs).sum(), gone=(before & ~there).sum())
    return {name: int(count) for name, count in counted.row(0, named=True).items()}


def _numbered_alike(columns: Sequence[pl.Series]) -> tuple[pl.Series, int]:
    """One column of several frames as numbers that mean the same in each."""
    if columns[0].dtype == pl.Date:
        return _numbered(pl.concat(columns))
    labels: dict[str, int] = {}
    parts = []
    for column in columns:
        dtype = column.dtype
        places = [labels.setdefault(label, len(labels)) for label in (dtype.categories if isinstance(dtype, pl.Enum) else ())]
        parts.append(pl.Series(places, dtype=pl.UInt32).gather(column.to_physical().cast(pl.UInt32)))
    return pl.concat(parts), max(len(labels), 1)
