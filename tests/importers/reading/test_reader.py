"""Reading from outside: a child that dies, hangs or eats memory is a problem of its file, never of the program."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from importers import reader_process
from importers.intake import Format, Original
from importers.reading import Limits, cool, read_tables, reader, warm
from importers.reading.sheet import Reading
from kernel.errors import Problem, Unavailable
from kernel.settings import Settings
from tests.importers.reading.books import book, header, number, row, sheet, text

PLAIN = {"Data": sheet(header(1, "Queue", "Jobs"), *(row(i, text(f"A{i}", f"Q{i}"), number(f"B{i}", f"{i}.5")) for i in range(2, 12)))}


@pytest.fixture(autouse=True, scope="module")
def _template() -> Iterator[None]:
    warm()
    yield
    cool()


def read(path: Path, scratch: Path, limits: Limits = Limits(), file_format: Format = Format.XLSX) -> Reading:  # noqa: B008 - a frozen value
    return read_tables(Original("0" * 64, path.stat().st_size, path), path.name, file_format, limits, scratch)


def refused(reading: Reading) -> Problem:
    assert reading.sheets == ()
    assert reading.refused
    return reading.problems[0]


def test_a_workbook_comes_back_whole_and_the_scratch_is_clean(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    mixed = sheet(
        header(1, "Queue", "Jobs", "Share"),
        row(2, text("A2", "x"), number("B2", "0.9032514613925278"), number("C2", "0.5", 2)),
        row(3, text("A3", "y"), text("B3", "n.n."), '<c r="C3" t="e"><v>#N/A</v></c>', '<c r="D3"><f>1</f></c>'),
        row(6, text("A6", "Source: WFM")),
    )
    reading = read(book(tmp_path / "a.xlsx", {**PLAIN, "Mixed": mixed}), scratch)
    first, second = reading.sheets
    assert first.frame["B"].to_list() == [i + 0.5 for i in range(2, 12)]
    assert second.numbers["B"].to_list() == [0.9032514613925278, None]
    assert second.percent["C"].to_list() == [True, False]
    assert second.error_cells == ((3, "C", "#N/A"),)
    assert second.empty_formulas == ((3, "D"),)
    assert second.footnotes == ((6, "Source: WFM"),)
    assert [problem.code for problem in reading.problems] == ["NO_HEADER"]
    assert list(scratch.iterdir()) == []


def test_delimited_text_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("queue,jobs\nQ1,5\n")
    sheets = read(path, tmp_path, file_format=Format.CSV).sheets
    assert sheets[0].frame.rows() == [("Q1", "5")]
    assert sheets[0].decimal == "."
    assert sheets[0].cells("A").decimal == "."


def test_a_refused_file_is_named_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "night report.csv"
    path.write_text('queue,jobs\n"Q1,5\n')
    problem = refused(read(path, tmp_path, file_format=Format.CSV))
    assert problem.code == "LONE_QUOTE"
    assert problem.message.startswith("night report.csv has a quote in row 2 (line 2)")


def test_a_far_cell_is_told_with_its_address(tmp_path: Path) -> None:
    lone = row(1048576, text("XFD1048576", "x"))
    problem = refused(read(book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue", "Jobs"), lone)}), tmp_path))
    assert (problem.code, problem.cell, problem.sheet) == ("FAR_CELL", "XFD1048576", "Data")


def test_a_child_without_enough_memory_says_so(tmp_path: Path) -> None:
    big = sheet(header(1, *"ABCDEFGH"), *(row(i, *(number(f"{letter}{i}", "1.5") for letter in "ABCDEFGH")) for i in range(2, 60_000)))
    problem = refused(read(book(tmp_path / "a.xlsx", {"Data": big}), tmp_path, Limits(memory_mb=24)))
    assert problem.code == "TOO_LARGE_TO_READ"


def test_a_child_that_dies_of_its_memory_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"queue,jobs\n" + b"Q1,5\n" * 6_000_000)
    problem = refused(read(path, tmp_path, Limits(memory_mb=64), Format.CSV))
    assert problem.code == "TOO_LARGE_TO_READ"
    assert "needs more than 64 MB" in problem.message


def test_a_child_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        {"Data": sheet(header(1, "Q", "J"), *(row(i, text(f"A{i}", "'"), number(f"B{i}", "1")) for i in range(2, 150_000)))},
    )
    problem = refused(read(path, tmp_path, Limits(wall_seconds=0)))
    assert problem.code == "TOO_LARGE_TO_READ"
    assert "longer than 0 seconds" in problem.message


def test_processor_time_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + '"1",2\n' * 3_000_000)
    problem = refused(read(path, tmp_path, Limits(cpu_seconds=1), Format.CSV))
    assert "takes longer than 1 seconds" in problem.message


def test_a_file_that_is_gone_is_a_problem_and_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    missing = Original("0" * 64, 0, tmp_path / "gone.xlsx")
    problem = refused(read_tables(missing, "gone.xlsx", Format.XLSX, Limits(), tmp_path))
    assert problem.code == "UNREADABLE"
    assert "FileNotFoundError" in caplog.text


def test_many_small_files_are_read_at_once_and_alike(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", PLAIN)
    readings: list[Reading] = []
    threads = [threading.Thread(target=lambda: readings.extend(read(path, tmp_path) for _ in range(25))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(readings) == 100
    assert all(reading.sheets[0].frame.equals(readings[0].sheets[0].frame) for reading in readings)


def test_a_killed_template_is_replaced(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", PLAIN)
    read(path, tmp_path)
    os.kill(reader_process._running[0].process.pid, signal.SIGKILL)  # noqa: SLF001 - the fault that is tried
    assert read(path, tmp_path).sheets


def test_a_template_that_cannot_start_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cool()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(Unavailable, match="cannot be started"):
        read(book(tmp_path / "a.xlsx", PLAIN), tmp_path)
    cool()


def test_the_child_has_no_network_where_the_system_permits(tmp_path: Path) -> None:
    script = (
        "import socket, sys\n"
        "from importers.reading.template import leave_network\n"
        "if not leave_network(): sys.exit(3)\n"
        "try: socket.create_connection(('127.0.0.1', int(sys.argv[1])), 2)\n"
        "except OSError: sys.exit(0)\n"
        "sys.exit(1)\n"
    )
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        code = subprocess.run(
            [sys.executable, "-c", script, str(server.getsockname()[1])], check=False, cwd=tmp_path, env=_environment()
        ).returncode
    assert code in {0, 3}


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(reader.__file__).parents[2])}


def test_a_zip_whose_sizes_lie_never_costs_more_than_the_limits(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"Data": sheet(header(1, "Queue"), *(row(i, text(f"A{i}", "x" * 200)) for i in range(2, 50_000)))})
    content = bytearray(path.read_bytes())
    entry = content.rfind(b"PK\x01\x02", 0, content.rfind(b"xl/worksheets/sheet1.xml"))
    content[entry + 24 : entry + 28] = (200).to_bytes(4, "little")
    path.write_bytes(content)
    assert zipfile.is_zipfile(path)
    assert refused(read(path, tmp_path)).code == "DAMAGED"


def test_limits_come_from_the_settings(tmp_path: Path) -> None:
    assert Limits.of(Settings(data=tmp_path, read_memory_mb=512, read_cpu_seconds=60)) == Limits(512, 60, 150)


def test_asking_a_template_that_is_gone_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    template = reader_process._Template()  # noqa: SLF001 - one that has ended before anybody asks it
    template.process.wait()
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(OSError, match=r"Broken pipe|reset"):
        template.ask({})
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    template.close()
