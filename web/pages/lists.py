"""Pages that are one table: all uploads.

Owns: their sentence and their columns. Must not know: how any of it is found out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse

from importers import service as importers
from web.deps import Asking
from web.filters import counted, long_day, number, sentence
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
