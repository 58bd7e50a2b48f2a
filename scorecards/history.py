"""A vendor's months side by side, from what their revisions keep.

Owns: what a history shows of a month. Must not know: how a figure is computed; nothing is computed anew.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from kernel.period import Period
from kernel.scope import Scope
from scorecards import benchmark, store
from scorecards.control import Point, control_chart
from scorecards.models import STATUSES, Revision

HISTORY_MONTHS = 13
SCORE = "score"
SHARES = ("critical_accuracy", "accuracy", "in_sla_share", "data_timeliness")
"""Metrics that are proportions of counted units, so that each month's n says how far chance moves them."""
REVISIONS_BACK = 4
"""So many of a month's newest revisions are looked through for what a figure was."""


def past_months(
    session: Session, scope: Scope, vendor: str, period: Period, *, metric: str = SCORE, revision: int | None = None
) -> list[dict[str, Any]]:
    """The month and the twelve before it, oldest first, from the first in which the vendor stands in a ranking.

    metric: its row in each month stands under `metric`, None for the score. revision: of the month itself, else
    the newest. was: what the value (of metric, or the score) was in the last revision that had another one, None
    where it did not change; changed_in: the revision that changed it. why: reasons that lie with this vendor, each
    with its revision. A scope that does not see the vendor gets nothing.
    """
    if not scope.sees(vendor):
        return []
    wanted = months_until(period)
    heads = store.revision_numbers(session, {str(month) for month in wanted})
    chosen = {text: (revision if text == str(period) and revision is not None else max(numbers)) for text, numbers in heads.items()}
    found = store.revisions_numbered(
        session, {(text, number) for text, top in chosen.items() for number in range(top, max(top - REVISIONS_BACK, 0), -1)}
    )
    states = {row.period: row.status for row in store.months(session)}
    months: list[dict[str, Any]] = []
    for month in reversed(wanted):
        text = str(month)
        tops = [row for number in range(chosen.get(text, 0), 0, -1) if (row := found.get((text, number))) is not None]
        shown = _month(text, states.get(text, STATUSES[0]), tops, vendor, metric, scope)
        if months or shown["listed"] or text == str(period):
            months.append(shown)
    return months


def _month(text: str, status: str, revisions: Sequence[Revision], vendor: str, metric: str, scope: Scope) -> dict[str, Any]:
    """A month from its revisions, the one to show first."""
    if not revisions:
        return _empty(text, status, None)
    row, *earlier = revisions
    body = benchmark.told(store.body_of(row), scope, own_result=True)
    found = _of(body, vendor)
    if found is None:
        return _empty(text, status, row.number)
    cost = _row(found, "cost_per_decision")
    value = _shown(found, metric)
    was, changed_in = None, None
    for after, one in zip(revisions, earlier, strict=False):
        old = _of(store.body_of(one), vendor)
        if old is not None and (told := _shown(old, metric)) not in (value, None):
            was, changed_in = told, after.number
            break
    why = [
        {"revision": one.number, "text": told.partition(": ")[2]}
        for one in reversed(revisions)
        for told in json.loads(one.why)
        if told.startswith(f"{vendor}: ")
    ]
    return {
        "period": text,
        "status": status,
        "listed": True,
        "revision": row.number,
        "at": row.at.isoformat(),
        **{name: found[name] for name in ("score", "score_low", "score_high", "rank", "rank_low", "rank_high", "rating", "not_rated")},
        "ranked": sum(1 for one in body["ranking"]["vendors"] if one["rank"] is not None),
        "decisions": cost.get("denominator"),
        "cost": {"value": cost.get("value"), "raw": cost.get("raw"), "state": cost.get("state")},
        "contributions": body["contributions"].get(vendor, {}),
        "metric": _row(found, metric) or None,
        "was": was,
        "changed_in": changed_in,
        "why": why,
    }


def _empty(text: str, status: str, revision: int | None) -> dict[str, Any]:
    nothing = dict.fromkeys(("at", "score", "score_low", "score_high", "rank", "rank_low", "rank_high", "rating", "not_rated"))
    cost = {"value": None, "raw": None, "state": "no_data"}
    return {
        "period": text,
        "status": status,
        "listed": False,
        "revision": revision,
        **nothing,
        "ranked": 0,
        "decisions": None,
        "cost": cost,
        "contributions": {},
        "metric": None,
        "was": None,
        "changed_in": None,
        "why": [],
    }


