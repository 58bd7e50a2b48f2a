"""What people decide about invoices, and that the months these serve are computed again.

Owns: asking for the close of every month that a decision changes. Must not know: who may decide what (contracts), how
a month is computed. The figures of an agreed or locked month stay, so no close is asked for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session

from contracts import service as contracts
from contracts import store as contract_store
from contracts.claims import InvoiceValue
from kernel import audit, jobs
from kernel.scope import Scope
from scorecards import store
from scorecards.billing import claim_months
from scorecards.readiness import SETTLED


def decide_invoice(
    session: Session, scope: Scope, number: str, vendor: str | None, state: str, reason: str, at: datetime, line: str | None = None
) -> dict[str, Any]:
    """Approve, dispute or note as recovered, as contracts.service.decide_invoice says and refuses."""
    answer = contracts.decide_invoice(session, scope, number, vendor, state, reason, at, line=line)
    _ask_to_close(session, contracts.find_invoice(session, scope, number, vendor), at)
    return answer


def decide_finding(
    session: Session, scope: Scope, number: str, vendor: str | None, code: str, state: str, reason: str, at: datetime, line: str = ""
) -> dict[str, Any]:
    """Answer one finding, as contracts.service.decide_finding says and refuses."""
    answer = contracts.decide_finding(session, scope, number, vendor, code, state, reason, at, line)
    _ask_to_close(session, contracts.find_invoice(session, scope, number, vendor), at)
    return answer


def _ask_to_close(session: Session, claim: InvoiceValue, at: datetime) -> None:
    for period in claim_months(claim, contract_store.invoices(session, claim.vendor)):
        month = store.month(session, period)
        if month is None or month.status not in SETTLED:
            payload = audit.canonical({"vendor": claim.vendor, "period": str(period)})
            jobs.enqueue(session, "close", f"close:{claim.vendor}:{period}:invoice:{claim.id}:{at.isoformat()}", payload, at, str(period))
