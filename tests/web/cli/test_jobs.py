"""The scheduler's commands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from kernel import jobs
from kernel.db import unit_of_work
from tests.web.command_line import Shell
from web.database import open_process

AT = datetime(2026, 11, 6, 12, tzinfo=UTC)


def test_what_is_due_is_done_once_and_stands_in_the_history(shell: Shell) -> None:
    assert shell.json("job", "list") == []
    assert shell.json("schedule", "--once") == {"done": 3}
    assert shell.json("schedule", "--once") == {"done": 0}
    found = shell.json("job", "list")
    assert [(one["kind"], one["state"]) for one in found] == [("tidy", "done"), ("check", "done"), ("check", "done")]
    assert shell.json("job", "list", "--kind", "tidy") == found[:1]
    assert shell.json("job", "list", "--limit", "1") == found[:1]
    assert shell.json("job", "list", "--state", "dead") == []
    told = shell("job", "list").out
    assert "everything, with the original files" in told
    assert "0 old jobs forgotten" in told


def test_a_state_that_no_job_can_have_is_wrong_usage(shell: Shell) -> None:
    assert shell.json("job", "list", "--state", "asleep", code=2)["error"]["code"] == "JOB_STATE"


def test_a_job_that_failed_is_asked_for_again(shell: Shell) -> None:
    process = open_process("ana")

    def kill(session: Session) -> None:
        jobs.enqueue(session, "tidy", "tidy:1", "{}", AT)
        at = AT
        for pause in (*jobs.PAUSES, timedelta()):
            (taken,) = jobs.claim(session, ["tidy"], at)
            jobs.fail(session, taken, "OSError: the disk is full", at)
            at += pause

    unit_of_work(process.engine, kill)
    process.engine.dispose()
    (dead,) = shell.json("job", "list", "--state", "dead")
    assert (dead["outcome"], dead["attempts"]) == ("OSError: the disk is full", 5)
    assert "the disk is full" in shell("job", "show", str(dead["job"])).out
    assert shell.json("job", "retry", str(dead["job"]))["state"] == "waiting"
    shell.json("schedule", "--once")
    assert shell.json("job", "show", str(dead["job"]))["state"] == "done"
    assert shell.json("job", "retry", str(dead["job"]), code=3)["error"]["code"] == "NOT_RESTING"
    assert shell.json("job", "retry", "99", code=1)["error"]["code"] == "UNKNOWN_JOB"
    assert shell.json("check")["ok"] is True
