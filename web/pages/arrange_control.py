"""The control chart of a scorecard in words: its months in the unit shown, its levels, events and sentences.

Owns: what is said of a figure's variation. Must not know: how limits are computed (scorecards.control), where
anything stands (web.charts_scorecard).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from web.filters import counted, listed, long_month, number, percent, sentence, short_month, unit_cost

LETTERS = "ABCDEFGHIJKLM"
SCORE_TARGET = 100.0
RULES = {
    "p": "Limits: three standard errors around the mean of {months}, by each month’s n",
    "individuals": "Limits: the mean of {months}, plus and minus 2.66 times the mean change from month to month",
    "": "Fewer than six months can be compared, so there are no limits yet",
}
ABSOLUTE = ("qa_gap", "count_discrepancy")
SCALES = {"share": 100.0}
PLACES = {"money": 4}

Row = Mapping[str, Any]


def unit_of(months: Sequence[Row], metric: str) -> str:
    """The unit of the charted figure: share, money, seconds ..., score for the score."""
    rows = [month["metric"] for month in months if month["metric"]]
    return "score" if metric == "score" or not rows else str(rows[-1]["unit"])


def shown_months(chart: Row, unit: str) -> list[dict[str, Any]]:
    """The chart's months in the unit that is shown: shares in percent."""
    factor = SCALES.get(unit, 1.0)
    return [
        {
            **{key: None if month[key] is None else month[key] * factor for key in ("value", "low", "high", "was")},
            "name": short_month(month["period"]),
            "year": month["period"][:4],
            "long": f"{short_month(month['period'])} {month['period'][:4]}",
            "n": month["n"],
            "compared": month["compared"],
            "counts": month["counts"],
            "outside": month["outside"],
        }
        for month in chart["months"]
    ]


def levels(months: Sequence[Row], metric: str, unit: str) -> list[tuple[str, float, str]]:
    """Target and must-meet limit of the newest month; a cost's target moves with the network and is no line."""
    if unit == "score":
        return [("goal", SCORE_TARGET, "good from 100")]
    row = next((month["metric"] for month in reversed(months) if month["metric"]), None)
    if row is None or unit == "money" or not row["weight"]:
        return []
    factor = SCALES.get(unit, 1.0)
    found = []
    if row["target"] is not None:
        heights = [row["target"], -row["target"]] if metric in ABSOLUTE else [row["target"]]
        found += [("goal", height * factor, f"target {_level(height, unit)}") for height in heights]
    if row["gate"]:
        found.append(("must", row["gate"]["floor"] * factor, f"must-meet {_level(row['gate']['floor'], unit)}"))
    return found


def _level(value: float, unit: str) -> str:
    return f"{percent(value).removesuffix('.0')} %" if unit == "share" else number(value, 1)


def events(months: Sequence[Row], unit: str) -> list[dict[str, Any]]:
    """Revisions of the vendor's own and changed definitions, each with its month and its letter."""
    found: list[dict[str, Any]] = []
    for index, month in enumerate(months):
        reasons: dict[int, list[str]] = {}
        for why in month["why"]:
            reasons.setdefault(why["revision"], []).append(why["text"])
        said = [f"revision {number_of}: {'; '.join(texts)}" for number_of, texts in reasons.items()]
        said += _changed_rules(months[index - 1]["metric"] if index else None, month["metric"], unit)
        if said:
            found.append({"index": index, "letter": LETTERS[len(found)], "text": f"{long_month(month['period'])}, {'; '.join(said)}."})
    return found


def _changed_rules(before: Row | None, now: Row | None, unit: str) -> list[str]:
    if not before or not now:
        return []
    said = []
    if before["formula_version"] != now["formula_version"]:
        said.append(f"definition {now['formula_version']} from here, earlier months are not compared")
    if unit != "money" and before["target"] != now["target"] and now["target"] is not None:
        said.append(f"target from {_told(before['target'], unit)} to {_told(now['target'], unit)}")
    if (before["gate"] or {}).get("floor") != (now["gate"] or {}).get("floor"):
        floors = [_told((row["gate"] or {}).get("floor"), unit) for row in (before, now)]
        said.append(f"must-meet limit from {floors[0]} to {floors[1]}")
    return said


