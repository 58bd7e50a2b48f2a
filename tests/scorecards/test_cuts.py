"""A month cut by queue and language."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlmodel import Session

from scorecards import service
from tests.queries import counted_queries
from tests.scorecards.world import ME, OCTOBER, two_vendors


def test_a_cut_that_is_shown_on_both_bases_is_measured_once(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()

    def asked(*bases: str) -> int:
        def rank(session: Session) -> None:
            for basis in bases:
                service.ranking(session, ME, OCTOBER, queue="Q1", basis=basis)

        with counted_queries(engine) as found:
            world.read(rank)
        return sum(1 for statement in found if "FROM tally" in statement)

    assert asked("like_for_like", "raw") == asked("like_for_like") > 0


def test_the_next_session_sees_the_cut_of_the_next_revision(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    before = world.rank(queue="Q1")["vendors"]
    world.counts("NOVA", [("Q1", 3, "decisions", 100)], side="platform")
    world.close()
    assert world.rank(queue="Q1")["vendors"] != before
