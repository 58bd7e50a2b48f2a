"""The sheets of a review about figures: scorecard, history, files, changes.

Owns: their columns and live formulas. Must not know: how a figure was computed; values without a formula here are the
product's, unrounded where it has them so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from scorecards.fairness import COST
from scorecards.metrics import METRICS
from scorecards.review.cells import FORMATS, Column, Formula, Grid, day
from scorecards.review.drawings import CHART_ROWS, bar_chart, line_chart, place
from scorecards.review.sentences import figure
from scorecards.review.values import Row
from scorecards.scoring import MOST_POINTS, Scored
from scorecards.stats import ZERO, exact_sum
from scorecards.verdicts import is_untold
from scorecards.wording import long_day, sentence, words

SCORECARD = (
    Column("Metric", 24),
    Column("Whose count", 14),
    Column("State", 12),
    Column("Numerator", 14, "quantity"),
    Column("Denominator", 14, "quantity"),
    Column("Raw: numerator / denominator", 12, "share"),
    Column("Value", 10, "share"),
    Column("Low", 9, "share"),
    Column("High", 9, "share"),
    Column("n", 12, "integer"),
    Column("Floor, 0 points", 10, "share"),
    Column("Target, 100 points", 10, "share"),
    Column("Weight", 8, "weight"),
    Column("Points", 9, "points"),
    Column("Adds to the score", 9, "points"),
    Column("Month before", 10, "share"),
    Column("Change", 10, "share"),
    Column("Moved the score by", 10, "points"),
    Column("Change in noise?", 13),
)
BASES = (Column("Metric", 24), Column("Basis", 14))
UNIT_FORMATS = {"share": "share", "money": "unit", "seconds": "seconds", "per_hour": "per_hour"}
IN_UNITS = (6, 7, 8, 9, 11, 12, 16, 17)
"""Columns whose figures are in the unit of their row."""


def write_scorecard(grid: Grid, page: Row, exact: Mapping[str, Scored], cost: Mapping[str, str], heading: str, foot: str) -> dict[str, str]:
    """Every metric with its live value, points and part of the score; returns where the score stands.

    cost: where the cost shown stands, the numerator of the cost per decision.
    """
    grid.line(f"Scorecard of {page['name']}", "title")
    grid.line("0 points at the floor, 100 at the target, 110 at most; a figure without points leaves its weight to the others.", "faint")
    grid.row += 1
    head, first = grid.row, grid.row + 1
    last = first + len(page["metrics"]) - 1
    scored = [exact[row["metric"]] for row in page["metrics"]]
    untold = any(is_untold(row) for row in page["metrics"])  # then the cells beside it do not come to the score
    rows = [
        _metric_row(row, one, first + index, (first, last), cost, scored, untold=untold)
        for index, (row, one) in enumerate(zip(page["metrics"], scored, strict=True))
    ]
    grid.table(SCORECARD, rows)
    for index, row in enumerate(page["metrics"]):
        for column in IN_UNITS:
            grid.sheet.cell(first + index, column).number_format = FORMATS[UNIT_FORMATS[row["unit"]]]
        if row["unit"] == "money":
            grid.sheet.cell(first + index, 4).number_format = FORMATS["money"]
    carried = exact_sum(one.rule.weight for one in scored if one.points is not None)
    whole = exact_sum(one.rule.weight for one in scored)
    score = exact_sum(one.rule.weight * (one.points or ZERO) for one in scored) / carried if carried else None
    shown: Any = None if score is None else Formula(f"SUM(O{first}:O{last})", score)
    total = grid.row
    share: Any = Formula(f'SUMIF(N{first}:N{last},">=0",M{first}:M{last})/M{total}', carried / whole) if whole else None
    if untold:
        shown, share = _plain(page["score"]), _plain(page["coverage"])
    grid.total(
        [
            (1, "Score", ""),
            (13, Formula(f"SUM(M{first}:M{last})", whole), "weight"),
            (15, shown, "points"),
        ]
    )
    grid.total([(1, "Weight that carries points", ""), (13, share, "weight")])
    grid.widths(SCORECARD)
    weighted = [index for index, one in enumerate(scored) if one.rule.weight]
    if weighted:
        _points_chart(grid, first, first + weighted[-1])
    grid.section("What the figures rest on")
    grid.table(BASES, [[sentence(row["metric"]), _basis(row, one)] for row, one in zip(page["metrics"], scored, strict=True)])
    grid.printed(heading, foot, titles=head, columns=len(SCORECARD))
    found = {"coverage": f"Scorecard!M{total + 1}"} if share else {}
    return {**found, **({"score": f"Scorecard!O{total}"} if score is not None else {})}


def _metric_row(
    row: Row, one: Scored, at: int, block: tuple[int, int], cost: Mapping[str, str], scored: Sequence[Scored], *, untold: bool
) -> list[Any]:
    measured, rule = one.figure, one.rule
    ratio = measured.numerator / measured.denominator if measured.numerator is not None and measured.denominator else None
    raw = None if ratio is None else Formula(f"D{at}/E{at}", ratio)
    value: Any = raw if measured.value is not None and ratio == measured.value else measured.value
    linked = row["metric"] == COST and measured.numerator is not None and "shown" in cost
    before = _plain(row["before"])
    change = None if before is None or measured.value is None else Formula(f"G{at}-P{at}", measured.value - Fraction(before))
    weight = rule.weight or None
    carried = exact_sum(each.rule.weight for each in scored if each.points is not None)
    adds: Any = _plain(row["contribution"])
    if one.points is not None and not untold:
        sum_of_weights = f'SUMIF(N${block[0]}:N${block[1]},">=0",M${block[0]}:M${block[1]})'
        adds = Formula(f"M{at}*N{at}/{sum_of_weights}", rule.weight * one.points / carried)
    return [
        sentence(row["metric"]),
        row["side"].replace("+", ", "),
        (row["verdict"], words(row["state"])),
        Formula(cost["shown"], measured.numerator) if linked else measured.numerator,
        measured.denominator,
        raw,
        value,
        measured.low,
        measured.high,
        measured.n,
        rule.floor,
        rule.target,
        weight,
        _points(one, at),
        adds,
        before,
        change,
        None if row["effect"] is None else Decimal(str(row["effect"])),
        row["noise"] or ("" if row["change"] is None else "no interval"),
    ]


def _points(one: Scored, at: int) -> Any:
    """Points by the rule, live; a figure that was not sent counts at its floor, which no value shows."""
    if one.points is None or one.figure.value is None:
        return one.points
    value = f"ABS(G{at})" if METRICS[one.figure.metric].absolute else f"G{at}"
    return Formula(f"MAX(0,MIN({MOST_POINTS},({value}-K{at})/(L{at}-K{at})*100))", one.points)


def _basis(row: Row, one: Scored) -> str:
    """What the figure rests on, and why its value is no plain quotient where it is none."""
    told = [row["basis"]] if row["basis"] else []
    if one.figure.value is not None and one.figure.value != one.figure.raw:
        told.append("its value on the network’s mix of work, raw on its own" if row["metric"] == COST else "raw is not weighted")
    if row["gate"]:
        told.append(f"must-meet limit {figure(row['gate']['floor'], row['unit'])}")
    if row.get("by_hand"):
        told.append("entered by hand")
    return "; ".join([*told, *row["marks"]])


def _plain(value: Any) -> Decimal | None:
    """A figure of an answer as a number."""
    if value is None:
        return None
    return Decimal(str(value["value"] if isinstance(value, Mapping) else value))


def _points_chart(grid: Grid, first: int, last: int) -> None:
    """Points of every metric with a weight, from the column above."""
    chart = bar_chart("Points by metric: 0 at the floor, 100 at the target", grid, 14, first - 1, last)
    chart.type = "bar"
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, int(MOST_POINTS)
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.number_format = "0"
    place(chart, grid, "A", 22.0)
    grid.row += CHART_ROWS


HISTORY = (
    Column("Month", 12, "month"),
    Column("Revision", 9, "integer"),
    Column("State", 13),
    Column("Score", 9, "points"),
    Column("Score, low", 9, "points"),
    Column("Score, high", 9, "points"),
    Column("Rank", 7, "integer"),
    Column("Rating", 20),
    Column("Cost shown", 15, "money"),
    Column("Decisions", 13, "integer"),
    Column("Cost per decision, raw", 12, "unit"),
    Column("Cost per decision, like for like", 12, "unit"),
)
COUNTED = tuple(name for name in METRICS if name != COST)


def write_history(grid: Grid, page: Row, heading: str, foot: str) -> None:
    """Score, cost and every figure of up to thirteen months, with their charts."""
    grid.line(f"History of {page['name']}", "title")
    grid.line(f"The newest revision of each month; money in {page['currency']}. An empty cell: no figure.", "faint")
    grid.row += 1
    columns = (*HISTORY, *(Column(sentence(name), 12, UNIT_FORMATS[METRICS[name].unit]) for name in COUNTED))
    head = grid.row
    rows = [_month_row(month, head + 1 + index) for index, month in enumerate(page["history"])]
    _, last = grid.table(columns, rows)
    grid.widths(columns)
    score = line_chart("Score and its interval", grid, (4, 5, 6), head, last)
    score.y_axis.number_format = "0"
    place(score, grid, "A", 17.0)
    unit = line_chart(f"Cost per decision, {page['currency']}", grid, (12, 11), head, last)
    unit.y_axis.number_format = "0.000"
    place(unit, grid, "I", 15.0)
    shown = bar_chart(f"Cost shown, {page['currency']}", grid, 9, head, last)
    shown.x_axis.number_format, shown.y_axis.number_format = "mmm yy", "#,##0"
    place(shown, grid, "O", 15.0)
    grid.row += CHART_ROWS
    grid.printed(heading, foot, titles=head, columns=len(columns))


def _month_row(month: Row, at: int) -> list[Any]:
    cost = None if month["cost"] is None else Decimal(month["cost"]["amount"])
    decisions = None if month["decisions"] is None else Decimal(month["decisions"])
    raw = Formula(f"I{at}/J{at}", Fraction(cost) / Fraction(decisions)) if cost is not None and decisions else None
    return [
        day(f"{month['period']}-01"),
        month["revision"],
        words(month["status"]),
        *(_plain(month[name]) for name in ("score", "score_low", "score_high")),
        month["rank"],
        words(month["rating"]) if month["rating"] else "not rated",
        cost,
        decisions,
        raw,
        _plain(month["metrics"].get(COST)),
        *(_plain(month["metrics"].get(name)) for name in COUNTED),
    ]


FILES = (
    Column("Upload", 9, "integer"),
    Column("File", 44),
    Column("Kind", 14),
    Column("Whose count", 13),
    Column("Received", 13, "day"),
    Column("SHA-256 of the file", 68),
)
PROBLEMS = (
    Column("Upload", 9, "integer"),
    Column("File", 44),
    Column("Weight", 14),
    Column("Code", 20),
    Column("Places", 13, "integer"),
    Column("What", 68, wrap=True),
)


def write_files(grid: Grid, page: Row, heading: str, foot: str) -> None:
    """The uploads that the revision rests on, and the problems of the month's uploads."""
    grid.line("Files", "title")
    grid.line("What the revision was computed from. The hash tells whether a file at hand is the one that was read.", "faint")
    grid.row += 1
    head = grid.row
    rows = [
        [one["batch"], one["file"] or "a file of the client", one["kind"], one["side"], day(one["received_on"]), one["sha256"]]
        for one in page["files"]
    ]
    grid.table(FILES, rows)
    grid.widths(FILES)
    grid.section("Problems of the month’s uploads", "" if page["problems"] else "None.")
    if page["problems"]:
        grid.table(
            PROBLEMS, [[row["batch"], row["file"], row["severity"], row["code"], row["count"], row["message"]] for row in page["problems"]]
        )
    grid.section("Waiting for", "" if page["waiting_for"] else "Nothing: everything that was expected has come.")
    for text in page["waiting_for"]:
        grid.line(text)
    grid.printed(heading, foot, titles=head, columns=len(FILES))


