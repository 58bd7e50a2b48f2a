"""Why a month is computed anew, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scorecards.reasons import claims_of, reasons, uploads_of
from tests.scorecards.test_references import NOVA

FILES = {3: "nova.csv", 4: "nova-2.csv", 5: "terms.toml", 6: "more.csv"}
NUMBERS = {7: "INV-7", 8: "INV-8"}


def said(**changes: Any) -> list[str]:
    return reasons(NOVA, replace(NOVA, **changes), FILES, NUMBERS)


def counts(*batches: int) -> dict[str, list[list[object]]]:
    return {"2026-10": [[batch, "performance", "platform", "ab"] for batch in batches]}


def test_files_come_go_and_supersede() -> None:
    assert said(counts=counts(4)) == ["NOVA: performance file nova.csv superseded by nova-2.csv"]
    assert said(counts=counts(3, 4, 6)) == ["NOVA: performance file nova-2.csv, more.csv came"]
    assert said(counts=counts()) == ["NOVA: performance file nova.csv was taken back"]
    assert said(contracts=[[1, 1], [2, 5]]) == ["NOVA: contract file terms.toml came"]
    assert said(costs=[9]) == ["NOVA: cost file upload 9 came"]


def test_claims_come_go_and_are_decided_about() -> None:
    claim = NOVA.claims[0]
    assert said(claims=[claim, [8, "received", [], []]]) == ["NOVA: invoice INV-8 came"]
    assert said(claims=[]) == ["NOVA: invoice INV-7 no longer counts"]
    assert said(claims=[[7, "disputed", [], []]]) == ["NOVA: invoice INV-7 is now disputed"]
    assert said(claims=[[7, "received", [2], []]]) == ["NOVA: a decision about invoice INV-7 changed"]
    assert said(claims=[claim]) == ["NOVA: its receipts or rates changed"]


def test_an_invoice_that_was_uploaded_again_is_one_change() -> None:
    again = {7: "INV-7", 8: "INV-7", 9: "INV-9"}
    found = reasons(NOVA, replace(NOVA, claims=[[8, "received", [], []], [9, "received", [], []]]), FILES, again)
    assert found == ["NOVA: invoice INV-7 counts from another upload", "NOVA: invoice INV-9 came"]
    other = reasons(
        replace(NOVA, claims=[*NOVA.claims, [9, "received", [], []]]), replace(NOVA, claims=[[9, "approved", [], []]]), FILES, again
    )
    assert other == ["NOVA: invoice INV-7 no longer counts", "NOVA: invoice INV-9 is now approved"]


def test_rates_and_circumstances_change() -> None:
    assert said(rates={"EUR": ["1.10", "2026-10-30", "ECB"]}) == [
        "NOVA: the exchange rate of EUR is 1.10 of 2026-10-30 instead of 1.08 of 2026-10-31"
    ]
    assert said(rates={}) == ["NOVA: its receipts or rates changed"]
    assert said(rates={"EUR": ["1.08", "2026-10-31", "other source"]}) == ["NOVA: its receipts or rates changed"]
    assert said(first_month=True, holidays=["2026-11-03"]) == [
        "NOVA: the client's holidays changed",
        "NOVA: its first month of activity changed",
    ]


def test_what_references_name_can_be_listed() -> None:
    assert uploads_of(replace(NOVA, costs=[9])) == {3: "performance", 1: "contract", 9: "cost"}
    assert claims_of([NOVA]) == {7}
