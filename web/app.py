"""The site: its pages put together, headers, errors as pages. All HTTP of Scoreline begins here.

Owns: which page modules there are, the security headers, what an error looks like. Must not know: what stands on a
page (web/pages) or how a figure is computed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from kernel.errors import Refusal, TooMany
from web import errors, measuring
from web.deps import Site, asking, visitor_of
from web.gate import Gate, wants_data
from web.headers import Headers, headers_for
from web.pages import (
    account,
    admin_users,
    by_hand,
    contracts,
    home,
    imports,
    invoice,
    invoices,
    jobs,
    log,
    notes,
    queues,
    ranking,
    reviews,
    scorecards,
    sign_in,
    status,
    tour,
    trace,
    vendors,
)
from web.pages.frame import NOT_ACCEPTABLE, base_page, render
from web.pages.kept import Kept
from web.process import Process
from web.progress import Progress

HEADLINES = {401: "Sign in first.", 403: "That is not yours to do.", 404: "There is no such page."}
"""Status of a refusal -> what stands above its sentence."""
PAGES = (
    home,
    tour,
    sign_in,
    ranking,
    trace,
    status,
    invoices,
    invoice,
    contracts,
    imports,
    by_hand,
    scorecards,
    reviews,
    vendors,
    queues,
    notes,
    jobs,
    account,
    admin_users,
    log,
)
"""The page modules, each with its routes."""


def create_app(process: Process, progress: Progress | None = None) -> FastAPI:
    """The site over an open database; progress is what the demo tells while it is being made."""
    app = FastAPI(title="Scoreline", docs_url=None, redoc_url=None)
    site = Site(process, progress)
    app.state.site = site
    app.state.kept = Kept()
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    for page in PAGES:
        app.include_router(page.routes)
    explain = _add_errors(app, site)
    app.add_middleware(Gate, site=site, explain=explain)
    app.add_middleware(Headers, secure=site.secure)  # also on what the gate answers
    measuring.add_to(app)  # outermost: all of it is measured
    return app


def _add_errors(app: FastAPI, site: Site) -> Callable[[Request, Exception], Response]:
    """Let the app answer whatever is raised; returns what makes such an answer."""

    def answer(request: Request, status: int, headline: str, story: str, body: dict[str, Any]) -> Response:
        headers = headers_for(request.url.path, secure=site.secure)  # a bug is answered outside of Headers
        if wants_data(request) or (visitor_of(request) is None and "text/html" not in request.headers.get("accept", "")):
            return JSONResponse(body, status_code=status, headers=headers)
        page = base_page(asking(request)) | {"title": headline, "headline": headline, "story": story, "steps": []}
        response = render("steps.html", page, status)
        response.headers.update(headers)
        return response

    @app.exception_handler(Refusal)
    def refused(request: Request, refusal: Refusal) -> Response:
        """A refusal as its status, with its sentence."""
        status = errors.status(refusal)
        headline = HEADLINES.get(status, "That was not done.")
        response = answer(request, status, headline, errors.spoken(refusal), errors.refusal_json(refusal))
        if isinstance(refusal, TooMany):
            response.headers["Retry-After"] = str(refusal.seconds)
        return response

    @app.exception_handler(HTTPException)
    def unknown(request: Request, error: HTTPException) -> Response:
        """An address that nothing answers, or a form that it has not."""
        table = error.status_code == NOT_ACCEPTABLE
        body = errors.error_json("usage" if table else "refused", f"HTTP_{error.status_code}", str(error.detail), None)
        headline = "This page has no table." if table else "There is no such page."
        return answer(request, error.status_code, headline, "The ranking stands at /.", body)

    @app.exception_handler(RequestValidationError)
    def misfilled(request: Request, error: RequestValidationError) -> Response:
        """A field or a part of the address that cannot be what it is."""
        first = error.errors()[0]
        sentence = f"{first['loc'][-1]}: {str(first['msg'])[:1].lower()}{str(first['msg'])[1:]}"
        return answer(request, 422, "That was not understood.", f"{sentence}.", errors.error_json("usage", "FIELD", sentence, None))

    @app.exception_handler(OverflowError)  # by itself, so that what a person typed is in no log as a crash
    @app.exception_handler(Exception)
    def bug(request: Request, error: Exception) -> Response:
        """A bug as a page with its reference number; the machine's own faults as refusals."""
        refusal = errors.as_refusal(error)
        if refusal is not None:
            return refused(request, refusal)
        reference = errors.report_bug(error)
        return answer(request, errors.BUG_STATUS, "Something broke.", errors.bug_sentence(reference), errors.bug_json(error, reference))

    return bug
