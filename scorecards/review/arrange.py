"""A review as one object: what page, JSON and workbook show, arranged from a snapshot of the month.

Owns: what stands in the object and in which order. Must not know: the database, HTML, workbooks, how a figure was
computed. Sentences are made beside it (scorecards.review.sentences).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kernel.money import EXACT, Money, plain, round_money
from scorecards.benchmark import carried_weight
from scorecards.fairness import COST
from scorecards.printing import money, number, quantity
from scorecards.review.sentences import deciding, headline, story, waited
from scorecards.review.values import PastMonth, Row, Snapshot, UploadSeen
from scorecards.stats import ZERO, exact_sum
from scorecards.verdicts import metric_of, verdict

OPEN_STATES = ("suspected", "confirmed", "disputed")
SEVERITIES = ("error", "warning", "info")
SETTLED_STATES = ("superseded", "undone")
TOP_CHANGES = 3
FINDING_NAMES = {
    "I-01": "Billed before",
    "I-02": "The line does not multiply",
    "I-06": "Another rate than agreed",
    "I-07": "More than the record holds",
}
"""Findings in words, by code."""


def review_object(found: Snapshot) -> dict[str, Any]:
    """The JSON of `/reviews/{period}/{vendor}`; everything a review says is in it."""
    card = found.card
    before = _before(found)
    carried = Fraction(carried_weight(card["metrics"]))
    metrics = [compared_metric(row, card["contributions"], before, carried) | _ends(row, found) for row in card["metrics"]]
    findings = _findings(found)
    page = {
        **{name: card[name] for name in ("vendor", "name", "period", "revision", "status", "as_of", "basis")},
        "at": found.at.isoformat(),
        "formula_version": found.formula_version,
        "currency": found.currency,
        **{name: card[name] for name in ("rank", "rank_low", "rank_high", "tied_with", "score", "score_low", "score_high")},
        **{name: card[name] for name in ("rating", "not_rated", "gates", "coverage")},
        "ranked": found.ranked,
        "raw": {"score": found.raw["score"], "rank": found.raw["rank"], "rating": found.raw["rating"]},
        "change": score_change(card, before),
        "metrics": metrics,
        "top_changes": _top_changes(metrics),
        "cost": _cost(found),
        "invoices": list(found.invoices),
        "findings": findings,
        "in_question": _in_question(findings, found),
        "problems": _problems(found.uploads),
        "files": [
            {"batch": one.batch, "file": one.file, "kind": one.kind, "side": one.side, "sha256": one.sha256}
            | {"received_on": one.received_on.isoformat() if one.received_on else None}
            for one in found.files
        ],
        "waiting_for": [waited(item) for item in card["waiting_for"]],
        "pending": list(found.pending),
        "notes": [{"subject": one.subject, "text": one.text, "by": one.by, "at": one.at.isoformat()} for one in found.notes],
        "revisions": card["revisions"],
        "changes": card["changes"],
        "history": [_past(month) for month in found.history],
    }
    return {**page, "headline": headline(page), "story": story(page), "deciding": deciding(page)}


def _before(found: Snapshot) -> PastMonth | None:
    """The month before; None when it was not closed or had nothing of the vendor."""
    past = [month for month in found.history if month.period < found.card["period"]]
    wanted = _previous(found.card["period"])
    return next((month for month in past if month.period == wanted and month.vendor is not None), None)


def _previous(period: str) -> str:
    year, month = map(int, period.split("-"))
    return f"{year - 1}-12" if month == 1 else f"{year}-{month - 1:02d}"


def compared_metric(row: Row, contributions: Row, before: PastMonth | None, carried: Fraction) -> dict[str, Any]:
    """A metric with what it brings to the score, its verdict, and what it was the month before.

    effect: what the change of its points moved the score by, at this month's weights; None when it carried none in
    one of the months. carried: sum of the weights that carry points.
    """
    shape, said = verdict(row)
    old = metric_of(before.vendor, row["metric"]) if before is not None and before.vendor is not None else {}
    effect = None
    if row["points"] is not None and old.get("points") is not None and carried:
        effect = number(_exact(row["weight"]) * (_exact(row["points"]) - _exact(old["points"])) / carried)
    change, low, high = _moved(row, old)
    return {
        **row,
        "verdict": shape,
        "verdict_words": said,
        "contribution": contributions.get(row["metric"]),
        "before": old.get("value"),
        "change": change,
        "change_low": low,
        "change_high": high,
        "noise": _noise(change, low, high),
        "points_before": old.get("points"),
        "effect": effect,
    }


def _ends(row: Row, found: Snapshot) -> dict[str, Any]:
    """How far the points reach by the figure's interval, and the points of the raw figure; None where there are none."""
    low = high = None
    one = found.exact.get(row["metric"])
    if one is not None and one.points is not None and (one.down or one.up):
        low, high = number(one.points - one.down), number(one.points + one.up)
    return {"points_low": low, "points_high": high, "points_raw": metric_of(found.raw, row["metric"]).get("points")}


