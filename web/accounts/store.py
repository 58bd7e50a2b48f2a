"""Every query about accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from web.accounts.models import Account, AccountSession, ApiToken, OneTimeLink, SignInAttempts


def accounts(session: Session) -> Sequence[Account]:
    """All accounts, in the order of their making."""
    return session.exec(select(Account).order_by(col(Account.id))).all()


def count_accounts(session: Session) -> int:
    """How many accounts there are."""
    return session.exec(select(func.count()).select_from(Account)).one()


def account(session: Session, number: int) -> Account | None:
    """One account by its number."""
    return session.get(Account, number)


def account_named(session: Session, key: str) -> Account | None:
    """The account of a folded name."""
    return session.exec(select(Account).where(col(Account.name_key) == key)).first()


def session_of(session: Session, secret_hash: str) -> tuple[AccountSession, Account] | None:
    """A session and whose it is."""
    found = select(AccountSession, Account).join(Account, col(AccountSession.account) == col(Account.id))
    return session.exec(found.where(col(AccountSession.secret_hash) == secret_hash)).first()


def sessions_of(session: Session, account_id: int) -> Sequence[AccountSession]:
    """An account's sessions, the newest first."""
    mine = select(AccountSession).where(col(AccountSession.account) == account_id)
    return session.exec(mine.order_by(col(AccountSession.id).desc())).all()


def all_sessions(session: Session) -> dict[int, list[AccountSession]]:
    """Every session, by account."""
    found: dict[int, list[AccountSession]] = {}
    for row in session.exec(select(AccountSession)):
        found.setdefault(row.account, []).append(row)
    return found


def last_seen(session: Session) -> dict[int, datetime]:
    """When each account that has sessions was last seen."""
    found = select(AccountSession.account, func.max(AccountSession.seen_at)).group_by(col(AccountSession.account))
    return dict(session.exec(found).all())


def see_session(session: Session, session_id: int, at: datetime) -> None:
    """Note a session's sign of life."""
    session.connection().execute(update(AccountSession).where(col(AccountSession.id) == session_id).values(seen_at=at))


def end_session(session: Session, account_id: int, session_id: int) -> bool:
    """End one session of an account; False when it has no such session."""
    mine = (col(AccountSession.account) == account_id) & (col(AccountSession.id) == session_id)
    return session.connection().execute(delete(AccountSession).where(mine)).rowcount == 1


def end_sessions(session: Session, account_id: int) -> int:
    """End all sessions of an account; returns how many there were."""
    return session.connection().execute(delete(AccountSession).where(col(AccountSession.account) == account_id)).rowcount


def forget_sessions(session: Session, created_before: datetime, seen_before: datetime) -> None:
    """Delete the sessions that are too old or were idle too long."""
    gone = (col(AccountSession.created_at) <= created_before) | (col(AccountSession.seen_at) <= seen_before)
    session.connection().execute(delete(AccountSession).where(gone))


def link(session: Session, secret_hash: str) -> OneTimeLink | None:
    """A one-time link by its hash."""
    return session.exec(select(OneTimeLink).where(col(OneTimeLink.secret_hash) == secret_hash)).first()


def drop_links(session: Session, account_id: int | None) -> None:
    """Delete an account's link (None: the first administrator's)."""
    whose = col(OneTimeLink.account)
    mine = whose.is_(None) if account_id is None else whose == account_id
    session.connection().execute(delete(OneTimeLink).where(mine))


def tokens(session: Session) -> Sequence[ApiToken]:
    """All tokens, in the order of their making."""
    return session.exec(select(ApiToken).order_by(col(ApiToken.id))).all()


def token(session: Session, secret_hash: str) -> ApiToken | None:
    """A token by its hash."""
    return session.exec(select(ApiToken).where(col(ApiToken.secret_hash) == secret_hash)).first()


def token_named(session: Session, key: str) -> ApiToken | None:
    """A token by its folded name."""
    return session.exec(select(ApiToken).where(col(ApiToken.name_key) == key)).first()


def see_token(session: Session, token_id: int, at: datetime) -> None:
    """Note a token's use."""
    session.connection().execute(update(ApiToken).where(col(ApiToken.id) == token_id).values(used_at=at))


def attempts(session: Session, key_hash: str) -> SignInAttempts | None:
    """What is counted under a key."""
    return session.get(SignInAttempts, key_hash)


def forget_attempts(session: Session, before: datetime) -> None:
    """Delete counts whose last failure is that old."""
    session.connection().execute(delete(SignInAttempts).where(col(SignInAttempts.last_at) <= before))
