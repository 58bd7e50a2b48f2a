"""The review in a real browser: two clean pages of paper, nothing on the console, no sideways scrolling."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from scorecards.review.arrange import review_object
from scorecards.review.values import NoteSeen, UploadProblem, UploadSeen
from tests.browser.looking import listen_to, width_of
from tests.browser.served import Served
from tests.scorecards.review.snapshots import AT, card, finding, invoice, line, past, snapshot
from web.database import open_process
from web.pages import reviews
from web.pages.frame import base_page, render

if TYPE_CHECKING:
    from playwright.sync_api import Page

VENDORS = ("NOVA", "KITE", "VEGA", "PALM", "LUMA", "HOME", "ORBI")
WIDTHS = (360, 390, 768, 1024, 1440)
LONG = "The upload holds a column that nobody has seen before and that was left out; ask the vendor what it means. " * 4


def printed(page: Page) -> list[str]:
    """The text of each page of paper."""
    return [sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages]


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_review_prints_to_exactly_two_pages_with_its_revision_on_each(page: Page, site: Served, vendor: str) -> None:
    page.goto(f"{site.address}/reviews/2026-10/{vendor}")
    sheets = printed(page)
    assert len(sheets) == 2
    for sheet in sheets:
        assert "revision 1, provisional" in sheet
    assert "Formula version 1" in sheets[0]
    assert "Counts:" in sheets[0]
    assert "Excel workbook" not in "".join(sheets)
    assert "What decides the rating" in sheets[0]
    assert "Money in question" in sheets[1]


def fullest() -> dict[str, Any]:
    """A month with more of everything than any paper holds."""
    found = card(
        name="A vendor with a name that is as long as the names of vendors come in contracts, Inc. & Co. KG",
        waiting_for=[{"vendor": "NOVA", "kind": "performance", "site": f"SITE{n}", "due": "2026-11-04"} for n in range(9)],
        revisions=[{"revision": n, "at": "2026-11-05T12:00:00+00:00", "why": [LONG]} for n in range(1, 9)],
        changes=[
            {"vendor": "NOVA", "metric": one["metric"], "old": one["value"], "new": one["value"], "cause": LONG}
            for one in card()["metrics"]
        ],
    )
    informs = {"weight": 0.0, "points": None, "state": "informative"}
    found["metrics"] += [
        {**found["metrics"][3], **informs, "metric": name} for name in ("cost_per_correct_decision", "aht_seconds", "throughput")
    ]
    found["gates"], found["rating"] = [{"metric": "critical_accuracy", "proven": False}], "inadequate"
    findings = [finding("I-06", f"{1000 + n}", message=LONG, number=str(n)) for n in range(12)]
    for one in findings:
        one["calculations"] = {
            "billed": {"quantity": "1234567.25", "rate": "1234.5678", "amount": "152415787.52"},
            "contract": {"quantity": "1234567.25", "rate": "1234.4321", "amount": "152399034.18"},
        }
    bills = tuple(invoice(f"INVOICE-2026-10-{n:05d}", [line("1", "123456789.01", "123456789.00")], *findings[n::4]) for n in range(12))
    problems = tuple(UploadProblem("warning", f"CODE_{n}", LONG, 1) for n in range(12))
    seen = (UploadSeen(7, "a.xlsx", "performance", "vendor", "accepted", {}, problems),)
    notes = tuple(NoteSeen("Accuracy of October 2026", LONG * 3, "a person with a long name", AT) for _ in range(9))
    months = tuple(past(f"2025-{n:02d}") for n in (10, 11, 12)) + tuple(past(f"2026-{n:02d}") for n in range(1, 11))
    return review_object(snapshot(found, invoices=bills, uploads=seen, notes=notes, history=months, pending=(LONG,)))


def test_the_fullest_month_prints_to_two_pages_and_says_what_it_leaves_out(page: Page, site: Served, tmp_path: Path) -> None:
    process = open_process("ana")
    html = bytes(render("review.html", reviews.drawn(fullest(), base_page(process))).body).decode()
    process.engine.dispose()
    page.route("**/reviews/2026-10/FULL", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(f"{site.address}/reviews/2026-10/FULL")
    (tmp_path / "full.pdf").write_bytes(page.pdf(prefer_css_page_size=True))
    sheets = printed(page)
    assert len(sheets) == 2
    assert "sheet History" in sheets[0]
    for said in (
        "7 more on the page and in the workbook, sheet Cost",
        "20 more on the page",
        "sheet Findings",
        "sheet Files",
    ):
        assert said in " ".join(sheets[1].split())


def test_the_page_says_nothing_on_the_console_and_never_scrolls_sideways(page: Page, site: Served) -> None:
    said = listen_to(page)
    page.goto(f"{site.address}/reviews/2026-10/VEGA")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert width_of(page) <= width
    assert said == []


def test_the_workbook_is_one_click_away(page: Page, site: Served) -> None:
    page.goto(f"{site.address}/reviews/2026-10/VEGA")
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel workbook").click()
    assert download.value.suggested_filename == "review-2026-10-VEGA.xlsx"
