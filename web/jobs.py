"""Work that waits in the database: which function does which kind of job, and the loop that does them.

Owns: that table and the loop. Must not know: who asked. Leases are kept by the machine's clock, whatever day the
data folder's calendar stands on.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kernel import jobs
from kernel.clock import Clock, SystemClock
from kernel.db import unit_of_work
from kernel.period import Period
from scorecards import service as scorecards
from web.process import Process

log = logging.getLogger("scoreline")

PAUSE_SECONDS = 1.0
"""Between two looks for waiting jobs."""


Asked = Sequence[Mapping[str, Any]]


def close_month(process: Process, asked: Asked) -> None:
    """Compute a month's figures again after something in it changed; asked: everything that changed since.

    A month that is not over is left alone until a person closes it.
    """
    period = Period.parse(asked[0]["period"])
    if period.end > process.today() and not _closed_before(process, period):
        return
    vendors = {one.get("vendor") for one in asked}
    vendor = vendors.pop() if len(vendors) == 1 else None
    scorecards.close_month(process.engine, process.scope, process.clock, process.settings, period, vendor)


def _closed_before(process: Process, period: Period) -> bool:
    closed = process.read(lambda session: scorecards.months(session, process.scope))
    return any(row["period"] == str(period) for row in closed)


KINDS: dict[str, Callable[[Process, Asked], None]] = {"close": close_month}
"""Kind of job -> what does it. Each may be killed anywhere and run again."""


def work_off(process: Process) -> int:
    """Do the jobs that wait; returns how many were done.

    Jobs of one kind and month are done together: ten uploads of a month need one close. Those that fail say why and
    wait for another try.
    """
    leases = SystemClock()
    together: dict[tuple[str, object], list[jobs.Claim]] = {}
    while (taken := _claim(process, leases)) is not None:
        together.setdefault((taken.kind, json.loads(taken.payload).get("period")), []).append(taken)
    return sum(_do(process, leases, kind, claims) for (kind, _), claims in together.items())


def _claim(process: Process, leases: Clock) -> jobs.Claim | None:
    return unit_of_work(process.engine, lambda session: jobs.claim(session, list(KINDS), leases.now()))


def _do(process: Process, leases: Clock, kind: str, claims: Sequence[jobs.Claim]) -> int:
    try:
        KINDS[kind](process, [json.loads(claim.payload) for claim in claims])
    except Exception as error:  # noqa: BLE001 - whatever it is, the jobs wait for another try and say why
        reason = f"{type(error).__name__}: {error}"
        log.warning("%s failed for %s: %s", kind, claims[0].payload, reason)
        unit_of_work(process.engine, lambda session: [jobs.fail(session, claim, reason) for claim in claims])
        return 0
    unit_of_work(process.engine, lambda session: [jobs.finish(session, claim, leases.now()) for claim in claims])
    return len(claims)


def keep_working(process: Process, stop: threading.Event) -> int:
    """Do whatever waits, look again every second, until told to stop; returns how many jobs were done.

    A database that is away is waited for.
    """
    done = 0
    while not stop.is_set():
        try:
            done += work_off(process)
        except Exception as error:  # noqa: BLE001 - the loop outlives whatever happens to the database
            log.warning("the jobs wait: %s", error)
        stop.wait(PAUSE_SECONDS)
    return done
