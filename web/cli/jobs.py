"""Commands of the scheduler: schedule, job list|show|retry."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from web.cli.command import Answer, Run, command
from web.cli.screen import Screen

NumberArgument = Annotated[int, typer.Argument(metavar="ID", help="Number of the job; job list shows it.")]
CALMER = 5
"""How much less a scheduler beside a site insists on the processor (nice), so that pages stay quick."""


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    command(app, "schedule", "schedule")(schedule)
    job = typer.Typer(help="What the scheduler does and did, and what failed.", no_args_is_help=True)
    command(job, "list", "job list --state dead")(list_jobs)
    command(job, "show", "job show 12")(show_job)
    command(job, "retry", "job retry 12")(retry_job)
    app.add_typer(job, name="job")


def schedule(
    run: Run,
    *,
    once: Annotated[bool, typer.Option("--once", help="Do what is due and waits now, then stop.")] = False,
    lease: Annotated[float, typer.Option("--lease", min=1, metavar="SECONDS", help="How long a silent worker keeps a job.")] = 60,
    beside: Annotated[bool, typer.Option("--beside", hidden=True, help="End when standard input does.")] = False,
) -> Answer:
    """Do what is due (closing months, checking the house) and the jobs that wait; goes on until stopped."""
    import os
    import signal
    import threading
    from datetime import timedelta

    from web.scheduler import Scheduler

    scheduler = Scheduler(run.process, lease=timedelta(seconds=lease))
    if once:
        done = scheduler.run_once()
    else:
        stop = threading.Event()
        for wish in (signal.SIGINT, signal.SIGTERM):
            signal.signal(wish, lambda *_: stop.set())
        if beside:
            os.nice(CALMER)
            threading.Thread(target=_stop_at_the_end_of_input, args=(stop,), daemon=True).start()
        else:
            run.progress("Doing what is due and the jobs that wait (stop with Ctrl-C).")
        done = scheduler.run(stop)
    return Answer({"done": done}, lambda screen: screen.line(f"{done} jobs done."))


def _stop_at_the_end_of_input(stop: Any) -> None:
    import sys

    sys.stdin.buffer.read()
    stop.set()


def list_jobs(
    run: Run,
    *,
    state: Annotated[str, typer.Option("--state", metavar="STATE", help="waiting, running, done or dead.")] = "",
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="E.g. close, import, check, late, renewal, tidy.")] = "",
    most: Annotated[int, typer.Option("--limit", min=1, help="How many, the newest.")] = 100,
) -> Answer:
    """Show the jobs, newest first: what waits, runs, was done, failed."""
    from web.job_history import job_list

    found = job_list(run.process, state=state, kind=kind, most=most)

    def show(screen: Screen) -> None:
        rows = [
            [str(one["job"]), one["kind"], one["what"], one["state"], str(one["attempts"]), one["created_at"][:16], one["outcome"]]
            for one in found
        ]
        screen.table(["Job", "Kind", "What", "State", "Tries", "Asked", "What came of it"], rows)

    return Answer(found, show)


def show_job(run: Run, number: NumberArgument) -> Answer:
    """Show one job with all that is known of it."""
    from web.job_history import job_object

    found = job_object(run.process, number)
    return Answer(found, lambda screen: _show(screen, found))


def retry_job(run: Run, number: NumberArgument) -> Answer:
    """Let a job that failed be tried again at once."""
    from web.job_history import retry

    found = retry(run.process, number)
    return Answer(found, lambda screen: _show(screen, found))


def _show(screen: Screen, found: dict[str, Any]) -> None:
    screen.table(["", ""], [[name.replace("_", " "), "" if value is None else str(value)] for name, value in found.items()])
