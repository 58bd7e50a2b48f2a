"""Work that waits in the database: which function does which kind of job, and the loop that does them.

Owns: that table and the loop. Must not know: who asked. Leases are kept by the machine's clock, whatever day the
data folder's calendar stands on.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from kernel import jobs
from kernel.clock import SystemClock
from kernel.db import unit_of_work
from kernel.period import Period
from scorecards import service as scorecards
from web.process import Process

log = logging.getLogger("scoreline")

PAUSE_SECONDS = 1.0
"""Between two looks for waiting jobs."""


def close_month(process: Process, asked: Mapping[str, Any]) -> None:
    """Compute a month's figures again after something in it changed."""
    period = Period.parse(asked["period"])
    scorecards.close_month(process.engine, process.scope, process.clock, process.settings, period, asked.get("vendor"))


KINDS: dict[str, Callable[[Process, Mapping[str, Any]], None]] = {"close": close_month}
"""Kind of job -> what does it. Each may be killed anywhere and run again."""


def work_off(process: Process) -> int:
    """Do the jobs that wait, until none is left or one fails; returns how many were done."""
    leases = SystemClock()
    done = 0
    while True:
        taken = unit_of_work(process.engine, lambda session: jobs.claim(session, list(KINDS), leases.now()))
        if taken is None:
            return done
        try:
            KINDS[taken.kind](process, json.loads(taken.payload))
        except Exception as error:  # noqa: BLE001 - whatever it is, the job waits for another try and says why
            reason = f"{type(error).__name__}: {error}"
            log.warning("job %s (%s) failed: %s", taken.job_id, taken.kind, reason)
            unit_of_work(process.engine, lambda session, claim=taken, text=reason: jobs.fail(session, claim, text))
            return done
        unit_of_work(process.engine, lambda session, claim=taken: jobs.finish(session, claim, leases.now()))
        done += 1


def keep_working(process: Process, stop: threading.Event) -> None:
    """Do whatever waits, look again every second, until told to stop."""
    while not stop.is_set():
        work_off(process)
        stop.wait(PAUSE_SECONDS)
