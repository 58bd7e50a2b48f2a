"""Sites over a small network made by hand: what the pages of vendors, queues and scorecards are tried on."""

from __future__ import annotations

from sqlalchemy import Engine, event

from kernel.clock import FixedDayClock
from kernel.period import Period
from kernel.scope import Scope
from kernel.settings import Settings
from tests.scorecards.world import ME, World, work
from web.process import Process

SEPTEMBER = Period(2026, 9)
NOVA_ONLY = Scope("lead@nova", frozenset({"vendor"}), frozenset({"NOVA"}))
HOSTILE = "<b>Solo</b> & {{ 7 * 7 }}"


def process_over(engine: Engine, settings: Settings) -> Process:
    """A process whose calendar stands on 6 November 2026."""
    return Process(settings, engine, FixedDayClock(World(engine).clock.today("UTC")), ME)


def one_vendor(engine: Engine) -> World:
    """A network of one vendor with a name that tries to be markup, in its first month."""
    world = World(engine)
    world.queue("Q1")
    world.vendor("SOLO", HOSTILE)
    world.counts("SOLO", work({"Q1": 100}), side="platform")
    world.close()
    return world


def questions(process: Process) -> list[str]:
    """Every SELECT that the process's database is asked from now on."""
    asked: list[str] = []

    def note(*given: object) -> None:
        text = str(given[2])
        if text.lstrip().upper().startswith("SELECT"):
            asked.append(text)

    event.listen(process.engine, "before_cursor_execute", note)
    return asked
