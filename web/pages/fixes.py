"""What is wrong with an upload, cause by cause, and the one thing that mends each.

Owns: how a problem is told on the page (what was found, where, what follows) and which form or remedy answers it. Must not
know: the database, how a file is read. A fix is a form whose fields `POST /imports/{number}/read` understands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from web.filters import counted, number, words

Row = Mapping[str, Any]
SEVERITIES = ("error", "warning", "info")
VERDICTS = {"error": "off", "warning": "watch", "info": "none"}
SIDES = ("platform", "client", "vendor")
SIDE_WORDS = {"platform": "the platform’s count", "client": "the client’s count", "vendor": "the vendor’s count"}
ALIASES = {"UNKNOWN_VENDOR": "vendor", "UNKNOWN_SITE": "site", "UNKNOWN_QUEUE": "queue"}
HEADERS = ("AMBIGUOUS_HEADER", "LIKELY_HEADER", "DOUBLE_FIELD")
KINDS = ("KIND_UNKNOWN", "KIND_AMBIGUOUS", "KIND_MISMATCH")
REPLACING = ("OVERLAP", "INVOICE_CHANGED")
ANSWERED = frozenset({*ALIASES, *HEADERS, *KINDS, *REPLACING, "VENDOR_UNKNOWN", "SIDE_UNKNOWN", "MISSING_COLUMN"})
"""Codes that a form answers; any other fault of rows is answered by leaving the rows out."""
LONGEST_ALIAS = 80
"""A text that was cut to be shown cannot be remembered as a name."""
_FIELD = re.compile(r"[a-z_]+")
_ALSO = re.compile(r"\s*Also in (.+?)\.?\s*$")
UNREAD = ("received", "reading", "refused")
"""States in which a faulty row still stops; in all others it is left out, or the upload is over."""
_LIKELY = re.compile(r"if it is (\S+), run")
_MEANS = re.compile(r"can mean (.+)")


def asks(codes: Sequence[str], good: int | None) -> bool:
    """Whether a person can settle what stopped an upload here, without another file.

    >>> asks(["NEGATIVE"], 3), asks(["PASSWORD"], 0), asks(["UNKNOWN_QUEUE"], None)
    (True, False, True)
    """
    return bool(good) or bool(ANSWERED & set(codes))


def causes(upload: Row, choices: Row) -> list[dict[str, Any]]:
    """One entry per cause, those that stop the most rows first, each with its fix.

    upload: as importers.show_upload tells it. choices: vendors, sites, queues, kinds (lists of (value, text)), may_name:
    whether the reader may say what names mean; open: whether the upload waits for an answer at all.
    """
    rank = {severity: place for place, severity in enumerate(SEVERITIES)}
    problems = sorted(upload["problems"], key=lambda one: (rank[one["severity"]], one["row"] is not None, -one["count"]))
    asked_first = any(one["severity"] == "error" and one["code"] in ANSWERED - ALIASES.keys() for one in problems)
    return [_cause(problem, upload, choices, asked_first=asked_first) for problem in problems]


def _cause(problem: Row, upload: Row, choices: Row, *, asked_first: bool) -> dict[str, Any]:
    what, remedy, also = told(problem["message"], upload["file"])
    places = ", ".join(part for part in (problem["cell"] or (f"row {problem['row']}" if problem["row"] else ""), also) if part)
    sheet = f"sheet “{problem['sheet']}”, " if problem["sheet"] and places else ""
    fix = _fix(problem, upload, choices, remedy) if choices["open"] else None
    settled = fix is not None and problem["code"] in ANSWERED - ALIASES.keys()
    return {
        "severity": problem["severity"],
        "code": problem["code"],
        "verdict": VERDICTS[problem["severity"]],
        "count": problem["count"],
        "weight": _weight(problem, upload["state"]),
        "title": what if what.startswith(upload["file"]) else what[:1].upper() + what[1:],
        "found": f"Found in {sheet}{places}." if places else "",
        "value": problem["value"] or "",
        "remedy": "" if settled else remedy[:1].upper() + remedy[1:],
        "fix": fix,
        "note": ""
        if fix or upload["state"] not in UNREAD
        else _note(problem, choices, asked_first=asked_first, by_hand=bool(upload.get("by_hand"))),
    }


def _note(problem: Row, choices: Row, *, asked_first: bool, by_hand: bool) -> str:
    """What stands in place of a form."""
    if problem["severity"] != "error":
        return "Nothing to do."
    if not choices["open"]:
        return ""
    if problem["row"] and asked_first:
        return "Settle first what stops the file; then such rows can be left out."
    if by_hand:
        return "Enter the figure again, on Imports."
    return "Only a corrected file mends this: upload it, and it takes this one’s place."


def told(message: str, file: str) -> tuple[str, str, str]:
    """What is wrong, what mends it, and where else: the parts of a problem's sentence, its place left out.

    >>> told("a.csv, G3: decisions is -5, and a count cannot be negative: correct the cell. Also in G4, G9 and 3 more.", "a.csv")
    ('decisions is -5, and a count cannot be negative', 'correct the cell.', 'G4, G9 and 3 more')
    >>> told('a.csv, sheet Daily, F9: handle_seconds: "about" is not a duration; write seconds.', "a.csv")
    ('handle seconds: "about" is not a duration', 'write seconds.', '')
    """
    rest = message
    if message.startswith((f"{file}, ", f"{file}: ")):
        rest = message[len(file) :].partition(": ")[2] or message
    also = _ALSO.search(rest)
    if also:
        rest = rest[: also.start()]
    what, colon, remedy = rest.partition(": ")
    if _FIELD.fullmatch(what):  # the fault of a cell's text: its field, what it says; what to write instead
        fault, _, remedy = remedy.partition("; ")
        what = f"{words(what)}: {fault.rstrip('.')}"
    return (what if colon else rest.rstrip("."), remedy, also[1] if also else "")


def _weight(problem: Row, state: str) -> str:
    """What a cause holds up, in words."""
    count = problem["count"]
    in_rows = problem["row"] and problem["code"] not in (*HEADERS, "MISSING_COLUMN")
    if problem["severity"] == "error":
        verb = "stops" if state in UNREAD else "leaves out"
        return f"{verb} {counted(count, 'row')}" if in_rows else "stops the file"
    where = counted(count, "cell") if problem["cell"] else counted(count, "row") if problem["row"] else "the file"
    return f"{where}, no stop"


def _fix(problem: Row, upload: Row, choices: Row, remedy: str) -> dict[str, Any] | None:
    """The form that answers a cause; None where only another file, or nothing, does."""
    code = problem["code"]
    if code in ALIASES:
        return _alias(problem, choices, remedy) if choices["may_name"] else None
    if code in HEADERS:
        return _column(problem, upload)
    if code == "MISSING_COLUMN":
        return _missing_column(problem, upload)
    if code in REPLACING:
        return _replacing(problem, upload)
    if code in (*KINDS, "VENDOR_UNKNOWN", "SIDE_UNKNOWN"):
        return _told_of_the_file(code, choices)
    return leave_out(upload) if problem["severity"] == "error" and problem["row"] else None


def _told_of_the_file(code: str, choices: Row) -> dict[str, Any]:
    if code == "VENDOR_UNKNOWN":
        return _form("Read as this vendor’s", _select("vendor", "It is from", [("", "choose the vendor"), *choices["vendors"]]))
    if code == "SIDE_UNKNOWN":
        return _form("Read as this count", _select("side", "It is", [(side, SIDE_WORDS[side]) for side in SIDES], "vendor"))
    return _form("Read as this kind", _select("kind", "It holds", [("", "choose what it holds"), *choices["kinds"]]))


def leave_out(upload: Row) -> dict[str, Any] | None:
    """Read the file without the rows that have a fault, naming how many that are in all.

    None where that mends nothing, or is done.
    """
    good = upload["shown"]["good"] if upload["shown"] else 0
    bad = upload["rows"]["read"] - upload["rows"]["skipped"] - good
    if not good or not bad or upload["state"] != "refused":
        return None
    label = f"Leave {counted(bad, 'faulty row')} out" if bad == 1 else f"Leave all {number(bad)} faulty rows out"
    return _form(label, {"type": "hidden", "name": "without_bad_rows", "value": "true"})


def _alias(problem: Row, choices: Row, remedy: str) -> dict[str, Any] | None:
    kind = ALIASES[problem["code"]]
    value = problem["value"] or ""
    if not value or len(value) >= LONGEST_ALIAS:
        return None
    likely = _LIKELY.search(remedy)
    options = [("", f"choose the {kind}"), *choices[f"{kind}s"]]
    chosen = likely[1] if likely else ""
    if kind == "site":
        chosen = next((code for code, _ in options if code.endswith(f"/{chosen}")), "") if chosen else ""
    return _form(
        f"Read it so in {counted(problem['count'], 'row')} and remember it",
        {"type": "hidden", "name": "alias_kind", "value": kind},
        {"type": "hidden", "name": "alias_text", "value": value},
        _select("alias_code", f"“{value}” is", options, chosen),
    )


def _column(problem: Row, upload: Row) -> dict[str, Any]:
    """What one header means: what it may mean first, then every field that nothing else is read as, or nothing."""
    header = problem["value"] or ""
    why = next((one["why"] for one in upload["mapping"] if one["header"].strip() == header), "")
    means = _MEANS.search(why)
    likely = [word.replace(" ", "_") for word in means[1].split(" or ")] if means else []
    if why.startswith("looks like "):
        likely = [why.removeprefix("looks like ").partition(":")[0]]
    if problem["code"] == "DOUBLE_FIELD":
        likely = re.findall(r"both fit (\w+)", problem["message"])
    known = [one for one in likely if one in upload["fields"]]
    fields = [*known, *(one for one in upload["fields"] if one not in known)]
    options = [(f"{header}={one}", words(one)) for one in fields] + [(f"{header}=ignore", "nothing: leave the column out")]
    return _form(f"Read “{header}” so", _select("map", f"“{header}” is", options))


def _missing_column(problem: Row, upload: Row) -> dict[str, Any]:
    """Which of the columns that are not read is the missing one; for a day also the month of the whole file."""
    wanted = [one for one in str(problem["value"]).split(" or ") if one in upload["fields"]] or ["decisions"]
    spare = [one["header"].strip() for one in upload["mapping"] if one["field"] is None and one["header"].strip()]
    options = [(f"{header}={field}", f"“{header}” holds {words(field)}") for header in spare for field in wanted]
    month = {"type": "month", "name": "period", "label": "Or all of it is for the month"} if "period" in wanted or "day" in wanted else None
    parts = [_select("map", "The column", [("", "choose a column"), *options], required=month is None)] if options else []
    return _form("Read it so", *parts, *([month] if month else [])) if parts or month else {}


def _replacing(problem: Row, upload: Row) -> dict[str, Any] | None:
    """Which of two uploads counts; of a column that a file of another kind holds too, only whether this one is read."""
    other = problem["value"] or ""
    if other in upload["fields"]:
        headers = [one["header"].strip() for one in upload["mapping"] if one["field"] == other]
        out = [(f"{header}=ignore", "left out: the other upload counts") for header in headers]
        return _form("Read it so", _select("map", f"“{headers[0]}” is", out)) if headers else None
    takes = {"value": f"supersede:{other}", "text": f"it takes the place of upload {other}", "checked": True}
    adds = {"value": "add", "text": "both count, side by side", "checked": False}
    options = [takes, adds] if problem["code"] == "OVERLAP" else [takes]
    return _form("Read it so", {"type": "radio", "name": "place", "label": "What both hold", "options": options})


def _select(name: str, label: str, options: Sequence[tuple[str, str]], chosen: str = "", *, required: bool = True) -> dict[str, Any]:
    return {
        "type": "select",
        "required": required,
        "name": name,
        "label": label,
        "options": [{"value": value, "text": text, "selected": value == chosen} for value, text in options],
    }


def _form(button: str, *fields: dict[str, Any]) -> dict[str, Any]:
    return {"button": button, "fields": list(fields)}
