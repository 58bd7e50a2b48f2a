"""What a process stands on: settings, an open database with a current schema, a clock, and who acts.

Owns: how a command, the site and a job get these four, alike. Must not know: what they are used for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from sqlalchemy import Engine
from sqlmodel import Session

from kernel.clock import Clock, FixedDayClock, SystemClock
from kernel.db import reading, unit_of_work
from kernel.errors import Invalid
from kernel.scope import Scope, staff
from kernel.settings import Settings, os_user
from web.accounts.rules import may, require

AS_OF = "as_of.txt"
"""A file of this name in the data folder holds the day on which that folder's calendar stands (the demo's)."""

DEMO = "demo.json"
"""A file of this name marks a data folder as a demo's."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Process:
    """Everything that a command, a page or a job needs from outside."""

    settings: Settings
    engine: Engine
    clock: Clock
    scope: Scope
    machine: Clock = field(default_factory=SystemClock)
    """For what ends after a while (sessions, links): the machine's clock, whatever day the data folder's stands on."""
    form_token: str = ""
    """What the forms of a person's session carry; '' for programs, commands and jobs."""
    seen_as: str = ""
    """The vendor through whose eyes a person of the client's looks at this page; '' = through their own."""

    def read(self, work: Callable[[Session], Result]) -> Result:
        """Run work on one consistent snapshot."""
        with reading(self.engine) as session:
            return work(session)

    def write(self, work: Callable[[Session], Result]) -> Result:
        """Run work in one transaction and commit it."""
        return unit_of_work(self.engine, work)

    def today(self) -> date:
        """The calendar day in the reporting time zone."""
        return self.clock.today(self.settings.timezone)

    @property
    def is_demo(self) -> bool:
        """Whether the data folder is a demo's."""
        return (self.settings.data / DEMO).exists()

    def may(self, act: str) -> bool:
        """Whether who acts may do something: an act of web.accounts.rules.MAY, e.g. `upload`; for what a page offers."""
        return may(self.scope.roles, act)

    def require(self, act: str) -> None:
        """Refuse an act that who acts may not do; raises NotAllowed with one sentence."""
        require(self.scope, act)

    def acting_as(self, scope: Scope) -> Process:
        """The same process with somebody else acting."""
        return replace(self, scope=scope)


def clock_of(settings: Settings) -> Clock:
    """The machine's clock, or one that stands on the day that the data folder names.

    Raises Invalid when that file holds no day.
    """
    note = settings.data / AS_OF
    if not note.exists():
        return SystemClock()
    text = note.read_text(encoding="utf-8").strip()
    try:
        return FixedDayClock(date.fromisoformat(text))
    except ValueError:
        message = f"{note} should hold a day like 2026-11-06, it holds {text[:40]!r}; correct or delete the file"
        raise Invalid("AS_OF", message) from None


def acting(settings: Settings, user: str = "") -> Scope:
    """Who acts: the name that the call gives, else the setting, else the operating system's; an administrator."""
    return staff(user or settings.user or f"local:{os_user()}")
