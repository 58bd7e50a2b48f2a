"""The site: routes, headers, errors as pages. All HTTP of Scoreline begins here.

Owns: which address answers with what, the security headers, what an error looks like. Must not know: what stands
on a page (web/pages) or how a figure is computed.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException

from kernel.errors import NotFound, Refusal
from kernel.period import Period
from web import errors
from web.database import found_version, newest_version
from web.filters import FILTERS, long_month
from web.pages import first_steps, lists, ranking, trace
from web.pages.files import csv_text
from web.process import Process
from web.progress import Progress

log = logging.getLogger("scoreline")

HERE = Path(__file__).parent
NOT_FOUND, NOT_ACCEPTABLE = 404, 406
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""On every answer. No script runs on any page, and no style but ours."""
Offset = Annotated[int, Query(ge=0)]
MENU = (("Ranking", "/"), ("Imports", "/imports"), ("Invoices", "/invoices"))

templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
templates.filters.update(FILTERS)


def create_app(process: Process, progress: Progress | None = None) -> FastAPI:
    """The site over an open database; progress is what the demo tells while it is being made."""
    app = FastAPI(title="Scoreline", docs_url=None, redoc_url=None)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    _add_health(app, process, progress)
    _add_home(app, process, progress)
    _add_rankings(app, process)
    _add_trace(app, process)
    _add_lists(app, process)
    _add_errors(app, process)

    @app.middleware("http")
    async def set_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        """Set the security headers on every answer."""
        response = await call_next(request)
        response.headers.update(HEADERS)
        return response

    return app


def render(name: str, page: dict[str, Any], status: int = 200) -> HTMLResponse:
    """A template with its one name, page."""
    return HTMLResponse(templates.get_template(name).render(page=page), status_code=status)


def base_page(process: Process, current: str = "") -> dict[str, Any]:
    """What the frame of every page needs; current: the address of the menu's entry that is open."""
    return {
        "menu": [{"name": name, "href": address, "current": address == current} for name, address in MENU],
        "who": process.scope.actor,
        "title": "Scoreline",
        "refresh_seconds": 0,
        "bar": None,
    }


