"""Signing in, in the shortest words, with hashes that take no time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from kernel.db import unit_of_work
from kernel.scope import staff
from web.accounts import entry, service
from web.accounts.passwords import Hasher

AT = datetime(2026, 11, 6, 12, tzinfo=UTC)
GOOD, OTHER = "correct horse battery", "staple correct horse"
QUICK = Hasher(memory_kib=8, passes=1)
BOSS = staff("local:root")


@dataclass
class Door:
    """The way into a house, at a time that tests set."""

    engine: Engine
    at: datetime = AT

    def later(self, **more: int) -> None:
        """Let time pass."""
        self.at += timedelta(**more)

    def invite(self, name: str, *roles: str, vendors: tuple[str, ...] = ()) -> str:
        """Add a person; returns the secret of the link."""
        return unit_of_work(self.engine, lambda s: service.add_account(s, BOSS, name, roles, vendors, self.at))[1]

    def person(self, name: str, *roles: str, vendors: tuple[str, ...] = ()) -> str:
        """Add a person who has chosen a password; returns the secret of the first session."""
        link = self.invite(name, *roles, vendors=vendors)
        return entry.use_link(self.engine, link, "", GOOD, device="", at=self.at, hasher=QUICK)

    def sign_in(self, name: str, password: str = GOOD, *, address: str = "192.0.2.1", old: str = "") -> str:
        """Sign in; returns the session's secret."""
        return entry.sign_in(self.engine, name, password, address=address, device="Firefox", at=self.at, old=old, hasher=QUICK)

    def visitor(self, secret: str) -> entry.Visitor | None:
        """Who holds a session."""
        return entry.visitor_of_session(self.engine, secret, self.at)
