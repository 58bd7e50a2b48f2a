"""Every fault point that the code names is tried: a real process dies there, and the same command again puts it right."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator

from tests.architecture import ROOMS
from tests.conftest import ROOT


def _syntax() -> Iterator[ast.AST]:
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def named() -> list[str]:
    """The points at which the code can be made to die."""
    calls = [node for node in _syntax() if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "reached"]
    return [str(call.args[0].value) for call in calls if isinstance(call.args[0], ast.Constant)]


def listed() -> list[str]:
    """The points that modules list in FAULT_POINTS; a list that is put together from others adds none."""
    lists = [
        node.value.elts
        for node in _syntax()
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "FAULT_POINTS" and isinstance(node.value, ast.Tuple)
    ]
    return [str(one.value) for elements in lists for one in elements if isinstance(one, ast.Constant)]


def tried() -> set[str]:
    """The points that the files of tests say they try, in TRIED."""
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        if "\nTRIED" in path.read_text(encoding="utf-8"):
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            found |= set(module.TRIED)
    return found


def test_every_fault_point_of_the_code_is_listed_once() -> None:
    assert sorted(named()) == sorted(listed())


def test_every_fault_point_is_tried() -> None:
    assert tried() == set(named()), "a file of tests that kills at a point names it in TRIED"
