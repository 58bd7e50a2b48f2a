"""Pseudonyms: what stands in for an agent's id from the moment of import.

Owns: the key and the keyed hash. Must not know: files, tables. Whoever has the key can find a known id again (the
vendor that sent it asks for it); nobody can read an id out of a pseudonym.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from kernel.errors import Unavailable
from vendors.aliases import match_key

KEY_BYTES = 32
DIGITS = 16
"""Hexadecimal digits kept: 64 bits, no two of 40,000 agents alike in practice."""
PREFIX = "a_"


def secret_key(path: Path) -> bytes:
    """The key of this installation, made (0600) when there is none yet.

    Raises Unavailable when the file holds no key: a new one would give every agent another pseudonym.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(KEY_BYTES).encode())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # refuses to replace a key that another process made meanwhile
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    text = path.read_text(encoding="ascii", errors="replace").strip()
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) < KEY_BYTES:
        message = f"{path} holds no key ({2 * KEY_BYTES} hexadecimal digits): restore it from the backup, agents' pseudonyms depend on it"
        raise Unavailable("SECRET_FILE", message)
    return key


def pseudonym(key: bytes, text: str) -> str:
    """The pseudonym of an agent's id: HMAC-SHA256 over the folded id, shortened.

    >>> pseudonym(b"k" * 32, " 1042 ") == pseudonym(b"k" * 32, "1042")
    True
    """
    message = match_key(text).encode()
    return PREFIX + hmac.digest(key, message, "sha256").hex()[:DIGITS]
