"""Signing in, in a real browser: without scripts, by keyboard, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from kernel.scope import staff
from kernel.settings import Settings
from tests.browser.looking import listen_to, width_of
from tests.browser.served import Served, served
from web.accounts import entry, service
from web.database import open_process
from web.process import Process

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

GOOD = "correct horse battery"


@pytest.fixture
def process(settings: Settings) -> Iterator[Process]:
    found = open_process("root", settings)
    at = found.machine.now()
    _, link = found.write(lambda s: service.add_account(s, staff("root"), "Ana Silva", ["finance"], [], at))
    entry.use_link(found.engine, link, "", GOOD, device="", at=at)
    yield found
    found.engine.dispose()


@pytest.fixture
def site(process: Process) -> Iterator[Served]:
    with served(process) as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser in which no script runs and nobody has signed in."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_a_person_comes_to_where_they_wanted_to_go_and_out_again(page: Page, site: Served) -> None:
    page.goto(f"{site.address}/account")
    assert page.url == f"{site.address}/sign-in?next=/account"
    page.locator("input[name=name]:focus").wait_for()
    page.keyboard.type("ana silva")
    page.keyboard.press("Tab")
    page.keyboard.type(GOOD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.address}/account")
    assert page.locator("h1").inner_text() == "Ana Silva"
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/sign-in")
    page.go_back()
    assert "Ana Silva" not in page.content()


def test_a_wrong_password_is_said_beside_the_field(page: Page, site: Served) -> None:
    page.goto(f"{site.address}/sign-in")
    page.get_by_label("Name").fill("ana silva")
    page.get_by_label("Password").fill("something else")
    page.get_by_role("button", name="Sign in").click()
    field = page.get_by_label("Password")
    assert field.get_attribute("aria-describedby") == "password-fault"
    assert page.locator("#password-fault").inner_text() == "This name and password do not go together."
    assert page.get_by_label("Name").input_value() == "ana silva"


def test_an_invited_person_chooses_a_password(process: Process, page: Page, site: Served) -> None:
    at = process.machine.now()
    _, link = process.write(lambda s: service.add_account(s, staff("root"), "Ben", ["auditor"], [], at))
    page.goto(f"{site.address}/first-sign-in?link={link}")
    page.get_by_label("New password").fill(GOOD)
    page.get_by_label("The same again").fill(GOOD)
    page.get_by_role("button", name="Set the password and sign in").click()
    page.get_by_role("link", name="Ben", exact=True).wait_for()


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/admin/users", "/admin/users/1", "/admin/log"])
def test_no_page_of_accounts_scrolls_sideways_or_speaks_to_the_console(browser: Browser, site: Served, path: str) -> None:
    context = site.context(browser) if path != "/sign-in" else browser.new_context()
    page = context.new_page()
    said = listen_to(page)
    for width in (360, 768, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{site.address}{path}")
        assert width_of(page) <= width, width
    assert said == []
    context.close()