def _of(body: Mapping[str, Any], vendor: str) -> dict[str, Any] | None:
    return next((one for one in body["ranking"]["vendors"] if one["vendor"] == vendor), None)


def _row(vendor: Mapping[str, Any], metric: str) -> dict[str, Any]:
    return next((one for one in vendor["metrics"] if one["metric"] == metric), {})


def _shown(vendor: Mapping[str, Any], metric: str) -> Any:
    return vendor["score"] if metric == SCORE else _value(_row(vendor, metric))


def _value(row: Mapping[str, Any]) -> Any:
    """A metric's value as a plain number; money without its currency."""
    value = row.get("value")
    return value["value"] if isinstance(value, Mapping) else value


def months_until(period: Period) -> list[Period]:
    """The month and the twelve before it, newest first."""
    found = [period]
    while len(found) < HISTORY_MONTHS:
        found.append(found[-1].previous())
    return found


def kept_months(session: Session, scope: Scope, vendor: str, months: Collection[Period]) -> list[dict[str, Any]]:
    """What the newest revisions of some months keep of a vendor, oldest first, as reviews compare with.

    period, revision, status, vendor (its object of `rank`, None where it is not listed), contributions, cost. A scope
    that does not see the vendor gets nothing.
    """
    if not scope.sees(vendor):
        return []
    states = {row.period: row.status for row in store.months(session)}
    found = []
    for row in store.newest_revisions(session, {str(month) for month in months}):
        body = benchmark.told(store.body_of(row), scope, own_result=True)
        kept = _of(body, vendor)
        found.append(
            {
                "period": row.period,
                "revision": row.number,
                "status": states.get(row.period, STATUSES[0]),
                "vendor": None if kept is None else {**kept, "tied_with": scope.narrowed(kept["tied_with"])},
                "contributions": body["contributions"].get(vendor, {}),
                "cost": body["cost"].get(vendor),
            }
        )
    return found


def month_before(session: Session, scope: Scope, vendor: str, period: Period) -> dict[str, Any] | None:
    """The month before as `kept_months` gives it; None where there is nothing of the vendor in it."""
    return next((one for one in kept_months(session, scope, vendor, [period.previous()]) if one["vendor"] is not None), None)


def control_of(months: Sequence[Mapping[str, Any]], metric: str = SCORE) -> dict[str, Any]:
    """The control chart of a history that `past_months` gave, as JSON.

    metric, rule (see scorecards.control), mean, widened, and per month period, value, low and high (its limits), n, was,
    compared (with the others), counts (False: too little stands behind it), outside. Numbers are of the figure's own
    unit, money without its currency.
    """
    points = [_point(month, metric) for month in months]
    chart = control_chart(points, share=metric in SHARES)
    return {
        "metric": metric,
        "rule": chart.rule,
        "mean": _printed(chart.mean),
        "widened": _printed(chart.widened),
        "months": [
            {
                "period": month["period"],
                "value": _printed(point.value),
                "n": None if point.n is None else str(point.n),
                "low": None if limits is None else _printed(limits[0]),
                "high": None if limits is None else _printed(limits[1]),
                "compared": compared,
                "counts": point.counts,
                "outside": outside,
                "was": None if month["was"] is None else float(month["was"]),
            }
            for month, point, limits, compared, outside in zip(months, points, chart.limits, chart.compared, chart.outside, strict=True)
        ],
    }


def _point(month: Mapping[str, Any], metric: str) -> Point:
    row = month["metric"]
    if metric == SCORE or row is None:
        score = month["score"] if metric == SCORE else None
        return Point(None if score is None else Decimal(str(score)), None, 1, counts=month["not_rated"] != "coverage")
    value = _value(row)
    n = Decimal(str(row["n"])) if row["n"] is not None and metric in SHARES else None
    return Point(None if value is None else Decimal(str(value)), n, row["formula_version"])


def _printed(value: Decimal | None) -> float | None:
    return None if value is None else float(round(value, 10))
