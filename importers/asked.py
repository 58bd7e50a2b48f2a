"""What a person said about a file: the options of an import, and the JSON of them that an upload keeps.

Owns: these values, and the way back from the JSON. Must not know: what follows from them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kernel.period import Period


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the person said about a file; see `import` in the interface. map: header -> field or `ignore`.

    accept: False keeps a file that could be accepted as a preview, as dry_run does. reason: why a figure was entered by
    hand, '' = it came in a file.
    """

    vendor: str = ""
    kind: str = ""
    side: str = ""
    period: Period | None = None
    dry_run: bool = False
    map: Mapping[str, str] = field(default_factory=dict)
    save_map: str = ""
    without_bad_rows: bool = False
    received_on: date | None = None
    supersede: int | None = None
    add: bool = False
    accept: bool = True
    reason: str = ""


def told(options: ImportOptions) -> dict[str, Any]:
    """What an upload keeps of its options; dry_run and accept belong to the call, the day of receipt to the upload."""
    return {
        "vendor": options.vendor,
        "kind": options.kind,
        "side": options.side,
        "period": str(options.period) if options.period else "",
        "map": dict(options.map),
        "save_map": options.save_map,
        "without_bad_rows": options.without_bad_rows,
        "supersede": options.supersede,
        "add": options.add,
        "reason": options.reason,
    }


def options_in(text: str) -> ImportOptions:
    """The options that an upload keeps; what was not kept is as if nothing had been said.

    >>> options_in('{"vendor": "NOVA", "period": "2026-10"}').period
    Period(year=2026, month=10)
    """
    kept = json.loads(text)
    return ImportOptions(
        vendor=kept.get("vendor", ""),
        kind=kept.get("kind", ""),
        side=kept.get("side", ""),
        period=Period.parse(kept["period"]) if kept.get("period") else None,
        map=kept.get("map", {}),
        save_map=kept.get("save_map", ""),
        without_bad_rows=kept.get("without_bad_rows", False),
        supersede=kept.get("supersede"),
        add=kept.get("add", False),
        reason=kept.get("reason", ""),
    )
