"""Commands that run or look after the whole: demo, serve, migrate, check."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kernel.errors import Unavailable
from web.cli.command import Answer, Run, command
from web.cli.options import required_day
from web.cli.screen import Screen

if TYPE_CHECKING:
    from kernel.settings import Settings

HostOption = Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")]
PortOption = Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; a taken one moves to the next free one.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    command(app, "demo", "demo --into first-look --no-serve")(demo)
    command(app, "serve", "serve --port 8000")(serve)
    command(app, "migrate", "migrate")(migrate)
    command(app, "check", "check --deep")(check)


def demo(
    run: Run,
    *,
    months: Annotated[int, typer.Option("--months", min=2, max=24, help="How many months the network has worked.")] = 12,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same files.")] = 7,
    as_of: Annotated[str, typer.Option("--as-of", metavar="DAY", help="The day on which the demo's calendar stands.")] = "2026-11-06",
    port: PortOption = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Make it and stop.")] = False,
    into: Annotated[Path | None, typer.Option("--into", metavar="DIR", help="Where to make it (default: DATA/demo).")] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Start anew.")] = False,
) -> Answer | None:
    """Make a fictional network of vendors, import its files, close its months and serve the pages."""
    from web import demo as demonstration

    day: date = required_day("--as-of", as_of)
    wanted = demonstration.Wanted(seed=seed, months=months, as_of=day)
    made = demonstration.open_demo(wanted, into=into, reset=reset, user=run.user)
    try:
        if no_serve:
            made.fill(run.progress)
            return Answer(made.json(), lambda screen: _show_demo(screen, made.json()))
        made.serve(port, run.progress, lambda url: run.say(Answer(made.json(url), lambda screen: _show_demo(screen, made.json(url)))))
    finally:
        made.process.engine.dispose()
    return None


def serve(
    run: Run,
    *,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8000,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Server processes.")] = 1,
    no_scheduler: Annotated[bool, typer.Option("--no-scheduler", help="Leave the waiting jobs to `scoreline schedule`.")] = False,
) -> None:
    """Serve the pages, with a scheduler beside them that does the jobs that wait."""
    from web.accounts.links import link_url
    from web.accounts.service import first_link
    from web.server import serve_site

    process = run.process

    def started(url: str) -> None:
        secret = process.write(lambda session: first_link(session, process.machine.now()))
        link = link_url(process.settings, secret, url) if secret else None

        def show(screen: Screen) -> None:
            screen.line(f"Scoreline is at {process.settings.base_url or url} (stop with Ctrl-C). {reach_note(host, process.settings)}")
            if link:
                screen.line(
                    f"Nobody has an account yet. Make the first, the administrator's, here; the link works once, for a day:\n{link}"
                )

        run.say(Answer({"url": url, "first_sign_in": link}, show))

    serve_site(process, host, port, started, jobs=not no_scheduler, workers=workers)


def migrate(run: Run) -> Answer:
    """Bring the database to this version's schema; backs it up first."""
    from web.upgrade import upgrade

    result = upgrade(run.progress)
    text = f"Schema {result['schema']}." + (f" Backup of before: {result['backup']}" if result["backup"] else "")
    return Answer(result, lambda screen: screen.line(text if result["changed"] else f"{text} Nothing to do."))


def check(run: Run, *, deep: Annotated[bool, typer.Option("--deep", help="Read the original files again too.")] = False) -> Answer:
    """Work out every count and figure again from what they came from, and name what differs."""
    from web.check import check_everything, unusable

    try:
        result = check_everything(run.process, deep=deep)
    except Unavailable as refusal:
        result = unusable(refusal)

    return Answer(result, lambda screen: show_checks(screen, result), 0 if result["ok"] else 1)


def show_checks(screen: Screen, result: dict[str, Any]) -> None:
    """Print what a self-check came to."""
    rows = [["ok" if one["ok"] else "DIFFERS", one["name"], _difference(one)] for one in result["checks"]]
    screen.table(["", "Check", "What differs"], rows)
    screen.line("Everything agrees." if result["ok"] else "Not everything agrees.")


def reach_note(host: str, settings: Settings) -> str:
    """What to know about who can reach the site."""
    if host in ("127.0.0.1", "::1", "localhost"):
        return "" if settings.base_url else "Only this machine can open it."
    if settings.base_url.startswith("https:"):
        return ""
    return "Passwords reach it unencrypted: put a proxy with https before it and set SCORELINE_BASE_URL."


def _difference(one: dict[str, Any]) -> str:
    """What a person wants to know of a check: nothing when it agrees."""
    if one["ok"]:
        return ""
    return f"{one['seen']} instead of {one['expected']}" + (f": {one['detail']}" if one["detail"] else "")


def _show_demo(screen: Screen, made: dict[str, Any]) -> None:
    if made["url"]:
        screen.line(f"The demo is at {made['url']} (stop with Ctrl-C). Only this machine can open it.")
    screen.line(
        f"Sign in as {made['sign_in']['name']} with the password {made['sign_in']['password']} (kept in {made['sign_in']['file']})."
    )
    screen.line(f"Its folder is {made['folder']}; a tour of files to try stands in {made['folder']}/to-upload.")
    screen.line(f"Other commands reach it so: SCORELINE_DATA={made['folder']} scoreline rank {made['newest']}")
