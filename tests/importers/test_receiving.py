"""Uploads of the site: received, read by a job, shown, answered, accepted, put aside; once on each kind of database."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from importers import service, store
from importers.originals import store_original
from importers.service import Alias, ImportOptions
from kernel import audit
from kernel.clock import FixedDayClock
from kernel.errors import Conflict, Invalid, NotFound
from kernel.jobs import Job
from tests.importers.conftest import HEAD, TODAY, Office, row
from tests.importers.test_importing import counted
from vendors.store import live_deliveries

VENDOR_SAYS = ImportOptions(side="vendor")


def drop(office: Office, path: Path, options: ImportOptions = VENDOR_SAYS) -> dict[str, Any]:
    """Let the site receive a file; nothing has read it then."""
    original = store_original(path, office.environment.settings.files, 10**7)
    (answer,) = service.receive(office.environment, [(path.name, original)], options)
    return answer


def work(office: Office) -> None:
    """Do the jobs that read uploads, as the scheduler does."""

    def waiting(session: Session) -> list[str]:
        return [job.payload for job in session.exec(select(Job).where(Job.kind == "import").order_by(col(Job.id)))]

    for payload in office.read(waiting):
        service.read_upload(office.environment, json.loads(payload)["batch"])


def shown(office: Office, number: int) -> dict[str, Any]:
    return dict(office.read(lambda session: service.show_batch(session, office.environment.scope, number)))


def view(office: Office, number: int) -> dict[str, Any]:
    """What a person is shown, with its token."""

    def body(session: Session) -> dict[str, Any]:
        row = store.view(session, number)
        assert row is not None
        return {**json.loads(row.body), "token": row.token, "good": row.good}

    return dict(office.read(body))


def accept(office: Office, number: int, **more: str) -> None:
    """Accept what is shown now, and let the job do it."""
    service.accept(office.environment, number, view(office, number)["token"], **more)
    work(office)


def codes(found: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in found["problems"] if problem["severity"] == "error"]


def test_a_file_without_fault_waits_for_a_person_and_counts_once_accepted(office: Office) -> None:
    answer = drop(office, office.csv("nova.csv", [HEAD, row(1), row(2)]))
    assert answer == {"file": "nova.csv", "batch": 1, "state": "received"}
    work(office)
    found = shown(office, 1)
    assert (found["state"], found["rows"]["accepted"], counted(office)) == ("preview", 2, 0)
    accept(office, 1)
    found = shown(office, 1)
    assert (found["state"], found["control"]["decisions"], counted(office)) == ("accepted", "200", 200)
    assert not [check for check in office.read(lambda s: service.self_check(s, office.environment.settings, deep=True)) if not check.ok]


def test_a_job_that_is_done_again_changes_nothing(office: Office) -> None:
    drop(office, office.csv("nova.csv", [HEAD, row(1)]))
    work(office)
    accept(office, 1)
    before = office.read(audit.length)
    work(office)
    assert office.read(audit.length) == before


def test_one_upload_read_by_eight_workers_at_once_is_read_once(office: Office) -> None:
    drop(office, office.csv("nova.csv", [HEAD, row(1)]))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: service.read_upload(office.environment, 1), range(8)))
    assert [entry.action for entry in office.read(lambda s: store.audited(s, ["batch.preview"]))] == ["batch.preview"]


def test_the_same_bytes_are_one_upload_whether_they_wait_or_count(office: Office) -> None:
    path = office.csv("nova.csv", [HEAD, row(1)])
    drop(office, path)
    assert drop(office, path)["batch"] == 1
    work(office)
    assert drop(office, path) == {"file": "nova.csv", "batch": 1, "state": "preview"}
    accept(office, 1)
    assert drop(office, path) == {"file": "nova.csv", "batch": 1, "state": "unchanged"}


def test_a_remembered_layout_without_any_remark_is_accepted_unasked_and_another_vendors_is_not(office: Office) -> None:
    drop(office, office.csv("a.csv", [HEAD, row(1)]))
    work(office)
    accept(office, 1, save_map="Nova daily")
    drop(office, office.csv("b.csv", [HEAD, row(2)]))
    drop(office, office.csv("c.csv", [HEAD, ["VEGA", "BER", "Q1", "de", "2026-10-01", "7", 5, 1]]))
    drop(office, office.csv("d.csv", [HEAD, row(3, hours=700)]))
    work(office)
    assert [shown(office, number)["state"] for number in (2, 3, 4)] == ["accepted", "preview", "preview"]
    assert [problem["code"] for problem in shown(office, 4)["problems"]] == ["LONG_DAY"]


def test_a_vendors_own_upload_waits_for_the_client_however_well_known(office: Office) -> None:
    drop(office, office.csv("a.csv", [HEAD, row(1)]))
    work(office)
    accept(office, 1, save_map="Nova daily")
    lead = replace(office.environment.scope, actor="lead", roles=frozenset({"vendor"}), vendors=frozenset({"NOVA"}))
    nova = Office(replace(office.environment, scope=lead), office.folder)
    drop(nova, nova.csv("b.csv", [HEAD, row(2)]))
    drop(nova, nova.csv("c.csv", [HEAD, ["VEGA", "BER", "Q1", "de", "2026-10-01", "7", 5, 1]]))
    work(office)
    assert shown(nova, 2)["state"] == "preview"
    assert codes(shown(nova, 3)) == ["UNKNOWN_VENDOR"]
    vega = office.seen_by("VEGA")
    for step in (service.discard, lambda environment, number: service.answer(environment, number, {})):
        with pytest.raises(NotFound):
            step(vega.environment, 1)


def test_a_fault_is_answered_by_leaving_the_bad_rows_out(office: Office) -> None:
    drop(office, office.csv("nova.csv", [HEAD, row(1), row(2, decisions=-5)]))
    work(office)
    assert (codes(shown(office, 1)), view(office, 1)["good"], view(office, 1)["token"]) == (["NEGATIVE"], 1, "")
    service.answer(office.environment, 1, {"without_bad_rows": True})
    work(office)
    found = shown(office, 1)
    assert (found["state"], found["rows"]) == ("preview", {"read": 2, "accepted": 1, "rejected": 1, "skipped": 0})
    accept(office, 1)
    assert counted(office) == 100
    assert not [check for check in office.read(lambda s: service.self_check(s, office.environment.settings, deep=True)) if not check.ok]
    told = [json.loads(entry.body) for entry in office.read(lambda s: store.audited(s, ["batch.answer"]))]
    assert [one["said"]["without_bad_rows"] for one in told] == [True]


def test_a_name_is_answered_once_for_all_files(office: Office) -> None:
    drop(office, office.csv("nova.csv", [HEAD, row(1, queue="Vid Livee")]))
    work(office)
    assert codes(shown(office, 1)) == ["UNKNOWN_QUEUE"]
    service.answer(office.environment, 1, {}, [Alias("queue", "Vid Livee", "Q7")])
    drop(office, office.csv("more.csv", [HEAD, row(2, queue="vid livee")]))
    work(office)
    assert [shown(office, number)["state"] for number in (1, 2)] == ["preview", "preview"]


def test_columns_answered_one_after_the_other_add_up(office: Office) -> None:
    head = ["vendor", "work date", "Zorg", "side"]
    drop(office, office.csv("nova.csv", [head, ["NOVA", "2026-10-01", 4, "vendor"]]), ImportOptions(kind="performance"))
    work(office)
    assert shown(office, 1)["state"] == "refused"
    service.answer(office.environment, 1, {"map": {"Zorg": "decisions"}})
    service.answer(office.environment, 1, {"map": {"work date": "day"}})
    work(office)
    assert (shown(office, 1)["state"], shown(office, 1)["control"]) == ("preview", {"decisions": "4"})


def test_an_overlap_is_settled_by_a_person(office: Office) -> None:
    first = office.counts("a.csv", rows=[row(1), row(2)])
    drop(office, office.csv("b.csv", [HEAD, row(2, decisions=90), row(3)]))
    work(office)
    assert codes(shown(office, 2)) == ["OVERLAP"]
    changes = view(office, 2)["changes"]
    assert {name: changes[name] for name in ("new", "changed", "gone", "same")} == {"new": 1, "changed": 1, "gone": 1, "same": 0}
    assert [(one["day"], one["fact"], one["old"], one["new"]) for one in changes["values"]] == [("2026-10-02", "decisions", "100", "90")]
    service.answer(office.environment, 2, {"supersede": first["batch"]})
    work(office)
    accept(office, 2)
    assert counted(office) == 190


def test_two_people_who_correct_at_once_the_second_is_told_and_looks_again(office: Office) -> None:
    office.counts("old.csv", rows=[row(1)])
    for name, decisions in (("ana.csv", 90), ("ben.csv", 80)):
        drop(office, office.csv(name, [HEAD, row(1, decisions=decisions)]))
    work(office)
    accept(office, 2)
    seen = view(office, 3)["token"]
    service.accept(office.environment, 3, seen)
    work(office)
    assert (shown(office, 3)["state"], counted(office)) == ("preview", 90)
    assert view(office, 3)["meanwhile"] == [
        "upload 2 (ana.csv) counts now, and accepting this one would take its place",
        "upload 1 (old.csv) counts no longer, so nothing of it would be replaced",
    ]
    with pytest.raises(Conflict, match="read again since you looked"):
        service.accept(office.environment, 3, seen)
    accept(office, 3)
    assert (shown(office, 3)["supersedes"], counted(office)) == ([2], 80)


def test_a_preview_put_aside_counts_nowhere_and_can_be_read_again(office: Office) -> None:
    drop(office, office.csv("nova.csv", [HEAD, row(1)]))
    work(office)
    token = view(office, 1)["token"]
    service.discard(office.environment, 1)
    assert (shown(office, 1)["state"], counted(office)) == ("refused", 0)
    with pytest.raises(Invalid, match="only one that waits"):
        service.accept(office.environment, 1, token)
    with pytest.raises(Invalid, match="does not count yet"):
        service.discard(office.environment, 1)
    service.answer(office.environment, 1, {})
    work(office)
    assert shown(office, 1)["state"] == "preview"
    assert not [check for check in office.read(lambda s: service.self_check(s, office.environment.settings, deep=False)) if not check.ok]


class Interrupting:
    """A clock at whose second look, when the file is about to be read, a person says more about it."""

    def __init__(self, say: Callable[[], None]) -> None:
        self.say, self.looks = say, 0

    def now(self) -> datetime:
        self.looks += 1
        if self.looks == 2:
            self.say()
        return FixedDayClock(TODAY).now()

    def today(self, zone: str) -> date:
        return FixedDayClock(TODAY).today(zone)


def test_an_answer_given_while_the_file_is_read_is_the_one_that_holds(office: Office) -> None:
    drop(office, office.csv("nova.csv", [HEAD, row(1), row(2, decisions=-5)]))
    clock = Interrupting(lambda: service.answer(office.environment, 1, {"without_bad_rows": True}))
    assert service.read_upload(replace(office.environment, clock=clock), 1) == "received"
    work(office)
    assert shown(office, 1)["state"] == "preview"


def test_rows_of_an_upload_that_is_put_aside_while_it_is_accepted_do_not_stay(office: Office) -> None:
    drop(office, office.csv("nova.csv", [HEAD, row(1)]))
    work(office)
    service.accept(office.environment, 1, view(office, 1)["token"])
    clock = Interrupting(lambda: service.discard(office.environment, 1))
    assert service.read_upload(replace(office.environment, clock=clock), 1) == "refused"
    assert (counted(office), list(office.environment.settings.evidence.iterdir())) == (0, [])


def test_what_is_shown_masks_people_and_marks_cells(office: Office) -> None:
    rows = [[*HEAD, "Remarks"], [*row(1), "call me"], [*row(2, decisions=-5), ""], [*row(3, decisions=-6), ""]]
    drop(office, office.xlsx("nova.xlsx", {"Daily": rows}))
    work(office)
    body = view(office, 1)
    (sheet,) = body["sheets"]
    assert [one["row"] for one in sheet["rows"]] == [2, 3, 4]
    assert sheet["rows"][0]["texts"][4:] == ["2026-10-01", "••••", "100", "7.5", "••••••"]
    assert sheet["marks"] == [[3, "G", "stops"], [4, "G", "stops"]]
    assert "1042" not in json.dumps(body)
    assert "call me" not in json.dumps(body)


def test_the_command_accepts_at_once_what_waits_on_the_site(office: Office) -> None:
    path = office.csv("nova.csv", [HEAD, row(1)])
    drop(office, path)
    work(office)
    result = office.bring(path)
    assert (result["state"], result["batch"]) == ("accepted", 1)
    with pytest.raises(Invalid):
        service.discard(office.environment, 1)


def test_a_figure_entered_by_hand_is_labelled_wherever_it_goes(office: Office) -> None:
    original = store_original(office.csv("hand.csv", [HEAD, row(1)]), office.environment.settings.files, 10**6)
    service.receive(office.environment, [("hand.csv", original)], replace(VENDOR_SAYS, reason="telephone, 4 Nov"))
    work(office)
    accept(office, 1)
    assert (shown(office, 1)["by_hand"], shown(office, 1)["reason"]) == (True, "telephone, 4 Nov")
    assert [delivery.by_hand for delivery in office.read(live_deliveries)] == [True]
    assert not [check for check in office.read(lambda s: service.self_check(s, office.environment.settings, deep=True)) if not check.ok]
