"""The house holds: the checks of tests/architecture.py, each shown to find its fault, then run over the tree."""

from __future__ import annotations

import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests import architecture
from tests.conftest import ROOT, missing

SHELL = {"__init__", "models", "store", "service"}
"""Names of files that are no rules in any domain room."""
SHELLS = {
    "contracts": {"checking", "fingerprints"},
    "scorecards": {
        "agreements",
        "awaited",
        "billing",
        "breakdown",
        "cells",
        "close",
        "cover",
        "cuts",
        "deciding",
        "drawings",
        "gather",
        "history",
        "labels",
        "notes",
        "packing",
        "recheck",
        "sheets",
        "sheets_money",
        "status",
        "trace",
        "workbook",
    },
    "vendors": {"checking"},
}
"""Further files that gather, write or answer, and are therefore no rules."""


@cache
def committed() -> tuple[str, ...]:
    """Every file of the project: what git knows, and what it would take if it were asked."""
    listed = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=False, text=True)
    if listed.returncode:
        missing("the project lies in no git work tree")
    return tuple(sorted(path for path in listed.stdout.split("\0") if path and (ROOT / path).is_file()))


def sources(*rooms: str, tests: bool = False) -> dict[str, str]:
    """The Python files of some rooms, by path."""
    chosen = (*rooms, "tests") if tests else rooms
    return {path: text(path) for path in committed() if path.endswith(".py") and path.split("/")[0] in chosen}


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def configuration() -> dict[str, Any]:
    return tomllib.loads(text("pyproject.toml"))


def rules() -> list[str]:
    """The rule files, as the coverage of the tests is asked for."""
    found: list[str] = configuration()["tool"]["coverage"]["run"]["include"]
    return found


SEEDED = [
    (architecture.selects_outside_stores, "scorecards/service.py", "from sqlmodel import Session, select\n"),
    (architecture.selects_outside_stores, "web/pages/ranking.py", "from sqlalchemy import select\n"),
    (architecture.floats, "scorecards/stats.py", "x = float('1.5')\n"),
    (architecture.floats, "scorecards/stats.py", "x = 1.5\n"),
    (architecture.wall_clocks, "contracts/service.py", "at = datetime.now(UTC)\n"),
    (architecture.wall_clocks, "contracts/service.py", "on = datetime.date.today()\n"),
    (architecture.wall_clocks, "web/app.py", "import time\nx = time.time()\n"),
    (architecture.commits, "vendors/service.py", "session.commit()\n"),
    (architecture.long_files, "vendors/service.py", "x = 1\n" * 401),
    (architecture.long_functions, "vendors/service.py", "def f():\n" + "    x = 1\n" * 50),
    (architecture.places_of_one_machine, "README.md", "see /" + "home/ana/notes\n"),
    (architecture.places_of_one_machine, "requirements.lock", "--index-" + "url https://example.test/simple\n"),
    (architecture.places_of_one_machine, "requirements.lock", "# from files.python" + "hosted.org\n"),
]


@pytest.mark.parametrize(("check", "path", "fault"), SEEDED)
def test_each_check_finds_its_fault(check: Any, path: str, fault: str) -> None:
    assert len(check({path: fault})) == 1


HARMLESS = [
    (architecture.selects_outside_stores, "vendors/store.py", "from sqlmodel import select\n"),
    (architecture.selects_outside_stores, "kernel/jobs.py", "from sqlmodel import select\n"),
    (architecture.selects_outside_stores, "importers/columns.py", "frame.select('a')\n"),
    (architecture.floats, "scorecards/stats.py", "x = Decimal('1.5')\n"),
    (architecture.wall_clocks, "kernel/clock.py", "datetime.now(UTC)\n"),
    (architecture.wall_clocks, "web/app.py", "import time\nx = time.monotonic()\n"),
    (architecture.commits, "kernel/db.py", "session.commit()\n"),
    (architecture.long_files, "a.py", "x = 1\n" * 400),
    (architecture.long_functions, "a.py", "def f():\n" + "    x = 1\n" * 49),
    (architecture.places_of_one_machine, "a.py", "CHROMIUM = '/usr/bin/chromium'\nurl = '/vendors/home/x'\n"),
]


