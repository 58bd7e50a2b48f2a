"""What accounts obey: roles and what they may do, names, passwords, pauses after wrong ones, how long things hold.

Owns: these rules as pure functions. Must not know: the database, the clock, how a password is hashed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final
from urllib.parse import urlsplit

from kernel.errors import Invalid, NotAllowed
from kernel.scope import ROLES, Scope
from vendors.aliases import match_key

STAFF: Final = ROLES - {"vendor"}
MAY: Final[Mapping[str, frozenset[str]]] = {
    "read": ROLES,
    "note": ROLES - {"auditor"},
    "upload": frozenset({"administrator", "partnership", "finance"}),
    "accept": frozenset({"administrator", "partnership", "finance"}),
    "undo": frozenset({"administrator", "partnership", "finance"}),
    "decide": frozenset({"administrator", "finance"}),
    "approve": frozenset({"administrator", "approver"}),
    "close": frozenset({"administrator", "partnership", "finance"}),
    "lock": frozenset({"administrator", "finance"}),
    "set_up": frozenset({"administrator", "partnership"}),
    "accounts": frozenset({"administrator"}),
    "log": frozenset({"administrator", "auditor"}),
}
"""What is done -> the roles that may do it: the one table. That submitter and approver differ is held besides it."""
DOING: Final[Mapping[str, str]] = {
    "read": "look at this",
    "note": "leave notes",
    "upload": "upload files",
    "accept": "accept uploads",
    "undo": "take uploads back",
    "decide": "dispute invoices or note credits",
    "approve": "approve invoices",
    "close": "compute months",
    "lock": "lock months",
    "set_up": "change vendors, sites, queues or contracts",
    "accounts": "look after accounts",
    "log": "read the audit log",
}
"""The same in words, for the sentence of a refusal."""

LONGEST_NAME: Final = 64
SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 256
FEWEST_SIGNS: Final = 5
"""Different characters that a password must have: fewer is a key held down, or two in turn."""
BESIDES_THE_NAME: Final = 8
"""Characters that must be left of a password when the account's name is taken out of it."""
COMMONEST: Final = frozenset(
    """
    123456789abc 123456789qwerty 1234567890qw 1234qwerasdf 12345qwert12345 123qweasdzxc 1q2w3e4r5t6y 1q2w3e4r5t6y7u
    1qaz2wsx3edc 1qazxsw23edc
    a1b2c3d4e5f6 abcd12345678 abc123456789 access1234567 administrator administrator1 admin1234567 adminadminadmin baseball12345
    changeme1234 changemenow1 chocolate123 computer1234 correcthorsebatterystaple dragon123456 football12345 iloveyou1234
    iloveyouforever internet1234 jonathan1234 letmein12345 letmeinletmein liverpool1234 manchester123 michelle1234 monkey123456
    motdepasse123 mypassword123 newpassword1 p@ssw0rd1234 p@ssword1234 passw0rd1234 password0123 password1234 password12345 password123456
    password123! password2025 password2026 passwordpassword passwort1234 princess1234 q1w2e3r4t5y6 qazwsxedcrfv qwer12345678
    qwerasdfzxcv qwerty123456 qwerty1234567 qwertyqwerty qwertyuiop12 qwertyuiop123 qwertyuiopasdf qwertyuiop[] qwertzuiop123
    scoreline123 scoreline1234 scorelinescoreline secret123456 starwars1234 summer202612 sunshine1234 superman1234 thequickbrownfox
    trustno12345 trustandsafety unitedstates welcome12345 welcome123456 welcomewelcome whatever1234 zaq12wsxcde3 zxcvbnm12345
    """.split()
)
"""Of the passwords found most often in leaked lists, those that are long enough to be let in; folded."""

FREE_TRIES: Final[Mapping[str, int]] = {"account": 5, "address": 20}
"""Wrong passwords before the first pause; many people may share one address."""
FIRST_PAUSE: Final = timedelta(seconds=15)
LONGEST_PAUSE: Final = timedelta(minutes=15)
"""Long enough to make guessing hopeless (96 a day), short enough not to lock a person out by somebody else's guesses."""
FORGOTTEN_AFTER: Final = timedelta(hours=24)

SECOND: Final = timedelta(seconds=1)
IDLE: Final = timedelta(hours=12)
ABSOLUTE: Final = timedelta(days=7)
SEEN_STEP: Final = timedelta(minutes=5)
"""A session's last sign of life is noted at most so often: reading pages must not mean writing rows."""
LINK_HOLDS: Final = timedelta(hours=24)


def may(roles: Collection[str], act: str) -> bool:
    """Whether one of the roles allows an act of MAY; an act that is not in it is a bug (KeyError).

    >>> may({"finance"}, "decide"), may({"finance"}, "approve"), may((), "read")
    (True, False, False)
    """
    return not MAY[act].isdisjoint(roles)


