"""The trace page: what it says of a figure, and the sheet with the cells marked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import NotFound
from kernel.period import Period
from kernel.scope import Scope
from web.database import open_process
from web.pages import trace
from web.pages.frame import base_page, render
from web.process import Process

OCTOBER = Period.parse("2026-10")
Page = Mapping[str, Any]


@pytest.fixture
def asking(demo: Path) -> Process:
    """Who looks at the demo."""
    assert demo.is_dir()
    return open_process("ana")


def page(asking: Process, vendor: str, metric: str, **part: Any) -> Page:
    return trace.trace_page(asking, vendor, OCTOBER, metric, trace.Asked(**part))


def html(asking: Process, found: Page) -> str:
    drawn = trace.drawn(found, trace.sheets_of(asking, found["cells"]), base_page(asking))
    return bytes(render("trace.html", drawn).body).decode()


def test_the_sheet_stands_as_the_vendor_drew_it_with_the_cells_marked(asking: Process) -> None:
    found = page(asking, "ORBI", "critical_accuracy")
    text = html(asking, found)
    marked = re.findall(r'<td class="hit[^"]*">([\d.]+)</td>', text)
    assert sorted(marked) == sorted(cell["text"] for cell in found["cells"])
    assert "client_reviews_2026-10.csv" in text
    assert re.search(r'<td colspan="\d+">rows 2 to \d+</td>', text)


def test_cells_added_up_again_give_the_counts(asking: Process) -> None:
    found = page(asking, "ORBI", "critical_accuracy")
    assert all(Decimal(item["cells_sum"]) == Decimal(item["amount"]) for item in found["inputs"])
    assert trace.re_added(found["inputs"]) == "give the counts, as stored"


def test_cells_that_give_another_sum_are_named() -> None:
    inputs = [
        {"fact": "audits", "cells": 3, "cells_sum": "11", "amount": "12"},
        {"fact": "decisions", "cells": 0, "cells_sum": "0", "amount": "5"},
    ]
    assert trace.re_added(inputs) == "differ in audits: run scoreline check"


@pytest.mark.parametrize(
    ("vendor", "metric", "expected"),
    [
        (
            "ORBI",
            "critical_accuracy",
            r"Critical accuracy is 0\.\d+ \(\d+\.\d+ %\) weighted by decisions; plainly, 976 divided by 1,000 is",
        ),
        (
            "NOVA",
            "cost_per_decision",
            r"Cost per decision is 0\.\d+ USD on equal work; plainly, [\d,.]+ USD divided by [\d,]+ is 0\.\d+ USD\.",
        ),
        ("NOVA", "aht_seconds", r"[\d.]+ is [\d,.]+ divided by [\d,]+\."),
        ("NOVA", "decisions", r"Decisions is [\d,]+"),
        ("KITE", "in_sla_share", r"There is no in sla share: not sent\.|There is no .*: not sent\."),
    ],
)
def test_the_first_sentence_is_the_figure(asking: Process, vendor: str, metric: str, expected: str) -> None:
    assert re.match(expected, trace.headline(page(asking, vendor, metric)))


def test_a_part_of_a_figure_can_be_asked_for_alone(asking: Process) -> None:
    whole, part = page(asking, "ORBI", "decisions"), page(asking, "ORBI", "decisions", queue="Q7")
    assert part["cuts"]["queue"] == ["Q7"]
    assert Decimal(str(part["inputs"][0]["amount"])) < Decimal(str(whole["inputs"][0]["amount"]))
    text = html(asking, part)
    assert '<a href="/trace/ORBI/2026-10/decisions">all</a>' in text
    assert '<a href="/trace/ORBI/2026-10/decisions?queue=Q7" aria-current="true">Q7</a>' in text


def test_the_rate_that_converted_a_cost_stands_among_the_counts_with_its_cell(asking: Process) -> None:
    found = page(asking, "KITE", "cost_per_decision")
    (rate,) = [item for item in found["inputs"] if item["fact"] == "exchange_rate"]
    assert (rate["cells"], rate["cells_sum"]) == (1, rate["amount"])
    text = html(asking, found)
    assert re.search(r'exchange rate <span class="note">EUR to USD on 2026-10-\d\d, \w+</span>', text)
    assert re.search(r'<a href="/imports/\d+">fx_2026-10\.csv</a>', text)


def test_a_vendor_reads_its_figure_without_the_sheets_of_others(asking: Process) -> None:
    own = asking.acting_as(Scope("kite", frozenset({"vendor"}), frozenset({"KITE"})))
    text = html(own, page(own, "KITE", "cost_per_decision"))
    assert "KITE_invoice_2026-10.xlsx, sheet" in text
    assert ">platform_counts_2026-10.csv</a>" not in text


def test_many_cells_are_leafed_through(asking: Process) -> None:
    found = page(asking, "ORBI", "decisions", offset=60)
    text = html(asking, found)
    assert "Cells 61 to 120 of" in text
    assert "offset=0" in text
    assert "offset=120" in text


def test_a_figure_without_cells_says_why(asking: Process) -> None:
    found = {**page(asking, "KITE", "in_sla_share"), "cells": [], "cells_total": 0, "inputs": []}
    text = html(asking, found)
    assert "No count stands behind this figure." in text
    assert "has no cells of its own" in text


def test_another_vendor_finds_nothing(asking: Process) -> None:
    rival = asking.acting_as(Scope("rival", frozenset({"vendor"}), frozenset({"VEGA"})))
    with pytest.raises(NotFound):
        page(rival, "ORBI", "critical_accuracy")
