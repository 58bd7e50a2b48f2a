"""Scope: who acts, in which roles, over which vendors. Every read and write takes one."""

from __future__ import annotations

from dataclasses import dataclass, field

ROLES = frozenset({"administrator", "partnership", "finance", "approver", "auditor", "vendor"})


@dataclass(frozen=True, slots=True)
class Scope:
    """The one gate of access.

    actor: name in the audit log. roles: subset of ROLES. vendors: None = all vendors (staff), else the codes
    that this actor may see and touch; unknown and foreign answer alike.
    """

    actor: str
    roles: frozenset[str] = field(default_factory=frozenset)
    vendors: frozenset[str] | None = None

    def sees(self, vendor: str) -> bool:
        """Whether the actor may see this vendor code."""
        return self.vendors is None or vendor in self.vendors

    def narrowed(self, codes: list[str]) -> list[str]:
        """Those of the codes that the actor may see, in their order."""
        return [code for code in codes if self.sees(code)]


def staff(actor: str) -> Scope:
    """An administrator over all vendors."""
    return Scope(actor=actor, roles=frozenset({"administrator"}))


NOBODY = Scope(actor="", vendors=frozenset())
"""Who has not signed in: no name, no role, no vendor."""
