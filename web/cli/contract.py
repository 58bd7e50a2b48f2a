"""Commands about contracts: what was agreed, and what a month should cost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from web.cli.command import Answer, Run, command
from web.cli.options import PeriodArgument, VendorArgument, to_day, to_period
from web.cli.screen import Screen, grouped, money, text


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    contract = typer.Typer(help="Contracts: terms and what they come to.", rich_markup_mode=None)
    command(contract, "add", "contract add nova.toml")(add_contract)
    command(contract, "show", "contract show NOVA --on 2026-10-01")(show_contract)
    command(contract, "price", "contract price NOVA 2026-10")(price_contract)
    app.add_typer(contract, name="contract")


def add_contract(run: Run, file: Annotated[Path, typer.Argument(metavar="FILE", help="The contract as TOML.")]) -> Answer:
    """Add a contract (the same as `import --as contract`)."""
    from web.cli.files import import_files

    return import_files(run, [file], kind="contract")


def show_contract(
    run: Run,
    vendor: VendorArgument,
    *,
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="The day on which the terms hold (default: today).")] = "",
) -> Answer:
    """Show the terms that hold for a vendor on a day."""
    from contracts import service

    process = run.process
    day = to_day("--on", on) or process.today()
    terms = process.read(lambda s: service.show_contract(s, process.scope, vendor, day))
    return Answer(terms, lambda screen: _show_terms(screen, terms))


def price_contract(run: Run, vendor: VendorArgument, period: PeriodArgument) -> Answer:
    """Show what a vendor's month should cost by its contract, line by line."""
    from scorecards import service

    month = to_period(period)
    process = run.process
    priced = process.read(lambda s: service.price_contract(s, process.scope, process.settings, vendor, month))
    return Answer(priced, lambda screen: _show_price(screen, priced))


PARTS = {"prices": "Prices", "targets": "Targets", "expects": "Expected files", "unpriced": "Clauses that are not priced yet"}
"""Lists of a contract that are tables of their own."""


def _show_terms(screen: Screen, terms: Mapping[str, Any]) -> None:
    for contract in terms["contracts"]:
        screen.line(
            f"{terms['vendor']}, contract {contract['number']}, {contract['valid_from']} to {contract['valid_to']} (that day not included)"
        )
        for name, value in contract.items():
            if name not in (*PARTS, "number", "valid_from", "valid_to") and value not in (None, "", []):
                screen.line(f"  {name.replace('_', ' ')}: {', '.join(map(str, value)) if isinstance(value, list) else text(value)}")
        for part, title in PARTS.items():
            rows = contract[part]
            if rows:
                heads = list(dict.fromkeys(key for row in rows for key, cell in row.items() if cell not in (None, "")))
                screen.line(f"  {title}")
                cells = [["", *(text(row.get(head)) for head in heads)] for row in rows]
                screen.table(["", *(head.replace("_", " ") for head in heads)], cells)
    if not terms["contracts"]:
        screen.line(f"No contract of {terms['vendor']} is in force on {terms['on']}.")


def _show_price(screen: Screen, priced: Mapping[str, Any]) -> None:
    screen.line(f"Contract amount of {priced['vendor']} for {priced['period']}, {priced['currency']}")
    rows = [
        [text(line["step"]), text(line["clause"]), text(line["text"]), *(grouped(line[key]) for key in ("quantity", "rate", "amount"))]
        for line in priced["lines"]
    ]
    screen.table(["Step", "Clause", "What", ">Quantity", ">Rate", ">Amount"], rows)
    screen.line(f"Total {money(priced['total'])}")
    if not priced["complete"]:
        screen.line("Not complete. Missing: " + "; ".join(map(str, priced["missing"])))
