"""What a month should cost, and invoices beside it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from contracts import service as contracts
from contracts.models import FxRate
from kernel.errors import NotFound
from kernel.period import Period
from kernel.scope import Scope, staff
from scorecards import billing, service
from tests.queries import counted_queries
from tests.scorecards.world import AT, ME, OCTOBER, World, of_vendor, two_vendors


def invoices(world: World, period: Period | None = None, scope: Scope = ME) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.read(lambda s: service.invoice_list(s, scope, world.settings, period))
    return found


def shown(world: World, number: str) -> dict[str, Any]:
    found: dict[str, Any] = world.read(lambda s: service.invoice_show(s, ME, world.settings, number, None))
    return found


def test_a_month_is_priced_line_by_line(engine: Engine) -> None:
    world = two_vendors(engine)
    priced = world.read(lambda s: service.price_contract(s, ME, world.settings, "NOVA", OCTOBER))
    lines = [(line["clause"], line["quantity"], line["rate"], line["amount"]) for line in priced["lines"]]
    assert lines == [("4.1", "800", "0.06", "48.00"), ("4.2", "200", "0.16", "32.00")]
    assert (priced["total"], priced["complete"], priced["missing"]) == ({"amount": "80.00", "currency": "USD"}, True, [])


def test_without_a_contract_there_is_no_price(engine: Engine) -> None:
    world = two_vendors(engine)
    with pytest.raises(NotFound) as refused:
        world.read(lambda s: service.price_contract(s, ME, world.settings, "NOVA", Period(2030, 1)))
    assert refused.value.code == "NO_CONTRACT"


def test_a_right_invoice_agrees_with_its_contract_and_raises_nothing(engine: Engine) -> None:
    found = shown(two_vendors(engine), "INV-NOVA-10")
    assert (found["billed"]["amount"], found["contract_amount"]["amount"], found["complete"]) == ("80.00", "80.00", True)
    assert (found["findings"], found["at_stake"]["amount"], found["period"]) == ([], "0.00", "2026-10")
    assert [line["difference"]["amount"] for line in found["lines"]] == ["0.00", "0.00"]


def test_wrong_rate_and_too_many_units_are_found_with_their_money(engine: Engine) -> None:
    world = two_vendors(engine)
    lines = [
        {"queue": "Q1", "quantity": "810", "rate": "0.060", "amount": "48.60"},
        {"queue": "Q2", "quantity": "200", "rate": "0.165", "amount": "33.00"},
    ]
    world.invoice("NOVA", "INV-2", lines, document="replacement", relates_to="INV-NOVA-10")
    found = shown(world, "INV-2")
    findings = [(one["code"], one["line"], one["at_stake"]["amount"], one["in_favour_of"], one["state"]) for one in found["findings"]]
    assert findings == [("I-07", "1", "0.60", "client", "suspected"), ("I-06", "2", "1.00", "client", "suspected")]
    assert found["at_stake"]["amount"] == "1.60"
    assert shown(world, "INV-NOVA-10")["replaced_by"] == "INV-2"
    assert invoices(world)[0]["number"] == "INV-2"


def test_the_list_holds_one_month_or_all_of_what_is_in_scope(engine: Engine) -> None:
    world = two_vendors(engine)
    over = [{"queue": "Q1", "amount": "10.00", "first": date(2026, 9, 16), "last": date(2026, 10, 15)}]
    world.invoice("NOVA", "INV-OVER", over, months=("2026-09", "2026-10"))
    world.invoice("NOVA", "INV-SEP", [{"queue": "Q1", "amount": "9.00", "first": date(2026, 9, 1), "last": date(2026, 9, 30)}])
    assert {row["number"] for row in invoices(world)} == {"INV-NOVA-10", "INV-KITE-10", "INV-OVER", "INV-SEP"}
    assert {row["number"] for row in invoices(world, Period(2026, 9))} == {"INV-OVER", "INV-SEP"}
    assert shown(world, "INV-OVER")["periods"] == ["2026-09", "2026-10"]
    assert {row["vendor"] for row in invoices(world, scope=Scope("k", vendors=frozenset({"KITE"})))} == {"KITE"}


def test_an_undated_credit_note_is_listed_with_the_month_it_corrects(engine: Engine) -> None:
    world = two_vendors(engine)
    line = {"amount": "-4.00", "first": None, "last": None}
    world.invoice("NOVA", "CN-1", [line], document="credit_note", relates_to="INV-NOVA-10", months=())
    world.invoice("NOVA", "CN-2", [line], document="credit_note", months=())
    assert shown(world, "CN-1")["period"] == "2026-10"
    assert shown(world, "CN-2")["period"] is None
    world.close()
    assert of_vendor(world.rank(), "NOVA")["cost"]["shown"]["amount"] == "76"


def test_a_disputed_invoice_is_held_and_the_contract_stands_in(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    world.write(lambda s: contracts.decide_invoice(s, ME, "INV-NOVA-10", "NOVA", "disputed", "wrong hours", AT))
    answer = world.close()
    assert answer["why"] == ["NOVA: invoice INV-NOVA-10 is now disputed"]
    nova = of_vendor(world.rank(), "NOVA")
    assert {name: part["amount"] for name, part in nova["cost"].items()} == {
        "invoiced": "80",
        "held": "80",
        "passed_through": "0",
        "estimated": "80",
        "shown": "80",
    }
    assert next(row["state"] for row in nova["metrics"] if row["metric"] == "cost_per_decision") == "estimated"


def rate(world: World, currency: str, value: str) -> None:
    batch = world.delivery("NOVA", "fx", "", months=())
    row = FxRate(batch=0, day=date(2026, 10, 30), from_currency=currency, to_currency="USD", rate=Decimal(value), source="ECB")
    world.write(lambda s: contracts.store_rates(s, ME, batch, [row], AT))


def page_of(world: World, number: str, scope: Scope = ME) -> dict[str, Any]:
    found: dict[str, Any] = world.read(lambda s: billing.invoice_page(s, scope, shown(world, number)["id"]))
    return found


def test_money_in_several_currencies_is_ordered_by_what_it_is_worth(engine: Engine) -> None:
    world = two_vendors(engine)
    world.invoice("NOVA", "OVER-USD", [{"queue": "Q1", "unit": "flat", "quantity": "10", "rate": "1", "amount": "20.00"}])
    for currency, amount in (("PHP", "500.00"), ("EUR", "30.00"), ("XAU", "1.00")):
        world.invoice("KITE", f"OVER-{currency}", [{"quantity": "1", "rate": "0", "amount": amount}], currency=currency)
    rate(world, "EUR", "1.1")
    rate(world, "PHP", "0.017")
    month = world.read(lambda s: billing.invoice_month(s, ME, OCTOBER, "USD"))
    order = [row["number"] for row in month["invoices"] if row["at_stake"]["amount"] != "0.00"]
    assert order == ["OVER-EUR", "OVER-USD", "OVER-PHP", "OVER-XAU"]
    assert [(row["currency"], row["rate"], row["day"]) for row in month["rates"]] == [
        ("EUR", "1.1", "2026-10-30"),
        ("PHP", "0.017", "2026-10-30"),
    ]
    assert [row["number"] for row in invoices(world)][:4] == order


def test_the_number_of_queries_of_a_month_does_not_grow_with_its_invoices(engine: Engine) -> None:
    world = two_vendors(engine)

    def count() -> int:
        with counted_queries(engine) as asked:
            invoices(world, OCTOBER)
        return len(asked)

    few = count()
    for number in range(30):
        world.invoice("NOVA", f"MORE-{number}", [{"queue": "Q1", "amount": str(number + 1)}])
    assert count() == few <= 20


def test_an_invoice_stands_with_its_prices_its_relatives_and_its_history(engine: Engine) -> None:
    world = two_vendors(engine)
    line = {"amount": "-4.00", "first": None, "last": None}
    world.invoice("NOVA", "CN-1", [line], document="credit_note", relates_to="INV-NOVA-10", months=())
    world.write(lambda s: contracts.decide_invoice(s, ME, "INV-NOVA-10", "NOVA", "disputed", "wrong hours", AT))
    world.write(lambda s: contracts.decide_invoice(s, staff("ben"), "INV-NOVA-10", "NOVA", "approved", "no, right", AT))
    found = page_of(world, "INV-NOVA-10")
    assert found["file"] == "INV-NOVA-10.xlsx"
    assert [(price["id"], price["rate"], price["queue"]) for price in found["prices"]] == [("4.1", "0.06", "Q1"), ("4.2", "0.16", "Q2")]
    assert [(row["how"], row["number"]) for row in found["related"]] == [("corrected_by", "CN-1")]
    told = [(row["state"], row["by"], row["reason"]) for row in found["history"]]
    assert told == [
        ("received", "anna", ""),
        ("disputed", "anna", "wrong hours"),
        ("approved", "ben", "no, right"),
        ("cleared", "ben", "no, right"),
    ]
    assert (found["submitter"], found["contracts"], found["settled"], found["unpriced"]) == ("anna", ["MSA-NOVA"], [], [])
    note = page_of(world, "CN-1")
    assert [(row["how"], row["number"]) for row in note["related"]] == [("corrects", "INV-NOVA-10")]


def test_bills_of_a_year_are_each_held_against_their_own_months_record_read_at_once(engine: Engine) -> None:
    world = two_vendors(engine)
    september, november = Period(2026, 9), Period(2026, 11)
    world.counts("NOVA", [("Q1", 1, "decisions", 300)], period=september)
    world.retire(world.counts("NOVA", [("Q1", 2, "decisions", 50)], period=september))
    days = {"quantity": "300", "rate": "0.06", "amount": "18.00", "queue": "Q1"}
    world.invoice("NOVA", "SEP-9", [{**days, "first": september.first, "last": september.last}], months=("2026-09",))
    with counted_queries(engine) as two:
        found = {one["number"]: one for one in invoices(world)}
    assert found["SEP-9"]["lines"][0]["contract_quantity"] == "310"  # ten of them were there before
    assert invoices(world, september) == [found["SEP-9"]]
    world.counts("NOVA", [("Q1", 1, "decisions", 7)], period=november)
    world.invoice("NOVA", "NOV-11", [{**days, "first": november.first, "last": november.last}], months=("2026-11",))
    with counted_queries(engine) as three:
        found = {one["number"]: one for one in invoices(world)}
    assert [found[name]["lines"][0]["contract_quantity"] for name in ("SEP-9", "NOV-11")] == ["310", "7"]
    assert len(three) == len(two)


def test_a_decision_is_named_as_a_reason_only_when_it_was_made(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    world.write(lambda s: contracts.decide_invoice(s, ME, "INV-NOVA-10", "NOVA", "disputed", "wrong hours", AT))
    assert world.close()["why"] == ["NOVA: invoice INV-NOVA-10 is now disputed"]
    world.counts("NOVA", [("Q1", 3, "decisions", 100)], side="platform", file="more.xlsx")
    assert world.close()["why"] == ["NOVA: performance file more.xlsx came"]


def test_a_vendor_reads_why_it_is_disputed_but_not_who_decided_nor_what_was_meant_for_us(engine: Engine) -> None:
    world = two_vendors(engine)
    world.write(lambda s: contracts.decide_invoice(s, ME, "INV-NOVA-10", "NOVA", "disputed", "wrong hours", AT))
    world.write(lambda s: contracts.decide_invoice(s, staff("ben"), "INV-NOVA-10", "NOVA", "approved", "for peace", AT))
    lead = Scope("lead", vendors=frozenset({"NOVA"}))
    found = page_of(world, "INV-NOVA-10", lead)
    assert [(row["state"], row["by"], row["reason"]) for row in found["history"]][1:3] == [
        ("disputed", None, "wrong hours"),
        ("approved", None, ""),
    ]
    assert found["submitter"] == ""
    with pytest.raises(NotFound):
        page_of(world, "INV-KITE-10", lead)
    assert world.read(lambda s: billing.invoice_months(s, lead)) == ["2026-10"]


def test_disputes_that_are_not_shown_are_listed_the_oldest_first(engine: Engine) -> None:
    world = two_vendors(engine)
    for number in ("LATER", "EARLIER"):
        world.invoice("NOVA", number, [{"amount": "3.00"}, {"amount": "4.00"}])
    world.write(lambda s: contracts.decide_invoice(s, ME, "EARLIER", "NOVA", "disputed", "hours", AT, line="2"))
    world.write(lambda s: contracts.decide_invoice(s, ME, "LATER", "NOVA", "disputed", "all", AT.replace(hour=13)))
    ids = {row["number"]: row["id"] for row in invoices(world)}

    def elsewhere(scope: Scope, *shown_ids: int) -> list[tuple[str, list[str], str, str]]:
        rows = world.read(lambda s: billing.disputed_elsewhere(s, scope, shown_ids))
        return [(row["number"], row["lines"], row["held"]["amount"], row["reason"]) for row in rows]

    assert elsewhere(ME) == [("EARLIER", ["2"], "4.00", "hours"), ("LATER", [], "7.00", "all")]
    assert elsewhere(ME, ids["EARLIER"]) == [("LATER", [], "7.00", "all")]
    assert elsewhere(Scope("k", vendors=frozenset({"KITE"}))) == []
