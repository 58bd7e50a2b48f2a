"""Pages that are one table, from what the rooms answer."""

from __future__ import annotations

from web.pages import lists


def test_faults_and_warnings_of_uploads_stand_below_their_table() -> None:
    problem = {"severity": "error", "message": "C2: there is no queue Q9.", "count": 2}
    remark = {"severity": "info", "message": "a total row was left out", "count": 1}
    upload = {
        "batch": 3,
        "file": "a.csv",
        "kind": "performance",
        "vendor": "NOVA",
        "side": "",
        "state": "refused",
        "rows": {"accepted": 0},
        "problems": [problem, remark],
        "at": "2026-11-06T12:00:00+00:00",
    }
    table = lists.imports_table({"uploads": [upload]})
    assert table["notes"] == ["a.csv: C2: there is no queue Q9."]
    assert [cell["text"] for cell in table["rows"][0]][-2:] == ["3", "6 Nov 2026"]
    assert lists.csv_rows(table)[0][0] == "Upload"
