"""The command that writes a review pack."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from kernel.errors import Invalid
from web.cli.command import Answer, Run, command
from web.cli.options import PeriodArgument, VendorArgument, to_period

FORMATS = ("xlsx", "pdf", "pptx")


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "pack", "pack NOVA 2026-10 --format xlsx -o nova.xlsx")(pack)


def pack(
    run: Run,
    vendor: VendorArgument,
    period: PeriodArgument,
    *,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Where to write it.")],
    format_name: Annotated[str, typer.Option("--format", metavar="FORMAT", help="xlsx (pdf and pptx come later).")] = "xlsx",
) -> Answer:
    """Write a vendor's review of a closed month as a workbook with live formulas and charts."""
    from scorecards.review.packing import write_pack
    from scorecards.review.workbook import review_workbook
    from web.reviews import review_snapshot

    if format_name not in FORMATS:
        message = f"--format: {format_name!r} is none of {', '.join(FORMATS)}"
        raise typer.BadParameter(message)
    month = to_period(period)
    if format_name != "xlsx":
        message = f"a pack as {format_name} is not there yet: use --format xlsx, or print the page /reviews/{month}/{vendor} to PDF"
        raise Invalid("FORMAT_NOT_YET", message)
    found = review_snapshot(run.process, vendor, month)
    content = review_workbook(found)
    write_pack(output, content)
    told = {
        "vendor": vendor,
        "period": str(month),
        "revision": found.card["revision"],
        "format": format_name,
        "file": str(output),
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
    }
    return Answer(told, lambda screen: screen.line(f"Wrote {output}: {found.card['name']}, {month}, revision {found.card['revision']}."))
