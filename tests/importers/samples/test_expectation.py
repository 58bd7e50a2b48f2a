"""How an answer is held against an entry of TRUTH.json."""

from __future__ import annotations

import pytest

from importers.samples.expectation import Truth, agrees, answer_at

ANSWER = {"vendors": [{"vendor": "NOVA", "rank": 1}, {"vendor": "ORBI", "tied_with": []}], "value": {"value": "0.1"}}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("vendors[vendor=NOVA].rank", 1),
        ("vendors[1].vendor", "ORBI"),
        ("value.value", "0.1"),
        ("vendors[7].rank", None),
        ("vendors[vendor=NONE].rank", None),
        ("value[0]", None),
        ("vendors.rank", None),
        ("", ANSWER),
    ],
)
def test_a_path_leads_to_what_stands_there(path: str, found: object) -> None:
    assert answer_at(ANSWER, path) == found


def test_what_is_no_path_is_refused() -> None:
    with pytest.raises(ValueError, match="is no path"):
        answer_at(ANSWER, "vendors[vendor=NOVA]..rank")


@pytest.mark.parametrize(
    ("expected", "found", "tolerance", "equal"),
    [
        (0.03, 0.03, None, True),
        (0, 0.0, None, True),
        (0.03, "0.03", None, False),
        (True, 1, None, False),
        (None, None, None, True),
        (None, 0, None, False),
        (["A", "B"], ["B", "A"], None, True),
        (0.97, 0.975, "0.01", True),
        (0.97, "no number", "0.01", False),
        (True, True, "0.01", True),
    ],
)
def test_answers_agree_to_the_last_digit_or_the_tolerance(expected: object, found: object, tolerance: str | None, *, equal: bool) -> None:
    assert agrees(expected, found, tolerance) is equal


def test_an_entry_has_the_agreed_keys() -> None:
    entry = Truth("T1a", "kind", "NOVA", "2026-10", ("rank", "2026-10"), "value", 1, "otherwise", needs_write=True).json()
    assert list(entry) == "id kind vendor period where command path expected tolerance before covered_by needs_write".split()
