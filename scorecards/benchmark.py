"""What a vendor's own account is told of the network: only what three others stand behind.

Owns: that number, and what of a comparison would give the few others away. Must not know: the database, how a figure is
compared or printed; it reads the JSON of `rank`.

The score of the month itself stays where it is the vendor's result: see the decision on this in DECISIONS.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from kernel.scope import Scope
from scorecards.fairness import COST
from scorecards.scoring import Scored
from scorecards.stats import ZERO
from scorecards.verdicts import HIDDEN, is_untold, metric_of

OTHERS_NEEDED = 3
"""So many other vendors must stand behind what a vendor is told of the network."""
SCORES = ("score", "score_low", "score_high")

Row = Mapping[str, Any]


def may_know(scope: Scope, others: int) -> bool:
    """Whether a scope is told what so many other vendors stand behind; the client's staff are told everything."""
    return scope.vendors is None or others >= OTHERS_NEEDED


def told(body: Row, scope: Scope, *, own_result: bool) -> dict[str, Any]:
    """A comparison (see `compare`) without the level of costs, and the points that follow from it, where few stand behind it.

    own_result: the month itself, like for like, so that its score stays; that of a cut or on the raw basis goes too. A
    template with a floor and a target of its own for cost tells nothing of others and hides nothing.
    """
    found, few = dict(body), _few(body, scope)
    if few:
        vendors = [hidden(one, own_result=own_result) if one["vendor"] in few else one for one in body["ranking"]["vendors"]]
        found["ranking"] = {**body["ranking"], "comparable_share": None, "vendors": vendors}
        found["contributions"] = {
            code: {name: points for name, points in parts.items() if name != COST} if code in few else parts
            for code, parts in body["contributions"].items()
        }
    return found


def is_hidden(body: Row, scope: Scope, vendor: str) -> bool:
    """Whether a vendor's comparison is told without the level of costs."""
    return vendor in _few(body, scope)


def _few(body: Row, scope: Scope) -> set[str]:
    """The vendors that have too few others beside them whose cost is compared."""
    own_level = any(row["metric"] == COST and row["floor"] is not None and row["target"] is not None for row in body["template"])
    if scope.vendors is None or own_level:
        return set()
    vendors = body["ranking"]["vendors"]
    known = {one["vendor"] for one in vendors if metric_of(one, COST).get("value") is not None}
    return {one["vendor"] for one in vendors if len(known - {one["vendor"]}) < OTHERS_NEEDED}


def hidden(vendor: Row, *, own_result: bool) -> dict[str, Any]:
    """A vendor object of `rank` without the level of costs and its points; without its score unless it is its own result."""
    scores = {} if own_result else dict.fromkeys(SCORES)
    return {**vendor, **scores, "metrics": [_hidden_row(row) if row["metric"] == COST else row for row in vendor["metrics"]]}


def _hidden_row(row: Row) -> dict[str, Any]:
    if row["target"] is None and row["floor"] is None:
        return dict(row)
    return {**row, "floor": None, "target": None, "points": None, "marks": [*row["marks"], HIDDEN]}


def hidden_exact(metrics: Mapping[str, Scored]) -> dict[str, Scored]:
    """Exact figures without the level of costs and its points."""
    cost = metrics[COST]
    rule = replace(cost.rule, floor=None, target=None)
    return {**metrics, COST: replace(cost, rule=rule, points=None, down=ZERO, up=ZERO)}


def carried_weight(metrics: Iterable[Row]) -> Decimal:
    """The weight of the figures that carry points, also of the one whose points are not told."""
    return sum((Decimal(str(row["weight"])) for row in metrics if row["points"] is not None or is_untold(row)), Decimal(0))
