"""What the scorecards room offers: the close, rankings, scorecards, status, traces, prices and invoice checks.

Owns: who may see what, and the JSON of each answer. Must not know: file formats, HTTP. Reads take a session and a
scope; only `close_month` opens its own transaction, because its retry must run the whole of it again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from kernel import audit
from kernel.clock import Clock
from kernel.db import unit_of_work
from kernel.errors import Invalid, NotFound, Usage
from kernel.faults import reached
from kernel.money import plain
from kernel.period import Period
from kernel.scope import Scope
from kernel.selfcheck import Checked
from kernel.settings import Settings
from scorecards import benchmark, billing, recheck, store
from scorecards.awaited import month_state, month_states, recorded_months
from scorecards.close import close
from scorecards.comparison import change_since, changes_between, compare, summed_ties, template_from
from scorecards.cuts import cut_bodies
from scorecards.fairness import LIKE_FOR_LIKE
from scorecards.labels import labelled
from scorecards.metrics import FACTS, METRICS
from scorecards.models import STATUSES, Holiday, Month, NetworkTarget, Revision
from scorecards.ranking import BASES
from scorecards.readiness import MonthState
from scorecards.status import month_status
from scorecards.template import RATINGS
from scorecards.trace import Cut, TraceInputs, trace_figure
from vendors import store as vendor_store

NO_CHANGE = {"rank": None, "score": None}


def close_month(
    engine: Engine, scope: Scope, clock: Clock, settings: Settings, period: Period, vendor: str | None = None
) -> dict[str, Any]:
    """Compute a month in one transaction and commit it; the JSON of `close` (see scorecards.close)."""
    answer = unit_of_work(engine, lambda session: close_in(session, scope, clock, settings, period, vendor))
    reached("close.committed")
    return answer


def close_in(session: Session, scope: Scope, clock: Clock, settings: Settings, period: Period, vendor: str | None = None) -> dict[str, Any]:
    """Compute a month in the caller's transaction; the JSON of `close` (see scorecards.close)."""
    today, at = clock.today(settings.timezone), clock.now()
    return close(session, scope, period, settings.reporting_currency, today=today, at=at, vendor=vendor)


def awaited_months(session: Session, settings: Settings, today: date) -> list[MonthState]:
    """The months that may close by themselves, oldest first (see scorecards.awaited)."""
    return month_states(session, settings.reporting_currency, today)


def awaited_month(session: Session, settings: Settings, period: Period, today: date) -> MonthState | None:
    """One month as it stands; None when there is no record of it."""
    recorded = period in recorded_months(session, today)
    return month_state(session, period, settings.reporting_currency) if recorded else None


def months(session: Session, scope: Scope) -> list[dict[str, Any]]:
    """The closed months, oldest first: period and status."""
    del scope
    return [{"period": row.period, "status": row.status} for row in store.months(session)]


def ranking(
    session: Session, scope: Scope, period: Period, queue: str = "", language: str = "", basis: str = "like_for_like"
) -> dict[str, Any]:
    """The JSON of `rank` from the newest revision; for a queue or language the cut of the same inputs.

    A scope of some vendors sees only those. change compares with the newest revision of the month before; it is
    empty in a cut. Raises NotFound for a month that was never closed, or a queue that is not registered.
    """
    if basis not in BASES:
        raise Usage("BASIS", f"{basis!r} is no basis: use {' or '.join(BASES)}")
    revision = _revision(session, period, None)
    _require_queue(session, queue)
    body = _compared(session, revision, queue, language, basis)
    body = benchmark.told(body, scope, own_result=basis == LIKE_FOR_LIKE and not queue and not language)
    earlier = {} if queue or language else _earlier(session, period, basis)
    found = body["ranking"]
    names = _names(session)
    vendors = [_vendor(one, body, names, earlier) for one in found["vendors"] if scope.sees(one["vendor"])]
    for one in vendors:
        one["tied_with"] = scope.narrowed(one["tied_with"])
    vendors = labelled(session, revision, vendors)
    return {
        **_head(session, period, revision, body, scope),
        "as_of": revision.as_of.isoformat(),
        "basis": basis,
        "comparable_share": found["comparable_share"],
        "cost": summed_ties([one["cost"] for one in vendors]),
        "vendors": vendors,
    }


