"""Rates: in which cell of its file an exchange rate stands.

Owns: finding it again. Must not know: which figure uses it. Rates are kept without their rows, so the file is read as it
was read then.
"""

from __future__ import annotations

import json
from datetime import date

from importers.kinds import Context
from importers.kinds.fx import FIELDS
from importers.kinds.records import records
from importers.models import Batch
from importers.pipeline import built_tables, recognised_again
from importers.sheets import reading_of
from kernel.settings import Settings
from vendors.aliases import Names


def place_of_rate(settings: Settings, upload: Batch, day: date, pair: tuple[str, str]) -> tuple[str, int] | None:
    """Sheet and row of the rate of a day from one currency to another; None when the file can no longer be read so."""
    options = json.loads(upload.options)
    recognised = recognised_again(reading_of(settings, upload).sheets, upload.kind, json.loads(upload.mapping), options)
    context = Context(options["file_name"], upload.received_on, Names(()))
    for record in records([built.table for built in built_tables(recognised, context)], FIELDS):
        if (record.day("day"), record.text("from").upper(), record.text("to").upper()) == (day, *pair):
            return record.sheet, record.row
    return None
