"""What a reading child may use, and how it says that it had not enough.

Owns: `Limits`, exit codes. Must not know: how they are enforced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kernel.settings import Settings


OUT_OF_MEMORY = 3
"""Exit code of a child whose memory was used up and that could still say so."""
OUT_OF_SPACE = 4
"""Exit code of a child that could not write its answer, as the disk is full."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the reading child may use: memory in MB above its start, processor and elapsed time in seconds."""

    memory_mb: int = 2048
    cpu_seconds: int = 120
    wall_seconds: int = 300

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits that the settings name; elapsed time is bounded by two and a half times the processor time."""
        return cls(settings.read_memory_mb, settings.read_cpu_seconds, settings.read_cpu_seconds * 5 // 2)
