"""Fault points: named places at which a process can be made to die or stall, so that tests prove that nothing is lost.

Owns: the one switch. Must not know: what happens at a point. Every module with durable effects lists its points
in a tuple `FAULT_POINTS` and calls `reached` at each; a test kills a real process at every one of them.
"""

from __future__ import annotations

import os
import signal

CRASH_VARIABLE = "SCORELINE_CRASH_AT"
"""Environment variable that names the point at which to die; unset in every real use."""
STALL_VARIABLE = "SCORELINE_STALL_AT"
"""Environment variable that names the point at which to stand still, once, until somebody wakes the process (SIGCONT)."""


def reached(point: str) -> None:
    """Die here, as by a power cut, or stand still, when the environment asks for it; else do nothing."""
    if os.environ.get(CRASH_VARIABLE) == point:
        os.kill(os.getpid(), signal.SIGKILL)
    if os.environ.get(STALL_VARIABLE) == point:
        del os.environ[STALL_VARIABLE]  # a transaction that is run again must not stand still again
        os.kill(os.getpid(), signal.SIGSTOP)
