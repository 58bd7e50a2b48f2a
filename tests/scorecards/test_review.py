"""A review is read from its revision, and its workbook says what the review says."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from contracts import service as contracts
from kernel.errors import NotFound
from kernel.period import Period
from kernel.scope import Scope
from scorecards import notes
from scorecards.review.arrange import review_object
from scorecards.review.gather import snapshot
from scorecards.review.values import Snapshot, UploadProblem, UploadSeen
from scorecards.review.workbook import SHEETS, review_workbook
from tests.scorecards.world import AT, ME, OCTOBER, World, of_vendor, two_vendors

NOVA_ONLY = Scope("nora", roles=frozenset({"vendor"}), vendors=frozenset({"NOVA"}))


@pytest.fixture
def world(engine: Engine) -> World:
    """Two vendors, October closed."""
    found = two_vendors(engine)
    found.close()
    return found


def seen(world: World, vendor: str = "NOVA", scope: Scope = ME, **more: Any) -> Snapshot:
    found: Snapshot = world.read(lambda s: snapshot(s, scope, vendor, OCTOBER, **more))
    return found


def test_a_review_is_the_scorecard_with_the_invoices_and_the_cost_tied_out(world: World) -> None:
    page = review_object(seen(world))
    card = world.card("NOVA")
    assert {name: page[name] for name in ("score", "rank", "rating", "revision")} == {
        name: card[name] for name in ("score", "rank", "rating", "revision")
    }
    assert [(one["number"], one["contract_amount"]["amount"]) for one in page["invoices"]] == [("INV-NOVA-10", "80.00")]
    assert sum(Decimal(one["shown"]) for one in page["cost"]["lines"]) == Decimal(page["cost"]["tie_out"]["shown"]["amount"])
    assert page["raw"]["score"] == of_vendor(world.rank(basis="raw"), "NOVA")["score"]
    assert [one["file"] for one in page["files"]][-1] == "INV-NOVA-10.xlsx"
    assert page["pending"] == []
    assert [month["period"] for month in page["history"]] == ["2026-10"]


def test_what_comes_after_the_revision_is_pending_and_changes_nothing_in_it(world: World) -> None:
    before = review_object(seen(world))
    world.counts("NOVA", [("Q1", 9, "decisions", 100)], side="platform", file="late.xlsx")
    world.write(lambda s: contracts.decide_invoice(s, ME, "INV-NOVA-10", None, "disputed", "old rate", AT))
    after = review_object(seen(world))
    assert after["pending"] == ["performance file late.xlsx came", "invoice INV-NOVA-10 is now disputed"]
    assert {**after, "pending": []} == before
    world.close()
    closed = review_object(seen(world))
    assert (closed["pending"], closed["revision"]) == ([], 2)
    assert closed["cost"]["tie_out"]["held"]["amount"] == "80"
    assert {one["treated"] for one in closed["cost"]["lines"]} == {"held", "estimated"}


def test_history_and_change_come_from_the_months_before(world: World) -> None:
    world.close(Period(2026, 9))
    page = review_object(seen(world))
    assert [month["period"] for month in page["history"]] == ["2026-09", "2026-10"]
    assert page["change"]["period"] == "2026-09"


def test_a_vendor_reads_its_own_review_and_no_name_of_others_files(world: World) -> None:
    shared = world.delivery("NOVA", "performance", "platform", months=())
    page = review_object(seen(world, scope=NOVA_ONLY))
    assert "KITE" not in str(page)
    assert shared not in [one["batch"] for one in page["files"]]
    for vendor, scope in (("KITE", NOVA_ONLY), ("NOBODY", ME)):
        with pytest.raises(NotFound):
            seen(world, vendor, scope)


def test_internal_notes_never_stand_in_a_review_that_both_sides_read(world: World) -> None:
    for subject, text, internal in (
        ("figure:NOVA:2026-10:accuracy", "Queue 2 had new agents.", False),
        ("figure:NOVA:2026-10:accuracy", "Do not say this aloud.", True),
        ("figure:NOVA:2026-09:accuracy", "Of another month.", False),
        ("invoice:NOVA:INV-NOVA-10", "Paid on the 20th.", False),
    ):
        world.write(lambda s, on=subject, said=text, own=internal: notes.add_note(s, ME, on, said, AT, internal=own))
    page = review_object(seen(world))
    assert [(one["subject"], one["text"]) for one in page["notes"]] == [
        ("Accuracy of October 2026", "Queue 2 had new agents."),
        ("Invoice INV-NOVA-10", "Paid on the 20th."),
    ]


def test_an_unclosed_month_is_refused_by_name(world: World) -> None:
    with pytest.raises(NotFound) as refused:
        world.read(lambda s: snapshot(s, ME, "NOVA", Period(2026, 11)))
    assert refused.value.code == "NOT_CLOSED"


def books(content: bytes) -> tuple[Any, Any]:
    """The workbook with its formulas, and with the values that programs show which do not compute."""
    return load_workbook(io.BytesIO(content)), load_workbook(io.BytesIO(content), data_only=True)


def test_the_workbook_has_live_formulas_with_the_products_values_beside_them(world: World) -> None:
    found = seen(world)
    page = review_object(found)
    live, shown = books(review_workbook(found))
    assert tuple(live.sheetnames) == SHEETS
    rows = {row[0].value: row for row in live["Scorecard"].iter_rows(min_row=4, max_row=20)}
    values = {row[0].value: row for row in shown["Scorecard"].iter_rows(min_row=4, max_row=20)}
    deadline = rows["In-SLA share"]
    assert deadline[6].value == f"=D{deadline[6].row}/E{deadline[6].row}"
    for row in page["metrics"]:
        name = {"in_sla_share": "In-SLA share", "qa_gap": "QA gap"}.get(row["metric"], row["metric"].replace("_", " ").capitalize())
        if row["points"] is not None and row["value"] is not None:
            assert rows[name][13].value.startswith("=MAX(0,MIN(110,")
            assert values[name][13].value == pytest.approx(row["points"], abs=1e-9)
    assert rows["Score"][14].value.startswith("=SUM(O")
    assert values["Score"][14].value == pytest.approx(page["score"], abs=1e-9)
    cover = {row[0].value: row[1].value for row in shown["Review"].iter_rows(min_row=7, max_row=20)}
    assert cover["Score"] == pytest.approx(page["score"], abs=1e-9)
    assert cover["Difference"] == 0


def test_figures_are_numbers_and_dates_are_dates(world: World) -> None:
    live, _ = books(review_workbook(seen(world)))
    (number,) = [row for row in live["Cost"].iter_rows() if row[0].value == "INV-NOVA-10"][:1]
    assert (number[8].value, number[8].number_format) == (48, "#,##0.00")
    assert isinstance(number[2].value, date)
    history = live["History"]["A5"]
    assert (history.value.date(), history.number_format) == (date(2026, 10, 1), "mmm yyyy")


def test_charts_are_native_and_stand_over_cells_of_their_sheet(world: World) -> None:
    content = review_workbook(seen(world))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/charts/chart")]
        assert not [name for name in parts.namelist() if "externalLink" in name]
    assert len(charts) == 4
    assert sorted("lineChart" in chart for chart in charts) == [False, False, True, True]
    assert all("'History'!$A$" in chart or "'Scorecard'!$A$" in chart for chart in charts)


def test_the_same_revision_is_the_same_bytes(world: World) -> None:
    first = review_workbook(seen(world))
    assert review_workbook(seen(world)) == first
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        stamps = parts.read("docProps/core.xml").decode()
    at = seen(world).at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert stamps.count(at) == 2


EVIL = ('=HYPERLINK("http://x")', "+1+1", "-2", "@SUM(A1)", "a\x00b\ufffe")


def test_no_text_of_a_file_becomes_a_formula(engine: Engine) -> None:
    world = two_vendors(engine)
    world.invoice("NOVA", "=1+1", [{"text": text, "amount": "1.00", "queue": "Q1"} for text in EVIL[:4]])
    world.close()
    problems = tuple(UploadProblem("error", "EVIL", text, 1) for text in EVIL)
    upload = UploadSeen(9, "=cmd.xlsx", "performance", "vendor", "refused", {}, problems)
    live, _ = books(review_workbook(seen(world, uploads=[upload])))
    formulas = {cell.value for sheet in live for row in sheet.iter_rows() for cell in row if cell.data_type == "f"}
    assert not [text for text in formulas if "HYPERLINK" in text or text in EVIL or text == "=1+1"]
    texts = {cell.value: cell for sheet in live for row in sheet.iter_rows() for cell in row if cell.data_type == "s"}
    for text in (*EVIL[:4], "=1+1", "=cmd.xlsx"):
        assert texts[text].quotePrefix
    assert "ab" in texts


def test_every_sheet_is_printed_on_the_width_of_a_page_with_its_revision_above(world: World) -> None:
    live, _ = books(review_workbook(seen(world)))
    for sheet in live:
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.print_area
        assert "revision 1" in sheet.oddHeader.left.text
        assert "Formula version 1" in sheet.oddFooter.left.text
    assert live["Scorecard"].freeze_panes == "B5"


def test_a_vendor_without_invoices_and_months_has_empty_sheets_and_no_error(engine: Engine) -> None:
    world = World(engine)
    world.queue("Q1")
    world.vendor("SOLO")
    world.counts("SOLO", [("Q1", 1, "decisions", 10)], side="platform")
    world.close()
    live, _ = books(review_workbook(seen(world, "SOLO")))
    texts = {cell.value for sheet in live for row in sheet.iter_rows() for cell in row}
    assert {"No invoice.", "Nothing was billed and nothing is estimated.", "No contract is in force in this month."} <= texts
    assert "No finding: every line agrees with contract and record." in texts
