"""Invoices and contracts in a real browser: deciding by form, every width."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scorecards import billing
from tests.browser.looking import width_of
from tests.browser.served import Served, served
from web.database import open_process

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDTHS = (360, 390, 768, 1024, 1440)


@pytest.fixture
def site(demo: Path) -> Iterator[Served]:
    """The site over the demo, served to somebody who did not bring the invoices in."""
    assert demo.is_dir()
    process = open_process("ben")
    with served(process) as found:
        yield found
    process.engine.dispose()


@pytest.fixture
def ids(demo: Path) -> dict[str, int]:
    """The ids of October's invoices with something in question, by vendor."""
    assert demo.is_dir()
    process = open_process("ben")
    rows = process.read(lambda s: billing.invoice_list(s, process.scope, None, "USD"))
    process.engine.dispose()
    return {row["vendor"]: row["id"] for row in rows if row["findings"]}


@pytest.fixture
def page(browser: Browser, site: Served) -> Iterator[Page]:
    """A page of a browser that has signed in, with scripts off: every form works without."""
    context = site.context(browser, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_an_invoice_is_found_disputed_settled_and_approved_without_a_script(page: Page, site: Served) -> None:
    page.goto(f"{site.address}/invoices")
    page.get_by_role("link", name="VC202610").click()
    page.get_by_label("What the vendor is told").last.fill("never sent: another form")
    lines = page.locator(".forms form").first
    lines.get_by_label("What the vendor is told").fill("the rate before the renewal")
    lines.get_by_role("button").click()
    assert page.locator(".finding .verdict").inner_text() == "Disputed in part"
    assert "the rate before the renewal" in page.locator("section[aria-labelledby=history]").inner_text()
    page.get_by_text("Line 1 is disputed: settle that before the invoice can be approved.").wait_for()
    settle = page.locator(".forms > div", has_text="The vendor was right: line 1")
    settle.get_by_label("Why").fill("agreed by letter")
    settle.get_by_role("button").click()
    page.locator(".forms > div", has_text="Approve").first.get_by_role("button").click()
    assert page.locator(".finding .verdict").inner_text() == "Approved"


def test_a_finding_leads_to_its_marked_cells_in_one_click(page: Page, site: Served, ids: dict[str, int]) -> None:
    page.goto(f"{site.address}/invoices/{ids['VEGA']}")
    page.get_by_role("link", name="source rows").first.click()
    assert "27.2" in page.locator(".sheet .hit").all_inner_texts()
    page.get_by_role("link", name="Back to VC202610").click()
    assert page.url.endswith(f"/invoices/{ids['VEGA']}")


def test_terms_are_chosen_by_day_and_a_month_by_its_link(page: Page, site: Served) -> None:
    page.goto(f"{site.address}/contracts")
    page.get_by_role("link", name="Vega Contentdienste").first.click()
    page.get_by_label("Terms on").fill("2026-09-30")
    page.get_by_role("button", name="Show").click()
    assert "VEGA-MSA-1 holds until 30 Sep 2026" in page.locator("h1").inner_text()
    page.get_by_role("link", name="Sep", exact=False).first.click()
    assert "What September 2026 should cost" in page.locator("main").inner_text()


def test_nothing_is_wider_than_the_screen_and_every_picture_is_told(browser: Browser, site: Served, ids: dict[str, int]) -> None:
    addresses = ["/invoices", "/invoices?period=all", *(f"/invoices/{number}" for number in ids.values())]
    addresses += [f"/invoices/{ids['VEGA']}/cells", "/contracts", "/contracts/VEGA", "/contracts/NOVA"]
    context = site.context(browser)
    page = context.new_page()
    for address in addresses:
        page.goto(f"{site.address}{address}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert width_of(page) <= width, (address, width)
        assert page.locator("svg.draw:not([role]):not([aria-hidden])").count() == 0, address
    context.close()
