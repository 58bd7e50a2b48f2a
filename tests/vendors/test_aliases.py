"""Names: folding, dated resolution, merges, suggestions."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendors.aliases import QUEUE, SITE, VENDOR, Name, Names, Resolution, match_key

NETWORK = Names(
    (
        Name(VENDOR, "", "NOVA", "Nova Services"),
        Name(VENDOR, "", "NOVA", "NOVA"),
        Name(VENDOR, "", "ORBIT", "Orbit"),
        Name(SITE, "NOVA", "MNL", "Manila"),
        Name(SITE, "ORBIT", "MNL2", "Manila"),
        Name(QUEUE, "", "Q7", "Video Live"),
        Name(QUEUE, "", "Q8", "Comments", date(2026, 1, 1), date(2026, 7, 1)),
        Name(QUEUE, "", "Q9", "Comments", date(2026, 7, 1)),
        Name(QUEUE, "", "Q10", "Twin"),
        Name(QUEUE, "", "Q11", "Twin"),
    ),
    {"ORBIT": ("NOVA", date(2026, 7, 1))},
)
DAY = date(2026, 3, 1)


@pytest.mark.parametrize("text", ["nova services", " NOVA  Services ", "Ｎova\u200b Services", "nova\nservices"])
def test_a_name_is_found_whatever_its_dress(text: str) -> None:
    assert NETWORK.vendor(text, DAY) == Resolution("NOVA")


def test_an_unknown_name_is_never_guessed() -> None:
    assert NETWORK.vendor("Nova Service", DAY) == Resolution(None)


def test_a_cyrillic_lookalike_is_unknown() -> None:
    assert NETWORK.vendor("N\u043eva Services").code is None


def test_a_name_of_two_things_is_not_decided() -> None:
    assert NETWORK.queue("twin", DAY) == Resolution(None, ("Q10", "Q11"))


def test_a_name_means_what_it_meant_on_the_day() -> None:
    assert NETWORK.queue("Comments", date(2026, 6, 30)).code == "Q8"
    assert NETWORK.queue("Comments", date(2026, 7, 1)).code == "Q9"
    assert NETWORK.queue("Comments", date(2025, 12, 31)).code is None


def test_a_name_whose_owner_changed_is_ambiguous_without_a_day() -> None:
    assert NETWORK.queue("Comments") == Resolution(None, ("Q8", "Q9"))


def test_a_site_is_looked_up_within_its_vendor() -> None:
    assert NETWORK.site("ORBIT", "manila").code == "MNL2"
    assert NETWORK.site("NOVA", "Manila").code == "MNL"
    assert NETWORK.site("NOVA", "MNL2").code is None


def test_rows_count_under_the_merged_vendor_from_the_day_on() -> None:
    assert NETWORK.vendor("Orbit", date(2026, 6, 30)).code == "ORBIT"
    assert NETWORK.vendor("Orbit", date(2026, 7, 1)).code == "NOVA"
    assert NETWORK.vendor("Orbit").code == "ORBIT"


def test_many_texts_are_resolved_at_once() -> None:
    found = NETWORK.resolve_many(QUEUE, ["Video Live", "video live", "Nope", "Nope"])
    assert found == {"Video Live": Resolution("Q7"), "video live": Resolution("Q7"), "Nope": Resolution(None)}


def test_a_clear_misspelling_is_suggested_and_an_unclear_one_is_not() -> None:
    assert NETWORK.closest(QUEUE, "Vidео Live".replace("е", "e").replace("о", "o")) == "Q7"
    assert NETWORK.closest(QUEUE, "Video Liv") == "Q7"
    assert NETWORK.closest(QUEUE, "Twinn") is None
    assert NETWORK.closest(QUEUE, "Something else") is None
    assert NETWORK.closest(SITE, "Manila", "NOWHERE") is None


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert match_key(match_key(text)) == match_key(text)
