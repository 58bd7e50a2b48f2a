"""The sentences of a review: each holds for the figures beside it."""

from __future__ import annotations

from typing import Any

import pytest

from scorecards.review.arrange import review_object
from scorecards.review.sentences import change_text, figure, problems_text, waited
from tests.scorecards.review.snapshots import card, changed, finding, invoice, line, past, snapshot


def deciding(page: dict[str, Any]) -> list[str]:
    return [one["text"] for one in page["deciding"]]


HEADLINES = [
    (card(), "Nova Trust: 88.0, requires improvement, place 1 to 3 of 6."),
    (card(rank_low=2, rank_high=2), "Nova Trust: 88.0, requires improvement, place 2 of 6."),
    (card(rating=None, rank=None), "Nova Trust scores 88.0 and is not rated for October 2026."),
    (card(None, rating=None, rank=None), "Nova Trust has no score for October 2026."),
    (
        card(rating="inadequate", gates=[{"metric": "critical_accuracy", "proven": True}]),
        "Nova Trust: 88.0, held at inadequate by critical accuracy.",
    ),
]


@pytest.mark.parametrize(("found", "said"), HEADLINES)
def test_the_headline_is_the_month_in_one_sentence(found: dict[str, Any], said: str) -> None:
    assert review_object(snapshot(found))["headline"] == said


def test_the_story_names_the_change_the_money_and_what_is_missing() -> None:
    found = card(90.0, waiting_for=[{"vendor": "NOVA", "kind": "invoice", "site": "MNL", "due": "2026-11-04"}])
    found = changed(changed(found, "in_sla_share", points=80.0), "qa_gap", points=None, state="no_data", value=None)
    bills = (invoice("N-1", [line("1", "48", "40")], finding("I-06", "8"), finding("I-02", "3", who="vendor")),)
    page = review_object(snapshot(found, invoices=bills))
    assert page["story"] == (
        "Since September +2.0 points, in noise. In-SLA share moved it most, by −6.3: 95.5 % then, 95.5 % now. "
        "QA gap no longer carries points. 8.00 USD in question and 3.00 USD in the vendor’s favour. "
        "The month waits for invoice of site MNL (deadline 4 Nov 2026)."
    )


def test_the_story_of_a_first_month_and_of_one_without_a_score() -> None:
    assert review_object(snapshot(history=()))["story"] == (
        "There is no score of the month before to compare with. No money is in question."
    )
    silent = review_object(snapshot(card(None, rating=None)))["story"]
    assert silent == "No money is in question."
    without = card(score_low=None, score_high=None)
    assert review_object(snapshot(without))["story"].startswith("Since September 0.0 points. ")


def test_figures_that_begin_to_carry_points_are_named_together() -> None:
    before = past()
    assert before.vendor is not None
    quiet = changed(changed(dict(before.vendor), "accuracy", points=None), "qa_gap", points=None)
    page = review_object(snapshot(history=(past("2026-09", metrics=quiet["metrics"]),)))
    assert "Accuracy and QA gap newly carry points." in page["story"]


def test_only_the_vendors_favour_is_told_alone() -> None:
    bills = (invoice("N-1", [line("1", "48", "51")], finding("I-02", "3", who="vendor")),)
    assert review_object(snapshot(invoices=bills))["story"].endswith("3.00 USD in the vendor’s favour.")


RATINGS = [
    (101.0, "good", "The score of 101.0 reaches 100: good."),
    (97.0, "approaching_target", "The score of 97.0 lies between 95 and 100: approaching target; 3.0 points are missing to good."),
    (50.0, "inadequate", "The score of 50.0 lies under 60: inadequate; 10.0 points are missing to requires improvement."),
]


@pytest.mark.parametrize(("score", "rating", "said"), RATINGS)
def test_the_first_sentence_says_where_the_score_stands(score: float, rating: str, said: str) -> None:
    page = review_object(snapshot(card(score, rating=rating, score_low=None, score_high=None)))
    assert deciding(page)[0] == said


