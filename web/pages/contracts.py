"""Contracts: `/contracts` and `/contracts/{vendor}`, also as JSON and CSV (of a vendor: its prices).

Owns: what is asked for them and their drawings. Must not know: how a clause is priced, how the sentences come about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from sqlmodel import Session

from kernel.errors import NotFound
from kernel.period import Period
from scorecards import agreements
from scorecards import service as scorecards
from vendors import service as vendors
from web.charts_money import TimeAxis, rate_steps, stretch, time_axis
from web.deps import Asking
from web.filters import amount, exact, listed, long_day, long_month, sentence, words
from web.pages import arrange_contracts as arrange
from web.pages.frame import base_page, month, render, table_file
from web.pages.months import MONTHS_SHOWN, month_links, with_open
from web.process import Process

ADDRESS = "/contracts"
ARRIVALS = {"came": "on", "late": "watch", "missing": "off"}
LIST_COLUMNS = (
    *("vendor", "name", "number", "currency", "valid_from", "valid_to", "state", "followed_by", "renewal_days"),
    *("bases", "prices", "unpriced", "batch"),
)

Row = Mapping[str, Any]
routes = APIRouter()


@routes.get("/contracts.json")
def contracts_json(asking: Asking) -> JSONResponse:
    """Every contract, with what ends soon and what is not priced yet."""
    return JSONResponse(contracts_page(asking))


@routes.get("/contracts.csv", response_class=PlainTextResponse)
def contracts_csv(asking: Asking) -> Response:
    """The same as a table."""
    rows: list[Sequence[object]] = [LIST_COLUMNS]
    for one in contracts_page(asking)["contracts"]:
        days = one["renewal"]["days"] if one["renewal"] else ""
        told = {**one, "renewal_days": days, "bases": "; ".join(one["bases"]), "unpriced": "; ".join(one["unpriced"])}
        rows.append(["" if told[name] is None else told[name] for name in LIST_COLUMNS])
    return table_file(rows, "contracts")


@routes.get("/contracts", response_class=HTMLResponse)
def contracts_html(asking: Asking) -> Response:
    """The same as a page."""
    return render("contracts.html", drawn_list(contracts_page(asking), base_page(asking, ADDRESS)))


@routes.get("/contracts/{vendor}.json")
def contract_json(asking: Asking, vendor: str, on: str = "", period: str = "") -> JSONResponse:
    """One vendor's contracts: terms on a day, versions, rates over time, a month worked out."""
    return JSONResponse(contract_page(asking, vendor, on, period))


@routes.get("/contracts/{vendor}.csv", response_class=PlainTextResponse)
def contract_csv(asking: Asking, vendor: str, on: str = "", period: str = "") -> Response:
    """Its prices as a table."""
    return table_file(arrange.csv_rows(contract_page(asking, vendor, on, period)), f"prices-{vendor}")


@routes.get("/contracts/{vendor}", response_class=HTMLResponse)
def contract_html(asking: Asking, vendor: str, on: str = "", period: str = "") -> Response:
    """The same as a page."""
    return render("contract.html", drawn(contract_page(asking, vendor, on, period), base_page(asking, ADDRESS)))


def contracts_page(process: Process) -> dict[str, Any]:
    """The page object of the list."""
    found = process.read(lambda session: agreements.contract_list(session, process.scope, process.today()))
    headline, story = arrange.list_headline(found)
    return {**found, "headline": headline, "story": story}


def contract_page(process: Process, vendor: str, on: str = "", period: str = "") -> dict[str, Any]:
    """The page object of a vendor. on: day of the terms ('' = today); period: month worked out ('' = the last that is over).

    Raises NotFound for an unknown or foreign vendor, or what is no day or month.
    """
    day = _day(on) or process.today()
    chosen = month(period) if period else Period.of(process.today()).previous()

    def gather(session: Session) -> dict[str, Any]:
        found = agreements.contract_page(session, process.scope, vendor, day, chosen, process.settings.reporting_currency)
        names = {str(row["code"]): str(row["name"]) for row in vendors.list_vendors(session, process.scope)}
        closed = list(scorecards.months(session, process.scope))
        return {**found, "name": names.get(vendor, vendor), "months": with_open(closed, Period.of(process.today()))}

    found = process.read(gather)
    headline, story = arrange.headline(found, found["name"])
    return {**found, "headline": headline, "story": story}


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound("NO_PAGE", "there is no such page") from None


