"""An empty house with people of several roles."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from kernel import audit
from kernel.db import reading, unit_of_work
from kernel.scope import staff
from tests.web.accounts.people import AT, Door
from vendors import service as vendors


@pytest.fixture
def door(engine: Engine) -> Door:
    """The way in, on both databases, with two vendors."""

    def two(session: Session) -> None:
        for code in ("NOVA", "ORCA"):
            vendors.add_vendor(session, staff("ana"), code, code.title(), at=AT)

    unit_of_work(engine, two)
    return Door(engine)


@pytest.fixture
def actions(engine: Engine) -> Callable[[], list[tuple[str, str, str]]]:
    """Actor, action and subject of everything that happened to accounts."""

    def read() -> list[tuple[str, str, str]]:
        with reading(engine) as session:
            found = audit.entries(session)
            return [(one.actor, one.action, one.subject) for one in reversed(found) if one.action.startswith(("account.", "token."))]

    return read
