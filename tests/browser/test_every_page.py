"""Every page of the demo, in every look: no fault that axe-core knows, no word on the console, no sideways scrolling."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from importers import service as importers
from kernel.settings import Settings
from scorecards import billing
from tests import demos
from tests.browser.looking import LOOKS, faults_of, keep, listen_to, width_of
from tests.browser.served import Served, served
from web.database import open_process
from web.process import Process

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGES = (
    "/",
    "/tour",
    "/rankings/2026-10?basis=raw",
    "/rankings/2026-10?queue=Q7",
    "/scorecards/2026-10/KITE",
    "/vendors",
    "/vendors/NOVA",
    "/queues",
    "/queues/Q7",
    "/status/2026-10",
    "/imports",
    "/imports?period=all",
    "/imports/{batch}",
    "/invoices",
    "/invoices/{invoice}",
    "/invoices/{invoice}/cells",
    "/contracts",
    "/contracts/VEGA",
    "/reviews/2026-10/KITE",
    "/trace/ORBI/2026-10/critical_accuracy",
    "/trace/KITE/2026-10/cost_per_decision",
    "/account",
    "/admin/users",
    "/admin/log",
    "/admin/jobs",
    "/no-such-page",
)


@pytest.fixture(scope="module")
def process(demo_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A demo that nobody changes, for all pages."""
    folder = tmp_path_factory.mktemp("pages") / "demo"
    demos.copy(demo_template, folder)
    found = open_process("ana", Settings(data=folder))
    yield found
    found.engine.dispose()


@pytest.fixture(scope="module")
def site(process: Process) -> Iterator[Served]:
    """The site over it, served once for all pages."""
    with served(process) as found:
        yield found


@pytest.fixture(scope="module")
def numbers(process: Process) -> dict[str, str]:
    """The number of an upload with remarks, and of the invoice with the most money in question."""
    uploads = process.read(lambda session: importers.list_batches(session, process.scope))
    invoices = process.read(lambda session: billing.invoice_list(session, process.scope, None, "USD"))
    remarked = next(row for row in uploads if row["problems"] and row["kind"] == "performance")
    return {"batch": str(remarked["batch"]), "invoice": str(invoices[0]["id"])}


@pytest.mark.parametrize("look", sorted(LOOKS))
@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_without_fault(site: Served, browser: Browser, numbers: dict[str, str], address: str, look: str) -> None:
    context = site.context(browser, **LOOKS[look])
    page = context.new_page()
    said = listen_to(page)
    page.goto(site.address + address.format(**numbers))
    assert width_of(page) <= LOOKS[look]["viewport"]["width"]
    assert page.locator("h1").count() == 1
    assert faults_of(page) == []
    if address != "/no-such-page":
        assert said == []
    keep(page, address, look)
    context.close()
