"""One invoice as a page object: sentence, bars of the waterfall, findings and lines in words. No database, no HTML.

Owns: which words stand beside which money, and that the bars lead from billed to contract amount to the last cent.
Must not know: how a finding is made. What is in the vendor's favour is never netted against what is in question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from scorecards.note_subjects import finding_subject, invoice_subject
from web.filters import amount, counted, exact, listed, long_day, signed, words
from web.pages.arrange_contracts import until
from web.pages.arrange_invoices import OPEN_STATES, currency, value, vendors_money

Row = Mapping[str, Any]
TIMES = "\N{MULTIPLICATION SIGN}"
TITLES = {
    "I-01": "Billed before",
    "I-02": "The line’s own sum is wrong",
    "I-06": "Rate not in force",
    "I-07": "More billed than recorded",
}
UNITS = {"hour": "h", "hours": "h", "hur": "h"}
"""Units that are written short."""
MOST_BARS = 12
"""Bars of one waterfall; what is smaller is gathered, over and under apart."""
CENTS_OF_ROUNDING = Decimal("0.05")
"""A rest of a line with findings up to this much comes from rounding each of them."""
STATE_SHAPES = {"confirmed": "off", "disputed": "off", "suspected": "watch", "cleared": "none", "recovered": "on", "lost": "none"}


def name_of(code: str) -> str:
    """What a finding is called."""
    return TITLES.get(code, f"Finding {code}")


def sign(finding: Row) -> int:
    """1 for money that the client gets back, -1 for money that the vendor may still ask for."""
    return 1 if finding["in_favour_of"] == "client" else -1


def is_open(finding: Row) -> bool:
    """Whether its money is in question."""
    return finding["state"] in OPEN_STATES


def largest_first(page: Row) -> list[Row]:
    """Findings by money, the open ones first."""
    return sorted(page["findings"], key=lambda one: (not is_open(one), -value(one["at_stake"]), one["line"] or "", one["code"]))


def duplicate_of(page: Row) -> Row | None:
    """The open suspicion that the whole document was billed before; None without one."""
    return next((one for one in page["findings"] if one["code"] == "I-01" and is_open(one)), None)


def changes(page: Row) -> list[dict[str, Any]]:
    """What leads from billed to the contract amount, largest first: every finding, then what has none, line by line.

    Each has name, where, amount (signed, to be added), kind (over, under, other) and soft (not decided). Empty for a
    document without a contract amount that is no suspected duplicate.
    """
    again = duplicate_of(page)
    if again is not None:
        return [_change(name_of("I-01"), "whole invoice", -value(page["billed"]), "over", soft=again["state"] == "suspected")]
    if page["contract_amount"] is None:
        return []
    found, rests = [], []
    unpriced: list[Row] = []
    for line in page["lines"]:
        mine = [one for one in page["findings"] if one["line"] == line["line"] and one["code"] != "I-01"]
        for one in mine:
            kind = "over" if sign(one) > 0 else "under"
            found.append(_change(name_of(one["code"]), f"line {line['line']}", -sign(one) * value(one["at_stake"]), kind, soft=_soft(one)))
        if line["difference"] is None:
            unpriced.append(line)
        else:
            rest = value(line["difference"]) - sum((sign(one) * value(one["at_stake"]) for one in mine), Decimal(0))
            if rest:
                rests.append(_change(_rest_name(rest, bool(mine)), f"line {line['line']}", -rest, "other", soft=False))
    if unpriced:
        where = f"line {unpriced[0]['line']}" if len(unpriced) == 1 else f"lines {', '.join(line['line'] for line in unpriced)}"
        beside = sum(
            (sign(one) * value(one["at_stake"]) for one in page["findings"] if one["line"] in {u["line"] for u in unpriced}), Decimal(0)
        )
        whole = sum((value(line["billed"]) for line in unpriced), Decimal(0))
        rests.append(_change("No contract amount", where, -(whole - beside), "other", soft=True))
    return _gathered([*sorted(found, key=_size), *sorted(rests, key=_size)])


def _change(name: str, where: str, money: Decimal, kind: str, *, soft: bool) -> dict[str, Any]:
    return {"name": name, "where": where, "amount": money, "kind": kind, "soft": soft}


def _soft(finding: Row) -> bool:
    return finding["state"] not in ("confirmed", "disputed")


def _size(change: Row) -> Decimal:
    return -abs(Decimal(change["amount"]))


def _rest_name(rest: Decimal, beside_findings: bool) -> str:  # noqa: FBT001 - one fact about the line
    if beside_findings and abs(rest) <= CENTS_OF_ROUNDING:
        return "Rounding"
    return "Above the record, tolerated" if rest > 0 else "Below the record"


def _gathered(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """At most MOST_BARS bars: the smallest are added up, those that lower and those that raise apart."""
    if len(found) <= MOST_BARS:
        return found
    kept, small = found[: MOST_BARS - 2], found[MOST_BARS - 2 :]
    for way, kind in ((-1, "over"), (1, "under")):
        part = [one for one in small if one["amount"] * way > 0]
        if part:
            kept.append(_change(f"{len(part)} smaller", kind, sum((one["amount"] for one in part), Decimal(0)), "other", soft=True))
    return kept


def headline(page: Row) -> tuple[str, str]:
    """What is wrong and how much, in a sentence; then what carries it."""
    code = currency(page)
    whose = page["name"]
    open_ones = [one for one in largest_first(page) if is_open(one)]
    if page["replaced_by"]:
        return f"{page['number']} was replaced by {page['replaced_by']} and costs nothing.", ""
    if page["document"] == "credit_note":
        names = f" for {page['relates_to']}" if page["relates_to"] else ""
        return f"{whose} gives back {amount(-value(page['billed']))} {code}{names}.", "The contract prices services, not credit notes."
    again = duplicate_of(page)
    if again is not None:
        first = next((one["number"] for one in page["related"] if one["how"] == "bills_again"), "an earlier invoice")
        return (
            f"{whose} seems to bill {first} again: {amount(again['at_stake']['amount'])} {code}.",
            "It is held out of cost until somebody decides.",
        )
    if not open_ones:
        return _nothing_open(page, code)
    over, under = value(page["at_stake"]), vendors_money(page)
    parts = ([f"{amount(over)} {code} too much"] if over else []) + ([f"{amount(under)} {code} too little"] if under else [])
    largest = open_ones[0]
    story = f"{counted(len(open_ones), 'finding').capitalize()}" + (
        "."
        if len(open_ones) == 1
        else f"; the largest: {lowered(name_of(largest['code']))}, {amount(largest['at_stake']['amount'])} {code}."
    )
    return f"{whose} billed {listed(parts)}.", story


def lowered(text: str) -> str:
    """Words inside a sentence."""
    return text[:1].lower() + text[1:]


def _nothing_open(page: Row, code: str) -> tuple[str, str]:
    blank = [line for line in page["lines"] if line["contract_amount"] is None]
    difference = sum((value(line["difference"]) for line in page["lines"] if line["difference"]), Decimal(0))
    if page["findings"]:
        return f"Nothing is in question any more on {page['number']}.", "Every finding was answered."
    if len(blank) == len(page["lines"]):
        return f"Nothing can be said about {page['number']}: no line has a contract amount.", blank[0][
            "calculation"
        ].capitalize() + "." if blank else ""
    story = f"{counted(len(blank), 'line')} {'has' if len(blank) == 1 else 'have'} no contract amount.".capitalize() if blank else ""
    if page["unpriced"]:
        story = f"{story} Not priced yet: {listed(page['unpriced'])}.".strip()
    if difference:
        return (
            f"{page['number']} agrees with the contract within its tolerance.",
            f"The difference is {signed(difference, 2)} {code}. {story}".strip(),
        )
    whole = "" if page["complete"] else ", as far as it is priced"
    return f"{page['number']} agrees with the contract to the last cent{whole}.", story


def cause(finding: Row, page: Row) -> str:
    """Why it is a finding, in a sentence of its own."""
    line = next((one for one in page["lines"] if one["line"] == finding["line"]), None)
    code, billed, agreed = finding["code"], finding["calculations"]["billed"], finding["calculations"]["contract"]
    first = next((one for one in page["related"] if one["how"] == "bills_again"), None)
    if code == "I-01" and first is not None:
        money = f"{amount(first['billed']['amount'])} {first['billed']['currency']}"
        return f"{first['number']} of {long_day(first['issued_on'])} bills {money}; this came later."
    if line is None or code not in TITLES:
        return f"{finding['message'][:1].upper()}{finding['message'][1:]}."
    if code == "I-06":
        told = f"Billed at {rate(billed['rate'])} {currency(page)} per {line['unit']}{_other_days(billed, page)}"
        return f"{told}; the contract says {rate(agreed['rate'])}."
    if code == "I-07":
        above = exact(Decimal(billed["quantity"]) - Decimal(agreed["quantity"]))
        both = f"{exact(billed['quantity'])} against {exact(agreed['quantity'])}"
        return f"{above} {unit(line['unit'])} more are billed than anybody recorded: {both}."
    sum_of_line = product(line["quantity"], "", line["rate"])
    return f"{sum_of_line} is {amount(agreed['amount'])}; the line says {amount(billed['amount'])}."


def _other_days(billed: Row, page: Row) -> str:
    """When the billed rate was, or will be, the right one."""
    same = [one for one in page["prices"] if Decimal(one["rate"]) == Decimal(billed["rate"]) and one["currency"] == currency(page)]
    if not same:
        return ""
    one = same[-1]
    days = [line["service_from"] for line in page["lines"] if line["service_from"]]
    if days and one["valid_from"] > min(days):
        return f", the rate that begins on {long_day(one['valid_from'])} (clause {one['id']})"
    return f", the rate that held until {until(one['valid_to'])} (clause {one['id']}, {one['contract']})"


def clause_text(finding: Row, page: Row) -> str:
    """The clause behind a finding, as agreed."""
    parts = finding["clause"].split(", ") if finding["clause"] else []
    days = [line["service_from"] for line in page["lines"] if line["service_from"] and line["line"] == finding["line"]]
    told = []
    for one in page["prices"]:
        if one["id"] in parts and (not days or one["valid_from"] <= days[0] < one["valid_to"]):
            scope = "".join(f", {key} {one[key]}" for key in ("site", "queue", "language") if one[key])
            price = f"{rate(one['rate'])} {one['currency']} per {words(one['basis'])}"
            when = f"{long_day(one['valid_from'])} to {until(one['valid_to'])}"
            told.append(f"Clause {one['id']} of {one['contract']}{scope}: {price}, {when}.")
    if finding["code"] == "I-07" and page["tolerance"]:
        told.append(f"Up to {exact(Decimal(page['tolerance']) * 100)} % above the record is tolerated; beyond it the whole excess counts.")
    return " ".join(told)


def advice(finding: Row, page: Row) -> str:
    """What to do about a finding, and who."""
    money = f"{amount(finding['at_stake']['amount'])} {currency(page)}"
    state, code = finding["state"], finding["code"]
    if state in ("cleared", "recovered", "lost"):
        return {"cleared": "Cleared: no longer in question.", "recovered": "Credited by the vendor.", "lost": "Given up."}[state]
    if state == "disputed":
        return f"Disputed: waits for a credit note of {money}."
    if finding["in_favour_of"] == "vendor":
        return f"Tell the vendor: it may bill {money} more."
    if code == "I-01":
        return "Compare the two: dispute this one if it is the same bill, approve it if both are right."
    return f"Dispute the line and ask for a credit note of {money}, or clear it with a reason."


def unit(text: str) -> str:
    """A unit as it is written behind a quantity."""
    return UNITS.get(text.casefold(), text)


def rate(text: str | None) -> str:
    """A rate with at least two places, and as many as it has."""
    return amount(text)


def product(quantity: str | None, of: str, per_unit: str | None) -> str:
    """Quantity x rate as a reader writes it; what is not known is left out."""
    told = "" if quantity is None else f"{exact(quantity)} {unit(of)}".strip()
    return told if per_unit is None else f"{told} {TIMES} {rate(per_unit)}".strip()


def totals_line(page: Row) -> str:
    """The sentence under the waterfall that adds up what is confirmed and what is suspected, per side."""
    mine = [one for one in page["findings"] if one["in_favour_of"] == "client" and is_open(one)]
    firm = sum((value(one["at_stake"]) for one in mine if not _soft(one)), Decimal(0))
    soft = sum((value(one["at_stake"]) for one in mine if _soft(one)), Decimal(0))
    return f"Confirmed or disputed {amount(firm)} + suspected {amount(soft)} = {amount(firm + soft)} in question" if mine else ""


def verdict_of_line(line: Row, found: Sequence[Row]) -> tuple[str, str]:
    """Shape and word at the end of a line."""
    if line["difference"] is None:
        return "none", "held" if line["held"] else "not priced"
    difference = value(line["difference"])
    if not difference:
        return "", "same"
    if not [one for one in found if is_open(one)]:
        return "", "answered" if found else "tolerated" if difference > 0 else "below"
    return ("off", "over") if difference > 0 else ("watch", "under")


def subject(page: Row, finding: Row) -> str:
    """What a note on a finding is left on."""
    return finding_subject(page["vendor"], page["number"], finding["code"], finding["line"] or "")


def note_choices(page: Row) -> list[tuple[str, str]]:
    """What a note can be left on, with its words: the invoice, and each of its findings once."""
    found = {invoice_subject(page["vendor"], page["number"]): "the whole invoice"}
    for one in largest_first(page):
        found.setdefault(subject(page, one), name_of(one["code"]) + (f", line {one['line']}" if one["line"] else ""))
    return list(found.items())
