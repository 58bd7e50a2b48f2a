"""The ranking page as one object, arranged from what the scorecards room says: no database, no HTML.

Owns: groups of rows, the sentence at the top, which words stand beside a figure. Must not know: how a figure is
computed; the only arithmetic is the difference of two scores that a tie names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from kernel.money import round_money
from scorecards.verdicts import cap_text, difference, metric_of, why_not_rated
from web.filters import amount, counted, listed, long_month, number, percent, sentence, signed, unit_cost

VERDICTS = {"good": "on", "approaching_target": "near", "requires_improvement": "watch", "inadequate": "off", None: "none"}
"""Rating -> shape and colour of the verdict."""
PILLARS = (
    ("Q", "Quality", ("critical_accuracy", "accuracy", "qa_gap")),
    ("D", "Deadlines", ("in_sla_share",)),
    ("C", "Cost", ("cost_per_decision",)),
    ("S", "Staffing", ("staffing_share",)),
    ("F", "Files and counts", ("count_discrepancy", "data_timeliness")),
)
"""How the metrics of the template are gathered in the small bars; a metric of none of them stands under Other."""
TIES = (
    ("invoiced", "Invoiced", 1),
    ("held", "less held, in question", -1),
    ("passed_through", "less passed through", -1),
    ("estimated", "plus estimated", 1),
)
"""Parts of the cost shown, and whether they add or take away."""
HELD = "Held, in question"
NO_RATE = "exchange rate missing"
"""What the cost of a vendor rests on when its money cannot be converted."""

Row = Mapping[str, Any]


def cost_of(row: Row, key: str = "value") -> Decimal | None:
    """The amount of a money metric's value or raw value; None for none."""
    found = row.get(key)
    amount_text = found.get("value", found.get("amount")) if isinstance(found, Mapping) else found
    return None if amount_text is None else Decimal(str(amount_text))


def places(vendor: Row) -> str:
    """The places that the data allow.

    >>> places({"rank": 1, "rank_low": 1, "rank_high": 2}), places({"rank": None, "rank_low": None, "rank_high": None})
    ('1–2', '–')
    """
    low, high = vendor["rank_low"], vendor["rank_high"]
    if vendor["rank"] is None or low is None:
        return "–"
    return str(low) if low == high else f"{low}–{high}"


def is_capped(vendor: Row) -> bool:
    """Whether a must-meet limit holds this vendor's rating down."""
    return bool(vendor["gates"]) and vendor["rank"] is not None


