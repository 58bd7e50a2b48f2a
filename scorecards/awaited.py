"""The months that may close by themselves, as the database has them now.

Owns: finding those months and what is expected in each. Must not know: whether they should close (scorecards.readiness).
"""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from contracts import store as contract_store
from contracts.terms import Terms
from kernel.period import Period, months_between
from scorecards import store
from scorecards.comparison import month_hash
from scorecards.gather import expectations, references, terms_of_all
from scorecards.readiness import SETTLED, MonthState, cut_off_of


def month_states(session: Session, currency: str, today: date) -> list[MonthState]:
    """Every month that has begun and is neither agreed nor locked, as far as the record goes back, oldest first."""
    settled = {row.period for row in store.months(session) if row.status in SETTLED}
    return [month_state(session, period, currency) for period in recorded_months(session, today) if str(period) not in settled]


def recorded_months(session: Session, today: date) -> list[Period]:
    """The months of which there is a record: an upload, a close, or, after the first upload, one that a contract expected.

    What a contract says of the years before is no record of them: nobody waits for their files.
    """
    delivered = store.delivered_periods(session)
    known = {*delivered, *(row.period for row in store.months(session))}
    if delivered:
        contracts = [terms for row in contract_store.contracts(session) if (terms := contract_store.terms_of(row)) is not None]
        known |= {str(month) for month in months_between(Period.parse(min(delivered)).first, today) if _expects(contracts, month)}
    return [period for period in map(Period.parse, sorted(known)) if period.first <= today]


def _expects(contracts: list[Terms], month: Period) -> bool:
    return any(terms.expects and terms.holds_on(month.last) for terms in contracts)


def month_state(session: Session, period: Period, currency: str) -> MonthState:
    """One month as it stands."""
    state = store.month(session, period)
    latest = store.latest_revision(session, period)
    known = {code: refs for code, refs in references(session, period, currency).items() if not refs.idle}
    agreed = terms_of_all(session, known.values())
    return MonthState(
        period=period,
        status=state.status if state else "open",
        cut_off=cut_off_of(period, store.holidays(session)),
        revision=latest.number if latest else 0,
        closed_with=latest.input_hash if latest else "",
        inputs=month_hash(period, currency, store.template(session), {code: refs.hash for code, refs in known.items()}),
        vendors=[(code, expectations(refs, agreed[refs.vendor])) for code, refs in sorted(known.items())],
    )
