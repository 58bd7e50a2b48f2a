"""The contract document: what reads, and the sentence for each fault."""

from __future__ import annotations

import json
import tomllib
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from contracts.document import read_terms
from contracts.terms import Expect, Price, Target, Unpriced

FULL = """
vendor = "NOVA"
number = "MSA-1"
currency = "USD"
valid_from = 2025-11-01
valid_to = 2027-11-01
rounding = "half_even"
calendar = "month_from_22"
fx = "month_end"
side_precedence = ["client", "vendor"]
date_rule = "shift_start_day"
holidays = [2026-12-25]
quantity_tolerance = "0.01"

[[price]]
id = "4.2"
basis = "billable_hour"
rate = "14.75"
queue = "Q7"
quantity = "payable_hours"

[[price]]
id = "4.3"
basis = "fte_month"
rate = "2850.00"
proration = "calendar_day"

[[target]]
id = "7.1"
metric = "critical_accuracy"
floor = "0.94"
target = "0.98"

[[credit]]
id = "8.3"
anything = { at = ["all", 1, 2.5] }

[[tier]]
from = 0

[[expect]]
kind = "performance"
due_business_day = 3
site = "MNL"
"""
HEAD: dict[str, Any] = {
    "vendor": "NOVA",
    "number": "MSA-1",
    "currency": "USD",
    "valid_from": date(2026, 1, 1),
    "valid_to": date(2027, 1, 1),
}


def clause(**changes: Any) -> dict[str, Any]:
    return {"id": "1", "basis": "decision", "rate": "0.08"} | changes


def fault(**changes: Any) -> tuple[str, str | None, str]:
    """Code, place and sentence of the only problem of a document."""
    terms, problems = read_terms({key: value for key, value in (HEAD | changes).items() if value is not None})
    assert terms is None
    assert len(problems) == 1, problems
    return problems[0].code, problems[0].cell, problems[0].message


def test_the_whole_document_becomes_terms() -> None:
    terms, problems = read_terms(tomllib.loads(FULL))
    assert problems == []
    assert terms is not None
    whole = date(2025, 11, 1), date(2027, 11, 1)
    assert terms.prices == (
        Price("4.2", "billable_hour", Decimal("14.75"), *whole, queue="Q7", quantity="payable_hours"),
        Price("4.3", "fte_month", Decimal("2850.00"), *whole, proration="calendar_day"),
    )
    assert terms.targets == (Target("7.1", "critical_accuracy", *whole, floor=Decimal("0.94"), target=Decimal("0.98")),)
    assert terms.expects == (Expect("performance", 3, "MNL"),)
    assert terms.unpriced == (Unpriced("credit", "8.3"), Unpriced("tier", "number 1"))
    assert (terms.rounding, terms.calendar, terms.date_rule) == ("half_even", "month_from_22", "shift_start_day")
    assert (terms.side_precedence, terms.holidays) == (("client", "vendor"), frozenset({date(2026, 12, 25)}))
    assert terms.quantity_tolerance == Decimal("0.01")


def test_defaults_are_those_of_the_interface() -> None:
    terms, problems = read_terms(HEAD | {"price": [clause(basis="fte_month")]})
    assert problems == []
    assert terms is not None
    assert (terms.rounding, terms.calendar, terms.fx, terms.date_rule) == ("half_up", "month", "month_end", "event_day")
    assert terms.side_precedence == ("platform", "client", "vendor")
    assert terms.quantity_tolerance == Decimal("0.005")
    assert terms.prices[0].proration == "working_day"


def test_days_may_be_iso_texts_as_they_are_stored() -> None:
    document = json.loads(json.dumps(HEAD | {"price": [clause()], "holidays": ["2026-12-25"]}, default=str))
    terms, problems = read_terms(document)
    assert problems == []
    assert terms is not None
    assert terms.valid_from == date(2026, 1, 1)


def test_a_contract_may_price_nothing() -> None:
    terms, problems = read_terms(HEAD)
    assert (terms is None, problems) == (False, [])


