"""Cases about quality, time and rank: T1, T2, T8, T10, T12, T13.

Owns: what `rank` and `scorecard` must answer for them. Must not know: how the product scores.
"""

from __future__ import annotations

from importers.samples.expectation import Truth
from importers.samples.quality import DROPPED_PERCENT, RATE_PERCENT
from importers.samples.story import Case, Story, as_money, as_number, metric
from importers.samples.written import audits_by_stratum, overlap_of

Entry = tuple[str, str, tuple[str, ...], str, object]
COST = "cost_per_decision"


def rank_cases(story: Story) -> list[Truth]:
    """All of them."""
    return [
        *_cheaper_everywhere(story),
        *_small_samples(story),
        *_scale_of_a_column(story),
        *_must_meet(story),
        *_kinder_reviewers(story),
        *_never_came(story),
    ]


def _cheaper_everywhere(story: Story) -> list[Truth]:
    """T1: Nova is cheaper than Orbis in every stratum both serve, and dearer in all."""
    costs, rank = story.costs, ("rank", story.period)
    entries: list[Entry] = []
    for vendor in ("NOVA", "ORBI"):
        entries.append((vendor, story.period, rank, metric(vendor, COST, "raw.value"), as_money(costs.raw(vendor))))
        entries.append((vendor, story.period, rank, metric(vendor, COST, "value.value"), as_money(costs.like_for_like(vendor))))
    entries.append(("", story.period, rank, "comparable_share", as_number(costs.comparable_share())))
    entries.append(("", story.period, rank, "basis", "like_for_like"))
    where = tuple(story.at(f"{vendor}_invoice_{story.period}.xlsx", "Invoice", "O2:O8") for vendor in ("NOVA", "ORBI"))
    return Case(1, "like_for_like", "raw cost makes Nova the dearer vendor", where).letters(*entries)


def _small_samples(story: Story) -> list[Truth]:
    """T2: 20 of 20 is no proof; 98 of 100 and 970 of 1000 are told apart by nobody."""
    rank, standing = ("rank", story.period), story.standing
    luma = standing["LUMA"].values["accuracy"]
    entries: list[Entry] = [
        ("LUMA", story.period, rank, metric("LUMA", "accuracy", "state"), "small_sample"),
        ("LUMA", story.period, rank, metric("LUMA", "accuracy", "low"), as_number(luma.low)),
        ("LUMA", story.period, rank, metric("LUMA", "accuracy", "high"), as_number(luma.high)),
        ("LUMA", story.period, rank, "vendors[vendor=LUMA].rating", None),
        ("LUMA", story.period, rank, "vendors[vendor=LUMA].rank", None),
    ]
    for vendor in ("VEGA", "ORBI"):
        audits = audits_by_stratum(story.network, story.last, vendor).values()
        found = standing[vendor].values["accuracy"]
        entries += [
            (vendor, story.period, rank, metric(vendor, "accuracy", "numerator"), str(sum(right for _, right, _ in audits))),
            (vendor, story.period, rank, metric(vendor, "accuracy", "denominator"), str(sum(count for count, _, _ in audits))),
            (vendor, story.period, rank, metric(vendor, "accuracy", "value"), as_number(found.value)),
            (vendor, story.period, rank, metric(vendor, "accuracy", "low"), as_number(found.low)),
            (vendor, story.period, rank, metric(vendor, "accuracy", "high"), as_number(found.high)),
            (vendor, story.period, rank, f"vendors[vendor={vendor}].tied_with", standing[vendor].tied_with),
        ]
    where = (story.at(f"client_reviews_{story.period}.csv", "", "H2:I200"),)
    return Case(2, "small_sample", "98 % outranks 97 %, and a vendor with 20 audits leads", where).letters(*entries)


