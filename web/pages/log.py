"""The audit log: `/admin/log`: who did what to what, the newest first.

Owns: the page and its filter. Must not know: what the entries are about.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse

from kernel import audit
from web.deps import Asking
from web.filters import counted, long_day, sentence
from web.pages.frame import base_page, render, table_file
from web.process import Process

SHOWN = 200
"""Entries on a page; older ones follow by a link. The table as a file has them all."""
LONGEST_DETAILS = 160
"""Characters of an entry's details on the page; JSON and the table as a file have all."""
HERE = "/admin/log"
routes = APIRouter()
Before = Annotated[int, Query(ge=0)]


@routes.get("/admin/log.json")
def log_json(asking: Asking, actor: str = "", subject: str = "", before: Before = 0) -> JSONResponse:
    """The log's entries."""
    return JSONResponse(log_page(asking, actor, subject, before, SHOWN))


@routes.get("/admin/log.csv", response_class=PlainTextResponse)
def log_csv(asking: Asking, actor: str = "", subject: str = "") -> Response:
    """All entries, a line each, with the hashes that chain them."""
    return table_file(csv_rows(log_page(asking, actor, subject, 0, 0)), "audit-log")


@routes.get("/admin/log", response_class=HTMLResponse)
def log_html(asking: Asking, actor: str = "", subject: str = "", before: Before = 0) -> Response:
    """The log as a page."""
    return render("log.html", drawn(log_page(asking, actor, subject, before, SHOWN), base_page(asking, HERE)))


def log_page(asking: Process, actor: str, subject: str, before: int, most: int) -> dict[str, Any]:
    """Entries, the newest first. actor, subject: only exactly those; before: older than this number; most: 0 = all."""
    asking.require("log")

    def gather(session: Any) -> dict[str, Any]:
        found = audit.entries(session, actor=actor, subject=subject, before=before, most=most)
        return {"entries": [_entry(row) for row in found], "length": audit.length(session)}

    return {"actor": actor, "subject": subject, **asking.read(gather)}


def _entry(row: audit.AuditEntry) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "at": row.at.isoformat(),
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "body": json.loads(row.body),
        "hash": row.hash,
    }


def csv_rows(page: Mapping[str, Any]) -> list[list[object]]:
    """The entries, their heads first."""
    heads: list[object] = ["seq", "at", "actor", "action", "subject", "body", "hash"]
    rows = [row | {"body": audit.canonical(row["body"])} for row in page["entries"]]
    return [heads, *([row[str(name)] for name in heads] for row in rows)]


def drawn(page: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """The log with its words, ready for the template."""
    entries, chosen = page["entries"], {name: page[name] for name in ("actor", "subject") if page[name]}
    oldest = entries[-1]["seq"] if entries else 0
    query = f"?{urlencode(chosen)}" if chosen else ""
    return {
        **base,
        "title": "Audit log",
        "headline": f"{sentence(counted(page['length'], 'entry', 'entries'))}, each chained to the one before.",
        "actor": page["actor"],
        "subject": page["subject"],
        "rows": [
            {
                "seq": row["seq"],
                "day": long_day(row["at"]),
                "time": row["at"][11:19],
                "actor": row["actor"],
                "actor_href": f"{HERE}?{urlencode({'actor': row['actor']})}",
                "action": row["action"],
                "subject": row["subject"],
                "subject_href": f"{HERE}?{urlencode({'subject': row['subject']})}",
                "details": _details(row["body"]),
            }
            for row in entries
        ],
        "older_href": f"{HERE}?{urlencode(chosen | {'before': oldest})}" if len(entries) == SHOWN and oldest > 1 else None,
        "json_href": f"{HERE}.json{query}",
        "csv_href": f"{HERE}.csv{query}",
    }


def _details(body: Mapping[str, Any]) -> str:
    told = ", ".join(f"{name} {_plain(value)}" for name, value in body.items())
    return told if len(told) <= LONGEST_DETAILS else f"{told[: LONGEST_DETAILS - 1]}…"


def _plain(value: object) -> str:
    return value if isinstance(value, str) else audit.canonical(value)
