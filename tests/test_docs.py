"""What the documents promise holds: settings, commands, files, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from kernel.settings import Settings
from web.cli import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = ("README.md", "CHANGELOG.md", "DECISIONS.md", "CONTRIBUTING.md")


def test_the_settings_table_is_the_settings() -> None:
    told = re.findall(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`)? ?\| (.+) \|$", README, re.MULTILINE)
    shown = [
        (name.upper(), "" if field.default in (None, "") else str(field.default), field.description)
        for name, field in Settings.model_fields.items()
    ]
    assert told == shown


def test_every_command_that_the_readme_names_exists() -> None:
    known = typer.main.get_command(app)
    named = set(re.findall(r"scoreline ([a-z]+)", README))
    assert named
    assert named <= set(known.commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in target:
            assert (ROOT / target).exists(), target


def test_no_committed_file_names_a_package_index() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
