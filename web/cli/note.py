"""Commands about notes that people leave on figures, findings, invoices and uploads."""

from __future__ import annotations

from typing import Annotated

import typer

from web.cli.command import Answer, Run, command
from web.cli.options import to_period
from web.cli.screen import Screen

SubjectArgument = Annotated[
    str, typer.Argument(metavar="SUBJECT", help="What it is on, e.g. figure:NOVA:2026-10:accuracy or invoice:NOVA:INV-2210.")
]
NumberArgument = Annotated[int, typer.Argument(metavar="NOTE", help="The note's number.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    note = typer.Typer(help="Notes on figures, findings, invoices and uploads.", rich_markup_mode=None)
    command(note, "add", 'note add figure:NOVA:2026-10:accuracy "Asked for the reviews of 12 October."')(add)
    command(note, "list", "note list --vendor NOVA")(list_all)
    command(note, "withdraw", "note withdraw 12")(withdraw)
    app.add_typer(note, name="note")


def add(
    run: Run,
    subject: SubjectArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Up to 2,000 characters.")],
    *,
    internal: Annotated[bool, typer.Option("--internal", help="Never shown to the vendor.")] = False,
) -> Answer:
    """Leave a note; it feeds no figure."""
    from web.pages.notes import add_note

    found = add_note(run.process, subject, text, internal=internal)
    return Answer(found, lambda screen: screen.line(f"Note {found['note']} stands on {found['subject']}."))


def list_all(
    run: Run,
    *,
    vendor: Annotated[str, typer.Option("--vendor", metavar="CODE", help="Only this vendor's.")] = "",
    period: Annotated[str, typer.Option("--period", metavar="PERIOD", help="Only those on figures of this month.")] = "",
) -> Answer:
    """Show the notes, oldest first, the withdrawn ones too."""
    from scorecards import notes

    month = str(to_period(period)) if period else None
    process = run.process
    found = process.read(lambda s: notes.list_notes(s, process.scope, vendor=vendor or None, period=month))

    def show(screen: Screen) -> None:
        heads = [">Note", "On", "Text", "By", "When", ""]
        rows = [
            [str(one["note"]), one["subject"], one["text"], one["author"], one["at"][:10], "withdrawn" if one["withdrawn_at"] else ""]
            for one in found
        ]
        screen.table(heads, rows)

    return Answer(found, show)


def withdraw(run: Run, number: NumberArgument) -> Answer:
    """Take a note back; it stays, marked as withdrawn."""
    from scorecards import notes

    process = run.process
    found = process.write(lambda s: notes.withdraw_note(s, process.scope, number, process.clock.now()))
    return Answer(found, lambda screen: screen.line(f"Note {number} is withdrawn."))
