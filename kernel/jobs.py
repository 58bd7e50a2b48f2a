"""Job rows: what is to be done, exactly once in effect, whoever does it and whenever they die.

Owns: enqueueing by unique key, claiming by lease and fence, renewing, finishing, trying again, the history, the
record of ticks. Must not know: what a job does; web maps kinds to functions. Time comes in as an argument.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Text, delete, exists, update
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from kernel.db import UtcInstant
from kernel.errors import Conflict, NotFound

LEASE = timedelta(minutes=1)
"""How long a claim holds without a sign of life; then another worker may take the job over."""
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800))
"""How long a job rests after its first, second, ... failure."""
MOST_ATTEMPTS = len(PAUSES) + 1
"""After so many failures a job rests as dead, visible, until a person asks again."""
STATES = ("waiting", "running", "done", "dead")


class Job(SQLModel, table=True):
    """One thing to do, and afterwards what came of it."""

    __tablename__ = "job"
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(index=True)
    """Names the function that web maps it to, e.g. `close`."""
    key: str = Field(unique=True)
    """Two jobs of one key are one job."""
    about: str = ""
    """What it is about, e.g. a month. Of one kind, those about one thing are done together, others one after another; '' = no matter."""
    payload: str = Field(sa_column=Column(Text, nullable=False))
    """Canonical JSON of its arguments."""
    state: str = Field(default="waiting", index=True)
    """One of STATES."""
    fence: int = 0
    """Rises with every claim; a writer with an older one is refused."""
    attempts: int = 0
    worker: str = ""
    """Who claimed it last: host and process; '' = nobody yet."""
    lease_until: datetime | None = Field(default=None, sa_column=Column(UtcInstant))
    """Until when the present claim holds, UTC; None when nobody holds it."""
    not_before: datetime | None = Field(default=None, sa_column=Column(UtcInstant))
    """Until when it rests after a failure; None = it may be claimed at once."""
    created_at: datetime = Field(sa_column=Column(UtcInstant, nullable=False))
    claimed_at: datetime | None = Field(default=None, sa_column=Column(UtcInstant))
    """When the last try began."""
    done_at: datetime | None = Field(default=None, sa_column=Column(UtcInstant))
    last_error: str = ""
    result: str = Field(default="", sa_column=Column(Text, nullable=False))
    """Canonical JSON of what came of it; '' until it is done."""


class SchedulerTick(SQLModel, table=True):
    """When a scheduler last looked for what is due. One row."""

    __tablename__ = "scheduler_tick"
    id: int = Field(primary_key=True)
    at: datetime = Field(sa_column=Column(UtcInstant, nullable=False))


THE_TICK = 1
"""The id of that row."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do a job until its lease ends."""

    job_id: int
    kind: str
    payload: str
    fence: int


def enqueue(session: Session, kind: str, key: str, payload: str, at: datetime, about: str = "") -> bool:
    """Ask for a job in the caller's transaction; False, and nothing happens, when its key was asked for before."""
    if session.exec(select(Job.id).where(col(Job.key) == key)).first() is not None:
        return False
    session.add(Job(kind=kind, key=key, payload=payload, created_at=at, about=about))
    session.flush()
    return True


def known_keys(session: Session, keys: Collection[str]) -> set[str]:
    """Those of the keys that were asked for before."""
    return set(session.exec(select(Job.key).where(col(Job.key).in_(sorted(keys)))))


def claim(session: Session, kinds: Collection[str], at: datetime, *, lease: timedelta = LEASE, worker: str = "") -> tuple[Claim, ...]:
    """Take the oldest job that waits, or whose lease has run out, and all that are done with it; () for nothing to do.

    A job that was claimed MOST_ATTEMPTS times and given back by nobody takes its workers with it: it rests as dead.
    """
    note = f"its worker was gone before it was done, {MOST_ATTEMPTS} times"
    killers = _lapsed(at, lease) & (col(Job.attempts) >= MOST_ATTEMPTS) & col(Job.kind).in_(kinds)
    session.connection().execute(update(Job).where(killers).values(state="dead", lease_until=None, last_error=note))
    oldest = session.exec(_claimable(kinds, at, lease).order_by(col(Job.id)).limit(1)).first()
    if oldest is None:
        return ()
    alike = [oldest]
    if oldest.about:
        alike = list(session.exec(_claimable([oldest.kind], at, lease).where(col(Job.about) == oldest.about).order_by(col(Job.id))))
    for job in alike:
        job.state, job.fence, job.attempts = "running", job.fence + 1, job.attempts + 1
        job.lease_until, job.claimed_at, job.not_before, job.worker = at + lease, at, None, worker
        session.add(job)
    session.flush()
    return tuple(Claim(job.id or 0, job.kind, job.payload, job.fence) for job in alike)


def something_waits(session: Session, kinds: Collection[str], at: datetime, lease: timedelta = LEASE) -> bool:
    """Whether a claim would find anything; a cheap look that writes nothing."""
    return session.exec(_claimable(kinds, at, lease).limit(1)).first() is not None


