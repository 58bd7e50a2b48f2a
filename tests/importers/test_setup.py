"""The setup file: all of it or nothing, and the same again changes nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from contracts import store as contract_store
from importers.service import Environment, setup_file
from kernel.clock import FixedDayClock
from kernel.db import reading
from kernel.errors import Invalid, Refusal
from kernel.scope import staff
from kernel.settings import Settings
from scorecards import service as scorecards
from vendors import service as vendors

ANA = staff("ana")
MASTER = """
contracts = ["contracts/NOVA.toml"]

[[vendor]]
code = "NOVA"
name = "Nova Operations"
aliases = ["Nova Ops", { text = "Nova Media", from = 2025-11-01, to = 2026-05-01 }]

[[site]]
vendor = "NOVA"
code = "MNL"
name = "Manila"
timezone = "Asia/Manila"
aliases = ["Manila 1"]

[[queue]]
code = "Q7"
name = "Video live"
severity = "P1"
format = "video"
valid_from = 2025-11-01
aliases = ["Vid Live"]

[[queue]]
code = "Q7"
name = "Video live"
severity = "P0"
format = "video"
valid_from = 2026-06-01

[[holiday]]
day = 2026-12-25
name = "Christmas Day"

[[network_target]]
metric = "accuracy"
weight = "1"
direction = "up"
floor = "0.90"
target = "0.95"

[[contract]]
vendor = "Nova Ops"
number = "SOW-2"
currency = "USD"
valid_from = 2025-11-01
valid_to = 2027-11-01
[[contract.price]]
id = "1"
basis = "decision"
rate = "0.0800"
queue = "Vid Live"
"""
CONTRACT = """
vendor = "NOVA"
number = "MSA-1"
currency = "USD"
valid_from = 2025-11-01
valid_to = 2027-11-01

[[price]]
id = "4.2"
basis = "billable_hour"
rate = "14.75"
site = "Manila 1"
"""


@pytest.fixture
def environment(engine: Engine, settings: Settings) -> Environment:
    return Environment(engine=engine, settings=settings, scope=ANA, clock=FixedDayClock(date(2026, 11, 6)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A setup file beside its contract."""
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "NOVA.toml").write_text(CONTRACT, encoding="utf-8")
    path = tmp_path / "network.toml"
    path.write_text(MASTER, encoding="utf-8")
    return path


def known(environment: Environment) -> tuple[Any, ...]:
    """Everything that a setup file can leave behind."""
    with reading(environment.engine) as session:
        return (
            vendors.list_vendors(session, ANA),
            vendors.list_sites(session, ANA),
            vendors.list_queues(session, ANA),
            scorecards.list_holidays(session),
            scorecards.list_network_targets(session),
            [(row.number, row.batch) for row in contract_store.contracts(session)],
        )


def test_one_file_sets_up_everything(environment: Environment, file: Path) -> None:
    answer = setup_file(environment, file)
    assert answer["state"] == "accepted"
    counts = {key: answer[key] for key in ("vendors", "sites", "queues", "holidays", "network_targets")}
    assert counts == {"vendors": 1, "sites": 1, "queues": 1, "holidays": 1, "network_targets": 1}
    found = known(environment)
    assert found[0][0]["aliases"] == ["Nova Media", "Nova Ops"]
    assert found[1][0]["aliases"] == ["Manila 1"]
    assert (found[2][0]["severity"], found[2][0]["aliases"]) == ("P0", ["Vid Live"])
    assert found[3] == ["2026-12-25"]
    assert [row["metric"] for row in found[4]] == ["accuracy"]
    with reading(environment.engine) as session:
        terms = {one.number: one for one in contract_store.terms_in_force(session, "NOVA")}
    assert {number: one.prices[0].scope for number, one in terms.items()} == {"MSA-1": ("MNL", "", ""), "SOW-2": ("", "Q7", "")}


def test_the_same_file_again_changes_nothing(environment: Environment, file: Path) -> None:
    setup_file(environment, file)
    before = known(environment)
    assert setup_file(environment, file)["state"] == "unchanged"
    assert known(environment) == before


