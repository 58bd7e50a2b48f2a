"""One figure, however it is asked for: the command, the page's object, its table, the review and the workbook agree."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from scorecards.wording import sentence, words
from tests.web.command_line import Shell
from tests.web.sign_in import client_of
from web.database import open_process

MONTHS = ("2026-08", "2026-09", "2026-10")
CLOSE = 1e-9
METRIC_PARTS = ("value", "low", "high", "numerator", "denominator", "n", "floor", "target", "state", "points", "weight")
PLACE = ("rank", "rank_low", "rank_high", "score", "score_low", "score_high", "rating", "tied_with")
IN_WORKBOOK = {"Numerator": "numerator", "Denominator": "denominator", "Value": "value", "Low": "low", "High": "high", "n": "n"}


@pytest.fixture
def shell(demo: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """The commands over the demo."""
    assert demo.is_dir()
    return Shell(capsys)


@pytest.fixture
def site(shell: Shell) -> Iterator[TestClient]:
    """The pages over the same demo."""
    del shell
    with client_of(open_process("ana")) as client:
        yield client


def table(site: TestClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(site.get(address).text.lstrip("\ufeff"))))


def printed(value: object) -> str:
    """A figure as a table has it."""
    if isinstance(value, Mapping):
        value = value.get("value", value.get("amount"))
    return "" if value is None else " ".join(map(str, value)) if isinstance(value, list) else str(value)


def within(part: Mapping[str, Any], whole: Mapping[str, Any], where: str) -> None:
    """Everything that one object says the other says too."""
    assert {name: whole.get(name) for name in part} == dict(part), where


@pytest.mark.parametrize("month", MONTHS)
def test_the_ranking_is_one(shell: Shell, site: TestClient, month: str) -> None:
    for basis, more in (("like_for_like", ()), ("raw", ("--raw",))):
        told = shell.json("rank", month, *more)
        within(told, site.get(f"/rankings/{month}.json?basis={basis}").json(), month)
        lines = table(site, f"/rankings/{month}.csv?basis={basis}")
        assert len(lines) == len(told["vendors"]) > 4
        for line, vendor in zip(lines, told["vendors"], strict=True):
            assert [line[name] for name in PLACE] == [printed(vendor[name]) for name in PLACE]
            for row in vendor["metrics"]:
                shown = [line[f"{row['metric']}_{part}"] for part in ("value", "n", "state")]
                assert shown == [printed(row[part]) for part in ("value", "n", "state")], (vendor["vendor"], row["metric"])


@pytest.mark.parametrize("month", MONTHS)
def test_a_vendors_month_is_one_on_its_scorecard_its_review_and_in_its_workbook(shell: Shell, site: TestClient, month: str) -> None:
    ranked = {one["vendor"]: one for one in shell.json("rank", month)["vendors"]}
    for code, vendor in ranked.items():
        card = shell.json("scorecard", code, month)
        within({name: vendor[name] for name in (*PLACE, "metrics", "cost")}, card, code)
        within(card, site.get(f"/scorecards/{month}/{code}.json").json(), code)
        lines = {line["metric"]: line for line in table(site, f"/scorecards/{month}/{code}.csv")}
        review = site.get(f"/reviews/{month}/{code}.json").json()
        within({name: card[name] for name in (*PLACE, "revision", "status")}, review, code)
        reviewed = {row["metric"]: row for row in review["metrics"]}
        for row in card["metrics"]:
            within(row, reviewed[row["metric"]], f"{code} {row['metric']}")
            line = lines[row["metric"]]
            assert [line[part] for part in METRIC_PARTS] == [printed(row[part]) for part in METRIC_PARTS], (code, row["metric"])
        in_workbook(site.get(f"/reviews/{month}/{code}.xlsx").content, card)
        months = {row["period"]: row for row in site.get(f"/vendors/{code}.json").json()["history"]}
        within({name: card[name] for name in ("revision", "score", "score_low", "score_high", "rank", "rating")}, months[month], code)


def in_workbook(content: bytes, card: Mapping[str, Any]) -> None:
    """The sheet of figures says what the scorecard says."""
    rows = list(load_workbook(io.BytesIO(content), data_only=True)["Scorecard"].iter_rows(values_only=True))
    head = next(index for index, row in enumerate(rows) if row[0] == "Metric")
    columns = {name: rows[head].index(name) for name in (*IN_WORKBOOK, "Points")}
    last = next(index for index, row in enumerate(rows) if row[0] == "Score")
    found = {str(row[0]): row for row in rows[head + 1 : last + 1]}
    for metric in card["metrics"]:
        row = found[sentence(words(metric["metric"]))]
        for heading, part in IN_WORKBOOK.items():
            same(row[columns[heading]], metric[part], f"{card['vendor']} {metric['metric']} {part}")
        same(row[columns["Points"]], metric["points"], f"{card['vendor']} {metric['metric']} points")
    same(found["Score"][rows[head].index("Adds to the score")], card["score"], f"{card['vendor']} score")


def same(cell: object, value: object, where: str) -> None:
    """A cell's number is a figure's, as far as a spreadsheet's numbers reach; empty where there is none."""
    text = printed(value)
    if not text:
        assert cell in (None, "", "–"), where
        return
    assert isinstance(cell, int | float), (where, cell, text)
    # money is printed to six places, the workbook has all of them
    assert abs(cell - float(text)) <= max(CLOSE * max(1.0, abs(float(text))), 5.1e-7 if isinstance(value, Mapping) else 0.0), where


