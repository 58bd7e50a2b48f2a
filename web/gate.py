"""The gate: who may come in. Every request passes it before any page; what it does not know to be open is closed.

Owns: which addresses are open to everybody, recognising a visitor, refusing what another site sends, the cookie.
Must not know: any page, what a role may do.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from kernel.errors import NotAllowed, NotSignedIn
from web.accounts.entry import Visitor, visitor_of_session, visitor_of_token
from web.accounts.rules import ABSOLUTE
from web.bodies import check_length, limited
from web.deps import Site, origin_of

OPEN = frozenset({"/healthz", "/readyz"})
"""Addresses that tell nothing about anybody; /static/ beside them."""
DOORS = frozenset({"/sign-in", "/first-sign-in", "/metrics"})
"""Addresses that nobody needs to be signed in for, and that look at the visitor themselves."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SEE_OTHER = 303
SMALL_BODY = 64 * 1024
"""Bytes of a body that somebody unknown may send: a name and a password."""
FORM_BODY = 1024 * 1024
"""Bytes of a body that a person or program may send."""
UPLOADS = frozenset({"/imports"})
"""Addresses that take files, and look after length and silence themselves."""
BEARER = "bearer "
COOKIE = "scoreline"


class Gate:
    """Recognises whoever asks, for all pages alike (ASGI)."""

    def __init__(self, app: ASGIApp, site: Site, explain: Callable[[Request, Exception], Response]) -> None:
        """Before an app; explain: makes the answer of whatever was raised."""
        self.app = app
        self.site = site
        self.explain = explain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or answer it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        path = scope["path"]
        if path in OPEN or path.startswith("/static/"):
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        scope.setdefault("state", {})["visitor"] = None
        try:
            visitor = await run_in_threadpool(self._visitor, request)
            scope["state"]["visitor"] = visitor
            self._check_origin(request, visitor)
            whole = visitor is not None and path in UPLOADS
            most = SMALL_BODY if visitor is None else FORM_BODY
            if not whole:
                check_length(request, most)
        except Exception as error:  # noqa: BLE001 - whatever it is, the visitor gets it as they get every other
            await self.explain(request, error)(scope, receive, send)
            return
        if visitor is None and path not in DOORS:
            await self._stranger(request)(scope, receive, send)
            return
        await self.app(scope, receive if whole else limited(receive, most), send)

    def _visitor(self, request: Request) -> Visitor | None:
        """Who shows a token or a cookie that holds; a token that does not is refused, and no cookie looked at."""
        process = self.site.process
        shown = request.headers.get("authorization", "")
        if shown[: len(BEARER)].lower() == BEARER:
            return visitor_of_token(process.engine, shown[len(BEARER) :].strip(), process.machine.now())
        secret = request.cookies.get(cookie_name(self.site, request), "")
        return visitor_of_session(process.engine, secret, process.machine.now()) if secret else None

    def _check_origin(self, request: Request, visitor: Visitor | None) -> None:
        """A change is asked for by our own pages, or by a program with its token."""
        if request.method in SAFE or (visitor is not None and visitor.session is None):
            return
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        ours = self.site.base_url or str(request.base_url)
        if (site is None and origin is None) or site not in (None, "same-origin") or origin not in (None, origin_of(ours)):
            raise NotAllowed(
                "FOREIGN_ORIGIN", f"this did not come from a page of this site ({origin_of(ours)}); open it there and repeat it"
            )

    def _stranger(self, request: Request) -> Response:
        if request.method in ("GET", "HEAD") and not wants_data(request):
            where = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"/sign-in?next={quote(where, safe='/')}" if where != "/" else "/sign-in", SEE_OTHER)
        refusal = NotSignedIn("SIGN_IN", "sign in first, or show a token (Authorization: Bearer ...)")
        return self.explain(request, refusal)


def wants_data(request: Request) -> bool:
    """Whether an answer should be JSON or a table rather than a page."""
    accept = request.headers.get("accept", "")
    return request.url.path.endswith((".json", ".csv")) or ("application/json" in accept and "text/html" not in accept)


def cookie_name(site: Site, request: Request) -> str:
    """The session's cookie: bound to the host by its name when https allows that; else to the port, which cookies are not."""
    if site.secure:
        return f"__Host-{COOKIE}"
    port = request.url.port
    return f"{COOKIE}-{port}" if port else COOKIE


def give_cookie(site: Site, request: Request, response: Response, secret: str) -> None:
    """Let the browser keep a session's secret; no script can read it."""
    seconds = int(ABSOLUTE.total_seconds())
    response.set_cookie(cookie_name(site, request), secret, max_age=seconds, path="/", secure=site.secure, httponly=True, samesite="lax")


def take_cookie(site: Site, request: Request, response: Response) -> None:
    """Let the browser forget it."""
    response.delete_cookie(cookie_name(site, request), path="/", secure=site.secure, httponly=True, samesite="lax")
