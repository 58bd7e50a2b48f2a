"""What may be asked, by whom, and what must be refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from kernel.errors import Invalid, NotFound, Refusal, Usage
from kernel.period import Period
from kernel.scope import Scope
from scorecards import service
from scorecards.models import NetworkTarget
from tests.scorecards.world import AT, ME, OCTOBER, metric, of_vendor, two_vendors

NOVA_ONLY = Scope("nora", roles=frozenset({"vendor"}), vendors=frozenset({"NOVA"}))
NOVEMBER = Period(2026, 11)


def test_a_vendor_sees_itself_only(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    world.counts("KITE", [("Q1", 5, "decisions", 100)], side="platform", file="secret.xlsx")
    world.close()
    own = world.rank(scope=NOVA_ONLY)
    assert [one["vendor"] for one in own["vendors"]] == ["NOVA"]
    assert own["vendors"][0]["tied_with"] == []
    assert own["cost"]["shown"]["amount"] == "80"
    assert own["vendors"][0]["rank"] == of_vendor(world.rank(), "NOVA")["rank"]
    card = world.card("NOVA", scope=NOVA_ONLY)
    assert "KITE" not in str(card)
    assert "secret" not in str(card)
    assert [one["cause"] for one in card["changes"]] == ["the comparison with others"]
    assert card["revisions"][1]["why"] == []


def test_unknown_and_foreign_vendors_answer_alike(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    said = []
    for vendor, scope in (("KITE", NOVA_ONLY), ("NOBODY", NOVA_ONLY), ("NOBODY", ME)):
        for ask in (
            lambda s, v=vendor, c=scope: service.scorecard(s, c, v, OCTOBER),
            lambda s, v=vendor, c=scope: service.price_contract(s, c, world.settings, v, OCTOBER),
            lambda s, v=vendor, c=scope: service.trace(s, c, world.settings, v, OCTOBER, "accuracy"),
        ):
            with pytest.raises(NotFound) as refused:
                world.read(ask)
            said.append((refused.value.code, refused.value.message.replace(vendor, "...")))
    assert len(set(said)) == 1


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda s: service.ranking(s, ME, NOVEMBER), "NOT_CLOSED"),
        (lambda s: service.ranking(s, ME, OCTOBER, queue="Q99"), "UNKNOWN_QUEUE"),
        (lambda s: service.ranking(s, ME, OCTOBER, basis="rough"), "BASIS"),
        (lambda s: service.scorecard(s, ME, "NOVA", NOVEMBER), "NOT_CLOSED"),
        (lambda s: service.scorecard(s, ME, "NOVA", OCTOBER, 7), "UNKNOWN_REVISION"),
    ],
)
def test_what_is_not_there_is_refused_by_name(engine: Engine, ask: object, code: str) -> None:
    world = two_vendors(engine)
    world.close()
    with pytest.raises(Refusal) as refused:
        world.read(ask)
    assert refused.value.code == code


def test_a_cut_by_queue_measures_the_same_inputs_in_the_cut(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    cut = world.rank(queue="Q2")
    nova = of_vendor(cut, "NOVA")
    cost = metric(nova, "cost_per_decision")  # 32.00 / 200; network 77 / 500
    assert (cost["raw"]["value"], cost["value"]["value"], cost["target"]["value"]) == ("0.160000", "0.160000", "0.154000")
    assert metric(nova, "accuracy")["value"] == 0.95
    assert metric(nova, "in_sla_share")["denominator"] == "200"
    assert metric(nova, "data_timeliness")["state"] == "no_data"
    assert nova["change"] == {"rank": None, "score": None}
    assert world.rank(language="xx")["vendors"] == []
    assert of_vendor(world.rank(language="en"), "NOVA")["metrics"][0] == of_vendor(world.rank(), "NOVA")["metrics"][0]


def test_change_compares_with_the_month_before(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    for code, volumes in (("NOVA", 1000), ("KITE", 600)):
        counts = {"decisions": volumes, "due_items": volumes, "in_sla_items": volumes * 93 // 100}
        world.counts(code, [("Q1", 1, fact, amount) for fact, amount in counts.items()], period=NOVEMBER)
        audits = {"audits": 200, "correct": 190, "units_with_critical_error": 2}
        world.counts(
            code, [("Q1", 1, fact, n) for fact, n in audits.items()], side="client", kind="quality", sample="random", period=NOVEMBER
        )
    world.close(NOVEMBER)
    before, after = world.rank(), world.rank(NOVEMBER)
    for code in ("NOVA", "KITE"):
        old, new = of_vendor(before, code), of_vendor(after, code)
        assert new["change"]["rank"] == old["rank"] - new["rank"]
        assert new["change"]["score"] == pytest.approx(new["score"] - old["score"], abs=1e-9)
    assert world.rank(NOVEMBER, basis="raw")["vendors"][0]["change"]["score"] is not None
    assert of_vendor(before, "NOVA")["change"] == {"rank": None, "score": None}


def test_a_month_advances_one_state_at_a_time(engine: Engine) -> None:
    world = two_vendors(engine)

    def advance(status: str, scope: Scope = ME) -> str:
        return str(world.write(lambda s: service.advance_month(s, scope, OCTOBER, status, AT))["status"])

    with pytest.raises(NotFound):
        advance("in_review")
    world.close()
    with pytest.raises(Usage):
        advance("open")
    with pytest.raises(Invalid, match="next state is in_review"):
        advance("locked")
    with pytest.raises(Invalid, match="staff"):
        advance("in_review", NOVA_ONLY)
    assert [advance(status) for status in ("in_review", "in_review", "agreed", "locked")] == ["in_review", "in_review", "agreed", "locked"]
    with pytest.raises(Invalid, match="last state"):
        advance("agreed")
    assert world.read(lambda s: service.months(s, ME)) == [{"period": "2026-10", "status": "locked"}]


def test_holidays_move_deadlines_and_make_a_revision(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    days = {date(2026, 11, 3): "Founders"}
    for _ in range(2):
        world.write(lambda s: service.set_holidays(s, ME, days, AT))
    assert world.read(service.list_holidays) == ["2026-11-03"]
    assert world.close()["why"] == ["KITE: the client's holidays changed", "NOVA: the client's holidays changed"]
    world.write(lambda s: service.set_holidays(s, ME, [date(2026, 12, 25)], AT))
    assert world.read(service.list_holidays) == ["2026-12-25"]


def target(name: str, weight: str = "1", direction: str = "up", gate: str = "", gate_floor: str | None = None) -> NetworkTarget:
    limit = None if gate_floor is None else Decimal(gate_floor)
    return NetworkTarget(
        metric=name,
        weight=Decimal(weight),
        direction=direction,
        floor=Decimal("0.90"),
        target=Decimal("0.95"),
        gate=gate,
        gate_floor=limit,
    )


def test_a_network_template_of_ones_own_replaces_the_default(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    for _ in range(2):
        world.write(lambda s: service.set_network_targets(s, ME, [target("in_sla_share")], AT))
    assert world.close()["why"] == ["the network template or its currency changed"]
    nova = of_vendor(world.rank(), "NOVA")
    assert (nova["score"], nova["coverage"], nova["rating"]) == (100, 1, "good")
    assert metric(nova, "accuracy")["state"] == "informative"
    world.write(lambda s: service.set_network_targets(s, ME, [target("accuracy", "2")], AT))
    assert [row["metric"] for row in world.read(service.list_network_targets)] == ["accuracy"]


@pytest.mark.parametrize(
    "rows",
    [
        [target("beauty")],
        [target("accuracy", direction="sideways")],
        [target("accuracy", "-1")],
        [target("accuracy", gate="inadequate")],
        [target("accuracy", gate="awful", gate_floor="0.9")],
        [target("accuracy"), target("accuracy")],
        [target("accuracy", "0")],
    ],
)
def test_a_template_that_cannot_score_is_refused(sqlite_engine: Engine, rows: list[NetworkTarget]) -> None:
    world = two_vendors(sqlite_engine)
    with pytest.raises(Invalid) as refused:
        world.write(lambda s: service.set_network_targets(s, ME, rows, AT))
    assert refused.value.code == "TARGET"


def test_the_catalogues_list_every_fact_and_figure() -> None:
    assert {"fact", "unit", "kind", "group"} == set(service.facts()[0])
    assert {row["metric"] for row in service.metrics()} >= {"accuracy", "cost_per_decision", "qa_gap"}
