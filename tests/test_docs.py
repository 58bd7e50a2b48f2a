"""What the documents promise holds: settings, commands, files, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from kernel.settings import Settings
from web.cli import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
RUNNING = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
DOCUMENTS = ("README.md", "CHANGELOG.md", "DECISIONS.md", "CONTRIBUTING.md", "docs/running.md")


def test_the_settings_table_is_the_settings() -> None:
    told = re.findall(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`)? ?\| (.+) \|$", README, re.MULTILINE)
    shown = [
        (name.upper(), "" if field.default in (None, "") else str(field.default), field.description)
        for name, field in Settings.model_fields.items()
    ]
    assert told == shown


@pytest.mark.parametrize("text", [README, RUNNING], ids=["README", "running"])
def test_every_command_that_is_named_exists(text: str) -> None:
    known = typer.main.get_command(app)
    named = set(re.findall(r"(?:^|`|bin/)scoreline ([a-z]+)", text, re.MULTILINE))
    assert named
    assert named <= set(known.commands)  # type: ignore[attr-defined]


def test_the_files_for_running_it_name_settings_and_commands_that_there_are() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs" / "running").iterdir())] + [RUNNING]
    known = typer.main.get_command(app)
    settings = {name for text in texts for name in re.findall(r"SCORELINE_([A-Z_]+)", text)}
    assert settings <= {name.upper() for name in Settings.model_fields}
    assert {name for text in texts for name in re.findall(r"bin/scoreline ([a-z]+)", text)} <= set(known.commands)  # type: ignore[attr-defined]
    options = set(_options(known))
    assert {name for text in texts for name in re.findall(r"scoreline [a-z]+ [^\n#]*?(--[a-z-]+)", text)} <= options


def _options(command: Any) -> Iterator[str]:
    """The options of a command and of all below it."""
    for parameter in command.params:
        yield from parameter.opts
    for one in getattr(command, "commands", {}).values():
        yield from _options(one)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in target:
            assert ((ROOT / name).parent / target).exists(), target


def test_no_committed_file_names_a_package_index() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
