"""Forms on their way in: cut off where they are too long or their sender falls silent, and left alone afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from starlette.types import Message

from kernel.errors import Invalid
from web import bodies
from web.bodies import limited


def block(size: int, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": bytes(size), "more_body": more}


def connection(*said: Message, silent_for: float = 60) -> Callable[[], Awaitable[Message]]:
    """A connection that says this at once, and then nothing for so many seconds before it is gone."""
    waiting = list(said)

    async def receive() -> Message:
        if waiting:
            return waiting.pop(0)
        await asyncio.sleep(silent_for)
        return {"type": "http.disconnect"}

    return receive


async def _read(receive: Callable[[], Awaitable[Message]], times: int) -> list[str]:
    return [(await receive())["type"] for _ in range(times)]


def test_a_body_is_passed_on_as_it_is_up_to_its_limit() -> None:
    assert asyncio.run(_read(limited(connection(block(600), block(400, more=False)), 1000), 2)) == ["http.request"] * 2


def test_a_longer_one_is_cut_off_where_the_limit_is() -> None:
    with pytest.raises(Invalid) as refused:
        asyncio.run(_read(limited(connection(block(600), block(401, more=False)), 1000), 2))
    assert refused.value.code == "TOO_LARGE"


def test_a_sender_that_falls_silent_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SILENCE_SECONDS", 0.05)
    with pytest.raises(Invalid) as refused:
        asyncio.run(_read(limited(connection(block(10)), 1000), 2))
    assert refused.value.code == "TOO_SLOW"


def test_after_the_body_the_wait_for_the_end_of_the_connection_has_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SILENCE_SECONDS", 0.05)
    receive = limited(connection(block(10, more=False), silent_for=0.2), 1000)
    assert asyncio.run(_read(receive, 2)) == ["http.request", "http.disconnect"]
