"""What is wrong with an upload is told cause by cause, each with the one thing that mends it."""

from __future__ import annotations

import doctest
from typing import Any

import pytest

from web.pages import fixes
from web.pages.fixes import causes

CHOICES = {
    "vendors": [("NOVA", "Nova")],
    "sites": [("NOVA/MNL", "NOVA, Manila"), ("VEGA/BER", "VEGA, Berlin")],
    "queues": [("Q1", "Q1, Text"), ("Q7", "Q7, Live")],
    "kinds": [("performance", "performance")],
    "may_name": True,
    "open": True,
}


def problem(code: str, message: str, **more: Any) -> dict[str, Any]:
    blank = {"severity": "error", "sheet": "", "row": None, "column": None, "cell": None, "value": None, "count": 1}
    return {**blank, "code": code, "message": message, **more}


def upload(*problems: dict[str, Any], good: int = 0) -> dict[str, Any]:
    mapping = [
        {"header": "Work date", "field": None, "why": "no field is known by this header"},
        {"header": "Volume", "field": None, "why": "can mean decisions or received"},
        {"header": "Decisons", "field": None, "why": "looks like decisions: confirm it"},
    ]
    rows = {"read": 10, "accepted": 0, "rejected": 9, "skipped": 1}
    fields = ["day", "decisions", "period", "received"]
    return {
        "state": "refused",
        "file": "a.csv",
        "problems": list(problems),
        "mapping": mapping,
        "fields": fields,
        "rows": rows,
        "shown": {"good": good},
    }


def fix(one: dict[str, Any], good: int = 0, **choices: Any) -> Any:
    (cause,) = causes(upload(one, good=good), {**CHOICES, **choices})
    return cause["fix"]


def options(form: dict[str, Any], place: int = 0) -> list[str]:
    return [option["value"] for option in form["fields"][place]["options"]]


def test_the_examples_of_the_module_hold() -> None:
    assert doctest.testmod(fixes).failed == 0


def test_a_figure_entered_by_hand_is_entered_again() -> None:
    wrong = problem("NUMBER", 'by hand, D2: decisions: "41,5x" is not a number; write digits only.', row=2, cell="D2")
    [cause] = causes({**upload(wrong), "by_hand": True}, CHOICES)
    assert (cause["fix"], cause["note"]) == (None, "Enter the figure again, on Imports.")


def test_rows_that_are_left_out_are_not_left_out_twice() -> None:
    negative = problem("NEGATIVE", "a.csv, G3: decisions is -5, and a count cannot be negative: correct the cell.", row=3, cell="G3")
    [stops] = causes(upload(negative, good=8), CHOICES)
    assert (stops["weight"], stops["fix"]["button"]) == ("stops one row", "Leave one faulty row out")
    [done] = causes({**upload(negative, good=8), "state": "preview"}, CHOICES)
    assert (done["weight"], done["fix"], done["note"]) == ("leaves out one row", None, "")


def test_a_name_is_answered_by_choosing_what_it_means_the_likely_one_first() -> None:
    message = 'a.csv, C4: the queue "Liv" is not known: if it is Q7, run `queue alias Q7 "Liv"`.'
    form = fix(problem("UNKNOWN_QUEUE", message, row=4, cell="C4", value="Liv", count=3))
    assert [option["value"] for option in form["fields"][2]["options"] if option["selected"]] == ["Q7"]
    assert form["button"] == "Read it so in three rows and remember it"
    unlikely = fix(problem("UNKNOWN_QUEUE", 'a.csv, C4: the queue "Xy" is not known: run ...', row=4, value="Xy"))
    assert [option["value"] for option in unlikely["fields"][2]["options"] if option["selected"]] == [""]
    site = fix(problem("UNKNOWN_SITE", 'a.csv: the site "B" is not known: if it is BER, run `x`.', row=4, value="B"))
    assert [option["value"] for option in site["fields"][2]["options"] if option["selected"]] == ["VEGA/BER"]


