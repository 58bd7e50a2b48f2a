"""What every page shares: its frame, its templates, its table as a file.

Owns: the menu, rendering, the answers that are not pages. Must not know: what stands on any one page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fastapi import Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException

from kernel.errors import NotFound
from kernel.period import Period
from web.filters import FILTERS
from web.pages.files import csv_text
from web.process import Process

NOT_ACCEPTABLE = 406
MENU = (
    ("Ranking", "/"),
    ("Vendors", "/vendors"),
    ("Queues", "/queues"),
    ("Status", "/status"),
    ("Imports", "/imports"),
    ("Invoices", "/invoices"),
    ("Contracts", "/contracts"),
)

templates = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
templates.filters.update(FILTERS)


def render(name: str, page: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """A template with its one name, page."""
    return HTMLResponse(templates.get_template(name).render(page=page), status_code=status)


def base_page(asking: Process, current: str = "") -> dict[str, Any]:
    """What the frame of every page needs; current: the address of the menu's entry that is open.

    Who is not signed in gets no menu and no name.
    """
    return {
        "menu": [{"name": name, "href": address, "current": address == current} for name, address in MENU if asking.scope.actor],
        "who": asking.scope.actor,
        "form_token": asking.form_token,
        "tour": bool(asking.scope.actor) and asking.may("upload") and asking.is_demo and current != "/tour",
        "seen_as": asking.seen_as,
        "title": "Scoreline",
        "refresh_seconds": 0,
        "bar": None,
    }


def table_file(rows: Sequence[Sequence[object]], name: str) -> Response:
    """A table as a CSV file to keep, its heads first; name: of the file, without its ending."""
    disposition = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(csv_text(rows), media_type="text/csv; charset=utf-8", headers=disposition)


def no_table() -> HTTPException:
    """What a page answers to `.csv` when it has no one main table."""
    return HTTPException(NOT_ACCEPTABLE)


def month(text: str) -> Period:
    """The month of an address; raises NotFound when it is none."""
    try:
        return Period.parse(text)
    except ValueError:
        raise NotFound("NO_PAGE", "there is no such page") from None
