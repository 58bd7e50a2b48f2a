"""The scheduler: an alarm clock that asks for what is due, and workers that do what was asked for.

Owns: ticks, how many work at a time, signs of life, stopping. Must not know: what is due (web.due), how a job is done
(web.jobs). Any number of schedulers may run beside each other: keys, leases and fences of the job rows keep their work
apart, and nothing but the database remembers what was done.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from datetime import UTC, date, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from sqlmodel import Session

from contracts import service as contracts
from importers.reading import warm
from kernel import audit, jobs
from kernel.clock import SystemClock
from kernel.faults import reached
from kernel.scope import staff
from scorecards import service as scorecards
from web.due import Due, due_jobs, upkeep
from web.jobs import Task, perform, take
from web.process import Process

log = logging.getLogger("scoreline")

FAULT_POINTS = ("tick.asked", "tick.committed")
"""Where a test makes a scheduler die: what is due is asked for, and that is committed."""
TICK = timedelta(minutes=1)
"""Between two looks for what is due."""
PAUSE_SECONDS = 0.2
"""Between two looks for jobs that wait; a dropped file is at work within that."""
STOP_SECONDS = 8.0
"""How long work that is under way may take to end once the scheduler is told to stop; then it is given back."""
ACTOR = "scheduler"
"""Who acts, in the audit log, when nobody asked."""
MOST_WORKERS = 4


def workers_wanted() -> int:
    """How many jobs are done at a time: one per core, at least two, so that a long one keeps no upload waiting."""
    return max(2, min(MOST_WORKERS, os.cpu_count() or 1))


class Ticker:
    """Looks for what is due and asks for it."""

    def __init__(self, process: Process) -> None:
        """Nothing has been looked at yet."""
        self.process = process
        self.seen: tuple[int, date] | None = None
        """How many audit entries there were on the day of the last whole look: without news nothing else can be due."""

    def tick(self) -> int:
        """Ask for what is due and was not asked for; returns how many jobs that makes."""
        now, today = SystemClock().now(), self.process.today()
        news = (self.process.read(audit.length), today)
        due = upkeep(now.date()) if news == self.seen else self.process.read(lambda session: self._due(session, today, now.date()))

        def ask(session: Session) -> int:
            jobs.note_tick(session, now)
            asked = [jobs.enqueue(session, one.kind, one.key, audit.canonical(one.asked), now, one.about) for one in due]
            reached("tick.asked")
            return sum(asked)

        found = self.process.write(ask)
        reached("tick.committed")
        self.seen = news
        return found

    def _due(self, session: Session, today: date, machine_day: date) -> list[Due]:
        months = scorecards.awaited_months(session, self.process.settings, today)
        ending = contracts.coming_renewals(session, self.process.scope, today)
        found = due_jobs(months, ending, today, machine_day)
        known = jobs.known_keys(session, [one.key for one in found])
        return [one for one in found if one.key not in known]


class Scheduler:
    """Ticks and workers of one process."""

    def __init__(self, process: Process, *, lease: timedelta = jobs.LEASE, workers: int | None = None) -> None:
        """Over an open database; nothing runs yet."""
        self.process = process.acting_as(staff(ACTOR))
        self.lease = lease
        self.workers = workers or workers_wanted()
        self._ticker = Ticker(self.process)
        self._ticked = time.monotonic()
        self._under_way: dict[Task, threading.Thread] = {}
        self._done: list[int] = []
        self._news = threading.Event()

    def run_once(self) -> int:
        """Look for what is due, do all that waits, return how many jobs were done."""
        self._ticker.tick()
        stop = self._begin_signs_of_life(threading.Event())
        try:
            while True:
                idle = not self._under_way  # asked before the look: what ends during it may let more be done
                if not self._hand_out() and idle:
                    return sum(self._done)
                self._wait()
        finally:
            stop.set()

    def run(self, stop: threading.Event) -> int:
        """Tick and work until told to stop; returns how many jobs were done. A database that is away is waited for."""
        warm()  # the first file that comes finds a reader that is ready
        clock = BackgroundScheduler(timezone=UTC)
        every = TICK.total_seconds()
        clock.add_job(self._tick, "interval", id="tick", seconds=every, misfire_grace_time=None, coalesce=True, max_instances=1)
        self._begin_signs_of_life(stop)
        self._tick()
        clock.start()
        while not stop.is_set():
            self._try_to_hand_out()
            self._wake_a_clock_that_was_set_back(clock)
            self._wait()
        clock.shutdown(wait=False)
        self._let_end()
        return sum(self._done)

    def _wait(self) -> None:
        """Until a worker is idle again, or long enough to look once more."""
        self._news.wait(PAUSE_SECONDS)
        self._news.clear()

    def _tick(self) -> None:
        try:
            self._ticker.tick()
        except Exception as error:  # noqa: BLE001 - the clock outlives whatever happens to the database
            log.warning("the look for what is due failed: %s", error)
        self._ticked = time.monotonic()

    def _wake_a_clock_that_was_set_back(self, clock: BackgroundScheduler) -> None:
        """The alarm clock goes by the machine's clock; set back by an hour it would be silent for one."""
        if time.monotonic() - self._ticked > 2 * TICK.total_seconds():
            self._ticked = time.monotonic()
            clock.modify_job("tick", next_run_time=SystemClock().now())

    def _hand_out(self) -> int:
        """Give what waits to idle workers; returns how many were set to work."""
        count = 0
        while len(self._under_way) < self.workers and (task := take(self.process, self.lease)) is not None:
            worker = threading.Thread(target=self._perform, args=(task,), name=f"job-{task.kind}", daemon=True)
            self._under_way[task] = worker
            worker.start()
            count += 1
        return count

    def _try_to_hand_out(self) -> None:
        try:
            self._hand_out()
        except Exception as error:  # noqa: BLE001 - the loop outlives whatever happens to the database
            log.warning("the jobs wait: %s", error)

    def _perform(self, task: Task) -> None:
        try:
            self._done.append(perform(task))
        except Exception as error:  # noqa: BLE001 - not even the failure could be noted; the lease runs out
            log.warning("a job was left: %s", error)
        finally:
            del self._under_way[task]
            self._news.set()

    def _begin_signs_of_life(self, stop: threading.Event) -> threading.Event:
        threading.Thread(target=self._give_signs_of_life, args=(stop,), name="alive", daemon=True).start()
        return stop

    def _give_signs_of_life(self, stop: threading.Event) -> None:
        """Renew the leases of what is under way, three times within a lease."""
        while not stop.wait(self.lease.total_seconds() / 3):
            for task in list(self._under_way):
                try:
                    task.renew()
                except Exception as error:  # noqa: BLE001 - the next sign may get through
                    log.warning("no sign of life could be given: %s", error)

    def _let_end(self) -> None:
        """Let what is under way end; what does not in time is given back at once, so that nobody waits for its lease."""
        until = time.monotonic() + STOP_SECONDS
        while self._under_way and time.monotonic() < until:
            self._wait()
        for task in list(self._under_way):
            task.release()
