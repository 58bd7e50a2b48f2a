"""What a note is left on, as a text."""

from __future__ import annotations

import pytest

from kernel.errors import Invalid
from scorecards.note_subjects import figure_subject, finding_subject, invoice_subject, read_subject, subject_words, upload_subject

GOOD = [
    (figure_subject("NOVA", "2026-10", "accuracy"), "figure", "NOVA", "2026-10"),
    (figure_subject("NOVA", "2026-10", "decisions", queue="Q1", site="MNL", language="en-US"), "figure", "NOVA", "2026-10"),
    (figure_subject("NOVA", "2026-10", "score"), "figure", "NOVA", "2026-10"),
    (finding_subject("NOVA", "INV: 7/%", "I-06", "2"), "finding", "NOVA", ""),
    (finding_subject("NOVA", "7", "I-01"), "finding", "NOVA", ""),
    (invoice_subject("NOVA", "Ⅶ:7"), "invoice", "NOVA", ""),
    (upload_subject("", 12), "upload", "", ""),
]


@pytest.mark.parametrize(("text", "kind", "vendor", "period"), GOOD)
def test_what_was_written_is_read(text: str, kind: str, vendor: str, period: str) -> None:
    found = read_subject(text)
    assert (found.text, found.kind, found.vendor, found.period) == (text, kind, vendor, period)


def test_an_invoice_number_may_hold_any_sign() -> None:
    assert read_subject(finding_subject("NOVA", "INV: 7/%", "I-06", "2")).parts == ("INV: 7/%", "I-06", "2")


def test_the_order_of_a_cut_does_not_matter() -> None:
    asked = read_subject("figure:NOVA:2026-10:accuracy:site=MNL:queue=Q1")
    assert asked.text == "figure:NOVA:2026-10:accuracy:queue=Q1:site=MNL"


BAD = [
    "",
    "figure",
    "figure:NOVA",
    "figure::2026-10:accuracy",
    "figure:NOVA:2026-13:accuracy",
    "figure:NOVA:october:accuracy",
    "figure:NOVA:2026-10:beauty",
    "figure:NOVA:2026-10:accuracy:queue=",
    "figure:NOVA:2026-10:accuracy:agent=7",
    "figure:NOVA:2026-10:accuracy:queue=Q1:queue=Q2",
    "finding:NOVA:7",
    "finding:NOVA:7:",
    "invoice:NOVA:7:8",
    "upload:NOVA:twelve",
    "upload:NOVA:",
    "song:NOVA:1",
    "invoice:NOVA:" + "9" * 300,
]


@pytest.mark.parametrize("text", BAD)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_subject(text)
    assert refusal.value.code == "SUBJECT"


WORDS = [
    (figure_subject("NOVA", "2026-10", "accuracy"), "Accuracy of October 2026"),
    (finding_subject("NOVA", "7", "I-01"), "Finding I-01 on invoice 7"),
    (finding_subject("NOVA", "7", "I-06", "2"), "Finding I-06 on invoice 7, line 2"),
    (invoice_subject("NOVA", "7/8"), "Invoice 7/8"),
    (upload_subject("NOVA", 12), "Upload 12"),
]


@pytest.mark.parametrize(("text", "words"), WORDS)
def test_every_subject_has_its_words(text: str, words: str) -> None:
    assert subject_words(text) == words
