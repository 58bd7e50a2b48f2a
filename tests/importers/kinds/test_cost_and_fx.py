"""Kinds cost and fx."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from contracts import store
from contracts.claims import CostValue
from importers.kinds import Context, KindResult, Source
from importers.kinds.cost import FIELDS as COST_FIELDS
from importers.kinds.cost import CostKind
from importers.kinds.fx import FIELDS as FX_FIELDS
from importers.kinds.fx import FxKind
from importers.scopes import ScopeKey, ScopeRow, whole_month
from kernel.db import reading, unit_of_work
from kernel.period import Period
from kernel.scope import staff
from tests.importers.kinds.tables import table
from vendors import service as vendors
from vendors.aliases import Name, Names
from vendors.models import Delivery

COST, FX = CostKind(), FxKind()
NAMES = Names((Name("vendor", "", "HOME", "HOME"), Name("queue", "", "Q1", "Text"), Name("site", "HOME", "LIS", "Lisbon")))
AT = datetime(2026, 11, 4, 12, tzinfo=UTC)
ANA = staff("ana")
SALARY: dict[str, Any] = {
    "vendor": "HOME",
    "period": date(2026, 10, 1),
    "item": "Salaries",
    "site": "Lisbon",
    "queue": "Text",
    "language": "pt-br",
    "amount": "9000.50",
    "currency": "usd",
}
EURO: dict[str, Any] = {"day": date(2026, 9, 30), "from": "eur", "to": "USD", "rate": "1.0812", "source": "ECB"}


def cost(*rows: dict[str, Any], **changes: Any) -> KindResult:
    return COST.read(Source((table(COST_FIELDS, [SALARY | row for row in rows], "Costs"),)), Context("c.csv", AT.date(), NAMES, **changes))


def fx(*rows: dict[str, Any]) -> KindResult:
    return FX.read(Source((table(FX_FIELDS, [EURO | row for row in rows], "Rates"),)), Context("fx.csv", AT.date(), NAMES))


def test_costs_become_lines_and_own_their_months() -> None:
    result = cost({}, {"item": "Rent", "amount": "10", "queue": None, "language": None})
    assert result.problems == ()
    values: Any = result.values
    assert values[0] == CostValue("HOME", "2026-10", "Salaries", "LIS", "Q1", "pt-BR", Decimal("9000.50"), "USD", "Costs", 2)
    assert (result.accepted, result.side, result.control) == (2, "vendor", {"amount": "9010.5"})
    assert result.coverage == {("HOME", "2026-10", "LIS")}
    whole = whole_month(Period(2026, 10))
    assert result.scope == tuple(ScopeRow(ScopeKey("HOME", "2026-10", "cost", "vendor", "", "LIS", queue), whole) for queue in ("", "Q1"))


def test_the_month_may_be_told_beside_the_file() -> None:
    values: Any = cost({"period": None}, period=Period(2026, 9)).values
    assert values[0].period == "2026-09"


@pytest.mark.parametrize(
    ("row", "code", "sentence"),
    [
        ({"period": None}, "MISSING_PERIOD", "fill period, e.g. 2026-10, or add --period"),
        ({"period": date(1990, 1, 1)}, "DAY_OUT_OF_RANGE", "must lie between 2000 and"),
        ({"currency": "dollars"}, "UNKNOWN_CURRENCY", '"dollars" is no currency'),
        ({"amount": None}, "MISSING_AMOUNT", "the amount is missing"),
        ({"item": None}, "MISSING_ITEM", "fill item, e.g. Salaries"),
        ({"vendor": "Nobody"}, "UNKNOWN_VENDOR", 'the vendor "Nobody" is not known'),
        ({"queue": "Nothing"}, "UNKNOWN_QUEUE", 'the queue "Nothing" is not known'),
    ],
)
def test_each_fault_of_a_cost_rejects_its_row_alone(row: dict[str, Any], code: str, sentence: str) -> None:
    result = cost(row, {})
    (problem,) = result.problems
    assert problem.code == code
    assert sentence in problem.message
    assert (result.accepted, result.rejected) == (1, 1)


def test_rates_are_kept_once_per_pair_and_day() -> None:
    result = fx({}, {}, {"from": "PHP", "rate": "0.0174"})
    values: Any = result.values
    assert [(rate.from_currency, rate.rate) for rate in values] == [("EUR", Decimal("1.0812")), ("PHP", Decimal("0.0174"))]
    assert (result.accepted, result.skipped, result.rejected) == (2, 1, 0)


def test_two_rates_for_one_pair_and_day_are_refused() -> None:
    (problem,) = fx({}, {"rate": "1.09"}).problems
    assert (problem.code, problem.cell) == ("DUPLICATE_KEY", "D3")
    assert problem.message == "EUR to USD on 2026-09-30 is 1.09 here and 1.0812 in D2: keep one of them."


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"day": None}, "MISSING_DAY"),
        ({"day": date(1990, 1, 1)}, "DAY_OUT_OF_RANGE"),
        ({"from": "euro"}, "UNKNOWN_CURRENCY"),
        ({"rate": "0"}, "NO_RATE"),
        ({"rate": None}, "NO_RATE"),
        ({"from": "USD"}, "NO_RATE"),
    ],
)
def test_each_fault_of_a_rate_rejects_its_row(row: dict[str, Any], code: str) -> None:
    result = fx(row)
    assert [problem.code for problem in result.problems] == [code]
    assert (result.accepted, result.rejected) == (0, 1)


def test_what_speaks_for_a_kind() -> None:
    assert COST.evidence_for(["item", "amount"]) == 1
    assert COST.evidence_for(["amount"]) == 0
    assert FX.evidence_for(["from", "to", "rate"]) == 2
    assert FX.evidence_for(["from"]) == 0


def test_costs_are_stored(engine: Engine) -> None:
    def work(session: Session) -> None:
        vendors.add_vendor(session, ANA, "HOME", "Home", kind="in_house", at=AT)
        delivery = Delivery(batch=1, vendor="HOME", kind="cost", file_name="c.csv", sha256="0", received_on=AT.date(), accepted_at=AT)
        vendors.record_delivery(session, ANA, delivery, [])
        result = cost({})
        assert COST.succession(session, result, supersede=None, add=False) is None
        COST.promote(session, ANA, 1, result, AT)
        COST.set_live(session, 1, live=True)

    unit_of_work(engine, work)
    with reading(engine) as session:
        assert [one.item for one in store.cost_lines(session, "HOME")] == ["Salaries"]


def test_a_stored_rate_with_another_value_needs_to_be_told(engine: Engine) -> None:
    unit_of_work(engine, lambda session: FX.promote(session, ANA, 1, fx({}), AT))
    with reading(engine) as session:
        changed = FX.succession(session, fx({"rate": "1.09"}), supersede=None, add=False)
        assert changed is not None
        assert [problem.code for problem in changed.problems] == ["FX_CHANGED"]
        assert "1.09 here and 1.0812 in upload 1" in changed.problems[0].message
        told = FX.succession(session, fx({"rate": "1.09"}), supersede=1, add=False)
        assert told is not None
        assert (told.supersedes, told.problems) == ({1}, ())
        again = FX.succession(session, fx({}, {"from": "PHP"}), supersede=None, add=False)
        assert again is not None
        assert (again.supersedes, again.problems) == (frozenset(), ())
    unit_of_work(engine, lambda session: FX.set_live(session, 1, live=False))
    with reading(engine) as session:
        assert store.rate_rows(session) == []
