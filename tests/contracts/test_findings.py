"""Findings: each rule at its border."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.claims import Decision
from contracts.findings import Calculation, Finding, decided, duplicate, line_maths, original_of, quantity_difference, rate_difference
from contracts.pricing.line import LinePrice
from tests.contracts.factories import claim, line

TOLERANCE = Decimal("0.005")
AT = datetime(2026, 11, 4, 12, tzinfo=UTC)


def says(rate: str = "14.75", quantity: str = "100") -> LinePrice:
    return LinePrice("4.2", Fraction(rate), Fraction(quantity), Decimal(0), "")


def finding_of(favour: str = "client", state: str = "suspected") -> Finding:
    nothing = Calculation(None, "", None, Decimal(0))
    return Finding("I-06", "warning", "1", "", Decimal(5), favour, "4.2", nothing, nothing, state)


def test_another_spelling_of_a_number_is_the_suspect_when_issued_later() -> None:
    first, again = claim(line(), number="INV-000123", id=1), claim(line(200), number="123", id=2, issued_on=date(2026, 11, 9))
    assert original_of(again, [first, again]) == (first, "another spelling of the same number")
    assert original_of(first, [first, again]) is None


def test_of_one_day_the_later_uploaded_is_the_suspect() -> None:
    first, again = claim(line(), id=1), claim(line(), id=2, number="001")
    assert original_of(again, [again, first]) is not None
    assert original_of(first, [again, first]) is None


def test_the_same_fee_for_the_same_sites_and_days_is_suspect_whatever_its_number() -> None:
    first, again = claim(line(site="MNL"), id=1), claim(line(site="MNL"), id=2, number="Z-9")
    found = original_of(again, [first, again])
    assert found is not None
    assert found[1] == "the same net for the same sites and queues and overlapping service days"


@pytest.mark.parametrize(
    "twin",
    [
        claim(line(site="CEB"), id=2, number="Z-9"),
        claim(line(site="MNL", queue="Q1"), id=2, number="Z-9"),
        claim(line(site="MNL", service_from=date(2026, 11, 1), service_to=date(2026, 11, 30)), id=2, number="Z-9"),
        claim(line(site="MNL", service_from=None, service_to=None), id=2, number="Z-9"),
        claim(line(101, site="MNL"), id=2, number="Z-9"),
        claim(line(site="MNL"), id=2, number="Z-9", currency="EUR"),
        claim(line(site="MNL"), id=2, number="Z-9", vendor="ORBI"),
        claim(line(site="MNL"), id=2, number="Z-9", document="pro_forma"),
    ],
)
def test_a_lawful_twin_raises_nothing(twin: object) -> None:
    first = claim(line(site="MNL"), id=1)
    assert original_of(twin, [first, twin]) is None  # type: ignore[arg-type, list-item]


@pytest.mark.parametrize(
    ("quantity", "places", "rate", "amount", "at_stake", "favour"),
    [
        ("100", 0, "14.75", "1475.02", None, ""),
        ("100", 0, "14.75", "1475.03", "0.03", "client"),
        ("100", 0, "14.75", "1470.00", "5.00", "vendor"),
        ("100.5", 1, "14.75", "1483.11", None, ""),  # 0.05 x 14.75 = 0.7375 either way
        ("100.5", 1, "14.75", "1483.12", "0.74", "client"),
        ("100.50", 2, "14.75", "1483.11", "0.73", "client"),
        ("100.50", 2, "14.75", "1482.44", None, ""),
        ("-10", 0, "14.75", "-147.50", None, ""),
        ("100.5", 1, "-14.75", "-1482.00", None, ""),
    ],
)
def test_line_maths_allows_for_the_printed_digits_only(
    quantity: str, places: int, rate: str, amount: str, at_stake: str | None, favour: str
) -> None:
    found = line_maths(line(quantity, rate, amount, quantity_places=places), "USD", "half_up")
    assert (None if found is None else str(found.at_stake)) == at_stake
    assert found is None or found.in_favour_of == favour


def test_line_maths_allows_half_a_yen() -> None:
    assert line_maths(line("3", "33.5", "101"), "JPY", "half_up") is None
    assert line_maths(line("3", "33.5", "102"), "JPY", "half_up") is not None


def test_what_is_not_printed_is_not_checked() -> None:
    assert line_maths(line(None, "14.75", "5"), "USD", "half_up") is None
    assert line_maths(line("5", None, "5"), "USD", "half_up") is None
    assert rate_difference(line(None, "14.75", "5"), says(), "USD", "half_up") is None
    assert rate_difference(line("5", None, "5"), says(), "USD", "half_up") is None
    assert rate_difference(line(), LinePrice("", None, None, None, ""), "USD", "half_up") is None
    assert quantity_difference(line(None, "14.75", "5"), says(), TOLERANCE, "USD", "half_up") is None
    assert quantity_difference(line(), LinePrice("4.2", Fraction(1), None, None, ""), TOLERANCE, "USD", "half_up") is None
    assert quantity_difference(line(), LinePrice("", None, Fraction(1), None, ""), TOLERANCE, "USD", "half_up") is None


def test_a_rate_above_the_contract_is_the_clients_and_one_below_the_vendors() -> None:
    above = rate_difference(line("100", "15.00"), says(), "USD", "half_up")
    below = rate_difference(line("100", "14.00"), says(), "USD", "half_up")
    assert above is not None
    assert below is not None
    assert (above.code, above.at_stake, above.in_favour_of) == ("I-06", Decimal("25.00"), "client")
    assert (below.at_stake, below.in_favour_of) == (Decimal("75.00"), "vendor")
    assert above.message == "billed at 15 per hour, clause 4.2 says 14.75: (15 - 14.75) x 100 = 25 USD"
    assert rate_difference(line(), says(), "USD", "half_up") is None


def test_a_difference_that_rounds_to_nothing_is_no_finding() -> None:
    assert rate_difference(line("1", "14.751", "14.75"), says(), "USD", "half_up") is None


@pytest.mark.parametrize(("quantity", "at_stake"), [("100.5", None), ("100.51", "7.52"), ("99", None), ("150", "737.50")])
def test_a_quantity_above_the_record_speaks_beyond_the_tolerance_and_then_counts_whole(quantity: str, at_stake: str | None) -> None:
    found = quantity_difference(line(quantity), says(), TOLERANCE, "USD", "half_up")
    assert (None if found is None else str(found.at_stake)) == at_stake
    assert found is None or (found.code, found.in_favour_of) == ("I-07", "client")


@given(st.integers(101, 10**6), st.decimals("0.01", "99", places=2), st.decimals("0.01", "99", places=2))
def test_rate_and_quantity_together_are_billed_less_contract(billed: int, rate: Decimal, agreed: Decimal) -> None:
    one = line(billed, str(rate))
    price = LinePrice("4.2", Fraction(agreed), Fraction(100), Decimal(0), "")
    by_rate = (Fraction(rate) - Fraction(agreed)) * billed
    found = [rate_difference(one, price, "USD", "half_up"), quantity_difference(one, price, Decimal(0), "USD", "half_up")]
    sign = {"client": 1, "vendor": -1}
    total = sum(sign[finding.in_favour_of] * finding.at_stake for finding in found if finding is not None)
    exact = billed * Fraction(rate) - 100 * Fraction(agreed)
    assert abs(Fraction(total) - exact) <= Fraction(1, 100)
    assert by_rate + (billed - 100) * Fraction(agreed) == exact


def test_people_have_the_last_word_about_a_finding() -> None:
    finding = finding_of()
    said = [Decision("I-06", "1", state, "", "ana", AT.replace(hour=hour)) for hour, state in ((9, "confirmed"), (10, "cleared"))]
    assert decided(finding, claim(line(), decisions=tuple(said))).state == "cleared"
    assert decided(finding, claim(line(), state="disputed")).state == "disputed"
    assert decided(finding, claim(line(held=True))).state == "disputed"
    assert decided(finding, claim(line(held=True, line="2"))).state == "suspected"


@pytest.mark.parametrize(
    ("favour", "state", "counts"), [("client", "suspected", True), ("client", "cleared", False), ("vendor", "suspected", False)]
)
def test_only_open_findings_of_the_client_are_money_in_question(favour: str, state: str, counts: bool) -> None:  # noqa: FBT001 - a table
    assert finding_of(favour, state).in_question == counts


def test_every_finding_shows_the_two_calculations_whose_difference_it_is() -> None:
    wrong = line("110", "15.00", "1700")
    by_rate = rate_difference(wrong, says(), "USD", "half_up")
    by_quantity = quantity_difference(wrong, says(), TOLERANCE, "USD", "half_up")
    by_maths = line_maths(wrong, "USD", "half_up")
    again = duplicate(claim(wrong), claim(wrong, id=2), "same", "half_up")
    assert by_rate is not None
    assert by_quantity is not None
    assert by_maths is not None
    assert (by_rate.billed, by_rate.agreed) == (
        Calculation(Decimal(110), "hour", Decimal(15), Decimal(1650)),
        Calculation(Decimal(110), "hour", Decimal("14.75"), Decimal("1622.5")),
    )
    assert (by_quantity.billed.quantity, by_quantity.agreed.quantity, by_quantity.clause) == (110, 100, "4.2")
    assert (by_maths.billed.amount, by_maths.agreed.amount, by_maths.clause) == (1700, 1650, "")
    assert (again.billed.amount, again.agreed.amount) == (1700, 0)
