"""One byte or row changed anywhere that feeds a count is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import text
from sqlmodel import Session

from importers import service
from importers.evidence import file_sha256
from tests.importers.conftest import Office, row
from tests.queries import counted_queries


def faults(office: Office, *, deep: bool = False) -> dict[str, str]:
    """The checks that fail, with what they name."""
    checks = office.read(lambda s: service.self_check(s, office.environment.settings, deep=deep))
    return {check.name: check.detail for check in checks if not check.ok}


def change(office: Office, statement: str) -> None:
    office.write(lambda session: session.connection().execute(text(statement)))


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.chmod(0o644)
    path.write_bytes(bytes(content))


@pytest.fixture
def filled(small_office: Office) -> Office:
    """An office with an upload, its correction, and one of the client's."""
    small_office.counts("a.csv", rows=[row(1), row(2)])
    small_office.counts("b.csv", rows=[row(1, decisions=90), row(2)])
    head = ["vendor", "day", "side", "sample", "audits", "Accuracy"]
    small_office.bring(small_office.csv("q.csv", [head, ["NOVA", "2026-10-01", "client", "random", 100, "97%"]]), side="")
    return small_office


def test_whole_stores_pass_on_each_database(office: Office) -> None:
    office.counts("a.csv", rows=[row(1), row(2)])
    office.counts("b.csv", rows=[row(1, decisions=90), row(2, decisions=-1)], without_bad_rows=True, add=True)
    assert faults(office, deep=True) == {}


def test_a_check_asks_the_database_as_often_however_many_uploads_there_are(office: Office) -> None:
    fx = ["day", "from", "to", "rate"]

    def asked(day: int) -> int:
        office.counts(f"{day}.csv", rows=[row(day), row(day, "1043")])
        office.bring(office.csv(f"fx{day}.csv", [fx, [f"2026-10-0{day}", "EUR", "USD", "1.08"]]), side="")
        with counted_queries(office.environment.engine) as queries:
            assert faults(office) == {}
        return len(queries)

    assert asked(1) == asked(2) == asked(3)


def test_a_changed_original_is_named(filled: Office) -> None:
    original = min(filled.environment.settings.files.glob("*"))
    flip(original, 30)
    assert "the original's bytes have changed" in faults(filled)["originals are as they came"]
    original.unlink()
    assert "the original is missing" in faults(filled)["originals are as they came"]


def test_a_file_under_the_wrong_name_is_named(filled: Office) -> None:
    (filled.environment.settings.files / ("0" * 64)).write_bytes(b"x")
    assert "its bytes are not what its name says" in faults(filled)["originals are as they came"]


def test_changed_or_missing_evidence_is_named(filled: Office) -> None:
    path = filled.environment.settings.evidence / "2.parquet"
    flip(path, 20)
    assert "upload 2 (b.csv): the evidence's bytes have changed" in faults(filled)["evidence is as it was written"]
    path.unlink()
    assert "upload 2 (b.csv): the evidence is missing" in faults(filled)["evidence is as it was written"]


COUNTS, SCOPES, ROWS = "counts follow from evidence", "scopes follow from evidence", "uploads tell their rows"
DELIVERIES, CHAIN = "uploads and deliveries agree", "superseding is two-sided"


@pytest.mark.parametrize(
    ("statement", "check", "words"),
    [
        (
            "UPDATE tally SET amount = amount + 1 WHERE batch = 2 AND fact = 'decisions'",
            COUNTS,
            "decisions of NOVA MNL Q1 en on 2026-10-01",
        ),
        ("UPDATE tally SET origin = 'counted' WHERE batch = 3 AND fact = 'correct'", COUNTS, "correct of NOVA"),
        ("UPDATE tally SET bound = 0 WHERE batch = 3 AND fact = 'correct'", COUNTS, "correct of NOVA"),
        ("UPDATE tally SET day = '2030-01-01' WHERE batch = 2 AND day = '2026-10-02'", COUNTS, "upload 2"),
        ("DELETE FROM tally WHERE batch = 2", COUNTS, "0 counts are stored, 4 follow"),
        ("UPDATE tally SET batch = 9 WHERE batch = 3", COUNTS, "upload 9"),
        ("UPDATE batch_scope SET days = 1 WHERE batch = 2", SCOPES, "upload 2"),
        ("UPDATE delivery SET live = 1 WHERE batch = 1", DELIVERIES, "upload 1"),
        ("UPDATE delivery SET received_on = '2020-01-01' WHERE batch = 2", DELIVERIES, "upload 2"),
        ("UPDATE batch SET control = '{}' WHERE id = 2", COUNTS, "decisions sums to another"),
        ("UPDATE batch SET mapping = 'x' WHERE id = 2", ROWS, "mapping is no longer readable"),
        ("UPDATE batch SET supersedes = '[]' WHERE id = 2", CHAIN, "upload 1"),
        ("UPDATE batch SET superseded_by = 3 WHERE id = 2", CHAIN, "upload 2"),
    ],
)
def test_a_changed_row_of_the_database_is_named(filled: Office, statement: str, check: str, words: str) -> None:
    assert faults(filled) == {}
    change(filled, statement)
    assert words in faults(filled)[check]


def test_evidence_that_does_not_come_from_the_original_is_found_deeply(filled: Office) -> None:
    path = filled.environment.settings.evidence / "2.parquet"
    frame = pl.read_parquet(path)
    others: list[tuple[Callable[[pl.DataFrame], pl.DataFrame], str]] = [
        (lambda one: one.with_columns(pl.col("decisions") + 1), "decisions in row 2"),
        (lambda one: one.head(1), "1 rows of evidence, 2 in the original"),
    ]
    for other, words in others:
        other(frame).write_parquet(path)
        change(filled, f"UPDATE batch SET evidence_sha256 = '{file_sha256(path)}' WHERE id = 2")  # noqa: S608 - a hash
        assert words in faults(filled, deep=True)["evidence follows from originals"]
    assert filled.read(_number_of_uploads) == 3


def _number_of_uploads(session: Session) -> int:
    return int(session.connection().execute(text("SELECT count(*) FROM batch")).scalar() or 0)
