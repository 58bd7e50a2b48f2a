"""A real process dies at every named point, or at any moment; the same command again ends as if nothing had been."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from importers import service as importers
from kernel.faults import CRASH_VARIABLE
from scorecards import close
from tests.faults.conftest import Builder, Copy
from tests.faults.house import INVOICE, MONTH, NOVA_INVOICE, OWN, House, own_rows, write
from tests.faults.warm import Warm
from web import jobs, scheduler

SCHEDULER_POINTS = (*jobs.FAULT_POINTS, *scheduler.FAULT_POINTS)
POINTS = (*importers.FAULT_POINTS, *close.FAULT_POINTS, *SCHEDULER_POINTS)
KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Scenario:
    """A command that dies, in a house at a stage. bytes of its file: what stands in it."""

    name: str
    stage: str
    command: tuple[str, ...]
    file: str = ""
    rows: Sequence[Sequence[object]] = ()

    def ready(self, house: House) -> tuple[str, ...]:
        """The command, its file written."""
        return (*self.command, str(write(house.files / self.file, self.rows))) if self.file else self.command


AGAIN = ("import", "--side", "vendor")
NEW = Scenario("new", "furnished", AGAIN, "nova.csv", [OWN, *own_rows()])
CORRECTION = Scenario("correction", "closed", AGAIN, "nova_corrected.csv", [OWN, *own_rows(3)])
BILL = Scenario("invoice", "furnished", ("import",), "nova_invoice.csv", [INVOICE, *NOVA_INVOICE])
UNDO = Scenario("undo", "corrected", ("batch", "undo", "9"))
FIRST_CLOSE = Scenario("first-close", "furnished", ("close", MONTH))
SECOND_CLOSE = Scenario("second-close", "corrected", ("close", MONTH))
JOBS = Scenario("jobs", "corrected", ("schedule", "--once"))
CASES = [
    *((scenario, point) for scenario in (NEW, CORRECTION) for point in POINTS if point.startswith("import.")),
    *((BILL, point) for point in ("import.gathered", "import.before_commit", "import.committed")),
    *((UNDO, point) for point in POINTS if point.startswith("undo.")),
    *((scenario, point) for scenario in (FIRST_CLOSE, SECOND_CLOSE) for point in POINTS if point.startswith("close.")),
]
TRIED = {*SCHEDULER_POINTS, *(point for _, point in CASES)}


def picture(house: House) -> dict[str, Any]:
    """What an undisturbed run and a disturbed one must have in common, with the month closed and all checks passed."""
    house.json("close", MONTH)
    assert house.faults(deep=not house.url) == {}  # the files are alike whatever the database
    batches = house.json("batch", "list")
    files = {one["batch"]: one["file"] for one in batches}
    for one in batches:
        one["supersedes"] = [files[number] for number in one["supersedes"]]
        one["superseded_by"] = files.get(one["superseded_by"])
        del one["batch"]  # numbers may be skipped
    return {
        "batches": batches,
        "rank": house.json("rank", MONTH),
        "scorecard": house.json("scorecard", "NOVA", MONTH),
        "evidence": len(list(house.data.glob("evidence/*"))),
        "left over": sorted(str(path) for path in (*house.data.rglob(".*"), *house.data.glob("scratch/*"))),
    }


@pytest.fixture(scope="module")
def calm(sqlite_builder: Builder, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Scenario], dict[str, Any]]:
    """What a scenario comes to when nothing dies; made once, on SQLite, whichever database a test is about."""
    known: dict[str, dict[str, Any]] = {}

    def found(scenario: Scenario) -> dict[str, Any]:
        if scenario.name not in known:
            house = sqlite_builder.copy(scenario.stage, tmp_path_factory.mktemp("calm") / "house")
            house.json(*scenario.ready(house))
            known[scenario.name] = picture(house)
        return known[scenario.name]

    return found


@pytest.mark.parametrize(("scenario", "point"), CASES, ids=lambda one: one if isinstance(one, str) else one.name)
def test_a_command_that_dies_at_a_point_is_finished_by_the_same_command(
    copy: Copy, warm: Warm, calm: Callable[[Scenario], dict[str, Any]], scenario: Scenario, point: str
) -> None:
    house = copy(scenario.stage)
    command = scenario.ready(house)
    ended = warm.run(house.environment | {CRASH_VARIABLE: point}, *command)
    assert ended.code == KILLED, ended.err
    code, out, err = house.run(*command, "--json")
    assert code == (1 if point == "undo.committed" else 0), f"{out} {err}"  # it is undone already, and says so
    assert picture(house) == calm(scenario)


@pytest.mark.parametrize("point", ["close.begun", "close.vendor_computed", "close.written", *SCHEDULER_POINTS])
def test_a_scheduler_that_dies_is_replaced_by_the_next_once_its_leases_have_run_out(
    copy: Copy, warm: Warm, calm: Callable[[Scenario], dict[str, Any]], point: str
) -> None:
    house = copy(JOBS.stage)
    assert warm.run(house.environment | {CRASH_VARIABLE: point}, *JOBS.command).code == KILLED
    house.json(*JOBS.command)
    held, behind = (house.json("job", "list", "--state", state) for state in ("running", "waiting"))
    house.let_leases_lapse()
    assert house.json(*JOBS.command) == {"done": len(held) + len(behind)}
    assert held or point in ("job.committed", *scheduler.FAULT_POINTS)
    assert {one["state"] for one in house.json("job", "list")} == {"done"}
    assert len(house.json("scorecard", "NOVA", MONTH)["revisions"]) == 2
    assert picture(house) == calm(JOBS)


@pytest.mark.parametrize("moment", range(5))
def test_a_command_that_dies_at_any_moment_is_finished_by_the_same_command(
    copy: Copy, warm: Warm, calm: Callable[[Scenario], dict[str, Any]], moment: int
) -> None:
    scenario = (CORRECTION, SECOND_CLOSE)[moment % 2]
    house = copy(scenario.stage)
    command = scenario.ready(house)
    warm.run(house.environment, *command, kill_after=0.05 + 0.1 * moment)
    assert house.run(*command)[0] == 0
    for left in house.data.glob("scratch/*"):  # readings that died are swept when they are an hour old
        shutil.rmtree(left)
    assert picture(house) == calm(scenario)


def test_one_file_imported_by_eight_processes_at_once_counts_once(
    copy: Copy, warm: Warm, calm: Callable[[Scenario], dict[str, Any]]
) -> None:
    house = copy(NEW.stage)
    command = (*NEW.ready(house), "--json")
    ended = warm.together([{"environment": house.environment, "arguments": command} for _ in range(8)])
    assert not "".join(one.err for one in ended if one.code not in (0, 3))
    states = sorted(one.value[0]["state"] for one in ended if one.code == 0)
    assert states.count("accepted") == 1
    assert set(states) <= {"accepted", "unchanged"}
    assert picture(house) == calm(NEW)


def test_of_two_corrections_at_once_one_takes_the_others_place(copy: Copy, warm: Warm) -> None:
    house = copy("closed")
    files = [write(house.files / f"correction{number}.csv", [OWN, *own_rows(number)]) for number in (1, 2)]
    runs = [{"environment": house.environment, "arguments": ("import", str(file), "--side", "vendor", "--json")} for file in files]
    ended = warm.together(runs)
    assert [one.code for one in ended] == [0, 0], [one.err for one in ended]
    house.json("close", MONTH)
    own = [
        one for one in house.json("batch", "list") if one["kind"] == "performance" and one["side"] == "vendor" and one["vendor"] == "NOVA"
    ]
    assert sorted(one["state"] for one in own) == ["accepted", "superseded", "superseded"]
    assert house.faults(deep=True) == {}
