"""Settings: from the environment, refused in one sentence when they cannot be."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from kernel.errors import Usage
from kernel.settings import Settings, load_settings, os_user


def test_without_any_variable_everything_lies_in_the_folder_data() -> None:
    found = load_settings()
    assert found.url == f"sqlite:///{Path.cwd() / 'data' / 'scoreline.db'}"
    assert (found.files, found.evidence, found.secret) == (Path("data/files"), Path("data/evidence"), Path("data/secret.key"))


def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SCORELINE_DATA", str(tmp_path))
    monkeypatch.setenv("SCORELINE_DATABASE_URL", "postgresql+psycopg://u@h/d")
    monkeypatch.setenv("SCORELINE_SECRET_FILE", "/run/secret")
    monkeypatch.setenv("SCORELINE_TIMEZONE", "Asia/Manila")
    found = load_settings()
    assert (found.data, found.url, found.secret, found.timezone) == (
        tmp_path,
        "postgresql+psycopg://u@h/d",
        Path("/run/secret"),
        "Asia/Manila",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAX_UPLOAD_MB", "many"),
        ("MAX_UPLOAD_MB", "0"),
        ("REPORTING_CURRENCY", "dollars"),
        ("TIMEZONE", "Mars/Base"),
        ("TIMEZONE", "../../etc/passwd"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_value_that_cannot_be_names_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"SCORELINE_{name}", value)
    with pytest.raises(Usage, match=f"the setting SCORELINE_{name} is '{value}'"):
        load_settings()


def test_settings_do_not_change_while_a_process_runs() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().max_upload_mb = 1


def test_somebody_always_runs_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "ana")
    assert os_user() == "ana"
    monkeypatch.delenv("USER")
    monkeypatch.delenv("LOGNAME", raising=False)
    assert os_user() == pwd.getpwuid(os.getuid()).pw_name
    monkeypatch.setattr(os, "getuid", lambda: 3_999_999_999)
    assert os_user() == "3999999999"
