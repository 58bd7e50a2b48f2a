"""Hashing passwords: Argon2id, few at once, never inside a transaction.

Owns: its parameters and how many may run or wait. Must not know: whose password it is.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kernel.errors import TooMany
from web.accounts.rules import LONGEST_PASSWORD, plain_password

MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
"""19 MiB, two passes, one lane. Source: OWASP Password Storage Cheat Sheet."""
AT_ONCE = 2
"""Hashes that run at the same time: each takes its memory and a core."""
SEATS = 10
"""Those that run and those that wait; whoever comes then is sent away, so that pages keep their threads."""


class Hasher:
    """Hashes and compares passwords; one for the whole process, or its limit is none."""

    def __init__(self, *, memory_kib: int = MEMORY_KIB, passes: int = PASSES, at_once: int = AT_ONCE, seats: int = SEATS) -> None:
        """With the parameters of new hashes."""
        self._argon = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=LANES)
        self._running = threading.BoundedSemaphore(at_once)
        self._seats = threading.BoundedSemaphore(seats)

    @contextmanager
    def seat(self) -> Iterator[None]:
        """A place in the queue of those who hash; raises TooMany when all are taken."""
        if not self._seats.acquire(blocking=False):
            raise TooMany("SIGN_IN_BUSY", "many people are signing in at this moment; try again in a second", 1)
        try:
            yield
        finally:
            self._seats.release()

    def hashed(self, password: str) -> str:
        """The hash of a new password."""
        with self._running:
            return self._argon.hash(plain_password(password))

    def fits(self, known: str, password: str) -> bool:
        """Whether a password is the one of a hash; known '' (no such account, no password yet) takes as long and is False."""
        decoy = self._decoy  # made before it is needed, or the first unknown name would take longer than the others
        with self._running:
            try:
                right = self._argon.verify(known or decoy, plain_password(password[: LONGEST_PASSWORD + 1]))
            except (VerificationError, InvalidHashError):
                return False
        return right and bool(known)

    def outdated(self, known: str) -> bool:
        """Whether a hash was made with other parameters than new ones are."""
        return self._argon.check_needs_rehash(known)

    @cached_property
    def _decoy(self) -> str:
        """What is compared where there is nothing to compare with."""
        return self._argon.hash(secrets.token_urlsafe())


HASHER = Hasher()
"""The one of this process."""
