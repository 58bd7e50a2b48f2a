"""Where log lines go: stderr, for people or as one JSON object a line.

Owns: their format. Must not know: what is logged. Bodies of uploads and names of people are never logged.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

LOGGER = "scoreline"


class JsonLines(logging.Formatter):
    """One JSON object per line: at, level, message."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        return json.dumps(line, ensure_ascii=False)


def set_up_logs(log_format: str) -> None:
    """Send our log lines and the web server's to stderr in the format of the setting; doing it again changes nothing."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if log_format == "json" else logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    for name in (LOGGER, "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(logging.INFO if name == LOGGER else logging.WARNING)
