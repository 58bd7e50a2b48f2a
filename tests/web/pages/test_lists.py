"""Pages that are one table, from what the rooms answer."""

from __future__ import annotations

from typing import Any

from web.pages import lists


def _invoice(**more: Any) -> dict[str, Any]:
    money = {"amount": "100.00", "currency": "EUR"}
    row: dict[str, Any] = {
        "vendor": "NOVA",
        "number": "N-1",
        "document": "credit_note",
        "period": None,
        "state": "received",
        "billed": money,
        "contract_amount": None,
        "at_stake": {"amount": "0.00", "currency": "EUR"},
        "findings": [],
    }
    return {**row, **more}


def test_an_invoice_without_month_and_contract_amount_has_a_row() -> None:
    table = lists.invoices_table({"invoices": [_invoice()]})
    assert [cell["text"] for cell in table["rows"][0]] == ["NOVA", "N-1", "credit note", "", "Received", "100.00 EUR", "–", "", ""]
    assert table["notes"] == []


def test_a_finding_says_whom_it_favours() -> None:
    finding = {
        "code": "I-06",
        "message": "billed at 2.",
        "at_stake": {"amount": "5.00", "currency": "EUR"},
        "in_favour_of": "vendor",
        "state": "suspected",
    }
    table = lists.invoices_table({"invoices": [_invoice(findings=[finding])]})
    assert table["notes"] == ["NOVA N-1, I-06: billed at 2. At stake 5.00 EUR, in the vendor’s favour, suspected."]


def test_faults_and_warnings_of_uploads_stand_below_their_table() -> None:
    problem = {"severity": "error", "message": "C2: there is no queue Q9.", "count": 2}
    remark = {"severity": "info", "message": "a total row was left out", "count": 1}
    upload = {
        "batch": 3,
        "file": "a.csv",
        "kind": "performance",
        "vendor": "NOVA",
        "side": "",
        "state": "refused",
        "rows": {"accepted": 0},
        "problems": [problem, remark],
        "at": "2026-11-06T12:00:00+00:00",
    }
    table = lists.imports_table({"uploads": [upload]})
    assert table["notes"] == ["a.csv: C2: there is no queue Q9."]
    assert [cell["text"] for cell in table["rows"][0]][-2:] == ["3", "6 Nov 2026"]
    assert lists.csv_rows(table)[0][0] == "Upload"
