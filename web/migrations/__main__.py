"""`python -m web.migrations "what changes"`: write the next migration from the difference between models and schema.

For developers. The file is a draft: read it, and add what models cannot say (web.migrations.guards).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from kernel.db import open_engine
from web.migrations import HERE, draft, migrate


def main(message: str, folder: Path = HERE) -> Path:
    """Write the migration into a folder of migrations and return its path."""
    with tempfile.TemporaryDirectory() as scratch:
        engine = open_engine(f"sqlite:///{scratch}/schema.db")
        migrate(engine)
        try:
            return draft(engine, message, folder)
        finally:
            engine.dispose()


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]) or "what changes")
