"""What the docstrings of the pages and commands show."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

import web.cli.month
import web.cli.screen
import web.pages.arrange
import web.pages.trace

EXAMPLES = [web.pages.arrange, web.pages.trace, web.cli.screen, web.cli.month]


@pytest.mark.parametrize("module", EXAMPLES, ids=lambda module: module.__name__)
def test_the_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed
