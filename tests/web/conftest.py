"""The command line over an empty data folder of a test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.command_line import Shell


@pytest.fixture
def shell(data_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Commands reach the test's data folder."""
    monkeypatch.setenv("SCORELINE_DATA", str(data_folder))
    monkeypatch.setenv("SCORELINE_USER", "ana")
    return Shell(capsys)