def _moved(row: Row, old: Row) -> tuple[Any, Any, Any]:
    """The difference of two months' values with its interval; None where there is none.

    Source: MOVER (Zou and Donner 2008), as for scores (figures section 7).
    """
    now, was = _amount(row["value"]), _amount(old.get("value"))
    if now is None or was is None:
        return None, None, None
    ends = [_amount(one.get(key)) for one in (row, old) for key in ("low", "high")]
    gap = now - was
    if isinstance(row["value"], dict):
        currency = row["value"]["currency"]
        return money(gap, currency), None, None
    if None in ends:
        return number(gap), None, None
    low, high, old_low, old_high = (Decimal(0) if one is None else _decimal(one) for one in ends)
    centre, earlier = _decimal(now), _decimal(was)
    down = ((centre - low) ** 2 + (old_high - earlier) ** 2).sqrt(EXACT)
    up = ((high - centre) ** 2 + (earlier - old_low) ** 2).sqrt(EXACT)
    return number(gap), number(gap - Fraction(down)), number(gap + Fraction(up))


def _noise(change: Any, low: Any, high: Any) -> str | None:
    """Whether a change is more than chance; None where its figure has no interval, or nothing to compare with."""
    if change is None or low is None:
        return None
    return "in noise" if low <= 0 <= high else "beyond noise"


def score_change(card: Row, before: PastMonth | None) -> dict[str, Any]:
    """The score's change since the month before, also where one of the months is not rated."""
    old = before.vendor if before is not None and before.vendor is not None else {}
    row = {"value": card["score"], "low": card["score_low"], "high": card["score_high"]}
    was = {"value": old.get("score"), "low": old.get("score_low"), "high": old.get("score_high")}
    change, low, high = _moved(row, was)
    return {
        "period": before.period if before is not None else None,
        "revision": before.revision if before is not None else None,
        "score": change,
        "low": low,
        "high": high,
        "noise": _noise(change, low, high),
        "rank": card["change"]["rank"],
        "score_before": old.get("score"),
    }


def _top_changes(metrics: Sequence[Row]) -> list[dict[str, Any]]:
    """The figures that moved the score most, the largest first."""
    moved = [row for row in metrics if row["effect"]]
    ordered = sorted(moved, key=lambda row: (-abs(row["effect"]), row["metric"]))
    names = ("metric", "unit", "before", "value", "change", "noise", "effect")
    return [{name: row[name] for name in names} for row in ordered[:TOP_CHANGES]]


def _cost(found: Snapshot) -> dict[str, Any]:
    """The month's cost: tied out, billed beside the contract amount, raw and like for like."""
    row = metric_of(found.card, COST)
    return {
        "tie_out": found.card["cost"],
        "billed": _totals(found),
        "price": found.price,
        "decisions": row.get("denominator"),
        "raw": row.get("raw"),
        "like_for_like": row.get("value"),
        "level": row.get("target"),
        "covered": row.get("covered"),
        "state": row.get("state"),
        "lines": [
            {
                "document": line.document,
                "text": line.text,
                "site": line.site,
                "queue": line.queue,
                "language": line.language,
                "first_day": line.first_day.isoformat(),
                "last_day": line.last_day.isoformat(),
                "amount": Money(line.amount, line.currency).json(),
                "rate": None if line.rate is None else plain(line.rate),
                "shown": quantity(Fraction(line.amount) * Fraction(line.rate or 0)),
                "treated": line.treated,
            }
            for line in found.lines
        ],
    }


def _totals(found: Snapshot) -> list[dict[str, Any]]:
    """What the invoices that cost come to, per currency: billed = contract amount + difference + unpriced.

    unpriced: billed on lines without a contract amount. complete: nothing that the contract prices is missing.
    """
    billed: dict[str, list[Row]] = {}
    for invoice in found.invoices:
        if invoice["costs"]:
            billed.setdefault(invoice["billed"]["currency"], []).append(invoice)
    return [_total(currency, rows) for currency, rows in sorted(billed.items())]


def _total(currency: str, invoices: Sequence[Row]) -> dict[str, Any]:
    lines = [line for invoice in invoices for line in invoice["lines"]]
    priced = [line for line in lines if line["contract_amount"] is not None]
    return {
        "billed": _summed((line["billed"] for line in lines), currency),
        "unpriced": _summed((line["billed"] for line in lines if line["contract_amount"] is None), currency),
        "contract_amount": _summed((line["contract_amount"] for line in priced), currency) if priced else None,
        "difference": _summed((line["difference"] for line in priced), currency) if priced else None,
        "complete": all(invoice["complete"] for invoice in invoices),
        "lines": len(lines),
        "priced_lines": len(priced),
    }


