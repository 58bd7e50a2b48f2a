"""Fault points: they kill the process that is asked to die there, and no other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from kernel.faults import CRASH_VARIABLE, STALL_VARIABLE, reached
from tests.conftest import ROOT


def test_nothing_happens_when_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    reached("here")
    monkeypatch.setenv(CRASH_VARIABLE, "elsewhere")
    reached("here")


def test_the_process_dies_at_the_point_that_is_named() -> None:
    program = "from kernel.faults import reached; reached('here'); print('alive')"
    ran = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, cwd=ROOT, env={CRASH_VARIABLE: "here"})
    assert (ran.returncode, ran.stdout) == (-signal.SIGKILL, b"")


def test_a_process_stands_still_at_the_point_once_until_it_is_woken() -> None:
    program = "from kernel.faults import reached; reached('here'); reached('here'); print('awake')"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT, env={STALL_VARIABLE: "here"}) as running:
        _, status = os.waitpid(running.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        running.send_signal(signal.SIGCONT)
        assert running.communicate(timeout=30)[0] == b"awake\n"
