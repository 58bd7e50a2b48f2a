"""The first ten minutes, as a newcomer walks them: the real command, the real browser, the demo's own files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.looking import faults_of, keep, listen_to

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE = 30_000
"""Milliseconds for work that a job does: reading a file, computing a month."""


@pytest.fixture
def address(demo: Path) -> Iterator[str]:
    """The demo as the command serves it, its jobs done beside it."""
    command = [sys.executable, "-c", "from web.cli import main; raise SystemExit(main())", "serve", "--port", "0", "--json"]
    process = subprocess.Popen(command, env={**os.environ, "SCORELINE_DATA": str(demo)}, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield str(json.loads(process.stdout.readline())["url"]).rstrip("/")
    process.terminate()
    process.wait(timeout=20)
    process.stdout.close()


@pytest.fixture
def page(browser: Browser, address: str, demo: Path) -> Iterator[Page]:
    """Somebody who signed in with what the demo printed."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    name, password = (demo / "sign-in.txt").read_text(encoding="utf-8").split()
    page.goto(address)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{address}/")
    yield page
    context.close()


def look(page: Page, name: str) -> None:
    """Nothing is wrong with what is shown, and a picture of it stays."""
    assert faults_of(page) == [], name
    keep(page, f"journey {name}", "wide")


def saved(page: Page, link: str, folder: Path) -> Path:
    """The file behind a link of the tour."""
    with page.expect_download() as found:
        page.get_by_role("link", name=link).click()
    path = folder / found.value.suggested_filename
    found.value.save_as(path)
    return path


def dropped(page: Page, address: str, file: Path) -> None:
    """Upload a file on the page of imports, wait until it is read, open it."""
    page.goto(f"{address}/imports")
    page.set_input_files("input[type=file]", file)
    if page.locator("#drop button[type=submit]").is_visible():
        page.locator("#drop button[type=submit]").click()
    card = page.locator(".files li", has_text=file.name)
    card.get_by_role("link").click()
    page.locator("html:not([data-refresh])").wait_for(timeout=PATIENCE, state="attached")


def test_the_first_ten_minutes(page: Page, address: str, tmp_path: Path) -> None:
    said = listen_to(page)
    look(page, "1 ranking")
    page.get_by_role("link", name="Take the tour").click()
    look(page, "2 tour")
    faulty = saved(page, "Save 2_faulty", tmp_path)
    corrected = saved(page, "Save 3_corrected", tmp_path)

    dropped(page, address, faulty)
    causes = page.locator("section[aria-labelledby=causes]")
    look(page, "3 faulty file")
    stops = causes.locator(".verdict.is-off")
    assert stops.count() == 3
    for cell in ("C5", "B", "F"):
        assert cell in causes.inner_text()
    assert "Vid Livee" in causes.inner_text()

    dropped(page, address, corrected)
    look(page, "4 corrected file")
    page.get_by_role("button", name="Accept 1,").click()
    page.locator("h1").wait_for()
    changed = page.locator("table.old-new")
    for _ in range(PATIENCE // 500):
        if changed.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    look(page, "5 old and new")
    assert "In-SLA share\t–\t92." in changed.first.inner_text()

    page.goto(f"{address}/scorecards/2026-10/KITE")
    look(page, "6 scorecard")
    page.locator("a[href^='/trace/KITE/2026-10/in_sla_share']").first.click()
    page.locator("td.hit").first.wait_for()
    look(page, "7 marked cells")
    assert page.get_by_text(corrected.name).count() > 0
    assert page.locator("td.hit").count() >= 20
    assert said == []
