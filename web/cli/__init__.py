"""The command line: `scoreline`.

Owns: the list of commands. Must not know: what they do; each family has its own file, and imports the rooms it
needs only when one of its commands runs, so that simple commands start quickly.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

import typer

from web.cli import accounts, archive, contract, files, invoice, jobs, master, month, note, pack, running
from web.cli.command import perform_all

app = typer.Typer(
    help="Turns the files that outsourcing vendors send into figures that both sides accept.",
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for family in (running, jobs, archive, master, contract, files, month, invoice, note, pack, accounts):
    family.register(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    collect_seldom()
    given = list(sys.argv[1:] if arguments is None else arguments)
    return perform_all(app, given or ["--help"])


def collect_seldom() -> None:
    """Look for cycles seldom: what a command makes mostly lives until its end, and looking cost a tenth of an import."""
    gc.set_threshold(100_000, 50, 1_000)
