"""Vendors, sites and queues on the command line."""

from __future__ import annotations

from tests.web.command_line import Shell


def test_master_data_is_added_listed_and_named(shell: Shell) -> None:
    shell.json("vendor", "add", "NOVA", "Nova Trust", "--currency", "EUR", "--tier", "strategic")
    shell.json("vendor", "add", "TEAM", "Own team", "--kind", "in_house")
    shell.json("vendor", "alias", "NOVA", "Nova T&S", "--from", "2026-01-01", "--to", "2026-07-01")
    shell.json("site", "add", "NOVA", "MNL", "Manila", "--timezone", "Asia/Manila", "--country", "PH")
    shell.json("site", "alias", "NOVA", "MNL", "Manila 2")
    shell.json("queue", "add", "Q7", "Live video", "--severity", "P1", "--format", "live")
    shell.json("queue", "alias", "Q7", "Vid Live")
    assert [(row["code"], row["currency"], row["aliases"]) for row in shell.json("vendor", "list")] == [
        ("NOVA", "EUR", ["Nova T&S"]),
        ("TEAM", "USD", []),
    ]
    assert shell.json("site", "list")[0]["aliases"] == ["Manila 2"]
    assert shell.json("queue", "list")[0]["severity"] == "P1"


def test_lists_are_tables_for_people(shell: Shell) -> None:
    assert "scoreline vendor add CODE NAME" in shell("vendor", "list").out
    shell("vendor", "add", "NOVA", "Nova Trust")
    lines = shell("vendor", "list").out.splitlines()
    assert lines[0].split() == ["Code", "Name", "Kind", "Currency", "Tier", "Also", "called"]
    assert lines[1].split()[:3] == ["NOVA", "Nova", "Trust"]


def test_a_vendor_becomes_part_of_another_from_a_day_on(shell: Shell) -> None:
    for code in ("OLD", "NOVA"):
        shell.json("vendor", "add", code, code.title())
    merged = shell.json("vendor", "merge", "OLD", "NOVA", "--on", "2026-07-01")
    assert (merged["merged_into"], merged["merged_on"]) == ("NOVA", "2026-07-01")
    assert shell.json("vendor", "merge", "OLD", "NOVA", "--on", "July", code=2)["error"]["code"] == "USAGE"
    assert shell.json("vendor", "merge", "OLD", "NOVA", "--on", "", code=2)["error"]["kind"] == "usage"


def test_an_alias_says_what_it_means_now(shell: Shell) -> None:
    shell("queue", "add", "Q7", "Live video")
    assert shell("queue", "alias", "Q7", "Vid Live").out == "'Vid Live' now means queue Q7.\n"


def test_a_queue_changes_its_severity_from_a_day_on(shell: Shell) -> None:
    shell.json("queue", "add", "Q7", "Live video", "--severity", "P2")
    assert shell.json("queue", "add", "Q7", "Live video", "--severity", "P0", "--from", "2026-06-01")["severity"] == "P0"
