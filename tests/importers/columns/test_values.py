"""A parsed column says which cells are bad and whether it may be used."""

import polars as pl

from importers.columns import Fault, Note, Parsed


def test_bad_joins_all_faults_and_refused_needs_an_error() -> None:
    mask = pl.Series([True, False])
    assert Parsed(pl.Series([None, 1]), (Fault("X", "is x", mask),)).bad.to_list() == [True, False]
    assert not Parsed(pl.Series([1]), notes=(Note("warning", "X", "is x"),)).refused
    assert Parsed(pl.Series([1]), notes=(Note("error", "X", "is x"),)).refused
