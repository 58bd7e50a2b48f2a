"""Job rows: asked for once, done once in effect, whoever dies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from kernel.db import open_engine, reading, unit_of_work
from kernel.errors import Conflict, NotFound
from kernel.jobs import (
    LEASE,
    MOST_ATTEMPTS,
    PAUSES,
    Claim,
    Job,
    ask_again,
    claim,
    enqueue,
    fail,
    finish,
    forget,
    history,
    holds,
    known_keys,
    last_tick,
    note_tick,
    release,
    renew,
    something_waits,
)

AT = datetime(2026, 11, 6, 9, tzinfo=UTC)
LATER = AT + LEASE + timedelta(seconds=1)


@pytest.fixture
def waiting(engine: Engine) -> Engine:
    """One close that waits."""
    unit_of_work(engine, lambda session: enqueue(session, "close", "close:2026-10", '{"period":"2026-10"}', AT))
    return engine


def _take(engine: Engine, at: datetime = AT, kinds: tuple[str, ...] = ("close",)) -> Claim:
    (taken,) = unit_of_work(engine, lambda session: claim(session, kinds, at))
    return taken


def _job(engine: Engine) -> Job:
    with reading(engine) as session:
        return session.exec(select(Job)).one()


def test_a_job_is_taken_done_and_gone(waiting: Engine) -> None:
    taken = _take(waiting)
    assert (taken.kind, taken.payload, taken.fence) == ("close", '{"period":"2026-10"}', 1)
    assert unit_of_work(waiting, lambda session: finish(session, taken, AT))
    assert unit_of_work(waiting, lambda session: claim(session, ["close"], LATER)) == ()
    assert (_job(waiting).state, _job(waiting).done_at, _job(waiting).lease_until) == ("done", AT, None)


def test_two_wishes_of_one_key_are_one_job(waiting: Engine) -> None:
    unit_of_work(waiting, lambda session: enqueue(session, "close", "close:2026-10", "{}", LATER))
    assert _job(waiting).payload == '{"period":"2026-10"}'


def test_a_job_of_another_kind_is_left_alone(waiting: Engine) -> None:
    assert unit_of_work(waiting, lambda session: claim(session, ["mail"], AT)) == ()


def test_the_oldest_job_comes_first(waiting: Engine) -> None:
    unit_of_work(waiting, lambda session: enqueue(session, "close", "close:2026-09", "{}", AT))
    assert _take(waiting).payload == '{"period":"2026-10"}'
    assert _take(waiting).payload == "{}"


def test_a_job_that_is_held_is_nobody_elses_until_the_lease_ends(waiting: Engine) -> None:
    first = _take(waiting)
    assert unit_of_work(waiting, lambda session: claim(session, ["close"], AT + LEASE)) == ()
    second = _take(waiting, LATER)
    assert (second.job_id, second.fence) == (first.job_id, 2)


def test_who_lost_the_lease_can_neither_finish_nor_fail(waiting: Engine) -> None:
    first = _take(waiting)
    second = _take(waiting, LATER)
    assert not unit_of_work(waiting, lambda session: finish(session, first, LATER))
    assert not unit_of_work(waiting, lambda session: fail(session, first, "too late", LATER))
    assert _job(waiting).state == "running"
    assert unit_of_work(waiting, lambda session: finish(session, second, LATER))
    assert not unit_of_work(waiting, lambda session: finish(session, second, LATER))


def test_a_failure_gives_the_job_back_until_it_rests(waiting: Engine) -> None:
    at = AT
    for attempt in range(1, MOST_ATTEMPTS + 1):
        taken = _take(waiting, at)
        assert unit_of_work(waiting, lambda session, taken=taken, at=at: fail(session, taken, "disk full", at))  # type: ignore[misc]
        assert _job(waiting).state == ("dead" if attempt == MOST_ATTEMPTS else "waiting")
        if attempt < MOST_ATTEMPTS:
            at += PAUSES[attempt - 1]
    assert _job(waiting).last_error == "disk full"
    assert unit_of_work(waiting, lambda session: claim(session, ["close"], LATER)) == ()


def test_a_job_that_takes_its_workers_with_it_rests_too(waiting: Engine) -> None:
    at = AT
    for _ in range(MOST_ATTEMPTS):
        _take(waiting, at)
        at += LEASE + timedelta(seconds=1)
    assert unit_of_work(waiting, lambda session: claim(session, ["close"], at)) == ()
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
    assert unit_of_work(engine, lambda session: claim(session, ["close"], AT)) == ()


def test_of_two_workers_at_once_each_job_goes_to_one(engine: Engine) -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    def ask(session: Session) -> None:
        for number in range(12):
            enqueue(session, "close", f"k{number}", str(number), AT)

    def work(_: int) -> list[str]:
        own = open_engine(engine.url.render_as_string(hide_password=False))
        done: list[str] = []
        while taken := unit_of_work(own, lambda session: claim(session, ["close"], AT)):
            done += [one.payload for one in taken]
        own.dispose()
        return done

    unit_of_work(engine, ask)
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(work, range(2))
    assert sorted(one + two, key=int) == [str(number) for number in range(12)]


def test_after_a_failure_it_rests_longer_each_time(waiting: Engine) -> None:
    at = AT
    for pause in PAUSES:
        taken = _take(waiting, at)
        unit_of_work(waiting, lambda session, taken=taken, at=at: fail(session, taken, "disk full", at))  # type: ignore[misc]
        just_before = at + pause - timedelta(seconds=1)
        assert unit_of_work(waiting, lambda session, at=just_before: claim(session, ["close"], at)) == ()  # type: ignore[misc]
        at += pause
    assert sorted(PAUSES) == list(PAUSES)


def test_jobs_about_one_thing_are_taken_together_and_others_of_their_kind_one_after_another(engine: Engine) -> None:
    def ask(session: Session) -> None:
        for number, about in enumerate(["2026-10", "2026-09", "2026-10", "", ""]):
            enqueue(session, "close", f"k{number}", str(number), AT, about)
        enqueue(session, "check", "k5", "5", AT, "everything")

    def taken() -> list[str]:
        return [one.payload for one in unit_of_work(engine, lambda session: claim(session, ["close", "check"], AT))]

    unit_of_work(engine, ask)
    first = unit_of_work(engine, lambda session: claim(session, ["close", "check"], AT))
    assert [one.payload for one in first] == ["0", "2"]
    assert [taken(), taken(), taken(), taken()] == [["3"], ["4"], ["5"], []]
    unit_of_work(engine, lambda session: [finish(session, one, AT) for one in first])
    assert taken() == ["1"]


def test_a_sign_of_life_keeps_the_claim(waiting: Engine) -> None:
    taken = _take(waiting)
    assert unit_of_work(waiting, lambda session: renew(session, taken, LATER))
    assert unit_of_work(waiting, lambda session: claim(session, ["close"], LATER)) == ()
    assert unit_of_work(waiting, lambda session: holds(session, [taken]))
    second = _take(waiting, LATER + 2 * LEASE)
    assert not unit_of_work(waiting, lambda session: renew(session, taken, LATER))
    assert not unit_of_work(waiting, lambda session: holds(session, [taken]))
    assert unit_of_work(waiting, lambda session: holds(session, [second]))


def test_a_lease_from_a_clock_that_was_set_back_since_holds_nobody_up(waiting: Engine) -> None:
    _take(waiting, AT + timedelta(hours=1))
    assert _take(waiting, AT).fence == 2


def test_a_pause_from_a_clock_that_was_set_back_since_holds_nobody_up(waiting: Engine) -> None:
    taken = _take(waiting, AT)
    unit_of_work(waiting, lambda session: fail(session, taken, "disk full", AT + timedelta(hours=2)))
    assert _take(waiting, AT).fence == 2


def test_a_job_that_is_given_back_untried_costs_no_try(waiting: Engine) -> None:
    taken = _take(waiting)
    assert unit_of_work(waiting, lambda session: release(session, taken))
    assert (_job(waiting).state, _job(waiting).attempts) == ("waiting", 0)
    assert not unit_of_work(waiting, lambda session: finish(session, taken, AT))


def test_a_dead_job_is_asked_for_again_and_a_done_one_is_not(waiting: Engine) -> None:
    at = AT
    for pause in (*PAUSES, timedelta()):
        taken = _take(waiting, at)
        unit_of_work(waiting, lambda session, taken=taken, at=at: fail(session, taken, "disk full", at))  # type: ignore[misc]
        at += pause
    assert _job(waiting).state == "dead"
    unit_of_work(waiting, lambda session: ask_again(session, taken.job_id))
    again = _take(waiting, at)
    assert _job(waiting).attempts == 1
    with pytest.raises(Conflict, match="is running"):
        unit_of_work(waiting, lambda session: ask_again(session, taken.job_id))
    unit_of_work(waiting, lambda session: finish(session, again, at, '{"changed":true}'))
    assert _job(waiting).result == '{"changed":true}'
    with pytest.raises(Conflict, match="is done"):
        unit_of_work(waiting, lambda session: ask_again(session, taken.job_id))
    with pytest.raises(NotFound):
        unit_of_work(waiting, lambda session: ask_again(session, 99))


def test_the_history_shows_the_newest_first_and_lets_old_work_go(engine: Engine) -> None:
    for number, kind in enumerate(("close", "late", "close")):
        unit_of_work(engine, lambda session, kind=kind, number=number: enqueue(session, kind, f"k{number}", "{}", AT))  # type: ignore[misc]
    taken = _take(engine), _take(engine, kinds=("late",))
    unit_of_work(engine, lambda session: [finish(session, one, AT) for one in taken])
    with reading(engine) as session:
        assert [job.key for job in history(session)] == ["k2", "k1", "k0"]
        assert [job.key for job in history(session, state="done", kind="close")] == ["k0"]
        assert [job.key for job in history(session, most=1)] == ["k2"]
        assert known_keys(session, ["k0", "k9"]) == {"k0"}
    assert unit_of_work(engine, lambda session: forget(session, ["close"], AT)) == 0
    assert unit_of_work(engine, lambda session: forget(session, ["close"], LATER)) == 1
    with reading(engine) as session:
        assert [job.key for job in history(session)] == ["k2", "k1"]


def test_a_look_for_waiting_jobs_takes_none(waiting: Engine) -> None:
    with reading(waiting) as session:
        assert something_waits(session, ["close"], AT)
        assert not something_waits(session, ["mail"], AT)
    _take(waiting)
    with reading(waiting) as session:
        assert not something_waits(session, ["close"], AT)
        assert something_waits(session, ["close"], LATER)


def test_the_last_tick_is_remembered(engine: Engine) -> None:
    with reading(engine) as session:
        assert last_tick(session) is None
    for at in (AT, LATER):
        unit_of_work(engine, lambda session, at=at: note_tick(session, at))  # type: ignore[misc]
    with reading(engine) as session:
        assert last_tick(session) == LATER
