"""What is said of a vendor's month beside its figures: why it is capped or not rated, how far two scores lie apart.

Owns: these sentences, alike on the ranking, in reviews and in workbooks. Must not know: how a figure was computed; it
reads the JSON of `rank`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from scorecards.wording import number, percent, sentence, words

COVERAGE_NEEDED = Decimal("0.8")
"""Share of the weight that must carry points before a month is rated."""
LOW_POINTS = 60
"""Under so many points a figure is off its target."""

HIDDEN = "benchmark_hidden"
"""The mark of a figure whose level and points the reader is not told (scorecards.benchmark)."""

Row = Mapping[str, Any]


def metric_of(vendor: Row, name: str) -> Row:
    """A vendor's row of one metric; empty when there is none."""
    return next((row for row in vendor["metrics"] if row["metric"] == name), {})


def is_untold(row: Row) -> bool:
    """Whether a metric has a level and points that the reader is not told.

    >>> is_untold({"marks": ["benchmark_hidden"]}), is_untold({})
    (True, False)
    """
    return HIDDEN in row.get("marks", ())


def difference(first: Row, second: Row) -> tuple[Decimal, Decimal, Decimal]:
    """Difference of two scores with its interval.

    Source: MOVER (Zou and Donner 2008), figures section 7.

    >>> a = {"score": 97.0, "score_low": 91.3, "score_high": 100.7}
    >>> b = {"score": 96.3, "score_low": 90.7, "score_high": 99.1}
    >>> [round(value, 1) for value in difference(a, b)]
    [Decimal('0.7'), Decimal('-5.7'), Decimal('7.4')]
    """
    (score, low, high), (other, other_low, other_high) = (
        tuple(Decimal(str(v[key])) for key in ("score", "score_low", "score_high")) for v in (first, second)
    )
    down = ((score - low) ** 2 + (other_high - other) ** 2).sqrt()
    up = ((high - score) ** 2 + (other - other_low) ** 2).sqrt()
    return score - other, score - other - down, score - other + up


def verdict(row: Row) -> tuple[str, str]:
    """How a metric stands to its target: (on, watch, off or none) and its words.

    On target from 100 points, off target under 60, else watch; `not proven` when its interval holds the target. A
    metric without points has none, and its state says why.

    >>> verdict({"points": 92.0, "low": 0.966, "high": 0.984, "target": 0.98, "state": "scored"})
    ('watch', 'watch, not proven')
    >>> verdict({"points": None, "state": "small_sample"})
    ('none', 'small sample')
    """
    if row["points"] is None:
        return "none", "not told" if is_untold(row) else words(row["state"])
    points = Decimal(str(row["points"]))
    shape, said = ("on", "on target") if points >= 100 else ("watch", "watch") if points >= LOW_POINTS else ("off", "off target")  # noqa: PLR2004 - a target is 100 points
    if shape == "on" or not _holds(row):
        return shape, said if row["state"] != "not_sent" else "not sent"
    return shape, f"{said}, not proven"


def _holds(row: Row) -> bool:
    """Whether the interval of a share holds its target; a gap counts by its size."""
    if row["low"] is None or row["high"] is None or isinstance(row["low"], Mapping):
        return False
    low, high, target = (Decimal(str(row[key])) for key in ("low", "high", "target"))
    return low <= target <= high or low <= -target <= high


def cap_text(vendor: Row) -> str:
    """The must-meet limits that were missed, whether that is proven, and what follows."""
    parts = []
    for gate in vendor["gates"]:
        metric = metric_of(vendor, gate["metric"])
        limit = percent((metric.get("gate") or {}).get("floor"), 0)
        interval = f"{percent(metric.get('low'))}–{percent(metric.get('high'))} %"
        proof = (
            f"proven: the whole interval, {interval}, lies below"
            if gate["proven"]
            else f"not proven: the interval, {interval}, reaches the limit"
        )
        parts.append(f"{sentence(gate['metric'])} of {vendor['name']} is under {limit} %, {proof}.")
    return " ".join([*parts, "The score stands; the rating and the rank do not follow it."])


def why_not_rated(vendor: Row) -> str:
    """The reason in words: too little of the weight has a figure, a limit cannot be judged, or it is the first month."""
    short = [
        f"{words(row['metric'])} rests on {number(row['n'])}, {row['min_sample']} are needed"
        for row in vendor["metrics"]
        if row["state"] == "small_sample"
    ]
    because = f": {'; '.join(short)}" if short else ""
    if vendor["not_rated"] == "first_month":
        return "This is its first month of activity; a rating needs a month before it."
    if vendor["not_rated"] == "gate":
        return f"A must-meet limit cannot be judged{because}."
    return f"Figures cover {percent(vendor['coverage'], 0)} % of the weight, {percent(COVERAGE_NEEDED, 0)} % is needed{because}."
