"""Values that the tests of this room start from; every one can be changed by keyword."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from contracts.claims import InvoiceValue, LineValue, number_key
from contracts.pricing.values import Quantities, QuantityRow
from contracts.terms import Price, Terms
from kernel.period import Period

BEGIN, END = date(2025, 11, 1), date(2027, 11, 1)
OCTOBER = Period(2026, 10)


def price(clause: str = "4.2", basis: str = "billable_hour", rate: str = "14.75", **changes: Any) -> Price:
    """A general price over the whole term."""
    given = Price(clause, basis, Decimal(rate), BEGIN, END, proration="working_day" if basis == "fte_month" else "")
    return replace(given, **changes)


def terms(*prices: Price, **changes: Any) -> Terms:
    """A contract in dollars with these prices."""
    return replace(Terms("NOVA", "MSA-1", "USD", BEGIN, END, prices=prices), **changes)


def days(fact: str, *amounts: object, first: date = OCTOBER.first, **keys: str) -> list[QuantityRow]:
    """One row per day from a first day on."""
    scope = {"site": "", "queue": "", "language": ""} | keys
    return [
        QuantityRow(fact, scope["site"], scope["queue"], scope["language"], day, day + timedelta(days=1), Decimal(str(amount)))
        for number, amount in enumerate(amounts)
        for day in [first + timedelta(days=number)]
    ]


def month(fact: str, amount: object, period: Period = OCTOBER, **keys: str) -> QuantityRow:
    """One row for a whole month."""
    scope = {"site": "", "queue": "", "language": ""} | keys
    return QuantityRow(fact, scope["site"], scope["queue"], scope["language"], period.first, period.end, Decimal(str(amount)))


def recorded(*rows: QuantityRow, period: Period = OCTOBER) -> Mapping[Period, Quantities]:
    """Quantities of one month."""
    return {period: Quantities(rows)}


def line(quantity: object = "100", rate: str | None = "14.75", amount: str | None = None, position: int = 1, **changes: Any) -> LineValue:
    """A line of billed hours for October whose amount is quantity x rate unless told."""
    billed = None if quantity is None else Decimal(str(quantity))
    unit_rate = None if rate is None else Decimal(rate)
    product = (billed or Decimal(0)) * (unit_rate or Decimal(0))
    given = LineValue(
        position=position,
        line=str(position),
        text="Hours",
        site="",
        queue="",
        language="",
        service_from=OCTOBER.first,
        service_to=OCTOBER.last,
        quantity=billed,
        quantity_places=0,
        unit="hour",
        rate=unit_rate,
        amount=Decimal(amount) if amount is not None else product.quantize(Decimal("0.01")),
    )
    return replace(given, **changes)


def claim(*lines: LineValue, number: str = "INV-1", id: int = 1, **changes: Any) -> InvoiceValue:  # noqa: A002 - the value's own name
    """An invoice over these lines, issued on 2 November 2026."""
    given = InvoiceValue(
        id=id,
        batch=id,
        vendor="NOVA",
        number=number,
        number_key=number_key(number),
        document="invoice",
        issued_on=date(2026, 11, 2),
        currency="USD",
        net=sum((one.amount for one in lines), Decimal(0)),
        tax=None,
        relates_to="",
        state="received",
        lines=lines,
    )
    return replace(given, **changes)
