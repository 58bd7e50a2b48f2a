"""Sums over the written files, read back with nothing of the writer, against what the truth says."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from importers.samples import Manifest
from importers.samples.story import as_money, as_number
from tests.importers.samples.reading_back import as_day, cell_value, csv_rows, exact, sheet_rows

LAST, EARLIER = "2026-10", "2026-09"


def expected(manifest: Manifest, path: str, *command: str) -> Any:
    found = [truth.expected for truth in manifest.truths if truth.path == path and truth.command == command]
    assert len(found) == 1, (path, command)
    return found[0]


def platform(manifest: Manifest, vendor: str, period: str, field: str = "decisions", queue: str | None = None) -> int:
    rows = csv_rows(manifest.root / f"samples/{period}/platform_counts_{period}.csv")
    return sum(int(str(row[field])) for row in rows if row["vendor"] == vendor and queue in {None, row["queue"]})


def dollars(manifest: Manifest, currency: str, period: str) -> Fraction:
    rows = csv_rows(manifest.root / f"samples/{period}/fx_{period}.csv")
    return exact(max((as_day(row["day"]), str(row["rate"])) for row in rows if row["from"] == currency)[1])


def raw_path(manifest: Manifest, vendor: str, period: str) -> str:
    return str(expected(manifest, "metrics[metric=cost_per_decision].raw.value", "scorecard", vendor, period))


def billed(manifest: Manifest, vendor: str, period: str) -> Fraction:
    path = manifest.root / f"samples/{period}/{vendor}_invoice_{period}.xlsx"
    return sum((exact(row["amount"]) for _, row in sheet_rows(path)), Fraction(0))


def test_invoices_add_up_to_the_net_they_print(short: Manifest) -> None:
    for path in short.root.rglob("*invoice*.xlsx"):
        nets: dict[object, Fraction] = {}
        sums: dict[object, Fraction] = {}
        for _, row in sheet_rows(path):
            nets[row["invoice_number"]] = exact(row["invoice_net"])
            sums[row["invoice_number"]] = sums.get(row["invoice_number"], Fraction(0)) + exact(row["amount"])
        assert nets == sums


@pytest.mark.parametrize("period", [EARLIER, LAST])
def test_novas_cost_is_its_invoice_over_the_platforms_count(short: Manifest, period: str) -> None:
    cost = billed(short, "NOVA", period) / platform(short, "NOVA", period)
    assert raw_path(short, "NOVA", period) == as_money(cost)


def test_kites_cost_leaves_the_repeated_invoice_out(short: Manifest) -> None:
    cost = billed(short, "KITE", LAST) * dollars(short, "EUR", LAST) / platform(short, "KITE", LAST)
    assert raw_path(short, "KITE", LAST) == as_money(cost)


def test_vegas_credit_note_lowers_the_earlier_month_at_its_own_rate(short: Manifest) -> None:
    note = sum(exact(row["amount"]) for _, row in sheet_rows(short.root / f"samples/{LAST}/VEGA_credit_note_{EARLIER}.xlsx"))
    assert note < 0
    cost = (billed(short, "VEGA", EARLIER) + note) * dollars(short, "EUR", EARLIER) / platform(short, "VEGA", EARLIER)
    assert raw_path(short, "VEGA", EARLIER) == as_money(cost)
    cost = billed(short, "VEGA", LAST) * dollars(short, "EUR", LAST) / platform(short, "VEGA", LAST)
    assert raw_path(short, "VEGA", LAST) == as_money(cost)


def test_lumas_invoice_over_two_months_is_split_by_days(short: Manifest) -> None:
    over = exact_sum(short, f"samples/{LAST}/LUMA_invoice_2026-09-16_to_2026-10-15.xlsx")
    for period in (EARLIER, LAST):
        cost = float((billed(short, "LUMA", period) + over / 2) / platform(short, "LUMA", period))
        assert float(raw_path(short, "LUMA", period)) == pytest.approx(cost, abs=2e-6)


def exact_sum(manifest: Manifest, name: str) -> Fraction:
    return sum((exact(row["amount"]) for _, row in sheet_rows(manifest.root / name)), Fraction(0))


def test_palms_disputed_invoice_gives_way_to_the_contract_amount(short: Manifest) -> None:
    recorded: dict[object, Fraction] = {}
    for _, row in sheet_rows(short.root / f"samples/{LAST}/PALM_staffing_{LAST}.xlsx"):
        recorded[row["Site"]] = recorded.get(row["Site"], Fraction(0)) + exact(row["Billable Hrs"])
    lines = [row for _, row in sheet_rows(short.root / f"samples/{LAST}/PALM_invoice_{LAST}.xlsx")]
    manila, cebu = (exact(line["quantity"]) for line in lines)
    assert manila > recorded["Manila"] * Fraction(1005, 1000)
    assert recorded["Cebu"] < cebu < recorded["Cebu"] * Fraction(1005, 1000)
    contract = sum(
        (Fraction(round(recorded[site] * exact(line["rate"]) * 100), 100) for site, line in zip(("Manila", "Cebu"), lines, strict=True)),
        Fraction(0),
    )
    cost = contract * dollars(short, "PHP", LAST) / platform(short, "PALM", LAST)
    assert float(raw_path(short, "PALM", LAST)) == pytest.approx(float(cost), abs=1e-6)


def audits(manifest: Manifest, vendor: str, field: str) -> int:
    rows = csv_rows(manifest.root / f"samples/{LAST}/client_reviews_{LAST}.csv")
    return sum(int(str(row[field] or 0)) for row in rows if row["vendor"] == vendor and row["sample"] == "random")


@pytest.mark.parametrize(("vendor", "right", "all_audits"), [("LUMA", 20, 20), ("VEGA", 98, 100), ("ORBI", 970, 1000)])
def test_the_planted_samples_have_the_planted_sizes(short: Manifest, vendor: str, right: int, all_audits: int) -> None:
    assert (audits(short, vendor, "correct"), audits(short, vendor, "audits")) == (right, all_audits)


def test_palms_critical_accuracy_weighs_its_strata_by_decisions(short: Manifest) -> None:
    strata: dict[tuple[object, object], list[int]] = {}
    for row in csv_rows(short.root / f"samples/{LAST}/client_reviews_{LAST}.csv"):
        if row["vendor"] == "PALM" and row["audits"]:
            found = strata.setdefault((row["queue"], row["language"]), [0, 0, 0])
            found[0] += int(str(row["audits"]))
            found[1] += int(str(row["units_with_critical_error"]))
    for row in csv_rows(short.root / f"samples/{LAST}/platform_counts_{LAST}.csv"):
        if row["vendor"] == "PALM":
            strata[row["queue"], row["language"]][2] += int(str(row["decisions"]))
    volume = sum(found[2] for found in strata.values())
    value = sum((Fraction(found[2], volume) * (1 - Fraction(found[1], found[0])) for found in strata.values()), Fraction(0))
    assert expected(short, "vendors[vendor=PALM].metrics[metric=critical_accuracy].value", "rank", LAST) == as_number(value)
    assert value < Fraction(94, 100)


def test_the_accuracy_column_changes_its_scale_and_not_its_meaning(short: Manifest) -> None:
    columns = {
        (vendor, period): {row["Accuracy"] for _, row in sheet_rows(short.root / f"samples/{period}/{vendor}_client_reviews_{period}.xlsx")}
        for vendor in ("HOME", "KITE")
        for period in (EARLIER, LAST)
    }
    assert columns == {("HOME", EARLIER): {0.97}, ("HOME", LAST): {97}, ("KITE", EARLIER): {0.97}, ("KITE", LAST): {0.79}}


def test_nova_overcounts_one_queue_by_three_hundredths_and_shifts_another_by_a_day(short: Manifest) -> None:
    own: dict[object, dict[date, int]] = {}
    for row in csv_rows(short.root / f"samples/{LAST}/NOVA_performance_{LAST}.csv"):
        days = own.setdefault(row["Queue Name"], {})
        day = as_day(row["Business Date"])
        days[day] = days.get(day, 0) + int(str(row["Jobs Done"]))
    counts: dict[str, dict[date, int]] = {}
    for period in (EARLIER, LAST):
        for row in csv_rows(short.root / f"samples/{period}/platform_counts_{period}.csv"):
            if row["vendor"] == "NOVA":
                days = counts.setdefault(str(row["queue"]), {})
                day = as_day(row["day"])
                days[day] = days.get(day, 0) + int(str(row["decisions"]))
    truths = {truth.command[-1]: truth.expected for truth in short.truths if truth.command[:1] == ("trace",) and truth.vendor == "NOVA"}
    image, text = truths
    assert truths[image] == 0.03
    assert all(own["Image Uploads"][day] * 100 == count * 103 for day, count in counts[image].items() if day >= date(2026, 10, 1))
    assert all(count == counts[text][date.fromordinal(day.toordinal() - 1)] for day, count in own["Text Posts"].items())
    total = sum(own["Text Posts"].values())
    october = sum(count for day, count in counts[text].items() if day >= date(2026, 10, 1))
    assert truths[text] == as_number(Fraction(total, october) - 1)


def test_kites_corrected_file_differs_in_one_row_each_way(short: Manifest) -> None:
    files = []
    for suffix in ("", "_corrected"):
        path = short.root / f"samples/{EARLIER}/KITE_performance_{EARLIER}{suffix}.xlsx"
        rows = [row for _, row in sheet_rows(path, header=4) if row["Site"] != "Total"]
        keys = ("Site", "Date", "Queue", "Language", "Moderator ID")
        files.append({tuple(row[key] for key in keys): row for row in rows})
        hours = sum((exact(row["Productive Hours"]) for row in rows), Fraction(0))
        side = "new" if suffix else "old"
        value = expected(short, f"changes[metric=throughput].{side}", "scorecard", "KITE", EARLIER, "--revision", "2")
        assert value == as_number(platform(short, "KITE", EARLIER) / hours)
    old, new = files
    assert [len(set(one) - set(other)) for one, other in ((old, new), (new, old))] == [1, 1]
    assert sum(old[key] != new[key] for key in old.keys() & new.keys()) == 1


def test_kites_total_row_fits_its_rows(short: Manifest) -> None:
    rows = [row for _, row in sheet_rows(short.root / f"samples/{EARLIER}/KITE_performance_{EARLIER}.xlsx", header=4)]
    for column in ("Total Reviewed", "Due in Period", "Met SLA", "Productive Hours"):
        assert sum((exact(row[column]) for row in rows[:-1]), Fraction(0)) == exact(rows[-1][column])


def test_the_platform_tells_no_deadlines_of_kite(short: Manifest) -> None:
    rows = csv_rows(short.root / f"samples/{LAST}/platform_counts_{LAST}.csv")
    assert {row["due_items"] for row in rows if row["vendor"] == "KITE"} == {""}
    assert "" not in {row["due_items"] for row in rows if row["vendor"] != "KITE"}


def test_the_in_house_workbook_says_everything_twice(short: Manifest) -> None:
    sheets: dict[str, list[object]] = {}
    for sheet, row in sheet_rows(short.root / f"samples/{LAST}/HOME_performance_{LAST}.xlsx"):
        sheets.setdefault(sheet, []).append(row)
    assert sheets["Dublin"] == sheets["Raw"]


def test_the_renamed_queue_has_its_new_name_in_the_last_month_only(short: Manifest) -> None:
    for period, name, other in ((EARLIER, "Comments", "Conversations"), (LAST, "Conversations", "Comments")):
        rows = sheet_rows(short.root / f"samples/{period}/PALM_performance_{period}.xlsx")
        names = {row["Task Type"] for _, row in rows}
        assert name in names
        assert other not in names


def test_the_repeated_number_and_the_twin_fee_are_where_the_truth_says(short: Manifest) -> None:
    case = next(truth for truth in short.truths if truth.kind == "duplicate_invoice")
    first, again = (cell_value(short.root / str(place["file"]), str(place["sheet"]), str(place["cell"])) for place in case.where)
    assert str(first).removeprefix("INV-").lstrip("0") == str(again).removeprefix("INV ")
    warsaw, krakow = (row for _, row in sheet_rows(short.root / f"samples/{LAST}/KITE_invoice_{LAST}.xlsx"))
    assert warsaw["invoice_net"] == krakow["invoice_net"]
    assert warsaw["site"] != krakow["site"]


def test_vega_bills_old_rates_on_the_lines_that_the_truth_names(short: Manifest) -> None:
    case = next(truth for truth in short.truths if truth.kind == "old_rate")
    contract = (short.root / "samples/contracts/VEGA_renewal.toml").read_text(encoding="utf-8")
    for place in case.where:
        rate = cell_value(short.root / str(place["file"]), str(place["sheet"]), str(place["cell"]))
        assert isinstance(rate, float | int)
    assert contract.count("[[price]]") == 3


def test_a_month_without_activity_is_a_file_of_zeros(year: Manifest) -> None:
    rows = [row for _, row in sheet_rows(year.root / "samples/2026-02/KITE_performance_2026-02.xlsx", header=4)]
    assert {row["Total Reviewed"] for row in rows} == {0}
    assert platform(year, "KITE", "2026-02") == 0
    assert not (year.root / "samples/2026-02/KITE_invoice_2026-02.xlsx").exists()


def test_luma_starts_in_the_middle_of_the_year(year: Manifest) -> None:
    worked = [period for period in year.periods if platform(year, "LUMA", period)]
    assert worked == ["2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]
