"""The strip of months."""

from __future__ import annotations

from kernel.period import Period
from web.pages.months import month_links, with_open

CLOSED = [
    {"period": "2025-12", "status": "locked"},
    {"period": "2026-01", "status": "locked"},
    {"period": "2026-02", "status": "in_review"},
]


def test_the_chosen_month_is_named_in_full_and_the_others_tell_what_is_not_usual() -> None:
    links = month_links(CLOSED, "2026-01", "/status/{period}")
    assert [(one["name"], one["note"], one["current"]) for one in links] == [
        ("Dec", "2025", False),
        ("January 2026", "locked", True),
        ("Feb", "in review", False),
    ]
    assert links[0]["href"] == "/status/2025-12"


def test_a_phone_shows_the_newest_and_the_chosen_one() -> None:
    many = [{"period": f"2026-{number:02}", "status": "locked"} for number in range(1, 10)]
    assert [one["name"] for one in month_links(many, "2026-02", "/{period}") if not one["old"]] == [
        "February 2026",
        "Jun",
        "Jul",
        "Aug",
        "Sep",
    ]


def test_months_that_are_not_closed_yet_are_open() -> None:
    assert [one["status"] for one in with_open(CLOSED, Period.parse("2026-04"))] == ["locked", "locked", "in_review", "open", "open"]
    assert with_open([], Period.parse("2026-04")) == [{"period": "2026-04", "status": "open"}]
    assert with_open(CLOSED, Period.parse("2026-01")) == CLOSED