@pytest.mark.parametrize(
    ("changes", "code", "place", "sentence"),
    [
        ({"colour": "red"}, "UNKNOWN_KEY", "colour", "colour: the key is unknown here: remove it or use one of vendor, number"),
        ({"price": [clause(rat="1")]}, "UNKNOWN_KEY", "price[1].rat", "remove it or use one of id, basis, rate"),
        ({"price": [clause(rate=14.75)]}, "RATE_NOT_TEXT", "price[1].rate", 'write rate = "14.75"'),
        ({"price": [clause(rate=14)]}, "RATE_NOT_TEXT", "price[1].rate", 'write rate = "14"'),
        ({"price": [clause(rate=None) | {"rate": "cheap"}]}, "NOT_A_NUMBER", "price[1].rate", "'cheap' is no number"),
        ({"price": [clause(rate="-1")]}, "NOT_A_NUMBER", "price[1].rate", "zero or more"),
        ({"price": [clause(rate="NaN")]}, "NOT_A_NUMBER", "price[1].rate", "zero or more"),
        ({"price": [{"id": "1", "basis": "decision"}]}, "KEY_MISSING", "price[1].rate", "the key is missing"),
        ({"price": [clause(basis="minute")]}, "UNKNOWN_VALUE", "price[1].basis", "use one of decision, thousand_decisions"),
        ({"price": [clause(proration="working_day")]}, "PRORATION", "price[1].proration", "remove the key"),
        ({"price": [clause(valid_from=date(2025, 1, 1))]}, "OUTSIDE_TERM", "price[1].valid_from", "stay within it"),
        ({"price": [clause(valid_to=date(2028, 1, 1))]}, "OUTSIDE_TERM", "price[1].valid_to", "stay within it"),
        ({"price": {"id": "1"}}, "NOT_TABLES", "price", "begin each with [[price]]"),
        ({"valid_to": date(2026, 1, 1)}, "DAYS_REVERSED", "valid_to", "give a day after 2026-01-01"),
        ({"valid_to": None}, "KEY_MISSING", "valid_to", "write valid_to = 2026-01-31, without quotes"),
        ({"valid_to": "soon"}, "NOT_A_DAY", "valid_to", "this is no day"),
        ({"valid_to": datetime(2027, 1, 1)}, "NOT_A_DAY", "valid_to", "this is no day"),  # noqa: DTZ001 - as TOML may give it
        ({"currency": "dollars"}, "CURRENCY", "currency", 'currency = "USD"'),
        ({"currency": None}, "KEY_MISSING", "currency", 'add currency = "..."'),
        ({"vendor": 7}, "NOT_TEXT", "vendor", 'vendor = "7"'),
        ({"number": " "}, "KEY_MISSING", "number", "the text is empty"),
        ({"rounding": "bankers"}, "UNKNOWN_VALUE", "rounding", "use one of half_up"),
        ({"calendar": "4-4-5"}, "UNKNOWN_VALUE", "calendar", "use month or month_from_22"),
        ({"fx": "daily"}, "UNKNOWN_VALUE", "fx", "use one of month_end"),
        ({"date_rule": "noon"}, "UNKNOWN_VALUE", "date_rule", "use one of event_day"),
        ({"side_precedence": ["us"]}, "SIDES", "side_precedence", "platform, client, vendor"),
        ({"side_precedence": "client"}, "SIDES", "side_precedence", "platform, client, vendor"),
        ({"holidays": "Christmas"}, "NOT_A_DAY", "holidays", "a list of days is needed"),
        ({"holidays": ["Christmas"]}, "NOT_A_DAY", "holidays[1].day", "this is no day"),
        ({"quantity_tolerance": "5"}, "NOT_A_SHARE", "quantity_tolerance", "half a percent"),
        ({"quantity_tolerance": 0.005}, "RATE_NOT_TEXT", "quantity_tolerance", "texts"),
        ({"expect": [{"kind": "performance"}]}, "DUE_DAY", "expect[1].due_business_day", "write due_business_day = 3"),
        ({"expect": [{"kind": "gossip", "due_business_day": 3}]}, "UNKNOWN_VALUE", "expect[1].kind", "use one of performance"),
        ({"target": [{"id": "1", "metric": "accuracy", "floor": 0.9}]}, "RATE_NOT_TEXT", "target[1].floor", 'floor = "0.9"'),
        ({"credit": ["8.3"]}, "NOT_TABLES", "credit", "[[credit]]"),
    ],
)
def test_each_fault_gets_one_sentence_with_its_place_and_remedy(changes: dict[str, Any], code: str, place: str, sentence: str) -> None:
    found = fault(**changes)
    assert found[:2] == (code, place)
    assert sentence in found[2]


