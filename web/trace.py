"""How did you get this number: a figure down to its cells.

Owns: the join of what two rooms know: the scorecards room says which counts of which uploads make a figure, the
importers room which cells make a count. Must not know: how either does it.
"""

from __future__ import annotations

from typing import Any

from importers import evidence
from kernel.period import Period
from scorecards import service as scorecards
from web.process import Process


def trace_figure(
    process: Process,
    vendor: str,
    period: Period,
    metric: str,
    *,
    queue: str = "",
    site: str = "",
    language: str = "",
    limit: int = 100,
    offset: int = 0,
) -> dict[str, Any]:
    """The JSON of `trace`: value, formula, counts, and the cells offset.. of them, at most limit.

    The amounts of all cells of a count sum to the count. Raises NotFound for an unknown vendor, month or metric.
    """
    found = process.read(
        lambda session: scorecards.trace(session, process.scope, process.settings, vendor, period, metric, queue, site, language)
    )
    cells: list[dict[str, Any]] = []
    total = 0
    for item in found.inputs:
        rows = process.read(lambda session, one=item: evidence.cells(session, process.settings, one))
        wanted = rows[max(offset - total, 0) : max(offset + limit - total, 0)]
        cells += [row.json() for row in wanted]
        total += len(rows)
    return {**found.json(), "cells": cells, "cells_total": total}
