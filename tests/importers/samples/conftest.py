"""Samples that several tests look at, written once."""

from __future__ import annotations

from pathlib import Path

import pytest

from importers.samples import Manifest, write_samples

SEEDS = (7, 8, 4711)


@pytest.fixture(scope="session", params=SEEDS)
def short(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """The last two months, for three seeds."""
    return write_samples(tmp_path_factory.mktemp(f"seed{request.param}"), seed=request.param, months=2)


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """The demo as it is."""
    into: Path = tmp_path_factory.mktemp("year")
    return write_samples(into)