def drawn_list(page: Row, base: Row) -> dict[str, Any]:
    """The list with its words, ready for the template."""
    return {
        **base,
        "title": "Contracts",
        "headline": page["headline"],
        "story": page["story"],
        "today": long_day(page["today"]),
        "rows": [
            {
                **{name: row[name] for name in ("vendor", "name", "number", "currency", "state", "prices", "unpriced", "clashes", "batch")},
                "href": f"{ADDRESS}/{row['vendor']}",
                "from": long_day(row["valid_from"]),
                "until": arrange.until(row["valid_to"]),
                "bases": sentence(listed([arrange.basis(one) for one in row["bases"]])),
                "renewal": f"ends in {row['renewal']['days']} days, nothing follows" if row["renewal"] else "",
                "followed": f"followed by {row['followed_by']}" if row["followed_by"] else "",
            }
            for row in page["contracts"]
        ],
        "without": [{**one, "href": f"{ADDRESS}/{one['vendor']}"} for one in page["without"]],
    }


def drawn(page: Row, base: Row) -> dict[str, Any]:
    """A vendor's contracts with words and drawings, ready for the template."""
    chosen = date.fromisoformat(page["on"])
    spans = [(date.fromisoformat(one["valid_from"]), date.fromisoformat(one["valid_to"])) for one in page["versions"]]
    axis = time_axis(spans, chosen)
    address = f"{ADDRESS}/{page['vendor']}"
    query = f"?on={page['on']}&period={page['period']}"
    return {
        **base,
        **{name: page[name] for name in ("vendor", "name", "headline", "story", "on", "period", "no_price")},
        "title": f"Contracts of {page['name']}",
        "day": long_day(page["on"]),
        "month": long_month(page["period"]),
        "months": month_links(page["months"][-MONTHS_SHOWN:], page["period"], f"{address}?on={page['on']}&period={{period}}#month"),
        "facts": arrange.facts(page),
        "axis": axis,
        "clashes": [{"gap": one["kind"] == "gap", "text": f"{sentence(one['message'])}."} for one in page["clashes"]],
        "versions": [_version(one, span, axis) for one, span in zip(page["versions"], spans, strict=True)],
        "cards": [_card(one, axis, page["on"]) for one in page["cards"]],
        "contracts": [
            {"number": one["number"], "rows": arrange.terms_rows(one), "targets": arrange.target_rows(one)} for one in page["contracts"]
        ],
        "unpriced": [f"{one['family']} {one['id']} of {one['contract']}" for one in page["unpriced"]],
        "expected": [
            {
                "kind": sentence(one["kind"]),
                "site": one["site"] or "",
                "due": long_day(one["due"]),
                "verdict": ARRIVALS.get(one["state"], "none"),
                "state": words(one["state"]),
                "batch": one["batch"],
            }
            for one in page["expected"]
        ],
        "price": _priced(page["price"]),
        "invoices_href": f"/invoices?period={page['period']}",
        "json_href": f"{address}.json{query}",
        "csv_href": f"{address}.csv{query}",
    }


def _version(one: Row, span: tuple[date, date], axis: TimeAxis | None) -> dict[str, Any]:
    return {
        **{name: one[name] for name in ("number", "currency", "batch", "counts")},
        "file": one["file"] or f"upload {one['batch']}",
        "from": long_day(one["valid_from"]),
        "until": arrange.until(one["valid_to"]),
        "recorded": long_day(one["recorded_at"]),
        "bar": None if axis is None else stretch(axis, *span),
    }


def _card(card: Row, axis: TimeAxis | None, on: str) -> dict[str, Any]:
    now = arrange.rate_on(card, on)
    parts = [
        (date.fromisoformat(one["valid_from"]), date.fromisoformat(one["valid_to"]), Decimal(one["rate"]), amount(one["rate"]))
        for one in card["steps"]
    ]
    return {
        "basis": sentence(arrange.basis(card["basis"])),
        "scope": arrange.scope(card),
        "currency": card["currency"],
        "rate": amount(now["rate"]) if now else "–",
        "clause": f"clause {now['id']}, {now['contract']}" if now else "none on this day",
        "steps": [] if axis is None else rate_steps(axis, parts),
        "spoken": arrange.changes_of(card),
        "counts": words(now["quantity"]) if now and now["quantity"] else "",
    }


def _priced(price: Row | None) -> dict[str, Any] | None:
    if price is None:
        return None
    return {
        "currency": price["currency"],
        "complete": price["complete"],
        "missing": price["missing"],
        "lines": [
            {
                "clause": line["clause"],
                "text": line["text"],
                "days": f"{long_day(line['first_day'])} to {arrange.until(line['end'])}",
                "quantity": f"{exact(line['quantity'])} {line['unit']}{'' if Decimal(line['quantity']) == 1 else 's'}",
                "rate": amount(line["rate"]),
                "amount": amount(line["amount"]),
                "step": words(line["step"]),
            }
            for line in price["lines"]
        ],
        "subtotal": amount(price["subtotal"]["amount"]),
        "credits": amount(price["credits"]["amount"]) if Decimal(price["credits"]["amount"]) else "",
        "total": amount(price["total"]["amount"]),
        "trace": [arrange.readable(one) for one in price["trace"]],
    }
