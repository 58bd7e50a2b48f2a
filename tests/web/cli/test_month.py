"""Months, contracts, invoices and the self-check on the command line, over the demo."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.command_line import Shell


@pytest.fixture
def told(demo: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Commands reach the demo."""
    assert demo.is_dir()
    return Shell(capsys)


def test_the_ranking_is_a_table_for_people(told: Shell) -> None:
    out = told("rank", "2026-10").out
    assert out.startswith("Ranking 2026-10, revision 1, provisional; cost like for like")
    assert "Orbis Review" in out
    assert "not rated" in out
    assert "Waiting for: KITE, performance, deadline 2026-11-04" in out


def test_raw_and_cuts_are_other_rankings(told: Shell) -> None:
    assert told.json("rank", "2026-10", "--raw")["basis"] == "raw"
    assert told.json("rank", "2026-10", "--queue", "Q1")["vendors"]
    assert told.json("rank", "2026-10", "--queue", "Q99", code=1)["error"]["code"] == "UNKNOWN_QUEUE"
    assert told.json("rank", "2020-01", code=1)["error"]["code"] == "NOT_CLOSED"


def test_closing_again_changes_nothing(told: Shell) -> None:
    result = told.json("close", "2026-10")
    assert (result["changed"], result["revision"]) == (False, 1)
    assert "unchanged, revision 1" in told("close", "2026-10").out


def test_a_scorecard_tells_every_figure_with_its_state(told: Shell) -> None:
    out = told("scorecard", "KITE", "2026-10").out
    assert "in-SLA share" in out
    assert "not sent" in out
    assert told.json("scorecard", "KITE", "2026-09", "--revision", "1")["revision"] == 1
    assert told.json("scorecard", "KITE", "2026-09", "--revision", "9", code=1)["error"]["code"] == "UNKNOWN_REVISION"


def test_the_cells_of_a_trace_sum_to_its_counts(told: Shell) -> None:
    found = told.json("trace", "NOVA", "2026-10", "in_sla_share", "--limit", "100000")
    assert len(found["cells"]) == found["cells_total"]
    by_fact: dict[str, int] = {}
    for cell in found["cells"]:
        by_fact[cell["header"]] = by_fact.get(cell["header"], 0) + int(cell["amount"])
    assert by_fact == {item["fact"]: int(item["amount"]) for item in found["inputs"]}


def test_a_trace_is_read_page_by_page(told: Shell) -> None:
    whole = told.json("trace", "NOVA", "2026-10", "in_sla_share", "--limit", "30")["cells"]
    second = told.json("trace", "NOVA", "2026-10", "in_sla_share", "--limit", "10", "--offset", "20")["cells"]
    assert second == whole[20:]
    assert told.json("trace", "NOVA", "2026-10", "in_sla_share", "--limit", "0")["cells"] == []
    assert "4 of" in told("trace", "NOVA", "2026-10", "in_sla_share", "--limit", "4").out


def test_status_names_what_is_missing(told: Shell) -> None:
    assert "KITE waits for: performance" in told("status", "2026-10").out


def test_contracts_and_invoices_are_shown_for_people(told: Shell) -> None:
    assert "Contract amount of VEGA for 2026-10, EUR" in told("contract", "price", "VEGA", "2026-10").out
    assert "credit 8.3" in told("contract", "price", "NOVA", "2026-10").out
    assert "Prices" in told("contract", "show", "VEGA", "--on", "2026-10-01").out
    listed = told.json("invoice", "list", "--period", "2026-10")
    found = next(row for row in listed if row["findings"])
    out = told("invoice", "show", found["number"], "--vendor", found["vendor"]).out
    assert f"{found['findings'][0]['code']}" in out
    assert found["number"] in told("invoice", "list", "--period", "2026-10").out


