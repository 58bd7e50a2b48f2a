"""Big columns of text kept small: whole numbers as numbers, texts that come again and again once.

Owns: which columns of a delimited file are read so, and the proof that nothing of what was written is lost. Must not
know: what a column means. A packed column stands for its texts exactly; `spelled` (importers.reading.sheet) gives them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from importers.reading.sheet import letters_of

WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,8})", re.ASCII)
"""Whole numbers as 32 bits hold them for sure, written in the one way that the number itself tells."""
OFTEN = 4
"""A text that comes so often on average is kept once."""


def packed_schema(sample: Sequence[Sequence[str]], width: int) -> dict[str, type[pl.DataType]]:
    """How to read each column, judged by a sample of records."""
    columns = [[record[place] for record in sample if place < len(record) and record[place]] for place in range(width)]
    return {letters_of(place): _kind(texts) for place, texts in enumerate(columns)}


def _kind(texts: Sequence[str]) -> type[pl.DataType]:
    if texts and all(map(WHOLE.fullmatch, texts)):
        return pl.Int32
    return pl.Categorical if len(set(texts)) * OFTEN <= len(texts) else pl.String


def text_bytes(frame: pl.DataFrame) -> int:
    """The bytes of all texts of a frame, numbers as they are written without zeros, plus or blanks before them.

    A number that is written in another way takes more bytes than that, so the size of what was read tells.
    """
    sizes = []
    for name, dtype in frame.schema.items():
        if dtype == pl.Int32:
            sizes += _digits(frame[name])
        else:
            texts = pl.col(name).cat if dtype == pl.Categorical else pl.col(name).str
            sizes.append(texts.len_bytes().sum())
    return sum(frame.select(size.cast(pl.Int64).alias(str(place)) for place, size in enumerate(sizes)).row(0))


def _digits(numbers: pl.Series) -> list[pl.Expr]:
    """Bytes of a column of whole numbers: one for each filled cell, one for each minus, one for each further digit."""
    column = pl.col(numbers.name)
    longest = max(len(str(most).lstrip("-")) for most in (numbers.min(), numbers.max()))
    further = [(column >= 10**place).sum() + (column <= -(10**place)).sum() for place in range(1, longest)]
    return [column.count(), (column < 0).sum(), *further]


def packed(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with repeated texts as an enumeration in order of their first appearance, all of which appear."""
    return frame.with_columns(_enumerated(frame[name]) for name, dtype in frame.schema.items() if dtype == pl.Categorical)


def _enumerated(column: pl.Series) -> pl.Series:
    distinct = column.unique(maintain_order=True).drop_nulls()
    if len(distinct) * OFTEN > len(column):
        return column.cast(pl.String)
    codes, labels = distinct.to_physical(), distinct.cast(pl.String)
    places = pl.Series([None], dtype=pl.UInt32).new_from_index(0, int(str(codes.max() or 0)) + 1)
    places = places.scatter(codes, range(len(codes)))
    return labels.cast(pl.Enum(labels)).gather(places).gather(column.to_physical()).alias(column.name)