def test_a_queue_is_one(shell: Shell, site: TestClient) -> None:
    month = MONTHS[-1]
    queues = [one["code"] for one in shell.json("queue", "list")]
    assert len(queues) > 4
    for queue in queues:
        cut = {one["vendor"]: one for one in shell.json("rank", month, "--queue", queue)["vendors"]}
        page = {one["vendor"]: one for one in site.get(f"/queues/{queue}.json?period={month}").json()["vendors"]}
        assert page.keys() == cut.keys()
        for code, vendor in cut.items():
            within({name: vendor[name] for name in (*PLACE, "metrics")}, page[code], f"{queue} {code}")
        lines = {line["vendor"]: line for line in table(site, f"/queues/{queue}.csv?period={month}") if not line["language"]}
        for code, vendor in cut.items():
            accuracy = next(row for row in vendor["metrics"] if row["metric"] == "accuracy")
            assert [lines[code]["accuracy"], lines[code]["accuracy_n"]] == [printed(accuracy["value"]), printed(accuracy["n"])]


@pytest.mark.parametrize("period", [*MONTHS, "all"])
def test_the_bills_are_one(shell: Shell, site: TestClient, period: str) -> None:
    told: Sequence[Mapping[str, Any]] = shell.json("invoice", "list", *(() if period == "all" else ("--period", period)))
    assert told
    assert site.get(f"/invoices.json?period={period}").json()["invoices"] == told
    for line, one in zip(table(site, f"/invoices.csv?period={period}"), told, strict=True):
        assert (line["number"], line["billed"], line["in_question"]) == (one["number"], one["billed"]["amount"], one["at_stake"]["amount"])
        contract = one["contract_amount"]
        assert line["contract_amount"] == ("" if contract is None else contract["amount"])
        if contract is not None:
            assert Decimal(line["difference"]) == Decimal(one["billed"]["amount"]) - Decimal(contract["amount"])
        within(one, site.get(f"/invoices/{one['id']}.json").json(), one["number"])
        same_number = [other for other in told if other["number"] == one["number"]]
        if len(same_number) == 1:
            assert shell.json("invoice", "show", one["number"], "--vendor", one["vendor"]) == one


@pytest.mark.parametrize("month", MONTHS)
def test_a_month_as_it_stands_is_one(shell: Shell, site: TestClient, month: str) -> None:
    within(shell.json("status", month), site.get(f"/status/{month}.json").json(), month)
