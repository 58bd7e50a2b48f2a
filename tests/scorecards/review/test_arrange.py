"""What stands in a review, and in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from scorecards.review.arrange import review_object
from scorecards.review.values import FileSeen, NoteSeen, PastMonth
from tests.scorecards.review.snapshots import AT, card, changed, finding, invoice, line, past, snapshot, upload, usd


def metric(page: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in page["metrics"] if row["metric"] == name)
    return found


def test_a_change_with_intervals_says_whether_it_is_more_than_noise() -> None:
    now = changed(card(), "critical_accuracy", value=0.95, low=0.94, high=0.96)
    quiet = review_object(snapshot(changed(card(), "critical_accuracy", value=0.97, low=0.958, high=0.979)))
    loud = review_object(snapshot(now))
    assert metric(quiet, "critical_accuracy")["noise"] == "in noise"
    found = metric(loud, "critical_accuracy")
    assert (found["noise"], found["change"]) == ("beyond noise", -0.025)
    assert found["change_low"] < found["change"] < found["change_high"] < 0


def test_a_change_without_an_interval_or_without_a_figure_claims_no_noise() -> None:
    page = review_object(snapshot(changed(changed(card(), "staffing_share", value=0.95), "in_sla_share", value=None, points=None)))
    assert (metric(page, "staffing_share")["change"], metric(page, "staffing_share")["noise"]) == (0.02, None)
    assert (metric(page, "in_sla_share")["change"], metric(page, "in_sla_share")["effect"]) == (None, None)
    assert metric(page, "cost_per_decision")["change"] == {"value": "0.000000", "currency": "USD"}


def test_the_effect_of_a_change_is_its_points_at_this_months_weights() -> None:
    page = review_object(snapshot(changed(card(), "in_sla_share", points=80.0)))
    assert metric(page, "in_sla_share")["effect"] == -6.0  # 0.20 of the weight x (80 - 110)
    assert [row["metric"] for row in page["top_changes"]] == ["in_sla_share"]


def test_no_more_than_three_changes_are_named_the_largest_first() -> None:
    found = card()
    for name, points in (("accuracy", 90.0), ("in_sla_share", 50.0), ("staffing_share", 48.0), ("qa_gap", 100.0)):
        found = changed(found, name, points=points)
    page = review_object(snapshot(found))
    assert [row["metric"] for row in page["top_changes"]] == ["in_sla_share", "accuracy", "staffing_share"]


def test_a_first_month_has_nothing_to_compare_with() -> None:
    first = card(period="2026-01")
    page = review_object(snapshot(first, history=(past("2026-01"),)))
    assert page["change"]["period"] is None
    assert metric(page, "accuracy")["before"] is None
    assert page["top_changes"] == []


def test_january_is_compared_with_december_and_a_month_without_the_vendor_with_nothing() -> None:
    page = review_object(snapshot(card(period="2026-01"), history=(past("2025-12"),)))
    assert page["change"]["period"] == "2025-12"
    gone = PastMonth("2026-09", 1, "agreed", None, {}, None)
    page = review_object(snapshot(history=(gone,)))
    assert page["change"]["period"] is None
    assert page["history"][0]["metrics"] == {}


def test_weights_of_nothing_have_no_effect() -> None:
    found = card()
    found["metrics"] = [{**row, "weight": 0} for row in found["metrics"]]
    page = review_object(snapshot(found))
    assert {row["effect"] for row in page["metrics"]} == {None}


def test_billed_is_contract_amount_and_difference_and_what_no_clause_prices() -> None:
    bills = (
        invoice("N-1", [line("1", "48", "40"), line("2", "5", None)]),
        invoice("N-2", [line("1", "99", "99")], costs=False),
        invoice("N-3", [line("1", "7", None)], billed={"amount": "7", "currency": "EUR"}),
    )
    euro, dollar = review_object(snapshot(invoices=bills))["cost"]["billed"]
    assert [dollar[name]["amount"] for name in ("billed", "contract_amount", "difference", "unpriced")] == [
        "53.00",
        "40.00",
        "8.00",
        "5.00",
    ]
    assert (euro["contract_amount"], euro["difference"], euro["complete"]) == (None, None, False)


def test_findings_stand_by_what_they_are_worth_and_settled_ones_last() -> None:
    bills = (
        invoice(
            "N-1", [line("1", "48", "40")], finding("I-06", "8"), finding("I-02", "3", who="vendor"), finding("I-07", "90", state="cleared")
        ),
        invoice("N-2", [line("1", "99", "99")], finding("I-01", "9", number=None, at_stake={"amount": "9", "currency": "EUR"})),
        invoice("N-3", [line("1", "1", "1")], finding("X-99", "1", number="9", at_stake={"amount": "1", "currency": "XXX"})),
    )
    page = review_object(snapshot(invoices=bills))
    assert [(row["code"], row["in_question"]) for row in page["findings"]] == [
        ("I-01", True),
        ("I-06", True),
        ("I-02", True),
        ("X-99", True),
        ("I-07", False),
    ]
    assert [row["name"] for row in page["findings"][::3]] == ["Billed before", "X-99"]
    asked = page["in_question"]
    assert (asked["client"]["total"], asked["client"]["count"]) == (usd("17.90"), 3)  # 8 + 9 x 1.1; XXX has no rate
    assert asked["client"]["amounts"] == [{"amount": "9.00", "currency": "EUR"}, usd("8.00"), {"amount": "1.00", "currency": "XXX"}]
    assert asked["vendor"]["total"] == usd("3.00")


def test_problems_that_are_settled_are_left_out_and_what_stops_comes_first() -> None:
    seen = (
        upload(5, "accepted", ("info", "TOTAL_ROW"), ("warning", "SCALE_CHANGED")),
        upload(4, "refused", ("error", "UNKNOWN_QUEUE")),
        upload(9, "refused", ("error", "ERROR_CELL")),
        upload(3, "superseded", ("error", "OLD")),
        upload(2, "undone", ("error", "OLDER")),
        upload(1, "refused", ("error", "OTHER_KIND"), kind="workforce"),
    )
    codes = [row["code"] for row in review_object(snapshot(uploads=seen))["problems"]]
    assert codes == ["ERROR_CELL", "OTHER_KIND", "SCALE_CHANGED", "TOTAL_ROW"]


def test_files_notes_and_what_is_pending_are_told_as_they_are() -> None:
    page = review_object(
        snapshot(
            card(waiting_for=[{"vendor": "NOVA", "kind": "workforce", "site": "", "due": "2026-11-04"}]),
            files=(FileSeen(3, "a.xlsx", "performance", "vendor", "ff", date(2026, 11, 3)), FileSeen(4, "", "fx", "", "", None)),
            notes=(NoteSeen("Accuracy of October 2026", "See the plan.", "ana", AT),),
            pending=("invoice N-1 is now approved",),
        )
    )
    assert [one["received_on"] for one in page["files"]] == ["2026-11-03", None]
    assert page["notes"][0]["at"] == "2026-11-06T12:00:00+00:00"
    assert page["pending"] == ["invoice N-1 is now approved"]
    assert page["waiting_for"] == ["workforce (deadline 4 Nov 2026)"]


def test_a_line_without_a_rate_is_worth_nothing_yet() -> None:
    base = snapshot()
    page = review_object(replace(base, lines=(replace(base.lines[0], rate=None), replace(base.lines[0], rate=Decimal("1.5")))))
    assert [(one["rate"], one["shown"]) for one in page["cost"]["lines"]] == [(None, "0"), ("1.5", "120")]
