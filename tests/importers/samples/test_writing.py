"""What is written, in which order, and that it is the same every time."""

from __future__ import annotations

import hashlib
import json
import time
import tomllib
import zipfile
from datetime import date
from pathlib import Path

import pytest

from importers.samples import Manifest, write_samples
from importers.samples.network import ROLES, SITES, TEAMS, VENDORS, Network
from importers.samples.volumes import month_of_work
from kernel.period import Period


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def files_of(manifest: Manifest) -> list[str]:
    named = [str(step["file"]) for step in manifest.steps if step["do"] == "setup"]
    for step in manifest.steps:
        files = step.get("files", [])
        assert isinstance(files, list)
        named += [str(file) for file in files]
    return named


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write_samples(first, seed=3, months=2)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(2_000_000_000))
    write_samples(second, seed=3, months=2)
    assert digests(first) == digests(second)


def test_another_seed_gives_other_files(short: Manifest, tmp_path: Path) -> None:
    write_samples(tmp_path, seed=short.seed + 1, months=2)
    assert digests(tmp_path)["TRUTH.json"] != digests(short.root)["TRUTH.json"]


def test_a_month_does_not_depend_on_how_many_are_written(year: Manifest, tmp_path: Path) -> None:
    write_samples(tmp_path, months=2)
    name = "samples/2026-10/PALM_performance_2026-10.xlsx"
    assert digests(tmp_path)[name] == digests(year.root)[name]


def test_every_entry_of_a_workbook_has_the_fixed_date(short: Manifest) -> None:
    for path in short.root.rglob("*.xlsx"):
        with zipfile.ZipFile(path) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(2026, 1, 1, 9, 0, 0)}


def test_the_network_has_the_size_that_was_asked_for(year: Manifest) -> None:
    network = Network(year.seed, 12, year.as_of)
    assert [sum(vendor.kind == kind for vendor in VENDORS) for kind in ("vendor", "in_house")] == [6, 1]
    assert (len(SITES), len(ROLES)) == (14, 10)
    assert len({team.language for team in TEAMS}) == 8
    assert {vendor.currency for vendor in VENDORS} == {"USD", "EUR", "PHP"}
    assert {team.site for team in TEAMS} == {site.code for site in SITES}
    assert {team.role for team in TEAMS} == {role.key for role in ROLES}
    rows = sum(len(day.people) for period in network.periods for month in month_of_work(network, period) for day in month.days)
    assert 235_000 <= rows <= 265_000
    assert sum(path.stat().st_size for path in year.root.rglob("*") if path.is_file()) < 40_000_000


def test_every_file_is_told_once_and_is_there(year: Manifest) -> None:
    told = files_of(year)
    written = {name for name in digests(year.root) if name.startswith("samples/")}
    contracts_and_setup = {name for name in told if name.endswith(".toml")}
    assert sorted(told) == sorted(written)
    assert len(contracts_and_setup) == 8


def test_files_have_names_of_their_own(year: Manifest) -> None:
    names = [name.rpartition("/")[2] for name in files_of(year)]
    assert len(names) == len(set(names))


def test_ten_months_are_locked_one_is_in_review_and_one_only_closed(year: Manifest) -> None:
    state: dict[str, str] = {}
    for step in year.steps:
        if step["do"] == "close":
            state.setdefault(str(step["period"]), "provisional")
        if step["do"] == "advance":
            state[str(step["period"])] = str(step["status"])
    assert list(state.values()) == ["locked"] * 10 + ["in_review", "provisional"]
    assert list(state) == list(year.periods) == [str(Period(2025 + month // 12, month % 12 + 1)) for month in range(10, 22)]


def test_nothing_is_told_of_a_locked_month_later(year: Manifest) -> None:
    locked: set[str] = set()
    for step in year.steps:
        if step["do"] == "advance" and step["status"] == "locked":
            locked.add(str(step["period"]))
        assert not (step["do"] == "import" and any(f"/{period}/" in str(step["files"]) for period in locked))


def test_a_file_never_comes_before_its_month_ends_unless_it_is_agreed_or_billed_ahead(year: Manifest) -> None:
    for step in year.steps:
        if step["do"] == "import" and "/contracts/" not in str(step["files"]) and "committed" not in str(step["files"]):
            options = step["options"]
            assert isinstance(options, dict)
            received_on = date.fromisoformat(options["received_on"])
            period = Period.parse(str(step["files"]).split("/")[1])
            assert received_on <= year.as_of
            assert received_on >= period.end or "_to_" in str(step["files"])


def test_one_expected_file_of_the_last_month_never_comes(year: Manifest) -> None:
    told = [name for name in files_of(year) if "_performance_2026-10" in name]
    assert sorted(name.split("/")[-1].split("_")[0] for name in told) == ["HOME", "LUMA", "NOVA", "ORBI", "PALM", "VEGA"]


def test_the_toml_files_can_be_read(short: Manifest) -> None:
    for path in short.root.rglob("*.toml"):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        assert document.get("vendor")
    setup = tomllib.loads((short.root / "samples/setup.toml").read_text(encoding="utf-8"))
    assert [len(setup[table]) for table in ("vendor", "site", "queue")] == [7, 14, 10]


def test_the_manifest_and_the_truth_stand_beside_the_files(short: Manifest) -> None:
    document = json.loads((short.root / "manifest.json").read_text(encoding="utf-8"))
    assert document["steps"] == short.steps
    assert len(json.loads((short.root / "TRUTH.json").read_text(encoding="utf-8"))) == len(short.truths)


def test_fewer_than_two_months_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least two months"):
        write_samples(tmp_path, months=1)


def test_another_day_gives_other_months_and_no_night_without_a_clock_change(tmp_path: Path) -> None:
    manifest = write_samples(tmp_path, months=2, as_of=date(2026, 6, 9))
    assert manifest.periods == ("2026-04", "2026-05")
    assert not [name for name in files_of(manifest) if "night" in name]