def test_a_file_that_is_not_there_is_said_so(environment: Environment, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as missing:
        setup_file(environment, tmp_path / "none.toml")
    assert (missing.value.code, missing.value.message) == (
        "NO_FILE",
        f"{tmp_path / 'none.toml'} cannot be read (No such file or directory): check the path",
    )
    with pytest.raises(Invalid, match="is a folder: name the setup file in it"):
        setup_file(environment, tmp_path)


def test_a_byte_order_mark_is_no_part_of_the_document(environment: Environment, file: Path) -> None:
    file.write_text(MASTER, encoding="utf-8-sig")
    assert setup_file(environment, file)["state"] == "accepted"


def test_a_changed_contract_takes_the_place_of_the_old(environment: Environment, file: Path) -> None:
    setup_file(environment, file)
    contract = file.parent / "contracts" / "NOVA.toml"
    contract.write_text(CONTRACT.replace("14.75", "15.00"), encoding="utf-8")
    assert setup_file(environment, file)["state"] == "accepted"
    with reading(environment.engine) as session:
        rates = {one.number: str(one.prices[0].rate) for one in contract_store.terms_in_force(session, "NOVA")}
    assert rates == {"MSA-1": "15.00", "SOW-2": "0.0800"}


@pytest.mark.parametrize(
    ("where", "old", "new", "code", "sentence"),
    [
        ("network.toml", 'code = "NOVA"', "code = NOVA", "NOT_TOML", "network.toml is no TOML document"),
        ("network.toml", "severity", "severeness", "SETUP_REFUSED", "queue[1].severeness: the key is unknown here"),
        ("network.toml", "contracts/NOVA.toml", "NOVA.toml", "NO_FILE", "correct the path, it starts from"),
        (
            "network.toml",
            'queue = "Vid Live"',
            'queue = "Live"',
            "UNKNOWN_QUEUE",
            'network.contract1.toml: price[1].queue: the queue "Live"',
        ),
        ("network.toml", "Asia/Manila", "Asia/Nowhere", "TIMEZONE", "use an IANA name"),
        ("network.toml", 'metric = "accuracy"', 'metric = "charm"', "TARGET", "'charm' is no figure"),
        ("NOVA.toml", "MSA-1", 'MSA"', "NOT_TOML", "NOVA.toml is no TOML document"),
        ("NOVA.toml", '"14.75"', "14.75", "RATE_NOT_TEXT", "NOVA.toml: price[1].rate: numbers of a contract are texts"),
        (
            "NOVA.toml",
            'site = "Manila 1"',
            'queue = "Q7"\n[[price]]\nid = "9"\nbasis = "decision"\nrate = "1"\nqueue = "Q7"',
            "CONTRACT_OVERLAP",
            "",
        ),
    ],
)
def test_a_fault_anywhere_leaves_nothing_behind(
    environment: Environment, file: Path, where: str, old: str, new: str, code: str, sentence: str
) -> None:
    before = known(environment)
    path = file if where == "network.toml" else file.parent / "contracts" / where
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        setup_file(environment, file)
    assert refused.value.code == code
    assert sentence in refused.value.message
    assert known(environment) == before


def test_a_vendor_code_that_is_taken_stops_the_whole_file(environment: Environment, file: Path) -> None:
    setup_file(environment, file)
    before = known(environment)
    file.write_text(MASTER.replace("Nova Operations", "Another Nova").replace('code = "MNL"', 'code = "CEB"'), encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        setup_file(environment, file)
    assert refused.value.code == "VENDOR_EXISTS"
    assert known(environment) == before


def test_many_problems_are_told_at_once_and_the_rest_is_counted(environment: Environment, file: Path) -> None:
    file.write_text("\n".join(f'[[holiday]]\nname = "day {n}"' for n in range(60)), encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        setup_file(environment, file)
    lines = refused.value.message.splitlines()
    assert (len(lines), lines[-1]) == (52, "and 10 more")
