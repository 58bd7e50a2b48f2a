"""What accounts obey: roles, names, passwords, pauses, how long things hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Invalid, NotAllowed
from kernel.scope import NOBODY, ROLES, Scope, staff
from web.accounts import rules

AT = datetime(2026, 11, 6, 12, tzinfo=UTC)


def test_an_administrator_may_everything_and_nobody_nothing() -> None:
    for act in rules.MAY:
        rules.require(staff("ana"), act)
        with pytest.raises(NotAllowed, match="your account may not"):
            rules.require(NOBODY, act)


def test_the_table_knows_only_roles_of_the_house_and_has_words_for_every_act() -> None:
    assert rules.MAY.keys() == rules.DOING.keys()
    assert all(roles <= ROLES for roles in rules.MAY.values())


@pytest.mark.parametrize(
    ("role", "acts"),
    [
        ("partnership", {"read", "note", "upload", "accept", "undo", "close", "set_up"}),
        ("finance", {"read", "note", "upload", "accept", "undo", "decide", "close", "lock"}),
        ("approver", {"read", "note", "approve"}),
        ("auditor", {"read", "log"}),
        ("vendor", {"read", "note"}),
    ],
)
def test_each_role_may_what_its_job_needs(role: str, acts: set[str]) -> None:
    assert {act for act in rules.MAY if rules.may({role}, act)} == acts


def test_a_refusal_names_the_act_and_who_may_do_it() -> None:
    with pytest.raises(NotAllowed, match="may not approve invoices; who may: administrator, approver") as refused:
        rules.require(Scope("ben", frozenset({"finance"})), "approve")
    assert refused.value.code == "NOT_ALLOWED"


@pytest.mark.parametrize(
    ("roles", "vendors", "code"),
    [
        ([], [], "ROLE"),
        (["king"], [], "ROLE"),
        (["vendor", "finance"], ["NOVA"], "ROLE"),
        (["vendor"], [], "ROLE_VENDOR"),
        (["finance"], ["NOVA"], "ROLE_VENDOR"),
    ],
)
def test_roles_that_cannot_stand_together_are_refused(roles: list[str], vendors: list[str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.checked_roles(roles, vendors)
    assert refused.value.code == code


def test_roles_are_kept_in_order_each_once() -> None:
    assert rules.checked_roles(["finance", "approver", "finance"], []) == ("approver", "finance")
    assert rules.checked_roles(["vendor"], ["NOVA"]) == ("vendor",)


@pytest.mark.parametrize("name", ["", "   ", "x" * 65, "local:ana", "a\u200bna", "a\u202ena"])
def test_a_name_that_is_empty_too_long_or_deceiving_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        rules.checked_name(name)


def test_a_name_may_look_like_code_and_is_kept_as_it_is() -> None:
    assert [rules.checked_name(name) for name in ("{{7*7}}", "<script>alert(1)</script>")] == ["{{7*7}}", "<script>alert(1)</script>"]


def test_spellings_of_one_name_are_one_account() -> None:
    assert rules.name_key("ANA  Silva") == rules.name_key(" ana silva ") == rules.name_key("\uff41na silva")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("elevenchars", "PASSWORD_SHORT"),
        ("x" * 257, "PASSWORD_LONG"),
        ("Ana Silva Lima", "PASSWORD_NAME"),
        ("ana silva lima1", "PASSWORD_NAME"),
        ("Password1234", "PASSWORD_COMMON"),
        ("aaaaaaaaaaaaaa", "PASSWORD_COMMON"),
        ("abababababababab", "PASSWORD_COMMON"),
        ("123456789012345", "PASSWORD_COMMON"),
        ("abcdefghijklmn", "PASSWORD_COMMON"),
        ("zyxwvutsrqponm", "PASSWORD_COMMON"),
    ],
)
def test_a_password_that_can_be_guessed_is_refused(password: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_password(password, "Ana Silva Lima")
    assert refused.value.code == code


@pytest.mark.parametrize("password", ["correct horse battery", "twelve chars", "ünïcødé pässwörds", "1234 then some", "x" * 20 + "four"])
def test_a_long_password_needs_no_mix_of_characters(password: str) -> None:
    rules.check_password(password, "ana")


def test_the_common_passwords_are_long_enough_to_matter_and_folded() -> None:
    assert [word for word in rules.COMMONEST if len(word) < rules.SHORTEST_PASSWORD or word != rules.name_key(word)] == []


def test_a_password_is_the_same_however_its_characters_were_composed() -> None:
    assert rules.plain_password("pa\u0308sswo\u0308rter") == rules.plain_password("pässwörter")


@given(st.integers(0, 1000), st.integers(1, 30))
def test_pauses_only_grow_and_end_at_a_quarter_of_an_hour(failures: int, free: int) -> None:
    now, after = rules.pause_after(failures, free), rules.pause_after(failures + 1, free)
    assert timedelta(0) <= now <= after <= rules.LONGEST_PAUSE
    assert (now == timedelta(0)) is (failures < free)


def test_a_quiet_day_forgets_failures() -> None:
    assert rules.failures_now(9, AT, AT + timedelta(hours=23)) == 9
    assert rules.failures_now(9, AT, AT + timedelta(hours=24)) == 0


def test_a_session_ends_when_idle_and_when_old() -> None:
    assert rules.session_holds(AT, AT, AT + timedelta(hours=11, minutes=59))
    assert not rules.session_holds(AT, AT, AT + timedelta(hours=12))
    week = AT + timedelta(days=7)
    assert not rules.session_holds(AT, week - timedelta(minutes=1), week)


def test_a_link_holds_for_a_day() -> None:
    assert rules.link_holds(AT, AT + timedelta(hours=23, minutes=59))
    assert not rules.link_holds(AT, AT + timedelta(hours=24))


@pytest.mark.parametrize("text", ["/", "/invoices?period=2026-10", "/trace/NOVA/2026-10/in_sla_share", "/a?next=https://elsewhere.test/"])
def test_a_path_of_this_site_is_gone_to(text: str) -> None:
    assert rules.local_path(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "//evil.test",
        "///evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "https://evil.test",
        "javascript:alert(1)",
        "/\t/evil.test",
        " //evil.test",
        "evil",
        "/a\nb",
    ],
)
def test_anything_that_could_lead_elsewhere_leads_home(text: str) -> None:
    assert rules.local_path(text) == "/"
