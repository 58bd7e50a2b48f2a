"""A month's comparison and what it says about change."""

from __future__ import annotations

import json

from kernel.audit import canonical
from kernel.period import Period
from scorecards.comparison import (
    body_from,
    body_text,
    change_since,
    changes_between,
    compare,
    month_hash,
    summed_ties,
    template_from,
    template_json,
)
from scorecards.template import NETWORK
from tests.scorecards.values import GOOD, figure, month


def text(vendor: str, expected: tuple[tuple[str, str, str, str | None], ...] = (), **values: str) -> str:
    figures = [figure(name, value) for name, value in (GOOD | values).items()]
    return body_text(month(vendor, figures, strata={"Q1/en": ("100", "10")}), expected)


def test_a_body_reads_back_as_it_was_written() -> None:
    written = text("NOVA", (("performance", "", "2026-11-04", None), ("invoice", "MNL", "2026-11-06", "2026-11-05")))
    body = body_from(written)
    assert body_text(body.figures, body.expected) == written
    assert body_from(written) is body


def test_the_order_of_vendors_changes_nothing() -> None:
    texts = [text("NOVA"), text("KITE", accuracy="0.93")]
    assert canonical(compare(texts, NETWORK)) == canonical(compare(reversed(texts), NETWORK))


def test_a_comparison_says_what_the_month_waits_for() -> None:
    found = compare([text("NOVA", (("performance", "MNL", "2026-11-04", None), ("invoice", "", "2026-11-06", "2026-11-05")))], NETWORK)
    assert found["waiting_for"] == [{"vendor": "NOVA", "kind": "performance", "site": "MNL", "due": "2026-11-04"}]


def test_a_template_reads_back_as_it_was_printed() -> None:
    assert template_from(template_json(NETWORK)) == NETWORK
    assert template_from(json.loads(canonical(template_json(NETWORK)))) == NETWORK


def test_the_hash_of_a_month_follows_every_input() -> None:
    october = Period(2026, 10)
    hashes = {
        month_hash(october, "USD", NETWORK, {"NOVA": "a"}),
        month_hash(october, "USD", NETWORK, {"NOVA": "b"}),
        month_hash(october, "EUR", NETWORK, {"NOVA": "a"}),
        month_hash(october, "USD", NETWORK[:-1], {"NOVA": "a"}),
        month_hash(Period(2026, 9), "USD", NETWORK, {"NOVA": "a"}),
    }
    assert len(hashes) == 5


def test_tie_outs_add_up() -> None:
    ties = compare([text("NOVA"), text("KITE")], NETWORK)["cost"]
    assert summed_ties([]) is None
    whole = summed_ties(list(ties.values()))
    assert whole is not None
    assert whole["shown"] == {"amount": "0", "currency": "USD"}


def test_change_needs_a_rating_in_both_months() -> None:
    rated, unrated = {"A": {"rank": 3, "score": "95"}}, {"A": {"rank": None, "score": None}}
    moved = {"A": {"rank": 1, "score": "195/2"}}
    assert change_since(rated, moved, "A") == {"rank": 2, "score": 2.5}
    assert change_since(rated, unrated, "A") == {"rank": None, "score": None}
    assert change_since({}, moved, "A") == {"rank": None, "score": None}


def test_changes_name_their_cause_and_whose_it_is() -> None:
    old = compare([text("NOVA"), text("KITE")], NETWORK)
    new = compare([text("NOVA", accuracy="0.93"), text("KITE")], NETWORK)
    why = ["NOVA: quality file a.csv superseded by b.csv"]
    assert changes_between(old, new, why) == [{"vendor": "NOVA", "metric": "accuracy", "old": 0.95, "new": 0.93, "cause": why[0]}]
    assert changes_between(old, old, why) == []
    moved = compare([text("NOVA"), text("KITE", qa_gap="0.03")], NETWORK)
    assert [one["cause"] for one in changes_between(old, moved, why)] == [f"the comparison with others: {why[0]}"]
    template = ["the network template or its currency changed"]
    assert [one["cause"] for one in changes_between(old, moved, template)] == template


def test_a_vendor_that_comes_or_goes_is_a_change_of_all_its_figures() -> None:
    one, two = compare([text("NOVA")], NETWORK), compare([text("NOVA"), text("KITE")], NETWORK)
    came = [change for change in changes_between(one, two, ["KITE: its first data of the month came"]) if change["vendor"] == "KITE"]
    assert {"accuracy", "in_sla_share"} <= {change["metric"] for change in came}
    assert all(change["old"] is None for change in came)
    gone = [change for change in changes_between(two, one, []) if change["vendor"] == "KITE"]
    assert all(change["new"] is None and change["cause"] == "" for change in gone)
