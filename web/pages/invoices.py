"""The list of invoices: `/invoices`, also as JSON and CSV.

Owns: what is asked of the scorecards room for it, and the words of its rows. Must not know: how a finding is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from sqlmodel import Session

from kernel.errors import NotFound
from kernel.period import Period
from kernel.scope import Scope
from scorecards import billing
from scorecards import service as scorecards
from vendors import service as vendors
from web.deps import Asking
from web.filters import amount, counted, exact, long_day, long_month, percent, signed, words
from web.pages import arrange_invoices as arrange
from web.pages.frame import base_page, month, render, table_file
from web.pages.kept import kept, of_record
from web.pages.months import MONTHS_SHOWN, month_links
from web.process import Process

ADDRESS = "/invoices"
ALL = "all"
"""Instead of a month: every invoice there is."""
MOST_ROWS = 500
"""Documents that the page shows; CSV and JSON have all."""
BILLING = ("invoice",)
"""Kinds of expected uploads that this page waits for."""
CSV_COLUMNS = (
    *("id", "vendor", "number", "document", "period", "issued_on", "state", "currency", "billed", "contract_amount", "complete"),
    *("difference", "in_question", "in_favour_of_vendor", "held", "findings"),
)

Row = Mapping[str, Any]
routes = APIRouter()


@routes.get("/invoices.json")
def invoices_json(asking: Asking, period: str = "", vendor: str = "") -> JSONResponse:
    """The invoices of a month (`period=all`: of all), most money in question first."""
    return JSONResponse(invoices_page(asking, period, vendor))


@routes.get("/invoices.csv", response_class=PlainTextResponse)
def invoices_csv(asking: Asking, period: str = "", vendor: str = "") -> Response:
    """The same as a table."""
    found = invoices_page(asking, period, vendor)
    return table_file(csv_rows(found), f"invoices-{found['period'] or ALL}")


@routes.get("/invoices", response_class=HTMLResponse)
def invoices_html(request: Request, asking: Asking, period: str = "", vendor: str = "") -> Response:
    """The same as a page."""

    def make() -> Response:
        return render("invoices.html", drawn(invoices_page(asking, period, vendor), base_page(asking, ADDRESS)))

    return kept(request, asking, make, of_record)


def invoices_page(process: Process, period: str = "", vendor: str = "") -> dict[str, Any]:
    """The page object of a month; '' = the newest month that is over and known, `all` = every month.

    vendor: only this one's, '' = all. Raises NotFound for what is no month, for an unknown or foreign vendor.
    """
    chosen = None if period in ("", ALL) else month(period)
    scope = process.scope if not vendor else Scope(process.scope.actor, process.scope.roles, frozenset({vendor}))

    def gather(session: Session) -> dict[str, Any]:
        shown = _months(session, process)
        asked = chosen if chosen or period == ALL else _newest(shown, process)
        names = {str(row["code"]): str(row["name"]) for row in vendors.list_vendors(session, process.scope)}
        if vendor and vendor not in names:
            raise NotFound("UNKNOWN_VENDOR", f"there is no vendor {vendor}; see: scoreline vendor list")
        found = billing.invoice_month(session, scope, asked, process.settings.reporting_currency)
        expected: list[Row] = []
        if asked is not None:
            status = scorecards.status(session, scope, process.settings, asked, process.today())
            expected = [
                {"vendor": one["vendor"], **item} for one in status["vendors"] for item in one["expected"] if item["kind"] in BILLING
            ]
        return {
            **found,
            "period": str(asked) if asked else None,
            "vendor": vendor or None,
            "months": shown,
            "expected": expected,
            "elsewhere": billing.disputed_elsewhere(session, scope, [row["id"] for row in found["invoices"]]),
            "names": names,
        }

    found = process.read(gather)
    sums = arrange.totals(found["invoices"])
    headline, story = arrange.headline(found["invoices"], found["names"], sums, found["expected"], found["period"] or "")
    return {**found, "totals": sums, "headline": headline, "story": story}


def _months(session: Session, process: Process) -> list[dict[str, Any]]:
    """The closed months and those that an invoice serves, oldest first, with their status."""
    closed = {row["period"]: row["status"] for row in scorecards.months(session, process.scope)}
    known = sorted(closed.keys() | set(billing.invoice_months(session, process.scope)))
    return [{"period": period, "status": closed.get(period, "open")} for period in known]


def _newest(months: Sequence[Row], process: Process) -> Period:
    """The newest known month that is over; else the month before today's."""
    over = [found for row in months if (found := Period.parse(row["period"])).end <= process.today()]
    return max(over, default=Period.of(process.today()).previous())


def csv_rows(page: Row) -> list[Sequence[object]]:
    """The documents as lines of a CSV file, their heads first."""
    lines: list[Sequence[object]] = [CSV_COLUMNS]
    for row in page["invoices"]:
        contract = row["contract_amount"]
        difference = "" if contract is None else arrange.value(row["billed"]) - arrange.value(contract)
        lines.append(
            [
                *(row[name] for name in ("id", "vendor", "number", "document", "period", "issued_on", "state")),
                *(arrange.currency(row), row["billed"]["amount"], "" if contract is None else contract["amount"], row["complete"]),
                *(difference, row["at_stake"]["amount"], arrange.vendors_money(row), arrange.held_money(row)),
                "; ".join(f"{one['code']}{' line ' + one['line'] if one['line'] else ''} {one['state']}" for one in row["findings"]),
            ]
        )
    return lines


