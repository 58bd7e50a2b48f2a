"""Storing, showing and deciding, on both databases; and the self-check that names what differs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from contracts import service, store
from contracts.claims import CostValue, InvoiceValue
from contracts.document import read_terms
from contracts.fx import rate_on
from contracts.models import FxRate
from kernel.db import reading, unit_of_work
from kernel.errors import Invalid, NotFound, Usage
from kernel.scope import Scope, staff
from tests.contracts.factories import claim, line
from vendors import service as vendors
from vendors.models import Delivery

ANA, BEN = staff("ana"), staff("ben")
NOVA_LEAD = Scope("lead", frozenset({"vendor"}), frozenset({"NOVA"}))
AT = datetime(2026, 11, 4, 12, tzinfo=UTC)
DOCUMENT: dict[str, object] = {
    "vendor": "NOVA",
    "number": "MSA-1",
    "currency": "USD",
    "valid_from": date(2026, 1, 1),
    "valid_to": date(2027, 1, 1),
    "price": [
        {"id": "4.2", "basis": "billable_hour", "rate": "14.75", "valid_to": date(2026, 7, 1)},
        {"id": "4.2", "basis": "billable_hour", "rate": "15.00", "valid_from": date(2026, 7, 1)},
    ],
    "target": [{"id": "7.1", "metric": "accuracy", "floor": "0.9", "valid_to": date(2026, 2, 1)}],
    "expect": [{"kind": "invoice", "due_business_day": 3}],
    "credit": [{"id": "8.3", "share": Decimal("0.05"), "nested": {"on": [date(2026, 1, 1), True, None, 2]}}],
}


EVES_DECISION = """
INSERT INTO finding_decision (invoice, code, line, state, reason, actor, at)
VALUES (1, 'I-06', '1', 'cleared', '', 'eve', '2026-11-04T12:00:00.000000+00:00')
"""


def deliver(session: Session, batch: int, vendor: str, kind: str) -> None:
    delivery = Delivery(
        batch=batch, vendor=vendor, kind=kind, side="vendor", file_name=f"{kind}{batch}", sha256="0", received_on=AT.date(), accepted_at=AT
    )
    vendors.record_delivery(session, ANA, delivery, [])


@pytest.fixture
def stocked(engine: Engine) -> Engine:
    """Two vendors, a contract, an invoice of each, a cost, a rate."""

    def work(session: Session) -> None:
        for code in ("NOVA", "ORBI"):
            vendors.add_vendor(session, ANA, code, code.title(), at=AT)
        deliver(session, 1, "NOVA", "contract")
        terms, problems = read_terms(DOCUMENT)
        assert problems == []
        assert terms is not None
        service.store_contract(session, ANA, 1, DOCUMENT, terms, AT)
        deliver(session, 2, "NOVA", "invoice")
        service.store_invoices(session, ANA, 2, [claim(line(), line(None, None, "5", position=2), number="INV-7")], AT)
        deliver(session, 3, "ORBI", "invoice")
        service.store_invoices(session, ANA, 3, [claim(line(), number="INV-7", vendor="ORBI")], AT)
        deliver(session, 4, "ORBI", "cost")
        service.store_costs(session, ANA, 4, [CostValue("ORBI", "2026-10", "Salaries", "", "Q1", "", Decimal("9.50"), "USD")], AT)
        rate = FxRate(batch=0, day=date(2026, 9, 30), from_currency="EUR", to_currency="USD", rate=Decimal("1.0812"), source="ECB")
        service.store_rates(session, ANA, 5, [rate], AT)

    unit_of_work(engine, work)
    return engine


def act(engine: Engine, work: Callable[[Session], object]) -> object:
    return unit_of_work(engine, work)


def the_invoice(engine: Engine) -> InvoiceValue:
    with reading(engine) as session:
        return service.find_invoice(session, ANA, "INV-7", "NOVA")


def add_credit_note(engine: Engine) -> None:
    def work(session: Session) -> None:
        deliver(session, 8, "NOVA", "invoice")
        note = claim(
            line("-1", service_from=None, service_to=None), number="CN-1", document="credit_note", relates_to="INV-7", tax=Decimal("-0.20")
        )
        service.store_invoices(session, ANA, 8, [note], AT)

    unit_of_work(engine, work)


def test_what_is_stored_comes_back_as_it_was(stocked: Engine) -> None:
    found = the_invoice(stocked)
    assert (found.batch, found.state, found.net, found.tax) == (2, "received", Decimal(1480), None)
    assert [(one.quantity, one.rate, one.amount) for one in found.lines] == [
        (Decimal(100), Decimal("14.75"), Decimal(1475)),
        (None, None, Decimal(5)),
    ]
    with reading(stocked) as session:
        (terms,) = store.terms_in_force(session, "NOVA")
        assert [price.rate for price in terms.prices] == [Decimal("14.75"), Decimal("15.00")]
        (cost,) = store.cost_lines(session, "ORBI", "2026-10", 4)
        assert (cost.item, cost.amount, cost.batch) == ("Salaries", Decimal("9.5"), 4)
        quote = rate_on(store.rates(session), "EUR", "USD", date(2026, 10, 31))
        assert quote is not None
        assert (quote.rate, quote.source) == (Decimal("1.0812"), "ECB")
        assert [row.batch for row in store.rates_on(session, [date(2026, 9, 30)])] == [5]
        assert [claim.vendor for claim in store.invoices(session, batch=3)] == ["ORBI"]


def test_rows_of_a_batch_that_does_not_count_are_never_given_out(stocked: Engine) -> None:
    def work(session: Session) -> None:
        for batch in (1, 2, 4):
            vendors.retire_delivery(session, batch)
        service.set_rates_live(session, 5, live=False)

    act(stocked, work)
    with reading(stocked) as session:
        assert store.terms_in_force(session, "NOVA") == []
        assert store.invoices(session, "NOVA") == []
        assert store.cost_lines(session) == []
        assert rate_on(store.rates(session), "EUR", "USD", date(2026, 10, 31)) is None
    act(stocked, lambda session: service.set_rates_live(session, 5, live=True))
    with reading(stocked) as session:
        assert rate_on(store.rates(session), "EUR", "USD", date(2026, 10, 31)) is not None


def test_a_contract_shows_the_clauses_that_hold_on_the_day(stocked: Engine) -> None:
    with reading(stocked) as session:
        shown = service.show_contract(session, ANA, "NOVA", date(2026, 8, 1))
        assert shown["vendor"] == "NOVA"
        contracts: Any = shown["contracts"]
        (contract,) = contracts
        assert [price["rate"] for price in contract["prices"]] == ["15"]
        assert contract["targets"] == []
        assert contract["unpriced"] == [{"family": "credit", "id": "8.3"}]
        assert contract["batch"] == 1
        assert service.show_contract(session, ANA, "NOVA", date(2027, 1, 1))["contracts"] == []
        with pytest.raises(NotFound):
            service.show_contract(session, ANA, "ORBI", date(2026, 8, 1))
        with pytest.raises(NotFound):
            service.show_contract(session, Scope("x", vendors=frozenset({"ORBI"})), "NOVA", date(2026, 8, 1))


def test_a_number_of_two_vendors_must_be_told_apart(stocked: Engine) -> None:
    with reading(stocked) as session:
        with pytest.raises(Usage) as refused:
            service.find_invoice(session, ANA, "INV-7")
        assert "NOVA, ORBI" in refused.value.message
        assert service.find_invoice(session, NOVA_LEAD, "INV-7").vendor == "NOVA"
        with pytest.raises(NotFound):
            service.find_invoice(session, NOVA_LEAD, "INV-8")


def test_who_submitted_an_invoice_does_not_approve_it(stocked: Engine) -> None:
    def approve(session: Session) -> object:
        return service.decide_invoice(session, ANA, "INV-7", "NOVA", "approved", "", AT, submitter="ana")

    with pytest.raises(Invalid) as refused:
        act(stocked, approve)
    assert refused.value.code == "SAME_PERSON"
    with pytest.raises(Invalid) as refused:
        act(stocked, lambda session: service.decide_invoice(session, ANA, "INV-7", "NOVA", "approved", "", AT))
    assert refused.value.message == "ana submitted INV-7, so another person must approve it: use --user NAME"
    act(stocked, lambda session: service.decide_invoice(session, BEN, "INV-7", "NOVA", "approved", "", AT, submitter="ana"))
    assert the_invoice(stocked).state == "approved"


def test_a_dispute_needs_a_reason_and_approving_ends_it(stocked: Engine) -> None:
    with pytest.raises(Invalid) as refused:
        act(stocked, lambda session: service.decide_invoice(session, ANA, "INV-7", "NOVA", "disputed", " ", AT))
    assert refused.value.code == "NO_REASON"
    act(stocked, lambda session: service.decide_invoice(session, ANA, "INV-7", "NOVA", "disputed", "too many hours", AT))
    assert the_invoice(stocked).state == "disputed"
    act(stocked, lambda session: service.decide_invoice(session, BEN, "INV-7", "NOVA", "approved", "explained", AT))
    found = the_invoice(stocked)
    assert found.state == "approved"
    assert [(one.code, one.state) for one in found.decisions] == [("", "disputed"), ("", "approved"), ("I-01", "cleared")]
    assert len({one.at for one in found.decisions}) == 3
    assert all_well(stocked)


def test_one_line_can_be_disputed_alone(stocked: Engine) -> None:
    answer = act(stocked, lambda session: service.decide_invoice(session, ANA, "INV-7", "NOVA", "disputed", "rate", AT, line="2"))
    assert answer == {"number": "INV-7", "vendor": "NOVA", "state": "disputed", "line": "2", "reason": "rate", "by": "ana"}
    found = the_invoice(stocked)
    assert (found.state, [one.held for one in found.lines]) == ("received", [False, True])
    with pytest.raises(NotFound) as refused:
        act(stocked, lambda session: service.decide_invoice(session, ANA, "INV-7", "NOVA", "disputed", "rate", AT, line="9"))
    assert "its lines: 1, 2" in refused.value.message
    act(stocked, lambda session: service.decide_invoice(session, BEN, "INV-7", "NOVA", "approved", "", AT, line="2"))
    assert not the_invoice(stocked).lines[1].held
    assert all_well(stocked)


def test_an_invoice_with_a_disputed_line_is_not_approved_until_the_line_is_settled(stocked: Engine) -> None:
    act(stocked, lambda session: service.decide_invoice(session, ANA, "INV-7", "NOVA", "disputed", "rate", AT, line="2"))

    def approve(session: Session, line: str | None = None) -> object:
        return service.decide_invoice(session, BEN, "INV-7", "NOVA", "approved", "", AT, line=line)

    with pytest.raises(Invalid) as refused:
        act(stocked, approve)
    assert refused.value.code == "LINE_DISPUTED"
    assert refused.value.message.startswith("line 2 of INV-7 is disputed")
    assert "--line 2" in refused.value.message
    assert the_invoice(stocked).state == "received"
    act(stocked, lambda session: service.decide_invoice(session, ANA, "INV-7", "NOVA", "disputed", "hours", AT, line="1"))
    with pytest.raises(Invalid, match="lines 1, 2 of INV-7 are disputed"):
        act(stocked, approve)
    act(stocked, lambda session: approve(session, "1"))
    act(stocked, lambda session: approve(session, "2"))
    act(stocked, approve)
    found = the_invoice(stocked)
    assert (found.state, [one.held for one in found.lines]) == ("approved", [False, False])
    assert all_well(stocked)


def test_clearing_a_finding_needs_a_reason_and_another_person(stocked: Engine) -> None:
    def clear(scope: Scope, reason: str) -> object:
        return act(stocked, lambda session: service.decide_finding(session, scope, "INV-7", "NOVA", "I-06", "cleared", reason, AT, "1"))

    for scope, reason, code in ((BEN, " ", "NO_REASON"), (ANA, "agreed by mail", "SAME_PERSON")):
        with pytest.raises(Invalid) as refused:
            clear(scope, reason)
        assert refused.value.code == code
    clear(BEN, "agreed by mail")
    assert [(one.code, one.state, one.actor) for one in the_invoice(stocked).decisions] == [("I-06", "cleared", "ben")]


def test_an_invoice_is_found_by_id_also_after_its_upload_was_superseded(stocked: Engine) -> None:
    old = the_invoice(stocked).id

    def again(session: Session) -> None:
        vendors.retire_delivery(session, 2)
        deliver(session, 9, "NOVA", "invoice")
        service.store_invoices(session, BEN, 9, [claim(line("99"), number="INV-7")], AT)

    act(stocked, again)
    with reading(stocked) as session:
        found = service.claim_by_id(session, ANA, old)
        assert (found.number, found.batch) == ("INV-7", 9)
        assert service.claim_by_id(session, ANA, found.id).id == found.id
        for scope, number in ((ANA, 999), (Scope("x", vendors=frozenset({"ORBI"})), old)):
            with pytest.raises(NotFound):
                service.claim_by_id(session, scope, number)


def test_crediting_waits_for_the_credit_note(stocked: Engine) -> None:
    act(stocked, lambda session: service.decide_invoice(session, ANA, "INV-7", "NOVA", "disputed", "hours", AT))
    with pytest.raises(Invalid) as refused:
        act(stocked, lambda session: service.decide_invoice(session, ANA, "INV-7", "NOVA", "recovered", "", AT))
    assert refused.value.code == "NO_CREDIT_NOTE"
    add_credit_note(stocked)
    act(stocked, lambda session: service.decide_invoice(session, ANA, "INV-7", "NOVA", "recovered", "CN-1", AT))
    assert the_invoice(stocked).state == "received"
    assert all_well(stocked)


def test_a_finding_can_be_answered(stocked: Engine) -> None:
    act(stocked, lambda session: service.decide_finding(session, ANA, "INV-7", "NOVA", "I-06", "confirmed", "rate card", AT, "1"))
    assert [(one.code, one.line, one.state) for one in the_invoice(stocked).decisions] == [("I-06", "1", "confirmed")]
    for call in (
        lambda session: service.decide_finding(session, ANA, "INV-7", "NOVA", "I-06", "maybe", "", AT),
        lambda session: service.decide_invoice(session, ANA, "INV-7", "NOVA", "maybe", "", AT),
    ):
        with pytest.raises(Usage):
            act(stocked, call)


def test_vendors_decide_nothing(stocked: Engine) -> None:
    for call in (
        lambda session: service.decide_finding(session, NOVA_LEAD, "INV-7", "NOVA", "I-06", "cleared", "", AT),
        lambda session: service.decide_invoice(session, NOVA_LEAD, "INV-7", "NOVA", "approved", "", AT),
    ):
        with pytest.raises(NotFound):
            act(stocked, call)


def test_a_claim_that_comes_again_unchanged_keeps_what_people_decided(stocked: Engine) -> None:
    act(stocked, lambda session: service.decide_invoice(session, ANA, "INV-7", "NOVA", "disputed", "hours", AT))
    act(stocked, lambda session: service.decide_invoice(session, ANA, "INV-7", "NOVA", "disputed", "rate", AT, line="2"))

    def again(session: Session) -> None:
        vendors.retire_delivery(session, 2)
        deliver(session, 9, "NOVA", "invoice")
        same = claim(line(row=7), line(None, None, "5", position=2, row=8), number="INV-7")
        service.store_invoices(session, BEN, 9, [same], AT)

    act(stocked, again)
    found = the_invoice(stocked)
    assert (found.batch, found.state, [one.held for one in found.lines]) == (9, "disputed", [False, True])
    assert found.decisions[0].reason == "hours (by ana, carried over from upload 2)"
    assert all_well(stocked)


def all_well(engine: Engine) -> bool:
    with reading(engine) as session:
        return all(check.ok for check in service.self_check(session))


def test_a_room_that_was_only_used_as_meant_checks_out(stocked: Engine) -> None:
    add_credit_note(stocked)
    with reading(stocked) as session:
        assert [check for check in service.self_check(session) if not check.ok] == []


@pytest.mark.parametrize(
    ("change", "name", "detail"),
    [
        ("UPDATE invoice_line SET rate = rate + 1 WHERE invoice = 1 AND position = 1", "as accepted", "invoice of batch:2 differ"),
        ("UPDATE invoice SET number = 'INV-8' WHERE id = 1", "as accepted", "invoice of batch:2 differ"),
        ("UPDATE contract SET body = replace(body, '14.75', '14.76')", "as accepted", "contract of batch:1 differ"),
        ("UPDATE cost_line SET amount = amount + 1", "as accepted", "cost of batch:4 differ"),
        ("UPDATE fx_rate SET rate = rate + 1", "as accepted", "fx of batch:5 differ"),
        ("DELETE FROM cost_line", "as accepted", "rows of batch:4 differ"),
        ("UPDATE invoice_line SET amount = amount + 1000000 WHERE invoice = 1 AND position = 1", "sum to their net", "NOVA INV-7"),
        ("UPDATE invoice SET number_key = '8' WHERE id = 1", "normalised", "INV-7"),
        ("UPDATE contract SET body = replace(body, 'valid_from', 'valid_since')", "read as they did", "the key is unknown here"),
        ("UPDATE contract SET number = 'MSA-2'", "read as they did", "the row and its document differ"),
        ("UPDATE invoice SET state = 'approved' WHERE id = 1", "as audited", "NOVA INV-7 is approved, decided was received"),
        (
            EVES_DECISION,
            "as audited",
            "invoice:1 cleared by eve is not audited",
        ),
        (
            "INSERT INTO fx_rate SELECT 6, day, from_currency, to_currency, rate + 1, source, live FROM fx_rate",
            "rates agree",
            "EUR to USD on 2026-09-30",
        ),
        ("DELETE FROM contract", "as accepted", "rows of batch:1 differ"),
        ("UPDATE invoice SET relates_to = '' WHERE document = 'credit_note'", "name an invoice", "NOVA CN-1"),
    ],
)
def test_the_self_check_names_what_was_changed_behind_its_back(stocked: Engine, change: str, name: str, detail: str) -> None:
    add_credit_note(stocked)
    with stocked.begin() as connection:
        connection.execute(text(change))
    with reading(stocked) as session:
        found = [check for check in service.self_check(session) if not check.ok]
    assert any(name in check.name and detail in check.detail for check in found), found


def test_a_decision_that_vanished_is_named(stocked: Engine) -> None:
    act(stocked, lambda session: service.decide_invoice(session, ANA, "INV-7", "NOVA", "disputed", "hours", AT))
    with stocked.begin() as connection:
        connection.execute(text("DELETE FROM finding_decision"))
    with reading(stocked) as session:
        details = [check.detail for check in service.self_check(session) if not check.ok]
    assert details == ["invoice:1 disputed by ana is not stored; NOVA INV-7 is disputed, decided was received"]


def test_a_withdrawn_rate_may_disagree(stocked: Engine) -> None:
    def work(session: Session) -> None:
        rate = FxRate(batch=0, day=date(2026, 9, 30), from_currency="EUR", to_currency="USD", rate=Decimal(2), source="ECB")
        service.store_rates(session, ANA, 6, [rate], AT)
        service.set_rates_live(session, 6, live=False)

    act(stocked, work)
    assert all_well(stocked)
