"""The command that writes a review pack, and its figures in a spreadsheet program."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.conftest import missing
from tests.web.command_line import Shell

VENDORS = ("VEGA", "KITE", "PALM")
FEWEST_FORMULAS = 60
CLOSE = 1e-9


def test_the_pack_is_written_and_its_answer_names_the_revision(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.is_dir()
    shell = Shell(capsys)
    told = shell.json("pack", "NOVA", "2026-10", "--format", "xlsx", "-o", str(tmp_path / "nova.xlsx"))
    card = shell.json("scorecard", "NOVA", "2026-10")
    assert told["revision"] == card["revision"]
    assert (tmp_path / "nova.xlsx").stat().st_size == told["bytes"]
    again = shell.json("pack", "NOVA", "2026-10", "-o", str(tmp_path / "again.xlsx"))
    assert again["sha256"] == told["sha256"]


REFUSED = [
    (("pack", "NOVA", "2026-10", "--format", "pdf", "-o", "x.pdf"), 1, "FORMAT_NOT_YET"),
    (("pack", "NOVA", "2026-10", "--format", "pptx", "-o", "x.pptx"), 1, "FORMAT_NOT_YET"),
    (("pack", "NOVA", "2026-10", "--format", "docx", "-o", "x.docx"), 2, "USAGE"),
    (("pack", "NOBODY", "2026-10", "-o", "x.xlsx"), 1, "UNKNOWN_VENDOR"),
    (("pack", "NOVA", "2031-01", "-o", "x.xlsx"), 1, "NOT_CLOSED"),
    (("pack", "NOVA", "2026-10", "-o", "nowhere/x.xlsx"), 1, "CANNOT_WRITE"),
    (("pack", "NOVA", "2026-10", "-o", "."), 1, "CANNOT_WRITE"),
]


@pytest.mark.parametrize(("command", "code", "name"), REFUSED)
def test_what_cannot_be_written_is_refused_in_a_sentence(
    demo: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    code: int,
    name: str,
) -> None:
    assert demo.is_dir()
    monkeypatch.chdir(tmp_path)
    refused = Shell(capsys).json(*command, code=code)
    assert refused["error"]["code"] == name
    assert list(tmp_path.glob("*.*")) == []


@pytest.fixture(scope="session")
def spreadsheet() -> str:
    """LibreOffice's command."""
    found = shutil.which("soffice")
    if found is None:
        missing("no LibreOffice is installed (Debian: apt-get install --no-install-recommends libreoffice-calc-nogui)")
    return found


def without_values(path: Path) -> Path:
    """The same workbook without the values beside its formulas, so that each must be computed."""
    bare = path.with_name(f"bare-{path.name}")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bare, "w") as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename.startswith("xl/worksheets/sheet"):
                content = re.sub(rb"</f><v>[^<]*</v>", b"</f>", content)
            target.writestr(part.filename, content)
    return bare


def computed(program: str, paths: list[Path], folder: Path) -> list[Any]:
    """The workbooks as LibreOffice computes them."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [program, "--headless", profile, "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out")]
    subprocess.run([*command, *map(str, paths)], check=True, capture_output=True, timeout=120)
    return [load_workbook(folder / "out" / path.name, data_only=True) for path in paths]


@pytest.mark.filterwarnings("ignore:Unable to read chart")  # as LibreOffice writes charts; ours are read without a word
def test_what_libreoffice_computes_is_what_the_product_says(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], spreadsheet: str
) -> None:
    assert demo.is_dir()
    shell = Shell(capsys)
    paths = [tmp_path / f"{vendor}.xlsx" for vendor in VENDORS]
    for vendor, path in zip(VENDORS, paths, strict=True):
        shell.json("pack", vendor, "2026-10", "-o", str(path))
    for vendor, path, found in zip(VENDORS, paths, computed(spreadsheet, [without_values(one) for one in paths], tmp_path), strict=True):
        live, told = load_workbook(path), load_workbook(path, data_only=True)
        formulas = [(sheet.title, cell.coordinate) for sheet in live for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
        assert len(formulas) > FEWEST_FORMULAS
        for sheet, cell in formulas:
            said, got = told[sheet][cell].value, found[sheet][cell].value
            assert got == pytest.approx(said, rel=CLOSE, abs=CLOSE), f"{vendor} {sheet}!{cell} {live[sheet][cell].value}"
        compare(shell.json("scorecard", vendor, "2026-10"), found)


def compare(card: dict[str, Any], found: Any) -> None:
    """The computed score, points and cost are those of the scorecard's JSON."""
    rows = {row[0].value: row for row in found["Scorecard"].iter_rows(min_row=4, max_row=22)}
    assert rows["Score"][14].value == pytest.approx(card["score"], abs=CLOSE)
    points = {row[0].value.lower().replace("-", "_").replace(" ", "_"): row[13].value for row in rows.values() if row[0].value}
    for metric in card["metrics"]:
        assert points[metric["metric"].replace("aht_seconds", "aht,_seconds")] == (
            None if metric["points"] is None else pytest.approx(metric["points"], abs=CLOSE)
        )
    shown = next(row[10].value for row in found["Cost"].iter_rows() if row[0].value == "Shown")
    assert shown == pytest.approx(float(card["cost"]["shown"]["amount"]), abs=CLOSE * 1e6)


def test_programs_that_do_not_compute_show_the_products_values(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.is_dir()
    path = tmp_path / "nova.xlsx"
    shell = Shell(capsys)
    shell.json("pack", "NOVA", "2026-10", "-o", str(path))
    told = load_workbook(io.BytesIO(path.read_bytes()), data_only=True)
    live = load_workbook(path)
    empty = [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in live
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" and told[sheet.title][cell.coordinate].value is None
    ]
    assert json.dumps(empty) == "[]"