def drawn(page: Row, base: Row) -> dict[str, Any]:
    """The page object with its words, ready for the template."""
    period = page["period"]
    of = f"&vendor={page['vendor']}" if page["vendor"] else ""
    rates = {one["currency"]: Decimal(one["rate"]) for one in page["rates"]}
    rows = [_row(row, page["names"], rates, page["currency"], several=period is None) for row in page["invoices"][:MOST_ROWS]]
    return {
        **base,
        "title": f"Invoices, {long_month(period)}" if period else "All invoices",
        "headline": page["headline"],
        "story": page["story"],
        "period": period or ALL,
        "vendor": page["vendor"] or "",
        "vendors": [{"code": code, "name": name} for code, name in page["names"].items()],
        "months": month_links(page["months"][-MONTHS_SHOWN:], period or "", f"{ADDRESS}?period={{period}}{of}"),
        "all": {"href": f"{ADDRESS}?period={ALL}{of}", "current": period is None},
        "when": long_month(period) if period else "all months",
        "several": period is None,
        "facts": _facts(page),
        "rows": rows,
        "left_out": len(page["invoices"]) - len(rows),
        "totals": [_total(one) for one in page["totals"]],
        "missing": [_missing(one, page["names"], period) for one in page["expected"] if one["state"] == "missing"],
        "elsewhere": [_elsewhere(one, page["names"]) for one in page["elsewhere"]],
        "rates": [f"{one['currency']} {exact(one['rate'])} ({one['source']}, {long_day(one['day'])})" for one in page["rates"]]
        if any(row["worth"] for row in rows)
        else [],
        "currency": page["currency"],
        "json_href": f"{ADDRESS}.json?period={period or ALL}{of}",
        "csv_href": f"{ADDRESS}.csv?period={period or ALL}{of}",
    }


def _facts(page: Row) -> list[dict[str, str]]:
    """Money in question per currency beside what was billed in it; where nothing is, what was billed; at most three."""
    asked = [one for one in page["totals"] if arrange.value(one["at_stake"])]
    facts = []
    for one in (asked or page["totals"])[:3]:
        billed, at_stake = arrange.value(one["billed"]), arrange.value(one["at_stake"])
        share = f", {percent(at_stake / billed)} % of billed" if asked and billed > 0 else ""
        name, money = ("In question", at_stake) if asked else ("Billed", billed)
        note = f"{counted(one['documents'], 'document')}{share}"
        facts.append({"name": f"{name}, {one['currency']}", "value": amount(money), "note": note})
    return facts


def _row(row: Row, names: Row, rates: Mapping[str, Decimal], into: str, *, several: bool) -> dict[str, Any]:
    contract = row["contract_amount"]
    difference = None if contract is None else arrange.value(row["billed"]) - arrange.value(contract)
    verdict, state = arrange.state_words(row)
    worth = arrange.worth(row, rates, into)
    vendors_money = arrange.vendors_money(row)
    return {
        "href": f"{ADDRESS}/{row['id']}",
        "number": row["number"],
        "vendor": names.get(row["vendor"], row["vendor"]),
        "document": "" if row["document"] == "invoice" else words(row["document"]),
        "about": ", ".join(long_month(one) for one in row["periods"]) if several or len(row["periods"]) > 1 else "",
        "relates_to": row["relates_to"] or "",
        "issued": long_day(row["issued_on"]),
        "currency": arrange.currency(row),
        "billed": amount(row["billed"]["amount"]),
        "contract": "–" if contract is None else amount(contract["amount"]),
        "incomplete": contract is not None and not row["complete"],
        "difference": "–" if difference is None else signed(difference, _places(row["billed"])),
        "same": not row["findings"] and not difference,
        "in_question": amount(row["at_stake"]["amount"]) if arrange.value(row["at_stake"]) else "",
        "worth": f"≈ {amount(worth['amount'])} {worth['currency']}" if worth else "",
        "vendors": f"{amount(vendors_money)} for the vendor" if vendors_money else "",
        "verdict": verdict,
        "state": state,
        "held": bool(arrange.held_money(row)),
        "found": arrange.found_words(row),
    }


def _places(money: Row) -> int:
    return len(str(money["amount"]).partition(".")[2])


def _total(one: Row) -> dict[str, Any]:
    left = f"{counted(one['left_out'], 'document')} left out: pro forma or replaced" if one["left_out"] else ""
    return {
        "currency": one["currency"],
        "documents": one["documents"],
        "left_out": left,
        **{name: amount(one[name]["amount"]) for name in arrange.SUMS},
    }


def _missing(one: Row, names: Row, period: str | None) -> dict[str, Any]:
    return {
        "vendor": names.get(one["vendor"], one["vendor"]),
        "due": long_day(one["due"]),
        "site": one["site"] or "",
        "href": f"/contracts/{one['vendor']}?period={period}",
    }


def _elsewhere(one: Row, names: Row) -> dict[str, Any]:
    return {
        "href": f"{ADDRESS}/{one['id']}",
        "number": one["number"],
        "vendor": names.get(one["vendor"], one["vendor"]),
        "what": f"line {', '.join(one['lines'])}" if one["lines"] else "the whole document",
        "when": ", ".join(long_month(period) for period in one["periods"]),
        "held": f"{amount(one['held']['amount'])} {one['held']['currency']}",
        "since": f", since {long_day(one['since'])}" if one["since"] else "",
        "reason": one["reason"],
    }
