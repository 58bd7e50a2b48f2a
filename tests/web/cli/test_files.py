"""Importing on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.command_line import Shell

HEAD = "vendor,site,queue,language,day,decisions\n"
GOOD = HEAD + "NOVA,MNL,Q1,en,2026-10-01,120\nNOVA,MNL,Q1,en,2026-10-02,130\n"


@pytest.fixture
def network(shell: Shell) -> Shell:
    """One vendor with a site and a queue."""
    shell.json("vendor", "add", "NOVA", "Nova")
    shell.json("site", "add", "NOVA", "MNL", "Manila", "--timezone", "Asia/Manila")
    shell.json("queue", "add", "Q1", "Text")
    return shell


def _file(folder: Path, text: str, name: str = "nova.csv") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_good_file_is_accepted_and_the_same_again_is_unchanged(network: Shell, tmp_path: Path) -> None:
    file = _file(tmp_path, GOOD)
    [first] = network.json("import", file, "--side", "vendor")
    assert (first["state"], first["rows"]["accepted"], first["control"]["decisions"]) == ("accepted", 2, "250")
    [again] = network.json("import", file, "--side", "vendor")
    assert (again["state"], again["batch"]) == ("unchanged", first["batch"])


def test_a_faulty_file_is_refused_and_others_of_the_call_stay(network: Shell, tmp_path: Path) -> None:
    good, bad = _file(tmp_path, GOOD), _file(tmp_path, HEAD + "NOVA,MNL,Q9,en,2026-10-03,5\n", "bad.csv")
    results = network.json("import", good, bad, str(tmp_path / "none.csv"), "--side", "vendor", code=1)
    assert [result["state"] for result in results] == ["accepted", "refused", "refused"]
    assert results[1]["problems"][0]["cell"] == "C2"
    shown = network("import", bad, "--side", "vendor")
    assert (shown.code, "C2" in shown.out, "queue" in shown.out) == (1, True, True)


def test_a_dry_run_stores_nothing_that_counts(network: Shell, tmp_path: Path) -> None:
    [result] = network.json("import", _file(tmp_path, GOOD), "--side", "vendor", "--dry-run")
    assert result["state"] == "preview"


def test_uploads_are_listed_shown_and_taken_back(network: Shell, tmp_path: Path) -> None:
    [result] = network.json("import", _file(tmp_path, GOOD), "--side", "vendor")
    number = str(result["batch"])
    assert [row["batch"] for row in network.json("batch", "list")] == [result["batch"]]
    assert "nova.csv" in network("batch", "list").out
    assert f"Upload {number}: nova.csv, accepted" in network("batch", "show", number).out
    assert network.json("batch", "undo", number)["state"] == "undone"
    assert network.json("batch", "show", "99", code=1)["error"]["code"] == "UNKNOWN_BATCH"


def test_a_header_that_was_named_means_its_field(network: Shell, tmp_path: Path) -> None:
    file = _file(tmp_path, GOOD.replace("decisions", "Sachen = fertig"))
    [result] = network.json("import", file, "--side", "vendor", "--as", "performance", "--map", "Sachen = fertig=decisions")
    assert result["control"] == {"decisions": "250"}


def test_columns_that_were_not_read_are_named(network: Shell, tmp_path: Path) -> None:
    file = _file(tmp_path, GOOD.replace("decisions", "decisions,Remarks").replace("120\n", "120,fine\n").replace("130\n", "130,\n"))
    assert "not read: Remarks (G)" in network("import", file, "--side", "vendor").out


@pytest.mark.parametrize(
    "arguments",
    [("--map", "decisions"), ("--side", "theirs"), ("--period", "October"), ("--received-on", "today"), ("--supersede", "1", "--add")],
)
def test_options_that_mean_nothing_are_wrong_usage(network: Shell, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert network.json("import", _file(tmp_path, GOOD), *arguments, code=2)["error"]["kind"] == "usage"


def test_a_template_can_be_filled_in(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "performance.xlsx"
    assert shell.json("template", "performance", "-o", str(target)) == {"kind": "performance", "file": str(target)}
    assert target.stat().st_size > 0
    assert shell.json("template", "gossip", "-o", str(target), code=2)["error"]["kind"] == "usage"
