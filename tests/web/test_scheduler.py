"""The scheduler: what is due is asked for once, whoever looks and whenever; work is done side by side and given back."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from contracts import service as contracts
from kernel import audit, jobs
from kernel.clock import FixedDayClock, SystemClock
from kernel.jobs import Job
from kernel.period import Period
from kernel.scope import staff
from kernel.settings import Settings
from scorecards import service as scorecards
from scorecards import store
from tests.scorecards.world import OCTOBER, World
from web.jobs import KINDS, Task
from web.process import Process
from web.scheduler import Scheduler, Ticker

PRICES = [{"id": "4.1", "basis": "decision", "rate": "0.08"}]
EXPECT = {"expect": [{"kind": "performance", "due_business_day": 3}]}


@pytest.fixture
def world(engine: Engine, settings: Settings) -> Iterator[World]:
    """An empty house; whoever still works in it when a test ends is waited for, before its database goes."""
    yield World(engine, settings=settings)
    for thread in threading.enumerate():
        if thread.name.startswith("job-"):
            thread.join(30)


def _process(world: World, today: date) -> Process:
    return Process(world.settings, world.engine, FixedDayClock(today), staff("ana"))


def _jobs(world: World, kind: str = "") -> list[Job]:
    found: list[Job] = world.read(lambda session: jobs.history(session, kind=kind))
    return list(reversed(found))


def _status(world: World, period: Period = OCTOBER) -> str:
    rows = world.read(lambda session: scorecards.months(session, staff("ana")))
    return next((str(row["status"]) for row in rows if row["period"] == str(period)), "open")


@pytest.fixture
def network(world: World) -> World:
    """Two vendors whose contracts expect performance by the third business day; NOVA's came in October."""
    for code in ("NOVA", "VEGA"):
        world.vendor(code)
        world.contract(code, PRICES, **EXPECT)
    world.queue("Q1")
    world.counts("NOVA", [("Q1", 5, "decisions", 1000)], side="vendor")
    world.counts("VEGA", [("Q1", 5, "decisions", 900)], side="platform")
    return world


def test_a_month_closes_by_itself_once_it_is_over_and_a_vendor_complete(network: World) -> None:
    Scheduler(_process(network, date(2026, 10, 31))).run_once()
    assert _status(network) == "open"
    Scheduler(_process(network, date(2026, 11, 1))).run_once()
    assert _status(network) == "provisional"
    (job,) = _jobs(network, "close")
    result = json.loads(job.result)
    assert (job.key, result["revision"], result["changed"]) == ("close:2026-10:complete", 1, True)
    assert result["waiting_for"], "what VEGA has not sent is named"


def test_at_its_cut_off_a_month_closes_with_what_is_there_and_names_what_is_missing(world: World) -> None:
    world.vendor("VEGA")
    world.contract("VEGA", PRICES, **EXPECT)
    world.queue("Q1")
    world.counts("VEGA", [("Q1", 5, "decisions", 900)], side="platform")
    Scheduler(_process(world, date(2026, 11, 9))).run_once()
    assert _status(world) == "open"
    Scheduler(_process(world, date(2026, 11, 10))).run_once()
    assert _status(world) == "provisional"
    (job,) = _jobs(world, "close")
    assert "performance" in job.result


def test_a_file_that_comes_late_closes_the_month_again_once(network: World) -> None:
    process = _process(network, date(2026, 11, 10))
    Scheduler(process).run_once()
    network.counts("VEGA", [("Q1", 6, "decisions", 10)], side="vendor")
    assert Scheduler(process).run_once() == 1
    assert Scheduler(process).run_once() == 0
    assert [json.loads(job.result)["revision"] for job in _jobs(network, "close")] == [1, 2]


def test_a_locked_month_is_left_alone(network: World) -> None:
    process = _process(network, date(2026, 11, 10))
    Scheduler(process).run_once()
    for status in ("in_review", "agreed", "locked"):
        network.write(lambda s, status=status: scorecards.advance_month(s, staff("ana"), OCTOBER, status, process.clock.now()))
    network.counts("VEGA", [("Q1", 6, "decisions", 10)], side="vendor")
    assert Scheduler(process).run_once() == 0
    ask = {"vendor": "VEGA", "period": "2026-10"}
    network.write(lambda session: jobs.enqueue(session, "close", "asked", audit.canonical(ask), process.clock.now(), "2026-10"))
    Scheduler(process).run_once()
    assert json.loads(_jobs(network, "close")[-1].result) == {"changed": False, "left_alone": "it is locked", "period": "2026-10"}


def test_an_upload_of_an_incomplete_month_leaves_it_open_and_says_what_it_waits_for(network: World) -> None:
    process = _process(network, date(2026, 10, 20))
    ask = {"vendor": "NOVA", "period": "2026-10"}
    network.write(lambda session: jobs.enqueue(session, "close", "upload", audit.canonical(ask), process.clock.now(), "2026-10"))
    Scheduler(process).run_once()
    assert json.loads(_jobs(network, "close")[0].result)["left_alone"] == "it ends on 2026-10-31"


def test_a_person_may_close_a_month_early_and_is_named_in_the_audit_log(network: World) -> None:
    process = _process(network, date(2026, 10, 20))
    ask = {"asked_by": "ben", "period": "2026-10"}
    network.write(lambda session: jobs.enqueue(session, "close", "asked", audit.canonical(ask), process.clock.now(), "2026-10"))
    Scheduler(process).run_once()
    assert network.read(lambda session: [one.actor for one in store.audited(session, "month.close")]) == ["ben"]


