"""What is in the database, counted for operators: jobs, uploads, months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from importers.models import Batch
from kernel.jobs import Job, last_tick
from scorecards.models import Month


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are in each state; tick: when a scheduler last looked for what is due, None = never."""

    jobs: dict[str, int]
    uploads: dict[str, int]
    months: dict[str, int]
    tick: datetime | None


def counts(session: Session) -> Counts:
    """All of them, of one moment."""
    jobs = session.exec(select(Job.state, func.count()).group_by(col(Job.state))).all()
    uploads = session.exec(select(Batch.state, func.count()).group_by(col(Batch.state))).all()
    months = session.exec(select(Month.status, func.count()).group_by(col(Month.status))).all()
    return Counts(dict(jobs), dict(uploads), dict(months), last_tick(session))
