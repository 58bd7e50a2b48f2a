"""The words and drawings of one invoice, ready for its template.

Owns: what each block of the page prints, which form stands where and what its button says. Must not know: the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from web.charts_money import waterfall
from web.filters import amount, counted, exact, listed, long_day, long_month, percent, signed, words
from web.pages import arrange_invoice as arrange
from web.pages import notes
from web.pages.arrange_contracts import readable
from web.pages.arrange_invoices import currency, state_words, value, vendors_money
from web.process import Process

Row = Mapping[str, Any]
RELATIONS = {
    "corrects": "Corrects",
    "replaces": "Replaces",
    "corrected_by": "Corrected by",
    "replaced_by": "Replaced by",
    "bills_again": "Seems to bill again",
    "billed_again_by": "Seems to be billed again by",
}
NARROW = "\N{NO-BREAK SPACE}"
TOLD = {"received": "Came in", "approved": "Approved", "disputed": "Disputed", "recovered": "Credited", "cleared": "Cleared"}


def drawn(page: Row, base: Row, process: Process, refused: str = "") -> dict[str, Any]:
    """The page object with its words. refused: the sentence of what was just not done."""
    code = currency(page)
    shape, state = state_words(page)
    found = {
        **base,
        **{name: page[name] for name in ("id", "number", "name", "vendor", "batch", "file", "story", "contracts", "unpriced")},
        "title": f"Invoice {page['number']}, {page['name']}",
        "document": words(page["document"]).capitalize(),
        "currency": code,
        "issued": long_day(page["issued_on"]),
        "service": _service(page),
        "verdict": shape,
        "state": state,
        "headline": page["headline"].replace(f" {code}", f"{NARROW}{code}"),
        "refused": refused,
        "facts": _facts(page, code),
        "waterfall": _waterfall(page),
        "findings": [_finding(one, page, code) for one in arrange.largest_first(page)],
        "sums": arrange.totals_line(page),
        "netted": _vendors_side(page, code),
        "lines": [_line(one, page) for one in page["lines"]],
        "line_sums": _line_sums(page),
        "forms": forms(page, code),
        "notes_panel": notes.panel(page["notes"], arrange.note_choices(page), f"/invoices/{page['id']}", process, base["form_token"]),
        "related": [_related(one) for one in page["related"]],
        "history": [_entry(one) for one in page["history"]],
        "settled": listed([long_month(month) for month in page["settled"]]),
        "month_href": f"/invoices?period={page['period']}" if page["period"] else "/invoices?period=all",
        "month": long_month(page["period"]) if page["period"] else "No month",
        "contract_href": f"/contracts/{page['vendor']}" + (f"?period={page['period']}" if page["period"] else ""),
    }
    counts = notes.counts(page["notes"])
    for one, finding in zip(found["findings"], arrange.largest_first(page), strict=True):
        one["notes"] = counts.get(arrange.subject(page, finding), 0)
    return found


def _service(page: Row) -> str:
    days = sorted(day for line in page["lines"] for day in (line["service_from"], line["service_to"]) if day)
    return f"service {long_day(days[0])} to {long_day(days[-1])}" if days else "no service days printed"


def _facts(page: Row, code: str) -> list[dict[str, str]]:
    billed, contract = value(page["billed"]), page["contract_amount"]
    at_stake, under = value(page["at_stake"]), vendors_money(page)
    lines = counted(len(page["lines"]), "line")
    share = f"{percent(at_stake / billed)} % of billed" if billed > 0 else ""
    how = "complete" if page["complete"] else "not complete"
    facts = [{"name": "Billed", "value": amount(billed), "note": f"{code}, {lines}, ex tax"}]
    if contract is not None:
        facts.append({"name": "Contract amount", "value": amount(contract["amount"]), "note": f"{how}, {' + '.join(page['contracts'])}"})
    facts.append({"name": "In question", "value": amount(at_stake), "note": share})
    if under:
        facts.append({"name": "In the vendor’s favour", "value": amount(under), "note": "beside it, never netted"})
    return facts


def _waterfall(page: Row) -> dict[str, Any] | None:
    """The picture from billed to contract amount; None when there is nothing between them."""
    steps = arrange.changes(page)
    if not steps:
        return None
    start = value(page["billed"])
    chart = waterfall(start, [one["amount"] for one in steps])
    end = start + sum((one["amount"] for one in steps), Decimal(0))
    again = arrange.duplicate_of(page) is not None
    axis = (
        "The axis starts at zero, so the totals are bars."
        if chart.zero is not None
        else f"The axis starts at {amount(chart.begins).removesuffix('.00')}, so the totals are marks; the bars are true to scale."
    )
    return {
        "chart": chart,
        "axis": axis,
        "start": amount(start),
        "end": amount(end),
        "end_name": "Left if it is the same bill"
        if again
        else "Contract amount"
        if page["complete"]
        else "Contract amount, as far as it is priced",
        "rows": [
            {**one, "amount": signed(one["amount"], 2), "bar": bar, "css": _css(one)} for one, bar in zip(steps, chart.bars, strict=True)
        ],
    }


def _css(change: Row) -> str:
    return f"{change['kind']}{' soft' if change['soft'] else ''}"


def _vendors_side(page: Row, code: str) -> str:
    under = vendors_money(page)
    return f"{amount(under)} {code} stand in the vendor’s favour and are not taken off" if under else ""


def _finding(one: Row, page: Row, code: str) -> dict[str, Any]:
    line = next((each for each in page["lines"] if each["line"] == one["line"]), None)
    billed, agreed = one["calculations"]["billed"], one["calculations"]["contract"]
    return {
        "code": one["code"],
        "line": one["line"] or "",
        "anchor": f"{one['code']}-{one['line'] or 'all'}",
        "name": arrange.name_of(one["code"]),
        "money": amount(one["at_stake"]["amount"]),
        "favour": f"{code} for the {one['in_favour_of']}",
        "cause": arrange.cause(one, page),
        "clause": arrange.clause_text(one, page),
        "state": one["state"],
        "shape": arrange.STATE_SHAPES.get(one["state"], "none"),
        "open": arrange.is_open(one),
        "advice": arrange.advice(one, page),
        "where": f"line {one['line']}" if one["line"] else "whole invoice",
        "cells": f"/invoices/{page['id']}/cells" + (f"?line={one['line']}" if one["line"] else ""),
        "billed": _sum(billed),
        "agreed": _sum(agreed),
        "agreed_name": "Quantity × rate" if one["code"] == "I-02" else "Contract",  # noqa: RUF001 - a real sign of multiplication
        "difference": signed(arrange.sign(one) * value(one["at_stake"]), _places(one["at_stake"])),
        "forms": _finding_forms(one, line, page, code),
    }


def _sum(one: Row) -> dict[str, str]:
    unit = arrange.unit(one["unit"] or "")
    return {
        "quantity": "" if one["quantity"] is None else f"{exact(one['quantity'])} {unit}".strip(),
        "rate": "" if one["rate"] is None else f"{arrange.TIMES} {arrange.rate(one['rate'])}",
        "amount": amount(one["amount"]),
    }


def _places(money: Row) -> int:
    return len(str(money["amount"]).partition(".")[2])


def _finding_forms(one: Row, line: Row | None, page: Row, code: str) -> list[dict[str, Any]]:
    """The forms beside a finding: dispute its line, clear it. Each says on its button what follows."""
    if not arrange.is_open(one) or one["state"] == "disputed":
        return []
    found = []
    if page["may"]["decide"] and line is not None and one["in_favour_of"] == "client" and page["state"] != "disputed":
        stand_in = f"; {amount(line['contract_amount']['amount'])} stands in" if line["contract_amount"] else ""
        button = f"Dispute line {line['line']}: hold {amount(line['billed']['amount'])} {code} out of cost{stand_in}"
        found.append(_form(page, "dispute", f"Dispute line {line['line']}", button, "What the vendor is told", line=line["line"]))
    if page["may"]["decide"] and one["code"] == "I-01":
        button = f"Dispute the invoice: hold {amount(page['billed']['amount'])} {code} out of cost until it is credited"
        found.append(_form(page, "dispute", "Dispute it", button, "What the vendor is told"))
    if page["may"]["approve"]:
        button = (
            f"Clear: {amount(one['at_stake']['amount'])} {code} no longer {'in question' if one['in_favour_of'] == 'client' else 'open'}"
        )
        found.append(_form(page, "clear", "Clear, with a reason", button, "Why, for the record", line=one["line"] or "", code=one["code"]))
    return found


def _form(page: Row, act: str, name: str, button: str, label: str, *, required: bool = True, **hidden: str) -> dict[str, Any]:
    return {
        "action": f"/invoices/{page['id']}/{act}",
        "name": name,
        "button": button,
        "label": label,
        "required": required,
        "hidden": [{"name": key, "value": text} for key, text in hidden.items() if text],
    }


def forms(page: Row, code: str) -> dict[str, Any]:
    """The decisions about the whole document: those that are open to whoever asks, and why others are not."""
    billed = f"{amount(page['billed']['amount'])} {code}"
    held = [line for line in page["lines"] if line["disputed"]]
    asked = _disputing(page, code)
    found = list(asked)
    why: list[str] = []
    if page["may"]["approve"] and page["state"] != "approved" and page["costs"]:
        if held:
            why.append(f"Line {listed([line['line'] for line in held])} is disputed: settle that before the invoice can be approved.")
        else:
            found.append(_form(page, "approve", "Approve", _approving(page, billed), "Reason, if one is needed", required=False))
    if page["may"]["decide"] and page["costs"] and page["state"] != "disputed":
        button = f"Dispute the whole {words(page['document'])}: hold {billed} out of cost"
        if page["document"] == "credit_note":
            button = f"Dispute the credit note: {_given(page, code)} do not lower the cost until that is settled"
        found.append(_form(page, "dispute", f"Dispute the whole {words(page['document'])}", button, "What the vendor is told"))
    found += _settling(page, held, code)
    if page["submitter"] and not page["may"]["approve"] and page["may"]["decide"] and page["state"] != "approved":
        what = "credit note" if page["document"] == "credit_note" else "invoice"
        why.append(f"{page['submitter']} brought this {what} in; somebody else approves it.")
    if page["settled"]:
        months = listed([long_month(month) for month in page["settled"]])
        why.append(f"The figures of {months} are agreed and stay; what is decided here no longer changes them.")
    if (page["state"] == "disputed" or held) and not any(one["how"] == "corrected_by" for one in page["related"]):
        why.append(f"No credit note names {page['number']} yet. When the vendor’s is in, the dispute can be noted as credited here.")
    for one in found[:1]:
        one["first"] = bool(asked) or one["action"].endswith("/approve")  # what is likeliest stands out; nothing does once it is done
    return {"open": found, "why": why}


def _disputing(page: Row, code: str) -> list[dict[str, Any]]:
    """One form for all lines in question, so that one reason and one click hold them."""
    asked = {one["line"] for one in page["findings"] if one["line"] and arrange.is_open(one) and one["in_favour_of"] == "client"}
    lines = [line for line in page["lines"] if line["line"] in asked and not line["disputed"]]
    if not page["may"]["decide"] or page["state"] == "disputed" or not lines:
        return []
    which = f"line{'s' if len(lines) > 1 else ''} {listed([line['line'] for line in lines])}"
    whole = amount(sum((value(line["billed"]) for line in lines), Decimal(0)))
    button = f"Dispute {which} for {amount(page['at_stake']['amount'])} {code}: {whole} held out of cost, the contract amount stands in"
    form = _form(page, "dispute", f"Dispute {which}", button, "What the vendor is told")
    return [form | {"hidden": [{"name": "line", "value": line["line"]} for line in lines]}]


def _given(page: Row, code: str) -> str:
    return f"{amount(-value(page['billed']))} {code}"


def _approving(page: Row, billed: str) -> str:
    at_stake = value(page["at_stake"])
    if page["document"] == "credit_note":
        return f"Accept the credit of {_given(page, currency(page))}"
    if arrange.duplicate_of(page) is not None:
        return f"Approve {billed}: it is no duplicate, and counts as cost"
    if page["state"] == "disputed":
        return f"Approve {billed} and end the dispute"
    return f"Approve {billed} for payment" + (f", {amount(at_stake)} of it in question" if at_stake else "")


def _settling(page: Row, held: Sequence[Row], code: str) -> list[dict[str, Any]]:
    """How disputes end: with the vendor's credit note, or because the vendor was right."""
    notes_of = [one for one in page["related"] if one["how"] == "corrected_by"]
    found = []
    whole = [None] if page["state"] == "disputed" else []
    for line in (*whole, *held):
        what = "the invoice" if line is None else f"line {line['line']}"
        hidden = {} if line is None else {"line": line["line"]}
        if page["may"]["decide"] and notes_of:
            given = f"{notes_of[-1]['number']}, {amount(abs(Decimal(notes_of[-1]['billed']['amount'])))} {code}"
            asked = sum(
                (
                    value(one["at_stake"])
                    for one in page["findings"]
                    if one["in_favour_of"] == "client" and (line is None or one["line"] == line["line"])
                ),
                Decimal(0),
            )
            button = f"Note {what} as credited by {given} of {amount(asked)} in question: the hold ends"
            found.append(_form(page, "credit", f"Credited: {what}", button, "Remark", required=False, **hidden))
        if page["may"]["approve"] and line is not None:
            button = f"End the dispute of {what}: {amount(line['billed']['amount'])} {code} counts as billed"
            found.append(_form(page, "approve", f"The vendor was right: {what}", button, "Why", **hidden))
    return found


