"""One invoice: `/invoices/{id}`, also as JSON and CSV (its lines), its cells in the vendor's file, and the forms to decide.

Owns: what is asked for it, which forms stand there and where one goes after. Must not know: who may decide what beyond
the table of roles, how a finding is made (contracts), how the words come about (arrange_invoice).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse
from sqlmodel import Session

from importers import service as importers
from kernel.errors import NotFound, Refusal
from scorecards import billing, deciding, notes
from vendors import service as vendors
from web import errors
from web.accounts.rules import may, require
from web.deps import Asking, Posting
from web.environment import environment
from web.gate import SEE_OTHER, wants_data
from web.pages import arrange_invoice as arrange
from web.pages import draw_invoice
from web.pages.frame import base_page, render, table_file
from web.pages.sheet import HIT, drawn_sheet, with_neighbours
from web.process import Process

MARKED = ("invoice_number", "quantity", "rate", "amount")
"""Columns whose cells are marked: what a finding is about."""
CSV_COLUMNS = (
    *("line", "text", "site", "queue", "language", "service_from", "service_to", "line_type", "clause", "unit"),
    *("quantity", "rate", "billed", "contract_quantity", "contract_rate", "contract_amount", "difference", "calculation"),
    *("held", "disputed", "sheet", "row"),
)

Row = Mapping[str, Any]
Reason = Annotated[str, Form()]
Line = Annotated[str, Form()]
Lines = Annotated[Sequence[str], Form()]
routes = APIRouter()


@routes.get("/invoices/{number}.json")
def invoice_json(asking: Asking, number: int) -> JSONResponse:
    """An invoice beside its contract amount, by its id."""
    return JSONResponse(invoice_page(asking, number))


@routes.get("/invoices/{number}.csv", response_class=PlainTextResponse)
def invoice_csv(asking: Asking, number: int) -> Response:
    """Its lines as a table."""
    found = invoice_page(asking, number)
    return table_file(csv_rows(found), f"invoice-{found['vendor']}-{found['id']}")


@routes.get("/invoices/{number}", response_class=HTMLResponse)
def invoice_html(asking: Asking, number: int) -> Response:
    """An invoice as a page; an earlier upload's leads to the one that counts."""
    found = invoice_page(asking, number)
    if found["id"] != number:
        return RedirectResponse(f"/invoices/{found['id']}", SEE_OTHER)
    return render("invoice.html", draw_invoice.drawn(found, base_page(asking, "/invoices"), asking))


@routes.get("/invoices/{number}/cells", response_class=HTMLResponse)
def cells_html(asking: Asking, number: int, line: str = "") -> Response:
    """The vendor's sheet with the rows of the invoice marked, or of one line of it."""
    found = invoice_page(asking, number)
    chosen = [one for one in found["lines"] if not line or one["line"] == line]
    if not chosen:
        raise NotFound("UNKNOWN_LINE", f"{found['number']} has no line {line!r}")
    return render(
        "invoice_cells.html", draw_invoice.drawn_cells(found, chosen, _sheets(asking, found, chosen), base_page(asking, "/invoices"))
    )


@routes.post("/invoices/{number}/approve")
def approve(request: Request, posting: Posting, number: int, reason: Reason = "", line: Line = "") -> Response:
    """Approve an invoice for payment, or end the dispute of one line."""
    return _decided(request, posting, number, "approve", _invoice_decision(posting, "approved", reason, line))


@routes.post("/invoices/{number}/dispute")
def dispute(request: Request, posting: Posting, number: int, reason: Reason = "", line: Lines = ()) -> Response:
    """Dispute an invoice, or some lines of it with one reason."""
    return _decided(request, posting, number, "decide", _invoice_decision(posting, "disputed", reason, *line))


@routes.post("/invoices/{number}/credit")
def credit(request: Request, posting: Posting, number: int, reason: Reason = "", line: Line = "") -> Response:
    """Note that the vendor has credited what was disputed."""
    return _decided(request, posting, number, "decide", _invoice_decision(posting, "recovered", reason, line))


