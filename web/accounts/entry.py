"""Coming in: by password, by one-time link, by a session or a token; and going out.

Owns: the steps of signing in, with the password hashed between two transactions and never in one; pauses after wrong
passwords. Must not know: cookies and pages.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from kernel import audit
from kernel.db import reading, unit_of_work
from kernel.errors import Conflict, Invalid, NotAllowed, NotSignedIn, TooMany
from kernel.scope import Scope
from web.accounts import rules, store
from web.accounts.keys import form_token, new_secret, secret_hash
from web.accounts.models import Account, AccountSession, SignInAttempts
from web.accounts.passwords import HASHER, Hasher
from web.accounts.service import LINK_GONE, codes_of, new_account

log = logging.getLogger("scoreline")

MOST_SESSIONS = 20
"""Of one account; the oldest ends when one more begins."""
LONGEST_DEVICE = 160
DOOR = "site:sign-in"
"""Who acts in the audit log while nobody is signed in; no account's name has a colon."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: the scope, and for a person the session; account and session None and form_token '' for a program."""

    scope: Scope
    account: int | None = None
    session: int | None = None
    form_token: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """What a password is compared with."""

    account: int | None
    password_hash: str


def sign_in(
    engine: Engine, name: str, password: str, *, address: str, device: str, at: datetime, old: str = "", hasher: Hasher = HASHER
) -> str:
    """Sign a person in: returns the secret of a new session, and ends the one that the browser had (old, '' = none).

    Raises NotSignedIn for a wrong name or password alike, TooMany while either the name or the address must pause.
    """
    key = rules.name_key(name)
    counted = {"account": f"account {key}", "address": f"address {address}"}
    with hasher.seat():
        known = unit_of_work(engine, lambda session: _try(session, key, counted, at))
        right = hasher.fits(known.password_hash, password)
        fresh = hasher.hashed(password) if right and hasher.outdated(known.password_hash) else ""

    def settle(session: Session) -> str | None:
        account = store.account(session, known.account) if known.account is not None else None
        if account is None or not right or account.password_hash != known.password_hash:
            audit.record(session, at, DOOR, "account.sign_in_failed", f"account:{account.name if account else ''}", {})
            return None
        account.password_hash = fresh or account.password_hash
        _forgive(session, counted, at)
        if old:
            _end(session, old)
        return open_session(session, account, device, at, "account.sign_in")

    secret = unit_of_work(engine, settle)
    if secret is None:
        log.warning("failed sign-in from %s", address)
        raise NotSignedIn("SIGN_IN", "this name and password do not go together")
    return secret


