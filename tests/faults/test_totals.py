"""Rows add up, control totals are the file's, the order of uploads does not matter, wrong usage is answered alike."""

from __future__ import annotations

import csv
import random
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import Copy
from tests.faults.house import AUDITS, COUNTS, INVOICE, MONTH, NOVA_INVOICE, OWN, VEGA_INVOICE, VENDORS, House, own_rows, write

FIELDS = {"Reviews": "decisions", "Production hours": "production_hours"}
"""Headers that are no field's name."""
ORDERS = 3
HISTORY = ("batch", "id", "revision", "revisions", "changes")


def totals(path: Path) -> dict[str, Decimal]:
    """The sums of the columns of a file that hold numbers, by field."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    summed: Counter[str] = Counter()
    for row in rows:
        for header, cell in row.items():
            field = FIELDS.get(header, header)
            if field in {*COUNTS[6:], *AUDITS[7:], *FIELDS.values(), "amount"}:
                summed[field] += Decimal(cell)  # type: ignore[assignment]
    return {field: Decimal(total) for field, total in summed.items()}


def test_the_rows_of_every_upload_add_up_and_its_control_totals_are_the_files(small_copy: Copy) -> None:
    house = small_copy("filled")
    compared = 0
    for one in house.json("batch", "list"):
        rows = one["rows"]
        assert rows["read"] == rows["accepted"] + rows["rejected"] + rows["skipped"], one["file"]
        path = house.files / one["file"]
        if path.suffix == ".csv":
            wanted = totals(path)
            told = {field: Decimal(total) for field, total in one["control"].items()}
            assert {field: told.get(field) for field in wanted} == wanted, one["file"]
            compared += len(wanted)
    assert compared > len(COUNTS)


def test_rows_that_are_left_out_and_rows_that_say_nothing_are_counted_apart(small_copy: Copy) -> None:
    house = small_copy("furnished")
    rows: list[list[object]] = [
        *own_rows(),
        [""] * len(OWN),
        [""] * len(OWN),
        ["Nova T&S", "Nowhere", "Posts", "en", f"{MONTH}-01", "z", 1, 1],
    ]
    refused = house.bring("mixed.csv", [OWN, *rows], "--side", "vendor", code=1)
    assert (refused["rows"]["accepted"], refused["control"]) == (0, {})
    found = house.bring("mixed.csv", [OWN, *rows], "--side", "vendor", "--without-bad-rows")
    assert found["rows"] == {"read": found["rows"]["read"], "accepted": 12, "rejected": 1, "skipped": found["rows"]["read"] - 13}
    assert Decimal(found["control"]["decisions"]) == sum(row[6] for row in own_rows())  # type: ignore[misc]
    assert house.faults(deep=True) == {}


def figures(value: Any) -> Any:
    """An answer without what tells of its history: the numbers of uploads, revisions and what they changed."""
    if isinstance(value, dict):
        return {name: figures(inner) for name, inner in value.items() if name not in HISTORY}
    return [figures(inner) for inner in value] if isinstance(value, list) else value


def answers(house: House) -> list[Any]:
    """Every figure that people see of a month."""
    house.json("close", MONTH)
    seen = [house.json("rank", MONTH), house.json("rank", MONTH, "--raw"), house.json("invoice", "list"), house.json("status", MONTH)]
    return [figures(one) for one in (*seen, *(house.json("scorecard", vendor, MONTH) for vendor in VENDORS))]


def test_files_in_any_order_give_the_same_figures(small_copy: Copy, tmp_path: Path) -> None:
    files = small_copy("furnished").files
    write(files / "nova.csv", [OWN, *own_rows()])
    write(files / "nova_invoice.csv", [INVOICE, *NOVA_INVOICE])
    write(files / "vega_invoice.csv", [INVOICE, *VEGA_INVOICE])
    names = sorted(path.name for path in files.glob("*.csv"))
    dice = random.Random(7)  # noqa: S311 - the same orders every time
    seen = []
    for number in range(ORDERS):
        house = House(tmp_path / str(number) / "data", files)
        house.data.mkdir(parents=True)
        (house.data / "as_of.txt").write_text("2026-11-06", encoding="utf-8")
        house.json("setup", str(files / "setup.toml"))
        for place, name in enumerate(dice.sample(names, len(names))):
            house.json("import", str(files / name), *(["--side", "vendor"] if name in ("nova.csv", "vega.csv") else []))
            if number and place == len(names) // 2:
                house.json("close", MONTH)  # a close in between leaves nothing behind but a revision
        seen.append(answers(house))
    assert seen == [seen[0]] * ORDERS


WRONG = [
    (2, "usage", "USAGE", ("rank",)),
    (2, "usage", "USAGE", ("rank", MONTH, "--nonsense")),
    (2, "usage", "USAGE", ("nonsense",)),
    (2, "usage", "USAGE", ("rank", "October")),
    (2, "usage", "USAGE", ("import", "x.csv", "--supersede", "1", "--add")),
    (2, "usage", "USAGE", ("import", "x.csv", "--as", "novel")),
    (2, "usage", "USAGE", ("trace", "NOVA", MONTH)),
    (1, "refused", "NOT_CLOSED", ("rank", "2026-01")),
    (1, "refused", "UNKNOWN_VENDOR", ("scorecard", "NOBODY", MONTH)),
    (1, "refused", "UNKNOWN_BATCH", ("batch", "show", "999")),
    (1, "refused", "UNKNOWN_INVOICE", ("invoice", "show", "N-999")),
    (1, "refused", "SAME_PERSON", ("invoice", "approve", "N-1", "--reason", "mine")),
]


@pytest.mark.parametrize(("code", "kind", "name", "command"), WRONG, ids=lambda one: " ".join(one) if isinstance(one, tuple) else None)
def test_what_cannot_be_done_is_answered_alike(sqlite_filled: House, code: int, kind: str, name: str, command: tuple[str, ...]) -> None:
    error = sqlite_filled.json(*command, code=code)["error"]
    assert sorted(error) == ["code", "kind", "message", "reference"]
    assert (error["kind"], error["code"], error["reference"]) == (kind, name, None)
    assert error["message"]


def test_a_missing_part_and_a_wrong_setting_are_answered_alike(sqlite_filled: House) -> None:
    away = House(sqlite_filled.data, sqlite_filled.files, "postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    assert away.json("rank", MONTH, code=4)["error"]["kind"] == "missing"
    unset = House(sqlite_filled.data, sqlite_filled.files, more={"SCORELINE_READ_CPU_SECONDS": "never"})
    assert unset.json("rank", MONTH, code=2)["error"]["code"] == "SETTING"