def groups(vendors: Sequence[Row], waiting: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Rows in order, parted into ties, single places, capped and not rated, each with its sentence.

    A tie is drawn as one group only when all its vendors are tied with each other and with nobody else; a chain (A
    with B, B with C, but not A with C) stays single rows whose places overlap.
    """
    ranked = sorted((v for v in vendors if v["rank"] is not None), key=lambda v: v["rank"])
    found: list[dict[str, Any]] = []
    index = 0
    while index < len(ranked):
        first = ranked[index]
        members = [v for v in ranked[index:] if v is first or v["vendor"] in first["tied_with"]]
        names = {v["vendor"] for v in members}
        clean = len(members) > 1 and all(set(v["tied_with"]) | {v["vendor"]} == names for v in members)
        taken = members if clean and members == ranked[index : index + len(members)] else [first]
        found.append(_group(taken, waiting))
        index += len(taken)
    unrated = [v for v in vendors if v["rank"] is None]
    found += [{"kind": "unrated", "title": "Not rated.", "text": why_not_rated(v), "rows": [row(v, waiting)]} for v in unrated]
    return found


def _group(members: Sequence[Row], waiting: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    rows = [row(v, waiting) for v in members]
    capped = [v for v in members if is_capped(v)]
    if len(members) > 1:
        text = tie_text(members)
        return {"kind": "tie", "title": "Tie.", "text": " ".join([text, *(cap_text(v) for v in capped)]), "rows": rows}
    if capped:
        return {"kind": "capped", "title": "Capped by a must-meet limit.", "text": cap_text(capped[0]), "rows": rows}
    others = members[0]["tied_with"]
    if others:
        return {"kind": "chain", "title": "", "text": "", "rows": rows}
    return {"kind": "single", "title": "", "text": "", "rows": rows}


def tie_text(members: Sequence[Row]) -> str:
    """Why these cannot be told apart."""
    if len(members) > 2:  # noqa: PLR2004 - for two the difference itself is said
        return f"The data cannot tell these {counted(len(members), 'vendor')} apart: no difference of two is beyond doubt."
    first, second = members
    gap, low, high = difference(first, second)
    if low > 0 or high < 0:
        below = listed([v["name"] for v in members if is_capped(v)])
        return f"{below} misses a must-meet limit, but not beyond doubt; so neither place is certain."
    return f"The data cannot tell these two apart: difference {number(gap, 1)}, interval {number(low, 1)} to {signed(high)}."


def row(vendor: Row, waiting: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What one row of the table says."""
    cost = metric_of(vendor, "cost_per_decision")
    accuracy = metric_of(vendor, "critical_accuracy")
    waits = list(waiting.get(vendor["vendor"], ()))
    tags = (["capped"] if is_capped(vendor) else []) + (["provisional"] if waits else [])
    return {
        "vendor": vendor["vendor"],
        "name": vendor["name"],
        "places": places(vendor),
        "score": vendor["score"],
        "score_low": vendor["score_low"],
        "score_high": vendor["score_high"],
        "soft": bool(waits),
        "verdict": VERDICTS.get(vendor["rating"], "none"),
        "rating": sentence(vendor["rating"]) if vendor["rating"] else "Not rated",
        "tags": tags,
        "waits": waits,
        "currency": next((cost[key]["currency"] for key in ("value", "raw") if cost.get(key)), ""),
        "cost": {
            "value": cost_of(cost),
            "raw": cost_of(cost, "raw"),
            "n": cost.get("denominator"),
            "state": cost.get("state", "no_data"),
            "basis": cost.get("basis", ""),
            "by_hand": cost.get("by_hand", False),
        },
        "accuracy": {key: accuracy.get(key) for key in ("value", "low", "high", "n", "target", "gate", "state", "by_hand")},
        "pillars": pillar_parts(vendor),
    }


def pillar_parts(vendor: Row) -> list[dict[str, Any]]:
    """The score by pillar: weight, weight that has points, and points (their weighted mean)."""
    gathered = {name for _, _, names in PILLARS for name in names}
    rest = tuple(row["metric"] for row in vendor["metrics"] if row["metric"] not in gathered and Decimal(str(row["weight"] or 0)) > 0)
    parts: list[dict[str, Any]] = []
    for letter, name, metrics in (*PILLARS, *((("O", "Other", rest),) if rest else ())):
        rows = [r for r in (metric_of(vendor, metric) for metric in metrics) if r and Decimal(str(r["weight"] or 0)) > 0]
        weight = sum((Decimal(str(r["weight"])) for r in rows), Decimal(0))
        told = [(Decimal(str(r["weight"])), Decimal(str(r["points"]))) for r in rows if r["points"] is not None]
        covered = sum((w for w, _ in told), Decimal(0))
        points = sum((w * p for w, p in told), Decimal(0)) / covered if covered else None
        if weight:
            parts.append({"letter": letter, "name": name, "weight": weight, "covered": covered, "points": points})
    return parts


def headline(vendors: Sequence[Row], period: str) -> tuple[str, str]:
    """The month's finding in one sentence, and the figures that carry it."""
    ranked = sorted((v for v in vendors if v["rank"] is not None), key=lambda v: v["rank"])
    if not ranked:
        return f"No vendor can be rated for {long_month(period)} yet.", _tally(vendors)
    swap = _looks_dearest(ranked)
    leaders = [v for v in ranked if v is ranked[0] or v["vendor"] in ranked[0]["tied_with"]]
    first = _first_text(leaders)
    if swap is None:
        return first, " ".join(part for part in (_held_back(vendors, ranked[0]), _tally(vendors)) if part)
    dear, cheap, most = swap
    a, b = metric_of(dear, "cost_per_decision"), metric_of(cheap, "cost_per_decision")
    title = (
        f"{dear['name']} looks dearest and is cheapest on equal work."
        if most
        else f"{dear['name']} looks dearer than {cheap['name']} and is cheaper on equal work."
    )
    own, other, currency = unit_cost(cost_of(a, "raw")), unit_cost(cost_of(b, "raw")), a["raw"]["currency"]
    text = (
        f"On its own mix of work a decision costs {own} {currency} at {dear['name']} and {other} at {cheap['name']}; "
        f"on the same mix {unit_cost(cost_of(a))} and {unit_cost(cost_of(b))}."
    )
    return title, " ".join((text, first, _tally(vendors)))


def _first_text(leaders: Sequence[Row]) -> str:
    names = [v["name"] for v in leaders]
    if len(names) == 1:
        low, high = leaders[0]["rank_low"] or leaders[0]["rank"], leaders[0]["rank_high"] or leaders[0]["rank"]
        if high == 1:
            return f"{names[0]} is first, beyond doubt."
        # a vendor's account does not see whom it shares its places with
        return f"{names[0]} stands at place {low}." if low == high else f"{names[0]} stands between place {low} and place {high}."
    return f"{listed(names)} share first place: the data cannot tell them apart."


def _held_back(vendors: Sequence[Row], first: Row) -> str:
    above = [v for v in vendors if is_capped(v) and not is_capped(first) and v["score"] > first["score"]]
    return "" if not above else f"{listed([v['name'] for v in above])} scores higher, and is capped by a must-meet limit."


def _looks_dearest(ranked: Sequence[Row]) -> tuple[Row, Row, bool] | None:
    """A vendor that looks dearer than another and is cheaper like for like: the pair in which both are plainest."""
    priced = []
    for vendor in ranked:
        metric = metric_of(vendor, "cost_per_decision")
        raw, value = cost_of(metric, "raw"), cost_of(metric)
        if raw and value and metric["state"] == "scored":
            priced.append((vendor, raw, value))
    turns = [
        (min(raw / raw2, value2 / value), a, b) for a, raw, value in priced for b, raw2, value2 in priced if raw > raw2 and value < value2
    ]
    if not turns:
        return None
    _, dear, cheap = max(turns, key=lambda turn: (turn[0], turn[1]["vendor"], turn[2]["vendor"]))
    most = dear is max(priced, key=lambda p: p[1])[0] and dear is min(priced, key=lambda p: p[2])[0]
    return dear, cheap, most


def _tally(vendors: Sequence[Row]) -> str:
    said = []
    capped = sum(1 for v in vendors if is_capped(v))
    unrated = sum(1 for v in vendors if v["rank"] is None)
    if capped:
        said.append(f"{counted(capped, 'vendor')} {'is' if capped == 1 else 'are'} capped")
    if unrated:
        said.append(f"{counted(unrated, 'vendor')} {'is' if unrated == 1 else 'are'} not rated")
    text = listed(said)
    return text[:1].upper() + text[1:] + "." if text else ""


def facts(found: Row) -> list[dict[str, str]]:
    """Three figures beside the sentence: the work, what it cost, and the money in question."""
    work = sum((Decimal(str(metric_of(v, "cost_per_decision").get("denominator") or 0)) for v in found["vendors"]), Decimal(0))
    shown = [{"name": "Decisions", "value": number(work), "note": f"{percent(found['comparable_share'])} % comparable"}]
    tie = tie_out(found["cost"])
    if tie:
        each = f", {unit_cost(tie['total'] / work)} a decision" if work else ""
        shown.append({"name": "Cost shown", "value": amount(tie["total"]), "note": f"{tie['currency']}{each}"})
        held = next((line["value"] for line in tie["lines"] if line["key"] == "held"), Decimal(0))
        shown.append({"name": HELD, "value": amount(abs(held)), "note": f"{tie['currency']}, not in the cost shown"})
    return shown


def left_out(vendors: Sequence[Row]) -> str:
    """Whose money stands in no sum because it cannot be converted, as a sentence; "" for nobody's."""
    names = [v["name"] for v in vendors if metric_of(v, "cost_per_decision").get("basis") == NO_RATE]
    return f"Without {listed(names)}: no exchange rate for what they billed. Upload the month’s exchange rates." if names else ""


def tie_out(cost: Row | None) -> dict[str, Any] | None:
    """Invoiced, less held, less passed through, plus estimated = shown, in minor units so that the rows add up.

    The JSON has every digit; here each part is rounded and shown is their sum.
    """
    if not cost:
        return None
    currency = cost["shown"]["currency"]
    lines: list[dict[str, Any]] = [
        {"key": key, "name": name, "value": sign * round_money(Decimal(cost[key]["amount"]), currency, "half_even")}
        for key, name, sign in TIES
    ]
    told = [line for line in lines if line["value"] or line["key"] == "invoiced"]
    return {"lines": told, "total": sum((line["value"] for line in lines), Decimal(0)), "currency": currency}
