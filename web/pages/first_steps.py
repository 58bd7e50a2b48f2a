"""Pages that stand where there is no figure yet: what to do first, and how far the demo is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from web.progress import Progress

BAR_WIDTH = 320
STEPS_SHOWN = 8
REFRESH_SECONDS = 2
MEANWHILE = "The vendors' files are read, checked and counted as yours would be; the ranking stands here when that is done."


def empty_page(base: Mapping[str, Any]) -> dict[str, Any]:
    """What to do with an empty database."""
    return {
        **base,
        "title": "First steps",
        "headline": "Nothing has been measured yet.",
        "story": "Three steps lead to a ranking; each says what it did.",
        "steps": [
            {
                "mark": "1",
                "text": "Say who works for you: vendors, sites, queues and contracts in one file.",
                "command": "scoreline setup network.toml",
            },
            {
                "mark": "2",
                "text": "Bring in what the vendors sent: drop the files on Imports, or run the command. "
                "Faults come back with sheet, cell and remedy.",
                "command": "scoreline import october/*.xlsx",
            },
            {
                "mark": "3",
                "text": "The ranking stands here once a month is over and a vendor’s last file is accepted; at the cut-off with what "
                "is there. Or have it computed now.",
                "command": "scoreline close 2026-10",
            },
            {"mark": "", "text": "Or look at a made-up network first; it is kept apart from your data.", "command": "scoreline demo"},
        ],
    }


def progress_page(progress: Progress, base: Mapping[str, Any]) -> dict[str, Any]:
    """How far the demo is; the page loads itself again until the ranking is there."""
    total, reached = len(progress.steps), progress.reached
    if progress.failed:
        return {**base, "title": "Demo", "headline": "The demo could not be made.", "story": progress.failed, "steps": []}
    recent = progress.steps[max(0, reached - STEPS_SHOWN) : reached]
    shown = [{"mark": "✓", "text": text} for text in recent]
    if reached < total:
        shown.append({"mark": "…", "text": progress.steps[reached]})
    return {
        **base,
        "title": "The demo is being made",
        "headline": "The demo is being made.",
        "story": f"{reached} of {total} steps are done. {MEANWHILE}" if total else "The vendors' files are being written.",
        "refresh_seconds": REFRESH_SECONDS,
        "bar": {"width": round(BAR_WIDTH * reached / total, 1), "spoken": f"{reached} of {total} steps done"} if total else None,
        "steps": shown,
    }
