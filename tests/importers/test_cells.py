"""The cells of a count sum to it, whatever the count was made of; agents are not among them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from importers import service
from importers.cells import CellPage
from scorecards.store import Span
from scorecards.trace import CountKey, LinePart, RateKey, TraceInput
from tests.importers.conftest import Office, row

DAY = date(2026, 10, 1)
MONTH = (Span("NOVA", DAY, date(2026, 11, 1)),)


def key(day: date = DAY, site: str = "", queue: str = "", sample: str = "", grain: str = "day", language: str = "") -> CountKey:
    return CountKey(sample, site, queue, language, "", day, grain)


def cells(office: Office, result: dict[str, Any], fact: str, *keys: CountKey, side: str = "vendor", **page: int) -> CellPage:
    wanted = TraceInput(fact, Decimal(0), side, result["batch"], codes=MONTH, keys=frozenset(keys))
    found: CellPage = office.read(lambda s: service.cells(s, office.environment.settings, wanted, **page))
    assert page or sum(Decimal(cell["amount"]) for cell in found.cells) == found.amount
    return found


def test_counted_cells_are_listed_with_their_place(small_office: Office) -> None:
    result = small_office.bring(
        small_office.xlsx(
            "a.xlsx",
            {
                "Daily": [
                    ["vendor", "site", "queue", "day", "Agent", "Jobs Done"],
                    ["NOVA", "MNL", "Q1", DAY, "Ana", 5],
                    ["NOVA", "MNL", "Q1", DAY, "Ben", 6],
                ]
            },
        )
    )
    found = cells(small_office, result, "decisions", key(site="MNL", queue="Q1"))
    assert (found.total, found.amount) == (2, Decimal(11))
    assert found.cells[0] == {
        "file": "a.xlsx",
        "sheet": "Daily",
        "row": 2,
        "column": "F",
        "header": "Jobs Done",
        "cell": "F2",
        "text": "5",
        "amount": "5",
    }
    assert "Ana" not in str(found)
    second = cells(small_office, result, "decisions", key(site="MNL", queue="Q1"), limit=1, offset=1)
    assert ([cell["cell"] for cell in second.cells], second.total, second.amount) == (["F3"], 2, Decimal(11))


def test_only_rows_under_the_keys_are_listed(small_office: Office) -> None:
    result = small_office.counts(rows=[row(1), row(2), row(2, site="CHI")])
    wanted = key(date(2026, 10, 2), "MNL", "Q1", language="en")
    assert [cell["cell"] for cell in cells(small_office, result, "decisions", wanted).cells] == ["G3"]
    assert cells(small_office, result, "decisions", wanted, side="platform").total == 0
    assert cells(small_office, result, "paid_hours", wanted).total == 0
    assert cells(small_office, {"batch": 99}, "decisions", wanted).total == 0


def test_a_derived_count_shows_the_rate_and_its_weight(small_office: Office) -> None:
    head = ["vendor", "day", "decisions", "AHT (s)"]
    result = small_office.bring(small_office.csv("r.csv", [head, ["NOVA", "2026-10-01", 120, "42.50"]]))
    found = cells(small_office, result, "handle_seconds", key())
    assert [(cell["cell"], cell["text"], cell["amount"]) for cell in found.cells] == [("D2", "42.50 x 120", "5100")]


def test_correct_from_errors_is_two_cells(small_office: Office) -> None:
    head = ["vendor", "day", "sample", "audits", "errors"]
    result = small_office.bring(small_office.csv("q.csv", [head, ["NOVA", "2026-10-01", "random", 20, 3]]), side="client")
    found = cells(small_office, result, "correct", key(sample="random"), side="client")
    assert [(cell["cell"], cell["amount"]) for cell in found.cells] == [("D2", "20"), ("E2", "-3")]
    assert found.amount == Decimal(17)


def test_correct_beside_errors_is_its_own_cell(small_office: Office) -> None:
    head = ["vendor", "day", "sample", "audits", "errors", "correct"]
    result = small_office.bring(small_office.xlsx("q.xlsx", {"QA": [head, ["NOVA", DAY, "random", 20, 3, 17]]}), side="client")
    assert [cell["cell"] for cell in cells(small_office, result, "correct", key(sample="random"), side="client").cells] == ["F2"]


def test_controls_and_repeats_are_no_cells_of_a_count(small_office: Office) -> None:
    rows = [row(1), row(1, "1043"), row(1, ""), row(1)]
    result = small_office.counts(rows=rows)
    found = cells(small_office, result, "decisions", key(site="MNL", queue="Q1", language="en"))
    assert ([cell["cell"] for cell in found.cells], found.amount) == (["G2", "G3"], Decimal(200))


def test_a_shift_shows_its_end(small_office: Office) -> None:
    head = ["vendor", "site", "shift_start", "shift_end"]
    start, end = datetime(2026, 10, 1, 22), datetime(2026, 10, 2, 6)  # noqa: DTZ001 - local wall time
    result = small_office.bring(small_office.xlsx("s.xlsx", {"Night": [head, ["NOVA", "MNL", start, end]]}))
    found = cells(small_office, result, "worked_hours", key(site="MNL"), key(date(2026, 10, 2), "MNL"))
    assert [(cell["cell"], cell["amount"]) for cell in found.cells] == [("D2", "2"), ("D2", "6")]


def test_a_reported_rate_is_its_own_cell(small_office: Office) -> None:
    result = small_office.bring(small_office.csv("r.csv", [["vendor", "day", "decisions", "SLA %"], ["NOVA", "2026-10-01", 1, "95%"]]))
    assert [(cell["cell"], cell["text"]) for cell in cells(small_office, result, "in_sla_share", key()).cells] == [("D2", "95%")]


def test_lines_of_an_invoice_are_cells_with_their_part(small_office: Office) -> None:
    head = ["vendor", "invoice_number", "issued_on", "service_from", "service_to", "currency", "line", "amount", "invoice_net"]
    line = ["NOVA", "INV-1", date(2026, 11, 2), DAY, date(2026, 10, 31), "USD", 1, 120.5, 120.5]
    result = small_office.bring(small_office.xlsx("i.xlsx", {"Invoice": [head, line]}), side="")
    part = LinePart("Invoice", 2, Decimal("60.25"))
    wanted = TraceInput("invoiced", Decimal("60.25"), "vendor", result["batch"], lines=(part,))
    found: CellPage = small_office.read(lambda s: service.cells(s, small_office.environment.settings, wanted))
    assert [(cell["cell"], cell["text"], cell["amount"]) for cell in found.cells] == [("H2", "120.5", "60.25")]
    assert (found.total, found.amount) == (1, Decimal("60.25"))


def test_an_exchange_rate_is_one_cell_of_its_file(small_office: Office) -> None:
    rows = [["Day", "From", "To", "Rate"], ["30/10/2026", "EUR", "USD", "1.08"], ["31/10/2026", "eur", "USD", "1.09"]]
    result = small_office.bring(small_office.csv("fx.csv", rows), side="")
    wanted = TraceInput("exchange_rate", Decimal("1.09"), "client", result["batch"], rate=RateKey("EUR", "USD", date(2026, 10, 31)))
    found: CellPage = small_office.read(lambda s: service.cells(s, small_office.environment.settings, wanted))
    assert (found.total, found.amount) == (1, Decimal("1.09"))
    assert [(one["cell"], one["header"], one["text"], one["amount"]) for one in found.cells] == [("D3", "Rate", "1.09", "1.09")]
    other = replace(wanted, rate=RateKey("EUR", "USD", date(2026, 10, 1)))
    assert small_office.read(lambda s: service.cells(s, small_office.environment.settings, other)).total == 0
    past = small_office.read(lambda s: service.cells(s, small_office.environment.settings, wanted, offset=1))
    assert (past.cells, past.total) == ([], 1)