def _told(value: float | None, unit: str) -> str:
    return "none" if value is None else _level(value, unit)


def restated(months: Sequence[Row], chart: Row, unit: str) -> list[str]:
    """Months whose value a later revision changed: both values are kept."""
    return [
        f"{long_month(month['period'])} was {_apart(point['was'], point['value'], unit)}; since revision {month['changed_in']} it is "
        f"{_apart(point['value'], point['was'], unit)}."
        for month, point in zip(months, chart["months"], strict=True)
        if point["was"] is not None and point["value"] is not None
    ]


def _apart(value: float, other: float, unit: str) -> str:
    """A value with as many places as tell it from another one."""
    return next((text for places in range(4) if (text := say(value, unit, places)) != say(other, unit, places)), say(value, unit, 4))


def say(value: float | None, unit: str, more: int = 0) -> str:
    """A charted value in words, with so many more places.

    >>> say(0.9767, "share"), say(76.94, "score"), say(0.0805, "money")
    ('97.7 %', '76.9', '0.0805')
    """
    if value is None:
        return "–"
    if unit == "share":
        return f"{percent(value, 1 + more)} %"
    return unit_cost(value) if unit == "money" and not more else number(value, 1 + more + 3 * (unit == "money"))


def limits_text(chart: Row) -> str:
    """How the limits came about."""
    used = sum(1 for month in chart["months"] if month["low"] is not None)
    text = RULES[chart["rule"]].format(months=counted(used, "month"))
    if chart["rule"] == "p" and chart["widened"] > 1:
        text += f", {number(chart['widened'], 1)} times as wide because months differ more than their n explains"
    return f"{text}."


def variation(chart: Row) -> str:
    """Whether single months stand out of the figure's own variation."""
    if not chart["rule"]:
        return "Too few months to tell a change from chance."
    out = [long_month(month["period"]) for month in chart["months"] if month["outside"]]
    if not out:
        return "No month lies outside the limits: what moves is common variation, single months are not worth chasing."
    return f"{listed(out)} {'lies' if len(out) == 1 else 'lie'} outside the limits: look for what was special there."


def outlook(chart: Row, months: Sequence[Row], metric: str, unit: str) -> tuple[str, str]:
    """The question whether it will meet its target as it runs now, and the answer; ('', '') where that is none."""
    row = next((month["metric"] for month in reversed(months) if month["metric"]), None)
    reach = next(((month["low"], month["high"]) for month in reversed(chart["months"]) if month["low"] is not None), None)
    if reach is None or metric in ABSOLUTE or unit == "money":
        return "", ""
    target, up = (
        (SCORE_TARGET, True) if unit == "score" else (row and row["weight"] and row["target"], bool(row and row["direction"] == "up"))
    )
    if not target:
        return "", ""
    question = f"Will it meet {say(target, unit).replace('.0', '')}?"
    low, high = reach if up else (-reach[1], -reach[0])
    goal = target if up else -target
    if low >= goal:
        return question, "Yes, as it runs now: even the lower limit meets the target."
    if high < goal:
        return question, "Not as it runs now: the target lies outside the limits. The process has to change, not the month."
    return question, "Not reliably: the target lies within the limits, so some months meet it by chance."


def table(chart: Row, unit: str) -> list[dict[str, str]]:
    """The figures of the chart, one line a month."""
    return [
        {
            "month": f"{short_month(month['period'])} {month['period'][:4]}",
            "value": say(month["value"], unit),
            "n": number(month["n"]) if month["n"] is not None else "",
            "limits": "" if month["low"] is None else f"{say(month['low'], unit)} – {say(month['high'], unit)}",
            "was": say(month["was"], unit) if month["was"] is not None else "",
            "said": _remark(month),
        }
        for month in chart["months"]
    ]


def _remark(month: Row) -> str:
    if month["outside"]:
        return "outside"
    if not month["counts"]:
        return "too little of the weight, enters no limit"
    return "" if month["compared"] else "another definition"


def title(metric: str, months: Sequence[Row]) -> str:
    """The chart's heading."""
    return f"{sentence(metric)}, {counted(len(months), 'month')}"
