"""Secrets and what is derived from them."""

from __future__ import annotations

from web.accounts.keys import form_token, new_secret, same, secret_hash


def test_secrets_are_long_and_never_alike() -> None:
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert min(map(len, made)) >= 43


def test_what_is_derived_does_not_tell_the_secret() -> None:
    secret = new_secret()
    assert secret not in secret_hash(secret) + form_token(secret)
    assert secret_hash(secret) != form_token(secret)
    assert form_token(secret) != form_token(new_secret())


def test_secrets_are_compared_whole() -> None:
    assert same("abc", "abc")
    assert not same("abc", "abd")
    assert not same("abc", "")
    assert not same("abc", "äbc")
