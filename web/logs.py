"""Where log lines go: stderr, for people or as one JSON object a line.

Owns: their format, and the number by which all lines of one request are found. Must not know: what is logged. Bodies of
uploads, tokens and ids of agents are never logged.
"""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

LOGGER = "scoreline"
REQUEST: ContextVar[str] = ContextVar("request", default="")
"""Number of the request that is being answered; '' outside of one."""


class JsonLines(logging.Formatter):
    """One JSON object per line: at, level, logger, message, request_id where there is one, and a line's own fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"at": at, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        if REQUEST.get():
            line["request_id"] = REQUEST.get()
        return json.dumps(line | getattr(record, "fields", {}), ensure_ascii=False)


class PlainLines(logging.Formatter):
    """For people: when, level, message, and the number of the request in brackets."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = super().format(record)
        return f"{line} [{REQUEST.get()}]" if REQUEST.get() else line


def set_up_logs(log_format: str) -> None:
    """Send our log lines and the web server's to stderr in the format of the setting; doing it again changes nothing."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if log_format == "json" else PlainLines("%(asctime)s %(levelname)s %(message)s"))
    for name in (LOGGER, "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(logging.INFO if name == LOGGER else logging.WARNING)