def test_who_brought_an_invoice_in_does_not_approve_it(told: Shell) -> None:
    invoice = next(row for row in told.json("invoice", "list", "--period", "2026-10") if row["vendor"] == "ORBI")
    by = told.json("batch", "list")[0]["by"]
    refused = told.json("invoice", "approve", invoice["number"], "--user", by, code=1)
    assert refused["error"]["code"] == "SAME_PERSON"
    approved = told.json("invoice", "approve", invoice["number"], "--user", "ben", "--reason", "agrees")
    assert approved["state"] == "approved"
    disputed = told.json("invoice", "dispute", invoice["number"], "--line", "1", "--reason", "old rate")
    assert any(line["held"] for line in disputed["lines"])
    assert told.json("invoice", "credit", invoice["number"], "--reason", "came", code=1)["error"]["code"] == "NO_CREDIT_NOTE"


def test_approving_an_invoice_lifts_no_dispute_of_a_line(told: Shell) -> None:
    number = next(row["number"] for row in told.json("invoice", "list", "--period", "2026-10") if row["vendor"] == "ORBI")
    told.json("invoice", "dispute", number, "--line", "1", "--reason", "old rate")
    refused = told.json("invoice", "approve", number, "--user", "ben", code=1)["error"]
    assert refused["code"] == "LINE_DISPUTED"
    assert f"line 1 of {number}" in refused["message"]
    settled = told.json("invoice", "approve", number, "--line", "1", "--user", "ben", "--reason", "explained")
    assert [line["disputed"] for line in settled["lines"]] == [False] * len(settled["lines"])
    assert told.json("invoice", "approve", number, "--user", "ben")["state"] == "approved"


def test_a_finding_is_cleared_with_a_reason_by_another_person(told: Shell) -> None:
    row = next(row for row in told.json("invoice", "list", "--period", "2026-10") if row["vendor"] == "VEGA" and row["findings"])
    finding = next(one for one in row["findings"] if one["in_favour_of"] == "client")
    clear = ("invoice", "clear", row["number"], finding["code"], "--line", finding["line"], "--reason", "agreed by letter")
    unknown = told.json("invoice", "clear", row["number"], "I-99", "--reason", "x", code=1)["error"]
    assert unknown["code"] == "UNKNOWN_FINDING"
    assert "its findings: I-06 --line 1" in unknown["message"]
    cleared = told.json(*clear, "--user", "ben")
    assert (cleared["findings"][0]["state"], cleared["at_stake"]["amount"]) == ("cleared", "0.00")


def test_a_month_moves_on_one_state_at_a_time(told: Shell) -> None:
    assert told.json("month", "advance", "2026-10", "locked", code=1)["error"]["code"] == "MONTH_STATE"
    assert told.json("month", "advance", "2026-10", "in_review")["status"] == "in_review"
    assert told("month", "advance", "2026-10", "agreed").out == "2026-10 is agreed.\n"


def test_the_catalogues_are_listed(told: Shell) -> None:
    assert {row["fact"] for row in told.json("facts")} >= {"decisions", "audits"}
    assert {row["metric"] for row in told.json("metrics")} >= {"accuracy", "cost_per_decision"}
    assert "Fact" in told("facts").out.splitlines()[0]
    assert "critical_accuracy" in told("metrics").out


def test_the_check_agrees_and_names_a_flipped_byte(told: Shell, demo: Path) -> None:
    assert told.json("check")["ok"] is True
    assert "Everything agrees." in told("check").out
    evidence = min((demo / "evidence").glob("*.parquet"))
    damaged = bytearray(evidence.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    evidence.chmod(0o644)
    evidence.write_bytes(bytes(damaged))
    found = told.json("check", code=1)
    assert found["ok"] is False
    assert any(not one["ok"] and evidence.stem in one["detail"] for one in found["checks"])
    assert "DIFFERS" in told("check").out


def test_the_check_of_a_database_that_is_none_says_so(told: Shell, demo: Path) -> None:
    for path in demo.glob("scoreline.db*"):
        path.unlink()
    (demo / "scoreline.db").write_bytes(b"no database at all, only text " * 40)
    assert told.json("check", code=1)["checks"][0]["name"] == "database can be opened"


def test_what_is_due_is_done_once(told: Shell) -> None:
    assert told.json("schedule", "--once")["done"] > 0
    assert told.json("schedule", "--once")["done"] == 0
    assert {one["state"] for one in told.json("job", "list", "--limit", "1000")} == {"done"}
