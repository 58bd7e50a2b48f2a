"""The importers' surroundings, made from a process. Apart from web.process because the importers take time to load."""

from __future__ import annotations

from importers.service import Environment
from web.process import Process


def environment(process: Process) -> Environment:
    """What an import needs from outside."""
    return Environment(engine=process.engine, settings=process.settings, scope=process.scope, clock=process.clock)