def _line(line: Row, page: Row) -> dict[str, Any]:
    found = [one for one in page["findings"] if one["line"] == line["line"]]
    shape, word = arrange.verdict_of_line(line, found)
    scope = ", ".join(line[key] for key in ("site", "queue", "language") if line[key])
    days = f"{long_day(line['service_from'])} to {long_day(line['service_to'])}" if line["service_from"] else ""
    return {
        "line": line["line"],
        "text": line["text"],
        "scope": scope,
        "days": days,
        "clause": line["clause"] or "–",
        "billed_as": arrange.product(line["quantity"], line["unit"], line["rate"]) or "–",
        "billed": amount(line["billed"]["amount"]),
        "agreed_as": arrange.product(line["contract_quantity"], line["unit"], line["contract_rate"]) if line["contract_amount"] else "",
        "contract": "–" if line["contract_amount"] is None else amount(line["contract_amount"]["amount"]),
        "difference": "–" if line["difference"] is None else signed(line["difference"]["amount"], _places(line["difference"])),
        "calculation": readable(line["calculation"]),
        "shape": shape,
        "word": word,
        "same": word == "same",
        "tags": [name for name, holds in (("disputed", line["disputed"]), ("held", line["held"] and not line["disputed"])) if holds],
        "cells": f"/invoices/{page['id']}/cells?line={line['line']}",
        "place": f"{line['sheet']}, row {line['row']}" if line["sheet"] else f"row {line['row']}",
    }


