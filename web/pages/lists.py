"""Pages that are one table: what came in a month, all uploads, all invoices.

Owns: their sentence and their columns. Must not know: how any of it is found out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse

from importers import service as importers
from scorecards import service as scorecards
from web.deps import Asking
from web.filters import amount, counted, listed, long_day, long_month, number, sentence, words
from web.pages.frame import base_page, render, table_file
from web.process import Process

Row = Mapping[str, Any]
routes = APIRouter()
MOST_UPLOADS = 500
"""Newest uploads that the page shows; `batch list` gives all."""


def imports_page(process: Process) -> dict[str, Any]:
    """All uploads, newest first, with a sentence."""
    found = process.read(lambda s: importers.list_batches(s, process.scope))
    refused = sum(1 for row in found if row["state"] == "refused")
    headline = f"{sentence(counted(len(found), 'upload'))}, {counted(refused, 'refused', 'refused') if refused else 'none refused'}."
    return {
        "uploads": list(found),
        "headline": headline if found else "Nothing has been uploaded yet.",
        "story": "" if found else "Bring in the first file: scoreline import FILE",
    }


def imports_table(page: Row) -> dict[str, Any]:
    """One line per upload."""
    verdicts = {"accepted": "on", "refused": "off", "preview": "watch"}
    rows = [
        [
            {"text": row["batch"], "num": True},
            {"text": row["file"], "strong": True},
            {"text": " ".join(part for part in (row["kind"], row["vendor"], row["side"]) if part)},
            {"verdict": verdicts.get(row["state"], "none"), "text": sentence(row["state"])},
            {"text": number(row["rows"]["accepted"]), "num": True},
            {"text": number(sum(problem["count"] for problem in row["problems"])) if row["problems"] else "", "num": True},
            {"text": long_day(row["at"])},
        ]
        for row in page["uploads"][:MOST_UPLOADS]
    ]
    notes = [
        f"{row['file']}: {problem['message']}"
        for row in page["uploads"][:MOST_UPLOADS]
        if row["state"] in ("accepted", "refused")
        for problem in row["problems"]
        if problem["severity"] != "info"
    ]
    heads = [">Upload", "File", "What", "State", ">Rows", ">Remarks", "When"]
    return {"heads": heads, "rows": rows, "notes": notes, "notes_title": "Faults and warnings"}


def invoices_page(process: Process) -> dict[str, Any]:
    """All invoices, the largest money in question first, with a sentence."""
    found = process.read(lambda s: scorecards.invoice_list(s, process.scope, process.settings, None))
    ordered = sorted(found, key=lambda row: (-Decimal(row["at_stake"]["amount"]), row["vendor"], row["number"]))
    at_stake: dict[str, Decimal] = {}
    for row in found:
        money = row["at_stake"]
        at_stake[money["currency"]] = at_stake.get(money["currency"], Decimal(0)) + Decimal(money["amount"])
    sums = [f"{amount(total)} {currency}" for currency, total in sorted(at_stake.items()) if total]
    asked = sum(1 for row in found if Decimal(row["at_stake"]["amount"]))
    headline = (
        f"{listed(sums)} {'is' if len(sums) == 1 else 'are'} in question on {counted(asked, 'invoice')}."
        if sums
        else "Nothing is in question."
    )
    return {
        "invoices": ordered,
        "headline": headline,
        "story": f"{sentence(counted(len(found), 'document'))} compared with the contracts, line by line.",
    }


def invoices_table(page: Row) -> dict[str, Any]:
    """One line per document, and what was found in it."""
    rows = [
        [
            {"text": row["vendor"]},
            {"text": row["number"], "strong": True},
            {"text": words(row["document"])},
            {"text": long_month(row["period"]) if row["period"] else ""},
            {"text": sentence(row["state"])},
            {"text": _money(row["billed"]), "num": True},
            {"text": _money(row["contract_amount"]), "num": True},
            {"text": _money(row["at_stake"]) if Decimal(row["at_stake"]["amount"]) else "", "num": True},
            {"text": ", ".join(dict.fromkeys(finding["code"] for finding in row["findings"]))},
        ]
        for row in page["invoices"]
    ]
    notes = [
        f"{row['vendor']} {row['number']}, {finding['code']}: {finding['message']} {_whose(finding)}"
        for row in page["invoices"]
        for finding in row["findings"]
    ]
    heads = ["Vendor", "Number", "Document", "Month", "State", ">Billed", ">Contract amount", ">In question", "Findings"]
    return {"heads": heads, "rows": rows, "notes": notes, "notes_title": "What was found"}


def _whose(finding: Row) -> str:
    return f"At stake {_money(finding['at_stake'])}, in the {finding['in_favour_of']}’s favour, {finding['state']}."


def _money(value: Row | None) -> str:
    return "–" if value is None else f"{amount(value['amount'])} {value['currency']}"


def drawn(page: Row, table: Row, base: Row, title: str, address: str) -> dict[str, Any]:
    """The page with its table, ready for the template."""
    return {
        **base,
        "title": title,
        "headline": page["headline"],
        "story": page["story"],
        "heads": [{"text": head.removeprefix(">"), "num": head.startswith(">")} for head in table["heads"]],
        "rows": table["rows"],
        "notes": table["notes"],
        "notes_title": table["notes_title"],
        "json_href": f"{address}.json",
        "csv_href": f"{address}.csv",
    }


def csv_rows(table: Row) -> list[Sequence[object]]:
    """The table as lines of a CSV file, its heads first."""
    heads: list[Sequence[object]] = [[head.removeprefix(">") for head in table["heads"]]]
    return heads + [[cell["text"] for cell in row] for row in table["rows"]]


def _serve(address: str, title: Callable[[str], str], page: Callable[[Process, str], Row], table: Callable[[Row], Row]) -> None:
    @routes.get(f"{address}.json")
    def list_json(asking: Asking, period: str = "") -> JSONResponse:
        """The page's object."""
        return JSONResponse(page(asking, period))

    @routes.get(f"{address}.csv", response_class=PlainTextResponse)
    def list_csv(asking: Asking, period: str = "") -> Response:
        """The page's table."""
        return table_file(csv_rows(table(page(asking, period))), title(period).lower().replace(" ", "-").replace(",", ""))

    @routes.get(address, response_class=HTMLResponse)
    def list_html(asking: Asking, period: str = "") -> Response:
        """The page."""
        found = page(asking, period)
        here = address.replace("{period}", period)
        return render("list.html", drawn(found, table(found), base_page(asking, here), title(period), here))


_serve("/imports", lambda _: "Imports", lambda process, _: imports_page(process), imports_table)
_serve("/invoices", lambda _: "Invoices", lambda process, _: invoices_page(process), invoices_table)
