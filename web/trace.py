"""How did you get this number: a figure down to its cells.

Owns: the join of what two rooms know: scorecards says which counts and lines of which uploads make a figure,
importers which cells make them. Must not know: how either does it.
"""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from importers import service as importers
from kernel.money import plain
from kernel.period import Period
from scorecards import service as scorecards
from scorecards.trace import TraceInputs
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

    The amounts of all cells of a count sum to the count: each input says how many `cells` it has and what they sum to
    (`cells_sum`), each cell which `batch` and `fact` it belongs to; `cuts` names the queues, sites and languages in the
    figure. Raises NotFound for an unknown vendor, month or metric.
    """

    def work(session: Session) -> dict[str, Any]:
        found = scorecards.trace(session, process.scope, process.settings, vendor, period, metric, queue, site, language)
        cells: list[dict[str, Any]] = []
        sums: list[dict[str, Any]] = []
        total = 0
        for item in found.inputs:
            page = importers.cells(session, process.settings, item, limit=limit - len(cells), offset=max(offset - total, 0))
            cells += [{**cell, "batch": item.batch, "fact": item.fact} for cell in page.cells]
            sums.append({"cells": page.total, "cells_sum": plain(page.amount)})
            total += page.total
        told = found.json()
        inputs = [{**one, **added} for one, added in zip(told["inputs"], sums, strict=True)]
        return {**told, "inputs": inputs, "cuts": _cuts(found), "cells": cells, "cells_total": total}

    return process.read(work)


def _cuts(found: TraceInputs) -> dict[str, list[str]]:
    """What a reader may ask for alone, sorted."""
    keys = [key for item in found.inputs for key in item.keys]
    return {name: sorted({getattr(key, name) for key in keys} - {""}) for name in ("queue", "site", "language")}
