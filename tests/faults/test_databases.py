"""The same month on SQLite and PostgreSQL: every answer the same text, to the last digit."""

from __future__ import annotations

from pathlib import Path

from tests.faults.conftest import Builder
from tests.faults.house import MONTH, VENDORS, House

METRICS: tuple[str, ...] = (
    "cost_per_decision",
    "cost_per_correct_decision",
    "accuracy",
    "critical_accuracy",
    "in_sla_share",
    "aht_seconds",
)
METRICS += ("throughput", "staffing_share", "count_discrepancy", "qa_gap", "data_timeliness")
VENDORS_OF_THE_DEMO = 7


def differences(one: House, other: House, commands: list[tuple[str, ...]]) -> list[str]:
    """The commands that are answered otherwise, with the first letters that differ."""
    found = []
    for command in commands:
        texts = [house.run(*command, "--json")[:2] for house in (one, other)]
        if texts[0] != texts[1]:
            first, second = (text for _, text in texts)
            place = next((place for place, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]), 0)
            found.append(f"{' '.join(command)}: {first[max(place - 60, 0) : place + 40]!r} and {second[max(place - 60, 0) : place + 40]!r}")
    return found


def month_commands(period: str, vendors: list[str]) -> list[tuple[str, ...]]:
    """Every question about a month."""
    commands: list[tuple[str, ...]] = [
        ("rank", period),
        ("rank", period, "--raw"),
        ("status", period),
        ("invoice", "list", "--period", period),
    ]
    commands += [(*name, vendor, period) for vendor in vendors for name in (("scorecard",), ("contract", "price"))]
    return commands


def test_a_house_is_answered_for_alike(sqlite_builder: Builder, postgres_builder: Builder) -> None:
    one, other = sqlite_builder.stage("filled"), postgres_builder.stage("filled")
    commands = month_commands(MONTH, list(VENDORS))
    commands += [("trace", vendor, MONTH, metric) for vendor in VENDORS for metric in METRICS]
    commands += [("batch", "list"), ("vendor", "list"), ("queue", "list"), ("site", "list"), ("rank", MONTH, "--queue", "Q1")]
    commands += [("invoice", "show", number) for number in ("N-1", "V-1", "V-2")]
    commands += [("scorecard", "NOVA", MONTH, "--revision", str(number)) for number in (1, 2)]
    assert differences(one, other, commands) == []


def test_the_demo_is_answered_for_alike(demo_template: Path, postgres_demo_template: tuple[Path, str]) -> None:
    folder, url = postgres_demo_template
    one, other = House(demo_template, demo_template), House(folder, folder, url)
    vendors = [row["vendor"] for row in one.json("rank", "2026-10")["vendors"]]
    periods = ("2026-09", "2026-10")
    commands = [command for period in periods for command in month_commands(period, vendors)]
    commands += [("trace", vendor, "2026-10", metric, "--limit", "50") for vendor in vendors for metric in METRICS[::3]]
    numbers = [(row["vendor"], row["number"]) for row in one.json("invoice", "list", "--period", "2026-10")]
    commands += [("invoice", "show", number, "--vendor", vendor) for vendor, number in numbers]
    assert differences(one, other, commands) == []
    assert len(vendors) == VENDORS_OF_THE_DEMO
