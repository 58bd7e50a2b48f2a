"""The trace page: a figure, its formula, the counts behind it, the cells behind those.

Owns: what is asked for it and its words. Must not know: how a count is joined with its cells (web.trace).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse, JSONResponse

from kernel.period import Period
from vendors import service as vendors
from web.deps import Asking
from web.filters import long_month, number, percent, sentence, unit_cost, words
from web.pages.frame import base_page, month, no_table, render
from web.process import Process
from web.trace import trace_figure

CELLS_ON_A_PAGE = 200

Row = Mapping[str, Any]
Offset = Annotated[int, Query(ge=0)]
routes = APIRouter()


@routes.get("/trace/{vendor}/{period}/{metric}.json")
def trace_json(
    asking: Asking, vendor: str, period: str, metric: str, queue: str = "", site: str = "", language: str = "", offset: Offset = 0
) -> JSONResponse:
    """A figure down to its cells."""
    return JSONResponse(trace_page(asking, vendor, month(period), metric, queue=queue, site=site, language=language, offset=offset))


@routes.get("/trace/{vendor}/{period}/{metric}.csv", include_in_schema=False)
def trace_csv(vendor: str, period: str, metric: str) -> Response:
    """This page has no one main table."""
    del vendor, period, metric
    raise no_table()


@routes.get("/trace/{vendor}/{period}/{metric}", response_class=HTMLResponse)
def trace_html(
    asking: Asking, vendor: str, period: str, metric: str, queue: str = "", site: str = "", language: str = "", offset: Offset = 0
) -> Response:
    """A figure down to its cells, as a page."""
    found = trace_page(asking, vendor, month(period), metric, queue=queue, site=site, language=language, offset=offset)
    return render("trace.html", drawn(found, base_page(asking)))


def trace_page(
    process: Process, vendor: str, period: Period, metric: str, *, queue: str, site: str, language: str, offset: int
) -> dict[str, Any]:
    """The page object: the JSON of `trace` with what was asked.

    Raises NotFound for a vendor, month or figure that is not there.
    """
    found = trace_figure(process, vendor, period, metric, queue=queue, site=site, language=language, limit=CELLS_ON_A_PAGE, offset=offset)
    names = {row["code"]: str(row["name"]) for row in process.read(lambda session: vendors.list_vendors(session, process.scope))}
    return {
        **found,
        "vendor": vendor,
        "name": names.get(vendor, vendor),
        "period": str(period),
        "queue": queue,
        "site": site,
        "language": language,
        "offset": offset,
    }


def drawn(page: Row, base: Row) -> dict[str, Any]:
    """The page object with its words, ready for the template."""
    scope = ", ".join(part for part in (page["queue"], page["site"], page["language"]) if part)
    address = f"/trace/{page['vendor']}/{page['period']}/{page['metric']}"
    query = "".join(f"&{name}={page[name]}" for name in ("queue", "site", "language") if page[name])
    last = page["offset"] + len(page["cells"])
    return {
        **base,
        **{
            name: page[name]
            for name in ("vendor", "period", "metric", "formula", "formula_version", "inputs", "cells", "cells_total", "offset")
        },
        "title": f"{sentence(page['metric'])} of {page['name']}, {long_month(page['period'])}",
        "headline": f"{sentence(page['metric'])} of {page['name']} in {long_month(page['period'])} is {shown(page['value'])}.",
        "scope": scope,
        "first": page["offset"] + 1 if page["cells"] else 0,
        "last": last,
        "before_href": f"{address}?offset={max(page['offset'] - CELLS_ON_A_PAGE, 0)}{query}" if page["offset"] else "",
        "after_href": f"{address}?offset={last}{query}" if last < page["cells_total"] else "",
        "json_href": f"{address}.json?offset={page['offset']}{query}",
        "ranking_href": f"/rankings/{page['period']}",
        "what": words(page["metric"]),
    }


def shown(value: object) -> str:
    """A figure's value in a sentence: money with its currency, anything up to 1 also in percent.

    >>> shown({"value": "0.080451", "currency": "USD"}), shown(0.9293712574), shown(82.02), shown(None)
    ('0.0805 USD', '0.9294 (92.94 %)', '82.02', 'not there')
    """
    if value is None:
        return "not there"
    if isinstance(value, Mapping):
        return f"{unit_cost(value.get('value', value.get('amount')))} {value['currency']}"
    amount = float(str(value))
    return f"{number(value, 4)} ({percent(value, 2)} %)" if abs(amount) <= 1 else number(value, 2)
