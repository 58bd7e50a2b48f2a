"""The ranking page in a real browser: wide, on a phone, in the dark, on paper, by keyboard."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from tests.browser.looking import listen_to, width_of
from tests.browser.served import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDTHS = (360, 390, 768, 1024, 1280, 1366, 1440)


@pytest.fixture
def address(site: Served) -> str:
    """Where it is."""
    return site.address


def test_the_page_opens_without_a_message_on_the_console(page: Page, address: str) -> None:
    said = listen_to(page)
    page.goto(f"{address}/")
    assert page.locator("h1").count() == 1
    assert page.locator("table.ranking tbody tr:not(.why)").count() >= 7
    assert said == []


def test_it_needs_no_script(browser: Browser, site: Served) -> None:
    context = site.context(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.address}/")
    page.get_by_role("link", name="Raw", exact=True).click()
    assert "basis=raw" in page.url
    assert page.get_by_role("link", name="Raw", exact=True).get_attribute("aria-current") == "true"
    context.close()


def test_no_page_scrolls_sideways(page: Page, address: str) -> None:
    page.goto(f"{address}/")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert width_of(page) <= width


def test_on_a_phone_every_row_is_a_card_with_its_axis(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/")
    assert page.locator("table.ranking thead").is_hidden()
    row = page.locator("table.ranking tbody tr:not(.why)").first
    assert row.locator("g.phone-only").is_visible()
    assert row.bounding_box() is not None


def test_dark_and_light_differ_and_paper_is_always_light(browser: Browser, site: Served) -> None:
    context = site.context(browser, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{site.address}/")
    background = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(background) == "rgb(20, 21, 23)"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    assert page.locator(".print-head").is_visible()
    assert page.locator("header.top").is_hidden()
    context.close()


def test_the_keyboard_reaches_the_content_first(page: Page, address: str) -> None:
    page.goto(f"{address}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_every_verdict_has_its_word_and_every_picture_its_sentence(page: Page, address: str) -> None:
    page.goto(f"{address}/")
    assert all(text.strip() for text in page.locator(".verdict").all_inner_texts())
    assert page.locator('svg[role="img"]:not([aria-label])').count() == 0
    assert page.locator("svg.draw:not([role]):not([aria-hidden])").count() == 0


def test_names_labels_and_headings_are_in_order(page: Page, address: str) -> None:
    page.goto(f"{address}/")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("main").count() == 1
    for select in page.locator("select").all():
        assert select.evaluate("element => element.labels.length") == 1
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(element => element.id)")
    assert len(ids) == len(set(ids))
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(element => +element.tagName[1])")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
