"""Proving an archive: restored, then everything in it worked out again by `check`.

Owns: the answer of `restore`, and the rehearsal in a folder that is thrown away. Must not know: how it is restored.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kernel.errors import Unavailable
from kernel.settings import Settings
from web.archive.files import place_of, secret_mark
from web.archive.manifest import SECRET, Manifest
from web.archive.restoring import restore_archive
from web.check import check_everything, unusable
from web.database import open_process

KEY_IS_MISSING = (
    "The key of the pseudonyms is not in this archive: put the secret.key of then in its place before the next import; "
    "with another key the same agents count as other people."
)


def restore_and_check(path: Path, settings: Settings, user: str, progress: Callable[[str], None]) -> dict[str, Any]:
    """Restore an archive and check what it came to: the JSON of `restore`.

    {"file", "schema", "created_at", "rows", "files", "restored": False when it had been before, "notes": [sentences],
    "check": the JSON of `check`}. Raises what restore_archive raises.
    """
    manifest, restored = restore_archive(path, settings, user, progress)
    progress("Working everything out again ...")
    return _answer(path, settings, user, manifest, restored=restored, deep=False)


def rehearse(path: Path, settings: Settings, user: str, progress: Callable[[str], None]) -> dict[str, Any]:
    """Restore an archive into a folder that is thrown away, and check it: the JSON of `restore --rehearse`.

    The originals are read again too, where the key of the pseudonyms is in the archive or is this installation's.
    """
    with tempfile.TemporaryDirectory(prefix="scoreline-rehearsal-") as folder:
        place = Path(folder)
        there = settings.model_copy(update={"data": place, "database_url": "", "secret_file": place / SECRET})
        manifest, restored = restore_archive(path, there, user, progress)
        if not manifest.has_secret and manifest.secret_mark and secret_mark(settings) == manifest.secret_mark:
            there = there.model_copy(update={"secret_file": settings.secret})
        progress("Working everything out again ...")
        return _answer(path, there, user, manifest, restored=restored, deep=place_of(there, SECRET).is_file())


def _answer(path: Path, settings: Settings, user: str, manifest: Manifest, *, restored: bool, deep: bool) -> dict[str, Any]:
    try:
        process = open_process(user, settings)
    except Unavailable as refusal:
        verdict = unusable(refusal)
    else:
        try:
            verdict = check_everything(process, deep=deep)
        finally:
            process.engine.dispose()
    return {
        "file": str(path),
        "schema": manifest.schema_version,
        "created_at": manifest.created_at,
        "rows": manifest.rows,
        "files": len(manifest.files),
        "restored": restored,
        "notes": [KEY_IS_MISSING] if manifest.secret_mark and not settings.secret.is_file() else [],
        "deep": deep,
        "check": verdict,
    }