def test_a_clause_that_ends_before_it_begins_is_a_problem_and_stays_within_the_term() -> None:
    code, place, _ = fault(price=[clause(valid_from=date(2026, 5, 1), valid_to=date(2026, 4, 1))])
    assert (code, place) == ("DAYS_REVERSED", "price[1].valid_to")
    assert fault(price=[clause(valid_from="May")])[:2] == ("NOT_A_DAY", "price[1].valid_from")


def test_an_index_step_is_two_segments() -> None:
    step = date(2026, 7, 1)
    _, problems = read_terms(HEAD | {"price": [clause(valid_to=step), clause(valid_from=step, rate="0.09")]})
    assert problems == []


def test_two_rates_for_the_same_work_on_the_same_days_are_a_problem() -> None:
    code, _, message = fault(price=[clause(), clause(id="2", basis="thousand_decisions", valid_from=date(2026, 7, 1))])
    assert code == "PRICE_OVERLAP"
    assert "the prices 1 and 2 are equally specific for the same work, from 2026-07-01 until before 2027-01-01" in message


def test_two_clauses_that_name_different_keys_are_a_problem_until_one_names_both() -> None:
    pair = [clause(queue="Q1"), clause(id="2", language="es")]
    code, _, message = fault(price=pair)
    assert code == "PRICE_OVERLAP"
    assert "for queue Q1, language es, from" in message
    terms, _ = read_terms(HEAD | {"price": [*pair, clause(id="3", queue="Q1", language="es")]})
    assert terms is not None


@pytest.mark.parametrize(
    "other",
    [
        clause(id="2", basis="billable_hour"),
        clause(id="2", queue="Q1"),
    ],
)
def test_other_bases_and_more_specific_clauses_stand_beside_each_other(other: dict[str, Any]) -> None:
    assert read_terms(HEAD | {"price": [clause(), other]})[1] == []
    assert read_terms(HEAD | {"price": [clause(queue="Q1"), clause(id="2", queue="Q2")]})[1] == []


def test_days_between_two_segments_without_a_rate_are_a_problem() -> None:
    early, late = {"valid_to": date(2026, 6, 1)}, {"valid_from": date(2026, 7, 1)}
    code, _, message = fault(price=[clause(**early), clause(id="2", **late)])
    assert code == "PRICE_GAP"
    assert "the price per decision has no rate from 2026-06-01 until before 2026-07-01" in message


def test_a_gap_that_a_more_general_price_fills_is_none() -> None:
    segments = [clause(queue="Q1", valid_to=date(2026, 6, 1)), clause(id="2", queue="Q1", valid_from=date(2026, 7, 1))]
    assert read_terms(HEAD | {"price": [*segments, clause(id="3")]})[1] == []
    message = fault(price=[*segments, clause(id="3", basis="fte_month")])[2]
    assert "queue Q1, the price per decision has no rate" in message


def test_a_contract_without_any_rate_at_its_end_is_a_problem_and_a_late_queue_is_not() -> None:
    code, _, message = fault(price=[clause(valid_to=date(2026, 12, 1))])
    assert code == "PRICE_GAP"
    assert "the contract has no rate from 2026-12-01 until before 2027-01-01" in message
    assert read_terms(HEAD | {"price": [clause(), clause(id="2", queue="Q1", valid_from=date(2026, 5, 1))]})[1] == []
