"""From claims, costs and contracts to charges."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from contracts.claims import CostValue, InvoiceValue
from contracts.invoices import check_invoices
from contracts.pricing.values import Quantities, QuantityRow
from kernel.period import Period
from scorecards.charging import (
    Accruals,
    accruals_of,
    charges_of,
    contract_month,
    facts_of,
    months_of,
    precedence_of,
    priced_facts,
    recorded,
    ruling_terms,
)
from scorecards.cost import Charge
from scorecards.tally import Counts
from tests.contracts.factories import claim, line, month, price, terms
from tests.scorecards.values import tally

OCTOBER, SEPTEMBER = Period(2026, 10), Period(2026, 9)
RATES = {"USD": Decimal(1), "EUR": Decimal("1.08")}
HOURS = {OCTOBER: Quantities((month("billable_hours", 100),))}


def charges(*claims: InvoiceValue, costs: tuple[CostValue, ...] = (), period: Period = OCTOBER) -> tuple[Charge, ...]:
    checks = check_invoices(claims, [terms(price())], HOURS)
    return charges_of(claims, checks, costs, RATES, period)


def accruals(*claims: InvoiceValue, costs: tuple[CostValue, ...] = (), months: dict[Period, Quantities] | None = None) -> Accruals:
    agreed, known = [terms(price())], HOURS if months is None else months
    checks = check_invoices(claims, agreed, known)
    priced = contract_month(agreed[0], OCTOBER, known)
    return accruals_of(claims, checks, charges_of(claims, checks, costs, RATES, OCTOBER), priced, RATES, OCTOBER)


def test_the_contract_that_began_last_rules_and_other_currencies_stay_out() -> None:
    old = terms(price("1"), valid_to=date(2026, 10, 15), side_precedence=("vendor",), number="A")
    new = terms(price("2"), valid_from=date(2026, 10, 15), side_precedence=("client", "vendor"), number="B")
    euros = terms(price("3"), valid_from=date(2026, 1, 1), currency="EUR", number="C")
    assert precedence_of([old, new, euros], OCTOBER) == ("client", "vendor")
    ruling = ruling_terms([old, new, euros], OCTOBER)
    assert ruling is not None
    assert [one.id for one in ruling.prices] == ["1", "2"]
    assert ruling_terms([old], Period(2027, 1)) is None
    assert precedence_of([], OCTOBER) == ("platform", "client", "vendor")


def test_days_are_added_up_between_the_edges_of_clauses_and_lines() -> None:
    agreed = terms(price("1", valid_to=date(2026, 10, 16)), price("2", valid_from=date(2026, 10, 16)))
    counts = Counts(tally("billable_hours", 8, side="vendor", day=day) for day in (1, 15, 16, 31))
    rows = recorded(counts, ("vendor",), [agreed], [claim(line(service_from=date(2026, 10, 31)))]).of("billable_hours")
    assert [(row.first_day.day, row.end, row.amount) for row in rows] == [
        (1, date(2026, 10, 16), 16),
        (16, date(2026, 10, 31), 8),
        (31, date(2026, 11, 1), 8),
    ]


def test_a_monthly_count_stands_for_its_month_and_days_before_any_edge_for_theirs() -> None:
    counts = Counts([tally("billable_hours", 160, side="vendor", grain="month"), tally("decisions", 5, day=2)])
    rows = recorded(counts, ("platform", "vendor"), [terms(price())], [])
    assert [(row.first_day, row.end) for row in rows.of("billable_hours")] == [(OCTOBER.first, OCTOBER.end)]
    late = recorded(counts, ("platform",), [terms(price(), valid_from=date(2026, 11, 1))], []).of("decisions")
    assert [(row.first_day, row.end) for row in late] == [(OCTOBER.first, OCTOBER.end)]
    nothing_agreed = recorded(counts, ("platform",), [], []).of("decisions")
    assert [(row.first_day, row.end) for row in nothing_agreed] == [(OCTOBER.first, OCTOBER.end)]


def test_billable_decisions_count_only_from_the_side_whose_decisions_are_chosen() -> None:
    both = [tally("decisions", 100), tally("decisions", 110, side="vendor"), tally("billable_decisions", 90, side="vendor")]
    quantities = recorded(Counts(both), ("platform", "vendor"), [], [])
    assert not quantities.of("billable_decisions")
    assert [row.amount for row in recorded(Counts(both), ("vendor", "platform"), [], []).of("billable_decisions")] == [90]
    zeros = [tally("decisions", 100), tally("billable_decisions", 0)]
    assert not recorded(Counts(zeros), ("platform",), [], []).of("billable_decisions")


def test_lines_without_days_cut_no_count() -> None:
    undated = claim(line(1, service_from=None, service_to=None))
    counts = Counts([tally("decisions", 5, day=2), tally("decisions", 6, day=3), tally("decisions", 7, day=3, language="es")])
    rows = recorded(counts, ("platform",), [], [undated])
    assert [(row.language, row.amount) for row in rows.of("decisions")] == [("en", 11), ("es", 7)]


def test_facts_that_contracts_count_are_known() -> None:
    own = terms(price(), price("5", "decision", "0.08", quantity="actioned_decisions"), price("6", "fte_month", "2850"))
    assert facts_of([own]) == {"billable_hours", "actioned_decisions", "delivered_fte_days", "decisions", "billable_decisions"}
    assert priced_facts(own, OCTOBER, Quantities()) == {"billable_hours", "actioned_decisions", "delivered_fte_days"}
    over = terms(price(valid_to=date(2026, 9, 1)))
    assert priced_facts(over, OCTOBER, Quantities()) == frozenset()
    assert priced_facts(None, OCTOBER, Quantities()) == frozenset()


def test_lines_charge_the_months_they_serve_and_credits_give_back() -> None:
    bill = claim(line(100), line(10, position=2, line_type="pass_through"), id=1)
    note = claim(line(1, amount="-5.00"), number="CN-2", id=2, document="credit_note")
    found = charges(bill, note)
    assert [(one.amount, one.line_type, one.held, one.document) for one in found] == [
        (Decimal("1475.00"), "service", False, "INV-1"),
        (Decimal("147.50"), "pass_through", False, "INV-1"),
        (Decimal("-5.00"), "credit", False, "CN-2"),
    ]
    assert found[0].source == (1, "", 0, 1)
    assert charges(bill, period=SEPTEMBER) == ()


def test_pro_formas_and_replaced_originals_charge_nothing() -> None:
    draft = claim(line(100), document="pro_forma", id=1, number="PF-1")
    first = claim(line(100), id=2, number="INV-2")
    again = claim(line(90), id=3, number="INV-3", document="replacement", relates_to="INV-2")
    assert [one.document for one in charges(draft, first, again)] == ["INV-3"]


def test_an_undated_credit_note_goes_to_the_months_of_the_invoice_it_names() -> None:
    bill = claim(line(100, service_from=date(2026, 9, 16), service_to=date(2026, 10, 15)), id=1)
    undated = line(None, None, "-30.00", service_from=None, service_to=None)
    note = claim(undated, number="CN-2", id=2, document="credit_note", relates_to="INV-1")
    assert [(one.first_day, one.last_day, one.amount) for one in charges(bill, note) if one.document == "CN-2"] == [
        (date(2026, 10, 1), date(2026, 10, 15), Decimal("-15.00"))
    ]
    assert [one.document for one in charges(claim(undated, number="CN-9", id=9, document="credit_note"))] == []


def test_costs_that_no_vendor_bills_charge_their_month_at_its_rate() -> None:
    cost = CostValue("HOME", "2026-10", "Salaries", "", "Q1", "", Decimal(1000), "EUR", "Costs", 4, 12)
    (found,) = charges(costs=(cost,))
    assert (found.amount, found.rate, found.queue, found.source) == (Decimal(1000), Decimal("1.08"), "Q1", (12, "Costs", 4, 0))
    dollars = replace(cost, currency="CHF")
    assert charges(costs=(dollars,))[0].rate is None


def test_a_disputed_line_is_held_and_its_contract_amount_stands_in() -> None:
    disputed = claim(replace(line(120), held=True), id=1)
    (held,) = charges(disputed)
    assert held.held
    found = accruals(disputed)
    assert [(one.amount, one.estimated, one.document) for one in found.charges] == [(Decimal("1475.00"), True, "INV-1")]
    assert found.complete


def test_nothing_stands_in_for_another_month() -> None:
    disputed = claim(replace(line(120, service_from=SEPTEMBER.first, service_to=SEPTEMBER.last), held=True), id=1)
    found = accruals(disputed, claim(line(100), number="INV-2", id=2), months={**HOURS, SEPTEMBER: Quantities()})
    assert found == Accruals((), complete=True)


def test_a_held_line_whose_record_is_lacking_leaves_the_estimate_incomplete() -> None:
    disputed = claim(replace(line(120), held=True), id=1)
    found = accruals(disputed, months={OCTOBER: Quantities()})
    assert found == Accruals((), complete=False)


def test_a_month_without_a_bill_is_estimated_by_the_contract() -> None:
    found = accruals()
    assert [(one.amount, one.first_day, one.last_day, one.document) for one in found.charges] == [
        (Decimal("1475.00"), OCTOBER.first, OCTOBER.last, "clause 4.2")
    ]
    draft = claim(line(100), document="pro_forma", id=1, number="PF-1")
    assert accruals(draft) == found


def test_a_billed_month_and_a_month_without_contract_are_not_estimated() -> None:
    assert accruals(claim(line(100))) == Accruals((), complete=True)
    assert accruals_of([], {}, [], None, RATES, OCTOBER) == Accruals((), complete=True)
    assert contract_month(None, OCTOBER, {}) is None


def test_an_incomplete_price_says_so() -> None:
    decisions = QuantityRow("decisions", "", "", "", OCTOBER.first, OCTOBER.end, Decimal(10))
    assert accruals(months={OCTOBER: Quantities((decisions,))}) == Accruals((), complete=False)


def test_the_months_that_claims_serve() -> None:
    over = claim(line(1, service_from=date(2026, 9, 16), service_to=date(2026, 10, 15)), id=1)
    undated = claim(line(1, service_from=None, service_to=None), id=2)
    assert months_of([over, undated], {1, 2}) == {SEPTEMBER, OCTOBER}
    assert months_of([over], {3}) == set()
