"""What a page is given: the site it belongs to, and who asks.

Owns: how a handler gets a process that acts as the person or program that asks. Must not know: any page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from web.process import Process
from web.progress import Progress


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages of one running site share; progress is what the demo tells while it is being made."""

    process: Process
    progress: Progress | None = None


def site_of(request: Request) -> Site:
    """The site that a request came to."""
    site: Site = request.app.state.site
    return site


def asking(request: Request) -> Process:
    """The process, acting as whoever asks."""
    return site_of(request).process


Here = Annotated[Site, Depends(site_of)]
Asking = Annotated[Process, Depends(asking)]
Posting = Asking
"""The same for what changes something: forms and calls of programs, refused unless they come from us."""
