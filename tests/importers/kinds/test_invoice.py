"""Kind invoice: documents out of rows, and the sentence for each fault."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from contracts import store
from importers.kinds import Context, KindResult, Source, Succession
from importers.kinds.invoice import FIELDS, InvoiceKind
from kernel.db import reading, unit_of_work
from kernel.scope import staff
from tests.importers.kinds.tables import table
from vendors import service as vendors
from vendors.aliases import Name, Names
from vendors.models import Delivery

KIND = InvoiceKind()
NAMES = Names(
    (
        Name("vendor", "", "NOVA", "NOVA"),
        Name("vendor", "", "ORBI", "ORBI"),
        Name("site", "NOVA", "MNL", "Manila"),
        Name("site", "NOVA", "DUP", "Both"),
        Name("site", "ORBI", "DUP", "Both"),
        Name("queue", "", "Q7", "Video live"),
    )
)
AT = datetime(2026, 11, 4, 12, tzinfo=UTC)
ANA = staff("ana")
ROW: dict[str, Any] = {
    "vendor": "NOVA",
    "invoice_number": "INV-1",
    "document": "Invoice",
    "issued_on": date(2026, 11, 2),
    "service_from": date(2026, 10, 1),
    "service_to": date(2026, 10, 31),
    "currency": "usd",
    "line": "1",
    "text": "Hours",
    "site": "Manila",
    "queue": "Video live",
    "language": "Spanish",
    "quantity": "100",
    "unit": "hour",
    "rate": "14.75",
    "amount": "1475.00",
    "line_type": None,
    "invoice_net": "1475.00",
    "tax": None,
    "relates_to": None,
}


def context(vendor: str = "", **changes: Any) -> Context:
    return Context("invoices.xlsx", date(2026, 11, 4), NAMES, vendor=vendor, **changes)


def read(*rows: dict[str, Any], vendor: str = "", printed: tuple[str, ...] = ()) -> KindResult:
    return KIND.read(Source((table(FIELDS, [ROW | row for row in rows], printed=printed),)), context(vendor))


def claims(result: KindResult) -> Any:
    return result.values


def test_rows_of_one_number_become_one_invoice() -> None:
    second = {
        "line": None,
        "amount": "25",
        "quantity": None,
        "rate": None,
        "line_type": "Pass through",
        "invoice_net": None,
        "currency": None,
    }
    result = read({"invoice_net": "1500"}, second | {"site": None, "queue": None, "language": None})
    assert result.problems == ()
    (claim,) = claims(result)
    assert (claim.vendor, claim.number, claim.number_key, claim.document, claim.currency) == ("NOVA", "INV-1", "1", "invoice", "USD")
    assert (claim.net, claim.tax, claim.relates_to) == (Decimal(1500), None, "")
    first, other = claim.lines
    assert (first.site, first.queue, first.language, first.quantity, first.rate) == ("MNL", "Q7", "es", Decimal(100), Decimal("14.75"))
    assert (other.line, other.line_type, other.amount, other.row) == ("2", "pass_through", Decimal(25), 3)
    assert (result.accepted, result.rejected, result.side, result.vendors) == (2, 0, "vendor", {"NOVA"})
    assert result.coverage == {("NOVA", "2026-10", "MNL"), ("NOVA", "2026-10", "")}
    assert result.control == {"amount": "1500"}


def test_several_invoices_may_stand_in_one_file() -> None:
    result = read({}, {"invoice_number": "INV-2", "document": "pro-forma", "tax": "3"})
    assert [(claim.number, claim.document, claim.tax) for claim in claims(result)] == [
        ("INV-1", "invoice", None),
        ("INV-2", "pro_forma", Decimal(3)),
    ]


@pytest.mark.parametrize(("text", "places"), [("10.00", 2), ("10", 0), ("1,234", 0), ("6780.34", 2)])
def test_the_printed_decimals_of_a_quantity_are_kept(text: str, places: int) -> None:
    value = text.replace(",", "")
    parsed = table(FIELDS, [ROW | {"quantity": value}], printed=("quantity",))
    column = parsed.columns["quantity"]
    shown = type(column)(
        column.letter, column.header, column.field, column.values, column.values.cast(str).replace_strict({}, default=text)
    )
    result = KIND.read(Source((type(parsed)(parsed.sheet, parsed.rows, dict(parsed.columns) | {"quantity": shown}),)), context())
    assert claims(result)[0].lines[0].quantity_places == places


def test_the_vendor_comes_from_the_column_the_option_or_the_only_owner_of_the_site() -> None:
    assert claims(read({"vendor": None}))[0].vendor == "NOVA"
    assert claims(read({"vendor": None, "site": None}, vendor="ORBI"))[0].vendor == "ORBI"
    for row in ({"vendor": None, "site": "Both"}, {"vendor": None, "site": None}):
        (problem,) = read(row).problems
        assert (problem.code, problem.message) == (
            "MISSING_VENDOR",
            "whose rows these are cannot be told: add --vendor CODE, or a column vendor.",
        )


@pytest.mark.parametrize(
    ("row", "code", "cell", "sentence"),
    [
        ({"invoice_number": None}, "MISSING_NUMBER", "B2", "repeat it in every row"),
        ({"vendor": "Nobody"}, "UNKNOWN_VENDOR", "A2", 'run `vendor alias CODE "Nobody"`'),
        ({"site": "Atlantis"}, "UNKNOWN_SITE", "J2", 'run `site alias NOVA CODE "Atlantis"`'),
        ({"queue": "Vid Live"}, "UNKNOWN_QUEUE", "K2", 'if it is Q7, run `queue alias Q7 "Vid Live"`'),
        ({"language": "Klingonese"}, "UNKNOWN_LANGUAGE", "L2", '"Klingonese" is no language'),
        ({"document": "letter"}, "UNKNOWN_DOCUMENT", "C2", '"letter" is no document: use one of invoice, pro_forma'),
        ({"line_type": "fun"}, "UNKNOWN_LINE_TYPE", "Q2", '"fun" is no line type: use one of service'),
        ({"issued_on": None}, "MISSING_DAY", "D2", "invoice INV-1 has no date of issue"),
        ({"issued_on": date(1999, 1, 1)}, "DAY_OUT_OF_RANGE", "D2", "1999-01-01 is not believed"),
        ({"service_to": date(2028, 1, 1)}, "MISSING_SERVICE_DAYS", "G2", ""),
        ({"service_from": None}, "MISSING_SERVICE_DAYS", "E2", "fill service_from (both days are included)"),
        ({"service_to": date(2026, 9, 1)}, "DAYS_REVERSED", "F2", "ends on 2026-09-01, before it begins on 2026-10-01"),
        ({"currency": None}, "MISSING_CURRENCY", "G2", "invoice INV-1 has no currency"),
        ({"currency": "EUR"}, "WRONG_CURRENCY", "G2", 'invoice INV-1 is in "EUR", the contract with NOVA is in USD'),
        ({"amount": None}, "MISSING_AMOUNT", "P2", "a line of invoice INV-1 has no amount"),
        ({"invoice_net": "1500.00"}, "INVOICE_SUM", "R2", "the one line of invoice INV-1 sums to 1475, its net says 1500 (25 apart)"),
        ({"document": "credit_note"}, "CREDIT_POSITIVE", "P2", "carries the positive amount 1475: write it with a minus"),
    ],
)
def test_each_fault_gets_one_sentence_with_cell_value_and_remedy(row: dict[str, Any], code: str, cell: str, sentence: str) -> None:
    result = read(row)
    found = {problem.code: problem for problem in result.problems if problem.severity == "error"}
    if code == "MISSING_SERVICE_DAYS" and "service_to" in row:
        assert found["DAY_OUT_OF_RANGE"].cell == "F2"
        return
    assert code in found
    assert sentence in found[code].message
    assert (found[code].cell, found[code].sheet) == (cell, "Invoice")
    assert (claims(result), result.accepted, result.rejected) == ((), 0, 1)


def test_a_fault_in_one_line_keeps_its_whole_invoice_out_and_no_other() -> None:
    result = read({}, {"amount": None}, {"invoice_number": "INV-2"})
    assert [claim.number for claim in claims(result)] == ["INV-2"]
    assert (result.accepted, result.rejected) == (1, 2)


def test_rows_of_one_invoice_must_agree_on_its_head() -> None:
    problem = next(p for p in read({"invoice_net": "2950"}, {"issued_on": date(2026, 11, 3), "invoice_net": None}).problems)
    assert (problem.code, problem.cell) == ("INVOICE_HEAD", "D3")
    assert problem.message == 'invoice INV-1 says "2026-11-03" here and "2026-11-02" in D2 for issued_on: make its rows agree.'


def test_a_vendor_other_than_the_one_told_is_refused() -> None:
    (problem,) = read({}, vendor="ORBI").problems
    assert problem.code == "OTHER_VENDOR"
    assert '"NOVA" is not ORBI' in problem.message


def test_an_invoice_without_a_net_is_taken_with_a_warning() -> None:
    (problem,) = read({"invoice_net": None}).problems
    assert (problem.severity, problem.code) == ("warning", "NO_NET")


NOTE = {"document": "credit note", "invoice_number": "CN-1", "amount": "-10", "quantity": None, "invoice_net": "-10"}
BARE = {"service_from": None, "service_to": None}


def test_a_credit_note_says_which_days_or_which_invoice_it_belongs_to() -> None:
    assert read(NOTE).problems == ()
    assert read(NOTE | BARE | {"relates_to": "INV-1"}).problems == ()
    (problem,) = read(NOTE | BARE).problems
    assert problem.code == "CREDIT_UNPLACED"
    assert "fill relates_to with the invoice's number, or service_from and service_to" in problem.message


def test_a_credit_note_without_days_is_for_the_months_of_the_invoice_it_names() -> None:
    """Otherwise the wrong month is computed again, and a credit note passes for the invoice of the month it was written in."""
    over_two = {"invoice_number": "INV-9", "service_from": date(2026, 8, 20), "service_to": date(2026, 9, 10)}
    note = NOTE | BARE | {"relates_to": "INV-9", "issued_on": date(2026, 11, 3)}
    (invoice,) = claims(read(over_two))
    stored = replace(invoice, id=7, batch=3)
    known = KIND.read(Source((table(FIELDS, [ROW | note]),)), context(claims_of=lambda vendor: [stored] if vendor == "NOVA" else []))
    assert known.coverage == {("NOVA", "2026-08", "MNL"), ("NOVA", "2026-09", "MNL")}
    assert read(over_two, note).coverage == known.coverage
    assert read(note).coverage == {("NOVA", "2026-11", "MNL")}  # refused when it is compared with what is stored


def test_only_an_invoices_own_fields_speak_for_it() -> None:
    assert KIND.evidence_for(["vendor", "amount", "invoice_number", "issued_on"]) == 2


@pytest.fixture
def stored(engine: Engine) -> Engine:
    """NOVA's invoices INV-1 and INV-2 from upload 1."""

    def work(session: Session) -> None:
        vendors.add_vendor(session, ANA, "NOVA", "Nova", at=AT)
        accept(session, 1, read({}, {"invoice_number": "INV-2"}))

    unit_of_work(engine, work)
    return engine


