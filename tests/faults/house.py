"""A small house: three vendors, one of each kind of file, a correction, decisions, a month closed twice.

Every table of the schema holds rows in it, so that a test can change one anywhere. Made by the commands of a user.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from kernel.db import open_engine
from web.cli import main

MONTH = "2026-10"
SETUP = """
[[vendor]]
code = "NOVA"
name = "Nova Trust"
aliases = ["Nova T&S"]

[[vendor]]
code = "VEGA"
name = "Vega Dienste"
currency = "EUR"

[[vendor]]
code = "OLDN"
name = "Old Nova"

[[vendor]]
code = "HOME"
name = "In-house"
kind = "in_house"

[[site]]
vendor = "NOVA"
code = "MNL"
name = "Manila"
timezone = "Asia/Manila"
country = "PH"
aliases = ["Manila 1"]

[[site]]
vendor = "VEGA"
code = "BER"
name = "Berlin"
timezone = "Europe/Berlin"

[[queue]]
code = "Q1"
name = "Text"
severity = "P1"
format = "text"
aliases = ["Posts"]

[[queue]]
code = "Q1"
name = "Text"
severity = "P0"
format = "text"
valid_from = 2026-06-01

[[queue]]
code = "Q7"
name = "Video live"

[[holiday]]
day = 2026-11-02
name = "All Souls"

[[network_target]]
metric = "cost_per_decision"
weight = "0.5"
direction = "down"

[[network_target]]
metric = "accuracy"
weight = "0.3"
direction = "up"
floor = "0.90"
target = "0.95"

[[network_target]]
metric = "critical_accuracy"
weight = "0.2"
direction = "up"
floor = "0.94"
target = "0.98"
gate_floor = "0.94"
gate = "inadequate"

[[contract]]
vendor = "NOVA"
number = "MSA-1"
currency = "USD"
valid_from = 2026-01-01
valid_to = 2027-11-01
[[contract.price]]
id = "4.1"
basis = "decision"
rate = "0.0800"
[[contract.expect]]
kind = "performance"
due_business_day = 3

[[contract]]
vendor = "VEGA"
number = "MSA-2"
currency = "EUR"
valid_from = 2026-01-01
valid_to = 2027-11-01
[[contract.price]]
id = "4.1"
basis = "production_hour"
rate = "20.00"
"""
COUNTS = ("vendor", "site", "queue", "language", "day", "side", "decisions", "due_items", "in_sla_items", "handle_seconds")
OWN = ("Vendor", "Site", "Queue", "Language", "Date", "Agent ID", "Reviews", "Production hours")
AUDITS = ("vendor", "site", "queue", "language", "day", "side", "sample", "audits", "correct", "units_with_critical_error")
INVOICE = tuple(
    "invoice_number document issued_on service_from service_to currency vendor line text queue quantity unit rate amount line_type"
    " invoice_net tax relates_to".split()
)
DAYS = range(1, 7)
VENDORS = {"NOVA": ("MNL", 0), "VEGA": ("BER", 40), "HOME": ("", 90)}


def platform_rows() -> list[list[object]]:
    """What the client's tools counted, of every vendor."""
    return [
        [
            code,
            site,
            queue,
            "en",
            f"{MONTH}-{day:02}",
            "platform",
            1000 + 10 * day + more + 7 * number,
            900 + more,
            850 + day,
            40_000 + 13 * day,
        ]
        for code, (site, more) in VENDORS.items()
        for number, queue in enumerate(("Q1", "Q7"))
        for day in DAYS
    ]


def own_rows(more: int = 0) -> list[list[object]]:
    """What NOVA counted, by agent."""
    return [
        ["Nova T&S", "Manila 1", "Posts", "en", f"{MONTH}-{day:02}", f"agent-{agent}", 500 + day + more, f"{7.25 + 0.125 * agent}"]
        for day in DAYS
        for agent in range(2)
    ]


def hour_rows() -> list[list[object]]:
    """Hours of VEGA."""
    return [["VEGA", "BER", "Q1", "en", f"{MONTH}-{day:02}", "b1", 480 + day, "7.5"] for day in DAYS]


def audit_rows() -> list[list[object]]:
    """What the client's reviewers found."""
    return [
        [code, site, queue, "en", f"{MONTH}-{day:02}", "client", "random", 60, 57 - day % 2, 1 - day % 2]
        for code, (site, _) in VENDORS.items()
        for queue in ("Q1", "Q7")
        for day in DAYS
    ]


def invoice_row(
    number: str, vendor: str, currency: str, line: int, queue: str, quantity: object, rate: str, amount: str, net: str, **more: str
) -> list[object]:
    """One line of an invoice for the month."""
    head = [
        number,
        more.get("document", "invoice"),
        "2026-11-03",
        f"{MONTH}-01",
        f"{MONTH}-31",
        currency,
        vendor,
        line,
        f"work {line}",
        queue,
    ]
    return [*head, quantity, "decision", rate, amount, "service", net, "0.00", more.get("relates_to", "")]


