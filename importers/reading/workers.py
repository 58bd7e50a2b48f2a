"""Processes that read parts of one file at the same time as the child that asked; the library keeps the interpreter to itself.

Owns: forking, asking and ending them. Must not know: what they read. They are forked before any thread is at work, inherit
every limit, and end when the child that forked them does.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import IO, Any, NamedTuple, NoReturn

Task = Callable[[Mapping[str, Any]], bool]
"""Does one request; returns whether it could."""


class _Worker(NamedTuple):
    pid: int
    requests: IO[bytes]
    answers: IO[bytes]


class Workers:
    """Some processes that take turns; without any, the caller does the work itself."""

    def __init__(self, task: Task, count: int = 0) -> None:
        """Fork them."""
        self._task = task
        self._workers: list[_Worker] = []
        self._waiting: deque[_Worker] = deque()
        self._answers: list[bool] = []
        self._asked = 0
        for _ in range(count):
            self._workers.append(_forked(task, self._workers))

    @property
    def waiting(self) -> int:
        """Requests that are not answered yet."""
        return len(self._waiting)

    def ask(self, request: Mapping[str, Any]) -> None:
        """Hand a request to the one whose turn it is."""
        if not self._workers:
            self._answers.append(self._task(request))
            return
        worker = self._workers[self._asked % len(self._workers)]
        self._asked += 1
        self._waiting.append(worker)
        with suppress(BrokenPipeError):
            worker.requests.write(json.dumps(request).encode() + b"\n")
            worker.requests.flush()

    def settle(self, most: int) -> None:
        """Wait until at most so many requests are not answered."""
        while len(self._waiting) > most:
            self._answers.append(self._waiting.popleft().answers.readline() == b"1\n")

    def take_answers(self) -> list[bool]:
        """Wait for all; what became of each request since the last call, in their order. A dead worker could not."""
        self.settle(0)
        answers, self._answers = self._answers, []
        return answers

    def close(self) -> None:
        """Let them end."""
        for worker in self._workers:
            with suppress(BrokenPipeError):
                worker.requests.close()
            worker.answers.close()
        for worker in self._workers:
            os.waitpid(worker.pid, 0)
        self._workers.clear()


def _forked(task: Task, others: list[_Worker]) -> _Worker:
    requests, ask = os.pipe()
    answers, answer = os.pipe()
    pid = os.fork()
    if pid == 0:
        for other in others:
            os.close(other.requests.fileno())
        os.close(ask)
        os.close(answers)
        _serve(task, os.fdopen(requests, "rb"), answer)
    os.close(requests)
    os.close(answer)
    return _Worker(pid, os.fdopen(ask, "wb"), os.fdopen(answers, "rb"))


def _serve(task: Task, requests: IO[bytes], answer: int) -> NoReturn:
    try:
        for line in requests:
            os.write(answer, b"1\n" if task(json.loads(line)) else b"0\n")
    finally:
        os._exit(0)
