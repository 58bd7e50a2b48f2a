"""Where a vendor's month comes from: by queue, site and language, beside the network, raw; and a queue's providers.

Owns: which cuts are measured and what each shows. Must not know: pages. The inputs are those that the revision names,
measured in each cut; nothing of it is stored. A vendor's own account sees the network only where at least three
others stand behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from sqlmodel import Session

from kernel.errors import NotFound
from kernel.period import Period
from kernel.scope import Scope
from scorecards import benchmark, store
from scorecards.benchmark import may_know
from scorecards.comparison import body_from, body_text, compare, template_from
from scorecards.cuts import OF_THE_WHOLE
from scorecards.fairness import COST, LIKE_FOR_LIKE, equal_work, like_for_like
from scorecards.figures import Measurement, VendorFigures, VendorInputs, measure, summary
from scorecards.gather import gather
from scorecards.labels import labelled
from scorecards.metrics import METRICS, Figure
from scorecards.models import STATUSES, Revision, VendorMonth
from scorecards.printing import money, number, quantity
from scorecards.ranking import rank_bases
from scorecards.references import References
from scorecards.tally import Only
from scorecards.trace import of_site
from vendors import store as vendor_store

SHOWN = ("critical_accuracy", "accuracy", "in_sla_share", "aht_seconds")
"""Figures of a cut, besides its cost."""


def vendor_breakdown(session: Session, scope: Scope, vendor: str, period: Period, number_of_revision: int) -> dict[str, Any]:
    """A vendor's month by queue, site and language, raw beside like for like, its raw score, the ends of its points.

    Raises NotFound for a vendor outside the scope, a revision that is not there or has nothing of the vendor.
    """
    revision = store.revision(session, period, number_of_revision)
    rows = {} if revision is None or not scope.sees(vendor) else store.vendor_months(session, revision.id or 0)
    if revision is None or vendor not in rows:
        raise NotFound("NO_FIGURES", f"there is nothing of {vendor} in {period}; see: scoreline status {period}")
    inputs = gather(session, References.parse(rows[vendor].inputs)).inputs
    return {
        "queue": _by_queue(inputs),
        "site": _by_site(inputs),
        "language": _by_language(inputs),
        **_beside_network(revision, rows, vendor, scope),
    }


def _by_queue(inputs: VendorInputs) -> list[dict[str, Any]]:
    return _ordered(_cut_row(key, measure(inputs, Only(key, ""))) for key in _keys(inputs, "queue"))


def _by_language(inputs: VendorInputs) -> list[dict[str, Any]]:
    return _ordered(_cut_row(key, measure(inputs, Only("", key))) for key in _keys(inputs, "language"))


def _by_site(inputs: VendorInputs) -> list[dict[str, Any]]:
    """By site; what a site cost is only known where every line that counts names one."""
    placed = all(charge.site for charge in (*inputs.charges, *inputs.accruals) if charge.counts)
    rows = [_cut_row(key, measure(of_site(inputs, key))) for key in _keys(inputs, "site")]
    return _ordered(row if placed else {**row, "cost": None} for row in rows)


def _keys(inputs: VendorInputs, name: str) -> list[str]:
    return sorted({key for row in inputs.counts.counted if (key := getattr(row, name))})


def _cut_row(key: str, measurement: Measurement) -> dict[str, Any]:
    figures = {name: measurement.measured[name].figure for name in (COST, *SHOWN)}
    decisions = measurement.workings.rows(measurement.workings.decisions, "decisions")
    done = sum((Fraction(row.amount) for row in decisions), Fraction(0))
    cost = figures[COST]
    return {
        "key": key,
        "decisions": quantity(done),
        "cost": money(cost.raw, measurement.inputs.currency),
        **{name: _figure(figures[name]) for name in SHOWN},
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "value": number(figure.value),
        "low": number(figure.low),
        "high": number(figure.high),
        "n": quantity(figure.n),
        "state": "informative" if METRICS[figure.metric].direction == "none" and figure.value is not None else figure.state,
    }


def _ordered(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that did something, most decisions first, each with its share of all decisions shown."""
    kept = [row for row in rows if row["decisions"] != "0" or any(row[name]["n"] not in (None, "0") for name in SHOWN)]
    whole = sum((Fraction(row["decisions"]) for row in kept), Fraction(0))
    told = [{**row, "share": number(Fraction(row["decisions"]) / whole) if whole else None} for row in kept]
    return sorted(told, key=lambda row: (-Fraction(row["decisions"]), row["key"]))