def _table(rows: Sequence[Sequence[object]], name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(csv_text(rows), media_type="text/csv; charset=utf-8", headers=disposition)


def _add_health(app: FastAPI, process: Process, progress: Progress | None) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> PlainTextResponse:
        """The process is up."""
        return PlainTextResponse("ok\n")

    @app.get("/readyz", include_in_schema=False)
    def readyz() -> JSONResponse:
        """The database answers, its schema is this version's, and the demo (if it is one) is made."""
        try:
            schema = found_version(process.engine) == newest_version()
        except Exception as error:  # noqa: BLE001 - whatever keeps the database from answering, the site is not ready
            log.warning("not ready: %s", error)
            return JSONResponse({"ready": False, "database": False, "schema": False}, status_code=503)
        ready = schema and (progress is None or progress.done)
        return JSONResponse({"ready": ready, "database": True, "schema": schema}, status_code=200 if ready else 503)


def _add_home(app: FastAPI, process: Process, progress: Progress | None) -> None:
    @app.get("/", response_class=HTMLResponse)
    def home() -> Response:
        """The newest month's ranking; while there is none, the first steps, or how far the demo is."""
        if progress is not None and not progress.done:
            return render("steps.html", first_steps.progress_page(progress, base_page(process)))
        if not process.read(lambda session: ranking.months_of(session, process)):
            return render("steps.html", first_steps.empty_page(base_page(process)))
        return render("ranking.html", ranking.drawn(ranking.ranking_page(process, None), base_page(process, "/")))


def _add_rankings(app: FastAPI, process: Process) -> None:
    def found(period: str, queue: str, language: str, basis: str) -> dict[str, Any]:
        if basis not in ranking.BASIS_WORDS:
            raise NotFound("NO_PAGE", "there is no such page")
        return ranking.ranking_page(process, _month(period), queue=queue, language=language, basis=basis)

    @app.get("/rankings/{period}.json")
    def ranking_json(period: str, queue: str = "", language: str = "", basis: str = "like_for_like") -> JSONResponse:
        """The ranking page's object."""
        return JSONResponse(found(period, queue, language, basis))

    @app.get("/rankings/{period}.csv", response_class=PlainTextResponse)
    def ranking_csv(period: str, queue: str = "", language: str = "", basis: str = "like_for_like") -> Response:
        """The ranking's table."""
        return _table(ranking.csv_rows(found(period, queue, language, basis)), f"ranking-{period}")

    @app.get("/rankings/{period}", response_class=HTMLResponse)
    def ranking_page(period: str, queue: str = "", language: str = "", basis: str = "like_for_like") -> Response:
        """One month's ranking."""
        return render("ranking.html", ranking.drawn(found(period, queue, language, basis), base_page(process, "/")))


def _add_trace(app: FastAPI, process: Process) -> None:
    def found(vendor: str, period: str, metric: str, queue: str, site: str, language: str, offset: int) -> dict[str, Any]:
        return trace.trace_page(process, vendor, _month(period), metric, queue=queue, site=site, language=language, offset=offset)

    @app.get("/trace/{vendor}/{period}/{metric}.json")
    def trace_json(
        vendor: str, period: str, metric: str, queue: str = "", site: str = "", language: str = "", offset: Offset = 0
    ) -> JSONResponse:
        """A figure down to its cells."""
        return JSONResponse(found(vendor, period, metric, queue, site, language, offset))

    @app.get("/trace/{vendor}/{period}/{metric}.csv", include_in_schema=False)
    def trace_csv(vendor: str, period: str, metric: str) -> Response:
        """This page has no one main table."""
        del vendor, period, metric
        raise HTTPException(NOT_ACCEPTABLE)

    @app.get("/trace/{vendor}/{period}/{metric}", response_class=HTMLResponse)
    def trace_page(
        vendor: str, period: str, metric: str, queue: str = "", site: str = "", language: str = "", offset: Offset = 0
    ) -> Response:
        """A figure down to its cells, as a page."""
        return render("trace.html", trace.drawn(found(vendor, period, metric, queue, site, language, offset), base_page(process)))


def _add_lists(app: FastAPI, process: Process) -> None:
    def serve(address: str, title: Callable[..., str], page: Callable[..., Any], table: Callable[[Any], Any]) -> None:
        @app.get(f"{address}.json")
        def list_json(period: str = "") -> JSONResponse:
            """The page's object."""
            return JSONResponse(page(period))

        @app.get(f"{address}.csv", response_class=PlainTextResponse)
        def list_csv(period: str = "") -> Response:
            """The page's table."""
            return _table(lists.csv_rows(table(page(period))), title(period).lower().replace(" ", "-").replace(",", ""))

        @app.get(address, response_class=HTMLResponse)
        def list_page(period: str = "") -> Response:
            """The page."""
            found = page(period)
            here = address.replace("{period}", period)
            return render("list.html", lists.drawn(found, table(found), base_page(process, here), title(period), here))

    serve(
        "/status/{period}",
        lambda period: f"Status, {long_month(period)}",
        lambda period: lists.status_page(process, _month(period)),
        lists.status_table,
    )
    serve("/imports", lambda _: "Imports", lambda _: lists.imports_page(process), lists.imports_table)
    serve("/invoices", lambda _: "Invoices", lambda _: lists.invoices_page(process), lists.invoices_table)


def _month(text: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError:
        raise NotFound("NO_PAGE", "there is no such page") from None


def _add_errors(app: FastAPI, process: Process) -> None:
    def answer(request: Request, status: int, headline: str, story: str, body: dict[str, Any]) -> Response:
        accept = request.headers.get("accept", "")
        if request.url.path.endswith(".json") or ("application/json" in accept and "text/html" not in accept):
            return JSONResponse(body, status_code=status, headers=HEADERS)
        page = base_page(process) | {"title": headline, "headline": headline, "story": story, "steps": []}
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
