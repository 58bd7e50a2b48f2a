"""No memory, no time, no room: one clear sentence, nothing by half, and it works once there is some."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from importers import reading
from tests.faults.conftest import Copy, fill
from tests.faults.house import OWN, House, own_rows, write
from tests.faults.warm import Warm

MANY = 1_500_000
"""Rows that need more than 256 MB and a second to read, as each of their cells stands in quotes."""
REFUSALS = {
    "SCORELINE_READ_MEMORY_MB": (
        "256",
        "big.csv needs more than 256 MB of memory to read; split it by month or site and upload the parts.",
    ),
    "SCORELINE_READ_CPU_SECONDS": ("1", "big.csv takes longer than 1 seconds to read; split it by month or site and upload the parts."),
}
IMPORT = ("import", "--side", "vendor", "--json")


@pytest.fixture
def house(small_copy: Copy) -> House:
    """A house on SQLite, and one file that came."""
    found = small_copy("furnished")
    write(found.files / "nova.csv", [OWN, *own_rows()])
    return found


def test_a_file_that_needs_too_much_is_refused_with_the_limit_in_the_sentence(house: House) -> None:
    path = house.files / "big.csv"
    line = ",".join(f'"{cell}"' for cell in own_rows()[0]) + "\n"
    path.write_text(",".join(OWN) + "\n" + line * MANY, encoding="utf-8")
    for setting, (value, sentence) in REFUSALS.items():
        reading.cool()
        (found,) = House(house.data, house.files, more={setting: value}).json("import", str(path), "--side", "vendor", code=1)
        assert (found["state"], [one["message"] for one in found["problems"]]) == ("refused", [sentence])
        assert list(house.data.glob("scratch/*")) == []
    assert house.faults() == {}


@pytest.mark.parametrize(("most_bytes", "code"), [(4000, "DATABASE"), (40_000, "DISK_ERROR"), (100_000, "DISK_ERROR")])
def test_a_write_that_the_system_refuses_leaves_nothing_by_half(house: House, warm: Warm, most_bytes: int, code: str) -> None:
    command = (*IMPORT, str(house.files / "nova.csv"))
    ended = warm.run(house.environment, *command, most_bytes=most_bytes)
    assert (ended.code, ended.value["error"]["code"]) == (4, code), ended.err
    works_again(house)


@pytest.mark.parametrize("free", [0, 40_000, 64_000, 96_000, 112_000, 128_000, 160_000])
def test_a_full_disk_is_said_so_and_nothing_is_by_half(house: House, small_disk: Path, free: int) -> None:
    shutil.copytree(house.data, small_disk / "data")
    there = House(small_disk / "data", house.files)
    fill(small_disk, free)
    code, out, err = there.run(*IMPORT, str(house.files / "nova.csv"))
    assert code == 4, out + err
    assert "full" in err or "no room" in err
    (small_disk / "filling").unlink()
    works_again(there)


def test_a_disk_that_fills_while_a_file_is_read_is_not_the_files_fault(house: House, small_disk: Path) -> None:
    rows = [["NOVA", "MNL", "Q1", "en", f"2026-10-{1 + number % 30:02}", f"agent-{number}", 500, "7.25"] for number in range(40_000)]
    path = write(house.files / "long.csv", [OWN, *rows])
    shutil.copytree(house.data, small_disk / "data")
    there = House(small_disk / "data", house.files)
    fill(small_disk, path.stat().st_size + 500_000)
    code, out, _ = there.run(*IMPORT, str(path))
    assert (code, "no room to read" in out) == (4, True), out
    (small_disk / "filling").unlink()
    works_again(there)


def works_again(house: House) -> None:
    """All checks pass, and the file is taken in."""
    assert house.faults(deep=True) == {}
    (found,) = house.json("import", str(house.files / "nova.csv"), "--side", "vendor")
    assert found["state"] == "accepted"
    assert house.faults() == {}