def _scale_of_a_column(story: Story) -> list[Truth]:
    """T8: 0.97 becomes 97 and means the same; 0.97 becomes 0.79 and does not."""
    files = {period: f"HOME_client_reviews_{period}.xlsx" for period in (story.earlier, story.period)}
    kite = f"KITE_client_reviews_{story.period}.xlsx"
    entries: list[Entry] = [
        ("HOME", period, ("rank", period), metric("HOME", "accuracy", "value"), RATE_PERCENT / 100)
        for period in (story.earlier, story.period)
    ]
    entries += [
        ("KITE", story.earlier, ("rank", story.earlier), metric("KITE", "accuracy", "value"), RATE_PERCENT / 100),
        ("KITE", story.period, ("rank", story.period), metric("KITE", "accuracy", "value"), DROPPED_PERCENT / 100),
        ("HOME", story.period, ("batch", "list"), f"[file={files[story.period]}].problems[0].severity", "warning"),
        ("HOME", story.period, ("batch", "list"), f"[file={files[story.period]}].problems[1]", None),
        ("KITE", story.period, ("batch", "list"), f"[file={kite}].problems[severity=warning]", None),
    ]
    where = (
        story.at(files[story.earlier], "Reviews", "F2:F9", story.earlier),
        story.at(files[story.period], "Reviews", "F2:F9"),
        story.at(kite, "Reviews", "F2:F9"),
    )
    return Case(8, "percent_scale", "accuracy of 9700 %, or the drop is taken for a change of scale", where).letters(*entries)


def _must_meet(story: Story) -> list[Truth]:
    """T10: Palma's score is the best, its critical accuracy misses the must-meet limit."""
    rank, palm = ("rank", story.period), story.standing["PALM"]
    here = "vendors[vendor=PALM]"
    entries: list[Entry] = [
        ("PALM", story.period, rank, metric("PALM", "critical_accuracy", "value"), as_number(palm.values["critical_accuracy"].value)),
        ("PALM", story.period, rank, metric("PALM", "critical_accuracy", "high"), as_number(palm.values["critical_accuracy"].high)),
        ("PALM", story.period, rank, f"{here}.score", as_number(palm.score)),
        ("PALM", story.period, rank, f"{here}.rating", palm.rating),
        ("PALM", story.period, rank, f"{here}.rank", palm.rank),
        ("PALM", story.period, rank, f"{here}.gates[0].metric", "critical_accuracy"),
        ("PALM", story.period, rank, f"{here}.gates[0].proven", palm.proven),
    ]
    entries += [
        (vendor, story.period, rank, f"vendors[vendor={vendor}].rank", standing.rank)
        for vendor, standing in story.standing.items()
        if vendor != "PALM"
    ]
    earlier = story.standing_before["PALM"]
    entries.append(("PALM", story.earlier, ("rank", story.earlier), f"{here}.gates[0].proven", earlier.proven))
    where = (story.at(f"client_reviews_{story.period}.csv", "", "I2:I200"),)
    return Case(10, "must_meet_limit", "Palma leads the ranking", where).letters(*entries)


def _kinder_reviewers(story: Story) -> list[Truth]:
    """T12: Kite's own reviewers find four hundredths fewer errors than the client's on the same items."""
    overlap, found = overlap_of(story.last, "KITE"), story.standing["KITE"].values["qa_gap"]
    rank = ("rank", story.period)
    entries: list[Entry] = [
        ("KITE", story.period, rank, metric("KITE", "qa_gap", "value"), as_number(found.value)),
        ("KITE", story.period, rank, metric("KITE", "qa_gap", "low"), as_number(found.low)),
        ("KITE", story.period, rank, metric("KITE", "qa_gap", "high"), as_number(found.high)),
        ("KITE", story.period, rank, metric("KITE", "qa_gap", "n"), str(overlap.items if overlap else 0)),
    ]
    where = (story.at(f"client_reviews_{story.period}.csv", "", "J2:M200"),)
    return Case(12, "qa_gap", "both sides look equally strict", where).letters(*entries)


def _never_came(story: Story) -> list[Truth]:
    """T13: Kite's performance file never came; only it holds deadlines."""
    rank = ("rank", story.period)
    entries: list[Entry] = [
        ("KITE", story.period, rank, metric("KITE", "in_sla_share", "state"), "not_sent"),
        ("KITE", story.period, rank, metric("KITE", "in_sla_share", "points"), 0),
        ("KITE", story.period, rank, "status", "provisional"),
        (
            "KITE",
            story.period,
            ("status", story.period),
            "vendors[vendor=KITE].expected[kind=performance].state",
            "missing",
        ),
        (
            "KITE",
            story.period,
            rank,
            metric("KITE", "data_timeliness", "value"),
            as_number(story.standing["KITE"].values["data_timeliness"].value),
        ),
    ]
    return Case(13, "never_came", "the share in time is left out and the score rises").letters(*entries)