def scorecard(session: Session, scope: Scope, vendor: str, period: Period, revision: int | None = None) -> dict[str, Any]:
    """The JSON of `scorecard`, like for like: the vendor object of `rank`, its revisions and what changed.

    Raises NotFound for an unknown or foreign vendor, a month or revision that is not there, or has nothing of it.
    """
    _require_vendor(session, scope, vendor)
    chosen = _revision(session, period, revision)
    body = benchmark.told(store.body_of(chosen), scope, own_result=True)
    found = next((one for one in body["ranking"]["vendors"] if one["vendor"] == vendor), None)
    if found is None:
        raise NotFound("NO_FIGURES", f"there is nothing of {vendor} in {period}; see: scoreline status {period}")
    all_revisions = store.revisions(session, period)
    before = next((one for one in all_revisions if one.number == chosen.number - 1), None)
    changes = changes_between(store.body_of(before), body, _why(chosen)) if before else []
    only = Scope(scope.actor, scope.roles, frozenset({vendor}))
    shown = _vendor(found, body, _names(session), _earlier(session, period, LIKE_FOR_LIKE))
    shown["tied_with"] = scope.narrowed(shown["tied_with"])
    (shown,) = labelled(session, chosen, [shown])
    return {
        **shown,
        **_head(session, period, chosen, body, only),
        "as_of": chosen.as_of.isoformat(),
        "basis": LIKE_FOR_LIKE,
        "revisions": [
            {"revision": one.number, "at": one.at.isoformat(), "why": _visible(_why(one), scope, _names(session))} for one in all_revisions
        ],
        "changes": [_hidden_cause(one, scope) for one in changes if one["vendor"] == vendor],
        "contributions": body["contributions"].get(vendor, {}),
    }


def status(session: Session, scope: Scope, settings: Settings, period: Period, today: date) -> dict[str, Any]:
    """The JSON of `status`, as things stand now."""
    return month_status(session, scope, period, settings.reporting_currency, today)


def price_contract(session: Session, scope: Scope, settings: Settings, vendor: str, period: Period) -> dict[str, Any]:
    """The JSON of `contract price`."""
    return billing.contract_price(session, scope, vendor, period, settings.reporting_currency)


def invoice_list(session: Session, scope: Scope, settings: Settings, period: Period | None = None) -> list[dict[str, Any]]:
    """The JSON of `invoice list`."""
    return billing.invoice_list(session, scope, period, settings.reporting_currency)


def invoice_show(session: Session, scope: Scope, settings: Settings, number: str, vendor: str | None = None) -> dict[str, Any]:
    """The JSON of `invoice show`."""
    del settings
    return billing.invoice_show(session, scope, number, vendor)


def trace(
    session: Session,
    scope: Scope,
    settings: Settings,
    vendor: str,
    period: Period,
    metric: str,
    queue: str = "",
    site: str = "",
    language: str = "",
) -> TraceInputs:
    """A figure, or a single fact, down to uploads and keys (see scorecards.trace)."""
    return trace_figure(session, scope, vendor, period, metric, Cut(queue, site, language), settings.reporting_currency)


def facts() -> list[dict[str, object]]:
    """The catalogue of facts."""
    return [fact.json() for fact in FACTS.values()]


def metrics() -> list[dict[str, object]]:
    """The catalogue of metrics."""
    return [metric.json() for metric in METRICS.values()]