def test_an_interval_that_reaches_another_rating_is_said() -> None:
    page = review_object(snapshot(card(93.0, score_low=80.0, score_high=97.0)))
    assert "Its interval, 80.0 to 97.0, reaches approaching target, so the rating is not beyond doubt." in deciding(page)[0]


def test_the_losses_add_up_to_the_score() -> None:
    page = review_object(snapshot(changed(card(92.0), "staffing_share", value=None, state="not_sent", points=0.0)))
    assert deciding(page)[1:3] == [
        "Staffing share lacks 5.7 points: it was not sent and counts at its floor.",
        "Accuracy lacks 3.0 points: 94.0 % against a target of 95.0 %.",
    ]
    assert deciding(page)[-1] == "100 less 10.7 missing plus 2.7 gained beyond targets is 92.0."


def test_nothing_gained_beyond_a_target_is_not_told() -> None:
    found = card(90.0, contributions={"critical_accuracy": 90.0})
    found["metrics"] = [one for one in found["metrics"] if one["metric"] == "critical_accuracy"]
    assert deciding(review_object(snapshot(found)))[-1] == "100 less 10.0 missing is 90.0."


def test_a_capped_month_says_the_limit_and_what_the_score_alone_would_give() -> None:
    found = card(97.5, rating="inadequate", gates=[{"metric": "critical_accuracy", "proven": True}])
    page = review_object(snapshot(found))
    assert deciding(page)[0].startswith("Critical accuracy of Nova Trust is under 94 %, proven")
    assert page["deciding"][0]["metric"] == "critical_accuracy"
    assert deciding(page)[1] == "By its score alone the month would be approaching target."


def test_a_month_that_is_not_rated_says_why() -> None:
    page = review_object(snapshot(card(rating=None, rank=None, not_rated="first_month")))
    assert deciding(page)[0] == (
        "This is its first month of activity; a rating needs a month before it. The score is shown without rating and rank."
    )
    nothing = card(None, rating=None, rank=None, not_rated="coverage", coverage=0.0, contributions={})
    nothing["metrics"] = [{**one, "points": None} for one in nothing["metrics"]]
    assert deciding(review_object(snapshot(nothing))) == ["Figures cover 0 % of the weight, 80 % is needed."]


def test_no_weight_at_all_leaves_nothing_to_add_up() -> None:
    found = card(rating=None, rank=None, not_rated="coverage")
    found["metrics"] = [{**one, "weight": 0.0} for one in found["metrics"]]
    assert len(deciding(review_object(snapshot(found)))) == 1


def test_values_are_written_in_their_unit() -> None:
    assert (figure(None, "share"), figure(78.04, "per_hour")) == ("–", "78.0")
    assert change_text({"change": {"value": "0.0012", "currency": "USD"}, "unit": "money"}) == "+0.00120"
    assert change_text({"change": {"value": "-0.0012", "currency": "USD"}, "unit": "money"}) == "−0.00120"
    assert change_text({"change": 1.25, "unit": "seconds"}) == "+1.2"


def test_a_deadline_of_the_vendor_as_a_whole_names_no_site() -> None:
    assert waited({"kind": "invoice", "site": "", "due": "2026-11-06"}) == "invoice (deadline 6 Nov 2026)"


def test_problems_are_counted_by_weight() -> None:
    assert problems_text([{"severity": "warning"}, {"severity": "warning"}]) == "two to look at"
    assert problems_text([]) == ""


def test_many_missing_uploads_are_counted_after_the_third() -> None:
    found = card(waiting_for=[{"vendor": "NOVA", "kind": "invoice", "site": f"S{n}", "due": "2026-11-04"} for n in range(5)])
    assert review_object(snapshot(found))["story"].endswith(
        "waits for invoice of site S0 (deadline 4 Nov 2026), invoice of site S1 (deadline 4 Nov 2026), "
        "invoice of site S2 (deadline 4 Nov 2026) and two uploads more."
    )
