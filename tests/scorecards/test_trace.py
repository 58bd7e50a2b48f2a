"""From a figure to the counts and lines of the uploads it came from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, text

from contracts import store as contracts
from contracts.models import FxRate
from contracts.service import decide_invoice, store_rates
from kernel.errors import NotFound
from scorecards import service
from scorecards.trace import RateKey, TraceInputs
from tests.scorecards.world import AT, ME, OCTOBER, World, metric, of_vendor, two_vendors


def trace(world: World, name: str, vendor: str = "NOVA", **cut: str) -> TraceInputs:
    found: TraceInputs = world.read(lambda s: service.trace(s, ME, world.settings, vendor, OCTOBER, name, **cut))
    return found


def amounts(found: TraceInputs) -> dict[tuple[str, str], Decimal]:
    sums: dict[tuple[str, str], Decimal] = {}
    for one in found.inputs:
        sums[one.fact, one.side] = sums.get((one.fact, one.side), Decimal(0)) + one.amount
    return sums


def test_every_figure_of_the_ranking_traces_to_the_same_value(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    for code in ("NOVA", "KITE"):
        for row in of_vendor(world.rank(), code)["metrics"]:
            found = trace(world, row["metric"], code)
            assert (found.value, found.state) == (row["value"], row["state"])


def test_the_keys_of_an_input_pick_exactly_the_rows_that_sum_to_it(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    found = trace(world, "in_sla_share")
    assert amounts(found) == {("due_items", "platform"): 1000, ("in_sla_items", "platform"): 950}
    for one in found.inputs:
        with engine.connect() as connection:
            query = text("select sample, site, queue, language, role, day, grain, amount from tally where batch = :batch and fact = :fact")
            rows = connection.execute(query, {"batch": one.batch, "fact": one.fact}).all()
        keys = {(*key[:5], str(key.day), key.grain) for key in one.keys}
        picked = [row[7] for row in rows if (*row[:5], str(row[5]), row[6]) in keys]
        assert sum(picked) == one.amount * 10**9
        assert [code.vendor for code in one.codes] == ["NOVA"]
    assert "950 / 1000 = 0.95" in found.formula


def test_a_cost_traces_to_the_lines_of_its_invoices(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    found = trace(world, "cost_per_decision")
    (cost,) = [one for one in found.inputs if one.fact == "cost"]
    assert (cost.side, [(line.sheet, line.row, line.amount) for line in cost.lines]) == (
        "vendor",
        [("Invoice", 2, Decimal("48.000000")), ("Invoice", 3, Decimal("32.000000"))],
    )
    assert amounts(found)["decisions", "platform"] == 1000
    assert found.formula.endswith("80 USD / 1000 = 0.080000 USD; on equal work 0.091250 USD")


def test_an_estimate_traces_to_the_contract(engine: Engine) -> None:
    world = two_vendors(engine)
    world.retire(world.batches)  # KITE's invoice
    world.close()
    found = [one for one in trace(world, "cost_per_decision", "KITE").inputs if one.fact == "contract_amount"]
    (contract,) = [row.batch for row in world.read(lambda s: contracts.contracts(s, "KITE"))]
    assert [(one.note, one.amount, one.batch, one.lines) for one in found] == [
        ("clause 4.1 (MSA-KITE)", Decimal("17.40"), contract, ()),
        ("clause 4.2 (MSA-KITE)", Decimal("45.00"), contract, ()),
    ]


def test_what_stands_in_for_a_held_line_names_the_line_and_the_contract(engine: Engine) -> None:
    world = two_vendors(engine)
    world.write(lambda s: decide_invoice(s, ME, "INV-KITE-10", "KITE", "disputed", "not agreed", AT, line="2"))
    world.close()
    (estimate,) = [one for one in trace(world, "cost_per_decision", "KITE").inputs if one.fact == "contract_amount"]
    assert estimate.note == "in place of a held line of INV-KITE-10, sheet Invoice, row 3 (MSA-KITE)"
    assert (estimate.amount, estimate.side) == (Decimal("45.00"), "contract")


def test_a_cost_in_another_currency_traces_to_the_rate_that_converted_it(engine: Engine) -> None:
    world = World(engine)
    world.vendor("NOVA")
    world.counts("NOVA", [("Q1", 1, "decisions", 100)])
    world.invoice("NOVA", "INV-1", [{"amount": "50.00"}], currency="EUR")
    for number, day, value in ((70, 29, "1.05"), (71, 30, "1.10"), (72, 30, "1.20")):
        row = FxRate(batch=0, day=date(2026, 10, day), from_currency="EUR", to_currency="USD", rate=Decimal(value), source="ECB")
        row.live = number != 72
        world.write(lambda s, number=number, row=row: store_rates(s, ME, number, [row], AT))
    world.close()
    found = trace(world, "cost_per_decision")
    (rate,) = [one for one in found.inputs if one.fact == "exchange_rate"]
    assert (rate.amount, rate.batch, rate.note) == (Decimal("1.1"), 71, "EUR to USD on 2026-10-30, ECB")
    assert rate.rate == RateKey("EUR", "USD", date(2026, 10, 30))
    assert amounts(found)["cost", "vendor"] == Decimal(55)


def test_a_cost_in_the_reporting_currency_has_no_rate(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    assert {one.fact for one in trace(world, "cost_per_decision").inputs} == {"cost", "decisions"}


def test_a_cut_traces_the_cut(engine: Engine) -> None:
    world = two_vendors(engine)
    world.counts("NOVA", [("Q1", 5, "decisions", 50)], side="platform", site="MNL")
    world.close()
    assert amounts(trace(world, "in_sla_share", queue="Q2")) == {("due_items", "platform"): 200, ("in_sla_items", "platform"): 190}
    assert trace(world, "in_sla_share", language="es").state == "no_data"
    assert amounts(trace(world, "decisions", site="MNL")) == {("decisions", "platform"): 50}
    assert trace(world, "cost_per_decision", queue="Q2").value == {"value": "0.160000", "currency": "USD"}
    assert trace(world, "cost_per_decision", site="MNL").value is None


def test_a_single_fact_is_traced_by_its_chosen_side(engine: Engine) -> None:
    world = two_vendors(engine)
    found = trace(world, "audits")
    assert (found.value, amounts(found)) == ("200", {("audits", "client"): 200})
    assert trace(world, "paid_hours").json()["inputs"] == []
    body: dict[str, Any] = found.json()
    assert body["inputs"] == [
        {"fact": "audits", "amount": "200", "side": "client", "batch": found.inputs[0].batch, "by_hand": False, "note": ""}
    ]


def test_punctual_uploads_trace_to_their_uploads(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    assert amounts(trace(world, "data_timeliness")) == {("files_due", "client"): 2, ("files_on_time", "client"): 2}
    correct = trace(world, "cost_per_correct_decision")
    assert {"cost", "decisions", "audits", "correct"} == {one.fact for one in correct.inputs}


def test_a_superseded_upload_stays_in_what_was_closed_with_it(engine: Engine) -> None:
    world = two_vendors(engine)
    extra = world.counts("NOVA", [("Q1", 5, "production_hours", 10)], side="vendor", kind="workforce")
    world.close()
    world.retire(extra)
    assert {one.batch for one in trace(world, "production_hours").inputs} == {extra}
    world.close()
    assert trace(world, "production_hours").inputs == ()


@pytest.mark.parametrize(("vendor", "name", "code"), [("NOVA", "beauty", "UNKNOWN_METRIC"), ("IDLE", "accuracy", "NO_FIGURES")])
def test_what_cannot_be_traced_is_said(engine: Engine, vendor: str, name: str, code: str) -> None:
    world = two_vendors(engine)
    world.vendor("IDLE")
    world.close()
    with pytest.raises(NotFound) as refused:
        trace(world, name, vendor)
    assert refused.value.code == code


def test_the_value_shown_is_that_of_the_revision(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    world.counts("NOVA", [("Q1", 9, "due_items", 500), ("Q1", 9, "in_sla_items", 0)], side="platform")
    assert trace(world, "in_sla_share").value == metric(of_vendor(world.rank(), "NOVA"), "in_sla_share")["value"]
