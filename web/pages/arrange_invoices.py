"""The list of invoices as one object, arranged from what the check says: no database, no HTML.

Owns: the sentence, the totals per currency, the words of a document's state. Must not know: how a finding is made.
Money of several currencies is never added; what it is worth in the reporting currency only orders the rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from kernel.money import Money, round_money
from web.filters import amount, counted, listed, long_month, sentence

Row = Mapping[str, Any]
TITLES = {
    "I-01": "billed before",
    "I-02": "sum of a line",
    "I-06": "rate",
    "I-07": "more than recorded",
}
"""Finding -> what it is about, in few words."""
DECIDED = {"approved": ("on", "Approved"), "disputed": ("off", "Disputed")}
OPEN_STATES = ("suspected", "confirmed", "disputed")
SUMS = ("billed", "contract_amount", "at_stake", "in_favour_of_vendor", "held", "disputed", "approved")
"""Columns of the totals."""


def value(money: Row | None) -> Decimal:
    """The amount of a money; nothing is zero."""
    return Decimal(0) if money is None else Decimal(money["amount"])


def currency(row: Row) -> str:
    """The currency of a document."""
    return str(row["billed"]["currency"])


def vendors_money(row: Row) -> Decimal:
    """What open findings of a document would give back to the vendor."""
    return sum(
        (value(one["at_stake"]) for one in row["findings"] if one["in_favour_of"] == "vendor" and one["state"] in OPEN_STATES), Decimal(0)
    )


def held_money(row: Row) -> Decimal:
    """What of a document is out of cost while a question is open."""
    return sum((value(line["billed"]) for line in row["lines"] if line["held"]), Decimal(0)) if row["costs"] else Decimal(0)


def disputed_money(row: Row) -> Decimal:
    """What of a document the client disputes."""
    if row["state"] == "disputed":
        return value(row["billed"])
    return sum((value(line["billed"]) for line in row["lines"] if line["disputed"]), Decimal(0))


def totals(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Sums per currency over the documents that count: pro formas and replaced originals are left out, and counted."""
    found = []
    for code in sorted({currency(row) for row in rows}):
        mine = [row for row in rows if currency(row) == code]
        counting = [row for row in mine if row["costs"]]
        sums = {
            "billed": sum((value(row["billed"]) for row in counting), Decimal(0)),
            "contract_amount": sum((value(row["contract_amount"]) for row in counting), Decimal(0)),
            "at_stake": sum((value(row["at_stake"]) for row in mine), Decimal(0)),
            "in_favour_of_vendor": sum((vendors_money(row) for row in mine), Decimal(0)),
            "held": sum((held_money(row) for row in mine), Decimal(0)),
            "disputed": sum((disputed_money(row) for row in mine), Decimal(0)),
            "approved": sum((value(row["billed"]) for row in counting if row["state"] == "approved"), Decimal(0)),
        }
        found.append(
            {
                "currency": code,
                "documents": len(mine),
                "left_out": len(mine) - len(counting),
                **{name: Money(total, code).json() for name, total in sums.items()},
            }
        )
    return found


def headline(rows: Sequence[Row], names: Mapping[str, str], sums: Sequence[Row], expected: Sequence[Row], period: str) -> tuple[str, str]:
    """The month's finding in one sentence, and what carries it."""
    when = f"for {long_month(period)}" if period else "yet"
    if not rows:
        return f"No invoice has come {when}.", missing_text(expected, names)
    asked = [row for row in rows if value(row["at_stake"])]
    told = [f"{amount(one['at_stake']['amount'])} {one['currency']}" for one in sums if value(one["at_stake"])]
    if not asked:
        title = f"Nothing is in question on the {counted(len(rows), 'document')} {when}." if period else "Nothing is in question."
        return title, missing_text(expected, names)
    verb = "is" if len(told) == 1 and len(asked) == 1 else "are"
    title = f"{listed(told)} {verb} in question on {counted(len(asked), 'invoice')}."
    return title, " ".join(part for part in (_largest(asked[0], names), missing_text(expected, names)) if part)


def _largest(row: Row, names: Mapping[str, str]) -> str:
    open_ones = [one for one in row["findings"] if one["in_favour_of"] == "client" and one["state"] in OPEN_STATES]
    worst = max(open_ones, key=lambda one: value(one["at_stake"]))
    about = TITLES.get(worst["code"], worst["code"])
    return (
        f"The largest is {row['number']} of {names.get(row['vendor'], row['vendor'])}: "
        f"{amount(row['at_stake']['amount'])} {currency(row)}, {about}."
    )


def missing_text(expected: Sequence[Row], names: Mapping[str, str]) -> str:
    """Whose invoice was expected and has not come."""
    lacking = [names.get(one["vendor"], one["vendor"]) for one in expected if one["state"] == "missing"]
    if not lacking:
        return ""
    return f"{'The invoice' if len(lacking) == 1 else 'Invoices'} of {listed(lacking)} {'has' if len(lacking) == 1 else 'have'} not come."


def worth(row: Row, rates: Mapping[str, Decimal], into: str) -> dict[str, str] | None:
    """Money in question in the reporting currency; None when it is in that already, nothing, or has no rate."""
    rate = rates.get(currency(row))
    if currency(row) == into or rate is None or not value(row["at_stake"]):
        return None
    return Money(round_money(value(row["at_stake"]) * rate, into, "half_even"), into).json()


def state_words(row: Row) -> tuple[str, str]:
    """Shape of the verdict and words of what people decided, and of what the check holds."""
    if row["replaced_by"]:
        return "none", f"Replaced by {row['replaced_by']}"
    if row["state"] != "received":
        return DECIDED[row["state"]]
    if any(line["disputed"] for line in row["lines"]):
        return "off", "Disputed in part"
    if row["held"]:
        return "watch", "Held, suspected"
    if value(row["at_stake"]) or vendors_money(row):
        return "watch", "To decide"
    return "", "To approve" if row["costs"] else "Not a bill"


def found_words(row: Row) -> str:
    """What was found on a document, each kind once with how often."""
    counts: dict[str, int] = {}
    for one in row["findings"]:
        if one["state"] in OPEN_STATES:
            name = TITLES.get(one["code"], one["code"])
            counts[name] = counts.get(name, 0) + 1
    return sentence(", ".join(name if count == 1 else f"{name} ({count})" for name, count in counts.items()))
