"""People and tokens on the command line."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.web.command_line import Shell


def test_a_person_is_added_with_a_one_time_link(shell: Shell) -> None:
    added = shell.json("user", "add", "Ben", "--role", "finance", "--role", "approver")
    assert added["link"].startswith("http://127.0.0.1:8000/first-sign-in?link=")
    assert (added["roles"], added["state"]) == (["approver", "finance"], "invited")
    listed = shell.json("user", "list")
    assert [{**row, "link": None} for row in listed] == [{**added, "link": None}]


def test_the_link_leads_to_where_browsers_see_the_site(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCORELINE_BASE_URL", "https://scores.example/")
    assert shell.json("user", "add", "ben", "--role", "finance")["link"].startswith("https://scores.example/first-sign-in?link=")


def test_a_base_url_that_is_no_site_is_refused(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCORELINE_BASE_URL", "scores.example")
    assert shell.json("user", "list", code=2)["error"]["code"] == "SETTING"


def test_roles_are_changed_and_an_account_disabled(shell: Shell) -> None:
    shell.json("user", "add", "ben", "--role", "finance")
    assert shell.json("user", "role", "BEN", "--role", "auditor")["roles"] == ["auditor"]
    assert shell.json("user", "disable", "ben")["state"] == "disabled"
    assert "link" in shell.json("user", "password", "ben")
    assert shell.json("user", "disable", "nobody", code=1)["error"]["code"] == "UNKNOWN_ACCOUNT"


def test_a_vendors_account_names_a_vendor_that_exists(shell: Shell) -> None:
    shell.json("vendor", "add", "NOVA", "Nova")
    assert shell.json("user", "add", "Nova lead", "--role", "vendor", "--vendor", "NOVA")["vendors"] == ["NOVA"]
    assert shell.json("user", "add", "x", "--role", "vendor", "--vendor", "ORCA", code=1)["error"]["code"] == "UNKNOWN_VENDOR"
    assert shell.json("user", "add", "y", "--role", "vendor", code=1)["error"]["code"] == "ROLE_VENDOR"
    assert shell.json("user", "add", "z", "--role", "king", code=1)["error"]["code"] == "ROLE"


def test_a_token_is_shown_once(shell: Shell) -> None:
    added = shell.json("token", "add", "loader", "--role", "partnership")
    assert added["token"].startswith("scoreline_")
    (listed,) = shell.json("token", "list")
    assert listed == {name: value for name, value in added.items() if name != "token"}
    assert shell.json("token", "revoke", "loader")["state"] == "revoked"
    assert shell.json("token", "add", "Loader", "--role", "auditor", code=1)["error"]["code"] == "TOKEN_TAKEN"


def test_people_read_tables_and_what_to_do_next(shell: Shell) -> None:
    assert "scoreline user add NAME" in shell("user", "list").out
    assert "scoreline token add NAME" in shell("token", "list").out
    told = shell("user", "add", "ben", "--role", "finance").out
    assert "it works once, for a day" in told
    assert "first-sign-in?link=" in told
    assert "Authorization: Bearer scoreline_" in shell("token", "add", "loader", "--role", "auditor").out
    assert shell("user", "list").out.splitlines()[1].split() == ["ben", "finance", "invited"]


def test_the_demo_keeps_its_sign_in_where_only_its_maker_reads_it(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = Shell(capsys).json("demo", "--months", "3", "--into", str(demo), "--no-serve")["sign_in"]
    file = Path(made["file"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text(encoding="utf-8").split() == ["demo", made["password"]]
    assert len(made["password"]) == 19
    assert f"with the password {made['password']}" in Shell(capsys)("demo", "--months", "3", "--into", str(demo), "--no-serve").out