def advance_month(session: Session, scope: Scope, period: Period, status: str, at: datetime) -> dict[str, Any]:
    """Move a month one state on: provisional -> in_review -> agreed -> locked; the same state again changes nothing.

    Raises NotFound for a month that was never closed, Invalid when a state is left out or gone back to.
    """
    _require_staff(scope)
    if status not in STATUSES[1:]:
        raise Usage("STATUS", f"{status!r} is no state of a closed month: use one of {', '.join(STATUSES[1:])}")
    row = store.month(session, period)
    if row is None:
        raise NotFound("NOT_CLOSED", f"{period} has not been closed; run: scoreline close {period}")
    if row.status != status:
        following = STATUSES[STATUSES.index(row.status) + 1] if row.status != STATUSES[-1] else ""
        if status != following:
            message = f"{period} is {row.status}: " + (f"the next state is {following}" if following else "that is the last state")
            raise Invalid("MONTH_STATE", message)
        details: dict[str, object] = {"from": row.status, "to": status}
        row.status, row.changed_at = status, at
        session.add(row)
        session.flush()
        audit.record(session, at, scope.actor, "month.advance", f"month:{period}", details)
    return {"period": str(period), "status": row.status}


def list_holidays(session: Session) -> list[str]:
    """The client's days off, in order."""
    return [day.isoformat() for day in store.holidays(session)]


def set_holidays(session: Session, scope: Scope, days: Mapping[date, str] | Sequence[date], at: datetime) -> None:
    """Let the client's days off be exactly these; the same again changes nothing. A mapping gives their names."""
    _require_staff(scope)
    wanted = dict(days) if isinstance(days, Mapping) else dict.fromkeys(days, "")
    rows = {row.day: row for row in store.holiday_rows(session)}
    if {day: row.name for day, row in rows.items()} == wanted:
        return
    for day, row in rows.items():
        if day not in wanted:
            session.delete(row)
    for day, name in wanted.items():
        row = rows.get(day) or Holiday(day=day)
        row.name = name
        session.add(row)
    session.flush()
    told: dict[str, object] = {"days": {day.isoformat(): name for day, name in sorted(wanted.items())}}
    audit.record(session, at, scope.actor, "holidays.set", "holidays", told)


def list_network_targets(session: Session) -> list[dict[str, Any]]:
    """The rows of the network template that were set; empty while the default holds."""
    return [_target_json(row) for row in store.network_targets(session)]


def set_network_targets(session: Session, scope: Scope, rows: Sequence[NetworkTarget], at: datetime) -> None:
    """Let the network template be exactly these rows; the same again changes nothing.

    Raises Invalid for an unknown metric, direction or gate, a metric named twice, or no positive weight.
    """
    _require_staff(scope)
    _check_targets(rows)
    wanted = {row.metric: _target_json(row) for row in rows}
    kept = {row.metric: row for row in store.network_targets(session)}
    if {metric: _target_json(row) for metric, row in kept.items()} == wanted:
        return
    for row in kept.values():
        session.delete(row)
    session.flush()
    session.add_all(rows)
    session.flush()
    audit.record(session, at, scope.actor, "template.set", "template", {"targets": list(wanted.values())})


def self_check(session: Session, settings: Settings) -> list[Checked]:
    """The room's own check: figures from counts, rankings from figures, hashes (see scorecards.recheck)."""
    del settings
    return recheck.checks(session)


def _target_json(row: NetworkTarget) -> dict[str, Any]:
    numbers = ("weight", "floor", "target", "gate_floor")
    shown = {name: None if (value := getattr(row, name)) is None else plain(value) for name in numbers}
    return {"metric": row.metric, "direction": row.direction, "gate": row.gate, **shown}


def _check_targets(rows: Sequence[NetworkTarget]) -> None:
    for row in rows:
        if row.metric not in METRICS:
            raise Invalid("TARGET", f"network_target: {row.metric!r} is no figure; see: scoreline metrics")
        if row.direction not in ("up", "down", "none"):
            raise Invalid("TARGET", f"network_target {row.metric}: direction is up or down, not {row.direction!r}")
        if row.weight < 0:
            raise Invalid("TARGET", f"network_target {row.metric}: a weight is zero or more, not {row.weight}")
        if (row.gate_floor is None) != (not row.gate) or (row.gate and row.gate not in RATINGS):
            raise Invalid("TARGET", f"network_target {row.metric}: gate_floor and gate go together; gate is one of {', '.join(RATINGS)}")
    if len({row.metric for row in rows}) < len(rows):
        raise Invalid("TARGET", "network_target: a figure is named twice; keep one of the tables")
    if rows and not any(row.weight for row in rows):
        raise Invalid("TARGET", "network_target: no figure has a weight, so nothing could be scored; give at least one")