def _beside_network(revision: Revision, rows: Mapping[str, VendorMonth], vendor: str, scope: Scope) -> dict[str, Any]:
    """The rows behind the like-for-like cost, the network's levels, and the raw score."""
    months = [body_from(row.body).figures for row in rows.values()]
    currency = next(one.currency for one in months if one.vendor == vendor)
    fairness = like_for_like([one for one in months if one.listed])
    others = sum(1 for one in months if one.listed and one.vendor != vendor)
    body = store.body_of(revision)
    few = benchmark.is_hidden(body, scope, vendor)
    like, raw = (
        next(one.score for one in ranking.places if one.score.vendor == vendor)
        for ranking in rank_bases(months, template_from(body["template"])).values()
    )
    return {
        "equal_work": [
            {
                "queue": one.queue,
                "language": one.language,
                "decisions": quantity(one.decisions),
                "own_share": number(one.own_share),
                "network_share": number(one.network_share) if may_know(scope, one.others) else None,
                "cost": money(one.cost, currency),
                "network_cost": money(one.network_cost, currency) if may_know(scope, one.others) else None,
                "others": one.others if may_know(scope, one.others) else None,
            }
            for one in equal_work(months, vendor)
        ],
        "network": {
            "level": None if few else money(fairness.level, currency),
            "raw": money(fairness.raw_level, currency) if may_know(scope, others) else None,
        },
        "raw": {
            "score": None if few else number(raw.score),
            "cost_points": None if few else number(raw.metrics[COST].points),
        },
        "point_ends": {
            name: [number(one.points - one.down), number(one.points + one.up)]
            for name, one in like.metrics.items()
            if one.points is not None and not (few and name == COST)
        },
    }


def queue_month(session: Session, scope: Scope, period: Period, queue: str) -> dict[str, Any]:
    """All providers of a queue in a month, as the ranking's cut says, with their share of the work and each language.

    A vendor's own account sees its own row (others_shown: False); its share of the volume and the network's cost only
    where three others work there. Raises NotFound for a queue that is not registered, or a month that was never closed.
    """
    if queue not in {row.code for row in vendor_store.queues(session)}:
        raise NotFound("UNKNOWN_QUEUE", f"there is no queue {queue}; see: scoreline queue list")
    revision = store.latest_revision(session, period)
    if revision is None:
        raise NotFound("NOT_CLOSED", f"{period} has not been closed; run: scoreline close {period}")
    names = {row.code: row.name for row in vendor_store.vendors(session)}
    bodies, languages, done = _providers(session, revision, queue)
    compared = compare(bodies, template_from(store.body_of(revision)["template"]), LIKE_FOR_LIKE)
    body = benchmark.told(compared, scope, own_result=False)
    whole = sum(done.values(), Fraction(0))
    told = may_know(scope, len(done) - 1)
    vendors = [
        {
            **one,
            "name": names.get(one["vendor"], one["vendor"]),
            "tied_with": scope.narrowed(one["tied_with"]),
            "decisions": quantity(done[one["vendor"]]),
            "share": number(done[one["vendor"]] / whole) if whole and told else None,
            "languages": languages[one["vendor"]],
        }
        for one in labelled(session, revision, body["ranking"]["vendors"])
        if scope.sees(one["vendor"])
    ]
    month = store.month(session, period)
    return {
        "queue": queue,
        "period": str(period),
        "revision": revision.number,
        "status": month.status if month else STATUSES[0],
        "basis": LIKE_FOR_LIKE,
        "others_shown": scope.vendors is None,
        "decisions": quantity(whole) if told else None,
        "comparable_share": body["ranking"]["comparable_share"] if told else None,
        "vendors": vendors,
    }


def _providers(session: Session, revision: Revision, queue: str) -> tuple[list[str], dict[str, list[dict[str, Any]]], dict[str, Fraction]]:
    """Who did anything in a queue: the figures to compare, and by vendor its languages and its decisions."""
    bodies: list[str] = []
    languages: dict[str, list[dict[str, Any]]] = {}
    done: dict[str, Fraction] = {}
    for code, row in store.vendor_months(session, revision.id or 0).items():
        inputs = gather(session, References.parse(row.inputs)).inputs
        figures = _in_cut(summary(measure(inputs, Only(queue, ""))))
        if figures.decisions or any(figure.n for figure in figures.figures.values()):
            bodies.append(body_text(figures, body_from(row.body).expected))
            done[code] = figures.decisions
            languages[code] = _ordered(_cut_row(key, measure(inputs, Only(queue, key))) for key in _languages(inputs, queue))
    return bodies, languages, done


def _in_cut(figures: VendorFigures) -> VendorFigures:
    return replace(figures, figures={**figures.figures, **{name: Figure(name) for name in OF_THE_WHOLE}})


def _languages(inputs: VendorInputs, queue: str) -> Sequence[str]:
    return sorted({row.language for row in inputs.counts.counted if row.queue == queue and row.language})


def queue_volumes(session: Session, scope: Scope, periods: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """Decisions of every queue in each of some closed months, from what the vendors' months keep: for lists and small lines.

    A vendor's own account gets its own decisions.
    """
    found: dict[str, dict[str, Fraction]] = {}
    providers: dict[tuple[str, str], set[str]] = {}
    for period, vendor, body in store.newest_bodies(session, periods):
        if not scope.sees(vendor):
            continue
        for stratum in body_from(body).figures.strata:
            if stratum.queue and stratum.decisions:
                months = found.setdefault(stratum.queue, {})
                months[period] = months.get(period, Fraction(0)) + stratum.decisions
                providers.setdefault((stratum.queue, period), set()).add(vendor)
    return {
        queue: [
            {"period": period, "decisions": quantity(months[period]), "vendors": sorted(providers[queue, period])}
            for period in sorted(months)
        ]
        for queue, months in found.items()
    }
