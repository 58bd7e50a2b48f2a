"""How every command behaves."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from kernel.errors import Conflict, Invalid
from tests.conftest import ROOT
from tests.web.command_line import Shell
from web.cli import app
from web.cli.command import Answer, Run, command, perform_all


def every_command(group: object = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """All commands with the words that call them."""
    found = group or typer.main.get_command(app)
    for name, inner in found.commands.items():  # type: ignore[attr-defined]
        if hasattr(inner, "commands"):
            yield from every_command(inner, (*path, name))
        else:
            yield (*path, name), inner


COMMANDS = dict(every_command())
OF_THIS_ISSUE = {
    ("demo",), ("serve",), ("schedule",), ("setup",), ("template",), ("import",), ("status",), ("close",), ("rank",), ("scorecard",),
    ("trace",), ("facts",), ("metrics",), ("migrate",), ("check",), ("month", "advance"),
    ("vendor", "add"), ("vendor", "alias"), ("vendor", "merge"), ("vendor", "list"), ("site", "add"), ("site", "alias"), ("site", "list"),
    ("queue", "add"), ("queue", "alias"), ("queue", "list"), ("contract", "add"), ("contract", "show"), ("contract", "price"),
    ("batch", "list"), ("batch", "show"), ("batch", "undo"),
    ("user", "add"), ("user", "list"), ("user", "role"), ("user", "password"), ("user", "disable"),
    ("token", "add"), ("token", "list"), ("token", "revoke"),
    ("note", "add"), ("note", "list"), ("note", "withdraw"), ("backup",), ("restore",), ("pack",),
    ("job", "list"), ("job", "show"), ("job", "retry"),
    ("invoice", "list"), ("invoice", "show"), ("invoice", "approve"), ("invoice", "dispute"), ("invoice", "clear"), ("invoice", "credit"),
}  # fmt: skip


def test_the_commands_are_those_that_work_and_no_others() -> None:
    assert set(COMMANDS) == OF_THIS_ISSUE


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_shows_an_example_and_takes_json_and_user(path: tuple[str, ...], shell: Shell) -> None:
    ran = shell(*path, "--help")
    assert ran.code == 0
    assert f"Example: scoreline {' '.join(path)}" in " ".join(ran.out.split())
    assert "--json" in ran.out
    assert "--user" in ran.out


def test_no_arguments_show_the_help(shell: Shell) -> None:
    ran = shell()
    assert (ran.code, "rank" in ran.out) == (0, True)


WRONG = [
    ("rank",),
    ("rank", "2026-13"),
    ("ranks", "2026-10"),
    ("rank", "2026-10", "--wrong"),
    ("import", "x.csv", "--as", "gossip"),
    ("vendor",),
]


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_usage_is_said_as_json_with_exit_code_2(arguments: tuple[str, ...], shell: Shell) -> None:
    ran = shell(*arguments, "--json")
    assert ran.code == 2
    assert ran.value["error"]["kind"] == "usage"
    assert ran.value["error"]["message"] in ran.err


def test_wrong_usage_without_json_prints_nothing_on_stdout(shell: Shell) -> None:
    ran = shell("rank", "october")
    assert (ran.code, ran.out) == (2, "")
    assert "'october' is not a month like 2026-10" in ran.err


def test_a_refusal_is_one_json_value_with_its_exit_code(shell: Shell) -> None:
    shell.json("vendor", "add", "NOVA", "Nova")
    refused = shell.json("vendor", "add", "NOVA", "Other", code=3)
    assert refused["error"]["code"] == "VENDOR_EXISTS"
    missing = shell.json("vendor", "alias", "ORBI", "Orbit", code=1)
    assert missing["error"] == {
        "kind": "refused",
        "code": "UNKNOWN_VENDOR",
        "message": "there is no vendor 'ORBI'; `vendor list` shows them",
        "reference": None,
    }


def _app(error: Exception) -> typer.Typer:
    broken = typer.Typer(rich_markup_mode=None)

    @broken.callback()
    def group() -> None:
        """Keep one command a command of a group."""

    def work(run: Run) -> Answer:
        """Break."""
        del run
        raise error

    command(broken, "break", "break")(work)
    return broken


def test_a_bug_is_exit_code_70_with_a_reference(capsys: pytest.CaptureFixture[str]) -> None:
    assert perform_all(_app(RuntimeError("secret inside")), ["break", "--json"]) == 70
    out, err = capsys.readouterr()
    error = json.loads(out)["error"]
    assert (error["kind"], error["reference"] in err) == ("bug", True)
    assert "secret inside" not in out


KINDS = [(Invalid("A", "a"), 1), (Conflict("B", "b"), 3), (BrokenPipeError(), 0)]


@pytest.mark.parametrize(("error", "code"), KINDS)
def test_kinds_have_their_exit_codes(
    error: Exception, code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.close", lambda: None, raising=False)
    assert perform_all(_app(error), ["break"]) == code
    capsys.readouterr()


def test_who_acts_stands_in_the_audit_log(shell: Shell, data_folder: Path) -> None:
    shell.json("vendor", "add", "NOVA", "Nova")
    shell.json("vendor", "add", "ORBI", "Orbit", "--user", "ben")
    with sqlite3.connect(data_folder / "scoreline.db") as connection:
        actors = [row[0] for row in connection.execute("SELECT actor FROM audit_entry ORDER BY seq")]
    connection.close()
    assert actors == ["ana", "ben"]


def test_a_command_is_chosen_before_anything_heavy_is_loaded() -> None:
    code = "import sys, web.cli; print(*sorted({'alembic', 'polars', 'pydantic', 'rich', 'sqlalchemy'} & sys.modules.keys()))"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == []
