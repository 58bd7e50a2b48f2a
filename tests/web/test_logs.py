"""Log lines."""

from __future__ import annotations

import json
import logging

import pytest

from web.logs import LOGGER, set_up_logs


def test_a_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json")
    set_up_logs("json")
    logging.getLogger(LOGGER).warning("job %s failed", 3)
    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["message"] == "job 3 failed"


def test_a_line_for_people_is_plain(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("console")
    logging.getLogger(LOGGER).info("ready")
    out, err = capsys.readouterr()
    assert (out, err.endswith("INFO ready\n")) == ("", True)
