"""The sheets of a review about money: what was billed beside the contract amount, the month's cost, the findings.

Owns: their columns and live formulas. Must not know: how a contract amount or a finding came about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from scorecards.review.cells import Column, Formula, Grid, day
from scorecards.review.values import Row
from scorecards.stats import exact_sum
from scorecards.wording import words

BILLED = (
    Column("Document", 18),
    Column("Kind", 13),
    Column("Issued", 13, "day"),
    Column("State", 14),
    Column("Line", 7),
    Column("Text", 30, wrap=True),
    Column("Clause", 9),
    Column("Currency", 10),
    Column("Billed", 16, "money"),
    Column("Contract amount", 16, "money"),
    Column("Difference", 15, "money"),
    Column("In cost?", 13),
    Column("Calculation of the contract amount", 60, wrap=True),
)
LINES = (
    Column("Document", 18),
    Column("Site", 13),
    Column("First day", 13, "day"),
    Column("Last day", 14, "day"),
    Column("", 7),
    Column("Text, queue, language", 30, wrap=True),
    Column("", 9),
    Column("Currency", 10),
    Column("This month’s part", 16, "money"),
    Column("Rate", 16, "exact"),
    Column("In the reporting currency", 15, "money"),
    Column("Treated as", 13),
)
TREATED = {"counted": "counted", "held": "held", "passed_through": "passed through", "estimated": "estimated"}
PRICE = (
    Column("Clause", 18),
    Column("Quantity", 13, "quantity"),
    Column("Unit", 13),
    Column("Rate", 14, "unit"),
    Column("", 7),
    Column("Text", 30, wrap=True),
    Column("", 9),
    Column("Currency", 10),
    Column("Contract amount", 16, "money"),
)


def write_cost(grid: Grid, page: Row, heading: str, foot: str) -> dict[str, str]:
    """Invoice lines beside the contract, and how they come to the cost shown; returns where its figures stand."""
    grid.line(f"Cost of {page['name']}", "title")
    grid.line(
        "A difference is billed less contract amount. Held lines are in question: they stay out of the cost until that is settled.", "faint"
    )
    grid.section("Billed beside the contract amount")
    head = grid.row
    places = _billed(grid, page)
    places |= _month(grid, page)
    _price(grid, page)
    grid.widths(BILLED)
    grid.printed(heading, foot, titles=head, columns=len(BILLED))
    return places


def _billed(grid: Grid, page: Row) -> dict[str, str]:
    """Lines of every invoice of the month; then, per currency, billed = contract amount + difference + unpriced."""
    first = grid.row + 1
    lines = [(invoice, line) for invoice in page["invoices"] for line in invoice["lines"]]
    rows = [_billed_row(invoice, line, first + index) for index, (invoice, line) in enumerate(lines)]
    first, last = grid.table(BILLED, rows)
    if not lines:
        grid.line("No invoice.", "faint")
    places: dict[str, str] = {}
    for total in page["cost"]["billed"]:
        places |= _currency_total(grid, total, f"{first}:", last)
    return places


def _billed_row(invoice: Row, line: Row, at: int) -> list[Any]:
    billed = Decimal(line["billed"]["amount"])
    agreed = None if line["contract_amount"] is None else Decimal(line["contract_amount"]["amount"])
    return [
        invoice["number"],
        words(invoice["document"]),
        day(invoice["issued_on"]),
        words(invoice["state"]),
        line["line"],
        line["text"],
        line["clause"] or "",
        line["billed"]["currency"],
        billed,
        agreed,
        None if agreed is None else Formula(f"I{at}-J{at}", billed - agreed),
        "no" if not invoice["costs"] else "held" if line["held"] else "yes",
        line["calculation"],
    ]


def _currency_total(grid: Grid, total: Row, first: str, last: int) -> dict[str, str]:
    currency, at, top = total["billed"]["currency"], grid.row, first.removesuffix(":")

    def summed(column: str, condition: str = "") -> str:
        span = f"{column}{top}:{column}{last}"
        return f'SUMIFS({span},H{top}:H{last},"{currency}",L{top}:L{last},"<>no"{condition})'

    priced = total["contract_amount"] is not None
    grid.total(
        [
            (1, "Sum of what costs", ""),
            (8, currency, ""),
            (9, Formula(summed("I"), Decimal(total["billed"]["amount"])), "money"),
            (10, Formula(summed("J"), Decimal(total["contract_amount"]["amount"])) if priced else None, "money"),
            (11, Formula(summed("K"), Decimal(total["difference"]["amount"])) if priced else None, "money"),
        ]
    )
    unpriced = f"{summed('I', f',J{top}:J{last},' + chr(34) + '=' + chr(34))}"
    grid.total(
        [
            (1, "of it without a contract amount", ""),
            (8, currency, ""),
            (9, Formula(unpriced, Decimal(total["unpriced"]["amount"])), "money"),
        ]
    )
    found = {"billed": f"Cost!I{at}", "billed_currency": currency}
    return found | ({"contract_amount": f"Cost!J{at}", "difference": f"Cost!K{at}"} if priced else {})


def _month(grid: Grid, page: Row) -> dict[str, str]:
    """This month's part of every line, in reporting currency, and the tie-out."""
    currency = page["currency"]
    grid.section(
        "What of it is the cost of this month",
        f"A line over several months is split by calendar days. In {currency} at the month’s last rate.",
    )
    first = grid.row + 1
    rows = [_line_row(line, first + index) for index, line in enumerate(page["cost"]["lines"])]
    first, last = grid.table(LINES, rows)
    tie = page["cost"]["tie_out"]
    grid.section("Invoiced, less held, less passed through, plus estimated = shown")
    if not page["cost"]["lines"] or tie is None:
        grid.line("Nothing was billed and nothing is estimated.", "faint")
        return {}
    at = grid.row

    def treated(*kinds: str) -> str:
        return "+".join(f'SUMIF(L{first}:L{last},"{kind}",K{first}:K{last})' for kind in kinds)

    parts = (
        ("invoiced", "Invoiced", treated("counted", "held", "passed through")),
        ("held", "less held, in question", treated("held")),
        ("passed_through", "less passed through", treated("passed through")),
        ("estimated", "plus estimated", treated("estimated")),
    )
    for name, said, formula in parts:
        grid.put(1, said)
        grid.put(8, currency)
        grid.put(11, Formula(formula, Decimal(tie[name]["amount"])), "text", "money")
        grid.row += 1
    shown = Formula(f"K{at}-K{at + 1}-K{at + 2}+K{at + 3}", Decimal(tie["shown"]["amount"]))
    grid.total([(1, "Shown", ""), (8, currency, ""), (11, shown, "money")])
    return {"shown": f"Cost!K{at + 4}", "held": f"Cost!K{at + 1}", "invoiced": f"Cost!K{at}", "estimated": f"Cost!K{at + 3}"}


