"""Secrets that a browser, a link or a program holds, and what is derived from them.

Owns: how they are made and hashed. They have 256 bits of chance, so a plain SHA-256 cannot be guessed back.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

BYTES = 32
TOKEN_PREFIX = "scoreline_"  # noqa: S105 - how a token begins, so that scanners of leaked secrets know it
FORM = b"form token"


def new_secret() -> str:
    """A secret that fits into a cookie or an address: 43 characters."""
    return secrets.token_urlsafe(BYTES)


def secret_hash(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def form_token(secret: str) -> str:
    """What the forms of a session carry: who can read our pages knows it, another site does not."""
    return hmac.digest(secret.encode(), FORM, "sha256").hex()


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell how much of them is."""
    return hmac.compare_digest(one.encode(), other.encode())