def require(scope: Scope, act: str) -> None:
    """Refuse an act that none of the actor's roles allows: NotAllowed, naming the roles that may."""
    if not may(scope.roles, act):
        able = sorted(MAY[act])
        raise NotAllowed("NOT_ALLOWED", f"your account may not {DOING[act]}; who may: {', '.join(able)}")


def checked_roles(roles: Collection[str], vendors: Collection[str]) -> tuple[str, ...]:
    """The roles in order, each once; raises Invalid when they cannot stand together.

    A vendor's account is nothing else, and names at least one vendor; all others see every vendor.
    """
    unknown = sorted(set(roles) - ROLES)
    if unknown or not roles:
        named = f"{unknown[0]!r} is no role" if unknown else "a role is needed"
        raise Invalid("ROLE", f"{named}; the roles: {', '.join(sorted(ROLES))}")
    chosen = tuple(sorted(set(roles)))
    if "vendor" in chosen:
        if len(chosen) > 1:
            raise Invalid("ROLE", "an account of a vendor can have no other role: it would see other vendors")
        if not vendors:
            raise Invalid("ROLE_VENDOR", "an account of a vendor needs the vendor's code: it sees nothing else")
    elif vendors:
        raise Invalid("ROLE_VENDOR", f"only the role vendor is bound to vendors; {', '.join(chosen)} sees all of them")
    return chosen


def checked_name(text: str) -> str:
    """An account's name as it is kept: NFC, spaces collapsed; raises Invalid for one that cannot be.

    The colon is ours: it parts `local:` and `token:` from people in the audit log.

    >>> checked_name("  Ana  Silva ")
    'Ana Silva'
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid("ACCOUNT_NAME", f"a name has 1 to {LONGEST_NAME} characters")
    if ":" in name or any(unicodedata.category(sign).startswith("C") for sign in name):
        raise Invalid("ACCOUNT_NAME", "a name has neither colons nor invisible characters")
    return name


def name_key(name: str) -> str:
    """What two spellings of one name have in common: `Ana`, `ANA` and ` ana ` are one account."""
    return match_key(name)


def plain_password(text: str) -> str:
    """A password as it is hashed: the same whichever keyboard or device composed its characters (NFKC)."""
    return unicodedata.normalize("NFKC", text)


def check_password(text: str, name: str) -> None:
    """Refuse a new password that can be guessed: Invalid with one sentence.

    Length counts, composition does not. Source: NIST SP 800-63B section 5.1.1.2.
    """
    password, key = plain_password(text), match_key(text)
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid("PASSWORD_SHORT", f"a password has at least {SHORTEST_PASSWORD} characters; several words make a good one")
    if len(password) > LONGEST_PASSWORD:
        raise Invalid("PASSWORD_LONG", f"a password has at most {LONGEST_PASSWORD} characters")
    if len(key.replace(name_key(name), "")) < BESIDES_THE_NAME:
        raise Invalid("PASSWORD_NAME", "the password is little more than the name; take another one")
    if key in COMMONEST or len(set(key)) < FEWEST_SIGNS or _in_a_row(key):
        raise Invalid("PASSWORD_COMMON", "this password is among the first that anybody tries; take another one")


def _in_a_row(text: str) -> bool:
    """Whether it only counts up or down: 123456789012, abcdefghijkl."""
    steps = {(ord(after) - ord(before)) % 10 if before.isdigit() else ord(after) - ord(before) for before, after in pairwise(text)}
    return len(steps) == 1


def pause_after(failures: int, free: int) -> timedelta:
    """How long to wait after so many failures in a row: none at first, then doubling up to LONGEST_PAUSE.

    >>> [pause_after(n, 5).seconds for n in (4, 5, 6, 7, 60)]
    [0, 15, 30, 60, 900]
    """
    if failures < free:
        return timedelta(0)
    doublings = min(failures - free, 10)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def failures_now(failures: int, last_at: datetime, at: datetime) -> int:
    """Failures that still count: after a quiet day they are forgotten."""
    return 0 if at - last_at >= FORGOTTEN_AFTER else failures


def session_holds(created_at: datetime, seen_at: datetime, at: datetime) -> bool:
    """Whether a session is still good: not idle for too long, and not too old."""
    return at - created_at < ABSOLUTE and at - seen_at < IDLE


def link_holds(created_at: datetime, at: datetime) -> bool:
    """Whether a one-time link is still good."""
    return at - created_at < LINK_HOLDS


def local_path(text: str) -> str:
    r"""Where a form leads on to, as it says itself: a path of this site, `/` for anything that could lead elsewhere.

    >>> local_path("/invoices?period=2026-10"), local_path("//evil.test"), local_path("https://evil.test/")
    ('/invoices?period=2026-10', '/', '/')
    """
    odd = "\\" in text or any(unicodedata.category(sign).startswith(("C", "Z")) for sign in text)
    if odd or not text.startswith("/") or text.startswith("//"):
        return "/"
    parts = urlsplit(text)
    return "/" if parts.scheme or parts.netloc else text
