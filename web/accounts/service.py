"""Accounts and tokens: who has one, with which roles, and the links by which passwords are set.

Owns: every change to them, each with its audit entry. Must not know: how anybody comes in (web.accounts.entry).
Secrets are returned once, by the call that makes them, and cannot be had again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session

from kernel import audit
from kernel.audit import canonical
from kernel.errors import Invalid, NotFound
from kernel.scope import Scope
from vendors import service as vendors
from web.accounts import rules, store
from web.accounts.keys import TOKEN_PREFIX, new_secret, secret_hash
from web.accounts.models import Account, ApiToken, OneTimeLink

LINK_GONE = ("LINK_GONE", "this link was used already, or is older than a day; ask for a new one")
"""What a one-time link that does not hold says, whatever the reason."""
Object = dict[str, object]


def codes_of(text: str) -> list[str]:
    """A stored list of roles or vendor codes."""
    return list(json.loads(text))


def list_accounts(session: Session, scope: Scope) -> list[Object]:
    """All accounts, in the order of their making."""
    rules.require(scope, "accounts")
    seen = store.last_seen(session)
    return [account_object(row, seen.get(row.id or 0)) for row in store.accounts(session)]


def show_account(session: Session, scope: Scope, number: int) -> Object:
    """One account by its number; raises NotFound."""
    rules.require(scope, "accounts")
    row = store.account(session, number)
    if row is None:
        raise NotFound("UNKNOWN_ACCOUNT", "there is no such account")
    return account_object(row, store.last_seen(session).get(number))


def account_object(row: Account, seen_at: datetime | None) -> Object:
    """An account as JSON; seen_at is None when it has no session."""
    state = "disabled" if row.disabled_at is not None else "active" if row.password_hash else "invited"
    return {
        "account": row.id,
        "name": row.name,
        "roles": codes_of(row.roles),
        "vendors": codes_of(row.vendors),
        "state": state,
        "created_at": row.created_at.isoformat(),
        "seen_at": seen_at.isoformat() if seen_at else None,
    }


def count_people(session: Session) -> int:
    """How many accounts there are, also disabled ones."""
    return store.count_accounts(session)


def first_link(session: Session, at: datetime) -> str | None:
    """The secret of a link for the first administrator; None when there is an account. An earlier such link is void."""
    if store.count_accounts(session):
        return None
    return _link(session, None, at)


def add_account(
    session: Session, scope: Scope, name: str, roles: Collection[str], codes: Collection[str], at: datetime
) -> tuple[Object, str]:
    """Add a person: returns the account and the secret of the link by which they set their password.

    Raises Invalid when the name, the roles or a vendor's code cannot be, or the name is taken.
    """
    rules.require(scope, "accounts")
    row = new_account(session, scope.actor, name, roles, codes, at)
    return account_object(row, None), _link(session, row.id, at)


def new_account(session: Session, actor: str, name: str, roles: Collection[str], codes: Collection[str], at: datetime) -> Account:
    """The row of a new account, with its audit entry; Invalid as of add_account."""
    wanted = rules.checked_name(name)
    chosen = rules.checked_roles(roles, codes)
    if store.account_named(session, rules.name_key(wanted)) is not None:
        raise Invalid("ACCOUNT_TAKEN", f"there is an account {wanted!r} already; names differ in more than capitals and spaces")
    known = _known_vendors(session, codes)
    row = Account(name=wanted, name_key=rules.name_key(wanted), roles=canonical(chosen), vendors=canonical(known), created_at=at)
    session.add(row)
    session.flush()
    audit.record(session, at, actor, "account.add", f"account:{wanted}", {"roles": list(chosen), "vendors": known})
    return row


def set_roles(session: Session, scope: Scope, name: str, roles: Collection[str], codes: Collection[str], at: datetime) -> Object:
    """Give an account other roles; its sessions end, so that nothing opened before goes on with the old ones.

    Raises NotFound, or Invalid for roles that cannot be or when the last administrator would lose the role.
    """
    rules.require(scope, "accounts")
    row = _account(session, name)
    chosen = rules.checked_roles(roles, codes)
    known = _known_vendors(session, codes)
    if "administrator" not in chosen:
        _keep_an_administrator(session, row)
    before = {"roles": codes_of(row.roles), "vendors": codes_of(row.vendors)}
    row.roles, row.vendors = canonical(chosen), canonical(known)
    store.end_sessions(session, row.id or 0)
    after: Object = {"roles": list(chosen), "vendors": known, "before": before}
    audit.record(session, at, scope.actor, "account.roles", f"account:{row.name}", after)
    return account_object(row, None)


def new_password_link(session: Session, scope: Scope, name: str, at: datetime) -> tuple[Object, str]:
    """A new one-time link for an account: the password before it holds no more, its sessions end.

    A disabled account comes back when its person uses the link. Raises NotFound.
    """
    rules.require(scope, "accounts")
    row = _account(session, name)
    row.password_hash = ""
    store.end_sessions(session, row.id or 0)
    audit.record(session, at, scope.actor, "account.password_link", f"account:{row.name}", {})
    return account_object(row, None), _link(session, row.id, at)


def disable_account(session: Session, scope: Scope, name: str, at: datetime) -> Object:
    """Let an account sign in no more: its sessions end, its link and password are void.

    Raises NotFound, Invalid for the last administrator.
    """
    rules.require(scope, "accounts")
    row = _account(session, name)
    _keep_an_administrator(session, row)
    row.disabled_at, row.password_hash = row.disabled_at or at, ""
    store.end_sessions(session, row.id or 0)
    store.drop_links(session, row.id)
    audit.record(session, at, scope.actor, "account.disable", f"account:{row.name}", {})
    return account_object(row, None)


def add_token(
    session: Session, scope: Scope, name: str, roles: Collection[str], codes: Collection[str], at: datetime
) -> tuple[Object, str]:
    """Add a token for a program: returns it and its secret, which is shown only now.

    Raises Invalid as of add_account; a revoked token's name stays taken, because the audit log names it.
    """
    rules.require(scope, "accounts")
    wanted = rules.checked_name(name)
    chosen = rules.checked_roles(roles, codes)
    known = _known_vendors(session, codes)
    if store.token_named(session, rules.name_key(wanted)) is not None:
        raise Invalid("TOKEN_TAKEN", f"there is or was a token {wanted!r}; give this one another name")
    secret = TOKEN_PREFIX + new_secret()
    row = ApiToken(
        name=wanted,
        name_key=rules.name_key(wanted),
        secret_hash=secret_hash(secret),
        roles=canonical(chosen),
        vendors=canonical(known),
        created_by=scope.actor,
        created_at=at,
    )
    session.add(row)
    session.flush()
    audit.record(session, at, scope.actor, "token.add", f"token:{wanted}", {"roles": list(chosen), "vendors": known})
    return token_object(row), secret


def list_tokens(session: Session, scope: Scope) -> list[Object]:
    """All tokens, also revoked ones, in the order of their making."""
    rules.require(scope, "accounts")
    return [token_object(row) for row in store.tokens(session)]


def revoke_token(session: Session, scope: Scope, name: str, at: datetime) -> Object:
    """Let a token hold no more; doing it again changes nothing. Raises NotFound."""
    rules.require(scope, "accounts")
    row = store.token_named(session, rules.name_key(name))
    if row is None:
        raise NotFound("UNKNOWN_TOKEN", f"there is no token {name!r}: `token list` shows them")
    if row.revoked_at is None:
        row.revoked_at = at
        audit.record(session, at, scope.actor, "token.revoke", f"token:{row.name}", {})
    return token_object(row)


def token_object(row: ApiToken) -> Object:
    """A token as JSON, without its secret."""
    return {
        "name": row.name,
        "roles": codes_of(row.roles),
        "vendors": codes_of(row.vendors),
        "state": "active" if row.revoked_at is None else "revoked",
        "created_by": row.created_by,
        "created_at": row.created_at.isoformat(),
        "used_at": row.used_at.isoformat() if row.used_at else None,
    }


def _account(session: Session, name: str) -> Account:
    row = store.account_named(session, rules.name_key(name))
    if row is None:
        raise NotFound("UNKNOWN_ACCOUNT", f"there is no account {name!r}: `user list` shows them")
    return row


def _link(session: Session, account_id: int | None, at: datetime) -> str:
    store.drop_links(session, account_id)
    secret = new_secret()
    session.add(OneTimeLink(account=account_id, secret_hash=secret_hash(secret), created_at=at))
    return secret


def _keep_an_administrator(session: Session, row: Account) -> None:
    """Somebody must be left who can mend the rest."""
    others = [one for one in store.accounts(session) if one.id != row.id and one.disabled_at is None and one.password_hash]
    if "administrator" in codes_of(row.roles) and not any("administrator" in codes_of(one.roles) for one in others):
        raise Invalid("LAST_ADMINISTRATOR", f"the only administrator who can sign in is {row.name}; make another one first")


def _known_vendors(session: Session, codes: Collection[str]) -> list[str]:
    everywhere = Scope("", vendors=None)
    known = {str(one["code"]) for one in vendors.list_vendors(session, everywhere)} if codes else set()
    unknown: Sequence[str] = sorted(set(codes) - known)
    if unknown:
        raise Invalid("UNKNOWN_VENDOR", f"there is no vendor {unknown[0]!r}: `vendor list` shows the codes")
    return sorted(set(codes))
