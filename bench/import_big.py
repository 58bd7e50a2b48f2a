"""Import of a million rows: xlsx against a bare calamine load, csv against a bare polars read.

python -m bench.import_big FOLDER [--rounds 5] [--rows 1000000]
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from bench import fixture, measure

SCORELINE = [sys.executable, "-m", "web.cli"]


def main() -> None:
    """Write the fixture once into FOLDER and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    paths = {kind: options.folder / f"big-{options.rows}.{kind}" for kind in ("xlsx", "csv")}
    for kind, path in paths.items():
        if not path.exists():
            (fixture.write_xlsx if kind == "xlsx" else fixture.write_csv)(path, options.rows)
    setup = options.folder / "setup.toml"
    fixture.write_setup(setup)
    fresh = options.folder / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    measure.command([*SCORELINE, "setup", str(setup)], {"SCORELINE_DATA": str(fresh)})

    def imported(path: Path) -> measure.Took:
        data = options.folder / "run"
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(fresh, data)
        options_ = ["--vendor", "BIGV", "--side", "vendor", "--as", "performance", "--received-on", "2026-11-03"]
        return measure.command([*SCORELINE, "import", str(path), *options_], {"SCORELINE_DATA": str(data)})

    calamine = "import sys,python_calamine as c; c.load_workbook(sys.argv[1]).get_sheet_by_index(0)"
    polars = "import sys,polars as p; p.read_csv(sys.argv[1], try_parse_dates=True)"
    medians = measure.rounds(
        {
            "calamine load": lambda: measure.command([sys.executable, "-c", calamine, str(paths["xlsx"])]),
            "import xlsx": lambda: imported(paths["xlsx"]),
            "polars read_csv": lambda: measure.command([sys.executable, "-c", polars, str(paths["csv"])]),
            "import csv": lambda: imported(paths["csv"]),
            "start-up": lambda: measure.command([*SCORELINE, "batch", "list"], {"SCORELINE_DATA": str(fresh)}),
        },
        options.rounds,
    )
    wall = {name: took.wall for name, took in medians.items()}
    measure.report(
        "import xlsx, whole command / bare calamine load",
        "<= 1.2",
        {"ratio": wall["import xlsx"] / wall["calamine load"], "import s": wall["import xlsx"], "calamine s": wall["calamine load"]},
    )
    measure.report(
        "import csv, whole command / bare polars read_csv",
        "<= 6",
        {"ratio": wall["import csv"] / wall["polars read_csv"], "import s": wall["import csv"], "polars s": wall["polars read_csv"]},
    )
    measure.report(
        "import csv without start-up / bare polars read_csv",
        "<= 3",
        {"ratio": (wall["import csv"] - wall["start-up"]) / wall["polars read_csv"], "start-up s": wall["start-up"]},
    )


if __name__ == "__main__":
    main()
