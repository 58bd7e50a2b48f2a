"""Coming in and going out: sessions, pauses after wrong passwords, links, tokens."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from kernel.db import reading, unit_of_work
from kernel.errors import Invalid, NotAllowed, NotSignedIn, TooMany
from tests.web.accounts.people import BOSS, GOOD, OTHER, QUICK, Door
from web.accounts import entry, rules, service
from web.accounts.passwords import Hasher


def test_a_person_signs_in_and_is_who_their_account_says(door: Door) -> None:
    door.person("Ana", "finance", "approver")
    visitor = door.visitor(door.sign_in(" ANA "))
    assert visitor is not None
    assert (visitor.scope.actor, visitor.scope.roles, visitor.scope.vendors) == ("Ana", {"finance", "approver"}, None)
    assert len(visitor.form_token) == 64


def test_a_vendors_account_sees_its_vendors_only(door: Door) -> None:
    visitor = door.visitor(door.person("nova", "vendor", vendors=("NOVA",)))
    assert visitor is not None
    assert (visitor.scope.sees("NOVA"), visitor.scope.sees("ORCA")) == (True, False)


def test_wrong_name_and_wrong_password_are_told_alike(door: Door, actions: Callable[[], list[tuple[str, str, str]]]) -> None:
    door.person("ana", "finance")
    told = []
    for name, password in (("ana", OTHER), ("nobody", GOOD), ("ana", ""), ("ana", "x" * 5000)):
        with pytest.raises(NotSignedIn) as refused:
            door.sign_in(name, password)
        told.append(refused.value.message)
    assert len(set(told)) == 1
    failed = [(actor, subject) for actor, action, subject in actions() if action == "account.sign_in_failed"]
    assert failed == [("site:sign-in", f"account:{name}") for name in ("ana", "", "ana", "ana")]


def test_brute_force_meets_growing_pauses_and_the_right_password_waits_too(door: Door) -> None:
    door.person("ana", "finance")
    for _ in range(rules.FREE_TRIES["account"]):
        with pytest.raises(NotSignedIn):
            door.sign_in("ana", OTHER)
    with pytest.raises(TooMany, match="try again in 15 seconds") as refused:
        door.sign_in("ana", GOOD, address="198.51.100.9")
    assert refused.value.seconds == 15
    door.later(seconds=15)
    with pytest.raises(NotSignedIn):
        door.sign_in("ana", OTHER)
    with pytest.raises(TooMany, match="30 seconds"):
        door.sign_in("ana")
    door.later(seconds=30)
    assert door.sign_in("ana")
    with pytest.raises(NotSignedIn):  # a right password clears the count
        door.sign_in("ana", OTHER)


def test_a_day_of_guessing_is_at_most_a_hundred_guesses(door: Door) -> None:
    guesses = 0
    end = door.at + timedelta(hours=24)
    while door.at < end:
        try:
            door.sign_in("nobody", OTHER, address=f"192.0.2.{guesses}")
        except TooMany as refused:
            door.later(seconds=refused.seconds)
        except NotSignedIn:
            guesses += 1
    assert guesses <= 110


def _guesses_until_paused(door: Door, before: Callable[[], object] = str) -> int:
    """How many names can be tried with one password from one address."""
    for number in range(100):
        before()
        try:
            door.sign_in(f"victim {number}", OTHER)
        except TooMany:
            return number
        except NotSignedIn:
            continue
    raise AssertionError


def test_spraying_many_names_from_one_address_meets_pauses(door: Door) -> None:
    assert _guesses_until_paused(door) == rules.FREE_TRIES["address"]
    with pytest.raises(NotSignedIn):
        door.sign_in("victim 1", OTHER, address="192.0.2.2")


def test_a_right_password_gives_an_address_no_new_guesses(door: Door) -> None:
    door.person("eve", "finance")
    with pytest.raises(TooMany):
        _guesses_until_paused(door, lambda: door.sign_in("eve"))
    door.later(seconds=15)
    assert door.sign_in("eve")


def test_many_guesses_at_once_get_no_more_tries_than_one_after_the_other(door: Door) -> None:
    door.person("ana", "finance")

    def guess(number: int) -> type[Exception]:
        try:
            door.sign_in("ana", f"{OTHER} {number}", address=f"192.0.2.{number}")
        except (NotSignedIn, TooMany) as refused:
            return type(refused)
        raise AssertionError

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(guess, range(16)))
    assert outcomes.count(NotSignedIn) <= rules.FREE_TRIES["account"]


def test_those_who_hash_at_once_are_few_and_the_rest_is_sent_away() -> None:
    hasher = Hasher(memory_kib=8, passes=1, seats=1)
    with hasher.seat():
        with pytest.raises(TooMany) as refused, hasher.seat():
            pass
        assert refused.value.seconds == 1
    with hasher.seat():
        pass


def test_each_sign_in_has_a_session_of_its_own_and_the_browsers_old_one_ends(door: Door) -> None:
    planted = door.person("eve", "finance")
    door.person("ana", "finance")
    secret = door.sign_in("ana", old=planted)
    assert secret != planted
    assert door.visitor(planted) is None
    assert door.visitor("planted") is None


def test_what_signed_out_opens_nothing_any_more(door: Door) -> None:
    secret = door.person("ana", "finance")
    visitor = door.visitor(secret)
    assert visitor is not None
    unit_of_work(door.engine, lambda s: entry.sign_out(s, visitor, door.at))
    assert door.visitor(secret) is None


def test_a_session_ends_when_idle_and_lives_on_when_used(door: Door) -> None:
    secret = door.person("ana", "finance")
    for _ in range(13):
        door.later(hours=11)
        assert door.visitor(secret) is not None
    idle = door.sign_in("ana")
    door.later(hours=12)
    assert door.visitor(idle) is None


def test_a_session_ends_after_a_week_however_busy(door: Door) -> None:
    secret = door.person("ana", "finance")
    for _ in range(27):
        door.later(hours=6)
        assert door.visitor(secret) is not None
    door.later(hours=6)
    assert door.visitor(secret) is None


def test_reading_pages_writes_nothing_for_five_minutes(door: Door) -> None:
    secret = door.person("ana", "finance")

    def seen() -> str:
        with reading(door.engine) as session:
            return str(session.connection().execute(text("SELECT seen_at FROM account_session")).scalar())

    before = seen()
    door.later(minutes=4)
    door.visitor(secret)
    assert seen() == before
    door.later(minutes=1)
    door.visitor(secret)
    assert seen() > before


def test_a_role_that_was_taken_away_is_gone_at_the_next_request(door: Door) -> None:
    secret = door.person("ben", "finance")
    unit_of_work(door.engine, lambda s: service.set_roles(s, BOSS, "ben", ["auditor"], [], door.at))
    assert door.visitor(secret) is None
    visitor = door.visitor(door.sign_in("ben"))
    assert visitor is not None
    assert visitor.scope.roles == {"auditor"}


@pytest.mark.parametrize("act", [service.disable_account, service.new_password_link])
def test_disabling_and_a_new_link_end_sessions_and_the_password(door: Door, act: Callable[..., object]) -> None:
    secret = door.person("ben", "finance")
    unit_of_work(door.engine, lambda s: act(s, BOSS, "ben", door.at))
    assert door.visitor(secret) is None
    with pytest.raises(NotSignedIn):
        door.sign_in("ben")


def test_a_link_works_once_and_for_a_day(door: Door) -> None:
    link = door.invite("ana", "finance")
    entry.use_link(door.engine, link, "somebody else", GOOD, device="", at=door.at, hasher=QUICK)
    with pytest.raises(Invalid) as refused:
        entry.use_link(door.engine, link, "", OTHER, device="", at=door.at, hasher=QUICK)
    assert refused.value.code == "LINK_GONE"
    assert door.sign_in("ana")
    late = door.invite("ben", "finance")
    door.later(hours=24)
    with pytest.raises(Invalid):
        entry.use_link(door.engine, late, "", GOOD, device="", at=door.at, hasher=QUICK)


def test_a_refused_password_does_not_use_the_link_up(door: Door) -> None:
    link = door.invite("ana", "finance")
    with pytest.raises(Invalid):
        entry.use_link(door.engine, link, "", "short", device="", at=door.at, hasher=QUICK)
    assert entry.use_link(door.engine, link, "", GOOD, device="", at=door.at, hasher=QUICK)


def test_one_link_used_twice_at_once_makes_one_session(door: Door) -> None:
    link = unit_of_work(door.engine, lambda s: service.first_link(s, door.at)) or ""

    def use(name: str) -> bool:
        try:
            return bool(entry.use_link(door.engine, link, name, GOOD, device="", at=door.at, hasher=QUICK))
        except Invalid:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(use, ["ana", "ben", "cleo", "dan"])) == 1


def test_the_first_link_makes_an_administrator(door: Door, actions: Callable[[], list[tuple[str, str, str]]]) -> None:
    link = unit_of_work(door.engine, lambda s: service.first_link(s, door.at)) or ""
    visitor = door.visitor(entry.use_link(door.engine, link, "Ana", GOOD, device="", at=door.at, hasher=QUICK))
    assert visitor is not None
    assert (visitor.scope.actor, visitor.scope.roles) == ("Ana", {"administrator"})
    assert actions() == [("site:sign-in", "account.add", "account:Ana"), ("Ana", "account.password", "account:Ana")]


def test_changing_the_password_ends_every_other_session(door: Door) -> None:
    elsewhere, here = door.person("ana", "finance"), door.sign_in("ana")
    visitor = door.visitor(here)
    assert visitor is not None
    fresh = entry.change_password(door.engine, visitor, GOOD, OTHER, address="", device="", at=door.at, hasher=QUICK)
    assert [door.visitor(secret) is None for secret in (elsewhere, here, fresh)] == [True, True, False]
    assert door.sign_in("ana", OTHER)


def test_changing_the_password_needs_the_present_one_and_guesses_count(door: Door) -> None:
    visitor = door.visitor(door.person("ana", "finance"))
    assert visitor is not None
    for _ in range(rules.FREE_TRIES["account"]):
        with pytest.raises(Invalid, match="not your present password"):
            entry.change_password(door.engine, visitor, OTHER, "another long one", address="", device="", at=door.at, hasher=QUICK)
    with pytest.raises(TooMany):
        entry.change_password(door.engine, visitor, GOOD, "another long one", address="", device="", at=door.at, hasher=QUICK)


def test_a_hash_of_old_parameters_is_renewed_when_its_person_signs_in(door: Door) -> None:
    door.person("ana", "finance")
    stronger = Hasher(memory_kib=16, passes=1)

    def kept() -> str:
        with reading(door.engine) as session:
            return str(session.connection().execute(text("SELECT password_hash FROM account")).scalar())

    assert "m=8,t=1,p=1" in kept()
    entry.sign_in(door.engine, "ana", GOOD, address="", device="", at=door.at, hasher=stronger)
    assert "m=16,t=1,p=1" in kept()
    assert entry.sign_in(door.engine, "ana", GOOD, address="", device="", at=door.at, hasher=stronger)


def test_people_see_and_end_their_own_sessions_and_no_others(door: Door) -> None:
    ben = door.visitor(door.person("ben", "finance"))
    door.person("ana", "finance")
    visitor = door.visitor(door.sign_in("ana"))
    assert visitor is not None
    assert ben is not None
    with reading(door.engine) as session:
        own = entry.own_sessions(session, visitor, door.at)
    assert [(row["device"], row["current"]) for row in own] == [("Firefox", True), ("", False)]
    with pytest.raises(NotAllowed):
        unit_of_work(door.engine, lambda s: entry.end_own_session(s, visitor, ben.session or 0, door.at))
    unit_of_work(door.engine, lambda s: entry.end_own_session(s, visitor, int(str(own[1]["session"])), door.at))
    with reading(door.engine) as session:
        assert len(entry.own_sessions(session, visitor, door.at)) == 1
        assert entry.own_sessions(session, replace(visitor, account=None), door.at) == []


def test_an_account_has_at_most_so_many_sessions(door: Door) -> None:
    first = door.person("ana", "finance")
    for _ in range(entry.MOST_SESSIONS):
        newest = door.sign_in("ana")
    assert (door.visitor(first), door.visitor(newest) is not None) == (None, True)


def test_a_token_comes_in_until_it_is_revoked(door: Door) -> None:
    _, secret = unit_of_work(door.engine, lambda s: service.add_token(s, BOSS, "loader", ["vendor"], ["NOVA"], door.at))
    visitor = entry.visitor_of_token(door.engine, secret, door.at)
    assert (visitor.scope.actor, visitor.scope.vendors, visitor.form_token) == ("token:loader", {"NOVA"}, "")
    with reading(door.engine) as session:
        assert service.list_tokens(session, BOSS)[0]["used_at"] == door.at.isoformat()
    unit_of_work(door.engine, lambda s: service.revoke_token(s, BOSS, "loader", door.at))
    for shown in (secret, "", "scoreline_guess"):
        with pytest.raises(NotSignedIn):
            entry.visitor_of_token(door.engine, shown, door.at)


def test_the_demos_account_is_made_once_and_mended(door: Door) -> None:
    for _ in range(2):
        entry.keep_account(door.engine, "demo", GOOD, door.at, QUICK)
    secret = door.sign_in("demo")
    entry.keep_account(door.engine, "demo", GOOD, door.at, QUICK)
    assert door.visitor(secret) is not None
    entry.keep_account(door.engine, "demo", OTHER, door.at, QUICK)
    assert door.visitor(secret) is None
    assert door.sign_in("demo", OTHER)
