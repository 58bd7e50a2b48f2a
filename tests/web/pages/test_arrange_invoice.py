"""One invoice in words: every bar to the cent, every finding with its cause."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.pages import arrange_invoice as arrange
from web.pages.arrange_invoices import value

CENTS = st.integers(-50_000, 50_000).map(lambda cents: Decimal(cents) / 100)


def money(amount: object) -> dict[str, str]:
    return {"amount": f"{Decimal(str(amount)):.2f}", "currency": "USD"}


def line(number: int, billed: object, contract: object | None, **more: Any) -> dict[str, Any]:
    difference = None if contract is None else money(Decimal(str(billed)) - Decimal(str(contract)))
    given = {
        "line": str(number),
        "billed": money(billed),
        "contract_amount": None if contract is None else money(contract),
        "difference": difference,
        "disputed": False,
        "held": False,
        "unit": "hour",
        "quantity": "10",
        "rate": "2",
        "service_from": "2026-10-01",
        "calculation": "no clause fits",
    }
    return given | more


def finding(
    code: str, number: int | None, at_stake: object, favour: str = "client", state: str = "suspected", **more: Any
) -> dict[str, Any]:
    side = {"quantity": "12", "unit": "hour", "rate": "3", "amount": "36"}
    given = {
        "code": code,
        "line": None if number is None else str(number),
        "at_stake": money(at_stake),
        "in_favour_of": favour,
        "state": state,
        "message": "something is wrong",
        "clause": "4.1",
        "calculations": {"billed": side, "contract": side | {"quantity": "10", "rate": "2.5", "amount": "25"}},
    }
    return given | more


def page(lines: list[dict[str, Any]], findings: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    known = [value(one["contract_amount"]) for one in lines if one["contract_amount"] is not None]
    given: dict[str, Any] = {
        "number": "INV-1",
        "name": "Nova",
        "vendor": "NOVA",
        "document": "invoice",
        "state": "received",
        "replaced_by": None,
        "relates_to": None,
        "billed": money(sum((value(one["billed"]) for one in lines), Decimal(0))),
        "contract_amount": money(sum(known, Decimal(0))) if known else None,
        "complete": len(known) == len(lines),
        "at_stake": money(sum((value(one["at_stake"]) for one in findings or [] if one["in_favour_of"] == "client"), Decimal(0))),
        "lines": lines,
        "findings": findings or [],
        "related": [],
        "unpriced": [],
        "prices": [],
        "tolerance": "0.005",
    }
    return given | more


@given(st.lists(st.tuples(CENTS, st.one_of(st.none(), CENTS)), min_size=1, max_size=25), st.lists(CENTS, max_size=5))
def test_the_bars_lead_from_billed_to_the_contract_amount_to_the_cent(
    amounts: list[tuple[Decimal, Decimal | None]], stakes: list[Decimal]
) -> None:
    lines = [line(number, billed, contract) for number, (billed, contract) in enumerate(amounts, start=1)]
    findings = [
        finding("I-06", 1 + number % len(lines), abs(stake), "client" if stake > 0 else "vendor") for number, stake in enumerate(stakes)
    ]
    found = page(lines, findings)
    steps = arrange.changes(found)
    if found["contract_amount"] is None:
        assert steps == []
    else:
        assert value(found["billed"]) + sum(step["amount"] for step in steps) == value(found["contract_amount"])
        assert len(steps) <= arrange.MOST_BARS


def test_what_has_no_finding_is_named_for_what_it_is() -> None:
    lines = [line(1, "10.02", "9.00"), line(2, "10.00", "9.00"), line(3, "8.00", "9.00"), line(4, "5.00", None)]
    steps = arrange.changes(page(lines, [finding("I-06", 1, "1.00", state="confirmed")]))
    assert [(step["name"], step["where"], step["amount"], step["soft"]) for step in steps] == [
        ("Rate not in force", "line 1", Decimal("-1.00"), False),
        ("No contract amount", "line 4", Decimal("-5.00"), True),
        ("Above the record, tolerated", "line 2", Decimal("-1.00"), False),
        ("Below the record", "line 3", Decimal("1.00"), False),
        ("Rounding", "line 1", Decimal("-0.02"), False),
    ]


@pytest.mark.parametrize(
    ("found", "headline"),
    [
        (page([line(1, 10, 10)]), "INV-1 agrees with the contract to the last cent."),
        (
            page([line(1, 10, 10)], complete=False, unpriced=["credit 8.3"]),
            "INV-1 agrees with the contract to the last cent, as far as it is priced.",
        ),
        (page([line(1, "10.01", 10)]), "INV-1 agrees with the contract within its tolerance."),
        (page([line(1, 10, None)]), "Nothing can be said about INV-1: no line has a contract amount."),
        (page([line(1, 10, 9)], [finding("I-06", 1, 1, state="cleared")], at_stake=money(0)), "Nothing is in question any more on INV-1."),
        (page([line(1, 10, 9)], [finding("I-06", 1, 1)]), "Nova billed 1.00 USD too much."),
        (page([line(1, 9, 10)], [finding("I-06", 1, 1, "vendor")]), "Nova billed 1.00 USD too little."),
        (page([line(1, 10, 9)], replaced_by="INV-2"), "INV-1 was replaced by INV-2 and costs nothing."),
        (page([line(1, -10, None)], document="credit_note"), "Nova gives back 10.00 USD."),
        (page([line(1, 10, None)], [finding("I-01", None, 10)]), "Nova seems to bill an earlier invoice again: 10.00 USD."),
    ],
)
def test_each_kind_of_invoice_has_its_sentence(found: dict[str, Any], headline: str) -> None:
    assert arrange.headline(found)[0] == headline


def test_a_cause_tells_which_other_days_the_billed_rate_belongs_to() -> None:
    prices = [
        {
            "id": "4.0",
            "contract": "MSA-1",
            "basis": "billable_hour",
            "rate": "3",
            "currency": "USD",
            "site": None,
            "queue": None,
            "language": None,
        },
        {
            "id": "4.1",
            "contract": "MSA-2",
            "basis": "billable_hour",
            "rate": "2.5",
            "currency": "USD",
            "site": "MNL",
            "queue": None,
            "language": None,
        },
    ]
    old = [
        prices[0] | {"valid_from": "2025-10-01", "valid_to": "2026-10-01"},
        prices[1] | {"valid_from": "2026-10-01", "valid_to": "2027-10-01"},
    ]
    one = finding("I-06", 1, 1)
    told = page([line(1, 10, 9)], [one], prices=old)
    assert arrange.cause(one, told) == (
        "Billed at 3.00 USD per hour, the rate that held until 30 Sep 2026 (clause 4.0, MSA-1); the contract says 2.50."
    )
    assert arrange.clause_text(one, told) == "Clause 4.1 of MSA-2, site MNL: 2.50 USD per billable hour, 1 Oct 2026 to 30 Sep 2027."
    early = [prices[0] | {"valid_from": "2026-11-01", "valid_to": "2027-10-01"}]
    assert "the rate that begins on 1 Nov 2026 (clause 4.0)" in arrange.cause(one, page([line(1, 10, 9)], [one], prices=early))
    assert arrange.cause(one, page([line(1, 10, 9)], [one])) == "Billed at 3.00 USD per hour; the contract says 2.50."


def test_every_finding_has_a_cause_and_something_to_do() -> None:
    first = {"how": "bills_again", "number": "INV-0", "issued_on": "2026-11-01", "billed": money(10)}
    found = page([line(1, 10, 9)], related=[first])
    assert arrange.cause(finding("I-01", None, 10), found) == "INV-0 of 1 Nov 2026 bills 10.00 USD; this came later."
    assert arrange.cause(finding("I-07", 1, 5), found) == "2 h more are billed than anybody recorded: 12 against 10."
    assert arrange.cause(finding("I-02", 1, 5), found) == "10 \u00d7 2.00 is 25.00; the line says 36.00."
    assert arrange.cause(finding("I-99", 1, 5), found) == "Something is wrong."
    assert "is tolerated" in arrange.clause_text(finding("I-07", 1, 5, clause=None), found)
    advice = {
        state: arrange.advice(finding("I-06", 1, 5, state=state), found)
        for state in ("suspected", "disputed", "cleared", "recovered", "lost")
    }
    assert advice["suspected"] == "Dispute the line and ask for a credit note of 5.00 USD, or clear it with a reason."
    assert advice["disputed"] == "Disputed: waits for a credit note of 5.00 USD."
    assert len(set(advice.values())) == 5
    assert arrange.advice(finding("I-06", 1, 5, "vendor"), found) == "Tell the vendor: it may bill 5.00 USD more."
    assert arrange.advice(finding("I-01", None, 5), found).startswith("Compare the two")


def test_lines_end_with_a_verdict_only_where_a_finding_is_open() -> None:
    over, under = line(1, 10, 9), line(1, 8, 9)
    told = [
        arrange.verdict_of_line(over, [finding("I-06", 1, 1)]),
        arrange.verdict_of_line(under, [finding("I-06", 1, 1, "vendor")]),
        arrange.verdict_of_line(over, [finding("I-06", 1, 1, state="cleared")]),
        arrange.verdict_of_line(over, []),
        arrange.verdict_of_line(under, []),
        arrange.verdict_of_line(line(1, 9, 9), []),
        arrange.verdict_of_line(line(1, 9, None), []),
        arrange.verdict_of_line(line(1, 9, None, held=True), []),
    ]
    assert told == [
        ("off", "over"),
        ("watch", "under"),
        ("", "answered"),
        ("", "tolerated"),
        ("", "below"),
        ("", "same"),
        ("none", "not priced"),
        ("none", "held"),
    ]


def test_notes_go_on_the_invoice_and_once_on_each_finding() -> None:
    twice = [finding("I-06", 1, 1), finding("I-06", 1, 2), finding("I-01", None, 3)]
    assert arrange.note_choices(page([line(1, 10, 9)], twice)) == [
        ("invoice:NOVA:INV-1", "the whole invoice"),
        ("finding:NOVA:INV-1:I-01", "Billed before"),
        ("finding:NOVA:INV-1:I-06:1", "Rate not in force, line 1"),
    ]
