"""Each planted case is what it claims to be, for every seed."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from importers.samples import Manifest
from importers.samples.network import VENDORS, Network
from importers.samples.night import true_hours
from importers.samples.story import Story, tell
from importers.samples.uploads import write_uploads
from importers.samples.written import month_of
from tests.importers.samples.conftest import SEEDS


@pytest.fixture(scope="module", params=SEEDS)
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Story:
    network = Network(request.param, 3, date(2026, 11, 6))
    months = [month_of(network, network.periods[0], None)]
    for period in network.periods[1:]:
        months.append(month_of(network, period, months[-1]))
    for month in months:
        for vendor in VENDORS:
            if (vendor.code, month.period) != ("KITE", network.last):
                month.arrived[vendor.code, "performance"] = month.period.end
            month.arrived[vendor.code, "workforce"] = month.arrived[vendor.code, "invoice"] = month.period.end
    return tell(network, months[1], months[2], write_uploads(network, tmp_path_factory.mktemp("uploads") / "to-upload", months[2]))


def test_every_planted_case_has_an_entry(short: Manifest) -> None:
    numbers = {"".join(sign for sign in truth.id if sign.isdigit()) for truth in short.truths}
    assert numbers == {str(number) for number in range(1, 18)}


def test_ids_are_unique_and_places_exist(short: Manifest) -> None:
    assert len({truth.id for truth in short.truths}) == len(short.truths)
    for truth in short.truths:
        for place in truth.where:
            assert (short.root / str(place["file"])).is_file(), place


def test_later_issues_are_named(short: Manifest) -> None:
    assert {truth.covered_by for truth in short.truths} == {"chain", "credits issue", "contract issue", "importer issue"}
    assert {truth.id[:3] for truth in short.truths if truth.needs_write} == {"T7d", "T15"}


def test_nova_is_cheaper_in_every_stratum_and_dearer_in_all(story: Story) -> None:
    costs = story.costs
    shared = costs.parts["NOVA"].keys() & costs.parts["ORBI"].keys()
    assert len(shared) == 6
    for stratum in shared:
        nova, orbi = (costs.parts[vendor][stratum] / costs.decisions[vendor][stratum] for vendor in ("NOVA", "ORBI"))
        assert nova < orbi
    assert costs.raw("NOVA") > costs.raw("ORBI")
    assert costs.like_for_like("NOVA") < costs.like_for_like("ORBI")
    assert Fraction(9, 10) < costs.comparable_share() < 1


def test_every_cost_is_spread_without_rest(story: Story) -> None:
    for costs in (story.costs, story.costs_before):
        for vendor, total in costs.total.items():
            assert sum(costs.parts[vendor].values()) == total


def test_vega_and_orbis_are_told_apart_by_nobody(story: Story) -> None:
    assert "ORBI" in story.standing["VEGA"].tied_with
    assert "VEGA" in story.standing["ORBI"].tied_with


def test_palm_would_be_first_and_is_proven_below_the_limit(story: Story) -> None:
    palm = story.standing["PALM"]
    others = [standing for standing in story.standing.values() if standing.rated and standing is not palm]
    assert palm.score > max(standing.score for standing in others)
    assert (palm.rating, palm.proven, palm.rank) == ("inadequate", True, len(others) + 1)
    assert [standing.vendor for standing in others if standing.capped] == []


def test_palm_misses_the_limit_unproven_in_the_month_before(story: Story) -> None:
    palm = story.standing_before["PALM"]
    assert palm.capped
    assert not palm.proven


def test_luma_is_not_rated_for_want_of_audits(story: Story) -> None:
    luma = story.standing["LUMA"]
    assert luma.rating is None
    assert luma.rank is None
    assert round(luma.values["accuracy"].low, 5) == pytest.approx(Fraction(83887, 100000))
    assert luma.values["accuracy"].high == 1


def test_kites_gap_is_four_points_and_proven(story: Story) -> None:
    gap = story.standing["KITE"].values["qa_gap"]
    assert gap.value == Fraction(4, 100)
    assert gap.low < gap.value < gap.high


def test_novas_cost_rises_by_mix_alone(story: Story) -> None:
    assert story.costs.raw("NOVA") > story.costs_before.raw("NOVA")
    rates = {story.queue(role): rate for (vendor, role), rate in story.network.rates.per_decision.items() if vendor == "NOVA"}
    for costs in (story.costs, story.costs_before):
        for (queue, language), cost in costs.parts["NOVA"].items():
            assert cost / costs.decisions["NOVA"][queue, language] == rates[queue]


def test_nova_owes_a_credit(story: Story) -> None:
    assert story.standing["NOVA"].values["in_sla_share"].value < Fraction(95, 100)


def test_the_faulty_upload_has_four_faults(story: Story) -> None:
    assert sorted(story.uploads.faults.values()) == ["negative count", "text in a number", "unknown queue", "work date after receipt"]


def test_the_night_has_nine_hours(story: Story) -> None:
    assert true_hours(story.network) == {date(2026, 10, 31): 2, date(2026, 11, 1): 7}
