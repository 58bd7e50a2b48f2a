"""The whole way of a file: accepted, refused, replaced, taken back; once on each kind of database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, select

from importers import service
from importers.kinds.registry import KINDS
from importers.models import Batch, Layout
from importers.store import batch as batch_row
from kernel.errors import Usage
from kernel.jobs import Job
from kernel.period import Period
from scorecards import store as scorecards
from scorecards.models import Month
from tests.importers.conftest import HEAD, Office, row
from vendors import service as vendors
from vendors.store import coverage, live_deliveries


def codes(result: dict[str, Any], severity: str = "error") -> list[str]:
    return [problem["code"] for problem in result["problems"] if problem["severity"] == severity]


def counted(office: Office, fact: str = "decisions") -> int:
    """The sum of a fact over all live uploads."""

    def work(session: Session) -> int:
        live = [delivery.batch for delivery in live_deliveries(session)]
        span = (["NOVA", "VEGA"], date(2000, 1, 1), date(2030, 1, 1))
        rows = [one for number in live for one in scorecards.batch_tallies(session, number, *span)]
        return sum(int(one[10]) for one in rows if one[8] == fact) // 10**9

    return int(office.read(work))


def test_a_good_file_is_accepted_and_counts(office: Office) -> None:
    result = office.counts(rows=[row(1), row(2), row(2, "1043", 50, 4)])
    assert (result["state"], result["kind"], result["vendor"], result["side"]) == ("accepted", "performance", "NOVA", "vendor")
    assert result["problems"] == []
    assert result["rows"] == {"read": 3, "accepted": 3, "rejected": 0, "skipped": 0}
    assert result["control"] == {"decisions": "250", "production_hours": "19"}
    assert result["periods"] == ["2026-10"]
    assert counted(office) == 250
    (delivery,) = office.read(live_deliveries)
    assert (delivery.vendor, delivery.kind, delivery.side, delivery.live) == ("NOVA", "performance", "vendor", True)
    assert [site for _, site in office.read(lambda s: coverage(s, "NOVA", "2026-10"))] == ["MNL"]


def test_accepting_asks_for_a_close_of_each_vendor_and_month(office: Office) -> None:
    office.counts(rows=[row(1), ["VEGA", "BER", "Q1", "de", "2026-09-30", "7", 5, 1]])
    jobs = office.read(lambda session: [(job.kind, job.payload) for job in session.exec(select(Job))])
    assert sorted(jobs) == [("close", '{"period":"2026-09","vendor":"VEGA"}'), ("close", '{"period":"2026-10","vendor":"NOVA"}')]


def test_the_same_bytes_again_change_nothing(office: Office) -> None:
    first = office.counts(rows=[row(1)])
    again = office.counts("renamed.csv", rows=[row(1)])
    assert (again["state"], again["batch"], again["file"]) == ("unchanged", first["batch"], "renamed.csv")
    assert counted(office) == 100


def test_what_is_said_otherwise_of_the_same_bytes_is_never_dropped_in_silence(office: Office) -> None:
    """The same file once more for another vendor, side or day counts as it did; whoever says so must learn it."""
    first = office.counts(rows=[row(1)], received_on=date(2026, 11, 4))
    path = office.folder / "counts.csv"
    again = office.bring(path, side="platform", vendor="VEGA", kind="plan", period=Period(2026, 9), received_on=date(2026, 11, 5))
    assert (again["state"], again["batch"], codes(again, "warning")) == ("unchanged", first["batch"], ["UNCHANGED"])
    (problem,) = again["problems"]
    assert problem["message"] == (
        f"the same content counts already as upload {first['batch']} (counts.csv), so --vendor VEGA, --as plan, "
        f"--side platform, --period 2026-09, --received-on 2026-11-05 changed nothing: if that upload is wrong, take it back with "
        f"`batch undo {first['batch']}` and import the file again."
    )
    remapped = office.bring(path, map={"decisions": "received"})
    assert '--map "decisions=received" changed nothing' in remapped["problems"][0]["message"]
    told_alike = office.bring(path, vendor="nova", kind="performance", period=Period(2026, 10), received_on=date(2026, 11, 4))
    assert told_alike["problems"] == []


def test_a_document_that_is_no_utf8_says_so(office: Office) -> None:
    path = office.folder / "terms.toml"
    path.write_bytes('vendor = "NOVA"\nnumber = "Año"\n'.encode("latin-1"))
    result = office.bring(path)
    assert (result["state"], codes(result)) == ("refused", ["ENCODING"])
    assert result["problems"][0]["message"] == (
        "terms.toml, row 2: the line is not UTF-8 text: save the document as UTF-8 and import it again."
    )


def test_a_problem_of_a_document_names_its_place_once(small_office: Office) -> None:
    head = 'number = "MSA-1"\ncurrency = "USD"\nvalid_from = 2026-01-01\nvalid_to = 2027-01-01\n\n'
    price = '[[price]]\nid = "1"\nbasis = "decision"\nrate = "0.08"\nqueue = "Q8"\n'
    path = small_office.folder / "terms.toml"
    path.write_text(f'vendor = "NOVAA"\n{head}{price}', encoding="utf-8")
    problems = small_office.bring(path)["problems"]
    assert [problem["cell"] for problem in problems] == ["vendor", "price[1].queue"]
    assert problems[0]["message"].startswith('terms.toml, vendor: the vendor "NOVAA" is not known')
    assert problems[1]["message"].startswith('terms.toml, price[1].queue: the queue "Q8" is not known')


def test_eight_uploads_of_the_same_file_at_once_count_once(office: Office) -> None:
    path = office.csv("counts.csv", [HEAD, row(1)])
    with ThreadPoolExecutor(8) as pool:
        states = sorted(result["state"] for result in pool.map(lambda _: office.bring(path), range(8)))
    assert states == ["accepted"] + ["unchanged"] * 7
    assert counted(office) == 100


def test_a_faulty_file_stores_only_itself_and_its_problems(office: Office) -> None:
    result = office.counts(rows=[row(1), row(2, decisions=-5)])
    assert (result["state"], codes(result)) == ("refused", ["NEGATIVE"])
    assert result["rows"] == {"read": 2, "accepted": 0, "rejected": 2, "skipped": 0}
    assert result["control"] == {}
    assert counted(office) == 0
    assert office.read(live_deliveries) == []
    assert list(office.environment.settings.evidence.glob("*")) == []
    (problem,) = result["problems"]
    assert (problem["cell"], problem["value"], problem["row"], problem["column"]) == ("G3", "-5", 3, "G")
    assert problem["message"] == "counts.csv, G3: decisions is -5, and a count cannot be negative: correct the cell."


def test_without_bad_rows_the_others_are_accepted(office: Office) -> None:
    result = office.counts(rows=[row(1), row(2, decisions=-5), row(3, decisions="about 900")], without_bad_rows=True)
    assert (result["state"], result["rows"]) == ("accepted", {"read": 3, "accepted": 1, "rejected": 2, "skipped": 0})
    assert counted(office) == 100


def test_without_bad_rows_does_not_mend_what_stands_in_no_row(office: Office) -> None:
    head = ["day", "decisions", "site"]
    result = office.bring(office.csv("c.csv", [head, ["2026-10-01", 1, "MNL"]]), side="", without_bad_rows=True)
    assert (result["state"], codes(result)) == ("refused", ["VENDOR_UNKNOWN"])


def test_a_file_that_covers_an_earlier_one_takes_its_place(office: Office) -> None:
    first = office.counts("a.csv", rows=[row(1), row(2), row(3)])
    second = office.counts("b.csv", rows=[row(1, decisions=90), row(2), row(3, "1050")])
    assert second["superseded"] == [first["batch"]]
    assert second["changes"] == {"new": 1, "changed": 1, "gone": 1, "against": [first["batch"]]}
    assert counted(office) == 290
    shown = office.read(lambda s: service.show_batch(s, office.environment.scope, first["batch"]))
    assert (shown["state"], shown["superseded_by"]) == ("superseded", second["batch"])


def test_other_days_add_up(office: Office) -> None:
    office.counts("a.csv", rows=[row(1)])
    result = office.counts("b.csv", rows=[row(2)])
    assert result["superseded"] == []
    assert counted(office) == 200


def test_a_partial_overlap_is_refused_with_both_files_and_the_days(office: Office) -> None:
    first = office.counts("a.csv", rows=[row(1), row(2)])
    result = office.counts("b.csv", rows=[row(2, decisions=90), row(3)])
    assert (result["state"], codes(result)) == ("refused", ["OVERLAP"])
    assert result["problems"][0]["message"] == (
        f"b.csv and a.csv (upload {first['batch']}) both hold MNL Q1 on 2026-10-02, and each holds more: "
        f"--supersede {first['batch']} takes the earlier upload out, --add counts both."
    )
    assert result["changes"] == {"new": 1, "changed": 1, "gone": 1, "against": [first["batch"]]}
    assert counted(office) == 200
    assert list(office.environment.settings.evidence.glob("*")) == [office.environment.settings.evidence / f"{first['batch']}.parquet"]


def test_supersede_and_add_settle_an_overlap(office: Office) -> None:
    first = office.counts("a.csv", rows=[row(1), row(2)])
    path = office.csv("b.csv", [HEAD, row(2, decisions=90), row(3)])
    added = office.bring(path, add=True)
    assert (added["state"], counted(office)) == ("accepted", 390)
    service.undo(office.environment, added["batch"])
    replaced = office.bring(path, supersede=first["batch"])
    assert (replaced["superseded"], counted(office)) == ([first["batch"]], 190)


def test_only_an_upload_that_counts_can_be_superseded(office: Office) -> None:
    office.counts("a.csv", rows=[row(1)])
    missing = office.counts("b.csv", rows=[row(2)], supersede=99)
    assert codes(missing) == ["NOT_REPLACEABLE"]
    assert "there is no such upload" in missing["problems"][0]["message"]


def test_supersede_and_add_exclude_each_other(small_office: Office) -> None:
    with pytest.raises(Usage):
        small_office.counts(rows=[row(1)], supersede=1, add=True)


def test_undo_takes_back_and_revives(office: Office) -> None:
    first = office.counts("a.csv", rows=[row(1)])
    second = office.counts("b.csv", rows=[row(1, decisions=90)])
    undone = service.undo(office.environment, second["batch"])
    assert (undone["state"], undone["revived"]) == ("undone", [first["batch"]])
    assert counted(office) == 100
    again = office.bring(office.folder / "b.csv")
    assert (again["state"], again["superseded"], counted(office)) == ("accepted", [first["batch"]], 90)


def test_undo_refuses_what_does_not_count_or_would_count_twice(office: Office) -> None:
    first = office.counts("a.csv", rows=[row(1), row(2)])
    second = office.counts("b.csv", rows=[row(1)], supersede=first["batch"])
    with pytest.raises(Exception, match="superseded by upload"):
        service.undo(office.environment, first["batch"])
    with pytest.raises(Exception, match="there is no upload 99"):
        service.undo(office.environment, 99)
    office.counts("c.csv", rows=[row(2, decisions=7)])
    with pytest.raises(Exception, match="would count again"):
        service.undo(office.environment, second["batch"])


def test_an_agreed_month_is_not_touched(office: Office) -> None:
    first = office.counts("a.csv", rows=[row(1)])
    office.write(lambda session: session.add(Month(period="2026-10", status="locked", changed_at=office.at)))
    result = office.counts("b.csv", rows=[row(2)])
    assert codes(result) == ["MONTH_LOCKED"]
    assert "2026-10, which is locked" in result["problems"][0]["message"]
    with pytest.raises(Exception, match="2026-10, which is locked"):
        service.undo(office.environment, first["batch"])


def test_a_dry_run_shows_and_does_not_count(office: Office) -> None:
    first = office.counts("a.csv", rows=[row(1)])
    path = office.csv("b.csv", [HEAD, row(1, decisions=90)])
    shown = office.bring(path, dry_run=True)
    assert (shown["state"], shown["superseded"], shown["changes"]["changed"]) == ("preview", [first["batch"]], 1)
    assert counted(office) == 100
    accepted = office.bring(path)
    assert (accepted["state"], accepted["batch"], counted(office)) == ("accepted", shown["batch"], 90)


def test_a_dry_run_of_an_overlap_is_refused(office: Office) -> None:
    office.counts("a.csv", rows=[row(1), row(2)])
    result = office.counts("b.csv", rows=[row(2, decisions=1), row(3)], dry_run=True)
    assert (result["state"], codes(result)) == ("refused", ["OVERLAP"])


def test_a_told_mapping_is_used_and_remembered(office: Office) -> None:
    head = ["Partner", "Site", "Date", "Points Made", "Remarks"]
    told = {"Points Made": "decisions"}
    first = office.bring(
        office.csv("a.csv", [head, ["NOVA", "MNL", "2026-10-01", 5, "x"]]), kind="performance", map=told, save_map="points"
    )
    assert first["state"] == "accepted"
    meaning = {column["header"]: (column["field"], column["why"]) for column in first["mapping"]}
    assert meaning["Points Made"] == ("decisions", "told with --map")
    assert meaning["Remarks"] == (None, "looks like user content: neither stored nor shown")
    second = office.bring(office.csv("b.csv", [head, ["NOVA", "MNL", "2026-10-02", 6, "x"]]))
    assert (second["state"], second["kind"], second["control"]) == ("accepted", "performance", {"decisions": "6"})
    assert {column["why"] for column in second["mapping"] if column["field"]} == {"remembered layout"}
    office.bring(office.csv("c.csv", [head, ["NOVA", "MNL", "2026-10-03", 7, "x"]]), save_map="points")
    assert len(office.read(lambda session: session.exec(select(Layout)).all())) == 1


def test_a_layout_name_is_used_once(office: Office) -> None:
    office.bring(office.csv("a.csv", [HEAD, row(1)]), save_map="mine")
    with pytest.raises(Exception, match="choose another name"):
        office.bring(office.csv("b.csv", [[*HEAD, "received"], [*row(2), 5]]), save_map="mine")
    assert counted(office) == 100


def test_a_missing_file_is_a_problem(small_office: Office) -> None:
    result = small_office.bring(small_office.folder / "nothing.csv")
    assert (result["state"], result["batch"], codes(result)) == ("refused", None, ["NO_FILE"])
    assert codes(small_office.bring(small_office.folder)) == ["NO_FILE"]


def test_agents_are_never_stored_or_shown(small_office: Office) -> None:
    office = small_office
    result = office.counts(rows=[row(1, "Cruz, Ana".replace(",", "")), row(2, "Cruz Ana", decisions=-1)], without_bad_rows=True)
    stored = office.environment.settings.evidence / f"{result['batch']}.parquet"
    assert b"Cruz" not in stored.read_bytes()
    assert "Cruz" not in str(result)
    database = (office.folder / "scoreline.db").read_bytes()
    assert b"Cruz" not in database


def test_a_vendor_sees_and_sends_only_its_own(office: Office) -> None:
    own = office.counts("a.csv", rows=[row(1)])
    vega = office.seen_by("VEGA")
    foreign = vega.counts("b.csv", rows=[row(2)])
    assert (foreign["state"], codes(foreign)) == ("refused", ["UNKNOWN_VENDOR"])
    assert [one["file"] for one in vega.read(lambda s: service.list_batches(s, vega.environment.scope))] == ["b.csv"]
    with pytest.raises(Exception, match="there is no upload"):
        vega.read(lambda s: service.show_batch(s, vega.environment.scope, own["batch"]))
    with pytest.raises(Exception, match="there is no upload"):
        service.undo(vega.environment, own["batch"])


def test_batches_are_listed_newest_first_with_what_they_own(office: Office) -> None:
    office.counts("a.csv", rows=[row(1)])
    office.counts("b.csv", rows=[row(2, site="CHI", queue="Q7")])
    found = office.read(lambda s: service.list_batches(s, office.environment.scope))
    assert [one["file"] for one in found] == ["b.csv", "a.csv"]
    assert found[0]["scope"] == {"vendors": ["NOVA"], "sites": ["CHI"], "queues": ["Q7"], "samples": [], "periods": ["2026-10"]}
    assert (found[0]["by"], found[0]["received_on"]) == ("tester", "2026-11-06")


def test_a_scale_that_changes_between_files_is_one_warning_and_one_value(office: Office) -> None:
    head = ["day", "queue", "sample", "audits", "Accuracy"]

    def bring(name: str, day: str, value: object) -> dict[str, Any]:
        path = office.xlsx(
            name,
            {"QA": [head, [date.fromisoformat(day), "Q1", "random", 100, value], [date.fromisoformat(day), "Q7", "random", 100, value]]},
        )
        return office.bring(path, side="client", vendor="NOVA")

    first, second = bring("sep.xlsx", "2026-09-01", 0.97), bring("oct.xlsx", "2026-10-01", 97)
    assert (first["problems"], codes(second, "warning"), len(second["problems"])) == ([], ["SCALE_CHANGED"], 1)
    assert first["control"]["correct"] == second["control"]["correct"] == "194"


def test_every_kind_says_what_it_is(small_office: Office) -> None:
    assert [kind.name for kind in KINDS.values()] == ["performance", "quality", "workforce", "plan", "invoice", "cost", "contract", "fx"]
    assert small_office.read(lambda s: batch_row(s, 1)) is None
    assert Batch.__tablename__ == "batch"


def test_a_merged_vendors_file_keeps_its_own_code(office: Office) -> None:
    office.write(lambda s: vendors.merge_vendor(s, office.environment.scope, "VEGA", "NOVA", on=date(2026, 10, 1), at=office.at))
    result = office.counts(rows=[["VEGA", "BER", "Q1", "de", "2026-10-02", "7", 5, 1]])
    assert (result["state"], result["vendor"]) == ("accepted", "VEGA")
