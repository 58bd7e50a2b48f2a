"""The house's own checks: what ruff, mypy and import-linter cannot say. Each takes sources and returns what is wrong."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

DOMAIN_ROOMS = ("vendors", "contracts", "scorecards")
"""Rooms whose files are rules unless they are named in SHELL."""
ROOMS = ("kernel", *DOMAIN_ROOMS, "importers", "web")
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time"), ("time", "localtime")}
OPENERS = {
    "sqlalchemy",
    "sqlmodel",
    "polars",
    "pyarrow",
    "openpyxl",
    "pathlib",
    "os",
    "io",
    "subprocess",
    "socket",
    "random",
    "time",
    "logging",
}
"""What a rule must not know: databases, files, processes, clocks, chance."""
KERNEL_VALUES = {"kernel.money", "kernel.period", "kernel.calendar", "kernel.errors", "kernel.audit", "kernel.scope"}

COMMITTERS = {"kernel/db.py", "web/migrations/__init__.py"}
"""Where a transaction ends."""

Sources = Mapping[str, str]
"""Text of each file by its path in the project."""


def _where(path: str, node: ast.AST) -> str:
    return f"{path}:{getattr(node, 'lineno', 1)}"


def _nodes(sources: Sources) -> Iterator[tuple[str, ast.AST]]:
    for path, text in sources.items():
        for node in ast.walk(ast.parse(text)):
            yield path, node


def selects_outside_stores(sources: Sources) -> list[str]:
    """Queries belong in store.py; only kernel and the migrations may have their own."""
    bad: list[str] = []
    for path, node in _nodes(sources):
        if path.startswith(("kernel/", "web/migrations/")) or PurePosixPath(path).name == "store.py":
            continue
        imported = isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in {"sqlalchemy", "sqlmodel"}
        if imported and any(name.name == "select" for name in node.names):  # type: ignore[attr-defined]
            bad.append(_where(path, node))
    return bad


def floats(sources: Sources) -> list[str]:
    """Figures are exact: a rule neither makes a float nor writes one."""
    return [
        _where(path, node)
        for path, node in _nodes(sources)
        if (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]


def wall_clocks(sources: Sources) -> list[str]:
    """Only kernel/clock.py asks what time it is."""
    bad: list[str] = []
    for path, node in _nodes(sources):
        if path == "kernel/clock.py" or not isinstance(node, ast.Attribute):
            continue
        owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        if (owner, node.attr) in CLOCKS:
            bad.append(_where(path, node))
    return bad


def commits(sources: Sources) -> list[str]:
    """The command, request or job commits, once, by kernel.db.unit_of_work; no service does."""
    return [
        _where(path, node)
        for path, node in _nodes(sources)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit" and path not in COMMITTERS
    ]


def long_files(sources: Sources) -> list[str]:
    """Files that are too long to be read at once."""
    return [path for path, text in sources.items() if len(text.splitlines()) > LONGEST_FILE]


def long_functions(sources: Sources) -> list[str]:
    """Functions that are too long to be seen at once."""
    return [
        f"{_where(path, node)} {node.name}"
        for path, node in _nodes(sources)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]


def opening_rules(sources: Sources, rules: Iterable[str]) -> list[str]:
    """Rule files import kernel values, other rule files and nothing that opens anything."""
    modules = {path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in rules} | KERNEL_VALUES
    modules |= {module.rpartition(".")[0] for module in modules}  # `from kernel import money`
    bad: list[str] = []
    for path, node in _nodes(sources):
        found = [name.name for name in node.names] if isinstance(node, ast.Import) else []
        found += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for module in found:
            room = module.split(".")[0]
            if room in OPENERS or (room in ROOMS and module not in modules):
                bad.append(f"{_where(path, node)} {module}")
    return bad


def without_mirror(rules: Iterable[str], tests: Iterable[str]) -> list[str]:
    """Rule files without a test file of their own: kernel/money.py has tests/kernel/test_money.py.

    The files of a package below a room (contracts/pricing/) may share one test file named after the package.
    """
    there = set(tests)
    bad: list[str] = []
    for rule in rules:
        path = PurePosixPath(rule)
        mirrors = {f"tests/{path.parent}/test_{path.name}"}
        if len(path.parts) > 2:
            mirrors |= {
                f"tests/{path.parent}.py".replace(path.parts[1], f"test_{path.parts[1]}"),
                f"tests/{path.parts[0]}/test_{path.name}",
            }
            mirrors |= {test for test in there if test.startswith(f"tests/{path.parent}/test_")} if path.name == "__init__.py" else set()
        if not mirrors & there:
            bad.append(rule)
    return bad


PLACES = re.compile(r"(?<![\w.])/(?:work|root|home|opt|Users)/[\w.-]+")
INDEXES = re.compile(
    r"\b(?:" + "|".join(re.escape(host) for host in ("pypi." + "org", "pythonhosted." + "org")) + r")\b|index-" + r"url\s*=?\s*\S*://"
)


def places_of_one_machine(sources: Sources) -> list[str]:
    """Absolute paths that exist on one machine only, and addresses of package indexes."""
    return [
        f"{path}:{number} {found[0]}"
        for path, text in sources.items()
        for number, line in enumerate(text.splitlines(), start=1)
        if (found := PLACES.search(line) or INDEXES.search(line))
    ]


def missing_from_layers(layers: Iterable[str], modules: Iterable[str]) -> list[str]:
    """Modules of a room that its import-linter contract does not place, and places that no module has."""
    placed = set(re.findall(r"\w+", " ".join(layers)))
    return sorted(placed ^ set(modules))
