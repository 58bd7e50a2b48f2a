"""A small network put into a database without any file: the tests of the shell stand on it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from contracts import service as contracts
from contracts.claims import InvoiceValue, LineValue, number_key
from contracts.document import read_terms
from kernel.clock import FixedDayClock
from kernel.db import reading, unit_of_work
from kernel.period import Period
from kernel.scope import Scope, staff
from kernel.settings import Settings
from scorecards import service
from scorecards.store import insert_tallies
from vendors import service as vendors
from vendors.models import Delivery

OCTOBER = Period(2026, 10)
AT = datetime(2026, 11, 6, 12, tzinfo=UTC)
ME = staff("anna")
NANO = 10**9

Count = tuple[str, int, str, int]
"""(queue, day of the month, fact, amount)."""


@dataclass
class World:
    """A database under test with what a person would have brought into it."""

    engine: Engine
    batches: int = 0
    clock: FixedDayClock = field(default_factory=lambda: FixedDayClock(date(2026, 11, 6)))
    settings: Settings = field(default_factory=Settings)

    def write(self, work: Any) -> Any:
        """Run work in one transaction."""
        return unit_of_work(self.engine, work)

    def read(self, work: Any) -> Any:
        """Run work on one snapshot."""
        with reading(self.engine) as session:
            return work(session)

    def vendor(self, code: str, name: str = "", **more: Any) -> None:
        """A vendor."""
        self.write(lambda s: vendors.add_vendor(s, ME, code, name or code.title(), at=AT, **more))

    def queue(self, code: str) -> None:
        """A queue."""
        self.write(lambda s: vendors.add_queue(s, ME, code, f"Queue {code}", at=AT))

    def delivery(
        self,
        vendor: str,
        kind: str,
        side: str = "vendor",
        *,
        months: Sequence[str] = ("2026-10",),
        received: date = date(2026, 11, 3),
        file: str = "",
        site: str = "",
    ) -> int:
        """An accepted upload; its number."""
        self.batches += 1
        batch = self.batches
        name = file or f"{vendor}_{kind}_{batch}.xlsx"

        def keep(session: Session) -> None:
            row = Delivery(
                batch=batch,
                vendor=vendor,
                kind=kind,
                side=side,
                file_name=name,
                sha256=hashlib.sha256(f"{batch}".encode()).hexdigest(),
                received_on=received,
                accepted_at=AT,
            )
            vendors.record_delivery(session, ME, row, {(month, site) for month in months})

        self.write(keep)
        return batch

    def counts(
        self,
        vendor: str,
        rows: Iterable[Count],
        *,
        side: str = "platform",
        kind: str = "performance",
        sample: str = "",
        site: str = "",
        period: Period = OCTOBER,
        grain: str = "day",
        **more: Any,
    ) -> int:
        """An upload of counts, language en throughout."""
        batch = self.delivery(vendor, kind, side, months=(str(period),), site=site, **more)

        def keep(session: Session) -> None:
            for queue, day, fact, amount in rows:
                first = period.first.replace(day=day).isoformat()
                key = (vendor, first, batch, side, sample, site, queue, "en" if queue else "", "", grain, "counted", 0)
                insert_tallies(session, (fact,), [(*key, amount * NANO)])

        self.write(keep)
        return batch

    def contract(self, vendor: str, prices: Sequence[dict[str, str]], **more: Any) -> int:
        """A contract over two years."""
        batch = self.delivery(vendor, "contract", "", months=())
        document = {
            "vendor": vendor,
            "number": f"MSA-{vendor}",
            "currency": "USD",
            "valid_from": date(2025, 11, 1),
            "valid_to": date(2027, 11, 1),
            "price": list(prices),
            **more,
        }
        terms, problems = read_terms(document)
        assert terms is not None, problems
        self.write(lambda s: contracts.store_contract(s, ME, batch, document, terms, AT))
        return batch

    def invoice(self, vendor: str, number: str, lines: Sequence[dict[str, Any]], **more: Any) -> int:
        """An invoice of one upload; a line needs an amount."""
        months = more.pop("months", ("2026-10",))
        batch = self.delivery(vendor, "invoice", "vendor", months=months, file=f"{number}.xlsx")
        values = [line_value(position, line) for position, line in enumerate(lines, start=1)]
        claim = InvoiceValue(
            id=0,
            batch=batch,
            vendor=vendor,
            number=number,
            number_key=number_key(number),
            document=more.get("document", "invoice"),
            issued_on=more.get("issued_on", date(2026, 11, 2)),
            currency=more.get("currency", "USD"),
            net=sum((line.amount for line in values), Decimal(0)),
            tax=None,
            relates_to=more.get("relates_to", ""),
            state="received",
            lines=tuple(values),
        )
        self.write(lambda s: contracts.store_invoices(s, ME, batch, [claim], AT))
        return batch

    def retire(self, batch: int) -> None:
        """The upload counts no longer."""
        self.write(lambda s: vendors.retire_delivery(s, batch))

    def close(self, period: Period = OCTOBER, vendor: str | None = None, scope: Scope = ME) -> dict[str, Any]:
        """Close a month."""
        return service.close_month(self.engine, scope, self.clock, self.settings, period, vendor)

    def rank(self, period: Period = OCTOBER, scope: Scope = ME, **more: Any) -> dict[str, Any]:
        """The ranking."""
        found: dict[str, Any] = self.read(lambda s: service.ranking(s, scope, period, **more))
        return found

    def card(self, vendor: str, period: Period = OCTOBER, revision: int | None = None, scope: Scope = ME) -> dict[str, Any]:
        """A scorecard."""
        found: dict[str, Any] = self.read(lambda s: service.scorecard(s, scope, vendor, period, revision))
        return found


def line_value(position: int, line: dict[str, Any]) -> LineValue:
    """A line of an invoice from what matters of it."""
    return LineValue(
        position=position,
        line=str(position),
        text=line.get("text", "Decisions"),
        site=line.get("site", ""),
        queue=line.get("queue", ""),
        language=line.get("language", ""),
        service_from=line.get("first", OCTOBER.first),
        service_to=line.get("last", OCTOBER.last),
        quantity=None if line.get("quantity") is None else Decimal(line["quantity"]),
        quantity_places=0,
        unit=line.get("unit", "decision"),
        rate=None if line.get("rate") is None else Decimal(line["rate"]),
        amount=Decimal(line["amount"]),
        line_type=line.get("line_type", "service"),
        sheet="Invoice",
        row=position + 1,
    )


def metric(vendor: dict[str, Any], name: str) -> dict[str, Any]:
    """One metric of a vendor object."""
    found: dict[str, Any] = next(row for row in vendor["metrics"] if row["metric"] == name)
    return found


def of_vendor(ranking: dict[str, Any], code: str) -> dict[str, Any]:
    """One vendor object of a ranking."""
    found: dict[str, Any] = next(row for row in ranking["vendors"] if row["vendor"] == code)
    return found


def work(volumes: dict[str, int], *, days: int = 2) -> list[Count]:
    """Decisions, deadlines and handling of each queue, the same on every day: 95 of 100 due items in time."""
    rows: list[Count] = []
    for queue, volume in volumes.items():
        for day in range(1, days + 1):
            each = volume // days
            facts = {"decisions": each, "due_items": each, "in_sla_items": each * 95 // 100, "handle_seconds": each * 60}
            rows += [(queue, day, fact, amount) for fact, amount in facts.items()]
    return rows


def audits(volumes: dict[str, tuple[int, int, int]]) -> list[Count]:
    """Per queue audits, correct ones, critical errors, on the first day."""
    names = ("audits", "correct", "units_with_critical_error")
    return [(queue, 1, name, amount) for queue, counts in volumes.items() for name, amount in zip(names, counts, strict=True)]


EXPECTED = [{"kind": "performance", "due_business_day": 3}, {"kind": "invoice", "due_business_day": 5}]


def two_vendors(engine: Engine) -> World:
    """NOVA looks cheaper, KITE is cheaper on equal work (the figures of domain M-03, in thousandths).

    NOVA: 800 decisions at 0.060 and 200 at 0.160 = 80.00; KITE: 300 at 0.058 and 300 at 0.150 = 62.40.
    """
    world = World(engine)
    for queue in ("Q1", "Q2"):
        world.queue(queue)
    for code, volumes, rates, bills in (
        ("NOVA", {"Q1": 800, "Q2": 200}, ("0.060", "0.160"), ("48.00", "32.00")),
        ("KITE", {"Q1": 300, "Q2": 300}, ("0.058", "0.150"), ("17.40", "45.00")),
    ):
        world.vendor(code)
        prices = [{"id": f"4.{n}", "basis": "decision", "rate": rate, "queue": f"Q{n}"} for n, rate in enumerate(rates, start=1)]
        world.contract(code, prices, expect=EXPECTED)
        world.counts(code, [("Q1", 1, "decisions", 10)], period=Period(2026, 9))
        world.counts(code, work(volumes), side="platform")
        world.counts(code, [(queue, day, "decisions", volume // 2) for queue, volume in volumes.items() for day in (1, 2)], side="vendor")
        world.counts(code, audits({"Q1": (100, 97, 2), "Q2": (100, 95, 1)}), side="client", kind="quality", sample="random")
        lines = [
            {"queue": f"Q{n}", "quantity": str(volume), "rate": rate, "amount": amount}
            for n, (volume, rate, amount) in enumerate(zip(volumes.values(), rates, bills, strict=True), start=1)
        ]
        world.invoice(code, f"INV-{code}-10", lines)
    return world
