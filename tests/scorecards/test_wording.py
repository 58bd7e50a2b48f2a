"""How figures are written for people."""

from __future__ import annotations

import pytest

from scorecards import wording


@pytest.mark.parametrize("written", [wording.number, wording.percent, wording.amount, wording.unit_cost])
def test_a_missing_figure_is_a_dash_and_never_zero(written: object) -> None:
    assert callable(written)
    assert written(None) == "–"


def test_a_negative_zero_has_no_sign() -> None:
    assert wording.number(-0.04, 1) == "0.0"


def test_rounding_for_the_eye_is_half_even_on_the_decimal() -> None:
    assert [wording.number(value, 1) for value in ("0.25", "0.35", 84.05)] == ["0.2", "0.4", "84.0"]


def test_a_cost_of_nothing_has_four_places() -> None:
    assert wording.unit_cost("0") == "0.0000"


def test_more_than_twelve_are_counted_in_digits() -> None:
    assert wording.counted(1300, "row") == "1,300 rows"
