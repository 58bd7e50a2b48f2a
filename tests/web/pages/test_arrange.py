"""What stands on the ranking page: groups, sentences, words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.web.rankings import metric, network, ranking, vendor
from web.pages import arrange


def test_rows_are_parted_into_ties_capped_and_not_rated() -> None:
    groups = arrange.groups(network(), {})
    assert [(g["kind"], [r["vendor"] for r in g["rows"]]) for g in groups] == [
        ("tie", ["corvane", "arbelos"]),
        ("tie", ["dunmere", "halden"]),
        ("capped", ["fennick"]),
        ("unrated", ["estrella"]),
    ]


def test_a_chain_of_ties_is_no_group() -> None:
    chain = [
        vendor("a", 1, 90.0, low=1, high=2, tied=("b",)),
        vendor("b", 2, 88.0, low=1, high=3, tied=("a", "c")),
        vendor("c", 3, 84.0, low=2, high=3, tied=("b",)),
    ]
    assert [g["kind"] for g in arrange.groups(chain, {})] == ["chain", "chain", "chain"]


def test_a_tie_of_two_names_the_difference_and_of_three_does_not() -> None:
    assert arrange.tie_text(network()[:2]) == "The data cannot tell these two apart: difference 0.7, interval −5.0 to +6.4."
    three = [vendor(code, 1, 90.0) for code in "abc"]
    assert arrange.tie_text(three) == "The data cannot tell these three vendors apart: no difference of two is beyond doubt."


def test_a_tie_by_an_unproven_limit_says_so() -> None:
    capped = vendor("fennick", 2, 70.0, gates=[{"metric": "critical_accuracy", "proven": False}])
    assert "misses a must-meet limit, but not beyond doubt" in arrange.tie_text([vendor("orbit", 1, 95.0), capped])


def test_a_cap_says_whether_it_is_proven() -> None:
    [group] = [g for g in arrange.groups(network(), {}) if g["kind"] == "capped"]
    assert group["text"] == (
        "Critical accuracy of Fennick is under 94 %, proven: the whole interval, 91.1–93.2 %, lies below. "
        "The score stands; the rating and the rank do not follow it."
    )
    doubt = vendor("fennick", 1, 90.0, critical=0.935, gates=[{"metric": "critical_accuracy", "proven": False}])
    assert "not proven: the interval, 92.3–94.4 %, reaches the limit" in arrange.groups([doubt], {})[0]["text"]


def test_the_headline_tells_the_turn_of_cost_first() -> None:
    title, story = arrange.headline(network(), "2026-10")
    assert title == "Corvane looks dearest and is cheapest on equal work."
    assert "0.0997 USD at Corvane" in story
    assert "Corvane and Arbelos share first place" in story
    assert story.endswith("One vendor is capped and one vendor is not rated.")


def test_a_vendor_that_is_not_rated_makes_no_headline() -> None:
    vendors = [
        vendor("a", 1, 96.0, cost="0.0600", raw="0.0600"),
        vendor("b", 2, 90.0, cost="0.0650", raw="0.0650"),
        vendor("c", None, 80.0, cost="0.0500", raw="0.9000"),
    ]
    assert arrange.headline(vendors, "2026-10")[0] == "A is first, beyond doubt."


def test_a_turn_that_is_not_of_the_ends_names_both_vendors() -> None:
    vendors = [
        vendor("a", 1, 96.0, cost="0.0600", raw="0.0700"),
        vendor("b", 2, 90.0, cost="0.0650", raw="0.0600"),
        vendor("c", 3, 80.0, cost="0.0500", raw="0.0500"),
    ]
    assert arrange.headline(vendors, "2026-10")[0] == "A looks dearer than B and is cheaper on equal work."


@pytest.mark.parametrize(
    ("rank", "low", "high", "sentence"),
    [
        (3, 2, 5, "A stands between place 2 and place 5."),
        (1, 1, 4, "A stands between place 1 and place 4."),
        (3, 3, 3, "A stands at place 3."),
        (1, 1, 1, "A is first, beyond doubt."),
    ],
)
def test_who_sees_one_vendor_only_is_told_its_places_and_nobody_elses(rank: int, low: int, high: int, sentence: str) -> None:
    assert arrange.headline([vendor("a", rank, 90.0, low=low, high=high)], "2026-10")[0] == sentence


def test_without_a_turn_the_first_place_is_the_headline() -> None:
    alone = [vendor("a", 1, 96.0, cost="0.06", raw="0.06"), vendor("b", 2, 80.0, cost="0.08", raw="0.08")]
    assert arrange.headline(alone, "2026-10") == ("A is first, beyond doubt.", "")


def test_a_capped_vendor_above_the_first_is_named() -> None:
    capped = vendor("z", 2, 99.0, cost="0.09", raw="0.09", gates=[{"metric": "critical_accuracy", "proven": True}])
    title, story = arrange.headline([vendor("a", 1, 90.0, cost="0.06", raw="0.06"), capped], "2026-10")
    assert title == "A is first, beyond doubt."
    assert story == "Z scores higher, and is capped by a must-meet limit. One vendor is capped."


def test_a_month_in_which_nobody_is_rated_says_so() -> None:
    title, story = arrange.headline([vendor("a", None, 70.0), vendor("b", None, None)], "2026-10")
    assert title == "No vendor can be rated for October 2026 yet."
    assert story == "Two vendors are not rated."


def test_a_vendor_that_waits_for_a_file_is_provisional() -> None:
    row = arrange.row(network()[2], {"dunmere": ["performance file"]})
    assert (row["tags"], row["soft"]) == (["provisional"], True)


def test_a_vendor_without_cost_and_quality_still_has_a_row() -> None:
    bare = vendor("a", None, None, metrics=[], rating=None)
    row = arrange.row(bare, {})
    assert (row["cost"]["value"], row["accuracy"]["value"], row["pillars"], row["rating"]) == (None, None, [], "Not rated")


def test_pillars_add_up_to_the_weights_and_keep_what_no_figure_carries() -> None:
    parts = arrange.pillar_parts(network()[-1])
    assert sum(part["weight"] for part in parts) == Decimal(1)
    quality = parts[0]
    assert (quality["weight"], quality["covered"], quality["points"]) == (Decimal("0.40"), Decimal("0.05"), Decimal(107))


def test_a_metric_of_ones_own_stands_under_other() -> None:
    own = {**network()[0]["metrics"][0], "metric": "wellness_share", "weight": 0.1, "points": 50.0}
    one = vendor("a", 1, 90.0)
    one["metrics"].append(own)
    assert arrange.pillar_parts(one)[-1]["name"] == "Other"


def _cost(**amounts: str) -> dict[str, dict[str, str]]:
    told = {"invoiced": "0", "held": "0", "passed_through": "0", "estimated": "0", "shown": "0"} | amounts
    return {name: {"amount": text, "currency": "USD"} for name, text in told.items()}


def test_whose_money_cannot_be_converted_is_named() -> None:
    unknown = metric("cost_per_decision", None, None, raw=None, denominator=None, state="no_data", basis=arrange.NO_RATE)
    lost = vendor("beta", None, None, cost=None)
    lost["metrics"] = [unknown if row["metric"] == "cost_per_decision" else row for row in lost["metrics"]]
    told = arrange.left_out([vendor("a", 1, 90.0), lost])
    assert told == "Without Beta: no exchange rate for what they billed. Upload the month’s exchange rates."
    assert arrange.left_out([vendor("a", 1, 90.0), vendor("b", None, None, cost=None)]) == ""


def test_the_facts_name_work_cost_and_what_is_held() -> None:
    cost = _cost(invoiced="130.004", held="30.0049", shown="99.9991")
    facts = arrange.facts(ranking([vendor("a", 1, 90.0)], cost=cost))
    assert [(fact["name"], fact["value"]) for fact in facts] == [
        ("Decisions", "1,307,500"),
        ("Cost shown", "100.00"),
        ("Held, in question", "30.00"),
    ]
    assert facts[0]["note"] == "99.7 % comparable"
    nothing = vendor("a", None, None, metrics=[])
    assert "a decision" not in arrange.facts(ranking([nothing], cost=cost))[1]["note"]
    assert len(arrange.facts(ranking([nothing]))) == 1


def test_the_rows_of_the_tie_out_add_up_as_printed() -> None:
    tie = arrange.tie_out(_cost(invoiced="100.004", held="10.004", passed_through="0.004", estimated="5.004", shown="95"))
    assert tie is not None
    assert [(line["key"], str(line["value"])) for line in tie["lines"]] == [
        ("invoiced", "100.00"),
        ("held", "-10.00"),
        ("estimated", "5.00"),
    ]
    assert tie["total"] == sum(line["value"] for line in tie["lines"])
    assert arrange.tie_out(None) is None
