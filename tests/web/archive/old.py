"""An installation as an older version left it: an archive that the first version's schema was read into."""

from __future__ import annotations

from pathlib import Path

from kernel.db import open_engine
from kernel.settings import Settings
from web.archive.files import place_of
from web.archive.reading import opened
from web.archive.restoring import load_tables
from web.migrations import bring, changing
from web.migrations.loading import loading

FIRST_SCHEMA = Path(__file__).parent / "schema-0001.zip"
"""The small house of tests/faults, filled and closed by the version with schema 0001; the key of its pseudonyms is in it."""


def unpack_as_it_was(path: Path, settings: Settings) -> None:
    """Put an archive's files and tables in their places and leave the schema as it was."""
    engine = open_engine(settings.url)
    with opened(path) as archive:
        for file in archive.manifest.files:
            place = place_of(settings, file.name)
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("wb") as target:
                archive.copy(file, target.write)
        with changing(engine) as connection:
            bring(connection, archive.manifest.schema_version)
            with loading(connection):
                load_tables(connection, archive)
    engine.dispose()
