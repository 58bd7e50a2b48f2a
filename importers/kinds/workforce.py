"""Kind `workforce`: people and delivered days, per site (interface 5, group people and stocks of persons)."""

from __future__ import annotations

from importers.kinds.counts import Counts

WORKFORCE = Counts("workforce")
