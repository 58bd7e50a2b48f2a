"""Commands about who may come in: people (user) and programs (token)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from web.cli.command import Answer, Run, command
from web.cli.screen import Screen, text

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The name; capitals make no difference.")]
RoleOption = Annotated[
    list[str],
    typer.Option(
        "--role", metavar="ROLE", help="administrator, partnership, finance, approver, auditor or vendor; may be given several times."
    ),
]
VendorsOption = Annotated[
    list[str] | None, typer.Option("--vendor", metavar="CODE", help="With the role vendor: which vendor; may be given several times.")
]
USER_COLUMNS = {"name": "Name", "roles": "Roles", "vendors": "Vendors", "state": "State", "seen_at": "Last seen (UTC)"}
TOKEN_COLUMNS = {
    "name": "Name",
    "roles": "Roles",
    "vendors": "Vendors",
    "state": "State",
    "created_by": "Made by",
    "used_at": "Last used (UTC)",
}


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    user = typer.Typer(help="People who may sign in.", rich_markup_mode=None)
    command(user, "add", "user add ana --role partnership")(add_user)
    command(user, "list", "user list")(list_users)
    command(user, "role", "user role ana --role finance --role approver")(set_role)
    command(user, "password", "user password ana")(new_password)
    command(user, "disable", "user disable ana")(disable)
    app.add_typer(user, name="user")
    token = typer.Typer(help="Tokens by which programs come in.", rich_markup_mode=None)
    command(token, "add", "token add loader --role partnership")(add_token)
    command(token, "list", "token list")(list_tokens)
    command(token, "revoke", "token revoke loader")(revoke_token)
    app.add_typer(token, name="token")


def add_user(run: Run, name: NameArgument, *, role: RoleOption, vendor: VendorsOption = None) -> Answer:
    """Add a person; prints the one-time link by which they choose a password."""
    from web.accounts import service

    process, at = run.process, run.process.machine.now()
    return _linked(run, *process.write(lambda s: service.add_account(s, process.scope, name, role, vendor or [], at)))


def list_users(run: Run) -> Answer:
    """Show everybody who has an account."""
    from web.accounts import service

    found = run.process.read(lambda s: service.list_accounts(s, run.process.scope))
    return _many(found, USER_COLUMNS, "Nobody has an account yet; add the first: scoreline user add NAME --role administrator")


def set_role(run: Run, name: NameArgument, *, role: RoleOption, vendor: VendorsOption = None) -> Answer:
    """Give a person other roles; they count at the next click, and the person signs in again."""
    from web.accounts import service

    process, at = run.process, run.process.machine.now()
    return _one(process.write(lambda s: service.set_roles(s, process.scope, name, role, vendor or [], at)), USER_COLUMNS)


def new_password(run: Run, name: NameArgument) -> Answer:
    """Make a new one-time link for a person; the old password holds no more. Brings a disabled account back."""
    from web.accounts import service

    process, at = run.process, run.process.machine.now()
    return _linked(run, *process.write(lambda s: service.new_password_link(s, process.scope, name, at)))


def disable(run: Run, name: NameArgument) -> Answer:
    """Let a person sign in no more, at once."""
    from web.accounts import service

    process, at = run.process, run.process.machine.now()
    return _one(process.write(lambda s: service.disable_account(s, process.scope, name, at)), USER_COLUMNS)


def add_token(run: Run, name: NameArgument, *, role: RoleOption, vendor: VendorsOption = None) -> Answer:
    """Add a token for a program; its secret is shown this once."""
    from web.accounts import service

    process, at = run.process, run.process.machine.now()
    row, secret = process.write(lambda s: service.add_token(s, process.scope, name, role, vendor or [], at))

    def show(screen: Screen) -> None:
        _rows(screen, [row], TOKEN_COLUMNS)
        screen.line(f"Keep it now, it is shown only once. Programs send the header:\nAuthorization: Bearer {secret}")

    return Answer(row | {"token": secret}, show)


def list_tokens(run: Run) -> Answer:
    """Show all tokens, also revoked ones, without their secrets."""
    from web.accounts import service

    found = run.process.read(lambda s: service.list_tokens(s, run.process.scope))
    return _many(found, TOKEN_COLUMNS, "No token yet; add one: scoreline token add NAME --role ROLE")


def revoke_token(run: Run, name: NameArgument) -> Answer:
    """Let a token hold no more, at once."""
    from web.accounts import service

    process, at = run.process, run.process.machine.now()
    return _one(process.write(lambda s: service.revoke_token(s, process.scope, name, at)), TOKEN_COLUMNS)


def _linked(run: Run, row: dict[str, object], secret: str) -> Answer:
    from web.accounts.links import link_url

    link = link_url(run.process.settings, secret)

    def show(screen: Screen) -> None:
        _rows(screen, [row], USER_COLUMNS)
        screen.line(f"A link for {row['name']} to choose a password; it works once, for a day:\n{link}")

    return Answer(row | {"link": link}, show)


def _one(row: dict[str, object], columns: Mapping[str, str]) -> Answer:
    return Answer(row, lambda screen: _rows(screen, [row], columns))


def _many(found: Sequence[dict[str, object]], columns: Mapping[str, str], none: str) -> Answer:
    return Answer(found, lambda screen: _rows(screen, found, columns) if found else screen.line(none))


def _rows(screen: Screen, rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> None:
    screen.table(list(columns.values()), [[_cell(name, row[name]) for name in columns] for row in rows])


def _cell(name: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return text(value)[:16].replace("T", " ") if name.endswith("_at") else text(value)