def accept(session: Session, batch: int, result: KindResult) -> None:
    delivery = Delivery(
        batch=batch, vendor="NOVA", kind="invoice", file_name=f"nova{batch}.xlsx", sha256="0", received_on=AT.date(), accepted_at=AT
    )
    vendors.record_delivery(session, ANA, delivery, [])
    KIND.promote(session, ANA, batch, result, AT)


def succession(engine: Engine, result: KindResult, supersede: int | None = None) -> Succession:
    with reading(engine) as session:
        found = KIND.succession(session, result, supersede=supersede, add=False)
    assert found is not None
    return found


def test_an_accepted_file_is_stored_and_its_liveness_is_the_deliverys(stored: Engine) -> None:
    with reading(stored) as session:
        KIND.set_live(session, 1, live=False)
        assert [claim.number for claim in store.invoices(session, "NOVA")] == ["INV-1", "INV-2"]


def test_new_numbers_stand_beside_the_old(stored: Engine) -> None:
    assert succession(stored, read({"invoice_number": "INV-3"})) == Succession()


def test_a_file_with_all_numbers_of_an_upload_unchanged_takes_its_place(stored: Engine) -> None:
    assert succession(stored, read({"invoice_number": "INV-2"}, {})).supersedes == {1}


def test_other_content_under_the_same_number_needs_to_be_told(stored: Engine) -> None:
    changed = read({"quantity": "99"}, {"invoice_number": "INV-2"})
    (problem,) = succession(stored, changed).problems
    assert problem.code == "INVOICE_CHANGED"
    assert "invoice INV-1 is already stored from nova1.xlsx (upload 1) with other content" in problem.message
    assert succession(stored, changed, supersede=1) == Succession(frozenset({1}))


