"""A process that has imported the product and forks one real process per command, so that killing many is quick.

Run as `python -m tests.faults.warm`; each line on stdin is a JSON list of runs that start together, the answer is the
JSON list of how they ended. It runs no thread and opens nothing before a fork.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import web.archive.proving
import web.archive.writing
import web.check
import web.cli.month
import web.environment
import web.scheduler
import web.upgrade  # noqa: F401 - all of it is imported once, before any fork
from importers import reading
from web.cli import main

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    """How a process ended: exit code (negative: the signal that ended it), and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """The one JSON value on stdout."""
        return json.loads(self.out)


class Warm:
    """The forking process, seen from a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = 0
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SCORELINE_")} | {"PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.warm"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=environment, text=True
        )

    def together(self, runs: Sequence[Mapping[str, Any]]) -> list[Ended]:
        """Start commands at once and wait for all. A run: environment, arguments, kill_after (seconds), most_bytes (of a file)."""
        asked = []
        for run in runs:
            self.number += 1
            asked.append({"kill_after": None, "most_bytes": None, **run, "output": str(self.folder / str(self.number))})
            for name in ("out", "err"):  # one that is killed at once makes none
                (self.folder / f"{self.number}.{name}").touch()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        codes = json.loads(self.process.stdout.readline())
        texts = [[Path(f"{one['output']}.{name}").read_text(encoding="utf-8") for name in ("out", "err")] for one in asked]
        return [Ended(code, *both) for code, both in zip(codes, texts, strict=True)]

    def run(self, environment: Mapping[str, str], *arguments: str, kill_after: float | None = None, most_bytes: int | None = None) -> Ended:
        """Run one command."""
        run = {"environment": dict(environment), "arguments": arguments, "kill_after": kill_after, "most_bytes": most_bytes}
        return self.together([run])[0]

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def _perform(run: Mapping[str, Any]) -> int:
    os.environ.update(run["environment"])
    if run["most_bytes"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (run["most_bytes"], run["most_bytes"]))
    for descriptor, name in ((1, "out"), (2, "err")):
        file = os.open(f"{run['output']}.{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, descriptor)
    return main(run["arguments"])


def _start(run: Mapping[str, Any]) -> int:
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        code = _perform(run)
        reading.cool()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _finish(children: Mapping[int, float | None]) -> dict[int, int]:
    """Wait for all; those that are to die by time are killed then."""
    started, codes = time.monotonic(), dict[int, int]()
    while len(codes) < len(children):
        for child, kill_after in children.items():
            if child in codes:
                continue
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                codes[child] = os.waitstatus_to_exitcode(status)
            elif kill_after is not None and time.monotonic() - started >= kill_after:
                os.kill(child, signal.SIGKILL)
        time.sleep(0.002)
    return codes


def serve() -> None:
    """Answer until stdin closes."""
    for line in sys.stdin:
        runs = json.loads(line)
        children = {_start(run): run["kill_after"] for run in runs}
        codes = _finish(children)
        sys.stdout.write(json.dumps([codes[child] for child in children]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
