"""Kind `plan`: commitments and locked forecasts, whose days may lie ahead."""

from __future__ import annotations

from importers.kinds.counts import PLAN_AHEAD, Counts

PLAN = Counts("plan", ahead=PLAN_AHEAD)
