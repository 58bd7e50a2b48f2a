"""Snapshots of a vendor's month made by hand, for tests of what a review says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from scorecards.review.values import MonthLine, PastMonth, Snapshot, UploadProblem, UploadSeen
from tests.web.rankings import vendor

AT = datetime(2026, 11, 6, 12, tzinfo=UTC)


def card(score: float | None = 88.0, **more: Any) -> dict[str, Any]:
    """The scorecard of NOVA for October 2026: every metric of the template with its part of the score."""
    row = vendor("NOVA", 2, score, low=1, high=3, tied=("KITE",), rating="requires_improvement")
    whole = sum(one["weight"] for one in row["metrics"])
    head = {
        "name": "Nova Trust",
        "period": "2026-10",
        "revision": 2,
        "status": "provisional",
        "waiting_for": [],
        "as_of": "2026-11-06",
        "basis": "like_for_like",
        "revisions": [{"revision": 1, "at": "2026-11-05T12:00:00+00:00", "why": ["first close of 2026-10"]}],
        "changes": [],
        "contributions": {one["metric"]: one["weight"] * one["points"] / whole for one in row["metrics"]},
        "cost": tie_out("80", "0"),
    }
    return {**row, **head, **more}


def tie_out(invoiced: str, held: str) -> dict[str, Any]:
    """A tie-out in dollars."""
    shown = str(Decimal(invoiced) - Decimal(held))
    parts = {"invoiced": invoiced, "held": held, "passed_through": "0", "estimated": "0", "shown": shown}
    return {name: {"amount": amount, "currency": "USD"} for name, amount in parts.items()}


def changed(found: dict[str, Any], metric: str, **more: Any) -> dict[str, Any]:
    """The same scorecard with one metric told otherwise."""
    return {**found, "metrics": [{**one, **more} if one["metric"] == metric else one for one in found["metrics"]]}


def past(period: str = "2026-09", **more: Any) -> PastMonth:
    """A month before, as it was."""
    row = card(**more)
    return PastMonth(period, 1, "agreed", row, row["contributions"], row["cost"])


def usd(amount: str) -> dict[str, str]:
    """Dollars."""
    return {"amount": amount, "currency": "USD"}


def line(number: str, billed: str, agreed: str | None) -> dict[str, Any]:
    """A billed line beside its contract amount."""
    difference = None if agreed is None else usd(str(Decimal(billed) - Decimal(agreed)))
    return {
        "line": number,
        "text": f"work {number}",
        "billed": usd(billed),
        "contract_amount": None if agreed is None else usd(agreed),
        "difference": difference,
        "clause": None if agreed is None else "4.1",
        "calculation": "as agreed",
        "held": agreed is None,
    }


def amount_only(amount: str) -> dict[str, Any]:
    """A side of a finding that is no product."""
    return {"quantity": None, "unit": None, "rate": None, "amount": amount}


def finding(
    code: str, stake: str, *, number: str | None = "1", who: str = "client", state: str = "suspected", **more: Any
) -> dict[str, Any]:
    """A finding with its two calculations."""
    found = {
        "code": code,
        "severity": "warning",
        "line": number,
        "message": f"{code} of {stake}",
        "clause": "4.1" if number else None,
        "calculations": {"billed": amount_only("48"), "contract": amount_only(str(Decimal(48) - Decimal(stake)))},
        "at_stake": usd(stake),
        "in_favour_of": who,
        "state": state,
    }
    return {**found, **more}


def invoice(number: str, lines: list[dict[str, Any]], *findings: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An invoice as `invoice show` gives it."""
    agreed = [one["contract_amount"]["amount"] for one in lines if one["contract_amount"]]
    found = {
        "id": 7,
        "number": number,
        "document": "invoice",
        "issued_on": "2026-11-02",
        "state": "received",
        "costs": True,
        "complete": len(agreed) == len(lines),
        "held": False,
        "at_stake": usd("8.00"),
        "billed": usd(str(sum((Decimal(one["billed"]["amount"]) for one in lines), Decimal(0)))),
        "contract_amount": usd(str(sum(map(Decimal, agreed), Decimal(0)))) if agreed else None,
        "lines": lines,
        "findings": list(findings),
    }
    return {**found, **more}


def upload(batch: int, state: str, *problems: tuple[str, str], kind: str = "performance") -> UploadSeen:
    """An upload with problems: (severity, code)."""
    seen = tuple(UploadProblem(severity, code, f"{code} in file {batch}", 3) for severity, code in problems)
    return UploadSeen(batch, f"file{batch}.xlsx", kind, "vendor", state, {"read": 3, "accepted": 3, "rejected": 0, "skipped": 0}, seen)


def snapshot(found: dict[str, Any] | None = None, **more: Any) -> Snapshot:
    """A snapshot of October with one month before it."""
    own = found or card()
    base = Snapshot(
        card=own,
        raw={"score": 80.5, "rank": 4, "rating": "requires_improvement", "metrics": []},
        exact={},
        history=(past(), PastMonth(own["period"], own["revision"], own["status"], own, own["contributions"], own["cost"])),
        invoices=(),
        lines=(
            MonthLine("N-1", "work", "MNL", "Q1", "en", date(2026, 10, 1), date(2026, 10, 31), Decimal(80), "USD", Decimal(1), "counted"),
        ),
        price=None,
        currency="USD",
        rates={"USD": Decimal(1), "EUR": Decimal("1.1")},
        files=(),
        uploads=(),
        notes=(),
        pending=(),
        at=AT,
        formula_version=1,
        ranked=6,
    )
    return replace(base, **more)
