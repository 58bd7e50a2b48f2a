"""The first sheet of a review: the sentence, the figures that carry it, what to talk about.

Owns: what stands on it. Must not know: how a figure came about; each is a live link to the sheet that shows how.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from scorecards.review.cells import LINE_POINTS, Column, Formula, Grid, lines_of
from scorecards.review.sentences import change_text, figure, problems_text
from scorecards.review.values import Row
from scorecards.wording import amount, listed, long_day, long_month, number, sentence, signed, words

ACROSS = 4
WIDTHS = (Column("", 32), Column("", 22), Column("", 18), Column("", 44))
LETTERS_A_LINE = 110
SHOWN = 8
"""So many findings, problems and notes stand on the first sheet; their own sheets have all."""


def write_cover(grid: Grid, page: Row, places: Mapping[str, str], heading: str, foot: str) -> None:
    """The review on one page."""
    _text(grid, f"{page['name']}, {long_month(page['period'])}", "title")
    state = f"Revision {page['revision']}, {words(page['status'])}, computed {long_day(page['as_of'])}. {foot}"
    _text(grid, state, "faint")
    grid.row += 1
    _text(grid, page["headline"], "lead")
    _text(grid, page["story"])
    _figures(grid, page, places)
    grid.section("What decides the rating")
    for one in page["deciding"]:
        _text(grid, one["text"])
    _changes(grid, page)
    _questions(grid, page)
    _open(grid, page)
    grid.widths(WIDTHS)
    grid.printed(heading, foot, portrait=True, columns=ACROSS)


def _text(grid: Grid, text: str, look: str = "text") -> None:
    """A text over the width of the sheet, as high as it needs."""
    points = LINE_POINTS * lines_of(text, LETTERS_A_LINE) + (10 if look == "title" else 1)
    grid.line(text, look, across=ACROSS, height=points)


def _figures(grid: Grid, page: Row, places: Mapping[str, str]) -> None:
    """The decisive figures, each a link to where it is worked out."""
    grid.section("The figures")
    for said, value, format_name, note in _figure_rows(page, places):
        grid.put(1, said)
        grid.put(2, value, "strong", format_name)
        grid.put(3, note, "faint")
        grid.row += 1


def _figure_rows(page: Row, places: Mapping[str, str]) -> list[tuple[str, Any, str, str]]:
    tie, currency = page["cost"]["tie_out"], page["currency"]
    interval = "" if page["score_low"] is None else f"interval {number(page['score_low'], 1)} to {number(page['score_high'], 1)}; "
    rows: list[tuple[str, Any, str, str]] = [
        ("Rating", sentence(page["rating"]) if page["rating"] else "Not rated", "", _rank(page)),
        ("Score", _link(places, "score", page["score"]), "points", f"{interval}raw {number(page['raw']['score'], 1)}"),
        ("Weight that carries points", _link(places, "coverage", page["coverage"]), "weight", "80 % is needed for a rating"),
        ("Cost shown", _link(places, "shown", tie and tie["shown"]["amount"]), "money", f"{currency}; see Cost"),
        ("Held out of it, in question", _link(places, "held", tie and tie["held"]["amount"]), "money", currency),
    ]
    if len(page["cost"]["billed"]) == 1:
        billed = page["cost"]["billed"][0]
        own = billed["billed"]["currency"]
        complete = "complete" if billed["complete"] else "not complete: something the contract prices is missing"
        rows += [
            ("Billed", _link(places, "billed", billed["billed"]["amount"]), "money", own),
            (
                "Contract amount",
                _link(places, "contract_amount", (billed["contract_amount"] or {}).get("amount")),
                "money",
                f"{own}; {complete}",
            ),
            ("Difference", _link(places, "difference", (billed["difference"] or {}).get("amount")), "money", own),
        ]
    raw = page["cost"]["raw"]
    like = page["cost"]["like_for_like"]
    rows += [
        ("Cost per decision, raw", None if raw is None else Decimal(raw["value"]), "unit", currency),
        (
            "Cost per decision, like for like",
            None if like is None else Decimal(like["value"]),
            "unit",
            f"{currency}; on the network’s mix of work",
        ),
        ("Decisions", None if page["cost"]["decisions"] is None else Decimal(page["cost"]["decisions"]), "integer", ""),
    ]
    return rows


def _link(places: Mapping[str, str], name: str, value: Any) -> Formula | None:
    return Formula(places[name], Decimal(str(value))) if name in places and value is not None else None


def _rank(page: Row) -> str:
    if page["rank"] is None:
        return "no rank"
    low, high = page["rank_low"], page["rank_high"]
    tied = f", tied with {listed(page['tied_with'])}" if page["tied_with"] else ""
    return f"place {low if low == high else f'{low} to {high}'} of {page['ranked']}{tied}"


def _changes(grid: Grid, page: Row) -> None:
    if page["change"]["period"] is None:
        return
    grid.section(f"Since {long_month(page['change']['period'])}")
    score = page["change"]
    told = f"Score {signed(score['score'])}{', ' + score['noise'] if score['noise'] else ''}." if score["score"] is not None else ""
    for text in [told, *(f"{sentence(row['metric'])}: {_changed(row)}." for row in page["top_changes"])]:
        if text:
            _text(grid, text)


def _changed(row: Row) -> str:
    if row["change"] is None:
        return f"{figure(row['before'], row['unit'])} then, no figure now; moved the score by {signed(row['effect'])}"
    noise = row["noise"] or "no interval"
    points = " percentage points" if row["unit"] == "share" else ""
    return (
        f"{figure(row['before'], row['unit'])} to {figure(row['value'], row['unit'])} ({change_text(row)}{points}, {noise}); "
        f"moved the score by {signed(row['effect'])}"
    )


def _questions(grid: Grid, page: Row) -> None:
    grid.section("Money in question, largest first", "" if page["findings"] else "None.")
    for row in page["findings"][:SHOWN]:
        stake = f"{amount(row['at_stake']['amount'])} {row['at_stake']['currency']} for the {row['in_favour_of']}"
        line = f" line {row['line']}" if row["line"] else ""
        _text(grid, f"{stake}: {row['name'].lower()}, {row['invoice']}{line}, {row['state']}. {sentence(row['message'])}")
    _more(grid, page["findings"], "Findings")


def _more(grid: Grid, rows: Any, sheet: str) -> None:
    if len(rows) > SHOWN:
        grid.line(f"{len(rows) - SHOWN} more on the sheet {sheet}.", "faint")


def _open(grid: Grid, page: Row) -> None:
    grid.section("Waiting for", "" if page["waiting_for"] else "Nothing: everything that was expected has come.")
    for text in page["waiting_for"]:
        _text(grid, sentence(text))
    told = [row for row in page["problems"] if row["severity"] != "info"]
    grid.section("Problems of the files", sentence(problems_text(page["problems"])) + "." if page["problems"] else "None.")
    for row in told[:SHOWN]:
        _text(grid, row["message"])
    _more(grid, told, "Files")
    if page["notes"]:
        grid.section("Notes")
        for note in page["notes"][:SHOWN]:
            _text(grid, f"{note['subject']}: {note['text']} ({note['by']}, {long_day(note['at'])})")
        _more(grid, page["notes"], "Changes")
