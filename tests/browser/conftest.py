"""The demo's site in a real browser, for somebody who has signed in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.served import Served, served
from web.database import open_process

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def site(demo: Path) -> Iterator[Served]:
    """The site over a demo of this test's own, served."""
    assert demo.is_dir()
    process = open_process("ana")
    with served(process) as found:
        yield found
    process.engine.dispose()


@pytest.fixture
def page(browser: Browser, site: Served) -> Iterator[Page]:
    """A page of a browser that has signed in."""
    context = site.context(browser)
    yield context.new_page()
    context.close()
