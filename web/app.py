"""The site: its pages put together, headers, errors as pages. All HTTP of Scoreline begins here.

Owns: which page modules there are, the security headers, what an error looks like. Must not know: what stands on a
page (web/pages) or how a figure is computed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from kernel.errors import Refusal
from web import errors
from web.deps import Site, asking
from web.pages import home, lists, notes, ranking, trace
from web.pages.frame import NOT_ACCEPTABLE, base_page, render
from web.process import Process
from web.progress import Progress

NOT_FOUND = 404
PAGES = (home, ranking, trace, lists, notes)
"""The page modules, each with its routes."""
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


def create_app(process: Process, progress: Progress | None = None) -> FastAPI:
    """The site over an open database; progress is what the demo tells while it is being made."""
    app = FastAPI(title="Scoreline", docs_url=None, redoc_url=None)
    app.state.site = Site(process, progress)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    for page in PAGES:
        app.include_router(page.routes)
    _add_errors(app)

    @app.middleware("http")
    async def set_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        """Set the security headers on every answer."""
        response = await call_next(request)
        response.headers.update(HEADERS)
        return response

    return app


def _add_errors(app: FastAPI) -> None:
    def answer(request: Request, status: int, headline: str, story: str, body: dict[str, Any]) -> Response:
        accept = request.headers.get("accept", "")
        if request.url.path.endswith(".json") or ("application/json" in accept and "text/html" not in accept):
            return JSONResponse(body, status_code=status, headers=HEADERS)
        page = base_page(asking(request)) | {"title": headline, "headline": headline, "story": story, "steps": []}
        response = render("steps.html", page, status)
        response.headers.update(HEADERS)
        return response

    @app.exception_handler(Refusal)
    def refused(request: Request, refusal: Refusal) -> Response:
        """A refusal as its status, with its sentence."""
        status = errors.status(refusal)
        headline = "There is no such page." if status == NOT_FOUND else "That was not done."
        sentence = refusal.message[:1].upper() + refusal.message[1:]
        return answer(request, status, headline, f"{sentence}.", errors.refusal_json(refusal))

    @app.exception_handler(HTTPException)
    def unknown(request: Request, error: HTTPException) -> Response:
        """An address that nothing answers, or a form that it has not."""
        table = error.status_code == NOT_ACCEPTABLE
        body = errors.error_json("usage" if table else "refused", f"HTTP_{error.status_code}", str(error.detail), None)
        headline = "This page has no table." if table else "There is no such page."
        return answer(request, error.status_code, headline, "The ranking stands at /.", body)

    @app.exception_handler(Exception)
    def bug(request: Request, error: Exception) -> Response:
        """A bug as a page with its reference number; the machine's own faults as refusals."""
        refusal = errors.as_refusal(error)
        if refusal is not None:
            return refused(request, refusal)
        reference = errors.report_bug(error)
        return answer(request, errors.BUG_STATUS, "Something broke.", errors.bug_sentence(reference), errors.bug_json(error, reference))
