"""Hashing passwords."""

from __future__ import annotations

import time

from web.accounts.passwords import HASHER, Hasher


def test_new_hashes_have_the_recommended_parameters() -> None:
    assert HASHER.hashed("correct horse battery").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_password_fits_its_own_hash_and_no_other() -> None:
    quick = Hasher(memory_kib=8, passes=1)
    known = quick.hashed("pa\u0308sswo\u0308rter sind lang")
    assert quick.fits(known, "pässwörter sind lang")
    assert not quick.fits(known, "passworter sind lang")
    assert not quick.fits("", "pässwörter sind lang")
    assert not quick.fits("no hash", "pässwörter sind lang")


def test_an_unknown_name_takes_as_long_as_a_known_one() -> None:
    known = HASHER.hashed("correct horse battery")

    def shortest(against: str) -> float:
        taken = []
        for _ in range(5):
            began = time.perf_counter()
            HASHER.fits(against, "something else entirely")
            taken.append(time.perf_counter() - began)
        return min(taken)

    assert shortest("") > shortest(known) / 2
