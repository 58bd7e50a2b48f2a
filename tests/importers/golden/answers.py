"""Where the golden files stand, and what the product answers to one of them."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from kernel.settings import Settings
from tests.importers.conftest import HEAD, open_office
from tests.importers.golden.faults import FAULTS
from web.database import open_database

FILES = Path(__file__).parent / "files"


def input_of(name: str) -> Path:
    """The faulty file."""
    return FILES / f"{name}.{FAULTS[name].ending}"


def expected_of(name: str) -> Path:
    """The answer beside it."""
    return FILES / f"{name}.json"


def answer(name: str) -> dict[str, Any]:
    """What an import into a fresh office says."""
    fault = FAULTS[name]
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder) / "data")
        engine = open_database(settings)
        office = open_office(engine, settings, Path(folder))
        if fault.before:
            office.bring(office.csv("earlier.csv", [HEAD, *fault.before]))
        result = office.bring(input_of(name), **({"side": ""} | dict(fault.options)))
        engine.dispose()
    return result


def as_text(result: dict[str, Any]) -> str:
    """The answer as it stands in its file."""
    return json.dumps(result, indent=1, ensure_ascii=False) + "\n"
