"""The tour of the demo: six steps that a newcomer can walk in ten minutes, told from the demo's own figures.

Owns: the steps and their words. Must not know: how a figure is found; it reads what the pages read. Outside a demo there
is no tour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from kernel.errors import NotFound
from kernel.period import Period
from scorecards import service as scorecards
from web.deps import Asking
from web.filters import amount, listed, long_month, words
from web.gate import SEE_OTHER
from web.pages import ranking
from web.pages.arrange_invoices import OPEN_STATES, TITLES
from web.pages.frame import base_page, render
from web.process import Process

FOLDER = "to-upload"
FAULTY, CORRECTED = "2_faulty_*", "3_corrected_*"
Row = Mapping[str, Any]
routes = APIRouter()


@routes.get("/tour", response_class=HTMLResponse, include_in_schema=False)
def tour(asking: Asking) -> Response:
    """The six steps."""
    _only_in_a_demo(asking)
    if not asking.read(lambda session: ranking.months_of(session, asking)):
        return RedirectResponse("/", SEE_OTHER)
    return render("tour.html", drawn(tour_page(asking), base_page(asking, "/tour")))


@routes.get("/tour/files/{name}", include_in_schema=False)
def file(asking: Asking, name: str) -> Response:
    """One of the demo's files to try an upload with."""
    _only_in_a_demo(asking)
    found = next((path for path in _files(asking) if path.name == name), None)
    if found is None:
        raise NotFound("NO_PAGE", "there is no such page")
    return FileResponse(found, filename=found.name)


def _only_in_a_demo(asking: Process) -> None:
    if not asking.is_demo:
        raise NotFound("NO_PAGE", "there is no such page")


def _files(asking: Process) -> list[Path]:
    return sorted((asking.settings.data / FOLDER).glob("[0-9]*"))


def tour_page(asking: Process) -> dict[str, Any]:
    """What the steps tell of: the newest month's ranking, its largest finding, the files to drop."""
    found = ranking.ranking_page(asking, None)
    period = Period.parse(found["period"])
    invoices = asking.read(lambda session: scorecards.invoice_list(session, asking.scope, asking.settings, period))
    files = {path.name for path in _files(asking)}
    return {
        "period": found["period"],
        "headline": found["headline"],
        "vendors": found["vendors"],
        "waiting_for": found["waiting_for"],
        "finding": largest(invoices),
        "faulty": next((name for name in sorted(files) if name.startswith(FAULTY[:-1])), ""),
        "corrected": next((name for name in sorted(files) if name.startswith(CORRECTED[:-1])), ""),
    }


def largest(invoices: Sequence[Row]) -> Row | None:
    """The largest finding of the first invoice that has an open one, with that invoice; None when nothing is in question.

    invoices: as `invoice list` orders them, by worth across currencies.
    """
    for one in invoices:
        found = [finding for finding in one["findings"] if finding["state"] in OPEN_STATES and finding["in_favour_of"] == "client"]
        if found:
            return {**max(found, key=lambda finding: Decimal(finding["at_stake"]["amount"])), "invoice": one}
    return None


def drawn(page: Row, base: Row) -> dict[str, Any]:
    """The steps, ready for the template."""
    shown_month = long_month(page["period"])
    names = {one["vendor"]: one["name"] for one in page["vendors"]}
    first = page["vendors"][0]
    steps = [
        _step(
            "The month in one sentence",
            f"{page['headline']} {_to_see(page['vendors'], page['waiting_for'], names)}",
            ("/", "Open the ranking"),
        ),
        *([_money_step(page["finding"], names)] if page["finding"] else []),
        _step(
            "From a figure to its cell",
            f"What a decision of {first['name']} costs: the formula with its values, the counts, and the sheet with its cells marked.",
            (f"/trace/{first['vendor']}/{page['period']}/cost_per_decision", "Follow the figure"),
        ),
    ]
    late = page["waiting_for"][0]["vendor"] if page["waiting_for"] else first["vendor"]
    if page["faulty"] and page["corrected"]:
        steps += [
            _step(
                "A faulty file",
                f"The file that {shown_month} waits for comes with three kinds of faults. Save it, drop it, and read what stops it.",
                (f"/tour/files/{page['faulty']}", f"Save {page['faulty']}"),
                ("/imports", "Open the imports"),
            ),
            _step(
                "The old and the new figure",
                f"Drop the corrected file and accept it: {shown_month} is computed again, and the scorecard tells each old and new figure.",
                (f"/tour/files/{page['corrected']}", f"Save {page['corrected']}"),
                (f"/scorecards/{page['period']}/{late}", f"Open the scorecard of {names.get(late, late)}"),
            ),
        ]
    review = f"/reviews/{page['period']}/{late}"
    steps.append(
        _step(
            "The review, and the vendor’s own view",
            "Two pages to print, the same as a workbook with live formulas, and what the vendor itself gets to see.",
            (review, "Open the review"),
            (f"{review}.xlsx", "Save the workbook"),
            (f"{review}?as_vendor={late}", f"See it as {names.get(late, late)} does"),
        )
    )
    return {**base, "title": "Tour", "steps": steps}


def _step(title: str, text: str, *links: tuple[str, str]) -> dict[str, Any]:
    return {"title": title, "text": text, "links": [{"href": href, "text": words_} for href, words_ in links]}


def _money_step(finding: Row, names: Mapping[str, str]) -> dict[str, Any]:
    invoice, stake = finding["invoice"], finding["at_stake"]
    vendor = names.get(invoice["vendor"], invoice["vendor"])
    text = (
        f"{amount(stake['amount'])} {stake['currency']} is in question on invoice {invoice['number']} of {vendor}: "
        f"{TITLES.get(finding['code'], finding['code'])}. The invoice tells why, by which clause, and both calculations."
    )
    return _step("Money in question", text, (f"/invoices/{invoice['id']}", "Open the invoice"), ("/invoices", "All invoices"))


def _to_see(vendors: Sequence[Row], waiting: Sequence[Row], names: Mapping[str, str]) -> str:
    """Who is tied, who is capped, who is provisional, as far as anybody is."""
    tied = next((one for one in vendors if one["tied_with"]), None)
    capped = [one["name"] for one in vendors if one["gates"]]
    late = dict.fromkeys(names.get(item["vendor"], item["vendor"]) for item in waiting)
    told = []
    if tied:
        told.append(f"{tied['name']} and {listed([names.get(code, code) for code in tied['tied_with']])} cannot be told apart")
    if capped:
        told.append(f"{listed(capped)} {'is' if len(capped) == 1 else 'are'} held back by a must-meet limit")
    if late:
        are = "is" if len(late) == 1 else "are"
        told.append(f"{listed(list(late))} {are} provisional: a {words(waiting[0]['kind'])} file has not come")
    text = "; ".join(told)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
