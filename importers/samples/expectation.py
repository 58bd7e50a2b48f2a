"""One entry of TRUTH.json, and how an answer is held against it.

Owns: the entry's shape (interface.md section 8), the path language, the comparison. Must not know: which entries
there are, how a command is run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

Json = dict[str, object]
CHAIN = "chain"
_STEP = re.compile(r"\.?([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]|\[([a-z_]+)=([^\]]*)\]")


@dataclass(frozen=True)
class Truth:
    """What a command must answer at a path. where: cells that were planted; before: how it looks if missed.

    tolerance: None = equal to the last digit, else the most that a number may differ. covered_by: chain, or the
    issue that covers it later. needs_write: the command stores something (an upload to try).
    """

    id: str
    kind: str
    vendor: str
    period: str
    command: tuple[str, ...]
    path: str
    expected: object
    before: str
    where: tuple[Json, ...] = ()
    tolerance: str | None = None
    covered_by: str = CHAIN
    needs_write: bool = False

    def json(self) -> Json:
        """The entry as TRUTH.json holds it."""
        entry: Json = {
            "id": self.id,
            "kind": self.kind,
            "vendor": self.vendor,
            "period": self.period,
            "where": list(self.where),
            "command": list(self.command),
            "path": self.path,
            "expected": self.expected,
            "tolerance": self.tolerance,
            "before": self.before,
            "covered_by": self.covered_by,
        }
        if self.needs_write:
            entry["needs_write"] = True
        return entry


def cell(file: str, sheet: str, address: str) -> Json:
    """A place in a file; sheet is '' in a CSV, address may be a range."""
    return {"file": file, "sheet": sheet, "cell": address}


def answer_at(answer: object, path: str) -> object:
    """What stands at a path of a JSON answer; None where nothing does. The empty path is the answer itself.

    >>> answer_at({"vendors": [{"vendor": "NOVA", "rank": 1}]}, "vendors[vendor=NOVA].rank")
    1
    >>> answer_at([{"findings": []}], "[0].findings[1]") is None
    True
    """
    place = 0
    while place < len(path):
        step = _STEP.match(path, place)
        if step is None:
            message = f"{path!r} is no path: keys, [n] and [field=value] only"
            raise ValueError(message)
        place = step.end()
        key, index, field, value = step.groups()
        if key is not None:
            answer = answer.get(key) if isinstance(answer, dict) else None
        elif not isinstance(answer, list):
            answer = None
        elif index is not None:
            answer = answer[int(index)] if int(index) < len(answer) else None
        else:
            answer = next((item for item in answer if isinstance(item, dict) and str(item.get(field)) == value), None)
    return answer


def agrees(expected: object, found: object, tolerance: str | None = None) -> bool:
    """Whether an answer is what was expected; lists in any order, numbers within the tolerance.

    >>> agrees(["NOVA", "ORBI"], ["ORBI", "NOVA"]), agrees(0.97, "0.9700001", "0.000001"), agrees(0, False)
    (True, True, False)
    """
    if isinstance(expected, list) and isinstance(found, list):
        return sorted(map(str, expected)) == sorted(map(str, found))
    if isinstance(expected, bool) or isinstance(found, bool) or tolerance is None:
        return type(expected) in _kin(found) and expected == found
    try:
        return abs(Decimal(str(expected)) - Decimal(str(found))) <= Decimal(tolerance)
    except InvalidOperation:
        return False


def _kin(found: object) -> Sequence[type]:
    return (int, float) if isinstance(found, int | float) and not isinstance(found, bool) else (type(found),)
