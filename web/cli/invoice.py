"""Commands about invoices: the check against the contract, and what people decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer

from kernel.errors import NotFound
from kernel.period import Period
from web.cli.command import Answer, Run, command
from web.cli.options import to_period
from web.cli.screen import Screen, money, text

NumberArgument = Annotated[str, typer.Argument(metavar="NUMBER", help="The invoice's number as printed.")]
VendorOption = Annotated[str, typer.Option("--vendor", metavar="CODE", help="Whose invoice, when two vendors use the number.")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in one sentence; it is kept.")]
LineOption = Annotated[str, typer.Option("--line", metavar="LINE", help="Only this line, as numbered on the invoice.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    invoice = typer.Typer(help="Invoices: the check against the contract, and decisions.", rich_markup_mode=None)
    command(invoice, "list", "invoice list --period 2026-10")(list_invoices)
    command(invoice, "show", "invoice show INV-2210 --vendor NOVA")(show_invoice)
    command(invoice, "approve", 'invoice approve INV-2210 --user ben --reason "agrees with the contract"')(approve)
    command(invoice, "dispute", 'invoice dispute INV-2210 --line 2 --reason "old rate"')(dispute)
    command(invoice, "clear", 'invoice clear INV-2210 I-06 --line 2 --user ben --reason "the new rate was agreed by letter"')(clear)
    command(invoice, "credit", 'invoice credit INV-2210 --reason "credit note CN-9 came"')(credit)
    app.add_typer(invoice, name="invoice")


def list_invoices(
    run: Run, *, period: Annotated[str, typer.Option("--period", metavar="PERIOD", help="Only this month's, e.g. 2026-10.")] = ""
) -> Answer:
    """Show all invoices, already compared with their contracts."""
    from scorecards import service

    month: Period | None = to_period(period) if period else None
    process = run.process
    found = process.read(lambda s: service.invoice_list(s, process.scope, process.settings, month))
    return Answer(found, lambda screen: _show_list(screen, found))


def show_invoice(run: Run, number: NumberArgument, *, vendor: VendorOption = "") -> Answer:
    """Show one invoice: billed against contract amount per line, and what was found."""
    from scorecards import service

    process = run.process
    found = process.read(lambda s: service.invoice_show(s, process.scope, process.settings, number, vendor or None))
    return Answer(found, lambda screen: _show_one(screen, found))


def approve(run: Run, number: NumberArgument, *, vendor: VendorOption = "", reason: ReasonOption = "", line: LineOption = "") -> Answer:
    """Approve an invoice for payment, or end the dispute of one line; whoever brought the invoice in may not."""
    return _decide(run, number, vendor, "approved", reason, line or None)


def dispute(run: Run, number: NumberArgument, *, reason: ReasonOption, vendor: VendorOption = "", line: LineOption = "") -> Answer:
    """Dispute an invoice, or one of its lines; the disputed money is held out of cost and shown."""
    return _decide(run, number, vendor, "disputed", reason, line or None)


def clear(
    run: Run,
    number: NumberArgument,
    code: Annotated[str, typer.Argument(metavar="CODE", help="The finding, e.g. I-06.")],
    *,
    reason: ReasonOption,
    vendor: VendorOption = "",
    line: LineOption = "",
) -> Answer:
    """Clear a finding: its money is no longer in question; whoever brought the invoice in may not."""
    from scorecards import deciding, service

    process = run.process
    found = process.read(lambda s: service.invoice_show(s, process.scope, process.settings, number, vendor or None))
    if not any((one["code"], one["line"] or "") == (code, line) for one in found["findings"]):
        known = ", ".join(f"{one['code']}{' --line ' + one['line'] if one['line'] else ''}" for one in found["findings"]) or "none"
        raise NotFound("UNKNOWN_FINDING", f"{number} has no finding {code}{f' on line {line}' if line else ''}; its findings: {known}")
    process.write(
        lambda s: deciding.decide_finding(
            s, process.scope, number, found["vendor"], code, "cleared", reason, at=process.clock.now(), line=line
        )
    )
    return show_invoice(run, number, vendor=vendor)


def credit(run: Run, number: NumberArgument, *, reason: ReasonOption, vendor: VendorOption = "", line: LineOption = "") -> Answer:
    """Note that the vendor credited what was disputed; needs the credit note that names the invoice."""
    return _decide(run, number, vendor, "recovered", reason, line or None)


def _decide(run: Run, number: str, vendor: str, state: str, reason: str, line: str | None) -> Answer:
    from scorecards import deciding

    process = run.process
    process.write(
        lambda s: deciding.decide_invoice(s, process.scope, number, vendor or None, state, reason, at=process.clock.now(), line=line)
    )
    return show_invoice(run, number, vendor=vendor)


def _show_list(screen: Screen, found: Sequence[Mapping[str, Any]]) -> None:
    if not found:
        screen.line("No invoices yet. Import one: scoreline import INVOICE.xlsx --as invoice")
        return
    rows = [
        [
            row["vendor"],
            row["number"],
            text(row["document"]).replace("_", " "),
            text(row["period"]),
            row["state"],
            money(row["billed"]),
            money(row["contract_amount"]) or "-",
            money(row["at_stake"]),
            ", ".join(dict.fromkeys(finding["code"] for finding in row["findings"])),
        ]
        for row in found
    ]
    screen.table(["Vendor", "Number", "Document", "Month", "State", ">Billed", ">Contract amount", ">At stake", "Findings"], rows)


def _show_one(screen: Screen, found: Mapping[str, Any]) -> None:
    document = text(found["document"]).replace("_", " ").capitalize()
    screen.line(f"{document} {found['number']} of {found['vendor']}, {found['period']}, {found['state']}")
    amounts: list[Callable[[Mapping[str, Any]], str]] = [
        lambda line: money(line["billed"]),
        lambda line: money(line["contract_amount"]) or "-",
        lambda line: money(line["difference"]) or "-",
    ]
    rows = [[text(line["line"]), text(line["text"]), *(cell(line) for cell in amounts), text(line["clause"])] for line in found["lines"]]
    rows.append(
        ["", "Sum", money(found["billed"]), money(found["contract_amount"]) or "-", "", "" if found["complete"] else "not complete"]
    )
    screen.table(["Line", "Text", ">Billed", ">Contract amount", ">Difference", "Clause"], rows)
    for finding in found["findings"]:
        at = f", line {finding['line']}" if finding.get("line") else ""
        screen.line(f"{finding['code']}{at}, {finding['state']}: {finding['message']}")
        screen.line(f"  at stake {money(finding['at_stake'])}, in the {finding['in_favour_of']}'s favour")
    if not found["findings"]:
        screen.line("Nothing found.")
