"""Commands about files: templates, imports, and what became of every upload."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kernel.errors import Usage
from web.cli.command import Answer, Run, command
from web.cli.options import to_day, to_period
from web.cli.screen import Screen, grouped, text

if TYPE_CHECKING:
    from importers.asked import ImportOptions

KINDS = ("performance", "quality", "workforce", "plan", "invoice", "cost", "contract", "fx")
SIDES = ("platform", "client", "vendor")
MOST_PROBLEMS = 20
"""Lines of problems that the terminal shows; --json and `batch show` give all."""


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    command(app, "template", "template performance -o performance.xlsx")(write_template)
    command(app, "import", "import october/*.xlsx --vendor NOVA --received-on 2026-11-04")(import_files)
    batch = typer.Typer(help="Uploads: what became of them, and taking one back.", rich_markup_mode=None)
    command(batch, "list", "batch list")(list_batches)
    command(batch, "show", "batch show 12")(show_batch)
    command(batch, "undo", "batch undo 12")(undo_batch)
    app.add_typer(batch, name="batch")


def write_template(
    run: Run,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"One of {', '.join(KINDS)}.")],
    *,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Where to write it.")],
) -> Answer:
    """Write a file to fill in for one kind of data."""
    from importers import service

    _among("KIND", kind, KINDS)
    service.write_template(kind, output)
    del run
    return Answer(
        {"kind": kind, "file": str(output)}, lambda screen: screen.line(f"Wrote {output}. Fill it in, then: scoreline import {output}")
    )


def import_files(
    run: Run,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files that vendors sent.")],
    *,
    vendor: Annotated[str, typer.Option("--vendor", metavar="CODE", help="Whose files these are (default: recognised).")] = "",
    kind: Annotated[str, typer.Option("--as", metavar="KIND", help=f"One of {', '.join(KINDS)} (default: recognised).")] = "",
    side: Annotated[str, typer.Option("--side", metavar="SIDE", help="Whose count: platform, client or vendor.")] = "",
    period: Annotated[str, typer.Option("--period", metavar="PERIOD", help="The month, where the file does not say it.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and show, accept nothing.")] = False,
    mapping: Annotated[list[str] | None, typer.Option("--map", metavar="HEADER=FIELD", help="What a column means.")] = None,
    save_map: Annotated[str, typer.Option("--save-map", metavar="NAME", help="Remember this layout.")] = "",
    without_bad_rows: Annotated[bool, typer.Option("--without-bad-rows", help="Leave faulty rows out and accept the rest.")] = False,
    received_on: Annotated[str, typer.Option("--received-on", metavar="DAY", help="Day of receipt (default: today).")] = "",
    supersede: Annotated[int | None, typer.Option("--supersede", metavar="UPLOAD", help="Take the place of this earlier upload.")] = None,
    add: Annotated[bool, typer.Option("--add", help="Count beside an earlier upload that covers some of the same.")] = False,
) -> Answer:
    """Read files, check them and accept each that is without fault; each file all or nothing."""
    from importers.reader_process import warm

    warm()  # the process that reads starts while the rest is loaded
    from importers.asked import ImportOptions

    if kind:
        _among("--as", kind, KINDS)
    if side:
        _among("--side", side, SIDES)
    if supersede is not None and add:
        raise Usage("USAGE", "--supersede and --add exclude each other: the file either takes the place of the earlier one or adds to it")
    options = ImportOptions(
        vendor=vendor,
        kind=kind,
        side=side,
        period=to_period(period) if period else None,
        dry_run=dry_run,
        map=_mapping(mapping or []),
        save_map=save_map,
        without_bad_rows=without_bad_rows,
        received_on=to_day("--received-on", received_on),
        supersede=supersede,
        add=add,
    )
    results = _import_each(run, files, options)
    refused = any(result["state"] == "refused" for result in results)
    return Answer(results, lambda screen: _show_import(screen, results), 1 if refused else 0)


def _import_each(run: Run, files: list[Path], options: ImportOptions) -> list[dict[str, Any]]:
    from importers.ahead import read_ahead

    results: list[dict[str, Any]] = []
    with read_ahead(files[0], run.settings) as ahead:  # the first file is read while the rest is loaded
        from importers import service
        from web.environment import environment

        surroundings = environment(run.process)
        for number, file in enumerate(files, start=1):
            if len(files) > 1:
                run.progress(f"{number} of {len(files)}: {file}")
            results.append(service.import_file(surroundings, file, options, ahead if number == 1 else None))
    return results


def list_batches(run: Run) -> Answer:
    """Show all uploads, newest first."""
    from importers import service

    process = run.process
    found: list[dict[str, Any]] = process.read(lambda s: service.list_batches(s, process.scope))

    def show(screen: Screen) -> None:
        rows = [
            [
                str(row["batch"]),
                row["file"],
                row["kind"],
                row["vendor"] or "",
                row["side"] or "",
                row["state"],
                str(row["rows"]["accepted"]),
                text(row["at"])[:16],
            ]
            for row in found
        ]
        screen.table([">Upload", "File", "Kind", "Vendor", "Side", "State", ">Rows", "When"], rows)

    return Answer(found, show)


def show_batch(run: Run, number: Annotated[int, typer.Argument(metavar="ID", help="The upload's number.")]) -> Answer:
    """Show one upload with every problem that was found in it."""
    from importers import service

    process = run.process
    found: dict[str, Any] = process.read(lambda s: service.show_batch(s, process.scope, number))

    def show(screen: Screen) -> None:
        screen.line(f"Upload {found['batch']}: {found['file']}, {found['state']}")
        screen.line(
            f"{found['kind']} of {found['vendor'] or 'several vendors'} ({found['side'] or 'no side'}), by {found['by']} at {found['at']}"
        )
        _show_rows(screen, found)
        _show_unread(screen, found)
        _show_problems(screen, found["problems"], len(found["problems"]))

    return Answer(found, show)


def undo_batch(run: Run, number: Annotated[int, typer.Argument(metavar="ID", help="The upload's number.")]) -> Answer:
    """Take an upload back; what it had taken the place of counts again."""
    from importers import service
    from web.environment import environment

    result = service.undo(environment(run.process), number)
    return Answer(result, lambda screen: screen.line(f"Upload {number} is taken back. Compute its months again: scoreline close PERIOD"))


def _among(name: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        message = f"{name}: {value!r} is none of {', '.join(known)}"
        raise typer.BadParameter(message)


def _mapping(pairs: Sequence[str]) -> dict[str, str]:
    """Headers and fields of --map; a header may contain `=`, a field not."""
    told: dict[str, str] = {}
    for pair in pairs:
        header, equals, field = pair.rpartition("=")
        if not (equals and header.strip() and field.strip()):
            message = f'--map: {pair!r} is not like "Items closed=decisions"'
            raise typer.BadParameter(message)
        told[header.strip()] = field.strip()
    return told


def _show_import(screen: Screen, results: Sequence[Mapping[str, Any]]) -> None:
    for result in results:
        what = ", ".join(part for part in (result["kind"], result["vendor"], result["side"], " ".join(result["periods"])) if part)
        number = f" as upload {result['batch']}" if result["batch"] is not None else ""
        screen.line(f"{result['file']}: {result['state']}{number}. {what}")
        _show_rows(screen, result)
        _show_unread(screen, result)
        if result["superseded"]:
            screen.line("  takes the place of upload " + ", ".join(map(str, result["superseded"])))
        _show_problems(screen, result["problems"], MOST_PROBLEMS)


def _show_rows(screen: Screen, result: Mapping[str, Any]) -> None:
    rows = result["rows"]
    if rows["read"]:
        screen.line(
            f"  rows: {rows['read']:,} read = {rows['accepted']:,} accepted + {rows['rejected']:,} rejected + {rows['skipped']:,} skipped"
        )
    if result["control"]:
        screen.line("  sums: " + ", ".join(f"{field} {grouped(total)}" for field, total in result["control"].items()))


def _show_unread(screen: Screen, result: Mapping[str, Any]) -> None:
    """The columns that nothing was read from, by name, so that nobody believes they count."""
    unread = [
        f"{column['header'].strip()} ({column['letter']})"
        for column in result["mapping"]
        if not column["field"] and column["header"].strip()
    ]
    if unread:
        screen.line(f"  not read: {', '.join(dict.fromkeys(unread))}")


def _show_problems(screen: Screen, problems: Sequence[Mapping[str, Any]], most: int) -> None:
    for problem in problems[:most]:
        times = f" ({problem['count']} times)" if problem["count"] > 1 else ""
        screen.line(f"  {problem['severity']}: {problem['message']}{times} [{problem['code']}]")
    if len(problems) > most:
        screen.line(f"  and {len(problems) - most} more: scoreline batch show ID")
