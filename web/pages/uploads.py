"""The list of uploads: what came in a month, what needs a person, what is missing.

Owns: the object of the page and its words. Must not know: addresses and forms, how a file is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from importers import service as importers
from kernel.period import Period
from scorecards import service as scorecards
from vendors import service as vendors
from web.filters import counted, long_day, long_month, number, sentence, words
from web.pages.fixes import asks
from web.pages.frame import month as month_in
from web.pages.months import month_links, with_open
from web.pages.upload import KINDS, SIDES, UNDER_WAY
from web.process import Process

ALL = "all"
Row = Mapping[str, Any]
WORDS = {
    "received": ("none", "waits"),
    "reading": ("none", "is read"),
    "accepted": ("on", "accepted"),
    "refused": ("off", "refused"),
    "undone": ("none", "taken back"),
    "superseded": ("none", "replaced"),
}
"""State of an upload -> its verdict and its word on a card; one that waits for a person has its own."""
NEEDS = ("watch", "needs you")
MOST_SHOWN = 400
"""Cards of one page, those that need somebody first."""


def imports_page(asking: Process, period: str) -> dict[str, Any]:
    """The uploads of a month, newest first, those of any month that need somebody among them; what is missing or late.

    period: '' = the newest month that is over, `all` = every month.
    """
    chosen = None if period == ALL else month_in(period) if period else Period.of(asking.today()).previous()

    def gather(session: Session) -> dict[str, Any]:
        heads = importers.list_heads(session, asking.scope)
        status = scorecards.status(session, asking.scope, asking.settings, chosen, asking.today()) if chosen else {"vendors": []}
        return {
            "heads": [{**one, "waits": _waits(one, heads)} for one in heads],
            "expected": [{**item, "vendor": one["vendor"]} for one in status["vendors"] for item in one["expected"]],
            "months": [dict(one) for one in with_open(scorecards.months(session, asking.scope), Period.of(asking.today()))],
            "names": {str(one["code"]): str(one["name"]) for one in vendors.list_vendors(session, asking.scope)},
        }

    found = asking.read(gather)
    heads, today = found.pop("heads"), asking.today().isoformat()
    uploads = [one for one in heads if chosen is None or _belongs(one, chosen)]
    lacking = [one for one in found["expected"] if one["state"] == "missing"]
    page = {
        **found,
        "period": str(chosen) if chosen else ALL,
        "uploads": uploads,
        "waiting": [one["batch"] for one in uploads if one["waits"]],
        "under_way": sum(1 for one in uploads if one["state"] in UNDER_WAY),
        "missing": [{**one, "overdue": one["due"] < today} for one in lacking],
        "late": [one for one in found["expected"] if one["state"] == "late"],
    }
    del page["expected"]
    return {**page, "headline": headline(page), "story": story(page)}


def _waits(one: Row, heads: Sequence[Row]) -> bool:
    """Whether an upload needs a person: not when a later one of its bytes came, or one of its vendor, kind and month counts."""
    if one["state"] == "preview":
        return True
    if one["state"] != "refused" or one["aside"] or not asks(one["codes"], one["good"]):
        return False
    later = [other for other in heads if other["batch"] > one["batch"]]
    again = any(other["sha256"] == one["sha256"] for other in later)
    same = [other for other in later if (other["vendor"], other["kind"], other["state"]) == (one["vendor"], one["kind"], "accepted")]
    return not again and not any(set(one["periods"]) & set(other["periods"]) for other in same)


def _belongs(one: Row, chosen: Period) -> bool:
    """Whether an upload is shown with a month: it holds rows of it, needs somebody, or came then and has no month."""
    if one["waits"] or one["state"] in UNDER_WAY or str(chosen) in one["periods"]:
        return True
    came = date.fromisoformat(one["received_on"])
    return not one["periods"] and chosen.first <= came < chosen.next().end


def headline(page: Row) -> str:
    """What came and what is to be done, in one sentence or two."""
    came = sum(1 for one in page["uploads"] if one["state"] == "accepted")
    about = "" if page["period"] == ALL else f" for {long_month(page['period'])}"
    if not page["uploads"]:
        return f"Nothing has come{about} yet."
    waits, missing = len(page["waiting"]), sum(1 for one in page["missing"] if one["overdue"])
    parts = [f"{counted(waits, 'needs', 'need')} you"] if waits else []
    parts += [f"{counted(missing, 'is', 'are')} missing"] if missing else []
    parts += [f"{counted(page['under_way'], 'is', 'are')} being read"] if page["under_way"] else []
    files = f"{sentence(counted(came, 'file'))} {'counts' if came == 1 else 'count'}{about}."
    return f"{files} {sentence(', '.join(parts))}." if parts else files


def story(page: Row) -> str:
    """What is late, refused, still to come."""
    refused = sum(1 for one in page["uploads"] if one["state"] == "refused" and not one["waits"])
    were = "was" if refused == 1 else "were"
    ahead = sum(1 for one in page["missing"] if not one["overdue"])
    told = [f"{sentence(counted(len(page['late']), 'file'))} came after the deadline."] if page["late"] else []
    told += [f"{sentence(counted(refused, 'upload'))} {were} refused: nothing of it counts."] if refused else []
    told += [f"{sentence(counted(ahead, 'file'))} {'is' if ahead == 1 else 'are'} still to come."] if ahead else []
    return " ".join(told)


def list_rows(page: Row) -> list[Sequence[object]]:
    """One line per upload, the heads first."""
    names = ("batch", "file", "kind", "vendor", "side", "state", "received_on", "by", "errors", "warnings", "by_hand")
    heads = [*names, "periods", "rows_read", "rows_accepted", "rows_rejected", "rows_skipped"]
    counts = ("read", "accepted", "rejected", "skipped")
    return [
        heads,
        *([*(one[name] for name in names), " ".join(one["periods"]), *(one["rows"][count] for count in counts)] for one in page["uploads"]),
    ]


def drawn_list(page: Row, base: Row, asking: Process, again: str = "") -> dict[str, Any]:
    """The page object with its words, ready for the template. again: numbers of uploads whose content was sent again."""
    known = {one["batch"]: one["file"] for one in page["uploads"]}
    repeated = [int(text) for text in again.split(",") if text.isdigit() and len(text) < 10]  # noqa: PLR2004 - a number, not a novel
    choices = importers.countable_facts()
    return {
        **base,
        "title": "Imports" if page["period"] == ALL else f"Imports, {long_month(page['period'])}",
        "headline": page["headline"],
        "story": page["story"],
        "period": page["period"],
        "months": month_links(page["months"], page["period"], "/imports?period={period}"),
        "everything": page["period"] == ALL,
        "repeated": [f"{known.get(one, 'This content')} was accepted before as upload {one}: nothing was changed." for one in repeated],
        "may_upload": asking.may("upload"),
        "most_mb": asking.settings.max_upload_mb,
        "groups": list(_groups(page)),
        "left_over": max(0, len(page["uploads"]) - MOST_SHOWN),
        "under_way": page["under_way"],
        "kinds": [(kind, words(kind)) for kind in KINDS],
        "sides": SIDES,
        "samples": importers.SAMPLES,
        "vendors": sorted(page["names"].items(), key=lambda one: one[1]),
        "facts": [(name, words(name)) for name, _ in choices],
        "queues": asking.read(lambda session: [(str(one["code"]), str(one["name"])) for one in vendors.list_queues(session, asking.scope)]),
    }


def _groups(page: Row) -> Iterator[dict[str, Any]]:
    """Cards: what needs somebody first, then vendor by vendor with what did not come."""
    shown = sorted(page["uploads"], key=lambda one: (not one["waits"], one["state"] not in UNDER_WAY))[:MOST_SHOWN]
    needed = [one for one in shown if one["waits"] or one["state"] in UNDER_WAY]
    names = page["names"]
    if needed:
        yield {"name": "Needs you" if page["waiting"] else "On the way", "cards": [_card(one, names) for one in needed]}
    rest = [one for one in shown if not one["waits"] and one["state"] not in UNDER_WAY]
    codes = {one["vendor"] for one in (*rest, *page["missing"])}
    for code in sorted(codes, key=lambda one: (not one, names.get(one, one))):
        cards = [_card(one, names) for one in rest if one["vendor"] == code]
        cards += [_lacking(one) for one in page["missing"] if one["vendor"] == code]
        yield {"name": names.get(code, code) or "Several vendors, or not known", "cards": cards}


def _card(one: Row, names: Mapping[str, str]) -> dict[str, Any]:
    verdict, word = NEEDS if one["waits"] else WORDS[one["state"]]
    rows = one["rows"]["accepted"] if one["state"] != "refused" else one["rows"]["read"]
    parts = [
        names.get(one["vendor"], one["vendor"]) if one["waits"] or one["state"] in UNDER_WAY else "",
        words(one["kind"]) + (f", {one['side']}" if one["side"] and one["kind"] == "quality" else "") if one["kind"] else "",
        f"{number(rows)} source {'row' if rows == 1 else 'rows'}" if rows else "",
        _said(one),
        "entered by hand" if one["by_hand"] else "",
        f"came {long_day(one['received_on'])}",
    ]
    return {
        "name": one["file"],
        "href": f"/imports/{one['batch']}",
        "verdict": verdict,
        "word": word,
        "about": " · ".join(part for part in parts if part),
        "number": one["batch"],
    }


def _said(one: Row) -> str:
    if one["state"] == "superseded":
        return f"replaced by upload {one['superseded_by']}"
    if one["state"] in ("preview", "refused"):
        return counted(one["errors"], "problem") if one["errors"] else counted(one["warnings"], "remark") if one["warnings"] else ""
    return ""


def _lacking(one: Row) -> dict[str, Any]:
    site = f", site {one['site']}" if one["site"] else ""
    verdict, word = ("off", "missing") if one["overdue"] else ("none", "not here yet")
    return {
        "name": f"{sentence(words(one['kind']))}{site}",
        "href": "",
        "verdict": verdict,
        "word": word,
        "about": f"deadline {long_day(one['due'])}",
        "number": None,
    }
