"""Figures that rest on counts entered by hand say so, and are otherwise what they were."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, text

from scorecards import service
from tests.scorecards.world import ME, OCTOBER, World, of_vendor, two_vendors


def enter_by_hand(world: World, fact: str, vendor: str) -> set[int]:
    """Let the uploads that hold a vendor's counts of a fact be ones that a person entered; returns them."""

    def work(session: Any) -> set[int]:
        query = text("SELECT DISTINCT batch FROM tally WHERE fact = :fact AND vendor = :vendor")
        found = {row[0] for row in session.connection().execute(query, {"fact": fact, "vendor": vendor})}
        for batch in found:
            session.connection().execute(text("UPDATE delivery SET by_hand = true WHERE batch = :batch"), {"batch": batch})
        return found

    return set(world.write(work))


def marked(vendor: dict[str, Any]) -> set[str]:
    return {metric["metric"] for metric in vendor["metrics"] if metric["by_hand"]}


def bare(vendor: dict[str, Any]) -> list[dict[str, Any]]:
    return [{name: value for name, value in metric.items() if name != "by_hand"} for metric in vendor["metrics"]]


def test_no_figure_is_labelled_while_all_came_in_files(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    assert [marked(vendor) for vendor in world.rank()["vendors"]] == [set(), set()]


def test_the_figures_of_a_vendor_that_rest_on_it_are_labelled_and_no_value_changes(engine: Engine) -> None:
    world = two_vendors(engine)
    world.close()
    before = world.rank()
    entered = enter_by_hand(world, "due_items", "NOVA")
    after = world.rank()
    assert "in_sla_share" in marked(of_vendor(after, "NOVA"))
    assert "in_sla_share" not in marked(of_vendor(after, "KITE"))
    assert [bare(vendor) for vendor in after["vendors"]] == [bare(vendor) for vendor in before["vendors"]]
    card = world.read(lambda s: service.scorecard(s, ME, "NOVA", OCTOBER))
    assert marked(card) == marked(of_vendor(after, "NOVA"))
    traced = world.read(lambda s: service.trace(s, ME, world.settings, "NOVA", OCTOBER, "in_sla_share"))
    assert {one["batch"] for one in traced.json()["inputs"] if one["by_hand"]} == entered
    assert world.close()["changed"] is False


def test_what_was_entered_and_is_in_no_figure_labels_none(engine: Engine) -> None:
    world = two_vendors(engine)
    world.counts("NOVA", [("Q1", 1, "production_hours", 10)], side="vendor", kind="workforce")
    whole = world.counts("NOVA", [("", 1, "production_hours", 99)], side="vendor", kind="workforce", grain="month")
    world.write(lambda s: s.connection().execute(text("UPDATE delivery SET by_hand = true WHERE batch = :batch"), {"batch": whole}))
    world.close()
    nova = of_vendor(world.rank(), "NOVA")
    hours = next(row for row in nova["metrics"] if row["metric"] == "throughput")
    assert (hours["denominator"], marked(nova)) == ("10", set())
    traced = world.read(lambda s: service.trace(s, ME, world.settings, "NOVA", OCTOBER, "throughput"))
    assert not any(one["by_hand"] for one in traced.json()["inputs"])
