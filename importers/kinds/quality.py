"""Kind `quality`: audits and what they found, per sample, on the day of the decision; appeals."""

from __future__ import annotations

from importers.kinds.counts import DATED, Counts

QUALITY = Counts(
    "quality",
    sides=("client", "vendor"),
    needed=(DATED, ("audits", "overlap_items", "appeals_filed", "appeals_decided", "appeals_overturned")),
)
