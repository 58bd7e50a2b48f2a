"""The page of one upload: what was read, what is wrong and mends it, the sheet as drawn, what changes, what changed.

Owns: the object of the page and its words. Must not know: how a file is read or counted; what mends a cause (fixes).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from importers import service as importers
from importers.service import SheetView
from importers.sheets import SheetColumn, SheetRow
from kernel.errors import NotFound
from kernel.period import Period
from scorecards import notes
from scorecards import service as scorecards
from scorecards.metrics import METRICS
from scorecards.note_subjects import upload_subject
from vendors import service as vendors
from web.filters import counted, exact, listed, long_day, long_month, number, percent, sentence, unit_cost, words
from web.pages import notes as note_pages
from web.pages.fixes import UNREAD, asks, causes, leave_out
from web.pages.sheet import drawn_sheet
from web.process import Process

Row = Mapping[str, Any]
KINDS = ("performance", "quality", "workforce", "plan", "invoice", "cost", "contract", "fx")
SIDES = ("platform", "client", "vendor")
UNDER_WAY = ("received", "reading")
VERDICTS = {
    "accepted": "on",
    "preview": "watch",
    "refused": "off",
    "received": "none",
    "reading": "none",
    "undone": "none",
    "superseded": "none",
}
STATES = {
    "received": "waits to be read",
    "reading": "is being read",
    "preview": "needs you",
    "accepted": "accepted",
    "refused": "refused",
    "undone": "taken back",
    "superseded": "replaced",
}
"""State of an upload -> how the page says it."""
REFRESH_SECONDS = 2
PEOPLE = frozenset({"agent_id"})


def upload_page(asking: Process, number_: int) -> dict[str, Any]:
    """The JSON of one upload: that of `batch show`, what was shown of it, its causes with fixes, its months."""

    def gather(session: Session) -> dict[str, Any]:
        upload = importers.show_upload(session, asking.scope, number_)
        upload["fields"] = importers.field_names(upload["kind"])
        upload["months"] = [_month(session, asking, upload, period) for period in upload["periods"]]
        upload["choices"] = _choices(session, asking)
        upload["notes"] = notes.list_notes(session, asking.scope, subjects=[upload_subject(upload["vendor"], number_)])
        return upload

    upload = asking.read(gather)
    choices = upload.pop("choices")
    may_answer = asking.may("upload") and upload["state"] in ("preview", "refused")
    found = causes(upload, {**choices, "may_name": asking.may("set_up"), "open": may_answer})
    upload.pop("fields")
    return {
        **upload,
        "vendor_name": dict(choices["vendors"]).get(upload["vendor"], upload["vendor"]),
        "causes": found,
        "headline": headline(upload, found),
        "story": story(upload),
        "may": {
            "answer": may_answer,
            "accept": asking.may("accept") and upload["state"] == "preview",
            "undo": asking.may("undo") and upload["state"] == "accepted",
            "put_aside": asking.may("upload") and upload["state"] in ("preview", *UNDER_WAY),
            "original": asking.scope.vendors is None or asking.scope.sees(upload["vendor"]),
        },
    }


def _choices(session: Session, asking: Process) -> dict[str, Any]:
    known = vendors.list_vendors(session, asking.scope)
    sites = vendors.list_sites(session, asking.scope)
    queues = vendors.list_queues(session, asking.scope)
    return {
        "vendors": [(str(one["code"]), str(one["name"])) for one in known],
        "sites": [(f"{one['vendor']}/{one['code']}", f"{one['vendor']}, {one['name']}") for one in sites],
        "queues": [(str(one["code"]), f"{one['code']}, {one['name']}") for one in queues],
        "kinds": [(kind, words(kind)) for kind in KINDS],
    }


def _month(session: Session, asking: Process, upload: Row, period: str) -> dict[str, Any]:
    """How a month of the upload stands: its newest revision, and the one that this file made, with what changed in it."""
    status = next((one["status"] for one in scorecards.months(session, asking.scope) if one["period"] == period), "open")
    told: dict[str, Any] = {"period": period, "status": status, "revision": None, "made": None, "changes": []}
    if status == "open" or not upload["vendor"]:
        return told
    try:
        card = scorecards.scorecard(session, asking.scope, upload["vendor"], Period.parse(period))
    except NotFound:
        return told
    told["revision"] = card["revision"]
    made = [one["revision"] for one in card["revisions"] if any(upload["file"] in why for why in one["why"])]
    if made and upload["state"] == "accepted":
        then = scorecards.scorecard(session, asking.scope, upload["vendor"], Period.parse(period), made[-1])
        told |= {"made": made[-1], "changes": then["changes"]}
    return told


def headline(upload: Row, found: Sequence[Row]) -> str:
    """The finding: how many rows can count, and what stops the rest."""
    rows, state, file = upload["rows"], upload["state"], upload["file"]
    settled = {
        "received": f"{file} waits to be read.",
        "reading": f"{file} is being read.",
        "accepted": f"{sentence(_rows(rows['accepted']))} of {file} {'counts' if rows['accepted'] == 1 else 'count'}.",
        "undone": f"{file} was taken back: nothing of it counts.",
        "superseded": f"{file} was replaced by upload {upload['superseded_by']}: nothing of it counts any more.",
    }
    if state in settled:
        return settled[state]
    whole = number(rows["read"] - rows["skipped"])
    if state == "preview":
        left_out = f", {_rows(rows['rejected'])} left out" if rows["rejected"] else ""
        return f"{number(rows['accepted'])} of {whole} {'row' if whole == '1' else 'rows'} can count{left_out}."
    return _refused(upload, found, whole)


def _refused(upload: Row, found: Sequence[Row], whole: str) -> str:
    stops = [one for one in found if one["severity"] == "error"]
    if not stops:
        return f"{upload['file']} was put aside: nothing of it counts."
    good = upload["shown"]["good"] if upload["shown"] else 0
    several = counted(len(stops), "cause")
    if number(good) == whole:
        return f"All {whole} rows can count once {several} {'is' if len(stops) == 1 else 'are'} settled."
    if good:
        return f"{number(good)} of {whole} rows can count; {several} {'stops' if len(stops) == 1 else 'stop'} the rest."
    return f"Nothing of {upload['file']} can count: " + (f"{_lower(stops[0]['title'])}." if len(stops) == 1 else f"{several} stop it.")


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def _rows(count: int) -> str:
    return f"{number(count)} {'row' if count == 1 else 'rows'}"


def story(upload: Row) -> str:
    """Whose file it is, and what counts until somebody decides."""
    parts = [part for part in (upload["kind"] and words(upload["kind"]), upload["side"] and f"{upload['side']}’s count") if part]
    months = listed([long_month(period) for period in upload["periods"]]) if len(upload["periods"]) <= 3 else _span(upload["periods"])  # noqa: PLR2004 - what a line holds
    what = ", ".join([*parts, *([months] if months else [])])
    if upload["by_hand"]:
        what = f"Entered by hand{': ' + upload['reason'] if upload['reason'] else ''}. {sentence(what)}" if what else "Entered by hand"
    waits = {
        "preview": "Nothing of it counts until you accept it.",
        "refused": "Nothing of it counts.",
        "reading": "This page follows by itself.",
    }
    return " ".join(part for part in (f"{sentence(what)}." if what else "", waits.get(upload["state"], "")) if part)


def _span(periods: Sequence[str]) -> str:
    return f"{long_month(periods[0])} to {long_month(periods[-1])}"


def csv_rows(page: Row) -> list[Sequence[object]]:
    """Every cause with its place and its sentence, the heads first."""
    names = ("severity", "code", "sheet", "row", "column", "cell", "value", "count", "message")
    return [names, *([one[name] if one[name] is not None else "" for name in names] for one in page["problems"])]


def drawn(page: Row, base: Row, asking: Process) -> dict[str, Any]:
    """The page object with its words and drawings, ready for the template."""
    shown = page["shown"] or {"sheets": [], "changes": None, "good": 0, "token": ""}
    changes = shown["changes"]
    stops = [one for one in page["causes"] if one["severity"] == "error"]
    others = [one for one in page["causes"] if one["severity"] == "warning"]
    return {
        **base,
        **page,
        "title": f"Upload {page['batch']}, {page['file']}",
        "refresh_seconds": REFRESH_SECONDS if page["state"] in UNDER_WAY else 0,
        "verdict": "watch" if _needs(page) else VERDICTS.get(page["state"], "none"),
        "state_word": "needs you" if _needs(page) else STATES[page["state"]],
        "facts": _facts(page, shown),
        "stops": stops,
        "remarks": others,
        "said": [one for one in page["causes"] if one["severity"] == "info"],
        "causes_title": _causes_title(len(stops), page["state"]),
        "meanwhile": [sentence(one) for one in shown.get("meanwhile") or []],
        "sheets": [_sheet(one) for one in shown["sheets"]],
        "columns": [] if shown["sheets"] else [one for one in page["mapping"] if one["header"].strip()],
        "change_lines": _change_lines(page, changes),
        "fact_rows": _fact_rows(changes),
        "values": _values(changes),
        "month_lines": [_month_line(one, page) for one in page["months"]],
        "control_rows": [{"name": sentence(words(name)), "total": exact(total)} for name, total in page["control"].items()],
        "token": shown["token"],
        "accept_label": _accept_label(page),
        "undo_label": _undo_label(page),
        "leave_out": leave_out(page) if page["may"]["answer"] and page["state"] == "refused" and stops else None,
        "layout_name": f"{page['vendor'] or 'all'} {page['kind']}".strip(),
        "known": shown.get("known", False),
        "day": long_day(page["at"]),
        "notes_panel": note_pages.panel(
            page["notes"],
            [(upload_subject(page["vendor"], page["batch"]), "this upload")],
            f"/imports/{page['batch']}",
            asking,
            base["form_token"],
        ),
    }


def _needs(page: Row) -> bool:
    """Whether a person can settle it here."""
    stopped = [one["code"] for one in page["causes"] if one["severity"] == "error"]
    return page["state"] == "preview" or (page["state"] == "refused" and asks(stopped, page["shown"] and page["shown"]["good"]))


def _facts(page: Row, shown: Row) -> list[dict[str, str]]:
    """The rows, parted so that they add up."""
    rows = page["rows"]
    if not rows["read"]:
        return []
    good = rows["accepted"] if page["state"] != "refused" else shown["good"]
    bad = rows["read"] - rows["skipped"] - good
    waits = "left out" if page["state"] in ("accepted", "preview") else "stopped"
    return [
        {"name": "Source rows", "value": number(rows["read"]), "note": "read"},
        {"name": "Count" if page["state"] == "accepted" else "Can count", "value": number(good), "note": "without a fault"},
        {"name": sentence(waits), "value": number(bad), "note": ("with a fault" if good else "the whole file") if bad else "none"},
        {"name": "Skipped", "value": number(rows["skipped"]), "note": "totals and blank rows"},
        {"name": "Check", "value": f"{number(good)} + {number(bad)} + {number(rows['skipped'])}", "note": f"= {number(rows['read'])}"},
    ]


def _sheet(body: Row) -> dict[str, Any]:
    """A sheet as the vendor drew it, with what each column is read as above it."""
    view = SheetView(
        body["sheet"],
        tuple(body["titles"]),
        body["header_row"],
        tuple(SheetColumn(one["letter"], one["header"], one["field"], one["numeric"]) for one in body["columns"]),
        tuple(SheetRow(line["row"], tuple(line["texts"])) for line in body["rows"]),
        body["first_row"],
        body["last_row"],
    )
    drawn = drawn_sheet(view, {(row, letter): mark for row, letter, mark in body["marks"]})
    for column, one in zip(drawn["columns"], body["columns"], strict=True):
        column["to"] = one["field"] and ("made a pseudonym" if one["field"] in PEOPLE else words(one["field"]))
        column["why"] = one["why"]
    gone = [one["header"] for one in body["columns"] if not one["field"] and one["header"]]
    return {
        **drawn,
        "name": f"Sheet “{body['sheet']}”" if body["sheet"] else "The table",
        "gone": listed([f"“{one}”" for one in gone[:4]] + ([f"{len(gone) - 4} more"] if len(gone) > 4 else [])) if gone else "",  # noqa: PLR2004 - what a line holds
        "gone_count": counted(len(gone), "column"),
    }


def _change_lines(page: Row, changes: Row | None) -> list[dict[str, str]]:
    """The rows against the earlier upload, with their sum last."""
    if changes is None:
        return []
    names = {"new": "New: not in the earlier upload", "changed": "Changed, old and new value kept", "same": "The same", "gone": "Gone"}
    lines = [{"name": name, "count": number(changes[key])} for key, name in names.items()]
    whole = "Rows after accepting" if page["state"] == "preview" else "Rows of this upload"
    return [*lines, {"name": whole, "count": number(changes["new"] + changes["changed"] + changes["same"])}]


def _fact_rows(changes: Row | None) -> list[dict[str, str]]:
    facts = changes["facts"] if changes is not None else []
    return [{"name": sentence(words(one["fact"])), "old": exact(one["old"]), "new": exact(one["new"])} for one in facts]


def _values(changes: Row | None) -> list[dict[str, str]]:
    places = ("site", "queue", "language", "role", "sample")
    return [
        {
            "place": ", ".join(one[place] for place in places if one[place]),
            "day": long_day(one["day"]),
            "fact": words(one["fact"]),
            "old": exact(one["old"]),
            "new": exact(one["new"]),
        }
        for one in (changes["values"] if changes is not None else [])
    ]


def _month_line(one: Row, page: Row) -> dict[str, Any]:
    """What accepting means for a month, or what it meant."""
    name = long_month(one["period"])
    link = f"/scorecards/{one['period']}/{page['vendor']}" if page["vendor"] and one["revision"] else ""
    if page["state"] == "accepted" and one["made"]:
        text = f"{name} was computed again: revision {one['made']}."
    elif one["status"] == "open":
        means = "this file counts when it is" if page["state"] == "accepted" else "accepting changes no figure that was shown"
        text = f"{name} is not closed yet: {means}."
    elif one["status"] in ("agreed", "locked"):
        text = f"{name} is {words(one['status'])}: its figures no longer change through uploads."
    elif page["state"] == "accepted":
        text = f"{name} is {words(one['status'])}; what this file changes in it is computed by itself."
    else:
        text = f"{name} is {words(one['status'])}: accepting makes revision {(one['revision'] or 0) + 1} at once; the old one stays."
    return {"text": text, "href": link, "changes": [_changed(change, page["file"]) for change in one["changes"]]}


def _changed(change: Row, file: str) -> dict[str, str]:
    """A figure before and after; why, where it is not this file alone."""
    metric = METRICS.get(change["metric"])
    share = metric is not None and metric.unit == "share"
    cause = str(change.get("cause") or "")
    return {
        "name": sentence(words(change["metric"])),
        "old": _figure(change["old"], share=share),
        "new": _figure(change["new"], share=share),
        "cause": "" if file in cause and ";" not in cause else cause,
    }


def _figure(value: Any, *, share: bool) -> str:
    """A figure of a scorecard's changes, whatever it is: money, a share, a number, a word, or nothing."""
    if isinstance(value, Mapping):
        return f"{unit_cost(value['value'])} {value['currency']}"
    if isinstance(value, int | float):
        return f"{percent(value, 2)} %" if share else number(value, 1)
    return words(value) if value is not None else "–"


def _accept_label(page: Row) -> str:
    taken = page["taken_place_of"]
    place = f" in place of upload {listed([str(one['batch']) for one in taken])}" if taken and page["state"] == "preview" else ""
    return f"Accept {_rows(page['rows']['accepted'])}{place}"


def _causes_title(stops: int, state: str) -> str:
    """What stands below: causes to mend, or rows that were left out."""
    if not stops:
        return "Remarks"
    return f"{sentence(counted(stops, 'cause'))}, one fix{' each' if stops > 1 else ''}" if state in UNREAD else "Why rows are left out"


def _undo_label(page: Row) -> str:
    """The consequence of taking an upload back."""
    taken = page["taken_place_of"]
    back = f"; upload {listed([str(one['batch']) for one in taken])} counts again" if taken else ""
    return f"Take it back: {_rows(page['rows']['accepted'])} no longer {'counts' if page['rows']['accepted'] == 1 else 'count'}{back}"
