"""What a process stands on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kernel.clock import FixedDayClock, SystemClock
from kernel.errors import Invalid, NotAllowed
from kernel.scope import Scope
from kernel.settings import Settings
from web.database import open_process
from web.process import AS_OF, acting, clock_of


def test_the_clock_is_the_machines_unless_the_folder_names_a_day(settings: Settings, data_folder: Path) -> None:
    assert isinstance(clock_of(settings), SystemClock)
    (data_folder / AS_OF).write_text("2026-11-06\n", encoding="utf-8")
    assert clock_of(settings) == FixedDayClock(date(2026, 11, 6))


def test_a_day_that_is_none_is_refused_with_the_remedy(settings: Settings, data_folder: Path) -> None:
    (data_folder / AS_OF).write_text("Friday", encoding="utf-8")
    with pytest.raises(Invalid, match="correct or delete the file"):
        clock_of(settings)


def test_who_acts_is_the_call_then_the_setting_then_the_system(data_folder: Path) -> None:
    named = Settings(data=data_folder, user="ben")
    assert acting(named, "ana").actor == "ana"
    assert acting(named).actor == "ben"
    assert acting(Settings(data=data_folder)).actor.startswith("local:")


def test_a_process_says_what_its_actor_may_do(settings: Settings) -> None:
    process = open_process("ana", settings)
    assert process.may("upload")
    vendor = process.acting_as(Scope("nova", frozenset({"vendor"}), frozenset({"NOVA"})))
    assert not vendor.may("upload")
    with pytest.raises(NotAllowed, match="may not upload files"):
        vendor.require("upload")
    process.engine.dispose()


def test_a_process_reads_and_writes_and_knows_the_day(settings: Settings, data_folder: Path) -> None:
    (data_folder / AS_OF).write_text("2026-11-06", encoding="utf-8")
    process = open_process("ana", settings)
    assert process.today() == date(2026, 11, 6)
    assert process.write(lambda session: session.is_active)
    assert process.read(lambda session: session.autoflush) is False
    assert process.acting_as(Scope("vera")).scope.actor == "vera"
    process.engine.dispose()