def test_a_scheduler_that_was_off_for_a_month_does_once_what_was_due(network: World) -> None:
    network.counts("NOVA", [("Q1", 5, "decisions", 1000)], side="vendor", period=Period(2026, 9))
    process = _process(network, date(2026, 12, 15))
    Scheduler(process).run_once()
    keys = [job.key for job in _jobs(network) if job.kind in ("close", "late")]
    assert keys[:3] == ["close:2026-09:cut-off", "close:2026-10:cut-off", "close:2026-11:cut-off"]
    assert sorted(keys[3:]) == [
        "late:2026-09:VEGA:performance:",
        "late:2026-10:VEGA:performance:",
        "late:2026-11:NOVA:performance:",
        "late:2026-11:VEGA:performance:",
    ]
    assert Scheduler(process).run_once() == 0
    assert _jobs(network)[-1].kind == "tidy"


def test_a_contract_alone_is_no_record_of_the_months_before(world: World) -> None:
    world.vendor("NOVA")
    world.contract("NOVA", PRICES, **EXPECT)
    Scheduler(_process(world, date(2026, 11, 20))).run_once()
    assert [job.kind for job in _jobs(world)] == ["check", "check", "tidy"]


def test_two_checks_that_wait_are_one(world: World) -> None:
    Scheduler(_process(world, date(2026, 11, 20))).run_once()
    plain, deep = _jobs(world, "check")
    assert plain.result == deep.result
    assert json.loads(deep.result)["deep"] is True


def test_a_look_without_news_asks_for_nothing_and_is_remembered(network: World) -> None:
    ticker = Ticker(_process(network, date(2026, 11, 12)))
    assert ticker.tick() > 0
    before = network.read(jobs.last_tick)
    assert ticker.tick() == 0
    after = network.read(jobs.last_tick)
    assert before is not None
    assert after is not None
    assert before < after <= SystemClock().now()


def _ask(world: World, kind: str, count: int) -> None:
    for number in range(count):
        world.write(lambda session, number=number: jobs.enqueue(session, kind, f"{kind}:{number}", "{}", SystemClock().now()))


def _lease(world: World) -> datetime:
    (job,) = _jobs(world, "last")
    assert job.lease_until is not None
    return job.lease_until


def _running(scheduler: Scheduler) -> tuple[threading.Event, threading.Thread]:
    stop = threading.Event()
    thread = threading.Thread(target=scheduler.run, args=(stop,))
    thread.start()
    return stop, thread


def _until(true: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.01)


def test_jobs_are_done_side_by_side(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2, timeout=20)

    def meet(task: Task) -> dict[str, Any]:
        del task
        both.wait()
        return {}

    monkeypatch.setitem(KINDS, "meet", meet)
    _ask(world, "meet", 4)
    assert Scheduler(_process(world, date(2026, 11, 12)), workers=2).run_once() >= 4
    assert {job.state for job in _jobs(world, "meet")} == {"done"}


def test_work_that_lasts_longer_than_a_lease_is_kept_by_signs_of_life(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lease = timedelta(seconds=0.6)
    begun, let_go = threading.Event(), threading.Event()

    def last(task: Task) -> dict[str, Any]:
        del task
        begun.set()
        let_go.wait(20)
        return {}

    monkeypatch.setitem(KINDS, "last", last)
    _ask(world, "last", 1)
    process = _process(world, date(2026, 11, 12))
    stop, thread = _running(Scheduler(process, lease=lease))
    assert begun.wait(20)
    first = _lease(world)
    _until(lambda: _lease(world) > first + lease)
    assert world.write(lambda session: jobs.claim(session, ["last"], SystemClock().now(), lease=lease)) == ()
    let_go.set()
    _until(lambda: _jobs(world, "last")[0].state == "done")
    stop.set()
    thread.join(20)
    assert (_jobs(world, "last")[0].attempts, thread.is_alive()) == (1, False)


def test_a_scheduler_that_stops_gives_back_what_it_cannot_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, let_go = threading.Event(), threading.Event()

    def hang(task: Task) -> dict[str, Any]:
        del task
        begun.set()
        let_go.wait(30)
        return {}

    monkeypatch.setitem(KINDS, "hang", hang)
    monkeypatch.setattr("web.scheduler.STOP_SECONDS", 0.1)
    _ask(world, "hang", 1)
    stop, thread = _running(Scheduler(_process(world, date(2026, 11, 12))))
    assert begun.wait(20)
    stop.set()
    thread.join(20)
    (given_back,) = _jobs(world, "hang")
    assert (given_back.state, given_back.attempts) == ("waiting", 0)
    let_go.set()


def test_a_job_that_is_asked_for_is_begun_within_a_second(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()

    def quick(task: Task) -> None:
        del task
        begun.set()

    monkeypatch.setitem(KINDS, "quick", quick)
    stop, thread = _running(Scheduler(_process(world, date(2026, 11, 12))))
    _until(lambda: [job.state for job in _jobs(world)] == ["done"] * 3)
    asked = time.monotonic()
    _ask(world, "quick", 1)
    assert begun.wait(20)
    assert time.monotonic() - asked < 1
    stop.set()
    thread.join(20)


def test_an_ending_contract_is_noted_once_per_notice(world: World) -> None:
    world.vendor("NOVA")
    world.contract("NOVA", PRICES, valid_to=date(2027, 1, 10))
    for today in (date(2026, 11, 1), date(2026, 11, 2), date(2026, 12, 20)):
        Scheduler(_process(world, today)).run_once()
    assert [job.key for job in _jobs(world, "renewal")] == ["renewal:NOVA:MSA-NOVA:2027-01-10:90", "renewal:NOVA:MSA-NOVA:2027-01-10:30"]
    assert [one.days for one in world.read(lambda s: contracts.coming_renewals(s, staff("ana"), date(2026, 12, 20)))] == [21]
