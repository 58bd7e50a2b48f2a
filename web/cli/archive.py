"""Commands that keep everything safe: backup, restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from web.cli.command import Answer, Run, command
from web.cli.running import show_checks
from web.cli.screen import Screen

MEGABYTE = 1_000_000


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    command(app, "backup", "backup backups/2026-11-06.zip")(backup)
    command(app, "restore", "restore backups/2026-11-06.zip")(restore)


def backup(
    run: Run,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The archive to write; an older one of that name is replaced.")],
    *,
    with_secret: Annotated[bool, typer.Option("--with-secret", help="Put the key of the agents' pseudonyms into it too.")] = False,
) -> Answer:
    """Write everything into one file: tables, originals, evidence. Others may go on working meanwhile."""
    from kernel.clock import SystemClock
    from kernel.db import open_engine
    from kernel.settings import load_settings
    from web.archive.writing import write_archive

    settings = load_settings()
    engine = open_engine(settings.url)
    try:
        written = write_archive(engine, settings, file, SystemClock().now(), run.progress, with_secret=with_secret)
    finally:
        engine.dispose()

    def show(screen: Screen) -> None:
        told = written.manifest
        size = f"{written.size / MEGABYTE:,.1f} MB"
        screen.line(f"{written.path}: {size}, {told.rows:,} rows of {len(told.tables)} tables and {len(told.files):,} files.")
        if told.has_secret:
            screen.line("The key of the agents' pseudonyms is in it: who has the file can tell who a known agent is. Keep it locked away.")
        elif told.secret_mark:
            screen.line(
                f"The key of the agents' pseudonyms is not in it: keep a copy of {settings.secret} elsewhere (or use --with-secret). "
                "Without it nothing is lost that was imported, but in later files the same agents count as other people."
            )
        screen.line(f"Prove it: scoreline restore {written.path} --rehearse")

    return Answer(written.json(), show)


def restore(
    run: Run,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An archive that `scoreline backup` wrote.")],
    *,
    rehearse: Annotated[bool, typer.Option("--rehearse", help="Into a folder that is thrown away, to prove the archive.")] = False,
) -> Answer:
    """Fill an empty database and data folder from an archive, then check all of it; restore only archives of your own."""
    from kernel.settings import load_settings
    from web.archive import proving

    work = proving.rehearse if rehearse else proving.restore_and_check
    found = work(file, load_settings(), run.user, run.progress)

    def show(screen: Screen) -> None:
        done = "This archive is restored here already" if not found["restored"] else "Restored" if not rehearse else "Restored on trial"
        screen.line(f"{done}: {found['rows']:,} rows and {found['files']:,} files, as of {found['created_at']}.")
        for note in found["notes"]:
            screen.line(note)
        show_checks(screen, found["check"])

    return Answer(found, show, 0 if found["check"]["ok"] else 1)
