"""Commands about master data: vendors, sites, queues, and the one file that sets them all up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from web.cli.command import Answer, Run, command
from web.cli.options import VendorArgument, required_day, to_day
from web.cli.screen import Screen, text

CodeArgument = Annotated[str, typer.Argument(metavar="CODE", help="A short stable code, e.g. NOVA or Q7.")]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The name in use today.")]
TextArgument = Annotated[str, typer.Argument(metavar="TEXT", help="The name as files write it.")]
FromOption = Annotated[str, typer.Option("--from", metavar="DAY", help="First day on which it holds.")]
ToOption = Annotated[str, typer.Option("--to", metavar="DAY", help="First day on which it holds no longer.")]

VENDOR_COLUMNS = {"code": "Code", "name": "Name", "kind": "Kind", "currency": "Currency", "tier": "Tier", "aliases": "Also called"}
SITE_COLUMNS = {"vendor": "Vendor", "code": "Code", "name": "Name", "timezone": "Time zone", "country": "Country", "aliases": "Also called"}
QUEUE_COLUMNS = {"code": "Code", "name": "Name", "severity": "Severity", "format": "Format", "aliases": "Also called"}


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    command(app, "setup", "setup network.toml")(set_up)
    vendor = typer.Typer(help="Vendors and in-house teams.", rich_markup_mode=None)
    command(vendor, "add", 'vendor add NOVA "Nova Trust" --currency EUR')(add_vendor)
    command(vendor, "alias", 'vendor alias NOVA "Nova T&S"')(alias_vendor)
    command(vendor, "merge", "vendor merge OLD NOVA --on 2026-07-01")(merge_vendor)
    command(vendor, "list", "vendor list")(list_vendors)
    app.add_typer(vendor, name="vendor")
    site = typer.Typer(help="The places where vendors work.", rich_markup_mode=None)
    command(site, "add", 'site add NOVA MNL "Manila" --timezone Asia/Manila --country PH')(add_site)
    command(site, "alias", 'site alias NOVA MNL "Manila 2"')(alias_site)
    command(site, "list", "site list")(list_sites)
    app.add_typer(site, name="site")
    queue = typer.Typer(help="The streams of work.", rich_markup_mode=None)
    command(queue, "add", 'queue add Q7 "Live video" --severity P1 --format live')(add_queue)
    command(queue, "alias", 'queue alias Q7 "Vid Live"')(alias_queue)
    command(queue, "list", "queue list")(list_queues)
    app.add_typer(queue, name="queue")


def set_up(run: Run, file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="What to set up.")]) -> Answer:
    """Set up vendors, sites, queues, aliases and contracts from one file; running it again changes nothing."""
    from importers import service
    from web.environment import environment

    result = service.setup_file(environment(run.process), file)

    def show(screen: Screen) -> None:
        for name, value in result.items():
            screen.line(f"{name}: {value}")

    return Answer(result, show)


def add_vendor(
    run: Run,
    code: CodeArgument,
    name: NameArgument,
    *,
    currency: Annotated[str, typer.Option(help="ISO 4217 code of its invoices.")] = "USD",
    tier: Annotated[str, typer.Option(help="Tier of the relationship, in your words.")] = "",
    kind: Annotated[str, typer.Option(help="vendor or in_house.")] = "vendor",
) -> Answer:
    """Add a vendor or an in-house team."""
    from vendors import service

    process = run.process
    row = process.write(
        lambda s: service.add_vendor(s, process.scope, code, name, at=process.clock.now(), currency=currency, tier=tier, kind=kind)
    )
    return _one(row, VENDOR_COLUMNS)


def alias_vendor(run: Run, code: CodeArgument, alias: TextArgument, *, start: FromOption = "", end: ToOption = "") -> Answer:
    """Let another name in files mean a vendor."""
    from vendors import service

    days = _days(start, end)
    process = run.process
    return _alias(process.write(lambda s: service.alias_vendor(s, process.scope, code, alias, at=process.clock.now(), **days)))


def merge_vendor(
    run: Run,
    gone: Annotated[str, typer.Argument(metavar="FROM", help="The vendor that becomes part of another.")],
    into: Annotated[str, typer.Argument(metavar="INTO", help="The vendor that it becomes part of.")],
    *,
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="First day on which its rows count under INTO.")],
) -> Answer:
    """Let a vendor's rows count under another one from a day on; earlier months stay as they are."""
    from vendors import service

    day = required_day("--on", on)
    process = run.process
    return _one(process.write(lambda s: service.merge_vendor(s, process.scope, gone, into, on=day, at=process.clock.now())), VENDOR_COLUMNS)