@routes.post("/invoices/{number}/clear")
def clear(request: Request, posting: Posting, number: int, code: Annotated[str, Form()], reason: Reason = "", line: Line = "") -> Response:
    """Clear one finding, with a reason."""

    def work(session: Session, found: Row) -> None:
        if not any((one["code"], one["line"] or "") == (code, line) for one in found["findings"]):
            raise NotFound("UNKNOWN_FINDING", f"{found['number']} has no such finding")
        at = posting.clock.now()
        deciding.decide_finding(session, posting.scope, found["number"], found["vendor"], code, "cleared", reason, at, line)

    return _decided(request, posting, number, "approve", work)


Work = Callable[[Session, Row], None]


def _invoice_decision(posting: Process, state: str, reason: str, *lines: str) -> Work:
    def work(session: Session, found: Row) -> None:
        at = posting.clock.now()
        for line in lines or ("",):
            deciding.decide_invoice(session, posting.scope, found["number"], found["vendor"], state, reason.strip(), at, line or None)

    return work


def _decided(request: Request, posting: Process, number: int, act: str, work: Work) -> Response:
    """Decide in one transaction and go back to the page; a refusal is a sentence on it."""
    found = invoice_page(posting, number)
    try:
        require(posting.scope, act)
        posting.write(lambda session: work(session, found))
    except Refusal as refusal:
        if wants_data(request):
            raise
        page = draw_invoice.drawn(found, base_page(posting, "/invoices"), posting, refused=refusal.message)
        return render("invoice.html", page, errors.status(refusal))
    if wants_data(request):
        return JSONResponse(invoice_page(posting, number))
    return RedirectResponse(f"/invoices/{found['id']}", SEE_OTHER)


def invoice_page(process: Process, number: int) -> dict[str, Any]:
    """The page object: the JSON of `invoice show` with its prices, relatives, history and notes.

    Raises NotFound for an invoice that is not there or another vendor's.
    """

    def gather(session: Session) -> dict[str, Any]:
        found = billing.invoice_page(session, process.scope, number)
        names = {str(row["code"]): str(row["name"]) for row in vendors.list_vendors(session, process.scope)}
        subjects = [subject for subject, _ in arrange.note_choices(found)]
        written = notes.list_notes(session, process.scope, vendor=found["vendor"], subjects=subjects)
        return {**found, "name": names.get(found["vendor"], found["vendor"]), "notes": written}

    found = process.read(gather)
    headline, story = arrange.headline(found)
    return {**found, "headline": headline, "story": story, "may": _acts(process, found)}


def _acts(process: Process, page: Row) -> dict[str, bool]:
    """What whoever asks may do here by their role; the rules about money are kept where they are decided."""
    ours = process.scope.vendors is None
    return {
        "approve": ours and may(process.scope.roles, "approve") and page["submitter"] != process.scope.actor,
        "decide": ours and may(process.scope.roles, "decide"),
    }


def csv_rows(page: Row) -> list[Sequence[object]]:
    """The lines as a CSV file, its heads first; money without its currency, which every line has from the invoice."""
    rows: list[Sequence[object]] = [("number", "currency", *CSV_COLUMNS)]
    for line in page["lines"]:
        cells = [line[name] if not isinstance(line[name], Mapping) else line[name]["amount"] for name in CSV_COLUMNS]
        rows.append([page["number"], page["billed"]["currency"], *("" if cell is None else cell for cell in cells)])
    return rows


def _sheets(process: Process, page: Row, lines: Sequence[Row]) -> list[dict[str, Any]]:
    """The sheets of these lines as the vendor drew them, what is billed marked."""
    rows_of: dict[str, set[int]] = {}
    for line in lines:
        if line["row"]:
            rows_of.setdefault(line["sheet"], set()).add(line["row"])
    found = []
    for sheet, rows in rows_of.items():
        view = importers.drawn_sheet(environment(process), page["batch"], sheet, with_neighbours(rows))
        if view is not None:
            marked = [one for one in view.columns if one.field in MARKED] or [one for one in view.columns if one.field]
            marks = {(row, column.letter): HIT for row in rows for column in marked}
            found.append({**drawn_sheet(view, marks), "name": f"{page['file']}, sheet “{sheet}”" if sheet else page["file"]})
    return found