@pytest.mark.parametrize(("check", "path", "harmless"), HARMLESS)
def test_no_check_cries_without_a_fault(check: Any, path: str, harmless: str) -> None:
    assert check({path: harmless}) == []


def test_a_rule_that_opens_something_is_found() -> None:
    tree = {
        "scorecards/stats.py": "import os\nfrom kernel.db import reading\nfrom scorecards.store import x\nfrom scorecards.tally import y\n"
    }
    found = architecture.opening_rules(tree, ["scorecards/stats.py", "scorecards/tally.py"])
    assert [entry.split()[1] for entry in found] == ["os", "kernel.db", "scorecards.store"]


def test_a_rule_without_its_test_file_is_found() -> None:
    tree = ["tests/kernel/test_money.py", "tests/contracts/test_pricing.py"]
    assert architecture.without_mirror(["kernel/money.py", "kernel/period.py", "contracts/pricing/engine.py"], tree) == ["kernel/period.py"]


def test_a_module_that_no_layer_places_is_found_and_so_is_a_place_without_module() -> None:
    assert architecture.missing_from_layers(["(service)", "(store) | (models)"], ["service", "store", "extra"]) == ["extra", "models"]


@pytest.mark.parametrize(
    "check",
    [architecture.selects_outside_stores, architecture.wall_clocks, architecture.commits],
)
def test_the_rooms_keep_the_rule(check: Any) -> None:
    assert check(sources(*architecture.ROOMS)) == []


def test_rules_make_no_floats() -> None:
    likeness = "vendors/aliases.py"  # how alike two names are is no figure
    assert architecture.floats({path: text(path) for path in rules() if path != likeness}) == []


def test_rules_open_nothing() -> None:
    assert architecture.opening_rules({path: text(path) for path in rules()}, rules()) == []


def test_no_file_and_no_function_is_too_long() -> None:
    everything = sources(*architecture.ROOMS, "bench", tests=True) | {"start.py": text("start.py")}
    assert architecture.long_files(everything) == []
    assert architecture.long_functions({path: text for path, text in everything.items() if "/versions/" not in path}) == []


def test_every_file_of_a_domain_room_is_a_rule_or_known_to_be_none() -> None:
    found = {
        path
        for path in sources(*architecture.DOMAIN_ROOMS)
        if Path(path).stem not in SHELL | SHELLS.get(path.split("/")[0], set()) or (Path(path).stem == "__init__" and _has_code(path))
    }
    listed = {path for path in rules() if path.split("/")[0] in architecture.DOMAIN_ROOMS}
    assert sorted(listed ^ found) == [], "list them in pyproject.toml under [tool.coverage.run], or in SHELLS here"


def _has_code(path: str) -> bool:
    return any(line.startswith(("def ", "class ")) for line in text(path).splitlines())


def test_every_rule_has_a_test_file_of_its_own() -> None:
    assert architecture.without_mirror(rules(), committed()) == []


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {str(Path(path).parent) for path in committed() if path.startswith("tests/") and path.endswith(".py")}
    assert sorted(folder for folder in folders if f"{folder}/__init__.py" not in committed()) == []


@pytest.mark.parametrize("room", architecture.ROOMS)
def test_the_layers_of_every_room_name_its_files(room: str) -> None:
    (layers,) = [c["layers"] for c in configuration()["tool"]["importlinter"]["contracts"] if c.get("containers") == [room]]
    paths = [path for path in sources(room) if not path.endswith("/__init__.py") or path.count("/") > 1]
    assert architecture.missing_from_layers(layers, {path.split("/")[1].removesuffix(".py") for path in paths}) == []


def test_the_check_of_what_rules_import_covers_every_rule() -> None:
    (contract,) = [c for c in configuration()["tool"]["importlinter"]["contracts"] if c["name"].startswith("rules know")]
    modules = {path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in rules()}
    assert sorted(set(contract["source_modules"]) ^ modules) == []


def test_nothing_names_a_package_index_or_a_place_of_one_machine() -> None:
    texts: dict[str, str] = {}
    for path in committed():
        try:
            texts[path] = text(path)
        except UnicodeDecodeError:
            continue  # pictures and the like
    assert architecture.places_of_one_machine(texts) == []