def _try(session: Session, key: str, counted: dict[str, str], at: datetime) -> _Known:
    """Count an attempt as failed before its password is looked at: many at once get no more tries than one after the other."""
    rows = {kind: _count_of(session, what, at) for kind, what in counted.items()}
    for kind, row in rows.items():
        wait = row.last_at + rules.pause_after(row.failures, rules.FREE_TRIES[kind]) - at
        seconds = -(-wait // rules.SECOND)
        if seconds > 0:
            raise TooMany("SIGN_IN_PAUSE", f"too many wrong passwords; try again {_in(seconds)}", seconds)
    for row in rows.values():
        row.failures, row.last_at = row.failures + 1, at
        session.add(row)
    account = store.account_named(session, key)
    usable = account is not None and account.disabled_at is None
    return _Known(account.id, account.password_hash) if account is not None and usable else _Known(None, "")


def _count_of(session: Session, what: str, at: datetime) -> SignInAttempts:
    hashed = secret_hash(what)
    row = store.attempts(session, hashed) or SignInAttempts(key_hash=hashed, failures=0, last_at=at)
    row.failures = rules.failures_now(row.failures, row.last_at, at)
    return row


def _in(seconds: int) -> str:
    return f"in {seconds} seconds" if seconds < 2 * 60 else f"in {-(-seconds // 60)} minutes"


def _forgive(session: Session, counted: dict[str, str], at: datetime) -> None:
    """A right password clears its account's count, and takes only itself off the address's."""
    for kind, what in counted.items():
        row = _count_of(session, what, at)
        row.failures = 0 if kind == "account" else max(0, row.failures - 1)
        session.add(row)
    store.forget_attempts(session, at - rules.FORGOTTEN_AFTER)


def open_session(session: Session, account: Account, device: str, at: datetime, action: str) -> str:
    """Begin a session, with its audit entry; returns its secret. action: how the person came in."""
    store.forget_sessions(session, at - rules.ABSOLUTE, at - rules.IDLE)
    number = account.id or 0
    for surplus in store.sessions_of(session, number)[MOST_SESSIONS - 1 :]:
        session.delete(surplus)
    secret = new_secret()
    shown = " ".join("".join(sign for sign in device if sign.isprintable()).split())[:LONGEST_DEVICE]
    session.add(AccountSession(account=number, secret_hash=secret_hash(secret), device=shown, created_at=at, seen_at=at))
    audit.record(session, at, account.name, action, f"account:{account.name}", {})
    return secret


def link_name(session: Session, secret: str, at: datetime) -> str:
    """Whose password a one-time link sets; '' = the first administrator's, who still takes a name.

    Raises Invalid when the link was used, replaced, or is too old.
    """
    link = store.link(session, secret_hash(secret))
    if link is None or not rules.link_holds(link.created_at, at):
        raise Invalid(*LINK_GONE)
    if link.account is None:
        if store.count_accounts(session):
            raise Invalid(*LINK_GONE)
        return ""
    account = store.account(session, link.account)
    return account.name if account is not None else ""


def use_link(
    engine: Engine, secret: str, name: str, password: str, *, device: str, at: datetime, old: str = "", hasher: Hasher = HASHER
) -> str:
    """Set the password of a one-time link's account, sign its person in, and void the link; returns the session's secret.

    name is the first administrator's choice, and not looked at for others. All other sessions of the account end.

    Raises Invalid when the link does not hold any more, or the name or the password cannot be.
    """
    with reading(engine) as session:
        chosen = link_name(session, secret, at) or rules.checked_name(name)
    rules.check_password(password, chosen)
    with hasher.seat():
        hashed = hasher.hashed(password)

    def settle(session: Session) -> str:
        link_name(session, secret, at)
        link = store.link(session, secret_hash(secret))
        if link is None:
            raise Invalid(*LINK_GONE)
        account = store.account(session, link.account) if link.account is not None else None
        if account is None:
            account = new_account(session, DOOR, chosen, ["administrator"], [], at)
        session.delete(link)
        account.password_hash, account.disabled_at = hashed, None
        store.end_sessions(session, account.id or 0)
        if old:
            _end(session, old)
        return open_session(session, account, device, at, "account.password")

    return unit_of_work(engine, settle)


def keep_account(engine: Engine, name: str, password: str, at: datetime, hasher: Hasher = HASHER) -> None:
    """An administrator of this name with this password: made, or mended when it is another one or disabled (the demo's)."""
    with reading(engine) as session:
        known = store.account_named(session, rules.name_key(name))
        before = known.password_hash if known is not None and known.disabled_at is None else ""
    with hasher.seat():
        if hasher.fits(before, password):
            return
        hashed = hasher.hashed(password)

    def settle(session: Session) -> None:
        account = store.account_named(session, rules.name_key(name))
        if account is None:
            account = new_account(session, DOOR, name, ["administrator"], [], at)
        account.password_hash, account.disabled_at = hashed, None
        store.end_sessions(session, account.id or 0)
        audit.record(session, at, DOOR, "account.password", f"account:{account.name}", {})

    unit_of_work(engine, settle)


def change_password(
    engine: Engine, visitor: Visitor, password: str, wanted: str, *, address: str, device: str, at: datetime, hasher: Hasher = HASHER
) -> str:
    """Give the visitor another password; all their sessions end, and the returned secret is of a new one.

    Raises Invalid when the present password is wrong (guesses count as in signing in) or the wanted one cannot be.
    """
    name = visitor.scope.actor
    rules.check_password(wanted, name)
    counted = {"account": f"account {rules.name_key(name)}", "address": f"address {address}"}
    with hasher.seat():
        known = unit_of_work(engine, lambda session: _try(session, rules.name_key(name), counted, at))
        if not hasher.fits(known.password_hash, password):
            raise Invalid("PASSWORD_WRONG", "this is not your present password")
        hashed = hasher.hashed(wanted)

    def settle(session: Session) -> str:
        account = store.account(session, known.account or 0)
        if account is None or account.password_hash != known.password_hash:
            raise Conflict("PASSWORD_CHANGED", "your password was changed meanwhile; sign in again")
        _forgive(session, counted, at)
        account.password_hash = hashed
        store.end_sessions(session, account.id or 0)
        return open_session(session, account, device, at, "account.password")

    return unit_of_work(engine, settle)


def visitor_of_session(engine: Engine, secret: str, at: datetime) -> Visitor | None:
    """Whose session a secret is, as the account stands now; None when there is none, or it is over."""
    with reading(engine) as session:
        found = store.session_of(session, secret_hash(secret))
        if found is None:
            return None
        row, account = found
        if account.disabled_at is not None or not rules.session_holds(row.created_at, row.seen_at, at):
            return None
        scope = scope_of(account.name, account.roles, account.vendors)
        visitor, seen_at = Visitor(scope, account.id, row.id, form_token(secret)), row.seen_at
    number = visitor.session or 0
    if at - seen_at >= rules.SEEN_STEP:
        _note(engine, lambda session: store.see_session(session, number, at))
    return visitor


def visitor_of_token(engine: Engine, secret: str, at: datetime) -> Visitor:
    """Which program shows a token; raises NotSignedIn when it is not one that holds."""
    with reading(engine) as session:
        row = store.token(session, secret_hash(secret))
        if row is None or row.revoked_at is not None:
            raise NotSignedIn("TOKEN", "this token is not known, or was revoked; make another one: scoreline token add NAME --role ROLE")
        visitor, used_at, number = Visitor(scope_of(f"token:{row.name}", row.roles, row.vendors)), row.used_at, row.id or 0
    if used_at is None or at - used_at >= rules.SEEN_STEP:
        _note(engine, lambda session: store.see_token(session, number, at))
    return visitor


def scope_of(actor: str, roles: str, vendors: str) -> Scope:
    """The scope of an account's or token's row."""
    held = frozenset(codes_of(roles))
    return Scope(actor, held, frozenset(codes_of(vendors)) if "vendor" in held else None)


def _note(engine: Engine, work: Callable[[Session], None]) -> None:
    """A sign of life is worth a short write, not a failed page."""
    try:
        unit_of_work(engine, work)
    except (Conflict, DBAPIError) as error:  # busy, or its disk is full: pages go on answering
        log.info("a sign of life was not noted: %s", type(error).__name__)


def sign_out(session: Session, visitor: Visitor, at: datetime) -> None:
    """End the visitor's session."""
    if visitor.account is not None and visitor.session is not None and store.end_session(session, visitor.account, visitor.session):
        audit.record(session, at, visitor.scope.actor, "account.sign_out", f"account:{visitor.scope.actor}", {})


def end_own_session(session: Session, visitor: Visitor, number: int, at: datetime) -> None:
    """End one of the visitor's own sessions; raises NotAllowed when it is not theirs or already over."""
    if visitor.account is None or not store.end_session(session, visitor.account, number):
        raise NotAllowed("SESSION", "this session is over already, or is not yours")
    audit.record(session, at, visitor.scope.actor, "account.session_end", f"account:{visitor.scope.actor}", {})


def own_sessions(session: Session, visitor: Visitor, at: datetime) -> list[dict[str, object]]:
    """The visitor's sessions that still hold, the newest first."""
    if visitor.account is None:
        return []
    return [
        {
            "session": row.id,
            "device": row.device,
            "since": row.created_at.isoformat(),
            "seen_at": row.seen_at.isoformat(),
            "current": row.id == visitor.session,
        }
        for row in store.sessions_of(session, visitor.account)
        if rules.session_holds(row.created_at, row.seen_at, at)
    ]


def _end(session: Session, secret: str) -> None:
    found = store.session_of(session, secret_hash(secret))
    if found is not None:
        session.delete(found[0])
