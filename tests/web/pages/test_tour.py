"""The demo's tour: told from the demo's own figures, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.errors import NotFound
from web.database import open_process
from web.pages import tour
from web.pages.frame import base_page
from web.process import DEMO, Process


@pytest.fixture
def asking(demo: Path) -> Process:
    """Who looks at the demo."""
    assert demo.is_dir()
    return open_process("ana")


def test_the_six_steps_are_told_from_the_demo(asking: Process) -> None:
    page = tour.tour_page(asking)
    steps = tour.drawn(page, base_page(asking, "/tour"))["steps"]
    assert [step["title"] for step in steps] == [
        "The month in one sentence",
        "Money in question",
        "From a figure to its cell",
        "A faulty file",
        "The old and the new figure",
        "The review, and the vendor’s own view",
    ]
    assert steps[0]["text"].startswith(page["headline"])
    assert "must-meet limit" in steps[0]["text"]
    assert "Kite Review Operations is provisional: a performance file has not come." in steps[0]["text"]
    assert steps[1]["text"].startswith("107,763.23 EUR is in question on invoice INV 556 of Kite Review Operations: billed before.")


def test_the_files_to_drop_are_given_out_and_no_others(asking: Process) -> None:
    page = tour.tour_page(asking)
    assert page["faulty"] == "2_faulty_KITE_performance_2026-10.xlsx"
    assert page["corrected"] == "3_corrected_KITE_performance_2026-10.xlsx"
    assert tour.file(asking, page["faulty"]).status_code == 200
    for name in ("../scoreline.db", "secret.key", "TOUR.txt", "7_unknown.xlsx"):
        with pytest.raises(NotFound):
            tour.file(asking, name)


def test_there_is_no_tour_outside_a_demo(asking: Process) -> None:
    (asking.settings.data / DEMO).unlink()
    with pytest.raises(NotFound):
        tour.tour(asking)
    with pytest.raises(NotFound):
        tour.file(asking, "2_faulty_KITE_performance_2026-10.xlsx")
    assert not base_page(asking)["tour"]


def test_the_largest_finding_is_told_of_unless_it_is_settled() -> None:
    def invoice(number: str, *found: tuple[str, str], side: str = "client") -> dict[str, object]:
        findings = [{"at_stake": {"amount": amount, "currency": "USD"}, "state": state, "in_favour_of": side} for amount, state in found]
        return {"number": number, "findings": findings}

    settled, vendors = invoice("B", ("90.00", "cleared")), invoice("V", ("80.00", "suspected"), side="vendor")
    found = tour.largest(
        [settled, vendors, invoice("A", ("1.00", "suspected"), ("9.00", "disputed")), invoice("C", ("148.00", "suspected"))]
    )
    assert found is not None
    assert (found["invoice"]["number"], found["at_stake"]["amount"]) == ("A", "9.00")
    assert tour.largest([settled, vendors]) is None
    assert tour.largest([]) is None
