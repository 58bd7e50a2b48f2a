"""An upload in words and JSON: what the command line, the site and programs are told of it.

Owns: these objects. Must not know: how an upload comes to be.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from importers.models import Batch
from importers.scopes import ScopeKey
from kernel.errors import Problem

PUT_ASIDE = "PUT_ASIDE"
"""Code of the note that a person put an upload aside."""


def batch_object(row: Batch, owned: Mapping[ScopeKey, int]) -> dict[str, object]:
    """The JSON of `batch`."""
    return {
        "batch": row.id,
        "file": row.file_name,
        "sha256": row.sha256,
        "kind": row.kind,
        "vendor": row.vendor,
        "side": row.side,
        "periods": json.loads(row.periods),
        "scope": scope_object(owned),
        "state": row.state,
        "received_on": row.received_on.isoformat(),
        "by_hand": row.by_hand,
        "reason": json.loads(row.options).get("reason", ""),
        "supersedes": json.loads(row.supersedes),
        "superseded_by": row.superseded_by,
        "rows": rows_object(row),
        "mapping": json.loads(row.mapping),
        "problems": json.loads(row.problems),
        "control": json.loads(row.control),
        "by": row.actor,
        "at": row.at.isoformat(),
    }


def head_object(row: Any) -> dict[str, Any]:
    """An upload in a list, from a row of store.heads: what `batch` says of it, its problems as codes only.

    codes: those of its errors. good: rows that could count if the faulty ones were left out, None when nothing was shown.
    """
    problems = json.loads(row.problems)
    return {
        "batch": row.id,
        "file": row.file_name,
        "sha256": row.sha256,
        "kind": row.kind,
        "vendor": row.vendor,
        "side": row.side,
        "periods": json.loads(row.periods),
        "state": row.state,
        "received_on": row.received_on.isoformat(),
        "by_hand": row.by_hand,
        "supersedes": json.loads(row.supersedes),
        "superseded_by": row.superseded_by,
        "rows": rows_object(row),
        "good": row.good,
        "codes": sorted({problem["code"] for problem in problems if problem["severity"] == "error"}),
        "errors": sum(1 for problem in problems if problem["severity"] == "error"),
        "warnings": sum(1 for problem in problems if problem["severity"] == "warning"),
        "aside": any(problem["code"] == PUT_ASIDE for problem in problems),
        "by": row.actor,
        "at": row.at.isoformat(),
    }


def rows_object(row: Any) -> dict[str, int]:
    """Read = accepted + rejected + skipped."""
    return {"read": row.rows_read, "accepted": row.rows_accepted, "rejected": row.rows_rejected, "skipped": row.rows_skipped}


def scope_object(owned: Mapping[ScopeKey, int]) -> dict[str, object]:
    """What a batch owns, in short."""
    names: dict[str, Collection[str]] = {
        "vendors": {key.vendor for key in owned},
        "sites": {key.site for key in owned},
        "queues": {key.queue for key in owned},
        "samples": {key.sample for key in owned},
        "periods": {key.period for key in owned},
    }
    return {name: sorted(value for value in values if value) for name, values in names.items()}


def import_object(row: Batch, state: str, superseded: Sequence[int], changes: dict[str, object] | None) -> dict[str, object]:
    """An element of the JSON of `import`."""
    return {
        "file": row.file_name,
        "sha256": row.sha256,
        "batch": row.id,
        "kind": row.kind,
        "vendor": row.vendor,
        "side": row.side,
        "periods": json.loads(row.periods),
        "state": state,
        "superseded": list(superseded),
        "rows": rows_object(row),
        "mapping": json.loads(row.mapping),
        "problems": json.loads(row.problems),
        "control": json.loads(row.control),
        "changes": changes,
    }


def unheard(row: Batch, told: Mapping[str, str], columns: Mapping[str, str]) -> Problem | None:
    """What is said of bytes that count already and that their upload did not follow; None when it says nothing else.

    Args: told = vendor, as, side, period and received-on as said now, '' = not said; columns = header -> field.
    """
    before = json.loads(row.options)
    resolved = before.get("resolved", {})
    periods = json.loads(row.periods)
    followed = {
        "vendor": {row.vendor, before.get("vendor", ""), resolved.get("vendor", "")},
        "as": {row.kind},
        "side": {row.side, resolved.get("side", "")},
        "period": {resolved.get("period", ""), periods[0] if len(periods) == 1 else ""},
        "received-on": {row.received_on.isoformat()},
    }
    ignored = [
        f"--{name} {value}" for name, value in told.items() if value and value.casefold() not in {one.casefold() for one in followed[name]}
    ]
    mapped = {column["header"]: column["field"] or "ignore" for column in json.loads(row.mapping)}
    ignored += [f'--map "{header}={field}"' for header, field in columns.items() if mapped.get(header) != field]
    if not ignored:
        return None
    message = (
        f"the same content counts already as upload {row.id} ({row.file_name}), so {', '.join(ignored)} changed nothing: if that upload "
        f"is wrong, take it back with `batch undo {row.id}` and import the file again."
    )
    return Problem("warning", "UNCHANGED", message)
