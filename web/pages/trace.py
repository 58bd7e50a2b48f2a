"""The trace page: a figure, its formula, the counts behind it, the sheets with the cells marked.

Owns: what is asked for it and its words. Must not know: how a count is joined with its cells (web.trace), how a
sheet is drawn (web.pages.sheet).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import HTMLResponse, JSONResponse

from importers import service as importers
from kernel.errors import NotFound
from kernel.period import Period
from scorecards import service as scorecards
from vendors import service as vendors
from web.deps import Asking
from web.environment import environment
from web.filters import counted, exact, long_month, number, percent, sentence, unit_cost, words
from web.pages.frame import base_page, month, no_table, render
from web.pages.sheet import HIT, drawn_sheet, with_neighbours
from web.process import Process
from web.trace import trace_figure

CELL_TOLERANCE = Decimal("1e-9")
"""Money that was converted is kept to so many places in a cell's part."""
CELLS_ON_A_PAGE = 60
SHOWN_CUTS = (("queue", "Queue"), ("site", "Site"), ("language", "Language"))

Row = Mapping[str, Any]
Offset = Annotated[int, Query(ge=0)]
routes = APIRouter()


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of a figure; '' = all of it. offset: cells left out at the start."""

    queue: str = ""
    site: str = ""
    language: str = ""
    offset: Offset = 0


Part = Annotated[Asked, Depends()]


@routes.get("/trace/{vendor}/{period}/{metric}.json")
def trace_json(asking: Asking, vendor: str, period: str, metric: str, part: Part) -> JSONResponse:
    """A figure down to its cells."""
    return JSONResponse(trace_page(asking, vendor, month(period), metric, part))


@routes.get("/trace/{vendor}/{period}/{metric}.csv", include_in_schema=False)
def trace_csv(vendor: str, period: str, metric: str) -> Response:
    """This page has no one main table."""
    del vendor, period, metric
    raise no_table()


@routes.get("/trace/{vendor}/{period}/{metric}", response_class=HTMLResponse)
def trace_html(asking: Asking, vendor: str, period: str, metric: str, part: Part) -> Response:
    """A figure down to its cells, as a page."""
    found = trace_page(asking, vendor, month(period), metric, part)
    return render("trace.html", drawn(found, sheets_of(asking, found["cells"]), base_page(asking)))


def trace_page(asking: Process, vendor: str, period: Period, metric: str, part: Asked) -> dict[str, Any]:
    """The page object: the JSON of `trace` with what was asked and what is printed beside the figure.

    Raises NotFound for a vendor, month or figure that is not there.
    """
    cut = {"queue": part.queue, "site": part.site, "language": part.language}
    found = trace_figure(asking, vendor, period, metric, **cut, limit=CELLS_ON_A_PAGE, offset=part.offset)
    names = {row["code"]: str(row["name"]) for row in asking.read(lambda session: vendors.list_vendors(session, asking.scope))}
    told = next((one for one in scorecards.metrics() if one["metric"] == metric), {})
    return {
        **found,
        **cut,
        "vendor": vendor,
        "name": names.get(vendor, vendor),
        "period": str(period),
        "offset": part.offset,
        "unit": str(told.get("unit", "")),
        "definition": str(told.get("formula", "")),
    }


def sheets_of(asking: Process, cells: Sequence[Row]) -> list[dict[str, Any]]:
    """The sheets that hold these cells, as their vendors drew them, the cells marked; one that cannot be read is left out."""
    places: dict[tuple[int, str, str], dict[tuple[int, str], str]] = {}
    for cell in cells:
        if cell["batch"] is not None and cell["column"]:
            marks = places.setdefault((cell["batch"], cell["file"], cell["sheet"]), {})
            marks[cell["row"], cell["column"]] = HIT
    found = []
    for (batch, file, sheet), marks in places.items():
        try:
            view = importers.drawn_sheet(environment(asking), batch, sheet, with_neighbours(row for row, _ in marks))
        except NotFound:  # the client's own file, or one of several vendors: its cells are listed, its sheet is not shown
            continue
        if view is not None:
            name = f"{file}, sheet “{sheet}”" if sheet else file
            found.append({**drawn_sheet(view, marks), "name": name, "batch": batch, "marked": len(marks)})
    return found


def drawn(page: Row, sheets: Sequence[Row], base: Row) -> dict[str, Any]:
    """The page object with its words, ready for the template."""
    address = f"/trace/{page['vendor']}/{page['period']}/{page['metric']}"
    cut = {name: page[name] for name, _ in SHOWN_CUTS if page[name]}
    last = page["offset"] + len(page["cells"])
    shown_month = long_month(page["period"])
    return {
        **base,
        **{name: page[name] for name in ("vendor", "name", "period", "metric", "formula_version", "cells", "cells_total", "offset")},
        "title": f"{sentence(page['metric'])} of {page['name']}, {shown_month}",
        "headline": headline(page),
        "story": f"{page['name']}, {shown_month}{''.join(f', {name} {value}' for name, value in cut.items())}. {where_it_stands(page)}",
        "facts": [
            {
                "name": "Whose count",
                "value": " and ".join(dict.fromkeys(item["side"] for item in page["inputs"] if item["fact"] != "exchange_rate"))
                or "nobody’s",
                "note": "",
            },
            {"name": "Formula", "value": f"version {page['formula_version']}", "note": words(page["metric"])},
            {"name": "Added up again", "value": counted(page["cells_total"], "cell"), "note": re_added(page["inputs"])},
        ],
        "formula": formula(page),
        "inputs": [
            {**item, "agrees": _agrees(item), "by_hand": item.get("by_hand", False), "name": words(item["fact"])} for item in page["inputs"]
        ],
        "cuts": _cut_links(page, address, cut),
        "sheets": sheets,
        "first": page["offset"] + 1 if page["cells"] else 0,
        "last": last,
        "before_href": _with(address, {**cut, "offset": max(page["offset"] - CELLS_ON_A_PAGE, 0)}) if page["offset"] else "",
        "after_href": _with(address, {**cut, "offset": last}) if last < page["cells_total"] else "",
        "json_href": _with(f"{address}.json", {**cut, "offset": page["offset"]}),
        "command": " ".join(["scoreline trace", page["vendor"], page["period"], page["metric"], *(f"--{k} {v}" for k, v in cut.items())]),
        "what": words(page["metric"]),
    }


def headline(page: Row) -> str:
    """The figure with the two amounts that it is the quotient of, as far as it is one."""
    if page["value"] is None:
        return f"There is no {words(page['metric'])}: {words(page['state'])}."
    if page["numerator"] is None:
        return f"{sentence(page['metric'])} is {shown(page['value'])}."
    unit = f" {page['raw']['currency']}" if isinstance(page["raw"], Mapping) else ""
    divided = f"{exact(page['numerator'])}{unit} divided by {exact(page['denominator'])}"
    if page["raw"] == page["value"]:
        return f"{shown(page['value'])} is {divided}."
    return f"{sentence(page['metric'])} is {shown(page['value'])} {adjustment(page)}; plainly, {divided} is {shown(page['raw'])}."


def adjustment(page: Row) -> str:
    """In which respect a figure is not the plain quotient."""
    return "on equal work" if page["unit"] == "money" else "weighted by decisions"


def where_it_stands(page: Row) -> str:
    """What a reader may rely on."""
    if not page["metric"] or not page["definition"]:
        return "Three steps lead back to what was sent."
    return "The same figure stands on the ranking, in the review, in the CSV and in the JSON."


def re_added(inputs: Sequence[Row]) -> str:
    """Whether the cells, added up now, give the counts as stored."""
    wrong = [words(item["fact"]) for item in inputs if not _agrees(item)]
    return f"differ in {', '.join(wrong)}: run scoreline check" if wrong else "give the counts, as stored"


def _agrees(item: Row) -> bool:
    """Whether an input's cells sum to it; one without cells stands for itself."""
    return not item["cells"] or abs(Decimal(item["cells_sum"]) - Decimal(item["amount"])) <= CELL_TOLERANCE


