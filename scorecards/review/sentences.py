"""The sentences of a review: what the month comes to, what decides its rating, what it waits for.

Owns: the words, each sentence with the figure that carries it. Must not know: how a figure came about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from scorecards.benchmark import carried_weight
from scorecards.scoring import RATING_FROM
from scorecards.template import RATINGS
from scorecards.verdicts import cap_text, is_untold, why_not_rated
from scorecards.wording import amount, counted, listed, long_day, long_month, number, percent, sentence, signed, unit_cost, words

TOP_LOSSES = 3
MOST_WAITS = 3
"""So many missing uploads are named in the sentence."""

Row = Mapping[str, Any]


def headline(page: Row) -> str:
    """The month in one sentence."""
    name, month = page["name"], long_month(page["period"])
    if page["score"] is None:
        return f"{name} has no score for {month}."
    if page["rating"] is None:
        return f"{name} scores {number(page['score'], 1)} and is not rated for {month}."
    if page["gates"]:
        limits = listed([words(gate["metric"]) for gate in page["gates"]])
        return f"{name}: {number(page['score'], 1)}, held at {words(page['rating'])} by {limits}."
    return f"{name}: {number(page['score'], 1)}, {words(page['rating'])}{_place(page)}."


def _place(page: Row) -> str:
    low, high = page["rank_low"], page["rank_high"]
    place = f"place {low}" if low == high else f"place {low} to {high}"
    return f", {place} of {page['ranked']}"


def story(page: Row) -> str:
    """The figures that carry the sentence: change, money in question, what is missing."""
    said = [_since(page["change"]), *_moved_most(page), _question(page["in_question"])]
    waits = page["waiting_for"]
    if waits:
        more = [f"{counted(len(waits) - MOST_WAITS, 'upload')} more"] if len(waits) > MOST_WAITS else []
        said.append(f"The month waits for {listed([*waits[:MOST_WAITS], *more])}.")
    return " ".join(text for text in said if text)


def _since(change: Row) -> str:
    if change["score"] is None:
        return "There is no score of the month before to compare with." if change["period"] is None else ""
    note = f", {change['noise']}" if change["noise"] else ""
    return f"Since {long_month(change['period']).partition(' ')[0]} {signed(change['score'])} points{note}."


def _moved_most(page: Row) -> list[str]:
    """The figure that moved the score most, and those that carried points in one of the two months only."""
    if page["change"]["period"] is None:
        return []
    said = [
        f"{sentence(top['metric'])} moved it most, by {signed(top['effect'])}: "
        f"{figure(top['before'], top['unit'])} then, {figure(top['value'], top['unit'])} now."
        for top in page["top_changes"][:1]
    ]
    for was, now, verb in (("points_before", "points", "no longer"), ("points", "points_before", "newly")):
        names = [words(row["metric"]) for row in page["metrics"] if row[was] is not None and row[now] is None and not is_untold(row)]
        if names:
            said.append(f"{sentence(listed(names))} {verb} {'carries' if len(names) == 1 else 'carry'} points.")
    return said


def _question(asked: Row) -> str:
    client, vendor = asked["client"], asked["vendor"]
    if not client["count"] and not vendor["count"]:
        return "No money is in question."
    told = f"{_sums(client)} in question" if client["count"] else ""
    owed = f"{_sums(vendor)} in the vendor’s favour" if vendor["count"] else ""
    return " and ".join(part for part in (told, owed) if part) + "."


def _sums(side: Row) -> str:
    """Amounts of a side, each in the currency it was billed in."""
    return listed([f"{amount(one['amount'])} {one['currency']}" for one in side["amounts"]])


def deciding(page: Row) -> list[dict[str, Any]]:
    """What decides the rating, most important first; metric: whose trace proves it, None for a sentence on the score."""
    if page["score"] is None:
        return [_said(why_not_rated(page), None)]
    first: list[dict[str, Any]] = []
    if page["rating"] is None:
        first.append(_said(f"{why_not_rated(page)} The score is shown without rating and rank.", None))
    elif page["gates"]:
        first.append(_said(cap_text(page), page["gates"][0]["metric"]))
        first.append(_said(f"By its score alone the month would be {words(_rating(page['score']))}.", None))
    else:
        first.append(_said(_stands(page), None))
    return [*first, *_losses(page)]


def _said(text: str, metric: str | None) -> dict[str, Any]:
    return {"text": text, "metric": metric}


def _rating(score: Any) -> str:
    reached = sum(Decimal(str(score)) >= bound for bound in RATING_FROM[1:])
    return RATINGS[reached]


def _stands(page: Row) -> str:
    """Between which scores the month stands, how far the next rating is, and whether the interval reaches another."""
    score, level = Decimal(str(page["score"])), RATINGS.index(page["rating"])
    shown = number(score, 1)
    if level == len(RATINGS) - 1:
        text = f"The score of {shown} reaches {RATING_FROM[level]}: {words(page['rating'])}."
    else:
        above = RATING_FROM[level + 1]
        missing = number(above - score, 1)
        place = f"lies between {RATING_FROM[level]} and {above}" if level else f"lies under {above}"
        text = f"The score of {shown} {place}: {words(page['rating'])}; {missing} points are missing to {words(RATINGS[level + 1])}."
    others = dict.fromkeys(_rating(page[end]) for end in ("score_low", "score_high") if page[end] is not None)
    reached = [words(one) for one in others if one != page["rating"]]
    if reached:
        interval = f"{number(page['score_low'], 1)} to {number(page['score_high'], 1)}"
        text += f" Its interval, {interval}, reaches {listed(reached)}, so the rating is not beyond doubt."
    return text


def _losses(page: Row) -> list[dict[str, Any]]:
    """Where the points to 100 are missing, and the sum that adds up to the score."""
    carrying = [row for row in page["metrics"] if row["contribution"] is not None and row["points"] is not None]
    whole = carried_weight(page["metrics"])
    gaps = [(100 * Decimal(str(row["weight"])) / whole - Decimal(str(row["contribution"])), row) for row in carrying if whole]
    lost = sorted((pair for pair in gaps if pair[0] > 0), key=lambda pair: (-pair[0], pair[1]["metric"]))
    found = [_said(_loss(gap, row), row["metric"]) for gap, row in lost[:TOP_LOSSES]]
    missing = sum((gap for gap, _ in lost), Decimal(0))
    beyond = -sum((gap for gap, _ in gaps if gap < 0), Decimal(0))
    if gaps and not any(is_untold(row) for row in page["metrics"]):
        more = f" plus {number(beyond, 1)} gained beyond targets" if beyond else ""
        found.append(_said(f"100 less {number(missing, 1)} missing{more} is {number(page['score'], 1)}.", None))
    return found


def _loss(gap: Decimal, row: Row) -> str:
    name, lost = sentence(row["metric"]), number(gap, 1)
    if row["value"] is None:
        return f"{name} lacks {lost} points: it was {words(row['state'])} and counts at its floor."
    return f"{name} lacks {lost} points: {figure(row['value'], row['unit'])} against a target of {figure(row['target'], row['unit'])}."


def waited(item: Row) -> str:
    """One thing that a month waits for.

    >>> waited({"kind": "performance", "site": "MNL", "due": "2026-11-04"})
    'performance of site MNL (deadline 4 Nov 2026)'
    """
    site = f" of site {item['site']}" if item["site"] else ""
    return f"{words(item['kind'])}{site} (deadline {long_day(item['due'])})"


def figure(value: Any, unit: str) -> str:
    """A metric's value in words, with its unit.

    >>> figure(0.976, "share"), figure({"value": "0.080451", "currency": "USD"}, "money"), figure(33.0, "seconds")
    ('97.6 %', '0.0805 USD', '33.0 s')
    """
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        return f"{unit_cost(value['value'])} {value['currency']}"
    return f"{percent(value)} %" if unit == "share" else f"{number(value, 1)}{' s' if unit == 'seconds' else ''}"


def change_text(row: Row) -> str:
    """How a figure changed, with its sign; share changes in percentage points.

    >>> change_text({"change": -0.0123, "unit": "share"}), change_text({"change": None, "unit": "share"})
    ('−1.2', '–')
    """
    change = row["change"]
    if change is None:
        return "–"
    if isinstance(change, Mapping):
        value = Decimal(change["value"])
        return f"{'+' if value > 0 else ''}{unit_cost(value)}"
    return signed(Decimal(str(change)) * 100 if row["unit"] == "share" else change)


def problems_text(rows: Sequence[Row]) -> str:
    """How many problems there are, by weight.

    >>> problems_text([{"severity": "error"}, {"severity": "info"}, {"severity": "info"}])
    'one that stops, two remarks'
    """
    names = (("error", "one that stops", "that stop"), ("warning", "one to look at", "to look at"), ("info", "one remark", "remarks"))
    counts = [(sum(1 for row in rows if row["severity"] == severity), one, many) for severity, one, many in names]
    return ", ".join(one if count == 1 else f"{counted(count, '', many).partition(' ')[0]} {many}" for count, one, many in counts if count)
