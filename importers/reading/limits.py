"""What a reading child may use.

Owns: `Limits`. Must not know: how they are enforced.
"""

from __future__ import annotations

from dataclasses import dataclass

from kernel.settings import Settings


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