def _line_row(line: Row, at: int) -> list[Any]:
    rate = None if line["rate"] is None else Decimal(line["rate"])
    return [
        line["document"],
        line["site"],
        day(line["first_day"]),
        day(line["last_day"]),
        "",
        ", ".join(part for part in (line["text"], line["queue"], line["language"]) if part),
        "",
        line["amount"]["currency"],
        Decimal(line["amount"]["amount"]),
        rate,
        None if rate is None else Formula(f"I{at}*J{at}", Decimal(line["shown"])),
        TREATED[line["treated"]],
    ]


def _price(grid: Grid, page: Row) -> None:
    """What the month should cost under the contract, clause by clause."""
    price = page["cost"]["price"]
    grid.section("What the month should cost under the contract")
    if price is None:
        grid.line("No contract is in force in this month.", "faint")
        return
    if price["missing"]:
        grid.line(f"Not complete, without: {', '.join(price['missing'])}.", "faint")
    rows = [
        [
            line["clause"],
            Decimal(line["quantity"]),
            line["unit"],
            Decimal(line["rate"]),
            "",
            line["text"],
            "",
            price["currency"],
            Decimal(line["amount"]),
        ]
        for line in price["lines"]
    ]
    first, last = grid.table(PRICE, rows)
    total = Formula(f"SUM(I{first}:I{last})", Decimal(price["subtotal"]["amount"])) if rows else None
    grid.total([(1, "Sum of the rounded lines", ""), (8, price["currency"], ""), (9, total, "money")])


FINDINGS = (
    Column("Finding", 22, wrap=True),
    Column("Code", 7),
    Column("Document", 16),
    Column("Line", 6),
    Column("Clause", 8),
    Column("State", 11),
    Column("In favour of", 10),
    Column("In question?", 10),
    Column("Currency", 9),
    Column("Billed", 14, "money"),
    Column("Contract", 14, "money"),
    Column("Difference", 14, "money"),
    Column("At stake", 14, "money"),
    Column("Rate", 9, "exact"),
    Column("At stake, reporting currency", 14, "money"),
    Column("Both sums", 52, wrap=True),
)


def write_findings(grid: Grid, page: Row, rates: Mapping[str, Decimal], heading: str, foot: str) -> dict[str, str]:
    """Every finding with both sums, the most money first; returns where the money in question stands."""
    grid.line("Findings of the invoice check", "title")
    grid.line("Largest first. What is in the vendor’s favour is shown and never netted.", "faint")
    grid.row += 1
    head = grid.row
    rows = [_finding_row(row, rates.get(row["at_stake"]["currency"]), head + 1 + index) for index, row in enumerate(page["findings"])]
    first, last = grid.table(FINDINGS, rows)
    places: dict[str, str] = {}
    if not rows:
        grid.line("No finding: every line agrees with contract and record.", "faint")
    else:
        for who, said in (("client", "In question for the client"), ("vendor", "In the vendor’s favour")):
            places[f"question_{who}"] = f"Findings!O{grid.row}"
            formula = f'SUMIFS(O{first}:O{last},G{first}:G{last},"{who}",H{first}:H{last},"yes")'
            grid.total([(1, said, ""), (9, page["currency"], ""), (15, Formula(formula, _stake(page["findings"], who)), "money")])
    grid.widths(FINDINGS)
    grid.printed(heading, foot, titles=head, columns=len(FINDINGS))
    return places


def _stake(findings: Sequence[Row], who: str) -> Fraction:
    rows = [row for row in findings if row["in_question"] and row["in_favour_of"] == who and row["reporting"] is not None]
    return exact_sum(Fraction(row["reporting"]) for row in rows)


def _finding_row(row: Row, rate: Decimal | None, at: int) -> list[Any]:
    billed, agreed = (Decimal(row["calculations"][side]["amount"]) for side in ("billed", "contract"))
    return [
        row["name"],
        row["code"],
        row["invoice"],
        row["line"] or "",
        row["clause"] or "",
        row["state"],
        row["in_favour_of"],
        "yes" if row["in_question"] else "no",
        row["at_stake"]["currency"],
        billed,
        agreed,
        Formula(f"J{at}-K{at}", billed - agreed),
        Decimal(row["at_stake"]["amount"]),
        rate,
        None if row["reporting"] is None else Formula(f"M{at}*N{at}", Decimal(row["reporting"])),
        row["message"],
    ]
