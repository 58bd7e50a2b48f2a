"""Accounts and tokens: every change, its refusals, its trail in the audit log."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import Session

from kernel.db import reading, unit_of_work
from kernel.errors import Invalid, NotAllowed, NotFound
from kernel.scope import Scope
from tests.web.accounts.people import AT, BOSS, Door
from web.accounts import entry, service, store
from web.accounts.keys import secret_hash

FINANCE = Scope("ben", frozenset({"finance"}))


def _do(door: Door, work: Callable[[Session], object]) -> object:
    return unit_of_work(door.engine, work)


@pytest.mark.parametrize(
    "work",
    [
        lambda s: service.list_accounts(s, FINANCE),
        lambda s: service.show_account(s, FINANCE, 1),
        lambda s: service.add_account(s, FINANCE, "eve", ["administrator"], [], AT),
        lambda s: service.set_roles(s, FINANCE, "ana", ["auditor"], [], AT),
        lambda s: service.new_password_link(s, FINANCE, "ana", AT),
        lambda s: service.disable_account(s, FINANCE, "ana", AT),
        lambda s: service.add_token(s, FINANCE, "eve", ["administrator"], [], AT),
        lambda s: service.list_tokens(s, FINANCE),
        lambda s: service.revoke_token(s, FINANCE, "loader", AT),
    ],
)
def test_only_an_administrator_looks_after_accounts(door: Door, work: Callable[[Session], object]) -> None:
    door.person("ana", "administrator")
    with pytest.raises(NotAllowed, match="look after accounts"):
        _do(door, work)


def test_two_spellings_of_a_name_are_one_account(door: Door) -> None:
    door.invite("Ana Silva", "finance")
    with pytest.raises(Invalid) as refused:
        door.invite("ANA  silva", "auditor")
    assert refused.value.code == "ACCOUNT_TAKEN"


def test_nothing_that_was_given_out_is_kept(door: Door) -> None:
    link = door.invite("ana", "finance")
    _, token = unit_of_work(door.engine, lambda s: service.add_token(s, BOSS, "loader", ["finance"], [], AT))
    cookie = door.person("ben", "finance")
    raw = door.engine.raw_connection()
    cursor = raw.cursor()
    kept = ""
    for table in ("account", "account_session", "one_time_link", "api_token", "audit_entry"):
        cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - names from the line above
        kept += repr(cursor.fetchall())
    raw.close()
    assert [secret in kept for secret in (link, token, cookie)] == [False, False, False]
    assert secret_hash(link) in kept


def test_the_last_administrator_stays_one(door: Door) -> None:
    door.person("ana", "administrator")
    for work in (
        lambda s: service.disable_account(s, BOSS, "ana", AT),
        lambda s: service.set_roles(s, BOSS, "ana", ["finance"], [], AT),
    ):
        with pytest.raises(Invalid) as refused:
            _do(door, work)
        assert refused.value.code == "LAST_ADMINISTRATOR"
    door.invite("ben", "administrator")
    with pytest.raises(Invalid):  # who has no password yet cannot mend anything
        _do(door, lambda s: service.disable_account(s, BOSS, "ana", AT))
    door.person("cleo", "administrator")
    assert unit_of_work(door.engine, lambda s: service.disable_account(s, BOSS, "ana", AT))["state"] == "disabled"


def test_the_first_link_is_only_for_a_house_without_accounts_and_the_newest_holds(door: Door) -> None:
    old = unit_of_work(door.engine, lambda s: service.first_link(s, AT)) or ""
    new = unit_of_work(door.engine, lambda s: service.first_link(s, AT)) or ""
    with reading(door.engine) as session:
        with pytest.raises(Invalid, match="ask for a new one"):
            entry.link_name(session, old, AT)
        assert entry.link_name(session, new, AT) == ""
    door.person("ana", "auditor")
    assert unit_of_work(door.engine, lambda s: service.first_link(s, AT)) is None
    with reading(door.engine) as session, pytest.raises(Invalid):
        entry.link_name(session, new, AT)


def test_a_new_link_voids_the_one_before_and_the_password(door: Door) -> None:
    door.person("ana", "finance")
    _, first = unit_of_work(door.engine, lambda s: service.new_password_link(s, BOSS, "ana", AT))
    row, second = unit_of_work(door.engine, lambda s: service.new_password_link(s, BOSS, "ana", AT))
    assert row["state"] == "invited"
    with reading(door.engine) as session:
        with pytest.raises(Invalid):
            entry.link_name(session, first, AT)
        assert entry.link_name(session, second, AT) == "ana"


def test_a_token_that_was_revoked_keeps_its_name(door: Door) -> None:
    unit_of_work(door.engine, lambda s: service.add_token(s, BOSS, "loader", ["finance"], [], AT))
    for _ in range(2):
        assert unit_of_work(door.engine, lambda s: service.revoke_token(s, BOSS, "LOADER", AT))["state"] == "revoked"
    with pytest.raises(Invalid):
        _do(door, lambda s: service.add_token(s, BOSS, "Loader", ["finance"], [], AT))
    with pytest.raises(NotFound):
        _do(door, lambda s: service.revoke_token(s, BOSS, "other", AT))


def test_every_change_stands_in_the_audit_log(door: Door, actions: Callable[[], list[tuple[str, str, str]]]) -> None:
    door.person("ana", "administrator")
    door.person("ben", "finance")
    _do(door, lambda s: service.set_roles(s, BOSS, "ben", ["vendor"], ["NOVA"], AT))
    _do(door, lambda s: service.new_password_link(s, BOSS, "ben", AT))
    _do(door, lambda s: service.disable_account(s, BOSS, "ben", AT))
    _do(door, lambda s: service.add_token(s, BOSS, "loader", ["finance"], [], AT))
    _do(door, lambda s: service.revoke_token(s, BOSS, "loader", AT))
    assert actions()[2:] == [
        ("local:root", "account.add", "account:ben"),
        ("ben", "account.password", "account:ben"),
        ("local:root", "account.roles", "account:ben"),
        ("local:root", "account.password_link", "account:ben"),
        ("local:root", "account.disable", "account:ben"),
        ("local:root", "token.add", "token:loader"),
        ("local:root", "token.revoke", "token:loader"),
    ]


def test_an_account_that_is_not_there_is_not_found(door: Door) -> None:
    for work in (
        lambda s: service.show_account(s, BOSS, 7),
        lambda s: service.set_roles(s, BOSS, "nobody", ["finance"], [], AT),
        lambda s: service.disable_account(s, BOSS, "nobody", AT),
    ):
        with pytest.raises(NotFound):
            _do(door, work)


def test_an_account_says_when_it_was_last_seen(door: Door) -> None:
    door.person("ana", "finance")
    with reading(door.engine) as session:
        (row,) = service.list_accounts(session, BOSS)
        assert service.show_account(session, BOSS, store.accounts(session)[0].id or 0) == row
    assert (row["state"], row["seen_at"]) == ("active", AT.isoformat())
