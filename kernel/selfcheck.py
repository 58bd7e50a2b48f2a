"""The result of a self-check: each room offers its own, web runs them all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Checked:
    """One check: name is stable, seen and expected are short texts, detail names what differs (or is empty)."""

    name: str
    ok: bool
    seen: str
    expected: str
    detail: str = ""

    def json(self) -> dict[str, object]:
        """The JSON of interface section 2."""
        return {"name": self.name, "ok": self.ok, "seen": self.seen, "expected": self.expected, "detail": self.detail}
