"""CSV of a page's table."""

from __future__ import annotations

from web.pages.files import csv_text


def test_a_text_that_begins_like_a_formula_is_made_harmless() -> None:
    assert csv_text([["name", "score"], ["=1+1", -3], ["a,b", None]]) == 'name,score\r\n\'=1+1,-3\r\n"a,b",\r\n'


def test_an_amount_below_zero_stays_a_number_also_as_text() -> None:
    assert csv_text([["-3264.00", "-219"]]) == "-3264.00,-219\r\n"
    assert csv_text([["-1+1", "-", "-3 days", "-1\n"]]) == "'-1+1,'-,'-3 days,\"'-1\n\"\r\n"
