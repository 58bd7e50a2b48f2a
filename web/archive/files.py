"""The files of a data folder that an archive holds.

Owns: which files these are, where they stand, their rights. Must not know: the zip.
"""

from __future__ import annotations

import hmac
from pathlib import Path

from kernel.files import PRIVATE
from kernel.settings import Settings
from web.archive.manifest import FILE_NAME, NOTE, SECRET

BLOCK = 1 << 20
READ_ONLY, USUAL = 0o444, 0o644


def place_of(settings: Settings, name: str) -> Path:
    """Where a file of an archive stands on this machine."""
    if name == SECRET:
        return settings.secret
    return settings.data / name


def mode_of(name: str) -> int:
    """The rights of a file of an archive."""
    return PRIVATE if name == SECRET else READ_ONLY if name.startswith("files/") else USUAL


def files_of(settings: Settings, *, with_secret: bool) -> list[str]:
    """The names of the files that there are now, sorted; temporary ones and those of other programs are left out."""
    found = [f"{folder.name}/{path.name}" for folder in (settings.files, settings.evidence) if folder.is_dir() for path in folder.iterdir()]
    single = [name for name in (NOTE, *([SECRET] if with_secret else [])) if place_of(settings, name).is_file()]
    return sorted(name for name in (*found, *single) if FILE_NAME.fullmatch(name))


def secret_mark(settings: Settings) -> str:
    """What tells two keys of the pseudonyms apart without telling them; '' when there is no key."""
    if not settings.secret.is_file():
        return ""
    return hmac.digest(settings.secret.read_bytes().strip(), b"the key of an archive", "sha256").hex()
