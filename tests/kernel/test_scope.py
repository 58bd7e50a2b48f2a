"""Scope: what somebody may see."""

from __future__ import annotations

from kernel.scope import ROLES, Scope, staff


def test_staff_see_every_vendor() -> None:
    scope = staff("ana")
    assert scope.roles <= ROLES
    assert scope.sees("NOVA")
    assert scope.narrowed(["B", "A"]) == ["B", "A"]


def test_a_vendor_sees_only_itself() -> None:
    scope = Scope("nova", frozenset({"vendor"}), frozenset({"NOVA"}))
    assert scope.sees("NOVA")
    assert not scope.sees("ORCA")
    assert scope.narrowed(["ORCA", "NOVA"]) == ["NOVA"]


def test_who_has_no_vendor_sees_none() -> None:
    assert Scope("nobody", vendors=frozenset()).narrowed(["NOVA"]) == []
