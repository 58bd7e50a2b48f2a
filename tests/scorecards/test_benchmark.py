"""What a vendor's account is told of the network's cost: nothing while fewer than three others stand behind it."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from kernel.period import Period
from kernel.scope import Scope
from scorecards import benchmark, breakdown, history, service
from scorecards.benchmark import carried_weight, is_hidden, may_know, told
from scorecards.review.arrange import review_object
from scorecards.review.gather import snapshot
from scorecards.review.workbook import review_workbook
from scorecards.verdicts import HIDDEN
from tests.scorecards.world import ME, OCTOBER, World, metric, of_vendor, two_vendors, work

NOVA_ONLY = Scope("nora", frozenset({"vendor"}), frozenset({"NOVA"}))
COST = "cost_per_decision"
MONTH = {"own_result": True}


@pytest.fixture
def world(engine: Engine) -> World:
    found = two_vendors(engine)
    found.close(Period(2026, 9))
    found.close()
    return found


def answers(world: World, scope: Scope) -> dict[str, Any]:
    """Everything that tells a vendor of its month, by what it is."""

    def ask(session: Any) -> dict[str, Any]:
        found = snapshot(session, scope, "NOVA", OCTOBER)
        cuts = [{"queue": "Q1"}, {"queue": "Q2"}, {"language": "en"}, {"basis": "raw"}, {"queue": "Q1", "basis": "raw"}]
        return {
            "card": service.scorecard(session, scope, "NOVA", OCTOBER),
            "ranking": service.ranking(session, scope, OCTOBER),
            "cuts": [service.ranking(session, scope, OCTOBER, **cut) for cut in cuts],
            "breakdown": breakdown.vendor_breakdown(session, scope, "NOVA", OCTOBER, 1),
            "queue": breakdown.queue_month(session, scope, OCTOBER, "Q2"),
            "past": history.past_months(session, scope, "NOVA", OCTOBER, metric=COST),
            "before": history.month_before(session, scope, "NOVA", OCTOBER.next()),
            "review": review_object(found),
            "book": [
                [cell.value for row in sheet.iter_rows() for cell in row]
                for sheet in load_workbook(io.BytesIO(review_workbook(found)), data_only=True)
            ],
        }

    found: dict[str, Any] = world.read(ask)
    return found


def numbers(value: Any) -> set[str]:
    """Every number and every text of an answer, however deep."""
    if isinstance(value, dict):
        return set().union(*(numbers(one) for one in value.values()))
    if isinstance(value, list):
        return set().union(*(numbers(one) for one in value))
    return {str(value)}


def cost_rows(value: Any) -> list[dict[str, Any]]:
    """Every row of the cost per decision in an answer."""
    if isinstance(value, dict):
        own = [value] if value.get("metric") == COST and "points" in value else []
        return own + [row for one in value.values() for row in cost_rows(one)]
    return [row for one in value for row in cost_rows(one)] if isinstance(value, list) else []


def test_no_answer_to_a_vendor_tells_the_level_of_costs_that_one_other_stands_behind(world: World) -> None:
    whole = answers(world, ME)
    secret = {row[name]["value"] for row in cost_rows(whole) for name in ("floor", "target") if row[name] is not None}
    secret |= {str(row["points"]) for row in cost_rows(whole) if row["points"] is not None}
    secret |= {str(whole["card"]["contributions"][COST]), whole["breakdown"]["network"]["level"]["value"]}
    secret -= {"0.0", "110.0"}
    assert len(secret) > 6
    for name, answer in answers(world, NOVA_ONLY).items():
        assert cost_rows(answer) or name in ("breakdown", "book")
        assert not secret & numbers(answer), name
        assert all((row["floor"], row["target"], row["points"]) == (None, None, None) for row in cost_rows(answer)), name


def test_a_cut_and_the_raw_basis_tell_no_score_either_the_month_itself_keeps_it(world: World) -> None:
    own, whole = answers(world, NOVA_ONLY), answers(world, ME)
    assert own["card"]["score"] == whole["card"]["score"] == own["review"]["score"]
    cuts = [*own["cuts"], own["queue"]]
    assert {one["vendors"][0][name] for one in cuts for name in ("score", "score_low", "score_high")} == {None}
    assert {one["comparable_share"] for one in cuts} == {None}
    assert (own["breakdown"]["raw"], own["review"]["raw"]["score"]) == ({"score": None, "cost_points": None}, None)
    assert COST not in own["breakdown"]["point_ends"]
    assert [one["vendors"][0]["rank"] for one in own["cuts"]] == [of_vendor(one, "NOVA")["rank"] for one in whole["cuts"]]


def test_what_is_told_keeps_its_share_of_the_score(world: World) -> None:
    own, whole = answers(world, NOVA_ONLY), answers(world, ME)
    kept = {name: points for name, points in whole["card"]["contributions"].items() if name != COST}
    assert own["card"]["contributions"] == kept
    effects = {row["metric"]: row["effect"] for row in whole["review"]["metrics"]} | {COST: None}
    assert {row["metric"]: row["effect"] for row in own["review"]["metrics"]} == effects
    said = [one["text"] for one in own["review"]["deciding"]]
    assert not any(text.startswith("100 less") or "Cost" in text for text in said)
    assert "no longer" not in own["review"]["story"]
    row = next(row for row in own["review"]["metrics"] if row["metric"] == COST)
    assert (row["verdict"], row["verdict_words"], row["contribution"]) == ("none", "not told", None)


def test_the_workbook_of_a_vendor_shows_the_score_that_the_page_shows(world: World) -> None:
    found = world.read(lambda s: snapshot(s, NOVA_ONLY, "NOVA", OCTOBER))
    page = review_object(found)
    sheet = load_workbook(io.BytesIO(review_workbook(found)))["Scorecard"]
    rows = {row[0].value: [cell.value for cell in row] for row in sheet.iter_rows(min_row=4, max_row=24)}
    assert rows["Score"][14] == pytest.approx(page["score"])
    assert rows["Weight that carries points"][12] == pytest.approx(page["coverage"])
    parts = {row["metric"]: row["contribution"] for row in page["metrics"]}
    assert rows["Accuracy"][14] == pytest.approx(parts["accuracy"])
    assert [rows["Cost per decision"][at] for at in (10, 11, 13, 14)] == [None] * 4


def test_with_three_others_of_known_cost_a_vendor_is_told_all_of_its_comparison(world: World) -> None:
    for code in ("ORBI", "PALM"):
        world.vendor(code)
        world.contract(code, [{"id": "1", "basis": "decision", "rate": "0.05"}])
        world.counts(code, work({"Q1": 100, "Q2": 100}), side="platform")
        world.invoice(code, f"{code}-1", [{"queue": "Q1", "amount": "5.00"}, {"queue": "Q2", "amount": "5.00"}])
        world.close()
    level = metric(world.card("NOVA"), COST)["target"]
    assert level is not None
    own = world.card("NOVA", scope=NOVA_ONLY)
    assert (metric(own, COST)["target"], HIDDEN in metric(own, COST)["marks"]) == (level, False)
    assert own["contributions"] == world.card("NOVA")["contributions"]


def body(*costs: str | None, floor: str | None = None, target: str | None = None) -> dict[str, Any]:
    """A comparison of vendors V0, V1, ... with these costs."""
    rows: list[dict[str, Any]] = [
        {
            "metric": COST,
            "value": cost and {"value": cost},
            "floor": {"value": "2"},
            "target": {"value": "1"},
            "points": 50.0,
            "marks": ["seen"],
        }
        for cost in costs
    ]
    vendors = [{"vendor": f"V{n}", "score": 50.0, "score_low": 1.0, "score_high": 99.0, "metrics": [row]} for n, row in enumerate(rows)]
    return {
        "template": [{"metric": COST, "floor": floor, "target": target}, {"metric": "accuracy", "floor": "0.9", "target": "0.95"}],
        "ranking": {"comparable_share": 1.0, "vendors": vendors},
        "contributions": {f"V{n}": {COST: 20.0, "accuracy": 30.0} for n in range(len(costs))},
    }


def only(vendor: str) -> Scope:
    return Scope("v", frozenset({"vendor"}), frozenset({vendor}))


@pytest.mark.parametrize(
    ("costs", "few"),
    [
        (("1", "1", "1"), {"V0", "V1", "V2"}),
        (("1", "1", "1", "1"), set()),
        (("1", "1", "1", None), {"V0", "V1", "V2"}),
        ((None,), {"V0"}),
        ((), set()),
    ],
)
def test_only_others_whose_cost_is_compared_count(costs: tuple[str | None, ...], few: set[str]) -> None:
    given = body(*costs)
    codes = [one["vendor"] for one in given["ranking"]["vendors"]]
    assert {code for code in codes if is_hidden(given, only(code), code)} == few
    assert not any(is_hidden(given, ME, code) for code in codes)


def test_a_level_that_the_template_sets_itself_is_no_secret() -> None:
    fixed = body("1", "1", floor="0.2", target="0.1")
    assert told(fixed, only("V0"), **MONTH) == fixed
    assert told(body("1", "1", floor="0.2"), only("V0"), **MONTH) != body("1", "1", floor="0.2")


def test_the_given_comparison_is_left_as_it_was() -> None:
    given = body("1", "1")
    before = json.dumps(given)
    shown = told(given, only("V0"), own_result=False)
    assert json.dumps(given) == before
    assert shown["contributions"] == {"V0": {"accuracy": 30.0}, "V1": {"accuracy": 30.0}}
    assert shown["ranking"]["vendors"][0]["metrics"][0]["marks"] == ["seen", HIDDEN]
    assert told(given, ME, own_result=False) == given


def test_a_cost_without_a_level_has_nothing_to_hide() -> None:
    row: dict[str, Any] = {"metric": COST, "value": None, "floor": None, "target": None, "points": None, "marks": []}
    assert benchmark.hidden({"metrics": [row, {"metric": "accuracy"}]}, own_result=True) == {"metrics": [row, {"metric": "accuracy"}]}


def test_the_weight_that_carries_points_counts_those_that_are_not_told() -> None:
    rows: list[dict[str, Any]] = [
        {"weight": 0.25, "points": None, "marks": [HIDDEN]},
        {"weight": 0.5, "points": 90.0, "marks": []},
        {"weight": 0.25, "points": None, "marks": []},
    ]
    assert Fraction(carried_weight(rows)) == Fraction(3, 4)
    assert carried_weight([]) == Decimal(0)


def test_staff_may_know_what_nobody_stands_behind() -> None:
    assert (may_know(ME, 0), may_know(NOVA_ONLY, 2), may_know(NOVA_ONLY, 3)) == (True, False, True)
