"""Side-by-side measurement: every contestant once per round, rounds interleaved, medians and their ratio."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
COMPILED = Path(tempfile.gettempdir()) / "scoreline-bench-compiled"
"""Where all contestants keep compiled modules: a command that runs every day does not compile them anew."""


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of one run: by the wall, and of processor time."""

    wall: float
    cpu: float


def command(arguments: Sequence[str], environment: dict[str, str] | None = None) -> Took:
    """Run a command as a whole process and wait; its output is shown only when it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    daily = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {
        "PYTHONPYCACHEPREFIX": str(COMPILED)
    }
    done = subprocess.run(arguments, env=daily | (environment or {}), capture_output=True, text=True, check=False)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return Took(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def call(work: Callable[[], object]) -> Took:
    """Run a function in this process."""
    cpu, started = time.process_time(), time.perf_counter()
    work()
    return Took(time.perf_counter() - started, time.process_time() - cpu)


def rounds(contestants: dict[str, Callable[[], Took]], times: int) -> dict[str, Took]:
    """Medians of each contestant over interleaved rounds."""
    taken: dict[str, list[Took]] = {name: [] for name in contestants}
    for number in range(times):
        for name, run in contestants.items():
            took = run()
            taken[name].append(took)
            print(f"  round {number + 1}  {name:<34} {took.wall:8.3f} s wall  {took.cpu:8.3f} s cpu", flush=True)
    return {name: Took(statistics.median(t.wall for t in all_), statistics.median(t.cpu for t in all_)) for name, all_ in taken.items()}


def report(yardstick: str, reach: str, figures: dict[str, object]) -> None:
    """Print a result and keep it as one row of RESULTS.md, in place of the row of the same yardstick."""
    shown = ", ".join(f"{name} {value:.3f}" if isinstance(value, float) else f"{name} {value}" for name, value in figures.items())
    print(json.dumps({"yardstick": yardstick, "reach": reach, **figures}))
    row = f"| {yardstick} | {reach} | {shown} | `python -m {_module()}` |"
    lines = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.exists() else list(HEAD)
    kept = [line for line in lines if not line.startswith(f"| {yardstick} |")]
    RESULTS.write_text("\n".join([*kept, row]) + "\n", encoding="utf-8")


def _module() -> str:
    specification = getattr(sys.modules["__main__"], "__spec__", None)
    return specification.name if specification else Path(sys.argv[0]).stem


HEAD = (
    "# Measured",
    "",
    "Medians of interleaved rounds on two cores, each figure beside its yardstick in one run. Ratios carry over to other",
    "machines, seconds do not. The fixture is `bench/fixture.py`: 1,000,000 rows x 14 columns (31 days, 14 sites, 10 queues,",
    "5,000 agents, 5 % floats of 17 digits).",
    "",
    "| yardstick | reach | measured | command |",
    "|---|---|---|---|",
)
