"""Every fault gets the exact sentence that stands beside its file."""

from __future__ import annotations

import pytest

from tests.importers.golden.answers import FILES, answer, as_text, expected_of, input_of
from tests.importers.golden.faults import FAULTS

ACCEPTED = {"duplicate_row", "control_differs"}
"""Faults that are remarked on and do not stand in the way."""


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_gets_the_sentence_beside_its_file(name: str) -> None:
    result = answer(name)
    assert as_text(result) == expected_of(name).read_text(encoding="utf-8")
    assert result["state"] == ("accepted" if name in ACCEPTED else "refused")
    assert result["problems"]
    for problem in result["problems"]:
        assert input_of(name).name in problem["message"]
        assert problem["message"].endswith((".", "upload"))


def test_no_file_stands_without_its_fault() -> None:
    assert {path.stem for path in FILES.iterdir()} == set(FAULTS)