REVISIONS = (Column("Revision", 22, "integer"), Column("Computed (UTC)", 22), Column("Why", 90, wrap=True))
RESTATED = (Column("Figure", 22), Column("Old and new", 34), Column("Cause", 90, wrap=True))


def write_changes(grid: Grid, page: Row, heading: str, foot: str) -> None:
    """The revisions of the month, what the last one changed, and the notes."""
    grid.line("Changes", "title")
    grid.line("A revision is never changed: a correction makes the next one, and the reason stays.", "faint")
    grid.row += 1
    head = grid.row
    grid.table(REVISIONS, [[one["revision"], one["at"][:16].replace("T", " "), "; ".join(one["why"])] for one in page["revisions"]])
    grid.widths(RESTATED)
    units = {row["metric"]: row["unit"] for row in page["metrics"]}
    grid.section("What the last revision changed", "" if page["changes"] else "Nothing of this vendor’s figures.")
    if page["changes"]:
        grid.table(RESTATED, [[sentence(one["metric"]), _old_and_new(one, units[one["metric"]]), one["cause"]] for one in page["changes"]])
    if page["notes"]:
        grid.section("Notes")
        notes = (Column("About", 22), Column("By, on", 34), Column("Note", 90, wrap=True))
        grid.table(notes, [[one["subject"], f"{one['by']}, {long_day(one['at'])}", one["text"]] for one in page["notes"]])
    grid.printed(heading, foot, titles=head, columns=len(RESTATED))


def _old_and_new(change: Row, unit: str) -> str:
    return f"{figure(change['old'], unit)} before, {figure(change['new'], unit)} now"
