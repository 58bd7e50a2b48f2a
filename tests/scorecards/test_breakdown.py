"""Where a month comes from, and a queue's providers."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from kernel.errors import NotFound
from kernel.period import Period
from kernel.scope import Scope
from scorecards import breakdown
from tests.scorecards.world import ME, OCTOBER, World, metric, two_vendors, work

NOVA_ONLY = Scope("nora", frozenset({"vendor"}), frozenset({"NOVA"}))


@pytest.fixture
def world(engine: Engine) -> World:
    found = two_vendors(engine)
    found.close()
    return found


def _of(world: World, vendor: str = "NOVA", scope: Scope = ME, revision: int = 1) -> dict[str, Any]:
    found: dict[str, Any] = world.read(lambda s: breakdown.vendor_breakdown(s, scope, vendor, OCTOBER, revision))
    return found


def test_the_cuts_of_a_month_add_up_to_it(world: World) -> None:
    found = _of(world)
    assert [(row["key"], row["decisions"], row["share"]) for row in found["queue"]] == [("Q1", "800", 0.8), ("Q2", "200", 0.2)]
    assert [row["cost"] for row in found["queue"]] == [{"value": cost, "currency": "USD"} for cost in ("0.060000", "0.160000")]
    assert [(row["key"], row["decisions"]) for row in found["language"]] == [("en", "1000")]
    assert [row["accuracy"]["n"] for row in found["queue"]] == ["100", "100"]
    assert found["site"] == []


def test_what_a_site_cost_is_told_only_where_every_line_names_its_site(world: World) -> None:
    world.vendor("SOLO")
    world.contract("SOLO", [{"id": "1", "basis": "decision", "rate": "0.05"}])
    for site, volume in (("KRK", 100), ("WAW", 300)):
        world.counts("SOLO", work({"Q1": volume}), side="platform", site=site)
    world.invoice("SOLO", "S-1", [{"queue": "Q1", "site": "KRK", "amount": "6.00"}, {"queue": "Q1", "site": "WAW", "amount": "15.00"}])
    world.close()
    rows = _of(world, "SOLO", revision=2)["site"]
    assert [(row["key"], row["cost"]["value"]) for row in rows] == [("WAW", "0.050000"), ("KRK", "0.060000")]
    world.invoice("SOLO", "S-2", [{"queue": "Q1", "amount": "4.00"}])
    world.close()
    assert [row["cost"] for row in _of(world, "SOLO", revision=3)["site"]] == [None, None]


def test_the_raw_score_and_the_ends_of_the_points_are_those_of_the_ranking(world: World) -> None:
    found, card = _of(world), world.card("NOVA")
    raw = next(one for one in world.rank(basis="raw")["vendors"] if one["vendor"] == "NOVA")
    assert found["raw"] == {"score": raw["score"], "cost_points": metric(raw, "cost_per_decision")["points"]}
    low, high = found["point_ends"]["in_sla_share"]
    assert low < metric(card, "in_sla_share")["points"] < high


def test_equal_work_stands_beside_the_network(world: World) -> None:
    found = _of(world)
    assert [(row["queue"], row["decisions"], row["own_share"], row["others"]) for row in found["equal_work"]] == [
        ("Q1", "800", 0.8, 1),
        ("Q2", "200", 0.2, 1),
    ]
    assert found["network"]["level"] == metric(world.card("NOVA"), "cost_per_decision")["target"]


def test_a_vendors_account_is_told_of_the_network_only_with_three_others_behind_it(world: World) -> None:
    rows = _of(world, scope=NOVA_ONLY)["equal_work"]
    assert [(row["cost"] is None, row["network_cost"], row["network_share"], row["others"]) for row in rows] == [
        (False, None, None, None)
    ] * 2
    assert _of(world, scope=NOVA_ONLY)["network"]["raw"] is None
    shown = world.read(lambda s: breakdown.queue_month(s, NOVA_ONLY, OCTOBER, "Q1"))
    assert [one["vendor"] for one in shown["vendors"]] == ["NOVA"]
    assert (shown["decisions"], shown["vendors"][0]["share"], shown["vendors"][0]["tied_with"]) == (None, None, [])
    assert (shown["others_shown"], metric(shown["vendors"][0], "cost_per_decision")["target"]) == (False, None)


def test_foreign_and_missing_months_answer_alike(world: World) -> None:
    for vendor, scope, revision in (("KITE", NOVA_ONLY, 1), ("NOVA", ME, 7), ("NOBODY", ME, 1)):
        with pytest.raises(NotFound):
            _of(world, vendor, scope, revision)


def test_a_queues_providers_are_those_of_the_rankings_cut(world: World) -> None:
    found = world.read(lambda s: breakdown.queue_month(s, ME, OCTOBER, "Q2"))
    cut = world.rank(queue="Q2")["vendors"]
    kept = ("vendor", "rank", "rank_low", "rank_high", "tied_with", "score", "rating", "gates", "metrics")
    assert [{name: one[name] for name in kept} for one in found["vendors"]] == [{name: one[name] for name in kept} for one in cut]
    assert {one["vendor"]: (one["decisions"], one["share"]) for one in found["vendors"]} == {"NOVA": ("200", 0.4), "KITE": ("300", 0.6)}
    assert [row["key"] for row in found["vendors"][0]["languages"]] == ["en"]


def test_a_queue_without_work_has_no_providers_and_an_unknown_one_is_refused(world: World) -> None:
    world.queue("Q9")
    assert world.read(lambda s: breakdown.queue_month(s, ME, OCTOBER, "Q9"))["vendors"] == []
    for period, queue in ((OCTOBER, "Q99"), (Period(2020, 1), "Q1")):
        with pytest.raises(NotFound):
            world.read(lambda s, p=period, q=queue: breakdown.queue_month(s, ME, p, q))


def test_volumes_by_month_come_from_what_is_kept(world: World) -> None:
    found = world.read(lambda s: breakdown.queue_volumes(s, ME, {"2026-10"}))
    assert found["Q1"] == [{"period": "2026-10", "decisions": "1100", "vendors": ["KITE", "NOVA"]}]
    own = world.read(lambda s: breakdown.queue_volumes(s, NOVA_ONLY, {"2026-10"}))
    assert own["Q1"] == [{"period": "2026-10", "decisions": "800", "vendors": ["NOVA"]}]
