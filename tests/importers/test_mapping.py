"""Headers become fields only where there is one answer."""

from __future__ import annotations

from difflib import SequenceMatcher

import pytest

from importers.kinds.fields import FIELDS
from importers.mapping import (
    IGNORE,
    LIKENESS,
    MOST_PROPOSALS,
    Assignment,
    closest_field,
    date_headers,
    fold_header,
    map_sheet,
    meanings_of,
    signature,
)
from importers.synonyms import NOT_STORED, SYNONYMS, words_of

KEYS = {name for name, spec in FIELDS.items() if spec.key}


def mapped(*headers: str, told: dict[str, str] | None = None, remembered: dict[str, str] | None = None) -> dict[str, Assignment]:
    """The assignments of one sheet's headers, by header."""
    columns = [(chr(65 + place), header) for place, header in enumerate(headers)]
    found = map_sheet("S", 1, columns, fields=set(FIELDS), keys=KEYS, told=told or {}, remembered=remembered)
    return {column.header: column for column in found.columns}


def problems(*headers: str) -> list[tuple[str, str]]:
    columns = [(chr(65 + place), header) for place, header in enumerate(headers)]
    return [(p.severity, p.code) for p in map_sheet("S", 1, columns, fields=set(FIELDS), keys=KEYS, told={}).problems]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Site ", "site"),
        ("Work\nDate", "day"),
        ("Tasks Completed (copy)", "decisions"),
        ("EMP#", "agent_id"),
        ("Handle_Seconds", "handle_seconds"),
        ("handle seconds", "handle_seconds"),
        ("ＡＨＴ", "aht_seconds"),
        ("AHT sec", "aht_seconds"),
        ("Avg. Processing Time", "aht_seconds"),
        ("%SLA Met", "in_sla_share"),
        ("% in SLA", "in_sla_share"),
        ("Prod Hrs (k)", "production_hours"),
        ("# Audits", "audits"),
        ("Język", "language"),
        ("Lang", "language"),
        ("Due in Period", "due_items"),
        ("Met SLA", "in_sla_items"),
    ],
)
def test_known_words_are_mapped_whatever_their_dress(header: str, field: str) -> None:
    assert mapped(header)[header].field == field


@pytest.mark.parametrize(
    ("header", "unit"),
    [("AHT (sec)", "seconds"), ("Handle Time [min]", "minutes"), ("Hrs (k)", "thousand"), ("SLA %", "percent"), ("Notes (old)", "")],
)
def test_units_are_read_from_the_header(header: str, unit: str) -> None:
    assert fold_header(header).unit == unit


@pytest.mark.parametrize("header", ["Workflow", "Skill", "Country", "FP"])
def test_words_that_fit_two_fields_ask(header: str) -> None:
    assert mapped(header)[header].field is None
    assert problems(header) == [("error", "AMBIGUOUS_HEADER")]


def test_a_word_that_fits_two_counts_is_left_out_with_a_warning() -> None:
    assert problems("Cycle Time") == [("warning", "AMBIGUOUS_HEADER")]


def test_what_looks_alike_is_proposed_and_not_taken() -> None:
    column = mapped("Decisons")["Decisons"]
    assert (column.field, column.why) == (None, "looks like decisions: confirm it")
    assert problems("Decisons") == [("warning", "LIKELY_HEADER")]
    assert closest_field("zzz", {"decisions"}) == ("", 0.0)


def test_a_proposal_is_the_word_of_most_equal_signs_found_without_comparing_all() -> None:
    """The same answer as comparing every word, which took an hour for a file of 100,000 unknown headers."""
    for word in (fold_header(name).key for name in FIELDS):
        for typed in (word[1:], word[:-1], word[:3] + word[4:], word[1:2] + word[:1] + word[2:]):
            likeness = SequenceMatcher(None, fold_header(typed).key, word).ratio()
            assert closest_field(typed, FIELDS)[1] >= (likeness if likeness >= LIKENESS else 0.0), typed


def test_for_the_first_unknown_headers_of_a_sheet_only_a_likely_field_is_looked_for() -> None:
    junk = [f"c{number}" for number in range(MOST_PROPOSALS)]
    assert problems("Decisons", *junk) == [("warning", "LIKELY_HEADER")]
    assert problems(*junk, "Decisons") == []
    assert mapped(*junk, "decisions", "Decisons")["decisions"].field == "decisions"


def test_what_nobody_knows_is_left_alone() -> None:
    found = mapped("Blorp", "", "Unnamed: 3", "LOB", "Comments", "Link")
    assert {header: column.why for header, column in found.items()} == {
        "Blorp": "no field is known by this header",
        "": "the column has no header",
        "Unnamed: 3": "the column has no header",
        "LOB": "line of business: not stored",
        "Comments": "looks like user content: neither stored nor shown",
        "Link": "looks like user content: neither stored nor shown",
    }
    assert problems("Blorp") == []


def test_a_person_decides_before_words_do() -> None:
    told = mapped("Workflow", "Handled", told={"workflow": "queue", "handled": IGNORE})
    assert (told["Workflow"].field, told["Workflow"].confidence) == ("queue", 1.0)
    assert (told["Handled"].field, told["Handled"].why) == (None, "to be ignored: told with --map")
    again = mapped("Workflow", remembered={"workflow": "queue"})
    assert (again["Workflow"].field, again["Workflow"].why) == ("queue", "remembered layout")


def test_two_columns_for_one_field_ask_unless_one_is_sure() -> None:
    assert [column.field for column in mapped("Handled", "Resolved").values()] == [None, None]
    assert problems("Handled", "Resolved") == [("error", "DOUBLE_FIELD")]
    sure = mapped("decisions", "Resolved")
    assert [column.field for column in sure.values()] == ["decisions", None]
    assert sure["Resolved"].why == "decisions is already read from 'decisions'"
    assert problems("decisions", "Resolved") == []


def test_a_mapping_prints_what_is_needed_to_read_again() -> None:
    sheet = map_sheet("S", 4, [("B", "AHT (min)")], fields=set(FIELDS), keys=KEYS, told={})
    assert sheet.json() == [
        {
            "header": "AHT (min)",
            "field": "aht_seconds",
            "confidence": 0.95,
            "why": "a known word for it",
            "letter": "B",
            "unit": "minutes",
            "sheet": "S",
            "header_row": 4,
        }
    ]
    assert set(sheet.fields) == {"aht_seconds"}


def test_a_layout_is_known_by_its_headers_in_any_order() -> None:
    assert signature(["Site ", "Date", ""]) == signature(["DATE", "site"]) != signature(["Site"])


def test_dates_as_headers_are_seen() -> None:
    assert date_headers(["Agent", "1.10.2026", "01/10/26", "2 Oct", "03-Nov-2025"]) == ["1.10.2026", "01/10/26", "2 Oct", "03-Nov-2025"]


@pytest.mark.parametrize("field", SYNONYMS)
def test_a_fields_own_name_means_it_alone(field: str) -> None:
    assert meanings_of(field) == (field,)
    assert words_of(SYNONYMS[field])


def test_words_of_other_kinds_do_not_disturb() -> None:
    assert meanings_of("Units", {"unit"}) == ()
    assert meanings_of("Period", {"period"}) == ("period",)
    assert meanings_of("TAT", {"decisions"}) == ("<turnaround time>",)
    assert len(NOT_STORED) > 10