def formula(page: Row) -> dict[str, Any]:
    """The formula in parts: words, values, result; parts are '' where the figure has none."""
    unit = f" {page['raw']['currency']}" if isinstance(page["raw"], Mapping) else ""
    divided = page["numerator"] is not None
    return {
        "words": page["definition"] or page["formula"],
        "numerator": f"{exact(page['numerator'])}{unit}" if divided else "",
        "denominator": exact(page["denominator"]) if divided else "",
        "raw": shown(page["raw"]) if divided else "",
        "adjusted": shown(page["value"]) if divided and page["raw"] != page["value"] and page["value"] is not None else "",
        "adjustment": adjustment(page),
        "spoken": page["formula"],
    }


def _cut_links(page: Row, address: str, cut: Mapping[str, str]) -> list[dict[str, Any]]:
    """Per kind of cut the parts that the figure has, each alone; the chosen one leads back to all."""
    rows = []
    for name, title in SHOWN_CUTS:
        rest = {other: value for other, value in cut.items() if other != name}
        links = [
            {"text": value, "href": _with(address, {**rest, name: value}), "current": value == cut.get(name)}
            for value in page["cuts"][name]
        ]
        if links and (len(links) > 1 or name in cut):
            rows.append({"title": title, "links": [{"text": "all", "href": _with(address, rest), "current": name not in cut}, *links]})
    return rows


def _with(address: str, query: Mapping[str, object]) -> str:
    return f"{address}?{urlencode(query)}" if query else address


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
