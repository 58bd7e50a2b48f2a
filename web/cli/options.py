"""Arguments that many commands share, and how their text is read."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from kernel.period import Period

VendorArgument = Annotated[str, typer.Argument(metavar="VENDOR", help="The vendor's code.")]
PeriodArgument = Annotated[str, typer.Argument(metavar="PERIOD", help="A month, e.g. 2026-10.")]


def to_period(text: str) -> Period:
    """A month from the command line; raises typer.BadParameter (wrong usage) for anything else."""
    try:
        return Period.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def to_day(option: str, text: str) -> date | None:
    """A day from the command line, None when the option was not given."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"{option}: {text!r} is not a day like 2026-11-06"
        raise typer.BadParameter(message) from None


def required_day(option: str, text: str) -> date:
    """A day that must be given."""
    day = to_day(option, text)
    if day is None:
        message = f"{option}: a day is needed, like 2026-11-06"
        raise typer.BadParameter(message)
    return day
