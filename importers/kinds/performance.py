"""Kind `performance`: work done and hours spent, by day (interface 5, groups work and hours)."""

from __future__ import annotations

from importers.kinds.counts import Counts

PERFORMANCE = Counts("performance")
