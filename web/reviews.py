"""Joins a vendor's review with what the importers know of the month's uploads.

Owns: turning uploads into the values that a review takes. Must not know: pages, commands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session

from importers import service as importers
from kernel.period import Period
from scorecards.review.gather import snapshot
from scorecards.review.values import Snapshot, UploadProblem, UploadSeen
from web.process import Process


def review_snapshot(process: Process, vendor: str, period: Period) -> Snapshot:
    """Everything of a vendor's month at one instant. Raises NotFound for what is not there, or not the asker's."""

    def read(session: Session) -> Snapshot:
        uploads = importers.list_of_month(session, process.scope, vendor, period)
        return snapshot(session, process.scope, vendor, period, uploads_seen(uploads))

    return process.read(read)


def uploads_seen(uploads: Iterable[Mapping[str, Any]]) -> list[UploadSeen]:
    """The uploads in the JSON of `batch` as a review takes them."""
    return [
        UploadSeen(
            batch=one["batch"],
            file=one["file"],
            kind=one["kind"],
            side=one["side"],
            state=one["state"],
            rows=one["rows"],
            problems=tuple(UploadProblem(each["severity"], each["code"], each["message"], each["count"]) for each in one["problems"]),
        )
        for one in uploads
    ]
