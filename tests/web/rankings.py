"""Rankings as the scorecards room prints them, made by hand for tests of what stands on the page."""

from __future__ import annotations

from typing import Any

RULES = {
    "critical_accuracy": (0.2, "share", 0.94, 0.98, {"floor": 0.94, "cap": "inadequate", "min_sample": 30}),
    "accuracy": (0.15, "share", 0.9, 0.95, None),
    "in_sla_share": (0.2, "share", 0.9, 0.95, None),
    "cost_per_decision": (0.2, "money", {"value": "0.090000", "currency": "USD"}, {"value": "0.072000", "currency": "USD"}, None),
    "staffing_share": (0.1, "share", 0.9, 0.98, None),
    "qa_gap": (0.05, "share", 0.05, 0.02, None),
    "count_discrepancy": (0.05, "share", 0.03, 0.005, None),
    "data_timeliness": (0.05, "share", 0.8, 1.0, None),
}


def metric(name: str, value: Any, points: float | None = 100.0, *, state: str = "scored", **more: Any) -> dict[str, Any]:
    """One metric of one vendor."""
    weight, unit, floor, target, gate = RULES[name]
    shown = {"value": value, "currency": "USD"} if unit == "money" and value is not None else value
    row = {
        "metric": name,
        "value": shown,
        "low": None,
        "high": None,
        "numerator": "1",
        "denominator": "1000",
        "unit": unit,
        "n": "1000",
        "side": "platform",
        "raw": shown,
        "floor": floor,
        "target": target,
        "direction": "up",
        "gate": gate,
        "min_sample": 100 if unit == "share" and weight >= 0.15 else None,
        "covered": 1.0,
        "points": points,
        "weight": weight,
        "state": state,
        "basis": "",
        "marks": [],
        "formula_version": 1,
    }
    return {**row, **more}


def vendor(
    code: str,
    rank: int | None,
    score: float | None,
    *,
    low: int | None = None,
    high: int | None = None,
    tied: tuple[str, ...] = (),
    spread: float = 4.0,
    cost: str | None = "0.0720",
    raw: str = "0.0720",
    critical: float | None = 0.975,
    rating: str | None = "approaching_target",
    **more: Any,
) -> dict[str, Any]:
    """One vendor of a ranking."""
    money = {"value": raw, "currency": "USD"}
    interval: dict[str, Any] = {"low": max(critical - 0.012, 0), "high": min(critical + 0.009, 1)} if critical is not None else {}
    metrics = [
        metric("critical_accuracy", critical, None if critical is None else 90.0, n="1200", side="client", **interval),
        metric("accuracy", 0.94, 80.0, n="1200", side="client"),
        metric("in_sla_share", 0.955, 110.0),
        metric("cost_per_decision", cost, 100.0, raw=money, denominator="1307500", state="scored" if cost else "not_comparable"),
        metric("staffing_share", 0.93, 43.0),
        metric("qa_gap", 0.01, 107.0, side="client"),
        metric("count_discrepancy", 0.002, 106.0),
        metric("data_timeliness", 1.0, 100.0),
    ]
    row = {
        "vendor": code,
        "name": code.capitalize(),
        "rank": rank,
        "rank_low": low or rank,
        "rank_high": high or rank,
        "tied_with": list(tied),
        "score": score,
        "score_low": None if score is None else score - spread,
        "score_high": None if score is None else score + spread,
        "coverage": 1.0,
        "rating": rating if rank else None,
        "not_rated": None if rank else "coverage",
        "gates": [],
        "change": {"rank": None, "score": None},
        "metrics": metrics,
    }
    return {**row, **more}


def ranking(vendors: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A ranking of October 2026."""
    return {
        "period": "2026-10",
        "revision": 3,
        "status": "provisional",
        "waiting_for": [],
        "as_of": "2026-11-06",
        "basis": "like_for_like",
        "comparable_share": 0.997,
        "cost": None,
        "vendors": vendors,
        **more,
    }


def page(vendors: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """The object of the ranking page before its sentence is found."""
    periods = [f"2025-{m:02d}" for m in (11, 12)] + [f"2026-{m:02d}" for m in range(1, 11)]
    status = dict.fromkeys(periods, "locked") | {"2026-09": "in_review", "2026-10": "provisional"}
    history = {
        p: {v["vendor"]: [v["score"] and v["score"] - (10 - i) % 5, v["score_low"], v["score_high"]] for v in vendors}
        for i, p in enumerate(periods)
    }
    return {
        **ranking(vendors),
        "queue": "",
        "language": "",
        "raw_scores": {v["vendor"]: v["score"] and v["score"] - 8 for v in vendors},
        "months": [{"period": p, "status": status[p]} for p in periods],
        "history": history,
        "queues": [{"code": "Q1", "name": "Text"}, {"code": "Q2", "name": "Video"}],
        "sites": {v["vendor"]: ["Manila", "Kraków"] for v in vendors},
        **more,
    }


def network() -> list[dict[str, Any]]:
    """A tie, a turn of cost, a chain, a capped vendor and one that is not rated."""
    capped = vendor("fennick", 5, 97.5, cost="0.0662", raw="0.0576", critical=0.923, rating="inadequate")
    capped["gates"] = [{"metric": "critical_accuracy", "proven": True}]
    small = vendor("estrella", None, 71.2, cost="0.0698", raw="0.0647", coverage=0.65)
    small["metrics"][0] |= {"value": 1.0, "low": 0.839, "high": 1.0, "n": "20", "state": "small_sample", "points": None}
    small["metrics"][1] |= {"n": "20", "state": "small_sample", "points": None}
    estimated = vendor("dunmere", 3, 84.0, low=3, high=4, tied=("halden",), cost="0.0719", raw="0.0664", rating="requires_improvement")
    estimated["metrics"][3] |= {"state": "estimated"}
    estimated["metrics"][2] |= {"state": "not_sent", "points": 0.0, "value": None}
    return [
        vendor("corvane", 1, 97.0, low=1, high=2, tied=("arbelos",), cost="0.0617", raw="0.0997"),
        vendor("arbelos", 2, 96.3, low=1, high=2, tied=("corvane",), cost="0.0654", raw="0.0576"),
        estimated,
        vendor("halden", 4, 82.4, low=3, high=4, tied=("dunmere",), cost=None, raw="0.0951", rating="requires_improvement"),
        capped,
        small,
    ]
