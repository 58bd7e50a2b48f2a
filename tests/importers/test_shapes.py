"""How vendors' files look: sheets, totals, grains, rates, shifts, units, names of columns."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlmodel import Session

from contracts.models import Contract
from importers import service
from kernel.period import Period
from scorecards import store as scorecards
from tests.importers.conftest import HEAD, Office, row
from vendors import service as vendors

DAY = date(2026, 10, 1)


def codes(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(problem["severity"], problem["code"]) for problem in result["problems"]]


def tallies(office: Office, batch: int, vendor: str = "NOVA") -> list[dict[str, Any]]:
    names = ("vendor", "day", "side", "sample", "site", "queue", "language", "role", "fact", "grain", "amount", "origin", "bound")
    rows = office.read(lambda s: scorecards.batch_tallies(s, batch, [vendor], date(2000, 1, 1), date(2030, 1, 1)))
    return sorted((dict(zip(names, one, strict=True)) for one in rows), key=str)


def fact(office: Office, result: dict[str, Any], name: str) -> list[tuple[Any, ...]]:
    keys = ("day", "site", "queue", "sample", "grain", "amount", "origin", "bound")
    return [tuple(one[key] for key in keys) for one in tallies(office, result["batch"]) if one["fact"] == name]


def test_a_sheet_per_site_is_appended_under_the_sites(small_office: Office) -> None:
    head = ["Work Date", "Task Type", "Emp ID", "Tasks Completed"]
    sheets: dict[str, list[Any]] = {
        "Manila": [head, [DAY, "Text", "1", 10]],
        "Chicago": [head, [DAY, "Text", "2", 20]],
        "Lookup": [["Code", "Meaning"], ["a", "b"]],
    }
    result = small_office.bring(small_office.xlsx("october.xlsx", sheets), vendor="NOVA")
    assert (result["state"], codes(result)) == ("accepted", [("info", "SHEET_LEFT_OUT")])
    assert [one[1:6] for one in fact(small_office, result, "decisions")] == [
        ("CHI", "Q1", "", "day", 20 * 10**9),
        ("MNL", "Q1", "", "day", 10 * 10**9),
    ]


def test_a_sheet_that_names_no_known_site_asks(small_office: Office) -> None:
    head = ["Work Date", "Tasks Completed"]
    result = small_office.bring(small_office.xlsx("o.xlsx", {"Manila": [head, [DAY, 1]], "Bogota": [head, [DAY, 1]]}), vendor="NOVA")
    assert codes(result) == [("error", "UNKNOWN_SITE")]
    assert '`site alias NOVA CODE "Bogota"`' in result["problems"][0]["message"]


def test_sheets_may_stand_for_queues_or_languages(small_office: Office) -> None:
    head = ["vendor", "day", "decisions"]
    queues = small_office.bring(small_office.xlsx("q.xlsx", {"Text": [head, ["NOVA", DAY, 1]], "Video Live": [head, ["NOVA", DAY, 2]]}))
    assert [one[2] for one in fact(small_office, queues, "decisions")] == ["Q1", "Q7"]
    languages = small_office.bring(
        small_office.xlsx("l.xlsx", {"Spanish": [head, ["NOVA", date(2026, 9, 1), 1]], "German": [head, ["NOVA", date(2026, 9, 1), 2]]})
    )
    assert sorted(one["language"] for one in tallies(small_office, languages["batch"])) == ["de", "es"]


def test_the_same_facts_on_two_sheets_count_once(small_office: Office) -> None:
    rows = [HEAD, row(1), row(2)]
    result = small_office.bring(small_office.xlsx("twice.xlsx", {"Daily": rows, "Copy": rows}))
    assert (result["control"]["decisions"], result["rows"]) == ("200", {"read": 4, "accepted": 2, "rejected": 0, "skipped": 2})
    assert codes(result) == [("info", "SAME_FACTS")]


def test_sheets_with_other_facts_of_the_same_keys_are_joined(small_office: Office) -> None:
    sheets = {
        "Volume": [["vendor", "site", "day", "decisions"], ["NOVA", "MNL", DAY, 5]],
        "Hours": [["vendor", "site", "day", "production_hours"], ["NOVA", "MNL", DAY, 2]],
    }
    result = small_office.bring(small_office.xlsx("two.xlsx", sheets))
    assert (result["control"], result["rows"]["accepted"], result["problems"]) == ({"decisions": "5", "production_hours": "2"}, 2, [])


def test_a_coarser_sheet_is_a_control(small_office: Office) -> None:
    daily = [["vendor", "site", "day", "agent_id", "decisions"], ["NOVA", "MNL", DAY, "1", 5], ["NOVA", "MNL", DAY, "2", 6]]
    monthly = [["vendor", "site", "period", "decisions"], ["NOVA", "MNL", "2026-10", 11], ["NOVA", "CHI", "2026-10", 7]]
    result = small_office.bring(small_office.xlsx("grain.xlsx", {"Daily": daily, "Month": monthly}))
    assert codes(result) == [("info", "CONTROL_ROW")]
    assert result["rows"] == {"read": 4, "accepted": 3, "rejected": 0, "skipped": 1}
    assert fact(small_office, result, "decisions") == [
        (DAY, "CHI", "", "", "month", 7 * 10**9, "counted", 0),
        (DAY, "MNL", "", "", "day", 11 * 10**9, "counted", 0),
    ]


def test_total_rows_are_compared_and_left_out(small_office: Office) -> None:
    rows = [
        row(1),
        row(2),
        ["Subtotal", None, None, None, None, None, 200, 15],
        row(3),
        ["Grand Total", None, None, None, None, None, 300, 22.5],
    ]
    result = small_office.bring(small_office.xlsx("t.xlsx", {"Daily": [HEAD, *rows]}))
    assert (result["state"], result["control"]["decisions"]) == ("accepted", "300")
    assert codes(result) == [("info", "TOTAL_ROW")]
    assert result["rows"] == {"read": 5, "accepted": 3, "rejected": 0, "skipped": 2}


def test_a_total_of_one_site_and_an_average_fit_too(small_office: Office) -> None:
    rows = [
        row(1),
        row(2, site="CHI"),
        row(3, site="CHI"),
        ["NOVA", "CHI", "Total", None, None, None, 200, 15],
        ["Average", None, None, None, None, None, 100, 7.5],
    ]
    result = small_office.bring(small_office.xlsx("t.xlsx", {"Daily": [HEAD, *rows]}))
    assert (result["state"], result["control"]["decisions"]) == ("accepted", "300")


def test_a_queue_may_be_called_total(small_office: Office) -> None:
    office = small_office
    office.write(lambda s: vendors.add_queue(s, office.environment.scope, "QT", "Total Care", at=office.at))
    result = office.counts(rows=[row(1, queue="Total Care")])
    assert (result["state"], result["control"]["decisions"]) == ("accepted", "100")


def test_counts_of_a_month_stand_on_its_first_day(small_office: Office) -> None:
    result = small_office.bring(small_office.csv("m.csv", [["vendor", "site", "period", "decisions"], ["NOVA", "MNL", "2026-10", 5]]))
    assert fact(small_office, result, "decisions") == [(DAY, "MNL", "", "", "month", 5 * 10**9, "counted", 0)]
    shown = small_office.read(lambda s: service.show_batch(s, small_office.environment.scope, result["batch"]))
    assert shown["periods"] == ["2026-10"]
    later = small_office.counts("d.csv", rows=[row(7, queue="")])
    assert codes(later) == [("error", "OVERLAP")], "a day of the month is a part of the month"


def test_a_month_may_be_told_or_stand_in_the_title(small_office: Office) -> None:
    told = small_office.bring(small_office.csv("m.csv", [["vendor", "site", "decisions"], ["NOVA", "MNL", 5]]), period=_period("2026-09"))
    assert fact(small_office, told, "decisions")[0][:1] == (date(2026, 9, 1),)
    titled = [["Nova Trust scorecard October 2026"], [], ["site", "decisions"], ["MNL", 5], ["CHI", 6]]
    result = small_office.bring(small_office.xlsx("pack.xlsx", {"KPI": titled}))
    assert (result["state"], result["vendor"], result["side"]) == ("accepted", "NOVA", "vendor")
    assert {one[0] for one in fact(small_office, result, "decisions")} == {DAY}


def _period(text: str) -> Any:
    from kernel.period import Period  # noqa: PLC0415

    return Period.parse(text)


def test_rows_outside_the_told_month_are_remarked_on(small_office: Office) -> None:
    result = small_office.counts(rows=[row(1), ["NOVA", "MNL", "Q1", "en", date(2026, 9, 30), "1", 5, 1]], period=_period("2026-10"))
    assert (result["state"], codes(result)) == ("accepted", [("warning", "DAY_OUTSIDE_PERIOD")])


def test_a_rate_with_its_weight_becomes_its_numerator(small_office: Office) -> None:
    head = ["vendor", "day", "decisions", "AHT (s)", "Due in Period", "SLA %"]
    result = small_office.bring(small_office.csv("r.csv", [head, ["NOVA", "2026-10-01", 120, "42.5", 100, "95.5%"]]))
    assert fact(small_office, result, "handle_seconds") == [(DAY, "", "", "", "day", 5100 * 10**9, "derived", 6 * 10**9)]
    assert fact(small_office, result, "in_sla_items") == [(DAY, "", "", "", "day", 95_500_000_000, "derived", 50_000_000)]


def test_a_rate_keeps_all_its_digits(small_office: Office) -> None:
    head = ["vendor", "day", "side", "sample", "audits", "Accuracy"]
    result = small_office.bring(small_office.xlsx("r.xlsx", {"QA": [head, ["NOVA", DAY, "client", "random", 300, 1 / 3]]}), side="")
    assert [one[5] for one in fact(small_office, result, "correct")] == [100 * 10**9]


def test_a_rate_without_weight_is_reported_and_never_rolled_up(small_office: Office) -> None:
    head = ["vendor", "site", "day", "decisions", "SLA %"]
    rows = [["NOVA", "MNL", "2026-10-01", 10, "95%"]]
    result = small_office.bring(small_office.csv("r.csv", [head, *rows]))
    assert fact(small_office, result, "in_sla_share") == [(DAY, "MNL", "", "", "day", 950_000_000, "reported", 0)]
    assert (codes(result), result["problems"][0]["cell"]) == ([("info", "REPORTED_ONLY")], "E2")
    assert result["problems"][0]["message"] == (
        "r.csv, E2: in_sla_share is 95% and its weight, due_items, is not in the same row: it is shown, and neither scored nor added up; "
        "fill in due_items to let it count."
    )
    agents = [[*head, "agent_id"], [*["NOVA", "MNL", "2026-09-01", 10, "95%"], "1"], [*["NOVA", "MNL", "2026-09-01", 10, "91%"], "2"]]
    rolled = small_office.bring(small_office.csv("a.csv", agents))
    assert fact(small_office, rolled, "in_sla_share") == []


def test_only_the_rows_without_the_weight_are_said_to_be_reported(small_office: Office) -> None:
    rows = [["vendor", "day", "decisions", "AHT"], ["NOVA", "2026-10-01", 10, "42.5"], ["NOVA", "2026-10-02", None, "40"]]
    result = small_office.bring(small_office.csv("r.csv", rows))
    assert [(one["code"], one["cell"], one["count"]) for one in result["problems"]] == [("REPORTED_ONLY", "D3", 1)]


def test_where_totals_stand_the_rate_is_only_a_check(small_office: Office) -> None:
    head = ["vendor", "day", "decisions", "handle_seconds", "AHT"]
    rows = [["NOVA", "2026-10-01", 10, 425, "42.5"], ["NOVA", "2026-10-02", 10, 500, "42.5"]]
    result = small_office.bring(small_office.csv("r.csv", [head, *rows]))
    assert codes(result) == [("warning", "RATE_DIFFERS")]
    assert (result["problems"][0]["cell"], result["control"]["handle_seconds"]) == ("E3", "925")


def test_errors_and_critical_errors_stand_in_for_correct(small_office: Office) -> None:
    head = ["vendor", "day", "sample", "Audits", "Errors", "Critical Errors"]
    result = small_office.bring(small_office.csv("q.csv", [head, ["NOVA", "2026-10-01", "random", 20, 3, 1]]), side="client")
    assert (result["kind"], result["control"]) == ("quality", {"audits": "20", "correct": "17", "units_with_critical_error": "1"})
    assert fact(small_office, result, "correct")[0][3] == "random"


def test_a_critical_accuracy_gives_the_units_with_a_critical_error(small_office: Office) -> None:
    head = ["vendor", "day", "sample", "Audits", "Correct", "Errors", "Critical Accuracy"]
    result = small_office.bring(small_office.csv("q.csv", [head, ["NOVA", "2026-10-01", "random", 20, 17, 4, "95%"]]), side="client")
    assert codes(result) == [("warning", "RATE_DIFFERS")]
    assert result["control"]["units_with_critical_error"] == "1"


def test_reviews_in_a_file_that_merely_names_the_vendor_ask_whose_they_are(small_office: Office) -> None:
    head = ["day", "sample", "Audits", "Errors"]
    result = small_office.bring(small_office.csv("NOVA_reviews.csv", [head, ["2026-10-01", "random", 20, 3]]), side="")
    assert codes(result) == [("error", "SIDE_UNKNOWN")]


@pytest.mark.parametrize(("rule", "expected"), [("event_day", [(31, 2), (1, 7)]), ("shift_start_day", [(31, 9)])])
def test_a_night_shift_counts_by_the_contracts_date_rule(small_office: Office, rule: str, expected: list[tuple[int, int]]) -> None:
    office = small_office
    if rule != "event_day":
        _contract(office, rule)
    head = ["vendor", "site", "agent_id", "shift_start", "shift_end", "decisions"]
    shift = ["NOVA", "CHI", "1", datetime(2026, 10, 31, 22), datetime(2026, 11, 1, 6), 5]  # noqa: DTZ001 - local wall time
    result = office.bring(office.xlsx("night.xlsx", {"Night": [head, shift]}))
    assert (result["state"], result["rows"]["accepted"], result["control"]) == ("accepted", 1, {"decisions": "5", "worked_hours": "9"})
    hours = [(one[0].day, one[5] // 10**9) for one in fact(office, result, "worked_hours")]
    assert sorted(hours, reverse=True) == expected
    assert [one[0].day for one in fact(office, result, "decisions")] == [31]


def _contract(office: Office, rule: str) -> None:
    text = (
        'vendor = "NOVA"\nnumber = "MSA-1"\ncurrency = "USD"\nvalid_from = 2025-11-01\nvalid_to = 2027-11-01\nrounding = "half_up"\n'
        f'calendar = "month"\nfx = "month_end"\nside_precedence = ["platform", "client", "vendor"]\ndate_rule = "{rule}"\n'
    )
    path = office.folder / "contract.toml"
    path.write_text(text, encoding="utf-8")
    assert office.bring(path, side="")["state"] == "accepted"
    assert office.read(lambda s: len(_contracts(s))) == 1


def _contracts(session: Session) -> list[Contract]:
    from contracts.store import contracts  # noqa: PLC0415

    return contracts(session)


def test_a_shift_without_site_or_beyond_a_day_is_refused(small_office: Office) -> None:
    head = ["vendor", "site", "agent_id", "shift_start", "shift_end"]
    rows = [
        ["NOVA", "", "1", "2026-10-01 22:00", "2026-10-02 06:00"],
        ["NOVA", "MNL", "2", "2026-10-01 22:00", "2026-10-04 06:00"],
        ["NOVA", "MNL", "2", "tonight", "2026-10-04 06:00"],
    ]
    result = small_office.bring(small_office.csv("s.csv", [head, *rows]))
    assert sorted(codes(result)) == [("error", "NOT_A_MOMENT"), ("error", "SHIFT_SITE"), ("error", "SHIFT_TIMES")]


def test_hours_that_are_given_win_over_the_shift(small_office: Office) -> None:
    head = ["vendor", "site", "agent_id", "shift_start", "shift_end", "worked_hours"]
    rows = [
        ["NOVA", "MNL", "1", "2026-10-01 08:00", "2026-10-01 16:00", 7.5],
        ["NOVA", "MNL", "2", "2026-10-01 08:00", "2026-10-01 16:00", None],
    ]
    result = small_office.bring(small_office.csv("s.csv", [head, *rows]))
    assert result["control"] == {"worked_hours": "15.5"}


def test_units_in_headers_count(small_office: Office) -> None:
    head = ["vendor", "day", "Decisions", "AHT (min)", "Prod Hrs (k)", "Login Hours"]
    result = small_office.bring(small_office.csv("u.csv", [head, ["NOVA", "2026-10-01", 10, "1.5", "0.2", "7:30"]]))
    assert result["control"] == {"decisions": "10", "handle_seconds": "900", "production_hours": "200", "worked_hours": "7.5"}


def test_dated_aliases_hold_on_their_days(small_office: Office) -> None:
    office = small_office
    scope = office.environment.scope
    office.write(lambda s: vendors.alias_queue(s, scope, "Q1", "Shorts", at=office.at, end=date(2026, 10, 2)))
    office.write(lambda s: vendors.alias_queue(s, scope, "Q7", "Shorts", at=office.at, start=date(2026, 10, 2)))
    result = office.counts(rows=[row(1, queue="shorts"), row(2, queue="SHORTS")])
    assert [one[2] for one in fact(office, result, "decisions")] == ["Q1", "Q7"]
    office.write(lambda s: vendors.alias_queue(s, scope, "Q7", "Reels", at=office.at, start=date(2026, 10, 5)))
    early = office.counts("e.csv", rows=[row(4, queue="Reels")])
    assert "means the queue Q7 on other days only" in early["problems"][0]["message"]


def test_blank_keys_mean_not_broken_down(small_office: Office) -> None:
    result = small_office.bring(
        small_office.csv("b.csv", [["vendor", "site", "queue", "day", "decisions"], ["NOVA", "", None, "2026-10-01", 5]])
    )
    assert fact(small_office, result, "decisions")[0][1:3] == ("", "")


def test_a_row_of_another_vendor_or_side_than_told_is_refused(small_office: Office) -> None:
    result = small_office.counts(rows=[row(1)], vendor="VEGA")
    assert codes(result)[0] == ("error", "OTHER_VENDOR")
    head = [*HEAD, "side"]
    sided = small_office.bring(small_office.csv("s.csv", [head, [*row(1), "platform"]]))
    assert codes(sided) == [("error", "OTHER_SIDE")]
    unknown = small_office.counts("u.csv", rows=[row(1)], vendor="NOBODY")
    assert codes(unknown) == [("error", "UNKNOWN_VENDOR")]
    missing = small_office.counts("m.csv", rows=[["", *row(1)[1:]]])
    assert codes(missing) == [("error", "MISSING_VENDOR")]


def test_two_grains_that_cannot_be_compared_are_refused(small_office: Office) -> None:
    head = ["vendor", "site", "day", "period", "agent_id", "decisions"]
    rows = [["NOVA", "MNL", None, "2026-10", "1", 5], ["NOVA", "MNL", "2026-10-01", None, None, 5]]
    result = small_office.bring(small_office.csv("g.csv", [head, *rows]))
    assert codes(result) == [("error", "MIXED_GRAIN")]


def test_unlikely_rows_are_remarked_on(small_office: Office) -> None:
    head = ["vendor", "day", "agent_id", "received", "opening_backlog", "closing_backlog", "decisions", "production_hours", "worked_hours"]
    result = small_office.bring(small_office.csv("w.csv", [head, ["NOVA", "2026-10-01", "1", 5, 1, 9, 10, 25, 24]]))
    assert [code for _, code in codes(result)] == ["ORDER", "LONG_DAY", "MORE_THAN_THERE_WAS", "BACKLOG_BREAK"]
    assert result["state"] == "accepted"


def test_half_a_decision_is_remarked_on(small_office: Office) -> None:
    head = ["vendor", "day", "decisions", "forecast_items", "production_hours"]
    result = small_office.bring(
        small_office.csv("h.csv", [head, ["NOVA", "2026-10-01", 100.5, 99.5, 7.5], ["NOVA", "2026-10-02", 100, 99, 7]])
    )
    (problem,) = result["problems"]
    assert (problem["severity"], problem["code"], problem["cell"], problem["value"]) == ("warning", "NOT_WHOLE", "C2", "100.5")
    assert result["control"]["decisions"] == "200.5"


def test_a_document_and_a_table_are_not_taken_for_each_other(small_office: Office) -> None:
    path = small_office.folder / "c.toml"
    path.write_text('vendor = "NOVA"\n', encoding="utf-8")
    assert codes(small_office.bring(path, kind="performance"))[0] == ("error", "KIND_MISMATCH")
    assert codes(small_office.counts(rows=[row(1)], kind="contract"))[0] == ("error", "KIND_MISMATCH")


def test_what_is_not_stored_is_listed_with_its_reason(small_office: Office) -> None:
    head = ["vendor", "day", "decisions", "LOB", "Link", "", "Cycle Time", "Decisons made"]
    result = small_office.bring(small_office.csv("w.csv", [head, ["NOVA", "2026-10-01", 1, "TS", "http://x/@ana", "note", 3, 4]]))
    why = {column["header"]: column["why"] for column in result["mapping"] if column["field"] is None}
    assert why["LOB"] == "line of business: not stored"
    assert why["Link"] == "looks like user content: neither stored nor shown"
    assert why["Cycle Time"] == "can mean turnaround time or aht seconds"
    assert "@ana" not in str(result)


def ambiguous(office: Office, name: str = "counts.csv", **options: Any) -> dict[str, Any]:
    return office.bring(office.csv(name, [["vendor", "day", "decisions"], ["NOVA", "03/04/2026", 5], ["NOVA", "03/05/2026", 6]]), **options)


def test_days_that_fit_two_ways_are_read_by_the_month_that_is_told(small_office: Office) -> None:
    assert codes(ambiguous(small_office)) == [("error", "AMBIGUOUS_DAYS")]
    told = ambiguous(small_office, period=Period(2026, 3))
    assert (told["state"], codes(told), told["periods"]) == ("accepted", [("info", "DAY_ORDER")], ["2026-03"])
    assert [one[0] for one in fact(small_office, told, "decisions")] == [date(2026, 3, 4), date(2026, 3, 5)]


def test_days_that_fit_two_ways_are_read_by_the_month_that_the_files_name_tells(small_office: Office) -> None:
    found = ambiguous(small_office, "NOVA March 2026.csv")
    assert (found["state"], codes(found), found["periods"]) == ("accepted", [("info", "DAY_ORDER")], ["2026-03"])
    settings = small_office.environment.settings
    assert all(check.ok for check in small_office.read(lambda session: service.self_check(session, settings, deep=True)))


def test_a_month_that_fits_neither_reading_still_asks(small_office: Office) -> None:
    assert codes(ambiguous(small_office, period=Period(2026, 5)))[0] == ("error", "AMBIGUOUS_DAYS")
    assert codes(ambiguous(small_office, "NOVA March 2026 to April 2026.csv")) == [("error", "AMBIGUOUS_DAYS")]


def test_a_day_number_in_a_workbook_is_a_day_and_in_a_csv_asks(small_office: Office) -> None:
    rows = [["vendor", "day", "decisions"], ["NOVA", 46301, 5], ["NOVA", 46302, 6]]
    book = small_office.bring(small_office.xlsx("days.xlsx", {"Daily": rows}))
    assert [one[0] for one in fact(small_office, book, "decisions")] == [date(2026, 10, 6), date(2026, 10, 7)]
    text = small_office.bring(small_office.csv("days.csv", rows))
    assert codes(text) == [("error", "DAY_NUMBER")]
    assert (text["problems"][0]["cell"], text["problems"][0]["value"]) == ("B2", "46301")
