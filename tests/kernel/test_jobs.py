"""Job rows: asked for once, done once in effect, whoever dies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from kernel.db import open_engine, reading, unit_of_work
from kernel.jobs import LEASE, MOST_ATTEMPTS, Claim, Job, claim, enqueue, fail, finish

AT = datetime(2026, 11, 6, 9, tzinfo=UTC)
LATER = AT + LEASE + timedelta(seconds=1)


@pytest.fixture
def waiting(engine: Engine) -> Engine:
    """One close that waits."""
    unit_of_work(engine, lambda session: enqueue(session, "close", "close:2026-10", '{"period":"2026-10"}', AT))
    return engine


def _take(engine: Engine, at: datetime = AT, kinds: tuple[str, ...] = ("close",)) -> Claim:
    taken = unit_of_work(engine, lambda session: claim(session, list(kinds), at))
    assert taken is not None
    return taken


def _job(engine: Engine) -> Job:
    with reading(engine) as session:
        return session.exec(select(Job)).one()


def test_a_job_is_taken_done_and_gone(waiting: Engine) -> None:
    taken = _take(waiting)
    assert (taken.kind, taken.payload, taken.fence) == ("close", '{"period":"2026-10"}', 1)
    assert unit_of_work(waiting, lambda session: finish(session, taken, AT))
    assert unit_of_work(waiting, lambda session: claim(session, ["close"], LATER)) is None
    assert (_job(waiting).state, _job(waiting).done_at, _job(waiting).lease_until) == ("done", AT, None)


def test_two_wishes_of_one_key_are_one_job(waiting: Engine) -> None:
    unit_of_work(waiting, lambda session: enqueue(session, "close", "close:2026-10", "{}", LATER))
    assert _job(waiting).payload == '{"period":"2026-10"}'


def test_a_job_of_another_kind_is_left_alone(waiting: Engine) -> None:
    assert unit_of_work(waiting, lambda session: claim(session, ["mail"], AT)) is None


def test_the_oldest_job_comes_first(waiting: Engine) -> None:
    unit_of_work(waiting, lambda session: enqueue(session, "close", "close:2026-09", "{}", AT))
    assert _take(waiting).payload == '{"period":"2026-10"}'
    assert _take(waiting).payload == "{}"


def test_a_job_that_is_held_is_nobody_elses_until_the_lease_ends(waiting: Engine) -> None:
    first = _take(waiting)
    assert unit_of_work(waiting, lambda session: claim(session, ["close"], AT + LEASE)) is None
    second = _take(waiting, LATER)
    assert (second.job_id, second.fence) == (first.job_id, 2)


def test_who_lost_the_lease_can_neither_finish_nor_fail(waiting: Engine) -> None:
    first = _take(waiting)
    second = _take(waiting, LATER)
    assert not unit_of_work(waiting, lambda session: finish(session, first, LATER))
    assert not unit_of_work(waiting, lambda session: fail(session, first, "too late"))
    assert _job(waiting).state == "running"
    assert unit_of_work(waiting, lambda session: finish(session, second, LATER))
    assert not unit_of_work(waiting, lambda session: finish(session, second, LATER))


def test_a_failure_gives_the_job_back_until_it_rests(waiting: Engine) -> None:
    for attempt in range(1, MOST_ATTEMPTS + 1):
        taken = _take(waiting)
        assert unit_of_work(waiting, lambda session, taken=taken: fail(session, taken, "disk full"))  # type: ignore[misc]
        assert _job(waiting).state == ("dead" if attempt == MOST_ATTEMPTS else "waiting")
    assert _job(waiting).last_error == "disk full"
    assert unit_of_work(waiting, lambda session: claim(session, ["close"], LATER)) is None


def test_a_job_that_takes_its_workers_with_it_rests_too(waiting: Engine) -> None:
    at = AT
    for _ in range(MOST_ATTEMPTS):
        _take(waiting, at)
        at += LEASE + timedelta(seconds=1)
    assert unit_of_work(waiting, lambda session: claim(session, ["close"], at)) is None
    assert (_job(waiting).state, _job(waiting).attempts) == ("dead", MOST_ATTEMPTS)
    assert _job(waiting).last_error.startswith("its worker was gone")


def test_a_claim_that_is_not_committed_is_no_claim(waiting: Engine) -> None:
    def dies(session: Session) -> None:
        claim(session, ["close"], AT)
        message = "killed"
        raise ValueError(message)

    with pytest.raises(ValueError, match="killed"):
        unit_of_work(waiting, dies)
    assert _take(waiting).fence == 1


def test_a_wish_goes_back_with_the_transaction_that_made_it(engine: Engine) -> None:
    def dies(session: Session) -> None:
        enqueue(session, "close", "k", "{}", AT)
        message = "killed"
        raise ValueError(message)

    with pytest.raises(ValueError, match="killed"):
        unit_of_work(engine, dies)
    assert unit_of_work(engine, lambda session: claim(session, ["close"], AT)) is None


def test_of_two_workers_at_once_each_job_goes_to_one(engine: Engine) -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    def ask(session: Session) -> None:
        for number in range(12):
            enqueue(session, "close", f"k{number}", str(number), AT)

    def work(_: int) -> list[str]:
        own = open_engine(engine.url.render_as_string(hide_password=False))
        done: list[str] = []
        while taken := unit_of_work(own, lambda session: claim(session, ["close"], AT)):
            done.append(taken.payload)
        own.dispose()
        return done

    unit_of_work(engine, ask)
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(work, range(2))
    assert sorted(one + two, key=int) == [str(number) for number in range(12)]
