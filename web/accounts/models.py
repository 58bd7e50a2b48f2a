"""Tables of the accounts. Of every secret only its SHA-256 is kept, of passwords only their Argon2id hash.

Instants here are the machine's, whatever day the data folder's calendar stands on: a session in a demo ends like any.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from kernel.db import UtcInstant


class Account(SQLModel, table=True):
    """One person who may sign in. Accounts are disabled, never deleted: the audit log names them."""

    id: int | None = Field(default=None, primary_key=True)
    name: str
    """As the person wrote it; the actor in the audit log."""
    name_key: str = Field(unique=True)
    """Folded, so that two spellings of one name are one account."""
    roles: str
    """Canonical JSON of the sorted list of kernel.scope.ROLES."""
    vendors: str = "[]"
    """Canonical JSON of the sorted list of vendor codes it sees; [] for staff, who see all."""
    password_hash: str = ""
    """Argon2id with its parameters; '' = none set yet (invited or disabled)."""
    created_at: datetime = Field(sa_column=Column(UtcInstant, nullable=False))
    disabled_at: datetime | None = Field(default=None, sa_column=Column(UtcInstant))
    """Since when it may not sign in; None while it may."""


class AccountSession(SQLModel, table=True):
    """One browser that is signed in; deleting the row ends it at once."""

    __tablename__ = "account_session"
    id: int | None = Field(default=None, primary_key=True)
    account: int = Field(foreign_key="account.id", index=True)
    secret_hash: str = Field(unique=True)
    """SHA-256 of what the cookie holds."""
    device: str = ""
    """What the browser calls itself, shortened, so that a person knows their own sessions."""
    created_at: datetime = Field(sa_column=Column(UtcInstant, nullable=False))
    seen_at: datetime = Field(sa_column=Column(UtcInstant, nullable=False))
    """Last sign of life, to within five minutes."""


class OneTimeLink(SQLModel, table=True):
    """A link by which a person sets a password; deleted when used, or when another one takes its place."""

    __tablename__ = "one_time_link"
    id: int | None = Field(default=None, primary_key=True)
    account: int | None = Field(default=None, foreign_key="account.id", unique=True)
    """Whose; None = the first administrator's, who has no account yet."""
    secret_hash: str = Field(unique=True)
    """SHA-256 of what the link holds."""
    created_at: datetime = Field(sa_column=Column(UtcInstant, nullable=False))


class ApiToken(SQLModel, table=True):
    """What a program shows to come in. Tokens are revoked, never deleted: the audit log names them as `token:NAME`."""

    __tablename__ = "api_token"
    id: int | None = Field(default=None, primary_key=True)
    name: str
    name_key: str = Field(unique=True)
    secret_hash: str = Field(unique=True)
    """SHA-256 of the token."""
    roles: str
    """Canonical JSON, as of an account."""
    vendors: str = "[]"
    """Canonical JSON, as of an account."""
    created_by: str
    created_at: datetime = Field(sa_column=Column(UtcInstant, nullable=False))
    used_at: datetime | None = Field(default=None, sa_column=Column(UtcInstant))
    """Last use, to within five minutes; None = never used."""
    revoked_at: datetime | None = Field(default=None, sa_column=Column(UtcInstant))


class SignInAttempts(SQLModel, table=True):
    """Failed attempts to sign in, counted per account name and per address."""

    __tablename__ = "sign_in_attempts"
    key_hash: str = Field(primary_key=True)
    """SHA-256 of what is counted: a typed name may be a password in the wrong field, so it is not kept."""
    failures: int
    """In a row; an attempt counts as failed until its password was found right."""
    last_at: datetime = Field(sa_column=Column(UtcInstant, nullable=False))