def _claimable(kinds: Collection[str], at: datetime, lease: timedelta) -> SelectOfScalar[Job]:
    """Jobs that nobody holds and that do not rest, but for those of a kind that is done one after another and under way.

    Such a kind touches so much that two at a time would only make each other begin anew.
    """
    rests = col(Job.not_before).is_not(None) & (col(Job.not_before) > at) & (col(Job.not_before) <= at + PAUSES[-1])
    waits = (col(Job.state) == "waiting") & ~rests
    other = aliased(Job)
    held = (col(other.state) == "running") & (col(other.kind) == col(Job.kind)) & (col(other.about) != "")
    busy = exists().where(held, col(Job.about) != "", ~_lapsed(at, lease, other))
    return select(Job).where(col(Job.kind).in_(sorted(kinds)), or_(waits, _lapsed(at, lease)), ~busy)


def _lapsed(at: datetime, lease: timedelta, job: type[Job] = Job) -> ColumnElement[bool]:
    """Claims whose lease has run out, or reaches further than a lease can: the machine's clock was set back since."""
    return (col(job.state) == "running") & or_(col(job.lease_until) < at, col(job.lease_until) > at + max(lease, LEASE))


def holds(session: Session, claims: Sequence[Claim]) -> bool:
    """Whether all of the claims still hold: nobody else has claimed since, whatever the clock says."""
    found = {job.id: job for job in session.exec(select(Job).where(col(Job.id).in_([one.job_id for one in claims])))}
    return all((job := found.get(one.job_id)) is not None and job.fence == one.fence and job.state == "running" for one in claims)


def renew(session: Session, taken: Claim, at: datetime, lease: timedelta = LEASE) -> bool:
    """A sign of life: the claim holds for another lease; False when somebody else has claimed since."""
    return _settle(session, taken, lease_until=at + lease)


def finish(session: Session, taken: Claim, at: datetime, result: str = "") -> bool:
    """Mark a job done; False, and no change, when somebody else has claimed it since."""
    return _settle(session, taken, state="done", done_at=at, lease_until=None, last_error="", result=result)


def fail(session: Session, taken: Claim, error: str, at: datetime) -> bool:
    """Give a job back after a failure, to rest longer each time and as dead at last; False when it was claimed since."""
    job = session.get(Job, taken.job_id)
    attempts = job.attempts if job is not None else MOST_ATTEMPTS
    if attempts >= MOST_ATTEMPTS:
        return _settle(session, taken, state="dead", lease_until=None, last_error=error)
    return _settle(session, taken, state="waiting", lease_until=None, last_error=error, not_before=at + PAUSES[attempts - 1])


def release(session: Session, taken: Claim) -> bool:
    """Give a job back that was not tried, because its worker stops; False when it was claimed since."""
    return _settle(session, taken, state="waiting", lease_until=None, attempts=col(Job.attempts) - 1)


def _settle(session: Session, taken: Claim, **values: object) -> bool:
    mine = (col(Job.id) == taken.job_id) & (col(Job.fence) == taken.fence) & (col(Job.state) == "running")
    changed = session.connection().execute(update(Job).where(mine).values(**values))
    session.expire_all()
    return changed.rowcount == 1


def history(session: Session, *, state: str = "", kind: str = "", most: int = 500) -> list[Job]:
    """Jobs, newest first, '' = of any state or kind."""
    query = select(Job).order_by(col(Job.id).desc()).limit(most)
    query = query.where(col(Job.state) == state) if state else query
    return list(session.exec(query.where(col(Job.kind) == kind) if kind else query))


def find(session: Session, number: int) -> Job:
    """One job. Raises NotFound."""
    job = session.get(Job, number)
    if job is None:
        raise NotFound("UNKNOWN_JOB", f"there is no job {number}; see: scoreline job list")
    return job


def ask_again(session: Session, number: int) -> Job:
    """Let a job that rests, as dead or after a failure, be tried at once, with all its tries before it.

    Raises NotFound for no such job, Conflict when it is done or somebody is at it.
    """
    job = find(session, number)
    if job.state not in ("dead", "waiting"):
        raise Conflict("NOT_RESTING", f"job {number} is {job.state}; only one that failed can be asked for again")
    job.state, job.attempts, job.not_before = "waiting", 0, None
    session.add(job)
    session.flush()
    return job


def forget(session: Session, kinds: Collection[str], before: datetime) -> int:
    """Drop the done jobs of some kinds that were finished before an instant; returns how many."""
    old = (col(Job.state) == "done") & col(Job.kind).in_(sorted(kinds)) & (col(Job.done_at) < before)
    return session.connection().execute(delete(Job).where(old)).rowcount


def note_tick(session: Session, at: datetime) -> None:
    """Remember that a scheduler has looked for what is due."""
    session.merge(SchedulerTick(id=THE_TICK, at=at))
    session.flush()


def last_tick(session: Session) -> datetime | None:
    """When a scheduler last looked for what is due; None = never."""
    found = session.get(SchedulerTick, THE_TICK)
    return None if found is None else found.at