def test_some_numbers_of_an_upload_overlap(stored: Engine) -> None:
    (problem,) = succession(stored, read({}, {"invoice_number": "INV-3"})).problems
    assert problem.code == "OVERLAP"
    assert "nova1.xlsx (upload 1) holds some invoices of this file and INV-2 beside them" in problem.message


def test_a_credit_note_without_days_waits_for_its_invoice(stored: Engine) -> None:
    assert succession(stored, read(NOTE | BARE | {"relates_to": "INV-1"})).problems == ()
    (problem,) = succession(stored, read(NOTE | BARE | {"relates_to": "INV-9"})).problems
    assert problem.code == "UNKNOWN_INVOICE"
    assert "credit note CN-1 names the invoice 'INV-9', which is not known: import that invoice first" in problem.message
    both = read({"invoice_number": "INV-9"}, NOTE | BARE | {"relates_to": "INV-9"})
    assert succession(stored, both).problems == ()


def test_a_replacement_says_what_it_replaces(stored: Engine) -> None:
    replacement = {"document": "replacement", "invoice_number": "INV-1a"}
    assert succession(stored, read(replacement | {"relates_to": "INV-1"})).problems == ()
    (problem,) = succession(stored, read(replacement)).problems
    assert "replacement INV-1a does not say which invoice it replaces" in problem.message
