"""The order in which the sample files are told to Scoreline.

Owns: the steps as values and as manifest.json. Must not know: how a step is carried out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from importers.samples.expectation import Truth
from kernel.period import Period

Step = dict[str, object]


@dataclass
class Manifest:
    """What was written: root folder, day the calendar stands on, months, steps in order, truths.

    A step is {"do": "setup", "file"}, {"do": "import", "files", "options"}, {"do": "close", "period"},
    {"do": "advance", "period", "status"} or {"do": "dispute", "number", "vendor", "reason"}. Files are paths below
    the root, with forward slashes; options are those of `import` (vendor, kind, side, received_on).
    """

    root: Path
    seed: int
    as_of: date
    periods: tuple[str, ...]
    steps: list[Step] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)

    def setup(self, file: Path) -> None:
        """Master data."""
        self.steps.append({"do": "setup", "file": self.name(file)})

    def bring(self, file: Path, received_on: date, **options: str) -> None:
        """A file that came on a day."""
        told = {**options, "received_on": received_on.isoformat()}
        self.steps.append({"do": "import", "files": [self.name(file)], "options": told})

    def close(self, period: Period) -> None:
        """A month is computed."""
        self.steps.append({"do": "close", "period": str(period)})

    def advance(self, period: Period, statuses: Iterable[str]) -> None:
        """A month moves through states, in order."""
        self.steps.extend({"do": "advance", "period": str(period), "status": status} for status in statuses)

    def dispute(self, vendor: str, number: str, reason: str) -> None:
        """A person disputes an invoice."""
        self.steps.append({"do": "dispute", "number": number, "vendor": vendor, "reason": reason})

    def name(self, file: Path) -> str:
        """A file's path below the root, with forward slashes on every machine."""
        return file.relative_to(self.root).as_posix()

    def write(self) -> None:
        """Write manifest.json and TRUTH.json into the root."""
        document = {
            "seed": self.seed,
            "as_of": self.as_of.isoformat(),
            "periods": list(self.periods),
            "steps": self.steps,
        }
        write_json(self.root / "manifest.json", document)
        write_json(self.root / "TRUTH.json", [truth.json() for truth in self.truths])


def write_json(path: Path, document: object) -> None:
    """Write a document as JSON, the same bytes on every machine."""
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