def _summed(amounts: Iterable[Row], currency: str) -> dict[str, str]:
    total = Decimal(0)
    for one in amounts:
        total = EXACT.add(total, Decimal(one["amount"]))
    return Money(total, currency).json()


def _findings(found: Snapshot) -> list[dict[str, Any]]:
    """Every finding with both sums, most money in question first; those that no longer are in question last."""
    rows = []
    for invoice in found.invoices:
        for finding in invoice["findings"]:
            line = next((one for one in invoice["lines"] if one["line"] == finding["line"]), None)
            rows.append(
                {
                    **finding,
                    "name": FINDING_NAMES.get(finding["code"], finding["code"]),
                    "invoice": invoice["number"],
                    "text": "" if line is None else line["text"],
                    "id": invoice["id"],
                    "in_question": finding["state"] in OPEN_STATES,
                    "reporting": _reporting(finding["at_stake"], found),
                }
            )
    return sorted(
        rows, key=lambda row: (not row["in_question"], -Decimal(row["reporting"] or 0), row["invoice"], row["line"] or "", row["code"])
    )


def _reporting(amount: Row, found: Snapshot) -> str | None:
    """An amount in reporting currency, unrounded; None without a rate."""
    rate = found.rates.get(amount["currency"])
    return None if rate is None else plain(EXACT.multiply(Decimal(amount["amount"]), rate))


def _in_question(findings: Sequence[Row], found: Snapshot) -> dict[str, Any]:
    """Money in question for the client and for the vendor, in reporting currency and by currency; never netted."""

    def side(who: str) -> dict[str, Any]:
        rows = [row for row in findings if row["in_question"] and row["in_favour_of"] == who]
        whole = exact_sum(Fraction(row["reporting"]) for row in rows if row["reporting"] is not None)
        by_currency: dict[str, list[Row]] = {}
        for row in rows:
            by_currency.setdefault(row["at_stake"]["currency"], []).append(row["at_stake"])
        amount = round_money(_decimal(whole), found.currency, "half_even")
        return {
            "total": Money(amount, found.currency).json(),
            "amounts": [_summed(amounts, currency) for currency, amounts in sorted(by_currency.items())],
            "count": len(rows),
        }

    return {"client": side("client"), "vendor": side("vendor")}


def _problems(uploads: Iterable[UploadSeen]) -> list[dict[str, Any]]:
    """What is wrong in the uploads that count or still wait, what stops first.

    What was superseded or undone is settled, and so is a refused upload after which another of its kind was accepted.
    """
    uploads = tuple(uploads)
    newest = {(one.kind, one.side): one.batch for one in sorted(uploads, key=lambda one: one.batch) if one.state == "accepted"}
    settled = {one.batch for one in uploads if one.state in SETTLED_STATES}
    settled |= {one.batch for one in uploads if one.state == "refused" and newest.get((one.kind, one.side), 0) > one.batch}
    rows = [
        {
            "batch": upload.batch,
            "file": upload.file,
            "kind": upload.kind,
            "side": upload.side,
            "state": upload.state,
            "severity": one.severity,
            "code": one.code,
            "message": one.message,
            "count": one.count,
        }
        for upload in uploads
        for one in upload.problems
        if upload.batch not in settled
    ]
    return sorted(rows, key=lambda row: (SEVERITIES.index(row["severity"]), -row["batch"], row["code"]))


def _past(month: PastMonth) -> dict[str, Any]:
    """One month of the history: score, cost and every metric; None where there is no figure."""
    row = month.vendor or {"metrics": []}
    cost = metric_of(row, COST)
    return {
        "period": month.period,
        "revision": month.revision,
        "status": month.status,
        **{name: row.get(name) for name in ("score", "score_low", "score_high", "rank", "rating")},
        "cost": None if month.cost is None or cost.get("raw") is None else month.cost["shown"],
        "decisions": cost.get("denominator"),
        "raw": cost.get("raw"),
        "metrics": {one["metric"]: one["value"] for one in row["metrics"]},
    }


def _amount(value: Any) -> Fraction | None:
    """A metric's value as an exact number; None for none."""
    if value is None:
        return None
    return Fraction(str(value["value"] if isinstance(value, dict) else value))


def _exact(value: Any) -> Fraction:
    return _amount(value) or ZERO


def _decimal(value: Fraction) -> Decimal:
    return EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