def list_vendors(run: Run) -> Answer:
    """Show all vendors with the names by which files call them."""
    from vendors import service

    return _many(run.process.read(lambda s: service.list_vendors(s, run.process.scope)), VENDOR_COLUMNS, "vendor add CODE NAME")


def add_site(
    run: Run,
    vendor: VendorArgument,
    code: CodeArgument,
    name: NameArgument,
    *,
    timezone: Annotated[str, typer.Option(help="IANA name of its local time, e.g. Asia/Manila.")],
    country: Annotated[str, typer.Option(help="ISO 3166 code of the country, e.g. PH.")] = "",
) -> Answer:
    """Add a site of a vendor."""
    from vendors import service

    process = run.process
    row = process.write(
        lambda s: service.add_site(s, process.scope, vendor, code, name, timezone=timezone, at=process.clock.now(), country=country)
    )
    return _one(row, SITE_COLUMNS)


def alias_site(run: Run, vendor: VendorArgument, code: CodeArgument, alias: TextArgument) -> Answer:
    """Let another name in a vendor's files mean one of its sites."""
    from vendors import service

    process = run.process
    return _alias(process.write(lambda s: service.alias_site(s, process.scope, vendor, code, alias, at=process.clock.now())))


def list_sites(run: Run) -> Answer:
    """Show all sites."""
    from vendors import service

    return _many(
        run.process.read(lambda s: service.list_sites(s, run.process.scope)), SITE_COLUMNS, "site add VENDOR CODE NAME --timezone ZONE"
    )


def add_queue(
    run: Run,
    code: CodeArgument,
    name: NameArgument,
    *,
    severity: Annotated[str, typer.Option(help="P0, P1, P2 or P3.")] = "",
    form: Annotated[str, typer.Option("--format", help="text, image, video, live ...")] = "",
    start: FromOption = "",
) -> Answer:
    """Add a queue, or give it another severity and format from a day on."""
    from vendors import service

    day = to_day("--from", start)
    since = {} if day is None else {"valid_from": day}
    process = run.process
    row = process.write(
        lambda s: service.add_queue(s, process.scope, code, name, at=process.clock.now(), severity=severity, form=form, **since)
    )
    return _one(row, QUEUE_COLUMNS)


def alias_queue(run: Run, code: CodeArgument, alias: TextArgument, *, start: FromOption = "", end: ToOption = "") -> Answer:
    """Let another name in files mean a queue."""
    from vendors import service

    days = _days(start, end)
    process = run.process
    return _alias(process.write(lambda s: service.alias_queue(s, process.scope, code, alias, at=process.clock.now(), **days)))


def list_queues(run: Run) -> Answer:
    """Show all queues."""
    from vendors import service

    return _many(run.process.read(lambda s: service.list_queues(s, run.process.scope)), QUEUE_COLUMNS, "queue add CODE NAME")


def _days(start: str, end: str) -> dict[str, date]:
    given = {"start": to_day("--from", start), "end": to_day("--to", end)}
    return {name: day for name, day in given.items() if day is not None}


def _cell(value: object) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, list) else text(value)


def _many(rows: Sequence[Mapping[str, object]], columns: Mapping[str, str], first_step: str) -> Answer:
    def show(screen: Screen) -> None:
        if rows:
            screen.table(list(columns.values()), [[_cell(row.get(key)) for key in columns] for row in rows])
        else:
            screen.line(f"Nothing yet. Add the first one: scoreline {first_step}")

    return Answer(list(rows), show)


def _one(row: Mapping[str, object], columns: Mapping[str, str]) -> Answer:
    shown = {key: head for key, head in columns.items() if key in row}
    return Answer(row, lambda screen: screen.table(list(shown.values()), [[_cell(row[key]) for key in shown]]))


def _alias(row: Mapping[str, object]) -> Answer:
    return Answer(row, lambda screen: screen.line(f"{row['text']!r} now means {row['kind']} {row['code']}."))