def _line_sums(page: Row) -> dict[str, str]:
    differences = [value(line["difference"]) for line in page["lines"] if line["difference"] is not None]
    return {
        "billed": amount(page["billed"]["amount"]),
        "contract": "–" if page["contract_amount"] is None else amount(page["contract_amount"]["amount"]),
        "difference": signed(sum(differences, Decimal(0)), 2) if differences else "–",
        "tax": "" if page["tax"] is None else amount(page["tax"]["amount"]),
    }


def _related(one: Row) -> dict[str, Any]:
    return {
        "how": RELATIONS[one["how"]],
        "href": f"/invoices/{one['id']}",
        "number": one["number"],
        "document": words(one["document"]),
        "issued": long_day(one["issued_on"]),
        "billed": f"{amount(one['billed']['amount'])} {one['billed']['currency']}",
        "state": one["state"],
    }


def _entry(one: Row) -> dict[str, Any]:
    about = f"{arrange.name_of(one['code'])}" if one["code"] else ""
    line = f"line {one['line']}" if one["line"] else ""
    return {
        "day": long_day(one["at"]),
        "what": TOLD.get(one["state"], words(one["state"]).capitalize()),
        "about": ", ".join(part for part in (about, line) if part),
        "by": one["by"] or "",
        "reason": one["reason"],
    }


def drawn_cells(page: Row, lines: Sequence[Row], sheets: Sequence[Row], base: Row) -> dict[str, Any]:
    """The sheet of an invoice with its rows marked, ready for the template."""
    which = f"line {lines[0]['line']}" if len(lines) == 1 and len(page["lines"]) > 1 else counted(len(lines), "line")
    return {
        **base,
        "title": f"{page['number']}, {which}",
        "headline": f"{page['number']} of {page['name']}: {which} in the file.",
        "number": page["number"],
        "href": f"/invoices/{page['id']}",
        "batch": page["batch"],
        "file": page["file"],
        "sheets": sheets,
        "lines": [_line(one, page) for one in lines],
    }
