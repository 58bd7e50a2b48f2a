"""One named cell of a trace is changed in its file: the figure moves by that amount, and back when it is taken back."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest

from tests.faults.conftest import Copy
from tests.faults.house import INVOICE, MONTH, VEGA_INVOICE, House, invoice_row, write


@dataclass(frozen=True)
class Case:
    """A figure, the fact in it whose cell changes, by how much."""

    vendor: str
    metric: str
    fact: str
    header: str
    more: str
    divided: tuple[str, str] = ("", "")
    """Facts whose quotient the figure is, where it is one."""


CASES = [
    Case("VEGA", "decisions", "decisions", "decisions", "7"),
    Case("NOVA", "in_sla_share", "in_sla_items", "in_sla_items", "9", divided=("in_sla_items", "due_items")),
    Case("NOVA", "in_sla_share", "due_items", "due_items", "30", divided=("in_sla_items", "due_items")),
    Case("NOVA", "throughput", "production_hours", "Production hours", "0.25", divided=("decisions", "production_hours")),
    Case("NOVA", "aht_seconds", "handle_seconds", "handle_seconds", "1000", divided=("handle_seconds", "decisions")),
    Case("NOVA", "accuracy", "correct", "correct", "-3"),
    Case("NOVA", "accuracy", "audits", "audits", "5"),
    Case("NOVA", "critical_accuracy", "units_with_critical_error", "units_with_critical_error", "2"),
    Case("NOVA", "count_discrepancy", "decisions", "Reviews", "11"),
    Case("HOME", "cost_per_decision", "cost", "amount", "13.02"),
]


def trace(house: House, case: Case) -> dict[str, Any]:
    """The figure with all its cells."""
    found: dict[str, Any] = house.json("trace", case.vendor, MONTH, case.metric, "--limit", "1000")
    return found


def amount(found: dict[str, Any], fact: str, batch: int | None = None) -> Decimal:
    """The first input of a fact, of an upload where that is told."""
    return next(Decimal(one["amount"]) for one in found["inputs"] if one["fact"] == fact and batch in (None, one["batch"]))


def tenths(value: Decimal) -> Decimal:
    """As ratios are printed."""
    return value.quantize(Decimal(10) ** -10, ROUND_HALF_EVEN)


def figures(house: House, vendor: str) -> Any:
    """What counts of a scorecard, whatever its revision."""
    found = house.json("scorecard", vendor, MONTH)
    return {name: found[name] for name in ("metrics", "score", "score_low", "score_high", "rank", "rating", "cost", "contributions")}


def changed(house: House, cell: dict[str, Any], more: str) -> str:
    """The file with one cell changed; returns its path."""
    with (house.files / cell["file"]).open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    column = ord(cell["column"]) - ord("A")
    assert rows[0][column] == cell["header"]
    old = rows[cell["row"] - 1][column]
    assert Decimal(old) == Decimal(cell["text"])
    rows[cell["row"] - 1][column] = str(Decimal(old) + Decimal(more))
    return str(write(house.files / f"changed_{cell['file']}", rows))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.vendor}-{case.metric}-{case.header}")
def test_a_changed_cell_moves_its_figure_by_that_amount_and_the_undo_moves_it_back(small_copy: Copy, case: Case) -> None:
    house = small_copy("filled")
    before, standing = trace(house, case), figures(house, case.vendor)
    cell = next(one for one in before["cells"] if one["header"] == case.header)
    batch = next(one["batch"] for one in before["inputs"] if one["fact"] == case.fact)
    path = changed(house, cell, case.more)
    side = ["--side", "vendor"] if case.header[0].isupper() else []
    (imported,) = house.json("import", path, *side, "--supersede", str(batch))
    house.json("close", MONTH)
    after = trace(house, case)
    assert amount(after, case.fact, imported["batch"]) - amount(before, case.fact, batch) == Decimal(case.more)
    assert sum(Decimal(one["amount"]) for one in after["cells"]) - sum(Decimal(one["amount"]) for one in before["cells"]) == Decimal(
        case.more
    )
    assert after["value"] != before["value"]
    if case.divided[0]:
        above, below = (amount(after, fact) for fact in case.divided)
        assert tenths(Decimal(str(after["value"]))) == tenths(above / below)
    house.json("batch", "undo", str(imported["batch"]))
    house.json("close", MONTH)
    assert figures(house, case.vendor) == standing
    assert house.faults() == {}


COST = Case("VEGA", "cost_per_decision", "cost", "amount", "")


def test_a_changed_invoice_line_moves_the_cost_by_its_amount_at_the_months_rate(small_copy: Copy) -> None:
    house = small_copy("filled")
    before, standing = trace(house, COST), figures(house, "VEGA")
    batch = before["inputs"][0]["batch"]
    rows = [invoice_row("V-1", "VEGA", "EUR", 1, "Q1", 46, "20.00", "920.00", "920.00"), *VEGA_INVOICE[1:]]
    imported = house.bring("vega_changed.csv", [INVOICE, *rows], "--supersede", str(batch))
    house.json("close", MONTH)
    assert amount(trace(house, COST), "cost") - amount(before, "cost") == Decimal("20.00") * Decimal("1.1612")
    house.json("batch", "undo", str(imported["batch"]))
    house.json("close", MONTH)
    assert figures(house, "VEGA") == standing


def test_a_changed_rate_moves_the_cost_in_proportion(small_copy: Copy) -> None:
    house = small_copy("filled")
    before, standing = trace(house, COST), figures(house, "VEGA")
    batch = next(one["batch"] for one in house.json("batch", "list") if one["kind"] == "fx")
    path = house.files / "fx_changed.csv"
    path.write_text((house.files / "fx.csv").read_text(encoding="utf-8").replace("1.1612", "1.2612"), encoding="utf-8")
    (imported,) = house.json("import", str(path), "--supersede", str(batch))
    house.json("close", MONTH)
    assert amount(before, "cost") == Decimal("1050.00") * Decimal("1.1612")
    assert amount(trace(house, COST), "cost") == Decimal("1050.00") * Decimal("1.2612")
    house.json("batch", "undo", str(imported["batch"]))
    house.json("close", MONTH)
    assert figures(house, "VEGA") == standing
