"""Labels beside figures: which of them rest on counts that a person entered by hand.

Owns: that one label. Must not know: what a figure is. It never changes one: it is told when a figure is read, from the
uploads that the vendor's month was computed from. What was entered and is in no figure, because finer counts or another
side go before it, labels none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from scorecards import store
from scorecards.figures import measure
from scorecards.gather import gather
from scorecards.metrics import METRICS
from scorecards.models import Revision
from scorecards.reasons import uploads_of
from scorecards.references import References
from vendors.store import by_hand


def labelled(session: Session, revision: Revision, vendors: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The vendor objects of a ranking with `by_hand` in each metric: whether any of its facts was entered by hand."""
    entered = by_hand(session)
    facts = _entered_facts(session, revision, entered, [one["vendor"] for one in vendors]) if entered else {}
    return [{**one, "metrics": [_metric(metric, facts.get(one["vendor"], set())) for metric in one["metrics"]]} for one in vendors]


def _metric(metric: Mapping[str, Any], entered: set[str]) -> dict[str, Any]:
    known = METRICS.get(metric["metric"])
    return {**metric, "by_hand": known is not None and not entered.isdisjoint(known.facts)}


def _entered_facts(session: Session, revision: Revision, entered: set[int], codes: Sequence[str]) -> dict[str, set[str]]:
    """The facts of which counts entered by hand are in some figure of each vendor's month."""
    found: dict[str, set[str]] = {}
    for code, row in store.vendor_months(session, revision.id or 0, codes).items():
        named = References.parse(row.inputs)
        if not entered.isdisjoint(uploads_of(named)):
            measured = measure(gather(session, named).inputs).measured
            found[code] = {count.fact for one in measured.values() for count in one.rows if count.batch in entered}
    return found
