"""Looking at pages as people do: wide, on a phone, in the dark, on paper; and as those do who listen (axe-core)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

KEPT = Path(__file__).parents[2] / "build" / "screenshots"
"""Where the pictures of a run stay, for whoever wants to look."""
LOOKS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
}
"""Name of a look -> how a browser's context gets it."""
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def listen_to(page: Page) -> list[str]:
    """What the page says on its console from now on, errors of scripts among it."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def width_of(page: Page) -> int:
    """How wide what is shown is, in pixels; wider than the window it scrolls sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth"))


def faults_of(page: Page) -> list[str]:
    """What axe-core finds wrong, one line each: rule, what it is, where."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {one['help']} at {node['target']}" for one in found for node in one["nodes"]]


def keep(page: Page, name: str, look: str) -> None:
    """Keep a picture of the whole page; of the wide look also how it prints."""
    KEPT.mkdir(parents=True, exist_ok=True)
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "home"
    page.screenshot(path=KEPT / f"{plain}-{look}.png", full_page=True)
    if look == "wide":
        page.pdf(path=KEPT / f"{plain}.pdf", prefer_css_page_size=True)
