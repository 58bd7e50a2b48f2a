"""Kind contract: a document whose names are known, beside those in force."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from contracts import store
from importers.kinds import Context, KindResult, Source, Succession
from importers.kinds.contract import ContractKind, ContractValues
from kernel.db import reading, unit_of_work
from kernel.scope import staff
from vendors import service as vendors
from vendors.aliases import Name, Names
from vendors.models import Delivery

KIND = ContractKind()
NAMES = Names((Name("vendor", "", "NOVA", "Nova Operations"), Name("site", "NOVA", "MNL", "Manila"), Name("queue", "", "Q7", "Video live")))
AT = datetime(2026, 11, 4, 12, tzinfo=UTC)
ANA = staff("ana")
TEXT = """
vendor = "Nova Operations"
number = "MSA-1"
currency = "USD"
valid_from = 2026-01-01
valid_to = 2027-01-01

[[price]]
id = "4.2"
basis = "billable_hour"
rate = "14.75"
site = "manila"
queue = "Video Live"
language = "spanish"
"""


def read(text: str = TEXT, vendor: str = "") -> KindResult:
    return KIND.read(Source(text=text), Context("NOVA.toml", AT.date(), NAMES, vendor=vendor))


def test_names_in_clauses_become_codes() -> None:
    result = read()
    assert result.problems == ()
    values = result.values
    assert isinstance(values, ContractValues)
    assert (values.terms.vendor, values.terms.prices[0].scope) == ("NOVA", ("MNL", "Q7", "es"))
    assert values.document["vendor"] == "NOVA"
    assert (result.accepted, result.vendors) == (1, {"NOVA"})
    assert ("NOVA", "2026-01", "") in result.coverage
    assert len(result.coverage) == 12


@pytest.mark.parametrize(
    ("old", "new", "code", "sentence"),
    [
        ('number = "MSA-1"', "number = MSA", "NOT_TOML", "NOVA.toml is no TOML document: Invalid value (at line 3, column 10)"),
        ('number = "MSA-1"', "number = " + "[" * 20_000, "NOT_TOML", "NOVA.toml is no TOML document: it is nested too deeply"),
        ("Nova Operations", "Nobody", "UNKNOWN_VENDOR", 'the vendor "Nobody" is not known'),
        ("manila", "Atlantis", "UNKNOWN_SITE", 'price[1].site: the site "Atlantis" of NOVA is not known'),
        ("Video Live", "Vid Live", "UNKNOWN_QUEUE", 'if it is Q7, run `queue alias Q7 "Vid Live"`'),
        ("spanish", "Klingonese", "UNKNOWN_LANGUAGE", 'price[1].language: "Klingonese" is no language'),
        ('"14.75"', "14.75", "RATE_NOT_TEXT", 'write rate = "14.75"'),
        ('vendor = "Nova Operations"', "", "KEY_MISSING", "vendor: the key is missing"),
        ("[[price]]", "[price]", "NOT_TABLES", "begin each with [[price]]"),
    ],
)
def test_each_fault_gets_one_sentence_with_its_remedy(old: str, new: str, code: str, sentence: str) -> None:
    result = read(TEXT.replace(old, new))
    found = {problem.code: problem.message for problem in result.problems}
    assert code in found
    assert sentence in found[code]
    assert (result.values, result.rejected) == (None, 1)


def test_a_table_that_is_none_is_named() -> None:
    head = TEXT.partition("[[price]]")[0]
    (problem,) = read(f'{head}price = ["4.2"]').problems
    assert problem.code == "NOT_TABLES"


def test_another_vendor_than_told_is_refused() -> None:
    (problem,) = read(vendor="ORBI").problems
    assert problem.code == "OTHER_VENDOR"


def test_a_document_has_no_columns() -> None:
    assert (KIND.evidence_for(["vendor"]), dict(KIND.fields), KIND.needed) == (0, {}, ())


@pytest.fixture
def stored(engine: Engine) -> Engine:
    def work(session: Session) -> None:
        vendors.add_vendor(session, ANA, "NOVA", "Nova Operations", at=AT)
        delivery = Delivery(
            batch=1, vendor="NOVA", kind="contract", file_name="NOVA.toml", sha256="0", received_on=AT.date(), accepted_at=AT
        )
        vendors.record_delivery(session, ANA, delivery, [])
        KIND.promote(session, ANA, 1, read(), AT)
        KIND.promote(session, ANA, 2, KindResult(), AT)
        KIND.set_live(session, 1, live=True)

    unit_of_work(engine, work)
    return engine


def succession(engine: Engine, result: KindResult, supersede: int | None = None) -> Any:
    with reading(engine) as session:
        return KIND.succession(session, result, supersede=supersede, add=False)


def test_a_document_is_stored(stored: Engine) -> None:
    with reading(stored) as session:
        (terms,) = store.terms_in_force(session, "NOVA")
    assert terms == read().values.terms  # type: ignore[attr-defined]


def test_the_same_number_over_all_its_days_takes_the_place(stored: Engine) -> None:
    assert succession(stored, read(TEXT.replace("14.75", "15.00"))).supersedes == {1}
    assert succession(stored, KindResult()) == Succession()


def test_the_same_number_over_some_of_its_days_is_refused(stored: Engine) -> None:
    later = read(TEXT.replace("2026-01-01", "2026-07-01"))
    (problem,) = succession(stored, later).problems
    assert problem.code == "OVERLAP"
    assert "MSA-1 is already stored from NOVA.toml (upload 1) for 2026-01-01 until before 2027-01-01" in problem.message
    assert succession(stored, later, supersede=1) == Succession(frozenset({1}))


def test_a_second_contract_whose_clause_could_win_too_is_refused(stored: Engine) -> None:
    (problem,) = succession(stored, read(TEXT.replace("MSA-1", "SOW-2"))).problems
    assert problem.code == "CONTRACT_OVERLAP"
    assert problem.message.startswith("beside MSA-1: the prices 4.2 and 4.2 are equally specific for site MNL, queue Q7, language es")
    for beside in (
        TEXT.replace("MSA-1", "SOW-2").replace("spanish", "ja"),
        TEXT.replace("MSA-1", "SOW-2").replace("USD", "EUR"),
        TEXT.replace("MSA-1", "SOW-2").replace("2027-01-01", "2028-01-01").replace("2026-01-01", "2027-01-01"),
    ):
        assert succession(stored, read(beside)) == Succession()


def test_a_far_end_covers_the_months_that_can_be_closed() -> None:
    result = read(TEXT.replace("2027-01-01", "2100-01-01"))
    assert max(period for _, period, _ in result.coverage) == "2027-12"
    assert date(2026, 11, 4) == AT.date()
