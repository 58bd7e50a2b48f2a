"""Import of a million rows: xlsx against a bare calamine load, csv against a bare polars read.

python -m bench.import_big FOLDER [--rounds 5] [--rows 1000000]
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from bench import fixture, measure

SCORELINE = [str(Path(sys.executable).with_name("scoreline"))]


CALAMINE = "import sys,python_calamine as c; c.load_workbook(sys.argv[1]).get_sheet_by_index(0)"
POLARS = "import sys,polars as p; p.read_csv(sys.argv[1], try_parse_dates=True)"
OPTIONS = ["--vendor", "BIGV", "--side", "vendor", "--as", "performance", "--received-on", "2026-11-03"]


def main() -> None:
    """Write the fixture once into FOLDER and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    xlsx, csv = written(options.folder, options.rows)
    fresh = prepared(options.folder)
    medians = measure.rounds(
        {
            "calamine load": lambda: measure.command([sys.executable, "-c", CALAMINE, str(xlsx)]),
            "import xlsx": lambda: imported(xlsx, fresh, options.folder / "run"),
            "polars read_csv": lambda: measure.command([sys.executable, "-c", POLARS, str(csv)]),
            "import csv": lambda: imported(csv, fresh, options.folder / "run"),
            "start-up": lambda: measure.command([*SCORELINE, "batch", "list"], {"SCORELINE_DATA": str(fresh)}),
        },
        options.rounds,
    )
    record(medians)


def written(folder: Path, rows: int) -> tuple[Path, Path]:
    """The fixture's two files, written where they are missing."""
    folder.mkdir(parents=True, exist_ok=True)
    xlsx, csv = folder / f"big-{rows}.xlsx", folder / f"big-{rows}.csv"
    if not xlsx.exists():
        fixture.write_xlsx(xlsx, rows)
    if not csv.exists():
        fixture.write_csv(csv, rows)
    return xlsx, csv


def prepared(folder: Path) -> Path:
    """A data folder that knows the file's names and holds nothing else."""
    setup, fresh = folder / "setup.toml", folder / "fresh"
    fixture.write_setup(setup)
    shutil.rmtree(fresh, ignore_errors=True)
    measure.command([*SCORELINE, "setup", str(setup)], {"SCORELINE_DATA": str(fresh)})
    return fresh


def imported(path: Path, fresh: Path, data: Path) -> measure.Took:
    """Import a file into a copy of the prepared folder, as a whole command."""
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(fresh, data)
    return measure.command([*SCORELINE, "import", str(path), *OPTIONS], {"SCORELINE_DATA": str(data)})


def record(medians: dict[str, measure.Took]) -> None:
    """Keep the three ratios, with the processor time that stands behind them: other work on the machine falsifies it less."""
    calamine, polars, start = (medians[name] for name in ("calamine load", "polars read_csv", "start-up"))
    xlsx, csv = medians["import xlsx"], medians["import csv"]
    measure.report(
        "import xlsx, whole command / bare calamine load",
        "<= 1.2",
        {"ratio": xlsx.wall / calamine.wall, "import s": xlsx.wall, "calamine s": calamine.wall, "cpu ratio": xlsx.cpu / calamine.cpu},
    )
    measure.report(
        "import csv, whole command / bare polars read_csv",
        "<= 6",
        {
            "ratio": csv.wall / polars.wall,
            "import s": csv.wall,
            "polars s": polars.wall,
            "import cpu s": csv.cpu,
            "polars cpu s": polars.cpu,
        },
    )
    measure.report(
        "import csv without start-up / bare polars read_csv",
        "<= 3",
        {"ratio": (csv.wall - start.wall) / polars.wall, "start-up s": start.wall, "start-up cpu s": start.cpu},
    )


if __name__ == "__main__":
    main()
