"""Everybody's accounts: `/admin/users`, and one account: `/admin/users/{number}`.

Owns: these pages and their forms. Must not know: what is allowed to whom (web.accounts), how passwords are set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from kernel.errors import Invalid
from kernel.scope import ROLES
from vendors import service as vendors
from web import errors
from web.accounts import service
from web.accounts.links import link_url
from web.accounts.rules import LONGEST_NAME
from web.deps import Asking, Here, Posting
from web.filters import counted, long_day, sentence, words
from web.gate import SEE_OTHER, wants_data
from web.pages.frame import base_page, no_table, render, table_file
from web.process import Process

HERE = "/admin/users"
JOBS = {
    "administrator": "everything, accounts too",
    "partnership": "uploads, months, vendors, contracts",
    "finance": "uploads, months, disputes and credits",
    "approver": "approves invoices that others submitted",
    "auditor": "reads everything, the audit log too",
    "vendor": "reads its own vendors only",
}
"""Role -> what it is for, in few words."""
routes = APIRouter()
Text = Annotated[str, Form()]
Texts = Annotated[list[str] | None, Form()]


@routes.get("/admin/users.json")
def users_json(asking: Asking) -> JSONResponse:
    """All accounts."""
    return JSONResponse(users_page(asking))


@routes.get("/admin/users.csv", response_class=HTMLResponse)
def users_csv(asking: Asking) -> Response:
    """All accounts, a line each."""
    return table_file(csv_rows(users_page(asking)), "accounts")


@routes.get("/admin/users", response_class=HTMLResponse)
def users_html(asking: Asking) -> Response:
    """All accounts, and the form that adds one."""
    return render("users.html", drawn(users_page(asking), base_page(asking, HERE)))


@routes.post("/admin/users")
def add_user(request: Request, posting: Posting, here: Here, name: Text = "", role: Texts = None, vendor: Texts = None) -> Response:
    """Add a person; the answer shows the one-time link, this once."""
    at = posting.machine.now()
    try:
        row, secret = posting.write(lambda s: service.add_account(s, posting.scope, name, role or [], _codes(vendor), at))
    except Invalid as refusal:
        if wants_data(request):
            raise
        page = drawn(users_page(posting), base_page(posting, HERE))
        filled = {"faults": _faults(refusal), "name": name[:LONGEST_NAME], "chosen": role or [], "vendors_chosen": vendor or []}
        return render("users.html", page | filled, errors.status(refusal))
    return _with_link(request, posting, row, link_url(here.process.settings, secret, str(request.base_url)))


@routes.get("/admin/users/{number}.json")
def user_json(asking: Asking, number: int) -> JSONResponse:
    """One account."""
    return JSONResponse(user_page(asking, number))


@routes.get("/admin/users/{number}.csv", include_in_schema=False)
def user_csv(number: int) -> Response:
    """This page has no table."""
    del number
    raise no_table()


@routes.get("/admin/users/{number}", response_class=HTMLResponse)
def user_html(asking: Asking, number: int) -> Response:
    """One account, and what can be done with it."""
    return render("user.html", drawn_user(user_page(asking, number), base_page(asking, HERE)))


@routes.post("/admin/users/{number}/roles")
def set_roles(request: Request, posting: Posting, number: int, role: Texts = None, vendor: Texts = None) -> Response:
    """Other roles; the person signs in again."""
    return _changed(
        request,
        posting,
        number,
        lambda s, name: service.set_roles(s, posting.scope, name, role or [], _codes(vendor), posting.machine.now()),
    )


@routes.post("/admin/users/{number}/link")
def new_link(request: Request, posting: Posting, here: Here, number: int) -> Response:
    """A new one-time link, shown this once; the old password holds no more."""
    at = posting.machine.now()

    def work(session: Any) -> tuple[service.Object, str]:
        name = str(service.show_account(session, posting.scope, number)["name"])
        return service.new_password_link(session, posting.scope, name, at)

    row, secret = posting.write(work)
    return _with_link(request, posting, row, link_url(here.process.settings, secret, str(request.base_url)))


@routes.post("/admin/users/{number}/disable")
def disable(request: Request, posting: Posting, number: int) -> Response:
    """No more signing in, at once."""
    at = posting.machine.now()
    return _changed(request, posting, number, lambda s, name: service.disable_account(s, posting.scope, name, at))


def users_page(asking: Process) -> dict[str, Any]:
    """All accounts and the vendors that there are."""

    def gather(session: Any) -> dict[str, Any]:
        found = service.list_accounts(session, asking.scope)
        return {"users": found, "vendors": _vendors(session, asking)}

    return asking.read(gather)


def user_page(asking: Process, number: int) -> dict[str, Any]:
    """One account and the vendors that there are. Raises NotFound."""

    def gather(session: Any) -> dict[str, Any]:
        return {"user": service.show_account(session, asking.scope, number), "vendors": _vendors(session, asking)}

    return asking.read(gather)


def csv_rows(page: Mapping[str, Any]) -> list[list[object]]:
    """The accounts, their heads first."""
    heads: list[object] = ["account", "name", "roles", "vendors", "state", "created_at", "seen_at"]
    return [heads, *([_plain(row[str(name)]) for name in heads] for row in page["users"])]


def drawn(page: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """The list with its words, ready for the template."""
    users = page["users"]
    active = sum(1 for row in users if row["state"] == "active")
    return {
        **base,
        "title": "People",
        "headline": f"{sentence(counted(active, 'person', 'people'))} can sign in." if active else "Nobody has chosen a password yet.",
        "rows": [_row(row) for row in users],
        "roles": _roles(),
        "vendors": page["vendors"],
        "name": "",
        "chosen": [],
        "vendors_chosen": [],
        "faults": {},
        "longest_name": LONGEST_NAME,
    }


def drawn_user(page: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """One account with its words, ready for the template."""
    user = page["user"]
    return {
        **base,
        "title": user["name"],
        "row": _row(user),
        "roles": _roles(),
        "vendors": page["vendors"],
        "chosen": user["roles"],
        "vendors_chosen": user["vendors"],
        "link": None,
        "faults": {},
    }


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "href": f"{HERE}/{row['account']}",
        "name": row["name"],
        "roles": ", ".join(words(role) for role in row["roles"]),
        "vendors": ", ".join(row["vendors"]) or "all",
        "state": row["state"],
        "seen": long_day(row["seen_at"]) if row["seen_at"] else "–",
        "since": long_day(row["created_at"]),
        "disabled": row["state"] == "disabled",
    }


def _roles() -> list[dict[str, str]]:
    return [{"code": role, "name": sentence(role), "job": JOBS[role]} for role in sorted(ROLES)]


def _vendors(session: Any, asking: Process) -> list[dict[str, str]]:
    return [{"code": str(row["code"]), "name": str(row["name"])} for row in vendors.list_vendors(session, asking.scope)]


def _changed(request: Request, posting: Posting, number: int, change: Callable[[Any, str], service.Object]) -> Response:
    """Change one account; refusals stand on its page."""
    try:
        row = posting.write(lambda s: change(s, str(service.show_account(s, posting.scope, number)["name"])))
    except Invalid as refusal:
        if wants_data(request):
            raise
        page = drawn_user(user_page(posting, number), base_page(posting, HERE))
        return render("user.html", page | {"faults": _faults(refusal)}, errors.status(refusal))
    return JSONResponse(row) if wants_data(request) else RedirectResponse(f"{HERE}/{number}", SEE_OTHER)


def _with_link(request: Request, posting: Process, row: service.Object, link: str) -> Response:
    """The account's page with the link on it: it is shown in this answer only."""
    if wants_data(request):
        return JSONResponse(row | {"link": link})
    page = drawn_user(user_page(posting, int(str(row["account"]))), base_page(posting, HERE))
    return render("user.html", page | {"link": link})


def _codes(chosen: list[str] | None) -> list[str]:
    """The vendors chosen; a field that was left empty is none."""
    return [code for code in chosen or [] if code]


def _faults(refusal: Invalid) -> dict[str, str]:
    field = {"ACCOUNT_NAME": "name", "ACCOUNT_TAKEN": "name", "ROLE_VENDOR": "vendor", "UNKNOWN_VENDOR": "vendor"}
    return {field.get(refusal.code, "role"): errors.spoken(refusal)}


def _plain(value: object) -> object:
    return " ".join(map(str, value)) if isinstance(value, list) else "" if value is None else value
