"""A month from counts, contracts and invoices to revisions, on both databases."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import Engine

from kernel.errors import Invalid, NotFound
from kernel.period import Period
from kernel.scope import Scope
from scorecards import service
from tests.scorecards.world import AT, EXPECTED, ME, OCTOBER, metric, of_vendor, two_vendors


def test_a_month_comes_to_the_figures_worked_out_by_hand(engine: Engine) -> None:
    world = two_vendors(engine)
    answer = world.close()
    assert (answer["revision"], answer["status"], answer["changed"]) == (1, "provisional", True)
    ranking = world.rank()
    nova, kite = of_vendor(ranking, "NOVA"), of_vendor(ranking, "KITE")
    # raw: 80.00 / 1000 and 62.40 / 600. C* = 142.40 / 1600 = 0.089; NOVA 0.089 x 146 / 142.4, KITE 0.089 x 138.8 / 142.4.
    costs = {code: metric(of_vendor(ranking, code), "cost_per_decision") for code in ("NOVA", "KITE")}
    assert costs["NOVA"]["raw"] == {"value": "0.080000", "currency": "USD"}
    assert costs["KITE"]["raw"] == {"value": "0.104000", "currency": "USD"}
    assert costs["NOVA"]["value"] == {"value": "0.091250", "currency": "USD"}
    assert costs["KITE"]["value"] == {"value": "0.086750", "currency": "USD"}
    assert (costs["NOVA"]["floor"], costs["NOVA"]["target"]) == (
        {"value": "0.111250", "currency": "USD"},
        {"value": "0.089000", "currency": "USD"},
    )
    # (0.09125 - 0.11125) / (0.089 - 0.11125) x 100
    assert costs["NOVA"]["points"] == 89.8876404494
    assert ranking["comparable_share"] == 1
    sla = metric(nova, "in_sla_share")
    assert (sla["numerator"], sla["denominator"], sla["value"], sla["side"], sla["state"]) == ("950", "1000", 0.95, "platform", "scored")
    accuracy = metric(nova, "accuracy")  # 0.8 x 0.97 + 0.2 x 0.95
    assert (accuracy["value"], accuracy["raw"], accuracy["n"]) == (0.966, 0.96, "200")
    assert metric(nova, "critical_accuracy")["value"] == 0.982
    assert metric(nova, "count_discrepancy")["value"] == 0
    assert metric(nova, "data_timeliness")["value"] == 1
    assert metric(nova, "staffing_share")["state"] == "no_data"
    assert nova["cost"]["shown"] == {"amount": "80", "currency": "USD"}
    assert kite["tied_with"] == ["NOVA"]
    assert ranking["waiting_for"] == []
    raw = world.rank(basis="raw")
    assert metric(of_vendor(raw, "NOVA"), "cost_per_decision")["value"] == {"value": "0.080000", "currency": "USD"}
    assert metric(of_vendor(raw, "NOVA"), "cost_per_decision")["target"] == {"value": "0.089000", "currency": "USD"}


def test_both_databases_give_the_same_text(sqlite_engine: Engine, postgres_engine: Engine) -> None:
    texts = []
    for engine in (sqlite_engine, postgres_engine):
        world = two_vendors(engine)
        world.invoice("NOVA", "inv nova 10", [{"queue": "Q1", "amount": "48.00"}], issued_on=date(2026, 11, 4))
        world.close()
        answers = [world.rank(), world.rank(basis="raw"), world.rank(queue="Q1"), world.card("NOVA"), world.card("KITE")]
        answers.append(world.read(lambda s, w=world: service.invoice_list(s, ME, w.settings)))
        texts.append(json.dumps(answers))
    assert texts[0] == texts[1]


def test_closing_twice_changes_nothing(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    before = world.rank()
    again = world.close()
    assert (again["revision"], again["changed"], again["why"]) == (1, False, [])
    assert again["vendors"] == [{"vendor": "KITE", "changed": False}, {"vendor": "NOVA", "changed": False}]
    assert world.rank() == before


def test_a_corrected_file_makes_the_next_revision_and_says_why(engine: Engine) -> None:
    world = two_vendors(engine)
    old = world.counts("NOVA", [("Q1", 1, "production_hours", 10)], side="vendor", kind="workforce", file="nova-hours.xlsx")
    world.close()
    world.retire(old)
    world.counts("NOVA", [("Q1", 1, "production_hours", 20)], side="vendor", kind="workforce", file="nova-hours-2.xlsx")
    answer = world.close()
    assert answer["why"] == ["NOVA: workforce file nova-hours.xlsx superseded by nova-hours-2.xlsx"]
    assert answer["vendors"] == [{"vendor": "KITE", "changed": False}, {"vendor": "NOVA", "changed": True}]
    card = world.card("NOVA")
    assert [(one["revision"], one["why"]) for one in card["revisions"]] == [(1, ["first close of 2026-10"]), (2, answer["why"])]
    changed = {one["metric"]: (one["old"], one["new"], one["cause"]) for one in card["changes"]}
    assert changed == {"throughput": (40, 20, answer["why"][0])}  # 400 decisions of Q1 on that day
    assert metric(world.card("NOVA", revision=1), "throughput")["value"] == 40


def test_taking_the_correction_back_makes_a_revision_like_the_first(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    first = world.rank()
    extra = world.counts("NOVA", [("Q1", 3, "decisions", 100)], side="platform", file="more.xlsx")
    assert world.close()["revision"] == 2
    world.retire(extra)
    answer = world.close()
    assert (answer["revision"], answer["why"]) == (3, ["NOVA: performance file more.xlsx was taken back"])
    assert world.rank()["vendors"] == first["vendors"]


def test_only_the_named_vendor_is_computed_anew(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    for code in ("NOVA", "KITE"):
        world.counts(code, [("Q1", 3, "decisions", 100)], side="platform", file=f"{code}.xlsx")
    answer = world.close(vendor="NOVA")
    assert answer["vendors"] == [{"vendor": "KITE", "changed": False}, {"vendor": "NOVA", "changed": True}]
    assert metric(world.card("KITE"), "cost_per_decision")["denominator"] == "600"
    assert world.close()["why"] == ["KITE: performance file KITE.xlsx came"]


def test_a_settled_month_refuses_changed_inputs_and_leaves_all_as_it_is(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    for state in ("in_review", "agreed"):
        world.write(lambda s, to=state: service.advance_month(s, ME, OCTOBER, to, AT))
    assert world.close()["changed"] is False
    batch = world.counts("NOVA", [("Q1", 3, "decisions", 100)], side="platform", file="late.xlsx")
    with pytest.raises(Invalid, match=r"2026-10 is agreed .* late\.xlsx came.*batch undo") as refused:
        world.close()
    assert refused.value.code == "MONTH_LOCKED"
    assert world.rank()["revision"] == 1
    world.retire(batch)
    assert world.close()["changed"] is False


def test_what_was_expected_and_never_came_is_waited_for_and_scores_at_its_floor(engine: Engine) -> None:
    world = two_vendors(engine)
    world.vendor("LATE")
    world.contract("LATE", [{"id": "1", "basis": "decision", "rate": "0.05"}], expect=EXPECTED)
    world.counts("LATE", [("Q1", 1, "decisions", 100)], side="platform")
    answer = world.close()
    assert answer["waiting_for"] == [
        {"vendor": "LATE", "kind": "performance", "site": "", "due": "2026-11-04"},
        {"vendor": "LATE", "kind": "invoice", "site": "", "due": "2026-11-06"},
    ]
    late = of_vendor(world.rank(), "LATE")
    assert [(metric(late, "in_sla_share")[key]) for key in ("state", "points", "value")] == ["not_sent", 0, None]
    cost = metric(late, "cost_per_decision")  # no invoice: the contract amount stands in, 100 x 0.05
    assert (cost["state"], cost["raw"], cost["numerator"]) == ("estimated", {"value": "0.050000", "currency": "USD"}, "5")
    assert metric(late, "data_timeliness")["value"] == 0
    assert (late["rating"], late["rank"], late["not_rated"]) == (None, None, "coverage")


def test_a_vendor_that_starts_is_not_rated_in_its_first_month(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close(Period(2026, 9))
    september = of_vendor(world.rank(Period(2026, 9)), "NOVA")
    assert (september["rank"], september["rating"]) == (None, None)


def test_a_month_is_closed_by_staff_and_for_known_vendors_only(engine: Engine) -> None:
    world = two_vendors(engine)
    with pytest.raises(Invalid) as refused:
        world.close(scope=Scope("nora", vendors=frozenset({"NOVA"})))
    assert refused.value.code == "NOT_ALLOWED"
    with pytest.raises(NotFound):
        world.close(vendor="NOBODY")


def test_a_month_that_has_not_begun_is_not_closed(engine: Engine) -> None:
    with pytest.raises(Invalid, match="2027-01 begins on 2027-01-01") as caught:
        two_vendors(engine).close(Period(2027, 1))
    assert caught.value.code == "MONTH_AHEAD"


def test_a_suspected_duplicate_and_a_dispute_are_held_out_and_tie_out(engine: Engine) -> None:
    world = two_vendors(engine)
    world.invoice("NOVA", "NOVA 10", [{"queue": "Q1", "amount": "48.00"}], issued_on=date(2026, 11, 4))
    world.invoice("NOVA", "T-1", [{"amount": "7.50", "line_type": "pass_through", "text": "Travel"}])
    world.close()
    cost = of_vendor(world.rank(), "NOVA")["cost"]
    shown = {name: part["amount"] for name, part in cost.items()}
    assert shown == {"invoiced": "135.5", "held": "48", "passed_through": "7.5", "estimated": "0", "shown": "80"}
