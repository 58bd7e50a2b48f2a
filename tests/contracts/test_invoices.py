"""The invoice check: comparing, holding out, standing in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from contracts.claims import Decision, InvoiceValue
from contracts.invoices import InvoiceCheck, check_invoices, related
from contracts.terms import Unpriced
from tests.contracts.factories import claim, line, month, price, recorded, terms

AGREED = terms(price())
HOURS = recorded(month("billable_hours", 100))
AT = datetime(2026, 11, 4, 12, tzinfo=UTC)


def check(*claims: InvoiceValue, **changes: Any) -> dict[int, InvoiceCheck]:
    given: dict[str, Any] = {"terms": [AGREED], "months": HOURS}
    return check_invoices(claims, **(given | changes))


def codes(result: InvoiceCheck) -> list[str]:
    return [finding.code for finding in result.findings]


def test_a_clean_invoice_raises_nothing() -> None:
    result = check(claim(line()))[1]
    assert result.findings == ()
    assert (result.contract_amount, result.complete, result.at_stake) == (Decimal("1475.00"), True, 0)
    assert (result.held, result.held_lines, result.costs) == (False, (), True)
    (only,) = result.lines
    assert (only.billed, only.contract_amount, only.difference, only.clause) == (Decimal("1475.00"), Decimal("1475.00"), 0, "4.2")
    assert only.stand_in is None


def test_more_hours_at_a_higher_rate_are_two_findings_that_add_up() -> None:
    result = check(claim(line("110", "15.00")))[1]
    assert [(one.code, one.at_stake) for one in result.findings] == [("I-06", Decimal("27.50")), ("I-07", Decimal("147.50"))]
    assert result.at_stake == Decimal("175.00")
    assert result.lines[0].difference == Decimal("175.00")


def test_findings_of_the_vendor_are_shown_and_never_netted() -> None:
    result = check(claim(line("110", "14.00")))[1]
    assert [(one.code, one.in_favour_of) for one in result.findings] == [("I-06", "vendor"), ("I-07", "client")]
    assert result.at_stake == Decimal("147.50")


def test_a_suspected_duplicate_is_held_and_has_no_contract_amount() -> None:
    results = check(claim(line(), id=1, number="INV-0001"), claim(line(110), id=2, number="1"))
    original, suspect = results[1], results[2]
    assert codes(suspect) == ["I-01"]
    assert (suspect.at_stake, suspect.held, suspect.held_lines) == (Decimal("1622.50"), True, (1,))
    assert (suspect.contract_amount, suspect.complete, suspect.lines[0].contract_amount) == (None, False, None)
    assert "suspected duplicate" in suspect.lines[0].calculation
    assert (suspect.lines[0].covered, suspect.lines[0].stand_in) == (True, None)
    assert (original.findings, original.held) == ((), False)


def test_a_cleared_suspicion_holds_nothing_and_a_confirmed_one_does() -> None:
    cleared = Decision("I-01", "", "cleared", "two teams", "ana", AT)
    first = claim(line(), id=1)
    both = recorded(month("billable_hours", 200))
    results = check(first, claim(line(), id=2, number="001", decisions=(cleared,)), months=both)
    assert (results[2].held, results[2].findings[0].state, results[2].at_stake) == (False, "cleared", 0)
    confirmed = Decision("I-01", "", "confirmed", "", "ana", AT)
    assert check(first, claim(line(), id=2, number="001", decisions=(confirmed,)))[2].held


def test_a_disputed_invoice_is_held_and_its_contract_amount_stands_in() -> None:
    result = check(claim(line("110"), state="disputed"))[1]
    assert (result.held, result.lines[0].held, result.lines[0].stand_in) == (True, True, Decimal("1475.00"))
    assert [finding.state for finding in result.findings] == ["disputed"]
    assert result.at_stake == Decimal("147.50")


def test_a_disputed_line_is_held_alone() -> None:
    result = check(
        claim(line(site="MNL", held=True), line(site="CEB", position=2)), months=recorded(month("billable_hours", 9, site="MNL"))
    )[1]
    assert (result.held, result.held_lines) == (False, (1,))
    assert [one.stand_in for one in result.lines] == [Decimal("132.75"), None]


def test_nothing_stands_in_where_an_unheld_invoice_covers_the_same_work() -> None:
    results = check(claim(line("110"), id=1, state="disputed"), claim(line("100"), id=2, number="2"))
    assert (results[1].lines[0].covered, results[1].lines[0].stand_in) == (True, None)
    assert results[2].contract_amount == Decimal("1475.00")


def test_of_two_held_claims_for_the_same_work_one_stands_in() -> None:
    results = check(claim(line(), id=1, state="disputed"), claim(line(), id=2, number="001"))
    assert results[1].lines[0].stand_in == Decimal("1475.00")
    assert results[2].lines[0].covered


def test_held_work_of_other_days_is_not_covered() -> None:
    november = line(service_from=date(2026, 11, 1), service_to=date(2026, 11, 30))
    results = check(claim(line(), id=1, state="disputed"), claim(november, id=2, number="2"))
    assert not results[1].lines[0].covered


def test_a_pro_forma_costs_nothing_and_raises_nothing() -> None:
    result = check(claim(line("110"), document="pro_forma"))[1]
    assert (result.costs, result.findings, result.contract_amount) == (False, (), Decimal("1475.00"))


def test_a_replacement_takes_its_original_out() -> None:
    original = claim(line("110"), id=1, number="INV-7")
    first = claim(line("105"), id=2, number="INV-7a", document="replacement", relates_to="INV-7")
    last = claim(line("100"), id=3, number="INV-7b", document="replacement", relates_to="INV-7")
    results = check(original, first, last)
    assert (results[1].costs, results[1].replaced_by, results[1].findings) == (False, "INV-7b", ())
    assert (results[1].held, results[1].held_lines, results[1].lines[0].held) == (False, (), False)
    assert results[3].costs


def test_a_disputed_original_that_is_replaced_is_not_held_either() -> None:
    original = claim(line(held=True), id=1, number="INV-7", state="disputed")
    results = check(original, claim(line(), id=2, number="R-7", document="replacement", relates_to="INV-7"))
    assert (results[1].held, results[1].held_lines, results[1].lines[0].stand_in) == (False, (), None)
    assert results[2].contract_amount == Decimal("1475.00")


def test_a_credit_note_has_no_contract_amount_and_costs() -> None:
    note = claim(line("-10", service_from=None, service_to=None), id=2, number="CN", document="credit_note", relates_to="INV-1")
    result = check(claim(line()), note)[2]
    assert (result.contract_amount, result.complete, result.costs, result.findings) == (None, False, True, ())
    assert "this is a credit note" in result.lines[0].calculation


def test_lines_that_are_no_service_are_not_priced_and_make_the_invoice_incomplete() -> None:
    result = check(claim(line(), line(None, None, "500", position=2, line_type="pass_through")))[1]
    assert (result.contract_amount, result.complete) == (Decimal("1475.00"), False)
    assert "this is a pass through" in result.lines[1].calculation


def test_a_held_line_that_is_no_service_has_nothing_standing_in() -> None:
    result = check(claim(line(None, None, "500", line_type="bonus"), state="disputed"))[1]
    assert (result.lines[0].held, result.lines[0].stand_in) == (True, None)


def test_no_clause_in_the_claims_currency_leaves_it_incomplete_and_still_does_the_maths() -> None:
    result = check(claim(line(amount="1500.00"), currency="EUR"))[1]
    assert (result.contract_amount, result.complete) == (None, False)
    assert codes(result) == ["I-02"]
    assert "no contract in EUR is in force" in result.lines[0].calculation


def test_a_suspect_without_a_contract_is_rounded_half_up() -> None:
    results = check(claim(line(), id=1), claim(line(), id=2, number="001"), terms=[])
    assert results[2].at_stake == Decimal("1475.00")


def test_a_service_line_without_days_is_not_priced() -> None:
    result = check(claim(line(), line(position=2, service_from=None, service_to=None, site="X")))[1]
    assert result.lines[1].calculation == "the line has no service days"


def test_lines_that_bill_the_same_record_share_it() -> None:
    results = check(claim(line("60"), line("20", position=2), id=1), claim(line("40"), id=2, number="2"))
    amounts = [one.contract_amount for result in results.values() for one in result.lines]
    assert amounts == [Decimal("737.50"), Decimal("245.83"), Decimal("491.67")]
    assert [codes(result) for result in results.values()] == [["I-07", "I-07"], ["I-07"]]


def test_lines_whose_part_of_the_record_cannot_be_told_have_no_contract_amount() -> None:
    result = check(claim(line("60"), line(None, None, "20", position=2)))[1]
    assert [one.contract_amount for one in result.lines] == [None, None]
    assert "do not tell which part is whose" in result.lines[0].calculation
    assert check(claim(line("60"), line("-60", position=2)))[1].contract_amount is None


def test_a_contract_with_clauses_that_are_not_priced_yet_is_incomplete() -> None:
    agreed = terms(price(), unpriced=(Unpriced("credit", "8.3"),))
    assert not check(claim(line()), terms=[agreed])[1].complete


def test_an_invoice_across_a_renewal_is_priced_by_both_contracts() -> None:
    renewal = date(2026, 10, 1)
    old = terms(price("3.1", valid_to=renewal), valid_to=renewal)
    new = terms(price("3.1", rate="14.00", valid_from=renewal), number="MSA-2", valid_from=renewal)
    result = check(claim(line("100", "14.75")), terms=[old, new])[1]
    assert [(one.code, one.at_stake) for one in result.findings] == [("I-06", Decimal("75.00"))]


def test_only_the_claims_asked_for_are_checked_and_the_others_still_speak() -> None:
    results = check(claim(line(), id=1), claim(line(), id=2, number="001"), only={2})
    assert list(results) == [2]
    assert codes(results[2]) == ["I-01"]


def test_a_claim_without_lines_is_incomplete() -> None:
    result = check(claim())[1]
    assert (result.complete, result.contract_amount) == (False, None)


def test_the_documents_that_belong_together_name_each_other() -> None:
    first = claim(line(), id=1, number="INV-7")
    note = claim(line("-1", service_from=None, service_to=None), id=2, number="CN-1", document="credit_note", relates_to="INV-7")
    new = claim(line("99"), id=3, number="INV-7R", document="replacement", relates_to="INV-7")
    again = claim(line(), id=4, number="7", issued_on=date(2026, 11, 20))
    other = claim(line("3"), id=5, number="INV-9")
    claims = [first, note, new, again, other]

    def told(one: InvoiceValue) -> list[tuple[str, int]]:
        return [(how, each.id) for how, each in related(one, claims)]

    assert told(first) == [("corrected_by", 2), ("replaced_by", 3), ("billed_again_by", 4)]
    assert (told(note), told(new), told(again), told(other)) == ([("corrects", 1)], [("replaces", 1)], [("bills_again", 1)], [])


def test_a_line_tells_what_its_contract_amount_is_the_product_of() -> None:
    (only,) = check(claim(line("110", "15.00")))[1].lines
    assert (only.contract_quantity, only.contract_rate, only.contract_amount) == (100, Decimal("14.75"), Decimal("1475.00"))
    suspect = check(claim(line()), claim(line(), id=2, number="001"))[2].lines[0]
    assert (suspect.contract_quantity, suspect.contract_rate) == (None, None)
    unpriced = check(claim(line(unit="flat")))[1].lines[0]
    assert (unpriced.contract_quantity, unpriced.contract_rate) == (None, None)
