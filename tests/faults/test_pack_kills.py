"""A pack that dies while it is written leaves the old file or the new one, never half of one."""

from __future__ import annotations

import io
import signal
import zipfile
from pathlib import Path

import pytest

from kernel.faults import CRASH_VARIABLE
from scorecards.review.packing import FAULT_POINTS
from tests.faults.conftest import Copy
from tests.faults.house import MONTH
from tests.faults.warm import Warm

TRIED = set(FAULT_POINTS)
OLD = b"the pack of last week"


def whole(path: Path) -> bool:
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as parts:
        return parts.testzip() is None


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the pack is to be written, in a folder of its own."""
    folder = tmp_path / "packs"
    folder.mkdir()
    return folder / "nova.xlsx"


@pytest.mark.parametrize("older", [False, True], ids=["first", "again"])
@pytest.mark.parametrize("point", FAULT_POINTS)
def test_a_pack_that_dies_is_the_old_file_or_the_new_one(small_copy: Copy, warm: Warm, file: Path, point: str, *, older: bool) -> None:
    house = small_copy("filled")
    if older:
        file.write_bytes(OLD)
    command = ("pack", "NOVA", MONTH, "-o", str(file))
    ended = warm.run(house.environment | {CRASH_VARIABLE: point}, *command)
    assert ended.code == -signal.SIGKILL, ended.err
    if point == "export.renamed":
        assert whole(file)
    else:
        assert file.read_bytes() == OLD if older else not file.exists()
    again = house.json(*command)
    assert whole(file)
    assert again["bytes"] == file.stat().st_size
    assert [one.name for one in file.parent.iterdir()] == ["nova.xlsx"]


def test_packs_written_at_once_to_one_file_leave_one_whole_file(small_copy: Copy, warm: Warm, file: Path) -> None:
    house = small_copy("filled")
    command = ("pack", "NOVA", MONTH, "-o", str(file), "--json")
    ended = warm.together([{"environment": house.environment, "arguments": command} for _ in range(4)])
    assert [one.code for one in ended] == [0, 0, 0, 0], [one.err for one in ended]
    assert len({one.value["sha256"] for one in ended}) == 1
    assert whole(file)
    assert [one.name for one in file.parent.iterdir()] == ["nova.xlsx"]


def test_a_pack_that_finds_no_room_says_so_and_leaves_the_old_file(small_copy: Copy, warm: Warm, file: Path) -> None:
    house = small_copy("filled")
    file.write_bytes(OLD)
    ended = warm.run(house.environment, "pack", "NOVA", MONTH, "-o", str(file), "--json", most_bytes=8_192)
    assert ended.code == 4, ended.err
    assert file.read_bytes() == OLD
    assert [one.name for one in file.parent.iterdir()] == ["nova.xlsx"]
