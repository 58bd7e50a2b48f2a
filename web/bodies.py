"""Bodies of forms on their way in: how long they may be, and how long their sender may be silent.

Owns: both limits, for everything but files (web.incoming). Must not know: who sends, any page.
"""

from __future__ import annotations

import asyncio

from fastapi import Request
from starlette.types import Message, Receive

from kernel.errors import Invalid

SILENCE_SECONDS = 30
"""A sender that says nothing for so long is let go."""
KILOBYTE = 1024


def check_length(request: Request, most: int) -> None:
    """Refuse a body that says itself that it has more bytes than that. Raises Invalid (TOO_LARGE)."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most:
        raise _too_large(most)


def limited(receive: Receive, most: int) -> Receive:
    """The same body, cut off after so many bytes (TOO_LARGE) or where its sender falls silent (TOO_SLOW)."""
    seen, ended = 0, False

    async def counted() -> Message:
        nonlocal seen, ended
        if ended:  # what comes now is only that the sender is gone, however late
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), SILENCE_SECONDS)
        except TimeoutError:
            raise Invalid("TOO_SLOW", f"nothing came for {SILENCE_SECONDS} seconds; nothing was changed: send it again") from None
        seen += len(message.get("body", b""))
        ended = not message.get("more_body", False)
        if seen > most:
            raise _too_large(most)
        return message

    return counted


def _too_large(most: int) -> Invalid:
    return Invalid("TOO_LARGE", f"this is longer than {most // KILOBYTE} KB")
