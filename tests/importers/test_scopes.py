"""What two uploads have in common, told by days as bits."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from importers.scopes import (
    COVERS,
    DISJOINT,
    PARTIAL,
    ScopeKey,
    ScopeRow,
    Shared,
    days_in_words,
    days_of,
    gathered,
    relate,
    shared_in_words,
    whole_month,
)
from kernel.period import Period

PERIOD = Period(2026, 10)
BITS = st.integers(0, whole_month(PERIOD))


def key(site: str = "MNL", queue: str = "Q1", sample: str = "") -> ScopeKey:
    return ScopeKey("NOVA", "2026-10", "performance", "vendor", sample, site, queue)


def test_rows_of_one_key_are_one_set_of_days() -> None:
    assert gathered([ScopeRow(key(), 0b01), ScopeRow(key(), 0b10), ScopeRow(key("CHI"), 1)]) == {key(): 0b11, key("CHI"): 1}


@given(BITS, BITS)
def test_the_relation_is_that_of_the_sets_of_days(new: int, old: int) -> None:
    mine, theirs = set(days_of(PERIOD, new)), set(days_of(PERIOD, old))
    found = relate({key(): new}, 7, {key(): old})
    assert found.batch == 7
    expected = DISJOINT if not mine & theirs else COVERS if theirs <= mine else PARTIAL
    assert found.relation == expected
    if expected == PARTIAL:
        assert set(found.shared[0].days) == mine & theirs


def test_another_key_left_out_makes_it_partial() -> None:
    found = relate({key(): 1}, 1, {key(): 1, key("CHI"): 1})
    assert (found.relation, [part.key.site for part in found.shared]) == (PARTIAL, ["MNL"])
    assert relate({key("CHI"): 1}, 1, {key(): 1}).relation == DISJOINT


def test_shared_days_are_told_by_place() -> None:
    days = tuple(date(2026, 10, 1) + timedelta(days=n) for n in range(3))
    shared = [Shared(key(), days), Shared(key("CHI"), days), Shared(key("", "", "random"), days[:1]), Shared(key("", ""), days[1:2])]
    assert shared_in_words(shared) == "random on 2026-10-01; CHI Q1, MNL Q1 on 2026-10-01 to 2026-10-03; NOVA on 2026-10-02"


def test_no_days_are_no_words() -> None:
    assert days_in_words([]) == ""
