"""How far a long piece of work is: told by whoever does it, read by the page that shows it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Progress:
    """Steps done and to do. Written by one thread, read by others; each write is one assignment."""

    steps: list[str] = field(default_factory=list)
    """Names of all steps, in order."""
    reached: int = 0
    """How many of them are done."""
    done: bool = False
    failed: str = ""
    """The sentence that says what stopped it; '' while all is well."""
