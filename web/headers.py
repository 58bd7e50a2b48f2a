"""Headers that every answer carries. Owns: what browsers are told to refuse. Must not know: any page."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""On every answer. No script, style or picture but the files that we serve."""
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}
"""Where browsers come by https: for a year they come by nothing else."""
NOT_KEPT = {"Cache-Control": "no-store"}
"""On all but the files that everybody gets: after signing out, going back shows nothing."""


def headers_for(path: str, *, secure: bool) -> dict[str, str]:
    """What an answer at a path carries."""
    return HEADERS | (HTTPS_ONLY if secure else {}) | ({} if path.startswith("/static/") else NOT_KEPT)


class Headers:
    """Sets them on whatever an app answers (ASGI)."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        """Before an app; secure: browsers come by https."""
        self.app = app
        self.secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers_for(scope["path"], secure=self.secure))
            await send(message)

        await self.app(scope, receive, with_headers)
