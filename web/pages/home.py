"""Where everybody begins, and whether the site is well: `/`, `/healthz`, `/readyz`.

Owns: which page stands at the root. Must not know: how a ranking is arranged.
"""

from __future__ import annotations

import logging
import time

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse

from kernel import jobs
from web.database import found_version, newest_version
from web.deps import Asking, Here, Site
from web.job_history import SILENT, ticking
from web.pages import first_steps, ranking
from web.pages.frame import base_page, render
from web.pages.kept import kept

log = logging.getLogger("scoreline")
routes = APIRouter()


@routes.get("/", response_class=HTMLResponse)
def home(request: Request, here: Here, asking: Asking) -> Response:
    """The newest month's ranking; while there is none, the first steps, or how far the demo is."""
    if here.progress is not None and not here.progress.done:
        return render("steps.html", first_steps.progress_page(here.progress, base_page(asking)))
    if not asking.read(lambda session: ranking.months_of(session, asking)):
        return render("steps.html", first_steps.empty_page(base_page(asking)))
    return kept(request, asking, lambda: render("ranking.html", ranking.drawn(ranking.ranking_page(asking, None), base_page(asking, "/"))))


@routes.get("/healthz", include_in_schema=False)
async def healthz() -> PlainTextResponse:
    """The process is up."""
    return PlainTextResponse("ok\n")


@routes.get("/readyz", include_in_schema=False)
def readyz(here: Here) -> JSONResponse:
    """The database answers, its schema is this version's, a scheduler ticks, and the demo (if it is one) is made."""
    found = {"database": False, "schema": False, "scheduler": False}
    try:
        schema = found_version(here.process.engine) == newest_version()
        found = {"database": True, "schema": schema, "scheduler": schema and _ticks(here)}
    except Exception as error:  # noqa: BLE001 - whatever keeps the database from answering, the site is not ready
        log.warning("not ready: %s", error)
    ready = all(found.values()) and (here.progress is None or here.progress.done)
    return JSONResponse({"ready": ready, **found}, status_code=200 if ready else 503)


def _ticks(here: Site) -> bool:
    """Whether a scheduler has looked for what is due lately; a site that has just come up waits for one as long."""
    if time.monotonic() - here.started <= SILENT.total_seconds():
        return True
    return ticking(here.process.read(jobs.last_tick))