NOVA_INVOICE = [
    invoice_row("N-1", "NOVA", "USD", 1, "Q1", 6210, "0.0800", "496.80", "1000.00"),
    invoice_row("N-1", "NOVA", "USD", 2, "Q7", 6290, "0.0800", "503.20", "1000.00"),
]
VEGA_INVOICE = [
    invoice_row("V-1", "VEGA", "EUR", 1, "Q1", 45, "20.00", "900.00", "900.00"),
    invoice_row("V-2", "VEGA", "EUR", 1, "Q7", 1, "150.00", "150.00", "150.00"),
]
COSTS = [["HOME", MONTH, "salaries", "1234.56", "USD"], ["HOME", MONTH, "tools", "65.44", "USD"]]
RATES = [[f"{MONTH}-{day}", "EUR", "USD", rate, "ECB"] for day, rate in (("29", "1.1500"), ("30", "1.1612"))]


def write(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """Write a CSV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(",".join(str(cell) for cell in cells) for cells in rows) + "\n", encoding="utf-8")
    return path


@dataclass(frozen=True)
class House:
    """A data folder, its database when it is not in the folder, and the files that its vendors send."""

    data: Path
    files: Path
    url: str = ""
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a command that works here."""
        return {"SCORELINE_DATA": str(self.data)} | ({"SCORELINE_DATABASE_URL": self.url} if self.url else {}) | dict(self.more)

    @property
    def address(self) -> str:
        """Its database."""
        return self.url or f"sqlite:///{self.data / 'scoreline.db'}"

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Run a command in this process: exit code, output, what it told people."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("SCORELINE_")]:
                patch.delenv(name)
            for name, value in self.environment.items():
                patch.setenv(name, value)
            with redirect_stdout(out), redirect_stderr(err):
                code = main(list(arguments))
        return code, out.getvalue(), err.getvalue()

    def json(self, *arguments: str, code: int = 0) -> Any:
        """Run a command with --json, hold its exit code, return its value."""
        ended, out, err = self.run(*arguments, "--json")
        assert ended == code, f"{arguments}: {out} {err}"
        return json.loads(out)

    def bring(self, name: str, rows: Sequence[Sequence[object]], *arguments: str, code: int = 0) -> dict[str, Any]:
        """Write a file and import it."""
        path = write(self.files / name, rows)
        found: list[dict[str, Any]] = self.json("import", str(path), *arguments, code=code)
        return found[0]

    def let_leases_lapse(self) -> None:
        """Let time pass for workers that died or stand still: their leases end now, as they would by themselves."""
        engine = open_engine(self.address)
        with engine.begin() as connection:
            connection.execute(text("UPDATE job SET lease_until = '2020-01-01T00:00:00.000000+00:00' WHERE state = 'running'"))
        engine.dispose()

    def faults(self, *, deep: bool = False) -> dict[str, str]:
        """The checks that fail, with what they name."""
        code, out, _ = self.run("check", *(["--deep"] if deep else []), "--json")
        found = json.loads(out)
        assert (code == 0) == found["ok"]
        return {one["name"]: one["detail"] for one in found["checks"] if not one["ok"]}


def furnish(house: House) -> None:
    """Set up the network and bring what every vendor sends, but for NOVA's own counts; nothing is closed."""
    house.data.mkdir(parents=True, exist_ok=True)
    (house.data / "as_of.txt").write_text("2026-11-06", encoding="utf-8")
    setup = house.files / "setup.toml"
    setup.parent.mkdir(parents=True, exist_ok=True)
    setup.write_text(SETUP, encoding="utf-8")
    house.json("setup", str(setup))
    house.json("vendor", "merge", "OLDN", "NOVA", "--on", "2026-10-01")
    house.bring("fx.csv", [("day", "from", "to", "rate", "source"), *RATES])
    house.bring("platform.csv", [COUNTS, *platform_rows()])
    house.bring("vega.csv", [OWN, *hour_rows()], "--side", "vendor", "--save-map", "usual")
    house.bring("reviews.csv", [AUDITS, *audit_rows()])
    house.bring("costs.csv", [("vendor", "period", "item", "amount", "currency"), *COSTS])


def first_file(house: House) -> None:
    """NOVA's own counts come and the month is closed."""
    house.bring("nova.csv", [OWN, *own_rows()], "--side", "vendor")
    house.json("close", MONTH)


def corrected_file(house: House) -> None:
    """NOVA's counts come again, corrected."""
    house.bring("nova_corrected.csv", [OWN, *own_rows(3)], "--side", "vendor")


def fill(house: House) -> None:
    """Bring the rest, decide, close again: every table holds rows after it."""
    house.bring("nova_invoice.csv", [INVOICE, *NOVA_INVOICE])
    house.bring("vega_invoice.csv", [INVOICE, *VEGA_INVOICE])
    house.json("invoice", "dispute", "N-1", "--line", "2", "--reason", "old rate")
    house.json("invoice", "approve", "V-1", "--user", "ben", "--reason", "agrees")
    house.json("close", MONTH)
    house.json("month", "advance", MONTH, "in_review")


STAGES: Mapping[str, tuple[str, Callable[[House], None]]] = {
    "furnished": ("", furnish),
    "closed": ("furnished", first_file),
    "corrected": ("closed", corrected_file),
    "filled": ("corrected", fill),
}
"""Stages of the house: what each is made from, and how."""
