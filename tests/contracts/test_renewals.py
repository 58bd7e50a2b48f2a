"""Contracts that end soon and that nothing follows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from contracts.renewals import renewals
from contracts.terms import Terms

TODAY = date(2026, 11, 6)


def _terms(ends: date, vendor: str = "NOVA", number: str = "MSA-1", begins: date = date(2025, 1, 1)) -> Terms:
    return Terms(vendor, number, "USD", begins, ends)


@pytest.mark.parametrize(("days", "notice"), [(90, 90), (61, 90), (60, 60), (31, 60), (30, 30), (1, 30)])
def test_a_contract_is_named_within_the_nearest_notice(days: int, notice: int) -> None:
    (found,) = renewals([_terms(TODAY + timedelta(days))], TODAY)
    assert (found.vendor, found.number, found.ends, found.days, found.notice) == ("NOVA", "MSA-1", TODAY + timedelta(days), days, notice)


@pytest.mark.parametrize("days", [91, 400, 0, -10])
def test_a_contract_that_ends_later_or_has_ended_is_not_named(days: int) -> None:
    assert renewals([_terms(TODAY + timedelta(days))], TODAY) == []


def test_a_contract_that_another_follows_without_a_gap_is_not_named() -> None:
    ends = TODAY + timedelta(20)
    assert renewals([_terms(ends), _terms(ends + timedelta(365), number="MSA-2", begins=ends)], TODAY) == []
    assert len(renewals([_terms(ends), _terms(ends + timedelta(365), number="MSA-2", begins=ends + timedelta(1))], TODAY)) == 1
    assert len(renewals([_terms(ends), _terms(ends + timedelta(365), vendor="VEGA", begins=ends)], TODAY)) == 1


def test_the_soonest_comes_first() -> None:
    found = renewals([_terms(TODAY + timedelta(50), "VEGA"), _terms(TODAY + timedelta(50)), _terms(TODAY + timedelta(5), "KITE")], TODAY)
    assert [one.vendor for one in found] == ["KITE", "NOVA", "VEGA"]
