"""Job rows: what is to be done, exactly once in effect, whoever does it and whenever they die.

Owns: enqueueing by unique key, claiming by lease and fence, finishing. Must not know: what a job does; web maps
kinds to functions. Time comes in as an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Text, update
from sqlmodel import Field, Session, SQLModel, col, or_, select

from kernel.db import UtcInstant

LEASE = timedelta(minutes=5)
"""How long a claim holds before another worker may take the job over."""
MOST_ATTEMPTS = 5
"""After so many failures a job rests as dead, visible, until a person asks again."""


class Job(SQLModel, table=True):
    """One thing to do."""

    __tablename__ = "job"
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(index=True)
    """Names the function that web maps it to, e.g. `close`."""
    key: str = Field(unique=True)
    """Two jobs of one key are one job."""
    payload: str = Field(sa_column=Column(Text, nullable=False))
    """Canonical JSON of its arguments."""
    state: str = Field(default="waiting", index=True)
    """waiting, running, done or dead."""
    fence: int = 0
    """Rises with every claim; a writer with an older one is refused."""
    attempts: int = 0
    lease_until: datetime | None = Field(default=None, sa_column=Column(UtcInstant))
    """Until when the present claim holds, UTC; None when nobody holds it."""
    created_at: datetime = Field(sa_column=Column(UtcInstant, nullable=False))
    done_at: datetime | None = Field(default=None, sa_column=Column(UtcInstant))
    last_error: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do a job until its lease ends."""

    job_id: int
    kind: str
    payload: str
    fence: int


def enqueue(session: Session, kind: str, key: str, payload: str, at: datetime) -> None:
    """Ask for a job in the caller's transaction; one that waits or is done under this key stays as it is."""
    if session.exec(select(Job).where(col(Job.key) == key)).first() is None:
        session.add(Job(kind=kind, key=key, payload=payload, created_at=at))
        session.flush()


def claim(session: Session, kinds: list[str], at: datetime) -> Claim | None:
    """Take the oldest job that waits, or whose lease has run out; None when there is nothing to do.

    A job that was claimed MOST_ATTEMPTS times and given back by nobody takes its workers with it: it rests as dead.
    """
    lapsed = (col(Job.state) == "running") & (col(Job.lease_until) < at)
    killers = lapsed & (col(Job.attempts) >= MOST_ATTEMPTS) & col(Job.kind).in_(kinds)
    note = f"its worker was gone before it was done, {MOST_ATTEMPTS} times"
    session.connection().execute(update(Job).where(killers).values(state="dead", lease_until=None, last_error=note))
    open_to_all = or_(col(Job.state) == "waiting", lapsed)
    job = session.exec(select(Job).where(col(Job.kind).in_(kinds), open_to_all).order_by(col(Job.id)).limit(1)).first()
    if job is None or job.id is None:
        return None
    job.state, job.fence, job.attempts = "running", job.fence + 1, job.attempts + 1
    job.lease_until = at + LEASE
    session.add(job)
    session.flush()
    return Claim(job.id, job.kind, job.payload, job.fence)


def finish(session: Session, taken: Claim, at: datetime) -> bool:
    """Mark a job done; False, and no change, when somebody else has claimed it since."""
    return _settle(session, taken, state="done", done_at=at, lease_until=None, last_error="")


def fail(session: Session, taken: Claim, error: str) -> bool:
    """Give a job back after a failure, or let it rest as dead after too many; False when it was claimed since."""
    job = session.get(Job, taken.job_id)
    dead = job is not None and job.attempts >= MOST_ATTEMPTS
    return _settle(session, taken, state="dead" if dead else "waiting", lease_until=None, last_error=error)


def _settle(session: Session, taken: Claim, **values: object) -> bool:
    mine = (col(Job.id) == taken.job_id) & (col(Job.fence) == taken.fence) & (col(Job.state) == "running")
    changed = session.connection().execute(update(Job).where(mine).values(**values))
    session.expire_all()
    return changed.rowcount == 1
