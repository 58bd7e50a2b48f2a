"""Clients that have signed in, as browsers do: a real account, a real session, our origin and the form token."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient
from sqlmodel import Session

from kernel.audit import canonical, record
from kernel.scope import Scope
from web.accounts import store
from web.accounts.entry import open_session
from web.accounts.keys import form_token
from web.accounts.models import Account
from web.accounts.rules import name_key
from web.app import create_app
from web.process import Process
from web.progress import Progress

ORIGIN = "http://testserver"


def session_secret(process: Process, scope: Scope | None = None) -> str:
    """The secret of a new session of the account with this scope's name, roles and vendors (default: the process's own).

    The account is made when there is none; it has no password, so that no test waits for hashing.
    """
    wanted = scope or process.scope
    roles, vendors = ("vendor",) if wanted.vendors is not None else tuple(sorted(wanted.roles)) or ("administrator",), wanted.vendors or ()

    def work(session: Session) -> str:
        at = process.machine.now()
        account = store.account_named(session, name_key(wanted.actor))
        if account is None:
            account = Account(name=wanted.actor, name_key=name_key(wanted.actor), roles=canonical(roles), vendors="[]", created_at=at)
        account.roles, account.vendors = canonical(roles), canonical(sorted(vendors))
        session.add(account)
        session.flush()
        told: dict[str, object] = {"roles": sorted(roles), "vendors": sorted(vendors)}
        record(session, at, account.name, "account.roles", f"account:{account.name}", told)
        return open_session(session, account, "a test", at, "account.sign_in")

    return process.write(work)


def client_of(process: Process, progress: Progress | None = None, *, scope: Scope | None = None, **more: Any) -> TestClient:
    """A client of the process's site, signed in as its scope (or another one), that sends what our pages send.

    more: for TestClient, e.g. follow_redirects=False. A bug is answered, not raised.
    """
    secret = session_secret(process, scope)
    client = TestClient(create_app(process, progress), base_url=ORIGIN, **{"raise_server_exceptions": False, **more})
    client.headers.update({"origin": ORIGIN, "x-form-token": form_token(secret)})
    hold(client, secret)
    return client


def hold(client: TestClient, secret: str) -> None:
    """Let a client's browser hold this session's secret in place of the one it has."""
    client.cookies.set("scoreline", secret, domain="testserver.local")
