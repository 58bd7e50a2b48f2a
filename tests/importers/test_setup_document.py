"""The setup document: its rows, and the sentence for each fault."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from importers.setup_document import AliasRow, QueueRow, SiteRow, TargetRow, VendorRow, read_setup, toml_text
from vendors.aliases import FIRST_DAY, LAST_DAY

WHOLE = """
contracts = ["contracts/NOVA.toml"]

[[vendor]]
code = "NOVA"
name = "Nova Operations"
aliases = ["Nova Ops", { text = "Nova Media", from = 2025-11-01, to = 2026-05-01 }]

[[vendor]]
code = "HOME"
name = "Home team"
kind = "in_house"
currency = "EUR"
tier = "core"

[[site]]
vendor = "NOVA"
code = "MNL"
name = "Manila"
timezone = "Asia/Manila"
country = "PH"
aliases = ["Manila 1"]

[[queue]]
code = "Q7"
name = "Video live"
severity = "P1"
format = "video"
valid_from = 2025-11-01

[[holiday]]
day = 2026-12-25

[[network_target]]
metric = "accuracy"
weight = "0.15"
direction = "up"
floor = "0.90"
gate = "inadequate"

[[contract]]
vendor = "NOVA"
number = "MSA-2"
[[contract.price]]
id = "1"
"""


def test_the_whole_document_becomes_rows() -> None:
    rows, problems = read_setup(tomllib.loads(WHOLE))
    assert problems == []
    assert rows.vendors == (
        VendorRow(
            "NOVA",
            "Nova Operations",
            "vendor",
            "USD",
            "",
            (AliasRow("Nova Ops", FIRST_DAY, LAST_DAY), AliasRow("Nova Media", date(2025, 11, 1), date(2026, 5, 1))),
        ),
        VendorRow("HOME", "Home team", "in_house", "EUR", "core", ()),
    )
    assert rows.sites == (SiteRow("NOVA", "MNL", "Manila", "Asia/Manila", "PH", (AliasRow("Manila 1"),)),)
    assert rows.queues == (QueueRow("Q7", "Video live", "P1", "video", date(2025, 11, 1), ()),)
    assert rows.holidays == {date(2026, 12, 25): ""}
    assert rows.targets == (TargetRow("accuracy", Decimal("0.15"), "up", Decimal("0.90"), None, None, "inadequate"),)
    assert rows.contract_files == ("contracts/NOVA.toml",)
    assert rows.contracts == ({"vendor": "NOVA", "number": "MSA-2", "price": [{"id": "1"}]},)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"vendors": []}, "vendors: the key is unknown here: remove it or use one of vendor, site, queue"),
        ({"contracts": "NOVA.toml"}, "contracts: a list of file names is needed, before the first table"),
        ({"contracts": [1]}, "contracts: a list of file names is needed"),
        ({"vendor": [{"code": "NOVA"}]}, 'vendor[1].name: the key is missing: add name = "..."'),
        ({"vendor": [{"code": "N", "name": "N", "kind": "friend"}]}, "vendor[1].kind: 'friend' is not known: use one of vendor, in_house"),
        ({"vendor": [{"code": "N", "name": "N", "aliases": "n"}]}, 'vendor[1].aliases: a list is needed: aliases = ["Nova Ops"]'),
        ({"vendor": [{"code": "N", "name": "N", "aliases": [7]}]}, "vendor[1].aliases[1].text: a text is needed"),
        ({"vendor": [{"code": "N", "name": "N", "aliases": [{"txt": "n"}]}]}, "vendor[1].aliases[1].txt: the key is unknown here"),
        (
            {"site": [{"vendor": "N", "code": "M", "name": "M", "timezone": "UTC", "aliases": [{"text": "m", "from": date(2026, 1, 1)}]}]},
            "site[1].aliases: an alias of a site holds at all times: write it as a text",
        ),
        ({"queue": [{"code": "Q", "name": "Q", "valid_from": "May"}]}, "queue[1].valid_from: this is no day"),
        ({"holiday": [{"name": "Christmas"}]}, "holiday[1].day: the key is missing"),
        (
            {"network_target": [{"metric": "accuracy", "weight": 0.15, "direction": "up"}]},
            "network_target[1].weight: numbers of a contract are",
        ),
        (
            {"network_target": [{"metric": "accuracy", "weight": "1", "direction": "left"}]},
            "network_target[1].direction: 'left' is not known",
        ),
    ],
)
def test_each_fault_is_named_with_its_place_and_remedy(document: dict[str, Any], sentence: str) -> None:
    _, problems = read_setup(document)
    assert any(sentence in problem.message for problem in problems), problems


def test_a_document_written_as_toml_reads_back_as_it_was() -> None:
    document = {
        "number": 'MSA "1"\n\x7f',
        "valid_from": date(2026, 1, 1),
        "at": datetime(2026, 1, 1, 9, 30),  # noqa: DTZ001 - as TOML may give it
        "holidays": [date(2026, 12, 25)],
        "odd key": True,
        "empty": [],
        "price": [{"id": "1", "rate": "14.75"}, {"id": "2"}],
        "credit": [{"share": Decimal("0.05"), "whole": Decimal(2), "steps": [{"from": 1}], "table": {"a": [1, 2]}}],
        "tier": [{"never": Decimal("Infinity")}],
    }
    assert tomllib.loads(toml_text(document), parse_float=Decimal) == document
