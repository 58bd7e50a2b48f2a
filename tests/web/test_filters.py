"""How figures are written on a page."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

import web.cli.month
import web.cli.screen
import web.filters
import web.pages.arrange
import web.pages.trace

EXAMPLES = [web.filters, web.pages.arrange, web.pages.trace, web.cli.screen, web.cli.month]


@pytest.mark.parametrize("module", EXAMPLES, ids=lambda module: module.__name__)
def test_the_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed


@pytest.mark.parametrize("written", [web.filters.number, web.filters.percent, web.filters.amount, web.filters.unit_cost])
def test_a_missing_figure_is_a_dash_and_never_zero(written: object) -> None:
    assert callable(written)
    assert written(None) == "–"


def test_a_negative_zero_has_no_sign() -> None:
    assert web.filters.number(-0.04, 1) == "0.0"


def test_rounding_for_the_eye_is_half_even_on_the_decimal() -> None:
    assert [web.filters.number(value, 1) for value in ("0.25", "0.35", 84.05)] == ["0.2", "0.4", "84.0"]


def test_a_cost_of_nothing_has_four_places() -> None:
    assert web.filters.unit_cost("0") == "0.0000"


def test_more_than_twelve_are_counted_in_digits() -> None:
    assert web.filters.counted(1300, "row") == "1,300 rows"
