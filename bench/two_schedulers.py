"""Two schedulers and somebody who stops, wakes and kills them: each result once. By hand, not in CI.

python -m bench.two_schedulers FOLDER [--minutes 10] [--url postgresql+psycopg://...]

Asks for notes (jobs whose effect is one audit entry) and closes all the while; at the end every note stands in the audit
log exactly once, no job is left, and the self-check agrees. The database must be empty; FOLDER must not exist.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from kernel import audit, jobs
from kernel.clock import SystemClock
from kernel.settings import Settings
from scorecards import store
from web.database import open_process
from web.process import Process

LEASE = 2.0
RUN = "import sys; from web.cli import main; sys.exit(main())"
PER_ROUND = 5
"""Notes asked for between two blows."""


def main() -> None:
    """Run, then judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--url", default="")
    options = parser.parse_args()
    options.folder.mkdir(parents=True)
    settings = Settings(data=options.folder, database_url=options.url)
    process = open_process("soak", settings)
    environment = {**os.environ, "SCORELINE_DATA": str(options.folder), "SCORELINE_DATABASE_URL": options.url}
    blows: Counter[str] = Counter()
    crew = [start(environment) for _ in range(2)]
    asked, until = 0, time.monotonic() + options.minutes * 60
    while time.monotonic() < until:
        for _ in range(PER_ROUND):
            ask(process, asked)
            asked += 1
        blows[strike(crew, environment)] += 1
    for one in crew:
        one.send_signal(signal.SIGTERM)
    for one in crew:
        one.wait()
    finish(environment)
    judge(process, asked, blows)


def start(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """A scheduler with a short lease."""
    return subprocess.Popen(
        [sys.executable, "-c", RUN, "schedule", "--lease", str(LEASE), "--json"], env=environment, stdout=subprocess.DEVNULL
    )


def ask(process: Process, number: int) -> None:
    """One more note."""
    body = audit.canonical({"vendor": "NOVA", "period": "2026-10", "upload": "performance", "site": str(number), "due_on": "2026-11-04"})
    process.write(lambda session: jobs.enqueue(session, "late", f"late:soak:{number}", body, SystemClock().now()))


def strike(crew: list[subprocess.Popen[bytes]], environment: dict[str, str]) -> str:
    """Stop one past its lease and wake it, kill one and start another, or let them work."""
    chance = random.random()  # noqa: S311 - no secret
    victim = random.randrange(len(crew))  # noqa: S311 - the same
    if chance < 0.4:
        os.kill(crew[victim].pid, signal.SIGSTOP)
        time.sleep(random.uniform(0.5, 2 * LEASE))  # noqa: S311 - the same
        os.kill(crew[victim].pid, signal.SIGCONT)
        return "stalled"
    if chance < 0.6:
        crew[victim].kill()
        crew[victim].wait()
        crew[victim] = start(environment)
        return "killed"
    time.sleep(random.uniform(0, 1))  # noqa: S311 - the same
    return "left alone"


def finish(environment: dict[str, str]) -> None:
    """Let what is left be done once the leases of the dead have run out."""
    time.sleep(LEASE + 1)
    subprocess.run([sys.executable, "-c", RUN, "schedule", "--once", "--lease", str(LEASE), "--json"], env=environment, check=True)


def judge(process: Process, asked: int, blows: Counter[str]) -> None:
    """Say what came of it; exit code 1 when a note is missing, stands twice, or a job is left."""
    entries = process.read(lambda session: store.audited(session, "upload.late"))
    noted = Counter(json.loads(entry.body)["site"] for entry in entries)
    twice = [site for site, count in noted.items() if count > 1]
    missing = [number for number in range(asked) if str(number) not in noted]
    left = process.read(lambda session: [job.id for state in ("waiting", "running", "dead") for job in jobs.history(session, state=state)])
    broken = process.read(audit.broken_at)
    print(f"{asked} notes, {dict(blows)}; twice {twice}, missing {missing}, jobs left {left}, audit log broken at {broken}")
    sys.exit(1 if twice or missing or left or broken else 0)


if __name__ == "__main__":
    main()
