"""Workers: answers in the order of the requests, whoever gives them, and whatever becomes of who should."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from importers.reading.workers import Workers


def task(request: Mapping[str, Any]) -> bool:
    if request.get("die"):
        os._exit(1)
    return bool(request["answer"])


@contextmanager
def workers(count: int) -> Iterator[Workers]:
    some = Workers(task, count)
    try:
        yield some
    finally:
        some.close()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_answers_come_in_the_order_of_the_requests(count: int) -> None:
    told = [True, False, False, True, True]
    with workers(count) as some:
        for answer in told:
            some.settle(2)
            some.ask({"answer": answer})
        assert some.take_answers() == told
        assert some.take_answers() == []
        some.ask({"answer": True})
        assert some.take_answers() == [True]


def test_a_worker_that_dies_could_not_and_the_other_goes_on() -> None:
    with workers(2) as some:
        for request in ({"die": True}, {"answer": True}, {"answer": True}, {"answer": True}):
            some.ask(request)
        assert some.take_answers() == [False, True, False, True]
        some.ask({"answer": True})
        some.ask({"answer": True})
        assert some.take_answers() == [False, True]


def test_workers_end_with_the_one_that_asks() -> None:
    some = Workers(task, 2)
    pids = [worker.pid for worker in some._workers]  # noqa: SLF001 - whether they are gone is the point
    some.ask({"answer": True})
    some.close()
    for pid in pids:
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
