"""The usual way, as a yardstick: read with openpyxl, validate each row with SQLModel, add objects, commit.

python -m bench.orm_loop FILE DATABASE      the loop alone
python -m bench.orm_loop --compare FOLDER   per row, beside the product's import
"""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import openpyxl
from sqlmodel import Field, Session, SQLModel, create_engine

from bench import fixture, import_big, measure


class Row(SQLModel):
    """One row of the file, validated."""

    vendor: str = Field(min_length=1)
    site: str = Field(min_length=1)
    queue: str = Field(min_length=1)
    language: str
    day: date
    agent_id: str = Field(min_length=1)
    decisions: int = Field(ge=0)
    billable_decisions: int = Field(ge=0)
    handle_seconds: int = Field(ge=0)
    production_hours: float = Field(ge=0)
    due_items: int = Field(ge=0)
    in_sla_items: int = Field(ge=0)
    escalated_items: int = Field(ge=0)
    rework_items: int = Field(ge=0)


class Stored(Row, table=True):
    """The row in the database."""

    id: int | None = Field(default=None, primary_key=True)


def loop(path: Path, database: Path) -> int:
    """Import a file row by row; returns the number of rows kept."""
    engine = create_engine(f"sqlite:///{database}")
    SQLModel.metadata.create_all(engine, tables=[SQLModel.metadata.tables["stored"]])
    sites = {f"S{n:02d}" for n in range(fixture.SITES)}
    queues = {f"Q{n}" for n in range(fixture.QUEUES)}
    sheet = openpyxl.load_workbook(path, read_only=True, data_only=True).worksheets[0]
    sheet.reset_dimensions()
    kept, seen = [], set()
    for values in sheet.iter_rows(min_row=2, values_only=True):
        cells = dict(zip(fixture.HEADERS, values, strict=True))
        if isinstance(cells["day"], datetime):
            cells["day"] = cells["day"].date()
        row = Row.model_validate(cells)
        known = row.vendor == "BIGV" and row.site in sites and row.queue in queues
        dated = date(2000, 1, 1) <= row.day <= date(2026, 11, 4)
        if not known or not dated or row.in_sla_items > row.due_items:
            sys.exit(f"a bad row: {row}")
        key = (row.vendor, row.site, row.queue, row.language, row.day, row.agent_id)
        if key in seen:
            sys.exit(f"a duplicate key: {key}")
        seen.add(key)
        kept.append(Stored(**row.model_dump()))
    with Session(engine) as session:
        session.add_all(kept)
        session.commit()
    return len(kept)


def compare(folder: Path, rows: int = 100_000, many: int = 1_000_000) -> None:
    """Measure the loop on some rows, the product on the same file and on the one that it is made for."""
    path, _ = import_big.written(folder, rows)
    big, _ = import_big.written(folder, many)
    fresh = import_big.prepared(folder)
    database = folder / "loop.db"

    def looped() -> measure.Took:
        database.unlink(missing_ok=True)
        return measure.command([sys.executable, "-m", "bench.orm_loop", str(path), str(database)])

    medians = measure.rounds(
        {
            "openpyxl + SQLModel loop": looped,
            "import": lambda: import_big.imported(path, fresh, folder / "run"),
            "import of the million": lambda: import_big.imported(big, fresh, folder / "run"),
            "start-up": lambda: measure.command([*import_big.SCORELINE, "batch", "list"], {"SCORELINE_DATA": str(fresh)}),
        },
        3,
    )
    names = ("openpyxl + SQLModel loop", "import", "import of the million", "start-up")
    slow, whole, million, start = (medians[name].wall for name in names)
    measure.report(
        "import xlsx per row / openpyxl + SQLModel loop per row, 100,000 rows",
        "<= 0.05",
        {
            "1,000,000 rows, whole command": million / many / (slow / rows),
            "100,000 rows without start-up": (whole - start) / slow,
            "100,000 rows, whole command": whole / slow,
            "loop us/row": slow / rows * 1e6,
        },
    )


if __name__ == "__main__":
    if sys.argv[1] == "--compare":
        compare(Path(sys.argv[2]))
    else:
        print(loop(Path(sys.argv[1]), Path(sys.argv[2])))