def test_a_name_that_was_cut_or_that_the_reader_may_not_explain_has_no_form() -> None:
    assert fix(problem("UNKNOWN_QUEUE", "a.csv: x: y.", row=4, value="x" * 80)) is None
    assert fix(problem("UNKNOWN_QUEUE", "a.csv: x: y.", row=4, value="Liv"), may_name=False) is None


@pytest.mark.parametrize(
    ("code", "value", "first"),
    [
        ("AMBIGUOUS_HEADER", "Volume", ["Volume=decisions", "Volume=received"]),
        ("LIKELY_HEADER", "Decisons", ["Decisons=decisions"]),
    ],
)
def test_a_column_is_answered_by_what_it_may_mean_first_and_can_be_left_out(code: str, value: str, first: list[str]) -> None:
    found = options(fix(problem(code, "a.csv, A1: x: y.", row=1, cell="A1", value=value)))
    assert (found[: len(first)], found[-1]) == (first, f"{value}=ignore")


def test_a_missing_column_is_one_of_those_that_are_not_read_or_the_month_of_the_file() -> None:
    form = fix(problem("MISSING_COLUMN", "a.csv, row 1: there is no column for day or period: add it.", row=1, value="day or period"))
    assert "Work date=day" in options(form)
    assert form["fields"][1]["type"] == "month"
    assert [one["type"] for one in fix(problem("MISSING_COLUMN", "a.csv: x: y.", row=1, value="decisions"))["fields"]] == ["select"]


@pytest.mark.parametrize(("code", "name"), [("KIND_UNKNOWN", "kind"), ("VENDOR_UNKNOWN", "vendor"), ("SIDE_UNKNOWN", "side")])
def test_what_holds_for_the_whole_file_is_asked_once(code: str, name: str) -> None:
    assert fix(problem(code, "a.csv: x: y."))["fields"][0]["name"] == name


def test_an_overlap_offers_both_ways_an_invoice_only_one() -> None:
    assert options(fix(problem("OVERLAP", "x", value="12"))) == ["supersede:12", "add"]
    assert options(fix(problem("INVOICE_CHANGED", "x", value="12"))) == ["supersede:12"]


def test_a_column_that_a_file_of_another_kind_holds_too_can_be_left_out() -> None:
    twice = upload(problem("OVERLAP", "x", value="received"))
    twice["mapping"].append({"header": " Came in ", "field": "received", "why": "the field's name"})
    (cause,) = causes(twice, CHOICES)
    assert options(cause["fix"]) == ["Came in=ignore"]
    assert fix(problem("OVERLAP", "x", value="decisions")) is None, "no column to leave out: it was worked out from others"


def test_faulty_rows_can_be_left_out_where_that_mends_the_file() -> None:
    bad = problem("NEGATIVE", "a.csv, G3: decisions is -5: correct the cell.", row=3, cell="G3")
    assert fix(bad, good=7)["button"] == "Leave all 2 faulty rows out"
    assert fix(bad, good=8)["button"] == "Leave one faulty row out"
    assert fix(bad) is None
    assert fix(bad, good=7, open=False) is None


def test_rows_wait_for_what_stops_the_whole_file() -> None:
    bad = problem("NEGATIVE", "a.csv, G3: decisions is -5: correct the cell.", row=3, cell="G3")
    first, second = causes(upload(problem("SIDE_UNKNOWN", "a.csv: x: y."), bad), CHOICES)
    assert (first["fix"] is not None, second["note"]) == (True, "Settle first what stops the file; then such rows can be left out.")
    (alone,) = causes(upload(problem("PASSWORD", "a.csv is password protected; remove it.")), CHOICES)
    assert alone["note"] == "Only a corrected file mends this: upload it, and it takes this one’s place."
    assert alone["weight"] == "stops the file"


def test_remarks_stop_nothing() -> None:
    (remark,) = causes(upload(problem("ERROR_CELL", "a.csv, E4: #DIV/0!: x.", severity="warning", row=4, cell="E4", count=18)), CHOICES)
    assert (remark["weight"], remark["note"]) == ("18 cells, no stop", "Nothing to do.")