def _require_staff(scope: Scope) -> None:
    if scope.vendors is not None:
        raise Invalid("NOT_ALLOWED", "only the client's staff may change this")


def _require_vendor(session: Session, scope: Scope, vendor: str) -> None:
    if not scope.sees(vendor) or not store.knows_vendor(session, vendor):
        raise NotFound("UNKNOWN_VENDOR", f"there is no vendor {vendor}; see: scoreline vendor list")


def _require_queue(session: Session, queue: str) -> None:
    if queue and queue not in {row.code for row in vendor_store.queues(session)}:
        raise NotFound("UNKNOWN_QUEUE", f"there is no queue {queue}; see: scoreline queue list")


def _revision(session: Session, period: Period, number: int | None) -> Revision:
    found = store.latest_revision(session, period) if number is None else store.revision(session, period, number)
    if found is None and number is not None and store.latest_revision(session, period) is not None:
        raise NotFound("UNKNOWN_REVISION", f"{period} has no revision {number}; see: scoreline scorecard VENDOR {period}")
    if found is None:
        raise NotFound("NOT_CLOSED", f"{period} has not been closed; run: scoreline close {period}")
    return found


def _names(session: Session) -> dict[str, str]:
    return {row.code: row.name for row in vendor_store.vendors(session)}


def _compared(session: Session, revision: Revision, queue: str, language: str, basis: str) -> dict[str, Any]:
    """The body of a revision; on another basis or in a cut, compared again from what stands behind it."""
    body = store.body_of(revision)
    template = template_from(body["template"])
    if queue or language:
        return {**body, **compare(cut_bodies(session, revision, queue, language), template, basis)}
    if basis == LIKE_FOR_LIKE:
        return body
    rows = store.vendor_months(session, revision.id or 0)
    return {**body, **compare([row.body for row in rows.values()], template, basis)}


def _earlier(session: Session, period: Period, basis: str) -> dict[str, Any]:
    before = store.latest_revision(session, period.previous())
    found: dict[str, Any] = {} if before is None else _compared(session, before, "", "", basis)["earlier"]
    return found


def _vendor(one: Mapping[str, Any], body: Mapping[str, Any], names: Mapping[str, str], earlier: Mapping[str, Any]) -> dict[str, Any]:
    code = one["vendor"]
    change = change_since(earlier, body["earlier"], code) if earlier else dict(NO_CHANGE)
    return {**one, "name": names.get(code, code), "change": change, "cost": body["cost"].get(code)}


def _head(session: Session, period: Period, revision: Revision, body: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    row: Month | None = store.month(session, period)
    return {
        "period": str(period),
        "revision": revision.number,
        "status": row.status if row else "open",
        "waiting_for": [item for item in body["waiting_for"] if scope.sees(item["vendor"])],
    }


def _why(revision: Revision) -> list[str]:
    found: list[str] = json.loads(revision.why)
    return found


def _visible(why: Sequence[str], scope: Scope, names: Mapping[str, str]) -> list[str]:
    """The sentences that name no vendor outside the scope."""
    hidden = [code for code in names if not scope.sees(code)]
    return [sentence for sentence in why if not any(sentence.startswith(f"{code}: ") for code in hidden)]


def _hidden_cause(change: dict[str, Any], scope: Scope) -> dict[str, Any]:
    """A change whose cause lies with vendors outside the scope says no more than that."""
    if scope.vendors is None or not change["cause"].startswith("the comparison with others"):
        return change
    return {**change, "cause": "the comparison with others"}
