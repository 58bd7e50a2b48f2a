"""Labels beside figures: which of them rest on counts that a person entered by hand.

Owns: that one label. Must not know: what a figure is. It never changes one: it is told when a figure is read, from the
uploads that the vendor's month was computed from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from scorecards import store
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
    """The facts entered by hand that each vendor's month was computed from."""
    held = store.facts_in(session, entered)
    found: dict[str, set[str]] = {}
    for code, row in store.vendor_months(session, revision.id or 0, codes).items():
        used = uploads_of(References.parse(row.inputs)).keys() & entered
        found[code] = {fact for batch in used for fact in held.get(batch, ())}
    return found
