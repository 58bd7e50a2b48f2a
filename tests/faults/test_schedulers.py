"""Two schedulers, one of them stalled past its lease: each result once. Real processes, both databases."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from sqlalchemy import text

from kernel.db import open_engine
from kernel.faults import STALL_VARIABLE
from tests.conftest import ROOT
from tests.faults.conftest import Copy
from tests.faults.house import MONTH, House

LEASE = 1.0
ONCE = ("schedule", "--once", "--json")
SHORTLY = (*ONCE, "--lease", str(LEASE))
RUN = "import sys; from web.cli import main; sys.exit(main())"


@contextmanager
def _scheduler(house: House, *arguments: str, stall: str = "") -> Iterator[subprocess.Popen[str]]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCORELINE_")}
    environment = {**kept, **house.environment, "PYTHONPATH": str(ROOT), STALL_VARIABLE: stall}
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, *arguments], env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _wait_until_it_stalls(process: subprocess.Popen[str]) -> None:
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status), f"it ended with {status}"


def _value(process: subprocess.Popen[str], timeout: float = 60) -> tuple[Any, str]:
    out, err = process.communicate(timeout=timeout)
    assert process.returncode == 0, err
    return json.loads(out), err


def _audited(house: House, action: str) -> int:
    engine = open_engine(house.address)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT count(*) FROM audit_entry WHERE action = :action"), {"action": action}).scalar_one()
    engine.dispose()
    return int(found)


def test_a_scheduler_that_stalled_past_its_lease_is_refused_when_it_wakes(copy: Copy) -> None:
    house = copy("corrected")
    with _scheduler(house, *ONCE, stall="job.claimed") as stalled:
        _wait_until_it_stalls(stalled)
        house.let_leases_lapse()
        with _scheduler(house, *ONCE) as other:
            done, _ = _value(other)
        assert done["done"] == len(house.json("job", "list"))
        assert _audited(house, "month.close") == 2
        os.kill(stalled.pid, signal.SIGCONT)
        nothing, told = _value(stalled)
    assert nothing == {"done": 0}
    assert "another worker has taken over" in told
    assert _audited(house, "month.close") == 2
    assert [one["revision"] for one in house.json("scorecard", "NOVA", MONTH)["revisions"]] == [1, 2]
    assert house.faults() == {}


def test_a_scheduler_that_stalled_within_its_transaction_gives_each_result_once(copy: Copy) -> None:
    house = copy("corrected")
    with _scheduler(house, *SHORTLY, stall="close.written") as stalled:
        _wait_until_it_stalls(stalled)
        with _scheduler(house, *SHORTLY) as other:
            with suppress(subprocess.TimeoutExpired):
                other.communicate(timeout=4 * LEASE)  # on SQLite the stalled one holds the only right to write
            os.kill(stalled.pid, signal.SIGCONT)
            _value(stalled)
            other.wait(60)
    house.json(*ONCE[:-1])
    assert _audited(house, "month.close") == 2
    assert {one["state"] for one in house.json("job", "list")} == {"done"}
    assert house.faults() == {}


def test_schedulers_that_start_together_do_each_job_once(copy: Copy) -> None:
    house = copy("furnished")
    with ExitStack() as running:
        processes = [running.enter_context(_scheduler(house, *ONCE)) for _ in range(4)]
        done = [_value(process)[0]["done"] for process in processes]
    house.json(*ONCE[:-1])
    jobs = house.json("job", "list")
    assert {one["state"] for one in jobs} == {"done"}
    assert sum(done) <= len(jobs)
    late = [one for one in jobs if one["kind"] == "late"]
    assert [one["what"] for one in late] == ["performance of NOVA for 2026-10, was due 2026-11-05"]
    assert _audited(house, "upload.late") == 1
