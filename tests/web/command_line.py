"""Running a command in this process, as a shell would."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from web.cli import main


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """The one JSON value on stdout."""
        return json.loads(self.out)


class Shell:
    """Runs commands and catches what they print."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *arguments: str) -> Ran:
        """Run one command."""
        self.capsys.readouterr()
        code = main(arguments)
        out, err = self.capsys.readouterr()
        return Ran(code, out, err)

    def json(self, *arguments: str, code: int = 0) -> Any:
        """Run one command with --json, hold its exit code, return its value."""
        ran = self(*arguments, "--json")
        assert ran.code == code, ran.err or ran.out
        return ran.value
